//! What the school holds already: keys of its people, e-mails in use, and the details of those who are compared.
//! Leaves comparing to `sync::decide`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::fingerprint::of_text;
use crate::db::Conn;
use crate::error::AppError;
use crate::groups::{self, Placeholder};
use crate::integration_ids::{self, IdValue};
use crate::integrations::IntegrationId;
use crate::people::{self, Field, Person, PersonId, Status};
use crate::runs::KeySpace;
use crate::schema::{field_pins, people as people_table, source_links};
use crate::schools::CurrentSchool;

/// So many rows are read at a time: memory holds numbers, not texts.
const PAGE: i64 = 20_000;

/// A key of one space and whom it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    pub key: u64,
    pub person: PersonId,
    /// What the row came to when it was last compared and there was nothing to do.
    pub hash: Option<i64>,
}

/// The keys of one space, in their order.
#[derive(Debug, Default)]
pub struct Links(Vec<Link>);

impl Links {
    pub fn load(conn: &mut Conn, school: &CurrentSchool, space: KeySpace) -> Result<Links, AppError> {
        let mut links = Vec::new();
        let mut after = String::new();
        loop {
            let page: Vec<(String, PersonId, Option<i64>)> = source_links::of(school)
                .filter(source_links::source.eq(space))
                .filter(source_links::key_norm.gt(after.clone()))
                .order(source_links::key_norm)
                .limit(PAGE)
                .select((source_links::key_norm, source_links::person_id, source_links::row_hash))
                .load(conn)?;
            let Some((last, _, _)) = page.last() else { break };
            after.clone_from(last);
            // A key that is no number is from another source, and no file of this one has it.
            links.extend(
                page.into_iter().filter_map(|(key, person, hash)| Some(Link { key: key.parse().ok()?, person, hash })),
            );
        }
        links.sort_unstable_by_key(|l| l.key);
        Ok(Links(links))
    }

    pub fn find(&self, key: u64) -> Option<Link> {
        let place = self.0.binary_search_by_key(&key, |l| l.key).ok()?;
        self.0.get(place).copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Link> {
        self.0.iter()
    }
}

/// Whether there is anybody yet.
pub fn has_people(conn: &mut Conn, school: &CurrentSchool) -> Result<bool, AppError> {
    let first: Option<PersonId> =
        people_table::of(school).select(people_table::id).limit(1).get_result(conn).optional()?;
    Ok(first.is_some())
}

/// Who of the school counts (active, applicant) and has one of the e-mails, by their folded form.
pub fn with_emails(
    conn: &mut Conn,
    school: &CurrentSchool,
    keys: Vec<String>,
) -> Result<Vec<(u64, PersonId)>, AppError> {
    let rows: Vec<(Option<String>, PersonId)> = people_table::of(school)
        .filter(people_table::email_key.eq_any(keys.into_iter().map(Some).collect::<Vec<_>>()))
        .filter(people_table::status.eq_any([Status::Active, Status::Applicant]))
        .select((people_table::email_key, people_table::id))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(key, id)| Some((of_text(&key?), id))).collect())
}

/// The e-mails of those of some people who count, as fingerprints.
pub fn emails_of(
    conn: &mut Conn,
    school: &CurrentSchool,
    ids: Vec<PersonId>,
) -> Result<Vec<(PersonId, u64)>, AppError> {
    let rows: Vec<(PersonId, Option<String>)> = people_table::of(school)
        .filter(people_table::id.eq_any(ids))
        .filter(people_table::status.eq_any([Status::Active, Status::Applicant]))
        .select((people_table::id, people_table::email_key))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, key)| Some((id, of_text(&key?)))).collect())
}

/// Which of the people have a key in a space.
pub fn people_with_keys(
    conn: &mut Conn,
    school: &CurrentSchool,
    space: KeySpace,
    ids: Vec<PersonId>,
) -> Result<Vec<PersonId>, AppError> {
    Ok(keys_of(conn, school, space, ids)?.into_iter().map(|(person, _)| person).collect())
}

/// People who are about to be there.
pub fn applicants(conn: &mut Conn, school: &CurrentSchool) -> Result<BTreeSet<PersonId>, AppError> {
    let all: Vec<PersonId> = people_table::of(school)
        .filter(people_table::status.eq(Status::Applicant))
        .select(people_table::id)
        .load(conn)?;
    Ok(all.into_iter().collect())
}

