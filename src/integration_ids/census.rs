//! How many integration IDs there are, and how many would be wrong under other rules: for Support, who sees counts alone.
//! No value leaves this file. Leaves the rules to `integrations`.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use diesel::prelude::*;

use super::record::RecordId;
use super::value::{IdKey, IdValue};
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{CaseRule, Fit, IntegrationId};
use crate::people::PersonId;
use crate::schema::integration_ids as ids;
use crate::schools::CurrentSchool;

/// IDs on record at a school, shown or hidden.
pub fn live_count(conn: &mut Conn, school: &CurrentSchool, integration: IntegrationId) -> Result<i64, AppError> {
    Ok(ids::of(school)
        .filter(ids::integration_id.eq(integration))
        .filter(ids::removed_at.is_null())
        .count()
        .get_result(conn)?)
}

/// The same for each integration that has any.
pub fn live_counts(conn: &mut Conn, school: &CurrentSchool) -> Result<HashMap<IntegrationId, i64>, AppError> {
    let rows: Vec<(IntegrationId, i64)> = ids::of(school)
        .filter(ids::removed_at.is_null())
        .group_by(ids::integration_id)
        .select((ids::integration_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Values are looked at in portions, so that memory does not grow with the school.
const PORTION: i64 = 5000;

fn each(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    only_live: bool,
    mut f: impl FnMut(&mut Conn, RecordId, &IdValue, &IdKey) -> Result<(), AppError>,
) -> Result<(), AppError> {
    let mut last = RecordId(0);
    loop {
        let mut query = ids::of(school)
            .filter(ids::integration_id.eq(integration))
            .filter(ids::id.gt(last))
            .order(ids::id)
            .limit(PORTION)
            .select((ids::id, ids::value, ids::value_key))
            .into_boxed::<crate::db::Backend>();
        if only_live {
            query = query.filter(ids::removed_at.is_null());
        }
        let rows: Vec<(RecordId, IdValue, IdKey)> = query.load(conn)?;
        let Some((newest, ..)) = rows.last() else { return Ok(()) };
        last = *newest;
        for (id, value, key) in &rows {
            f(conn, *id, value, key)?;
        }
    }
}

/// How many live IDs fit now and would not fit any more.
pub fn misfits(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    now: &Fit<'_>,
    then: &Fit<'_>,
) -> Result<i64, AppError> {
    let mut count = 0;
    each(conn, school, integration, true, |_, _, value, _| {
        count += i64::from(value.fits(now) && !value.fits(then));
        Ok(())
    })?;
    Ok(count)
}

/// How many live IDs would be the same as another one under a case rule.
pub fn clashes(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    rule: CaseRule,
) -> Result<i64, AppError> {
    let hasher = RandomState::new();
    let mut seen: HashMap<u64, i64> = HashMap::new();
    each(conn, school, integration, true, |_, _, value, _| {
        *seen.entry(hasher.hash_one(value.key(rule))).or_default() += 1;
        Ok(())
    })?;
    Ok(seen.into_values().filter(|n| *n > 1).sum())
}

/// How many people have more than one live ID.
pub fn people_with_several(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
) -> Result<i64, AppError> {
    let several: Vec<PersonId> = ids::of(school)
        .filter(ids::integration_id.eq(integration))
        .filter(ids::removed_at.is_null())
        .group_by(ids::person_id)
        .having(diesel::dsl::count_star().gt(1))
        .select(ids::person_id)
        .load(conn)?;
    Ok(i64::try_from(several.len()).unwrap_or(i64::MAX))
}

/// Brings the keys of all values, past ones too, under a case rule. A clash is a unique violation.
pub(crate) fn rekey(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    rule: CaseRule,
) -> Result<(), AppError> {
    each(conn, school, integration, false, |conn, id, value, key| {
        let wanted = value.key(rule);
        // Most IDs are digits and have the same key under both rules.
        if wanted != *key {
            diesel::update(ids::of(school).filter(ids::id.eq(id))).set(ids::value_key.eq(wanted)).execute(conn)?;
        }
        Ok(())
    })
}

/// One or many per person. People who have several are a unique violation.
pub(crate) fn reslot(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    many: bool,
) -> Result<(), AppError> {
    let slot: Option<i32> = if many { None } else { Some(0) };
    diesel::update(ids::of(school).filter(ids::integration_id.eq(integration)))
        .set(ids::slot.eq(slot))
        .execute(conn)?;
    Ok(())
}
