//! A held run: why the guard holds it, and who let it go on. The one who releases it neither planned it nor applies it.
//! Leaves what is too much to `runs::guard`.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::run::{Run, RunId, RunState, move_state};
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::run_holds;
use crate::schools::CurrentSchool;
use crate::security::{Actor, UserId};

/// One reason, with its figures, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldFor {
    pub what: String,
    /// Not a limit: a returning school's IDs and extracts do not agree, and somebody may say to go on anyway.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_handshake: bool,
}

/// A run's stay with the guard.
#[derive(Debug, Clone)]
pub struct Hold {
    pub held_for: Vec<HeldFor>,
    pub released: Option<Release>,
}

#[derive(Debug, Clone)]
pub struct Release {
    pub by_user: Option<UserId>,
    pub by: String,
    pub at: NaiveDateTime,
    pub reason: String,
}

type Row = (String, Option<UserId>, Option<String>, Option<NaiveDateTime>, Option<String>);

impl Hold {
    /// None where the guard had nothing against the run.
    pub fn of(conn: &mut Conn, school: &CurrentSchool, run: RunId) -> Result<Option<Hold>, AppError> {
        let row: Option<Row> = run_holds::of(school)
            .filter(run_holds::run_id.eq(run))
            .select((
                run_holds::held_for,
                run_holds::released_by_user_id,
                run_holds::released_by,
                run_holds::released_at,
                run_holds::reason,
            ))
            .get_result(conn)
            .optional()?;
        let Some((held_for, by_user, by, at, reason)) = row else { return Ok(None) };
        let held_for =
            serde_json::from_str(&held_for).map_err(|e| AppError::internal("reading why a run is held", &e))?;
        let released = by.zip(at).map(|(by, at)| Release { by_user, by, at, reason: reason.unwrap_or_default() });
        Ok(Some(Hold { held_for, released }))
    }
}

pub(super) fn store(conn: &mut Conn, school: &CurrentSchool, run: RunId, held_for: &[HeldFor]) -> Result<(), AppError> {
    if held_for.is_empty() {
        return Ok(());
    }
    let json = serde_json::to_string(held_for).map_err(|e| AppError::internal("writing why a run is held", &e))?;
    run_holds::insert()
        .values((run_holds::school_id.eq(school.id()), run_holds::run_id.eq(run), run_holds::held_for.eq(json)))
        .execute(conn)?;
    Ok(())
}

/// Takes reasons away that somebody has decided on; a run without any is held no more. False where it was not held for them.
pub(crate) fn no_longer_held_for(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: RunId,
    decided: impl Fn(&HeldFor) -> bool,
) -> Result<bool, AppError> {
    let Some(hold) = Hold::of(conn, school, run)?.filter(|h| h.held_for.iter().any(&decided)) else { return Ok(false) };
    if Run::by_id(conn, school, run)?.state != RunState::Held {
        return Ok(false);
    }
    let left: Vec<HeldFor> = hold.held_for.into_iter().filter(|h| !decided(h)).collect();
    diesel::delete(run_holds::of(school).filter(run_holds::run_id.eq(run))).execute(conn)?;
    if left.is_empty() {
        return move_state(conn, school, run, RunState::Held, RunState::Planned);
    }
    store(conn, school, run, &left)?;
    Ok(true)
}

/// Whether two actors are one person. Operators at the command line are told apart by their account.
fn is_same(actor: &Actor, user: Option<UserId>, name: &str) -> bool {
    match (actor.user(), user) {
        (Some(a), Some(b)) => a == b,
        (None, None) => actor.name() == name,
        _ => false,
    }
}

/// Lets a held run go on. `reason` is kept with it.
pub fn release(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: &Run,
    actor: &Actor,
    reason: &str,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    if is_same(actor, run.actor_user_id, &run.actor_name) {
        return Err(AppError::Conflict(
            "Whoever made the plan cannot release it: somebody else with the Task Release held runs has to.".into(),
        ));
    }
    if !move_state(conn, school, run.id, RunState::Held, RunState::Planned)? {
        return Err(AppError::Conflict(format!("Run {} is not held any more.", run.id)));
    }
    diesel::update(run_holds::of(school).filter(run_holds::run_id.eq(run.id)))
        .set((
            run_holds::released_by_user_id.eq(actor.user()),
            run_holds::released_by.eq(actor.name()),
            run_holds::released_at.eq(now),
            run_holds::reason.eq(reason),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whoever released a run does not apply it.
pub(super) fn check_hand(conn: &mut Conn, school: &CurrentSchool, run: &Run, actor: &Actor) -> Result<(), AppError> {
    match Hold::of(conn, school, run.id)?.and_then(|h| h.released) {
        Some(r) if is_same(actor, r.by_user, &r.by) => Err(AppError::Conflict(
            "Whoever released a held run cannot apply it: somebody else with the Task Run roster sync has to.".into(),
        )),
        _ => Ok(()),
    }
}
