//! The rows of integration IDs, written by the kernel only (`runs::batch`). A value is never updated: removed, then inserted.
//! Leaves the rules of typing one to `integration_ids::add`.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::value::{IdKey, IdValue};
use crate::bulk_load;
use crate::db::{Backend, Conn};
use crate::error::AppError;
use crate::integrations::{CaseRule, IntegrationId};
use crate::people::PersonId;
use crate::runs::{Hand, Refusal, RunId};
use crate::schema::{integration_ids, integrations};
use crate::schools::{CurrentSchool, SchoolId};

/// A row of the table, for adding many at once.
#[derive(Insertable)]
#[diesel(table_name = integration_ids, treat_none_as_default_value = false)]
pub(crate) struct IdRow {
    school_id: SchoolId,
    person_id: PersonId,
    integration_id: IntegrationId,
    value: IdValue,
    value_key: IdKey,
    slot: Option<i32>,
    run_id: RunId,
    added_at: NaiveDateTime,
    added_by: String,
    spec_version: Option<i32>,
    unit: Option<i64>,
}

impl IdRow {
    pub fn new(
        hand: &Hand<'_>,
        rules: Rules,
        person: PersonId,
        integration: IntegrationId,
        value: IdValue,
        (spec_version, unit): (Option<i32>, Option<i64>),
    ) -> IdRow {
        IdRow {
            school_id: hand.school.id(),
            person_id: person,
            integration_id: integration,
            value_key: value.key(rules.case),
            value,
            slot: if rules.many { None } else { Some(0) },
            run_id: hand.run,
            added_at: hand.now,
            added_by: hand.actor.name().to_owned(),
            spec_version,
            unit,
        }
    }
}

pub(crate) fn insert_all(conn: &mut Conn, rows: Vec<IdRow>) -> Result<(), AppError> {
    Ok(bulk_load!(conn, integration_ids, IdRow, rows)?)
}

