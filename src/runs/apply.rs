//! Carrying out changes: each is checked against what it expected to find, written, and left as history.
//! Nothing else in the program writes people or integration IDs. Leaves who may do it to the rooms that ask.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::change::{Change, StoredChange};
use super::run::{Counts, NewRun, Run, RunId, RunKind, RunState, move_state};
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids;
use crate::people::{self, PersonId};
use crate::schema::{changes, runs, source_links};
use crate::schools::{CurrentSchool, next_sonis_ids};
use crate::security::Actor;

/// Why a change could not be carried out. Nothing of its run is kept then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// What the change expected is no longer there.
    Moved { person: Option<PersonId> },
    /// Another person holds the value.
    ValueTaken { holder: PersonId },
    /// The person has an ID of the integration, which allows one.
    HasOne,
}

/// In whose name and when changes are carried out.
pub struct Hand<'a> {
    pub school: &'a CurrentSchool,
    pub actor: &'a Actor,
    pub run: RunId,
    pub now: NaiveDateTime,
    pub reason: Option<&'a str>,
    /// A file's values stop at what somebody set by hand; an edit by hand or an undo does not.
    pub keeps_pins: bool,
}

/// A refusal or a failure: either way the savepoint is rolled back and nothing of the run stays.
enum Stop {
    Refused(Refusal),
    Failed(AppError),
}

impl From<AppError> for Stop {
    fn from(e: AppError) -> Stop {
        Stop::Failed(e)
    }
}
impl From<diesel::result::Error> for Stop {
    fn from(e: diesel::result::Error) -> Stop {
        Stop::Failed(e.into())
    }
}

/// Runs `f` in a savepoint: a refusal leaves no trace and is an answer, not an error.
fn all_or_nothing<T>(
    conn: &mut Conn,
    f: impl FnOnce(&mut Conn) -> Result<T, Stop>,
) -> Result<Result<T, Refusal>, AppError> {
    match conn.transaction(f) {
        Ok(value) => Ok(Ok(value)),
        Err(Stop::Refused(refusal)) => Ok(Err(refusal)),
        Err(Stop::Failed(e)) => Err(e),
    }
}

/// Stores a run that is applied as it is made: an edit of one person, or an undo. All or nothing.
pub fn apply_now(
    conn: &mut Conn,
    school: &CurrentSchool,
    new: &NewRun<'_>,
    changes: &[Change],
    now: NaiveDateTime,
) -> Result<Result<RunId, Refusal>, AppError> {
    all_or_nothing(conn, |conn| {
        let run = new.store(conn, school, now)?;
        let hand = Hand { school, actor: new.actor, run, now, reason: new.reason.as_deref(), keeps_pins: false };
        let mut counts = new.counts;
        for change in changes {
            let stored = change.store(conn, school, run, None)?;
            let person = carry_out(conn, &hand, change)?.map_err(Stop::Refused)?;
            tell_person(conn, school, stored, person)?;
            match change {
                Change::Create { .. } => counts.created += 1,
                _ => counts.updated += 1,
            }
        }
        diesel::update(runs::of(school).filter(runs::id.eq(run))).set(counts).execute(conn)?;
        move_state(conn, school, run, RunState::Applying, RunState::Applied, Some(now))?;
        Ok(run)
    })
}

/// Applies a stored plan, all or nothing.
pub fn apply_plan(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: &Run,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<Result<Counts, Refusal>, AppError> {
    all_or_nothing(conn, |conn| {
        if !move_state(conn, school, run.id, RunState::Planned, RunState::Applying, None)? {
            return Err(Stop::Failed(AppError::Conflict(format!(
                "Run {} is not waiting to be applied: somebody has applied or abandoned it. Open the run to see its summary.",
                run.id
            ))));
        }
        let hand = Hand { school, actor, run: run.id, now, reason: None, keeps_pins: true };
        let mut after = 0;
        loop {
            let batch = StoredChange::of_run(conn, school, run.id, after, 500)?;
            let Some(last) = batch.last() else { break };
            after = last.id;
            for stored in &batch {
                let person = carry_out(conn, &hand, &stored.to_change()?)?.map_err(Stop::Refused)?;
                tell_person(conn, school, stored.id, person)?;
            }
        }
        move_state(conn, school, run.id, RunState::Applying, RunState::Applied, Some(now))?;
        Ok(run.counts)
    })
}

/// Says to whom a change was done, where only carrying it out could tell (a new person).
fn tell_person(conn: &mut Conn, school: &CurrentSchool, change: i64, person: PersonId) -> Result<(), AppError> {
    diesel::update(changes::of(school).filter(changes::id.eq(change)).filter(changes::person_id.is_null()))
        .set(changes::person_id.eq(person))
        .execute(conn)?;
    Ok(())
}

fn carry_out(conn: &mut Conn, hand: &Hand<'_>, change: &Change) -> Result<Result<PersonId, Refusal>, AppError> {
    match change {
        Change::Create { bio, key } => {
            if let Some(key) = key {
                let held = source_links::of(hand.school)
                    .filter(source_links::source.eq(key.source))
                    .filter(source_links::key_norm.eq(&key.norm))
                    .select(source_links::person_id)
                    .get_result::<PersonId>(conn)
                    .optional()?;
                if held.is_some() {
                    return Ok(Err(Refusal::Moved { person: held }));
                }
            }
            let sonis_id = next_sonis_ids(conn, hand.school, 1)?.pop().ok_or(AppError::NotFound)?;
            let person = people::store::insert(conn, hand.school, &sonis_id, bio, hand.now)?;
            if let Some(key) = key {
                people::store::link_source(conn, hand.school, person, key)?;
            }
            Ok(Ok(person))
        }
        Change::Update { person, fields } => {
            // Set by hand since the plan was made: theirs, even where the value is what the plan expects.
            if hand.keeps_pins && people::pin::any_of(conn, hand.school, *person, fields)? {
                return Ok(Err(Refusal::Moved { person: Some(*person) }));
            }
            let held = people::Person::by_id(conn, hand.school, *person)?;
            let mut bio = held.bio.clone();
            for c in fields {
                if bio.get(c.field) != c.before {
                    return Ok(Err(Refusal::Moved { person: Some(*person) }));
                }
                bio.put(c.field, c.after.as_deref().unwrap_or("")).map_err(AppError::Internal)?;
            }
            if !people::store::update(conn, hand.school, &held, &bio, hand.now)? {
                return Ok(Err(Refusal::Moved { person: Some(*person) }));
            }
            Ok(Ok(*person))
        }
        Change::AddId { person, integration, value } => {
            Ok(integration_ids::store::insert(conn, hand, *person, *integration, value)?.map(|()| *person))
        }
        Change::RemoveId { person, integration, value } => {
            Ok(integration_ids::store::remove(conn, hand, *person, *integration, value)?.map(|()| *person))
        }
    }
}

/// What a page says when a single edit was refused in general terms.
pub fn moved_message(kind: RunKind) -> String {
    format!("{kind}: somebody changed the same record meanwhile. Open it again and look at what is there now.")
}
