//! Taking single changes out of a plan before it is applied, and putting them back.
//! Leaves who may do it to the pages.

use diesel::prelude::*;

use super::change::Verb;
use super::run::{Run, RunId, RunState};
use super::stored::Outcome;
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::{changes, runs};
use crate::schools::CurrentSchool;
use crate::security::Actor;

/// Leaves a change out. The plan's counts say so.
pub fn exclude(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: RunId,
    change: i64,
    actor: &Actor,
) -> Result<(), AppError> {
    set(conn, school, run, change, Some(actor))
}

/// Puts a change that was left out back.
pub fn include(conn: &mut Conn, school: &CurrentSchool, run: RunId, change: i64) -> Result<(), AppError> {
    set(conn, school, run, change, None)
}

fn set(conn: &mut Conn, school: &CurrentSchool, run: RunId, change: i64, out: Option<&Actor>) -> Result<(), AppError> {
    let whole = Run::by_id(conn, school, run)?;
    if whole.state != RunState::Planned {
        return Err(AppError::Conflict(format!("Run {run} is {}: its rows cannot be left out any more.", whole.state)));
    }
    let one = || changes::of(school).filter(changes::run_id.eq(run)).filter(changes::id.eq(change));
    let (verb, outcome): (Verb, Option<Outcome>) = one().select((changes::verb, changes::outcome)).get_result(conn)?;
    if outcome.is_some() == out.is_some() {
        return Ok(());
    }
    diesel::update(one())
        .set((
            changes::outcome.eq(out.map(|_| Outcome::Excluded)),
            changes::outcome_by.eq(out.map(|actor| actor.name().to_owned())),
        ))
        .execute(conn)?;
    let step = if out.is_some() { 1 } else { -1 };
    let of_run = diesel::update(runs::of(school).filter(runs::id.eq(run)));
    if verb == Verb::Create {
        of_run.set((runs::excluded.eq(runs::excluded + step), runs::created.eq(runs::created - step))).execute(conn)?;
    } else {
        of_run.set((runs::excluded.eq(runs::excluded + step), runs::updated.eq(runs::updated - step))).execute(conn)?;
    }
    Ok(())
}
