//! A person's integration IDs as they are shown: those on record, and the life of each value.
//! Leaves changing them to `integration_ids::add` and the kernel.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::value::{IdKey, IdValue, VisibleId};
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{CaseRule, IntegrationId, Stage};
use crate::on_each;
use crate::people::PersonId;
use crate::runs::{RunId, RunKind};
use crate::schema::{integration_ids, integrations, runs, school_integrations};
use crate::schools::CurrentSchool;
use crate::security::Sight;

crate::id_type! {
    /// One value's row: from the day it was added to the day it was removed.
    RecordId
}

/// One value of one person, past or present, already revealed to somebody who may see it.
#[derive(Debug, Clone)]
pub struct Record {
    pub id: RecordId,
    pub integration_id: IntegrationId,
    pub integration: String,
    pub value: VisibleId,
    pub run: RunId,
    pub kind: RunKind,
    pub added_at: NaiveDateTime,
    pub added_by: String,
    pub removed: Option<Removal>,
}

#[derive(Debug, Clone)]
pub struct Removal {
    pub at: NaiveDateTime,
    pub by: String,
    pub reason: Option<String>,
    pub run: Option<RunId>,
}

impl std::fmt::Debug for VisibleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VisibleId(hidden)")
    }
}

#[derive(Queryable)]
struct Row {
    id: RecordId,
    integration_id: IntegrationId,
    integration: String,
    value: IdValue,
    run: RunId,
    kind: RunKind,
    added_at: NaiveDateTime,
    added_by: String,
    removed_at: Option<NaiveDateTime>,
    removed_by: Option<String>,
    removed_reason: Option<String>,
    removed_run: Option<RunId>,
}

impl Row {
    fn reveal(self, sight: &Sight) -> Option<Record> {
        let value = self.value.reveal(sight, self.integration_id)?;
        let removed = self.removed_at.map(|at| Removal {
            at,
            by: self.removed_by.unwrap_or_default(),
            reason: self.removed_reason,
            run: self.removed_run,
        });
        Some(Record {
            id: self.id,
            integration_id: self.integration_id,
            integration: self.integration,
            value,
            run: self.run,
            kind: self.kind,
            added_at: self.added_at,
            added_by: self.added_by,
            removed,
        })
    }
}

/// Every value the person has or had, newest first, of the integrations that are Live at the school
/// and that `sight` covers.
pub fn of_person(
    conn: &mut Conn,
    school: &CurrentSchool,
    sight: &Sight,
    person: PersonId,
) -> Result<Vec<Record>, AppError> {
    let rows: Vec<Row> = integration_ids::of(school)
        .inner_join(integrations::table.on(integrations::id.eq(integration_ids::integration_id)))
        .inner_join(school_integrations::beside(
            integration_ids::school_id,
            school_integrations::integration_id.eq(integration_ids::integration_id),
        ))
        .inner_join(runs::beside(integration_ids::school_id, runs::id.eq(integration_ids::run_id)))
        .filter(integration_ids::person_id.eq(person))
        .filter(school_integrations::stage.eq(Stage::Live))
        .order(integration_ids::id.desc())
        .select((
            integration_ids::id,
            integration_ids::integration_id,
            integrations::name,
            integration_ids::value,
            integration_ids::run_id,
            runs::kind,
            integration_ids::added_at,
            integration_ids::added_by,
            integration_ids::removed_at,
            integration_ids::removed_by,
            integration_ids::removed_reason,
            integration_ids::removed_run_id,
        ))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|r| r.reveal(sight)).collect())
}

/// A live value of a person by its row, for deleting it. The value stays hidden: the kernel needs no sight of it.
pub(super) fn live_value(
    conn: &mut Conn,
    school: &CurrentSchool,
    person: PersonId,
    id: RecordId,
) -> Result<(IntegrationId, IdValue), AppError> {
    Ok(integration_ids::of(school)
        .inner_join(school_integrations::beside(
            integration_ids::school_id,
            school_integrations::integration_id.eq(integration_ids::integration_id),
        ))
        .filter(integration_ids::id.eq(id))
        .filter(school_integrations::stage.eq(Stage::Live))
        .filter(integration_ids::person_id.eq(person))
        .filter(integration_ids::removed_at.is_null())
        .select((integration_ids::integration_id, integration_ids::value))
        .get_result(conn)?)
}

/// The people who hold or held a value, in any integration that `sight` covers and that is Live at the school.
/// Without sight nobody is found, whatever is asked: a search must not tell whether an ID exists.
pub fn holders(conn: &mut Conn, school: &CurrentSchool, sight: &Sight, text: &str) -> Result<Vec<PersonId>, AppError> {
    if sight.is_none() || text.is_empty() {
        return Ok(Vec::new());
    }
    let (exact, ignore) = (IdKey::of(text, CaseRule::Exact), IdKey::of(text, CaseRule::Ignore));
    let rows: Vec<(PersonId, IntegrationId)> = on_each!(conn, |c| integration_ids::of(school)
        .inner_join(school_integrations::beside(
            integration_ids::school_id,
            school_integrations::integration_id.eq(integration_ids::integration_id),
        ))
        .filter(integration_ids::value_key.eq(exact).or(integration_ids::value_key.eq(ignore)))
        .filter(school_integrations::stage.eq(Stage::Live))
        .select((integration_ids::person_id, integration_ids::integration_id))
        .order(integration_ids::id.desc())
        .limit(100)
        .load(c))?;
    let mut people: Vec<PersonId> = Vec::new();
    for (person, integration) in rows {
        if sight.covers(integration) && !people.contains(&person) {
            people.push(person);
        }
    }
    Ok(people)
}
