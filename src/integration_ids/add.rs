//! Adding and deleting one ID by hand: the typed text checked, then a run of one change.
//! Leaves the form's page to `integration_ids::pages`.

use chrono::NaiveDateTime;

use super::record::{RecordId, live_value};
use super::store::holder;
use super::value::IdValue;
use crate::db::{Conn, Db};
use crate::error::AppError;
use crate::integrations::{Integration, ShapeError};
use crate::people::{Person, PersonId};
use crate::runs::{Change, NewRun, Refusal, RunId, RunKind, apply_now};
use crate::schools::CurrentSchool;
use crate::security::{Actor, Sight};

/// Who changes IDs, in which integrations they may, and when.
pub struct Editor<'a> {
    pub school: &'a CurrentSchool,
    pub actor: &'a Actor,
    /// From `Visitor::reach` or the operator: which integrations' IDs may be changed.
    pub reach: &'a Sight,
    pub now: NaiveDateTime,
}

/// Why an ID could not be added, each a sentence for the page.
#[derive(Debug)]
pub enum AddError {
    NoIntegration,
    /// The integration is not live at this school, or is outside what the actor may change.
    NotLive,
    Shape(ShapeError),
    Taken {
        integration: String,
        /// None where the editor may not open that person.
        holder: Option<Box<Person>>,
    },
    /// The person already has this very ID.
    Same {
        integration: String,
    },
    HasOne {
        integration: String,
    },
}

/// An ID that was added. `trimmed`: blanks around what was typed were taken off, which the page says.
#[derive(Debug)]
pub struct Added {
    pub run: RunId,
    pub trimmed: bool,
}

/// Adds an ID to a person. Two people adding the same ID at once: one gets it, the other is told who has it.
pub fn add(
    db: &Db,
    editor: &Editor<'_>,
    person: PersonId,
    integration: &str,
    typed: &str,
) -> Result<Result<Added, AddError>, AppError> {
    match db.write(|conn| try_add(conn, editor, person, integration, typed)) {
        // The unique index spoke first: the other's ID is there now, so the second look finds its holder.
        Err(e) if e.is_unique_violation() => db.write(|conn| try_add(conn, editor, person, integration, typed)),
        result => result,
    }
}

fn try_add(
    conn: &mut Conn,
    editor: &Editor<'_>,
    person: PersonId,
    integration: &str,
    typed: &str,
) -> Result<Result<Added, AddError>, AppError> {
    if integration.is_empty() {
        return Ok(Err(AddError::NoIntegration));
    }
    let held = Person::by_id(conn, editor.school, person)?;
    crate::people::merge::refuse_merged(conn, editor.school, &held)?;
    let live = Integration::live(conn, editor.school)?;
    let Some(integration) = live.into_iter().find(|i| i.code == integration && editor.reach.covers(i.id)) else {
        return Ok(Err(AddError::NotLive));
    };
    let text = typed.trim();
    if let Err(e) = integration.shape().check(text) {
        return Ok(Err(AddError::Shape(e)));
    }
    let value = IdValue::new(text);
    // Looked up before the run is made, so that a refusal leaves no trace of a run.
    if let Some(by) = holder(conn, editor.school, integration.id, integration.case_rule, &value)? {
        return Ok(Err(taken(conn, editor.school, by, person, &integration)?));
    }
    let new = NewRun::edit(RunKind::AddId, editor.actor);
    let change = Change::add_id(person, integration.id, value);
    match apply_now(conn, editor.school, &new, &[change], editor.now)? {
        Ok(run) => Ok(Ok(Added { run, trimmed: text.len() != typed.len() })),
        Err(refusal) => refused(conn, editor.school, refusal, person, &integration),
    }
}

/// Turns the kernel's refusal into the page's words.
fn refused(
    conn: &mut Conn,
    school: &CurrentSchool,
    refusal: Refusal,
    person: PersonId,
    integration: &Integration,
) -> Result<Result<Added, AddError>, AppError> {
    match refusal {
        Refusal::HasOne => Ok(Err(AddError::HasOne { integration: integration.name.clone() })),
        Refusal::ValueTaken { holder } => Ok(Err(taken(conn, school, holder, person, integration)?)),
        Refusal::Moved { .. } => Err(AppError::Conflict(crate::runs::moved_message(RunKind::AddId))),
    }
}

fn taken(
    conn: &mut Conn,
    school: &CurrentSchool,
    holder: PersonId,
    person: PersonId,
    integration: &Integration,
) -> Result<AddError, AppError> {
    if holder == person {
        return Ok(AddError::Same { integration: integration.name.clone() });
    }
    let holder = match Person::by_id(conn, school, holder) {
        Ok(person) => Some(Box::new(person)),
        Err(AppError::NotFound) => None,
        Err(e) => return Err(e),
    };
    Ok(AddError::Taken { integration: integration.name.clone(), holder })
}

/// Deletes an ID from a person's record. It stays in the life of the value, and Undo brings it back.
pub fn delete(db: &Db, editor: &Editor<'_>, person: PersonId, id: RecordId) -> Result<RunId, AppError> {
    let gone = || {
        AppError::Conflict(
            "This ID is no longer on the record: somebody deleted it meanwhile. Open the page again to see what is there.".into(),
        )
    };
    db.write(|conn| {
        let (integration, value) = live_value(conn, editor.school, person, id).map_err(|e| match e {
            AppError::NotFound => gone(),
            e => e,
        })?;
        // The same answer as for a row that is not there: a guess must not tell.
        if !editor.reach.covers(integration) {
            return Err(gone());
        }
        let new = NewRun::edit(RunKind::DeleteId, editor.actor);
        let change = Change::remove_id(person, integration, value);
        apply_now(conn, editor.school, &new, &[change], editor.now)?.map_err(|_| gone())
    })
}
