//! Adding and editing a person by hand: a run of one change, checked against the version that was on the page.
//! Leaves the form to `people::pages`.

use chrono::NaiveDateTime;

use super::biographic::{Biographic, FieldChange};
use super::person::{Person, PersonId};
use super::pin::pin;
use crate::db::Conn;
use crate::error::AppError;
use crate::runs::{Change, NewRun, RunKind, StoredChange, apply_now, history};
use crate::schools::CurrentSchool;
use crate::security::Actor;

#[derive(Debug)]
pub enum EditError {
    /// Somebody saved the same person first: who, and what they changed since the page was drawn.
    Changed { by: String, fields: Vec<FieldChange>, now: Box<Person> },
}

pub fn add_by_hand(
    conn: &mut Conn,
    school: &CurrentSchool,
    actor: &Actor,
    bio: Biographic,
    now: NaiveDateTime,
) -> Result<Person, AppError> {
    let new = NewRun::edit(RunKind::NewPerson, actor);
    let change = Change::create(bio, None);
    let run = apply_now(conn, school, &new, &[change], now)?
        .map_err(|_| AppError::Internal("a new person met a refusal".into()))?;
    let made = StoredChange::of_run(conn, school, run, 0, 1)?.pop().and_then(|c| c.person_id);
    Person::by_id(conn, school, made.ok_or(AppError::NotFound)?)
}

/// Saves what was typed. `seen` is the version that the page showed: if the person has moved on since, nothing is saved
/// and the answer says what the other person changed.
pub fn edit_by_hand(
    conn: &mut Conn,
    school: &CurrentSchool,
    actor: &Actor,
    person: PersonId,
    seen: i32,
    bio: &Biographic,
    now: NaiveDateTime,
) -> Result<Result<Vec<FieldChange>, EditError>, AppError> {
    let held = Person::by_id(conn, school, person)?;
    super::merge::refuse_merged(conn, school, &held)?;
    if held.lock_version != seen {
        return Ok(Err(changed(conn, school, held, seen)?));
    }
    let fields = held.bio.difference(bio);
    if fields.is_empty() {
        return Ok(Ok(fields));
    }
    let new = NewRun::edit(RunKind::EditPerson, actor);
    let change = Change::update(person, fields.clone());
    match apply_now(conn, school, &new, &[change], now)? {
        Ok(_) => {
            pin(conn, school, person, &fields, actor, now)?;
            Ok(Ok(fields))
        }
        Err(_) => {
            let held = Person::by_id(conn, school, person)?;
            Ok(Err(changed(conn, school, held, seen)?))
        }
    }
}

/// Tells what happened since version `seen`: each version is one change in the history.
fn changed(conn: &mut Conn, school: &CurrentSchool, now: Person, seen: i32) -> Result<EditError, AppError> {
    let since = usize::try_from(now.lock_version.saturating_sub(seen).max(1)).unwrap_or(1);
    let updates: Vec<_> = history::of_person(conn, school, now.id, 200)?
        .into_iter()
        .filter(|(c, _)| c.verb.is_edit() && c.fields().is_ok_and(|f| !f.is_empty()))
        .take(since)
        .collect();
    let by = updates.first().map(|(_, run)| run.actor_name.clone()).unwrap_or_else(|| "Somebody".into());
    let mut fields: Vec<FieldChange> = Vec::new();
    // Oldest first, so that a field changed twice is told once, from its first value to its last.
    for (change, _) in updates.iter().rev() {
        for c in change.fields()? {
            match fields.iter_mut().find(|f| f.field == c.field) {
                Some(told) => told.after = c.after,
                None => fields.push(c),
            }
        }
    }
    fields.retain(|c| c.before != c.after);
    Ok(EditError::Changed { by, fields, now: Box::new(now) })
}
