//! A match list's run in figures and words, for the command line and its JSON. Integration IDs are never in it: rows are told
//! by their numbers. Leaves drawing pages to `sync::pages`.

use serde::Serialize;

use super::figures::{ListFigures, figures};
use crate::db::Conn;
use crate::error::AppError;
use crate::runs::{Cause, Hold, Problem, Run, RunId, RunState};
use crate::schools::CurrentSchool;

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub struct ListReport {
    pub run: i64,
    pub kind: &'static str,
    pub state: RunState,
    pub planned_at: chrono::NaiveDateTime,
    pub planned_by: String,
    pub applied_at: Option<chrono::NaiveDateTime>,
    pub applied_by: Option<String>,
    pub rows_read: i32,
    pub changed: i32,
    pub unchanged: i32,
    pub excluded: i32,
    pub refused: i32,
    pub swaps: i64,
    pub chains: i64,
    pub rings: i64,
    pub not_listed: i64,
    pub held_for: Vec<String>,
    pub released_by: Option<String>,
    pub release_reason: Option<String>,
    pub undone_by_run: Option<i64>,
    pub problems: Vec<ListProblem>,
}

#[derive(Debug, Serialize)]
pub struct ListProblem {
    /// As a spreadsheet counts; null where it is about no row.
    pub row: Option<i64>,
    pub column: Option<String>,
    /// Who it is about, where it is about no row.
    pub person: Option<String>,
    pub reason: String,
    pub cause: Option<Cause>,
}

impl ListReport {
    pub fn of(conn: &mut Conn, school: &CurrentSchool, id: RunId) -> Result<ListReport, AppError> {
        let run = Run::by_id(conn, school, id)?;
        let hold = Hold::of(conn, school, id)?;
        let ListFigures { swaps, chains, rings, not_listed, .. } = figures(&run)?;
        let problems = Problem::of_run(conn, school, id, i64::MAX)?;
        let release = hold.as_ref().and_then(|h| h.released.clone());
        Ok(ListReport {
            run: id.0,
            kind: run.kind.code(),
            state: run.state,
            planned_at: run.planned_at,
            planned_by: run.actor_name.clone(),
            applied_at: run.applied_at,
            applied_by: run.applied_by.clone(),
            rows_read: run.counts.rows_read,
            changed: run.counts.updated,
            unchanged: run.counts.unchanged,
            excluded: run.counts.excluded,
            refused: run.counts.refused,
            swaps,
            chains,
            rings,
            not_listed,
            held_for: hold.map(|h| h.held_for.into_iter().map(|f| f.what).collect()).unwrap_or_default(),
            released_by: release.as_ref().map(|r| r.by.clone()),
            release_reason: release.map(|r| r.reason),
            undone_by_run: run.undone_by_run_id.map(|r| r.0),
            problems: problems
                .into_iter()
                .map(|p| ListProblem {
                    row: (p.source_row > 0).then_some(p.source_row),
                    column: p.source_column,
                    // What stands in a cell may be an ID.
                    person: p.slot.is_none().then_some(p.found),
                    reason: p.reason,
                    cause: p.cause,
                })
                .collect(),
        })
    }
}
