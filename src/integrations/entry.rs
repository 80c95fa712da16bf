//! An integration as the catalogue keeps it, and Support's edits of it: saved, retired, taken back, each with its audit entry.
//! Leaves reading the form to `integrations::draft`, and what an edit would do to IDs to `integrations::consequences`.

use chrono::NaiveDateTime;
use diesel::dsl::Eq;
use diesel::prelude::*;

use super::draft::Draft;
use super::integration::IntegrationId;
use super::moves::Mover;
use super::shape::{CaseRule, Shape};
use crate::audit::{self, Action, Entry};
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids;
use crate::schema::integrations;
use crate::schools::CurrentSchool;

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = integrations)]
pub struct CatalogueEntry {
    pub id: IntegrationId,
    pub code: String,
    pub name: String,
    pub vendor: String,
    /// Why it exists and who may get it.
    pub purpose: String,
    pub pattern: Option<String>,
    pub example: String,
    pub min_length: i32,
    pub max_length: i32,
    pub case_rule: CaseRule,
    pub many_per_person: bool,
    pub retired_at: Option<NaiveDateTime>,
    /// Raised by every edit: an editor says which version they have seen.
    pub lock_version: i32,
}

/// Why an edit was not saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaveError {
    /// Somebody saved it first.
    Changed,
    CodeTaken,
    NameTaken,
}

impl CatalogueEntry {
    pub fn all(conn: &mut Conn) -> Result<Vec<CatalogueEntry>, AppError> {
        Ok(integrations::table.order(integrations::name).select(CatalogueEntry::as_select()).load(conn)?)
    }

    pub fn by_code(conn: &mut Conn, code: &str) -> Result<CatalogueEntry, AppError> {
        // A NUL would be a failure to PostgreSQL instead of no integration.
        if code.contains('\0') {
            return Err(AppError::NotFound);
        }
        Ok(integrations::table
            .filter(integrations::code.eq(code))
            .select(CatalogueEntry::as_select())
            .get_result(conn)?)
    }

    pub fn shape(&self) -> Shape {
        Shape::of(&self.name, self.pattern.as_deref(), &self.example, (self.min_length, self.max_length))
    }

    /// "Letters and digits like S2038788, 1 to 64 characters"
    pub fn shape_in_words(&self) -> String {
        let length = match (self.min_length, self.max_length) {
            (a, b) if a == b => format!("{a} characters"),
            (a, b) if a <= 1 => format!("up to {b} characters"),
            (a, b) => format!("{a} to {b} characters"),
        };
        let case = if self.case_rule == CaseRule::Exact { ", case counts" } else { "" };
        format!("{length}{case}")
    }
}

fn name_taken(conn: &mut Conn, name: &str, but: Option<IntegrationId>) -> Result<bool, AppError> {
    let all: Vec<(IntegrationId, String)> =
        integrations::table.select((integrations::id, integrations::name)).load(conn)?;
    // Two names that differ only in case would be one to a reader.
    Ok(all.iter().any(|(id, n)| Some(*id) != but && n.to_lowercase() == name.to_lowercase()))
}

fn record(conn: &mut Conn, mover: &Mover<'_>, action: Action, subject: String) -> Result<(), AppError> {
    let entry = Entry {
        at: mover.now,
        school: None,
        actor: mover.actor.clone(),
        action,
        subject,
        person: None,
        request: mover.request.map(str::to_owned),
    };
    audit::record(conn, &entry)
}

type Columns<'a> = (
    Eq<integrations::name, &'a str>,
    Eq<integrations::vendor, &'a str>,
    Eq<integrations::purpose, &'a str>,
    Eq<integrations::pattern, Option<&'a str>>,
    Eq<integrations::example, &'a str>,
    Eq<integrations::min_length, i32>,
    Eq<integrations::max_length, i32>,
    Eq<integrations::case_rule, CaseRule>,
    Eq<integrations::many_per_person, bool>,
);

/// What a draft says, for a new row and for an edit alike.
fn columns(draft: &Draft) -> Columns<'_> {
    (
        integrations::name.eq(draft.name.as_str()),
        integrations::vendor.eq(draft.vendor.as_str()),
        integrations::purpose.eq(draft.purpose.as_str()),
        integrations::pattern.eq(draft.pattern.as_deref()),
        integrations::example.eq(draft.example.as_str()),
        integrations::min_length.eq(draft.min_length),
        integrations::max_length.eq(draft.max_length),
        integrations::case_rule.eq(draft.case_rule),
        integrations::many_per_person.eq(draft.many_per_person),
    )
}

/// Adds an integration to the catalogue. No school has it yet.
pub fn add(conn: &mut Conn, code: &str, draft: &Draft, mover: &Mover<'_>) -> Result<Result<(), SaveError>, AppError> {
    let taken: i64 = integrations::table.filter(integrations::code.eq(code)).count().get_result(conn)?;
    if taken > 0 {
        return Ok(Err(SaveError::CodeTaken));
    }
    if name_taken(conn, &draft.name, None)? {
        return Ok(Err(SaveError::NameTaken));
    }
    diesel::insert_into(integrations::table)
        .values((integrations::code.eq(code), columns(draft), integrations::lock_version.eq(1)))
        .execute(conn)?;
    record(conn, mover, Action::IntegrationAdded, format!("{} ({code})", draft.name))?;
    Ok(Ok(()))
}

/// Saves an edit, and brings the keys of the IDs under a new case rule. `seen` is the version that the page showed.
/// Clashing IDs end in a unique violation: nothing is kept then.
pub fn save(
    conn: &mut Conn,
    held: &CatalogueEntry,
    seen: i32,
    draft: &Draft,
    mover: &Mover<'_>,
) -> Result<Result<bool, SaveError>, AppError> {
    let changes = draft.changes_of(held);
    if changes.is_empty() {
        return Ok(Ok(false));
    }
    if name_taken(conn, &draft.name, Some(held.id))? {
        return Ok(Err(SaveError::NameTaken));
    }
    let here = integrations::table.filter(integrations::id.eq(held.id)).filter(integrations::lock_version.eq(seen));
    let saved = diesel::update(here)
        .set((columns(draft), integrations::lock_version.eq(integrations::lock_version + 1)))
        .execute(conn)?;
    if saved != 1 {
        return Ok(Err(SaveError::Changed));
    }
    for school in CurrentSchool::every(conn)? {
        if draft.case_rule != held.case_rule {
            integration_ids::rekey(conn, &school, held.id, draft.case_rule)?;
        }
        if draft.many_per_person != held.many_per_person {
            integration_ids::reslot(conn, &school, held.id, draft.many_per_person)?;
        }
    }
    record(conn, mover, Action::IntegrationChanged, format!("{}: {}", held.code, changes.join("; ")))?;
    Ok(Ok(true))
}

/// Retires an integration, or takes it back; false when somebody else has edited it meanwhile.
pub fn retire(
    conn: &mut Conn,
    held: &CatalogueEntry,
    seen: i32,
    retired: bool,
    mover: &Mover<'_>,
) -> Result<bool, AppError> {
    let here = integrations::table.filter(integrations::id.eq(held.id)).filter(integrations::lock_version.eq(seen));
    let at = retired.then_some(mover.now);
    let saved = diesel::update(here)
        .set((integrations::retired_at.eq(at), integrations::lock_version.eq(integrations::lock_version + 1)))
        .execute(conn)?;
    if saved != 1 {
        return Ok(false);
    }
    let action = if retired { Action::IntegrationRetired } else { Action::IntegrationTakenBack };
    record(conn, mover, action, format!("{} ({})", held.name, held.code))?;
    Ok(true)
}
