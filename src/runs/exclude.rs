//! Taking single changes out of a plan before it is applied, and putting them back.
//! Leaves who may do it to the pages.

use diesel::prelude::*;

use super::change::Verb;
use super::run::{Run, RunId, RunState};
use super::stored::{Outcome, StoredChange};
use crate::db::Conn;
use crate::error::AppError;
use crate::people::{Field, Status};
use crate::schema::{changes, runs};
use crate::schools::CurrentSchool;
use crate::security::Actor;

/// Leaves a change out, and the rest of its unit with it. The plan's counts say so.
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

/// Whether a change brings somebody back, and whether it makes somebody inactive who is no longer listed.
fn comes_and_goes(stored: &StoredChange) -> Result<(bool, bool), AppError> {
    let is_gone = |code: &Option<String>| {
        matches!(code.as_deref().and_then(Status::parse), Some(Status::Inactive | Status::Withdrawn))
    };
    let fields = stored.fields()?;
    let Some(status) = fields.iter().find(|c| c.field == Field::Status) else { return Ok((false, false)) };
    let back = is_gone(&status.before) && !is_gone(&status.after);
    // Whoever the file itself calls inactive stands in a row of it.
    let gone = stored.source_row.is_none() && status.after.as_deref() == Some(Status::Inactive.code());
    Ok((back, gone))
}

fn set(conn: &mut Conn, school: &CurrentSchool, run: RunId, change: i64, out: Option<&Actor>) -> Result<(), AppError> {
    let whole = Run::by_id(conn, school, run)?;
    if whole.state != RunState::Planned {
        return Err(AppError::Conflict(format!("Run {run} is {}: its rows cannot be left out any more.", whole.state)));
    }
    let one = || changes::of(school).filter(changes::run_id.eq(run)).filter(changes::id.eq(change));
    let stored: StoredChange = one().select(StoredChange::as_select()).get_result(conn)?;
    if stored.outcome.is_some() == out.is_some() {
        return Ok(());
    }
    let outcome = (
        changes::outcome.eq(out.map(|_| Outcome::Excluded)),
        changes::outcome_by.eq(out.map(|actor| actor.name().to_owned())),
    );
    let moved = match stored.unit {
        Some(unit) => {
            let whole = changes::of(school).filter(changes::run_id.eq(run)).filter(changes::unit.eq(unit));
            diesel::update(whole).set(outcome).execute(conn)?
        }
        None => diesel::update(one()).set(outcome).execute(conn)?,
    };
    let moved = i32::try_from(moved).unwrap_or(i32::MAX);
    let step = if out.is_some() { moved } else { -moved };
    let of_run = diesel::update(runs::of(school).filter(runs::id.eq(run)));
    if stored.verb == Verb::Create {
        of_run.set((runs::excluded.eq(runs::excluded + step), runs::created.eq(runs::created - step))).execute(conn)?;
        return Ok(());
    }
    let (back, gone) = comes_and_goes(&stored)?;
    of_run
        .set((
            runs::excluded.eq(runs::excluded + step),
            runs::updated.eq(runs::updated - step),
            runs::reactivated.eq(runs::reactivated - step * i32::from(back)),
            runs::deactivated.eq(runs::deactivated - step * i32::from(gone)),
        ))
        .execute(conn)?;
    Ok(())
}
