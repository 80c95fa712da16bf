//! Everybody of a member type who counts, with what a template can read, in the order of their SONIS IDs.
//! A page at a time: memory does not grow with the school.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::language::{Source, Sources};
use crate::db::{Backend, Conn};
use crate::error::AppError;
use crate::people::{MemberType, PersonId, Status};
use crate::runs::KeySpace;
use crate::schema::{people, source_links};
use crate::schools::CurrentSchool;
use crate::sync::roster::space_of;

/// So many are read at a time.
const PAGE: i64 = 2000;

#[derive(Debug, Queryable)]
pub struct Record {
    pub id: PersonId,
    pub sonis_id: String,
    pub last_name: String,
    pub first_name: String,
    middle_name: Option<String>,
    preferred_name: Option<String>,
    grad_year: Option<i32>,
    grade_level: Option<i32>,
    birth_date: Option<NaiveDate>,
    other_pid: Option<String>,
}

/// A record with the number that PowerSchool knows the person by.
pub struct Somebody<'a> {
    pub record: &'a Record,
    key: Option<&'a str>,
}

impl Sources for Somebody<'_> {
    fn text(&self, source: Source) -> Option<String> {
        let r = self.record;
        match source {
            // A template is of one member type, so its number is this one.
            Source::StudentNumber | Source::UsersDcid | Source::PersonId => self.key.map(str::to_owned),
            Source::SonisId => Some(r.sonis_id.clone()),
            Source::LastName => Some(r.last_name.clone()),
            Source::FirstName => Some(r.first_name.clone()),
            Source::MiddleName => r.middle_name.clone(),
            Source::PreferredName => r.preferred_name.clone(),
            Source::GradYear => r.grad_year.map(|n| n.to_string()),
            Source::GradeLevel => r.grade_level.map(|n| n.to_string()),
            Source::BirthDate => r.birth_date.map(|d| d.format("%Y%m%d").to_string()),
            Source::OtherPid => r.other_pid.clone(),
        }
    }
}

/// Active people and applicants of a member type. `with_keys`: whether their numbers are needed.
pub fn each(
    conn: &mut Conn,
    school: &CurrentSchool,
    member_type: MemberType,
    with_keys: bool,
    mut f: impl FnMut(&Somebody<'_>) -> Result<(), AppError>,
) -> Result<(), AppError> {
    let mut after = String::new();
    loop {
        let page: Vec<Record> = people::of(school)
            .filter(people::member_type.eq(member_type))
            .filter(people::status.eq_any([Status::Active, Status::Applicant]))
            .filter(people::sonis_id.gt(&after))
            .order(people::sonis_id)
            .limit(PAGE)
            .select((
                people::id,
                people::sonis_id,
                people::last_name,
                people::first_name,
                people::middle_name,
                people::preferred_name,
                people::grad_year,
                people::grade_level,
                people::birth_date,
                people::other_pid,
            ))
            .into_boxed::<Backend>()
            .load(conn)?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.sonis_id);
        let keys = if with_keys { keys(conn, school, space_of(member_type), &page)? } else { HashMap::new() };
        for record in &page {
            f(&Somebody { record, key: keys.get(&record.id).map(String::as_str) })?;
        }
    }
}

/// The numbers of these people; of somebody with several the smallest.
fn keys(
    conn: &mut Conn,
    school: &CurrentSchool,
    space: KeySpace,
    page: &[Record],
) -> Result<HashMap<PersonId, String>, AppError> {
    let mut keys: HashMap<PersonId, String> = HashMap::new();
    for some in page.chunks(500) {
        let ids: Vec<PersonId> = some.iter().map(|r| r.id).collect();
        let rows: Vec<(PersonId, String)> = source_links::of(school)
            .filter(source_links::source.eq(space))
            .filter(source_links::person_id.eq_any(ids))
            .select((source_links::person_id, source_links::key_norm))
            .load(conn)?;
        for (person, key) in rows {
            let is_smaller = |held: &String| (key.len(), &key) < (held.len(), held);
            if keys.get(&person).is_none_or(is_smaller) {
                keys.insert(person, key);
            }
        }
    }
    Ok(keys)
}
