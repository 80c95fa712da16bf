//! Moving an integration of a school from stage to stage: one function for pages, requests and commands.
//! Leaves what each stage means to `integrations::stage`. The history is written with the change.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::integration::{Integration, IntegrationId};
use super::stage::{NextStep, Stage};
use crate::audit::{self, Action, Entry};
use crate::db::{Conn, Db};
use crate::error::AppError;
use crate::integration_ids;
use crate::schema::{integrations, school_integrations, stage_moves};
use crate::schools::CurrentSchool;
use crate::security::Actor;

/// A note says what was done and what comes next; it is no place for a list.
pub const LONGEST_NOTE: usize = 500;

/// What somebody wants.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub stage: Stage,
    /// None: whoever usually owns the next step after this stage.
    pub next: Option<NextStep>,
    pub note: String,
    /// The version that the page showed; None for a command, which has shown none.
    pub seen: Option<i32>,
}

/// Who moves it, and by which request.
pub struct Mover<'a> {
    pub actor: &'a Actor,
    pub request: Option<&'a str>,
    pub now: NaiveDateTime,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub before: Option<Stage>,
    pub after: Stage,
    /// IDs that showed before and are hidden now, or the other way round.
    pub ids: i64,
}

impl Moved {
    pub fn has_become_ready(&self) -> bool {
        self.after == Stage::Ready && self.before != Some(Stage::Ready)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoveError {
    #[error("{0} is retired: no school can get it any more. It can only be moved to Off.")]
    Retired(String),
    #[error("{by} has moved it to {stage} meanwhile.")]
    Changed { by: String, stage: Stage },
    #[error("A note has at most {LONGEST_NOTE} characters.")]
    LongNote,
}

/// How a school has an integration now.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = school_integrations)]
pub struct Held {
    pub stage: Stage,
    pub next_step: NextStep,
    pub note: String,
    pub moved_by: String,
    pub moved_at: NaiveDateTime,
    pub lock_version: i32,
}

pub fn held(conn: &mut Conn, school: &CurrentSchool, integration: IntegrationId) -> Result<Option<Held>, AppError> {
    Ok(school_integrations::of(school)
        .filter(school_integrations::integration_id.eq(integration))
        .select(Held::as_select())
        .get_result(conn)
        .optional()?)
}

/// Moves it; None when everything is so already.
pub fn move_stage(
    db: &Db,
    school: &CurrentSchool,
    integration: &Integration,
    wanted: &Wanted,
    mover: &Mover<'_>,
) -> Result<Result<Option<Moved>, MoveError>, AppError> {
    match db.write(|conn| try_move(conn, school, integration, wanted, mover)) {
        // Two first moves at once: the second look finds the other's.
        Err(e) if e.is_unique_violation() => db.write(|conn| try_move(conn, school, integration, wanted, mover)),
        result => result,
    }
}

fn try_move(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: &Integration,
    wanted: &Wanted,
    mover: &Mover<'_>,
) -> Result<Result<Option<Moved>, MoveError>, AppError> {
    let note = wanted.note.trim();
    if note.chars().count() > LONGEST_NOTE {
        return Ok(Err(MoveError::LongNote));
    }
    let now_held = held(conn, school, integration.id)?;
    let (before, next) = (now_held.as_ref().map(|h| h.stage), wanted.next.unwrap_or(wanted.stage.usual_next()));
    if let Some(h) = &now_held {
        // A command that names no owner leaves the one who is.
        let same_next = wanted.next.is_none() || h.next_step == next;
        if h.stage == wanted.stage && same_next && (note.is_empty() || note == h.note) {
            return Ok(Ok(None));
        }
    }
    let changed = |h: &Held| MoveError::Changed { by: h.moved_by.clone(), stage: h.stage };
    if let (Some(seen), Some(h)) = (wanted.seen, &now_held)
        && seen != h.lock_version
    {
        return Ok(Err(changed(h)));
    }
    let retired: Option<NaiveDateTime> =
        integrations::table.find(integration.id).select(integrations::retired_at).get_result(conn)?;
    if retired.is_some() && wanted.stage != Stage::Off && before != Some(wanted.stage) {
        return Ok(Err(MoveError::Retired(integration.name.clone())));
    }
    if !store(
        conn,
        school,
        integration.id,
        now_held.as_ref(),
        (wanted.stage, next, note),
        mover.actor.name(),
        mover.now,
    )? {
        return match held(conn, school, integration.id)? {
            Some(h) => Ok(Err(changed(&h))),
            None => Err(AppError::NotFound),
        };
    }
    audit::record(conn, &entry(school, integration, before, wanted.stage, next, mover))?;
    let shown = |stage: Option<Stage>| stage == Some(Stage::Live);
    let ids = if shown(before) == shown(Some(wanted.stage)) {
        0
    } else {
        integration_ids::live_count(conn, school, integration.id)?
    };
    Ok(Ok(Some(Moved { before, after: wanted.stage, ids })))
}

/// Notes are not in it: what is typed there belongs to Support and the vendor.
fn entry(
    school: &CurrentSchool,
    integration: &Integration,
    before: Option<Stage>,
    after: Stage,
    next: NextStep,
    mover: &Mover<'_>,
) -> Entry {
    let name = &integration.name;
    let (action, subject) = match before {
        Some(same) if same == after => (Action::NextStepSet, format!("{name}, {after}: next step {next}")),
        Some(before) => (Action::StageMoved, format!("{name} to {after}, before {before}; next step {next}")),
        None => (Action::StageMoved, format!("{name} to {after}; next step {next}")),
    };
    Entry {
        at: mover.now,
        school: Some(school.id()),
        actor: mover.actor.clone(),
        action,
        subject,
        person: None,
        request: mover.request.map(str::to_owned),
    }
}

/// Writes the row and its history; false when somebody else was quicker.
fn store(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    held: Option<&Held>,
    (stage, next, note): (Stage, NextStep, &str),
    by: &str,
    now: NaiveDateTime,
) -> Result<bool, AppError> {
    use school_integrations as si;
    match held {
        Some(h) => {
            // Since when it is at its stage stays, where only the next step changes.
            let (moved_by, moved_at) = if h.stage == stage { (h.moved_by.as_str(), h.moved_at) } else { (by, now) };
            let here =
                si::of(school).filter(si::integration_id.eq(integration)).filter(si::lock_version.eq(h.lock_version));
            let moved = diesel::update(here)
                .set((
                    si::stage.eq(stage),
                    si::next_step.eq(next),
                    si::note.eq(note),
                    si::moved_by.eq(moved_by),
                    si::moved_at.eq(moved_at),
                    si::lock_version.eq(h.lock_version + 1),
                ))
                .execute(conn)?;
            if moved != 1 {
                return Ok(false);
            }
        }
        None => {
            si::insert()
                .values((
                    si::school_id.eq(school.id()),
                    si::integration_id.eq(integration),
                    si::stage.eq(stage),
                    si::next_step.eq(next),
                    si::note.eq(note),
                    si::moved_by.eq(by),
                    si::moved_at.eq(now),
                    si::lock_version.eq(1),
                ))
                .execute(conn)?;
        }
    }
    stage_moves::insert()
        .values((
            stage_moves::school_id.eq(school.id()),
            stage_moves::integration_id.eq(integration),
            stage_moves::stage_before.eq(held.map(|h| h.stage)),
            stage_moves::stage_after.eq(stage),
            stage_moves::next_step.eq(next),
            stage_moves::note.eq(note),
            stage_moves::moved_by.eq(by),
            stage_moves::moved_at.eq(now),
        ))
        .execute(conn)?;
    Ok(true)
}

/// Sets a stage with its history and without an audit entry: for a demo, which begins with some. Says whether it changed.
pub fn set_stage(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    stage: Stage,
    by: &str,
    now: NaiveDateTime,
) -> Result<bool, AppError> {
    let now_held = held(conn, school, integration)?;
    if now_held.as_ref().is_some_and(|h| h.stage == stage) {
        return Ok(false);
    }
    store(conn, school, integration, now_held.as_ref(), (stage, stage.usual_next(), ""), by, now)
}

/// One step of the history.
#[derive(Debug, Clone, Queryable)]
pub struct Step {
    pub integration: String,
    pub before: Option<Stage>,
    pub after: Stage,
    pub next_step: NextStep,
    pub note: String,
    pub by: String,
    pub at: NaiveDateTime,
}

impl Step {
    /// Only the next step or the note is new.
    pub fn is_the_same(&self) -> bool {
        self.before == Some(self.after)
    }
}

/// The newest steps at a school, of one integration or of all.
pub fn history(
    conn: &mut Conn,
    school: &CurrentSchool,
    of: Option<IntegrationId>,
    most: i64,
) -> Result<Vec<Step>, AppError> {
    let query = stage_moves::of(school)
        .inner_join(integrations::table.on(integrations::id.eq(stage_moves::integration_id)))
        .order(stage_moves::id.desc())
        .limit(most)
        .select((
            integrations::name,
            stage_moves::stage_before,
            stage_moves::stage_after,
            stage_moves::next_step,
            stage_moves::note,
            stage_moves::moved_by,
            stage_moves::moved_at,
        ));
    Ok(match of {
        Some(integration) => query.filter(stage_moves::integration_id.eq(integration)).load(conn)?,
        None => query.load(conn)?,
    })
}
