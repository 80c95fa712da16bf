//! The rows of integration IDs, written by the kernel only (`runs::apply`). A value is never updated: removed, then inserted.
//! Leaves the rules of typing one to `integration_ids::add`.

use diesel::prelude::*;

use super::value::IdValue;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{CaseRule, IntegrationId};
use crate::people::PersonId;
use crate::runs::{Hand, Refusal};
use crate::schema::{integration_ids, integrations};
use crate::schools::CurrentSchool;

pub(crate) fn insert(
    conn: &mut Conn,
    hand: &Hand<'_>,
    person: PersonId,
    integration: IntegrationId,
    value: &IdValue,
) -> Result<Result<(), Refusal>, AppError> {
    let (rule, many) = rules(conn, integration)?;
    if let Some(holder) = holder(conn, hand.school, integration, rule, value)? {
        return Ok(Err(Refusal::ValueTaken { holder }));
    }
    if !many && has_live(conn, hand.school, person, integration)? {
        return Ok(Err(Refusal::HasOne));
    }
    integration_ids::insert()
        .values((
            integration_ids::school_id.eq(hand.school.id()),
            integration_ids::person_id.eq(person),
            integration_ids::integration_id.eq(integration),
            integration_ids::value.eq(value),
            integration_ids::value_key.eq(value.key(rule)),
            integration_ids::slot.eq(if many { None } else { Some(0) }),
            integration_ids::run_id.eq(hand.run),
            integration_ids::added_at.eq(hand.now),
            integration_ids::added_by.eq(hand.actor.name()),
        ))
        .execute(conn)?;
    Ok(Ok(()))
}

pub(crate) fn remove(
    conn: &mut Conn,
    hand: &Hand<'_>,
    person: PersonId,
    integration: IntegrationId,
    value: &IdValue,
) -> Result<Result<(), Refusal>, AppError> {
    let (rule, _) = rules(conn, integration)?;
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
    let (rule, _) = rules(conn, integration)?;
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

fn has_live(
    conn: &mut Conn,
    school: &CurrentSchool,
    person: PersonId,
    integration: IntegrationId,
) -> Result<bool, AppError> {
    let live: i64 = integration_ids::of(school)
        .filter(integration_ids::person_id.eq(person))
        .filter(integration_ids::integration_id.eq(integration))
        .filter(integration_ids::removed_at.is_null())
        .count()
        .get_result(conn)?;
    Ok(live > 0)
}

/// The rules of an integration. On PostgreSQL they stay as they are until the end of the transaction, so that an ID and
/// a change of the rules at the same moment come one after the other; on SQLite there is one writer.
fn rules(conn: &mut Conn, integration: IntegrationId) -> Result<(CaseRule, bool), AppError> {
    let query = integrations::table.find(integration).select((integrations::case_rule, integrations::many_per_person));
    Ok(match conn {
        Conn::Sqlite(c) => query.get_result(c)?,
        Conn::Postgres(c) => query.for_share().get_result(c)?,
    })
}
