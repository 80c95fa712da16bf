//! Storing a plan: a run that waits, with its changes and problems, so that it can be looked at before anything happens.
//! A large one is stored in pieces, so that others write in between; until it is whole, its run is in the making.
//! Leaves making the plan to a planner.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::change::Change;
use super::hold::{self, HeldFor};
use super::lease::{Interrupted, Lease};
use super::problem::Problem;
use super::run::{Counts, NewRun, RunId, RunState};
use super::stored::ChangeRow;
use crate::db::{Conn, Db};
use crate::error::AppError;
use crate::schema::{changes, run_files, run_groups, run_overlaps, run_problems, runs};
use crate::schools::CurrentSchool;

/// So many changes are stored in one transaction.
const PIECE: usize = 2000;

/// A plan on its way into the database.
pub struct PlanWriter<'a> {
    db: &'a Db,
    school: &'a CurrentSchool,
    run: RunId,
    lease: Lease,
    changes: Vec<ChangeRow>,
    problems: Vec<Problem>,
    done: i64,
}

/// What is known of a plan once it is whole.
#[derive(Debug, Default)]
pub struct Whole {
    pub counts: Counts,
    pub figures: Option<String>,
    pub held_for: Vec<HeldFor>,
}

impl<'a> PlanWriter<'a> {
    /// Begins a run in the making. `total` is how many rows will be looked at.
    pub fn begin(
        db: &'a Db,
        school: &'a CurrentSchool,
        new: &NewRun<'_>,
        total: i64,
        now: NaiveDateTime,
    ) -> Result<PlanWriter<'a>, AppError> {
        let run = db.write(|conn| new.store(conn, school, now))?;
        let lease = Lease::take(db, school, run, total)?
            .ok_or_else(|| AppError::Internal(format!("the new run {run} is worked on already")))?;
        Ok(PlanWriter { db, school, run, lease, changes: Vec::new(), problems: Vec::new(), done: 0 })
    }

    pub fn run(&self) -> RunId {
        self.run
    }

    /// A change, with the row of the file that it came from.
    pub fn change(&mut self, row: Option<i64>, change: &Change) -> Result<(), AppError> {
        self.changes.push(ChangeRow::of(change, self.school, self.run, row)?);
        if self.changes.len() >= PIECE { self.flush() } else { Ok(()) }
    }

    pub fn problem(&mut self, problem: Problem) -> Result<(), AppError> {
        self.problems.push(problem);
        if self.problems.len() >= PIECE { self.flush() } else { Ok(()) }
    }

    /// Says how many rows have been looked at; whether to go on is the answer.
    pub fn at(&mut self, done: i64) -> Result<(), AppError> {
        self.done = done;
        self.lease.at(done).map_err(|why| match why {
            Interrupted::Cancelled => AppError::Conflict("The plan was stopped. Nothing was changed.".into()),
            Interrupted::Lost => {
                AppError::Conflict("Making the plan took too long between two steps: make it again.".into())
            }
        })
    }

    fn flush(&mut self) -> Result<(), AppError> {
        let (changes, problems) = (std::mem::take(&mut self.changes), std::mem::take(&mut self.problems));
        let (school, run) = (self.school, self.run);
        self.db.write(|conn| {
            ChangeRow::store_all(conn, changes)?;
            Problem::store_all(conn, school, run, problems)
        })
    }

    /// The plan is whole: it waits to be applied, or the guard holds it.
    pub fn finish(mut self, whole: Whole) -> Result<RunId, AppError> {
        self.flush()?;
        let (school, run, lease) = (self.school, self.run, &self.lease);
        self.db.write(|conn| {
            if !lease.still_held(conn)? {
                return Err(AppError::Conflict("The plan was given up meanwhile: make it again.".into()));
            }
            let state = if whole.held_for.is_empty() { RunState::Planned } else { RunState::Held };
            hold::store(conn, school, run, &whole.held_for)?;
            diesel::update(runs::of(school).filter(runs::id.eq(run)))
                .set((whole.counts, runs::figures.eq(&whole.figures), runs::state.eq(state)))
                .execute(conn)?;
            Ok(run)
        })
    }

    /// Gives the plan up: what was stored of it goes, as it never was a plan.
    pub fn give_up(self) -> Result<(), AppError> {
        give_up(self.db, self.school, self.run)
    }
}

