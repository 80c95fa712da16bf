//! Applying and releasing a sync, with what the school's own rules say about it.
//! Leaves the doing to `runs`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::settings::Settings;
use super::{go_on, handshake};
use crate::audit::{self, Action};
use crate::db::{Conn, Db};
use crate::error::AppError;
use crate::runs::{self, Applied, Run, RunId, RunKind, RunState};
use crate::schema::runs as table;
use crate::schools::CurrentSchool;
use crate::security::Actor;

/// The longest reason that is kept.
const LONGEST: usize = 500;

/// Applies a planned sync. Not while the school's rollover pauses it.
pub fn apply(
    db: &Db,
    school: &CurrentSchool,
    run: RunId,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<Applied, AppError> {
    let settings = db.read(|conn| {
        let plan = Run::by_id(conn, school, run)?;
        handshake::check_plan(conn, school, &plan)?;
        Settings::load(conn, school)
    })?;
    let today = now.and_utc().with_timezone(&school.time_zone()).date_naive();
    if settings.is_paused_on(today) {
        let until = settings.rollover.map(|r| r.until.to_string()).unwrap_or_default();
        return Err(AppError::Conflict(format!(
            "The school has paused its sync for the rollover, until {until}. Apply the run after that, or change the setting."
        )));
    }
    db.write(|conn| say_why(conn, school, run, None))?;
    runs::apply(db, school, run, actor, now)
}

/// A reason as somebody typed it.
pub(super) fn one_line(reason: &str) -> Result<&str, AppError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(AppError::Conflict("Say why the run may go on: the reason is kept with it.".into()));
    }
    if reason.chars().count() > LONGEST || reason.chars().any(char::is_control) {
        return Err(AppError::Conflict(format!("The reason is one line of at most {LONGEST} characters.")));
    }
    Ok(reason)
}

/// Keeps why the last try to apply a sync or to take it back came to nothing; none once somebody tries again.
pub(super) fn say_why(conn: &mut Conn, school: &CurrentSchool, run: RunId, said: Option<&str>) -> Result<(), AppError> {
    let of = table::of(school).filter(table::id.eq(run)).filter(table::kind.eq(RunKind::RosterSync));
    // Why a plan was given up stays.
    let of = of.filter(table::state.eq_any([RunState::Planned, RunState::Applied]));
    diesel::update(of).set(table::reason.eq(said)).execute(conn)?;
    Ok(())
}

/// Lets a held sync go on, and puts it on record.
pub fn release(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: RunId,
    actor: &Actor,
    reason: &str,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    let reason = one_line(reason)?;
    let run = Run::by_id(conn, school, run)?;
    if !run.kind.is_of_sync() {
        return Err(AppError::NotFound);
    }
    runs::release(conn, school, &run, actor, reason, now)?;
    go_on::keep_with_release(conn, school, &run, actor, reason, now)?;
    audit::record(
        conn,
        &audit::Entry {
            at: now,
            school: Some(school.id()),
            actor: actor.clone(),
            action: Action::RunReleased,
            subject: format!("run {}: {reason}", run.id),
            person: None,
            request: None,
        },
    )
}