/// Who holds which of the values now.
pub(crate) fn holders(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    keys: Vec<IdKey>,
) -> Result<HashMap<IdKey, PersonId>, AppError> {
    let rows: Vec<(IdKey, PersonId)> = integration_ids::of(school)
        .filter(integration_ids::integration_id.eq(integration))
        .filter(integration_ids::value_key.eq_any(keys))
        .filter(integration_ids::removed_at.is_null())
        .select((integration_ids::value_key, integration_ids::person_id))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Every ID of an integration, as a fingerprint without regard to letter case, and who has it.
pub(crate) fn folded(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
) -> Result<HashMap<u64, PersonId>, AppError> {
    let mut all = HashMap::new();
    each_live(conn, school, integration, |value, person| {
        all.insert(value.folded(), person);
    })?;
    Ok(all)
}

/// Every ID of an integration that somebody has now.
pub(crate) fn each_live(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    mut f: impl FnMut(&IdValue, PersonId),
) -> Result<(), AppError> {
    /// So many are read at a time: memory holds numbers, not texts.
    const PAGE: i64 = 20_000;
    let mut after: Option<IdKey> = None;
    loop {
        // In the order of the index of live values; any other order would be sorted anew for each page.
        let mut query = integration_ids::of(school)
            .filter(integration_ids::integration_id.eq(integration))
            .filter(integration_ids::removed_at.is_null())
            .order(integration_ids::value_key)
            .limit(PAGE)
            .select((integration_ids::value_key, integration_ids::value, integration_ids::person_id))
            .into_boxed::<Backend>();
        if let Some(after) = after {
            query = query.filter(integration_ids::value_key.gt(after));
        }
        let page: Vec<(IdKey, IdValue, PersonId)> = query.load(conn)?;
        after = page.last().map(|(key, _, _)| key.clone());
        if after.is_none() {
            return Ok(());
        }
        page.iter().for_each(|(_, value, person)| f(value, *person));
    }
}

/// Every ID that somebody has or had, by its key, and whether it is theirs now.
pub(crate) fn each_ever(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    mut f: impl FnMut(IdKey, PersonId, bool),
) -> Result<(), AppError> {
    /// So many are read at a time.
    const PAGE: i64 = 20_000;
    type Row = (i64, IdKey, PersonId, Option<NaiveDateTime>);
    let mut after = 0;
    loop {
        let page: Vec<Row> = integration_ids::of(school)
            .filter(integration_ids::id.gt(after))
            .filter(integration_ids::integration_id.eq(integration))
            .order(integration_ids::id)
            .limit(PAGE)
            .select((
                integration_ids::id,
                integration_ids::value_key,
                integration_ids::person_id,
                integration_ids::removed_at,
            ))
            .load(conn)?;
        let Some((last, ..)) = page.last() else { return Ok(()) };
        after = *last;
        page.into_iter().for_each(|(_, key, person, removed)| f(key, person, removed.is_none()));
    }
}

/// Somebody's time with an ID.
#[derive(Queryable)]
pub(crate) struct Life {
    pub key: IdKey,
    pub value: IdValue,
    pub person: PersonId,
    pub run: RunId,
    pub removed_at: Option<NaiveDateTime>,
    pub removed_run: Option<RunId>,
}

/// Who has and who had some IDs.
pub(crate) fn lives(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    keys: Vec<IdKey>,
) -> Result<Vec<Life>, AppError> {
    Ok(integration_ids::of(school)
        .filter(integration_ids::integration_id.eq(integration))
        .filter(integration_ids::value_key.eq_any(keys))
        .select((
            integration_ids::value_key,
            integration_ids::value,
            integration_ids::person_id,
            integration_ids::run_id,
            integration_ids::removed_at,
            integration_ids::removed_run_id,
        ))
        .load(conn)?)
}

/// Which of the people have an ID of the integration now.
pub(crate) fn with_live(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    people: Vec<PersonId>,
) -> Result<HashMap<PersonId, IdValue>, AppError> {
    let rows: Vec<(PersonId, IdValue)> = integration_ids::of(school)
        .filter(integration_ids::integration_id.eq(integration))
        .filter(integration_ids::person_id.eq_any(people))
        .filter(integration_ids::removed_at.is_null())
        .select((integration_ids::person_id, integration_ids::value))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

pub(crate) fn remove(
    conn: &mut Conn,
    hand: &Hand<'_>,
    person: PersonId,
    integration: IntegrationId,
    value: &IdValue,
) -> Result<Result<(), Refusal>, AppError> {
    let rule = rules(conn, integration)?.case;
    let removed = diesel::update(
        integration_ids::of(hand.school)
            .filter(integration_ids::integration_id.eq(integration))
            .filter(integration_ids::person_id.eq(person))
            .filter(integration_ids::value_key.eq(value.key(rule)))
            .filter(integration_ids::removed_at.is_null()),
    )
    .set((
        integration_ids::removed_run_id.eq(hand.run),
        integration_ids::removed_at.eq(hand.now),
        integration_ids::removed_by.eq(hand.actor.name()),
        integration_ids::removed_reason.eq(hand.reason),
    ))
    .execute(conn)?;
    Ok(if removed == 1 { Ok(()) } else { Err(Refusal::Moved { person: Some(person) }) })
}

pub(crate) fn is_live(
    conn: &mut Conn,
    school: &CurrentSchool,
    person: PersonId,
    integration: IntegrationId,
    value: &IdValue,
) -> Result<bool, AppError> {
    let rule = rules(conn, integration)?.case;
    Ok(holder(conn, school, integration, rule, value)? == Some(person))
}

/// Who holds a value now.
pub(super) fn holder(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    rule: CaseRule,
    value: &IdValue,
) -> Result<Option<PersonId>, AppError> {
    Ok(integration_ids::of(school)
        .filter(integration_ids::integration_id.eq(integration))
        .filter(integration_ids::value_key.eq(value.key(rule)))
        .filter(integration_ids::removed_at.is_null())
        .select(integration_ids::person_id)
        .get_result(conn)
        .optional()?)
}

/// The rules of an integration. On PostgreSQL they stay as they are until the end of the transaction, so that an ID and
/// a change of the rules at the same moment come one after the other; on SQLite there is one writer.
pub(crate) fn rules(conn: &mut Conn, integration: IntegrationId) -> Result<Rules, AppError> {
    let query = integrations::table.find(integration).select((integrations::case_rule, integrations::many_per_person));
    let (case, many) = match conn {
        Conn::Sqlite(c) => query.get_result(c)?,
        Conn::Postgres(c) => query.for_share().get_result(c)?,
    };
    Ok(Rules { case, many })
}

/// How the IDs of an integration compare, and whether a person may have several.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub case: CaseRule,
    pub many: bool,
}
