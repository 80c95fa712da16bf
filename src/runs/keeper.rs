//! Keeps runs from hanging: what a dead node was applying is taken over, what it was planning is given up.
//! Leaves doing so to `runs::apply` and `runs::plan`; on every node one thread looks after all schools.

use std::time::Duration;

use diesel::prelude::*;

use super::apply::{Applied, take_over};
use super::lease;
use super::plan::give_up;
use super::run::{Run, RunState};
use crate::clock::Clock;
use crate::db::Db;
use crate::error::AppError;
use crate::schema::runs;
use crate::schools::CurrentSchool;

/// How often a node looks. With a lease's ten seconds, a dead node's run is taken over well within thirty.
const EVERY: Duration = Duration::from_secs(4);

/// Looks after the runs until the process ends.
pub fn keep_in_background(db: Db, clock: Clock) {
    let kept = std::thread::Builder::new().name("run-keeper".into()).spawn(move || {
        loop {
            std::thread::sleep(EVERY);
            match look_after(&db, &clock) {
                // A database that is away for a moment, or busy with an apply, is asked again.
                Err(AppError::Busy) | Ok(_) => {}
                Err(e) => log::warn!("the runs could not be looked after: {e}"),
            }
        }
    });
    if let Err(e) = kept {
        log::error!("nobody looks after runs whose node dies: {e}");
    }
}

/// Looks once; says how many runs were taken over or given up.
pub fn look_after(db: &Db, clock: &Clock) -> Result<usize, AppError> {
    let mut found = 0;
    for school in db.read(CurrentSchool::every)? {
        let open: Vec<Run> = db.read(|conn| {
            Ok(runs::of(&school)
                .filter(runs::state.eq_any([RunState::Applying, RunState::Planning]))
                .select(Run::as_select())
                .load(conn)?)
        })?;
        for run in open {
            if lease::progress(db, &school, run.id)?.is_some() {
                continue;
            }
            match look_at(db, &school, &run, clock) {
                Ok(was_left) => found += usize::from(was_left),
                // One school's trouble is not another's; it is looked at again.
                Err(e) => log::warn!("run {} was left by its process and could not be taken over: {e}", run.id),
            }
        }
    }
    Ok(found)
}

fn look_at(db: &Db, school: &CurrentSchool, run: &Run, clock: &Clock) -> Result<bool, AppError> {
    if run.state == RunState::Planning {
        // Its planner may be about to take the lease.
        if clock.now() - run.planned_at < lease::TERM {
            return Ok(false);
        }
        // A lease keeps two nodes from giving it up at once.
        let Some(_lease) = lease::Lease::take(db, school, run.id, 0)? else { return Ok(false) };
        let run = db.read(|conn| Run::by_id(conn, school, run.id))?;
        if run.state == RunState::Planning {
            log::warn!("run {}: whoever was planning it is gone, and it is given up", run.id);
            give_up(db, school, run.id)?;
        }
        return Ok(true);
    }
    match take_over(db, school, run, clock.now())? {
        None => Ok(false),
        Some(applied) => {
            let how = match applied {
                Applied::Done => "applied",
                Applied::Stale(_) => "out of date",
                Applied::Cancelled => "stopped",
                Applied::Elsewhere => "taken over once more",
            };
            log::warn!("run {}: whoever was applying it is gone; it was taken over and is {how}", run.id);
            Ok(true)
        }
    }
}