/// People of whom somebody has set a field by hand: they are compared each time, so that what is kept is shown each time.
pub fn pinned(conn: &mut Conn, school: &CurrentSchool) -> Result<BTreeSet<PersonId>, AppError> {
    let all: Vec<PersonId> = field_pins::of(school).select(field_pins::person_id).distinct().load(conn)?;
    Ok(all.into_iter().collect())
}

/// Who set a field by hand, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    pub by: String,
    pub at: NaiveDateTime,
}

/// Somebody who is compared.
#[derive(Debug, Clone)]
pub struct Detail {
    pub person: Person,
    pub pins: BTreeMap<Field, Pin>,
    /// Of the integration that the sync gives IDs of.
    pub id: Option<IdValue>,
    pub groups: BTreeSet<Placeholder>,
    /// Of a parent: the students by their keys, and as what.
    pub relations: BTreeMap<u64, String>,
    /// The keys of the person in the space of the file.
    pub keys: BTreeSet<u64>,
}

/// The details of some people.
pub fn details(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    space: KeySpace,
    ids: &[PersonId],
    canonical: impl Fn(u64) -> u64,
) -> Result<HashMap<PersonId, Detail>, AppError> {
    let mut all: HashMap<PersonId, Detail> = Person::by_ids(conn, school, ids)?
        .into_iter()
        .map(|person| {
            let id = person.id;
            let detail = Detail {
                person,
                pins: BTreeMap::new(),
                id: None,
                groups: BTreeSet::new(),
                relations: BTreeMap::new(),
                keys: BTreeSet::new(),
            };
            (id, detail)
        })
        .collect();
    let pins: Vec<(PersonId, Field, String, NaiveDateTime)> = field_pins::of(school)
        .filter(field_pins::person_id.eq_any(ids.to_vec()))
        .select((field_pins::person_id, field_pins::field, field_pins::pinned_by, field_pins::pinned_at))
        .load(conn)?;
    for (person, field, by, at) in pins {
        if let Some(d) = all.get_mut(&person) {
            d.pins.insert(field, Pin { by, at });
        }
    }
    for (person, id) in integration_ids::store::with_live(conn, school, integration, ids.to_vec())? {
        if let Some(d) = all.get_mut(&person) {
            d.id = Some(id);
        }
    }
    for (person, groups) in groups::store::held_of(conn, school, ids)? {
        if let Some(d) = all.get_mut(&person) {
            d.groups.extend(groups);
        }
    }
    for (person, key) in keys_of(conn, school, space, ids.to_vec())? {
        if let Some(d) = all.get_mut(&person) {
            d.keys.insert(key);
        }
    }
    if space == KeySpace::Persons {
        let relations = people::store::relations_of(conn, school, ids.to_vec())?;
        let students: Vec<PersonId> = relations.keys().map(|(_, student)| *student).collect();
        let keys = keys_of(conn, school, KeySpace::Students, students)?;
        let keys: HashMap<PersonId, u64> = keys.into_iter().map(|(person, key)| (person, canonical(key))).collect();
        for ((guardian, student), kind) in relations {
            // A student without a key is from elsewhere: the files say nothing of them.
            if let (Some(d), Some(key)) = (all.get_mut(&guardian), keys.get(&student)) {
                d.relations.insert(*key, kind);
            }
        }
    }
    Ok(all)
}

pub fn keys_of(
    conn: &mut Conn,
    school: &CurrentSchool,
    space: KeySpace,
    people: Vec<PersonId>,
) -> Result<Vec<(PersonId, u64)>, AppError> {
    let mut keys = Vec::new();
    for some in people.chunks(1000) {
        let rows: Vec<(PersonId, String)> = source_links::of(school)
            .filter(source_links::source.eq(space))
            .filter(source_links::person_id.eq_any(some.to_vec()))
            .select((source_links::person_id, source_links::key_norm))
            .load(conn)?;
        keys.extend(rows.into_iter().filter_map(|(person, key)| Some((person, key.parse().ok()?))));
    }
    Ok(keys)
}
