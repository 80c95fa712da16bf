//! "Go on anyway": somebody with **Release held runs** lets a returning school sync though its IDs and the extracts do not
//! agree, with a reason that is kept. Leaves finding the disagreement to `sync::handshake`, limits to the release of a run.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::handshake::Disagreement;
use super::report::figures;
use crate::audit::{self, Action};
use crate::db::Conn;
use crate::error::AppError;
use crate::runs::{self, Run, RunId, RunKind};
use crate::schema::go_ons;
use crate::schools::CurrentSchool;
use crate::security::Actor;

/// A decision, as it is shown.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = go_ons)]
pub struct GoOn {
    pub reason: String,
    pub decided_by: String,
    pub decided_at: NaiveDateTime,
}

impl GoOn {
    /// The newest decision on what a plan found.
    pub fn on(conn: &mut Conn, school: &CurrentSchool, found: &Disagreement) -> Result<Option<GoOn>, AppError> {
        Ok(go_ons::of(school)
            .filter(go_ons::digest.eq(&found.digest))
            .order(go_ons::id.desc())
            .select(GoOn::as_select())
            .first(conn)
            .optional()?)
    }
}

/// What a plan found, if it is a sync that found anything.
fn found(run: &Run) -> Result<Option<Disagreement>, AppError> {
    if run.kind == RunKind::RosterSync { Ok(figures(run)?.and_then(|f| f.handshake)) } else { Ok(None) }
}

/// Keeps the decision; what else the run is held for, it is held for still. False where there is nothing to decide.
pub fn go_on(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: RunId,
    actor: &Actor,
    reason: &str,
    now: NaiveDateTime,
) -> Result<bool, AppError> {
    let reason = super::acts::one_line(reason)?;
    let run = Run::by_id(conn, school, run)?;
    if !run.kind.is_of_sync() {
        return Err(AppError::NotFound);
    }
    let Some(found) = found(&run)?.filter(|f| !f.gone_on) else { return Ok(false) };
    if !runs::no_longer_held_for(conn, school, run.id, |h| h.is_handshake)? {
        return Ok(false);
    }
    keep(conn, school, &run, &found, actor, reason, now)?;
    audit::record(
        conn,
        &audit::Entry {
            at: now,
            school: Some(school.id()),
            actor: actor.clone(),
            action: Action::WentOnAnyway,
            subject: format!(
                "run {}, {} people and {} records without a match: {reason}",
                run.id, found.people, found.records
            ),
            person: None,
            request: None,
        },
    )?;
    Ok(true)
}

/// Whoever releases a whole run decides on this too, so that nobody is asked again about the same.
pub(super) fn keep_with_release(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: &Run,
    actor: &Actor,
    reason: &str,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    match found(run)?.filter(|f| !f.gone_on) {
        Some(found) => keep(conn, school, run, &found, actor, reason, now),
        None => Ok(()),
    }
}

fn keep(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: &Run,
    found: &Disagreement,
    actor: &Actor,
    reason: &str,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    let Some(integration) = run.integration_id else { return Ok(()) };
    go_ons::insert()
        .values((
            go_ons::school_id.eq(school.id()),
            go_ons::integration_id.eq(integration),
            go_ons::run_id.eq(run.id),
            go_ons::digest.eq(&found.digest),
            go_ons::reason.eq(reason),
            go_ons::decided_by.eq(actor.name()),
            go_ons::decided_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}