/// Takes away what is stored of a plan that will not become whole.
pub(crate) fn give_up(db: &Db, school: &CurrentSchool, run: RunId) -> Result<(), AppError> {
    loop {
        let gone = db.write(|conn| {
            let some: Vec<i64> = changes::of(school)
                .filter(changes::run_id.eq(run))
                .select(changes::id)
                .limit(i64::try_from(PIECE).unwrap_or(1000))
                .load(conn)?;
            diesel::delete(changes::of(school).filter(changes::id.eq_any(some.clone()))).execute(conn)?;
            if some.is_empty() {
                forget_rest(conn, school, run)?;
                diesel::update(runs::of(school).filter(runs::id.eq(run)).filter(runs::state.eq(RunState::Planning)))
                    .set((runs::state.eq(RunState::Abandoned), Counts::default()))
                    .execute(conn)?;
            }
            Ok(some.is_empty())
        })?;
        if gone {
            return Ok(());
        }
    }
}

/// What a plan keeps beside its changes: problems with their rows, files, overlaps, groups.
fn forget_rest(conn: &mut Conn, school: &CurrentSchool, run: RunId) -> Result<(), AppError> {
    diesel::delete(run_problems::of(school).filter(run_problems::run_id.eq(run))).execute(conn)?;
    diesel::delete(run_overlaps::of(school).filter(run_overlaps::run_id.eq(run))).execute(conn)?;
    diesel::delete(run_groups::of(school).filter(run_groups::run_id.eq(run))).execute(conn)?;
    diesel::delete(run_files::of(school).filter(run_files::run_id.eq(run))).execute(conn)?;
    Ok(())
}

/// Plans of files that nobody applied, and that were made before a time; those that are forgotten already are not told.
pub fn plans_older_than(
    conn: &mut Conn,
    school: &CurrentSchool,
    before: NaiveDateTime,
) -> Result<Vec<RunId>, AppError> {
    Ok(runs::of(school)
        .filter(runs::state.eq_any([RunState::Planned, RunState::Held, RunState::Abandoned]))
        .filter(runs::planned_at.lt(before))
        .filter(
            diesel::dsl::exists(changes::of(school).filter(changes::run_id.eq(runs::id)))
                .or(diesel::dsl::exists(run_files::of(school).filter(run_files::run_id.eq(runs::id))))
                .or(diesel::dsl::exists(run_problems::of(school).filter(run_problems::run_id.eq(runs::id)))),
        )
        .select(runs::id)
        .load(conn)?)
}

/// Abandons a plan and takes away what it kept, its changes piece by piece. The run itself stays, with its counts.
pub fn forget_plan(db: &Db, school: &CurrentSchool, run: RunId) -> Result<(), AppError> {
    db.write(|conn| {
        let waiting = [RunState::Planned, RunState::Held];
        diesel::update(runs::of(school).filter(runs::id.eq(run)).filter(runs::state.eq_any(waiting)))
            .set(runs::state.eq(RunState::Abandoned))
            .execute(conn)?;
        Ok(())
    })?;
    let is_abandoned = |conn: &mut Conn| -> Result<bool, AppError> {
        let state: RunState = runs::of(school).filter(runs::id.eq(run)).select(runs::state).get_result(conn)?;
        Ok(state == RunState::Abandoned)
    };
    loop {
        let some = db.write(|conn| {
            if !is_abandoned(conn)? {
                return Ok(0);
            }
            let some: Vec<i64> = changes::of(school)
                .filter(changes::run_id.eq(run))
                .select(changes::id)
                .limit(i64::try_from(PIECE).unwrap_or(1000))
                .load(conn)?;
            diesel::delete(changes::of(school).filter(changes::id.eq_any(some.clone()))).execute(conn)?;
            if some.is_empty() {
                forget_rest(conn, school, run)?;
            }
            Ok(some.len())
        })?;
        if some == 0 {
            return Ok(());
        }
    }
}
