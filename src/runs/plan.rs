//! Storing a plan: a run that waits, with its changes and problems, so that it can be looked at before anything happens.
//! Leaves making the plan to a planner.

use chrono::NaiveDateTime;

use super::change::Change;
use super::problem::Problem;
use super::run::{Counts, NewRun, RunId, RunKind, RunState, SourceFile};
use crate::db::Conn;
use crate::error::AppError;
use crate::schools::CurrentSchool;
use crate::security::Actor;

/// What a planner made of a source: each change with the row it came from, and the rows it could not take.
#[derive(Debug, Default)]
pub struct Plan {
    pub changes: Vec<(i64, Change)>,
    pub problems: Vec<Problem>,
    pub counts: Counts,
}

impl Plan {
    pub fn store(
        &self,
        conn: &mut Conn,
        school: &CurrentSchool,
        kind: RunKind,
        source: SourceFile,
        actor: &Actor,
        now: NaiveDateTime,
    ) -> Result<RunId, AppError> {
        let new =
            NewRun { kind, state: RunState::Planned, actor, source, counts: self.counts, reason: None, undoes: None };
        let run = new.store(conn, school, now)?;
        for (row, change) in &self.changes {
            change.store(conn, school, run, Some(*row))?;
        }
        for problem in &self.problems {
            problem.store(conn, school, run)?;
        }
        Ok(run)
    }
}
