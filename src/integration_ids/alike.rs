//! IDs that look alike: the same but for letter case, blanks or leading zeros; and IDs that have not the shape of their integration.
//! Values are compared here and stay here. Leaves what is made of it to the desk.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use diesel::prelude::*;

use super::record::RecordId;
use super::value::{IdValue, VisibleId};
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{Fit, IntegrationId, ShapeError};
use crate::people::{PersonId, Status};
use crate::schema::{integration_ids as ids, people};
use crate::schools::CurrentSchool;
use crate::security::Sight;

/// One live ID, without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holding {
    pub person: PersonId,
    pub record: RecordId,
}

#[derive(Debug, Default)]
pub struct Looked {
    /// The first of those alike with each of the others.
    pub alike: Vec<(Holding, Holding)>,
    pub unfit: Vec<Holding>,
}

/// Values are looked at in portions, so that memory does not grow with the school.
const PORTION: i64 = 5000;

/// Looks at every live ID of an integration whose person is there.
pub fn look(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    fit: &Fit<'_>,
) -> Result<Looked, AppError> {
    let mut looked = Looked::default();
    let mut firsts: HashMap<u64, Holding> = HashMap::new();
    let mut last = RecordId(0);
    loop {
        let rows: Vec<(RecordId, PersonId, IdValue)> = ids::of(school)
            .inner_join(people::beside(ids::school_id, people::id.eq(ids::person_id)))
            .filter(ids::integration_id.eq(integration))
            .filter(ids::removed_at.is_null())
            .filter(people::status.ne_all([Status::Withdrawn, Status::Merged]))
            .filter(ids::id.gt(last))
            .order(ids::id)
            .limit(PORTION)
            .select((ids::id, ids::person_id, ids::value))
            .load(conn)?;
        let Some((newest, ..)) = rows.last() else { break };
        last = *newest;
        for (record, person, value) in rows {
            let holding = Holding { person, record };
            if !value.fits(fit) {
                looked.unfit.push(holding);
            }
            match firsts.entry(value.alike()) {
                Entry::Vacant(place) => {
                    place.insert(holding);
                }
                Entry::Occupied(first) => looked.alike.push((*first.get(), holding)),
            }
        }
    }
    Ok(looked)
}

/// Some IDs as they are shown to somebody: None where `sight` does not cover them.
pub struct Shown {
    pub value: Option<VisibleId>,
    pub unfit: Option<ShapeError>,
}

/// The values of some rows, for those who may see them; with what is wrong with their shape.
pub fn shown(
    conn: &mut Conn,
    school: &CurrentSchool,
    sight: &Sight,
    records: &[RecordId],
    fits: &HashMap<IntegrationId, Fit<'_>>,
) -> Result<HashMap<RecordId, Shown>, AppError> {
    let rows: Vec<(RecordId, IntegrationId, IdValue)> = ids::of(school)
        .filter(ids::id.eq_any(records.to_vec()))
        .select((ids::id, ids::integration_id, ids::value))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(record, integration, value)| {
            let shown = value.reveal(sight, integration);
            let unfit = shown.as_ref().and_then(|_| value.misfit(fits.get(&integration)?));
            (record, Shown { value: shown, unfit })
        })
        .collect())
}

crate::text_enum! {
    /// In what two IDs differ that are otherwise the same.
    Difference {
        Case = "case", "upper and lower case";
        Blanks = "blanks", "blanks";
        Zeros = "zeros", "leading zeros";
    }
}

/// What is left of an ID without its letter case, its blanks, and the zeros before its first number.
pub(super) fn bare(text: &str) -> String {
    without_zeros(&without_blanks(text).to_lowercase())
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// `S0012` becomes `S12`, `000` becomes `0`: a number keeps its last digit.
fn without_zeros(text: &str) -> String {
    let Some(at) = text.find(|c: char| c.is_ascii_digit()) else { return text.to_owned() };
    let (before, number) = text.split_at(at);
    let bare = number.trim_start_matches('0');
    let is_number = bare.starts_with(|c: char| c.is_ascii_digit());
    let zero = if is_number || bare.len() == number.len() { "" } else { "0" };
    format!("{before}{zero}{bare}")
}

/// In what two IDs differ that look alike, as they are printed: whoever holds two `VisibleId`s may know.
pub fn differences(one: &VisibleId, other: &VisibleId) -> Vec<Difference> {
    differing(&one.to_string(), &other.to_string())
}

/// Each counts when the two are not the same without the other two.
fn differing(one: &str, other: &str) -> Vec<Difference> {
    let without = |difference: &Difference, text: &str| match difference {
        Difference::Case => without_zeros(&without_blanks(text)),
        Difference::Blanks => without_zeros(&text.to_lowercase()),
        Difference::Zeros => without_blanks(text).to_lowercase(),
    };
    let differs = |d: &&Difference| without(d, one) != without(d, other);
    Difference::ALL.iter().filter(differs).copied().collect()
}

#[cfg(test)]
#[path = "alike_tests.rs"]
mod tests;
