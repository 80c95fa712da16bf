//! A sync's run in figures and words, for the command line and its JSON. Integration IDs are never in it.
//! Leaves drawing pages to `sync::pages`.

use serde::Serialize;

use super::figures::Figures;
use super::stored::{StoredFile, StoredGroup};
use crate::db::Conn;
use crate::error::AppError;
use crate::runs::{Cause, Hold, Problem, Run, RunId, RunState};
use crate::schools::CurrentSchool;

/// What `--json` prints. Counts are people, unless a name says rows.
#[derive(Debug, Serialize)]
pub struct Report {
    pub run: i64,
    pub kind: &'static str,
    pub state: RunState,
    pub planned_at: chrono::NaiveDateTime,
    pub planned_by: String,
    pub applied_at: Option<chrono::NaiveDateTime>,
    pub applied_by: Option<String>,
    pub rows_read: i32,
    pub created: i32,
    pub updated: i32,
    pub unchanged: i32,
    pub reactivated: i32,
    pub no_longer_listed: i32,
    pub deactivated: i32,
    pub excluded: i32,
    /// Rows that are not taken, and people who are blocked.
    pub blocked: i32,
    /// Fields that stay as somebody set them by hand.
    pub kept_fields: i32,
    pub held_for: Vec<String>,
    pub released_by: Option<String>,
    pub release_reason: Option<String>,
    pub undone_by_run: Option<i64>,
    pub figures: Option<Figures>,
    pub files: Vec<FileReport>,
    pub groups: Vec<GroupReport>,
    pub problems: Vec<ProblemReport>,
}

#[derive(Debug, Serialize)]
pub struct FileReport {
    pub slot: String,
    pub name: String,
    pub sha256: String,
    pub rows: i64,
    pub shape: String,
    pub notes: Vec<String>,
    /// Its rows name people by their Host IDs.
    #[serde(skip)]
    holds_ids: bool,
}

#[derive(Debug, Serialize)]
pub struct GroupReport {
    pub group: String,
    pub category: String,
    pub members: i32,
    pub joins: i32,
    pub leaves: i32,
    pub is_new: bool,
}

#[derive(Debug, Serialize)]
pub struct ProblemReport {
    pub file: Option<String>,
    /// As a spreadsheet counts; null where it is about no row.
    pub row: Option<i64>,
    pub column: Option<String>,
    pub found: String,
    pub reason: String,
    pub cause: Option<Cause>,
}

impl Report {
    pub fn of(conn: &mut Conn, school: &CurrentSchool, id: RunId) -> Result<Report, AppError> {
        let run = Run::by_id(conn, school, id)?;
        let hold = Hold::of(conn, school, id)?;
        let figures = figures(&run)?;
        let files = StoredFile::of_run(conn, school, id)?;
        let groups = StoredGroup::of_run(conn, school, id)?;
        let problems = Problem::of_run(conn, school, id, i64::MAX)?;
        let release = hold.as_ref().and_then(|h| h.released.clone());
        let c = run.counts;
        Ok(Report {
            run: id.0,
            kind: run.kind.code(),
            state: run.state,
            planned_at: run.planned_at,
            planned_by: run.actor_name.clone(),
            applied_at: run.applied_at,
            applied_by: run.applied_by.clone(),
            rows_read: c.rows_read,
            created: c.created,
            updated: c.updated,
            unchanged: c.unchanged,
            reactivated: c.reactivated,
            no_longer_listed: c.absent,
            deactivated: c.deactivated,
            excluded: c.excluded,
            blocked: c.refused,
            kept_fields: c.kept,
            held_for: hold.map(|h| h.held_for.into_iter().map(|f| f.what).collect()).unwrap_or_default(),
            released_by: release.as_ref().map(|r| r.by.clone()),
            release_reason: release.map(|r| r.reason),
            undone_by_run: run.undone_by_run_id.map(|r| r.0),
            figures,
            files: files
                .iter()
                .map(|f| FileReport {
                    slot: f.slot.clone(),
                    name: f.name.clone(),
                    sha256: f.hash.clone(),
                    rows: f.rows_read,
                    shape: f.shape.clone(),
                    notes: f.notes().map(str::to_owned).collect(),
                    holds_ids: f.holds_ids,
                })
                .collect(),
            groups: groups
                .into_iter()
                .map(|g| GroupReport {
                    group: g.group.name(),
                    category: g.group.category().word().to_owned(),
                    members: g.members,
                    joins: g.joins,
                    leaves: g.leaves,
                    is_new: g.is_new,
                })
                .collect(),
            problems: problems
                .into_iter()
                .map(|p| ProblemReport {
                    file: p.slot,
                    row: (p.source_row > 0).then_some(p.source_row),
                    column: p.source_column,
                    found: p.found,
                    reason: p.reason,
                    cause: p.cause,
                })
                .collect(),
        })
    }
}

impl Report {
    /// For somebody who may not see the IDs: what stood in a row that names people by them.
    pub fn hide_host_ids(&mut self) {
        let with_ids: Vec<&str> = self.files.iter().filter(|f| f.holds_ids).map(|f| f.slot.as_str()).collect();
        for p in self.problems.iter_mut().filter(|p| !p.found.is_empty()) {
            if p.file.as_deref().is_some_and(|slot| with_ids.contains(&slot)) {
                p.found = "Unauthorized".to_owned();
            }
        }
    }
}

/// The figures that the planner kept with a run.
pub fn figures(run: &Run) -> Result<Option<Figures>, AppError> {
    let Some(json) = &run.figures else { return Ok(None) };
    serde_json::from_str(json).map(Some).map_err(|e| AppError::internal("reading figures", &e))
}
