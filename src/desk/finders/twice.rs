//! One person under two numbers: people of one member type with one name and one birth date.
//! Leaves whether they are one to a person: twins of one name there are none, but sisters' sons there are.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{About, Finding};
use crate::db::Conn;
use crate::desk::kind::Kind;
use crate::error::AppError;
use crate::people::{MemberType, PersonId, Status};
use crate::schema::people;
use crate::schools::CurrentSchool;

/// So many names go into one question to the database.
const ASKED: usize = 500;

/// Whose record counts: one that is withdrawn or merged is out of the way already.
const THERE: [Status; 3] = [Status::Active, Status::Applicant, Status::Inactive];

type Same = (MemberType, String, NaiveDate);

pub(super) fn find(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<Finding>, AppError> {
    let there = || people::of(school).filter(people::status.eq_any(THERE)).filter(people::birth_date.is_not_null());
    let mut names: Vec<String> = there()
        .filter(people::sort_name.ne(""))
        .group_by((people::member_type, people::sort_name, people::birth_date))
        .having(diesel::dsl::count_star().gt(1))
        .select(people::sort_name)
        .load(conn)?;
    names.sort_unstable();
    names.dedup();
    let mut same: HashMap<Same, Vec<(PersonId, Status)>> = HashMap::new();
    for some in names.chunks(ASKED) {
        let rows: Vec<(PersonId, MemberType, String, Option<NaiveDate>, Status)> = there()
            .filter(people::sort_name.eq_any(some.to_vec()))
            .select((people::id, people::member_type, people::sort_name, people::birth_date, people::status))
            .load(conn)?;
        for (id, member_type, name, born, status) in rows {
            let Some(born) = born else { continue };
            same.entry((member_type, name, born)).or_default().push((id, status));
        }
    }
    Ok(same.into_values().flat_map(pairs).collect())
}

/// The first of them against each of the others. Records of people who are all gone harm nobody.
fn pairs(mut people: Vec<(PersonId, Status)>) -> Vec<Finding> {
    people.sort_unstable();
    let is_gone = |status: Status| status == Status::Inactive;
    let Some((first, rest)) = people.split_first() else { return Vec::new() };
    rest.iter()
        .filter(|(_, status)| !is_gone(first.1) || !is_gone(*status))
        .map(|(other, _)| Finding {
            kind: Kind::SamePerson,
            key: format!("{}:{other}", first.0),
            about: About { person: Some(first.0), other_person: Some(*other), ..About::default() },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_once_with_the_first_unless_both_are_gone() {
        let person = |n, status| (PersonId(n), status);
        let found = pairs(vec![person(9, Status::Active), person(4, Status::Inactive), person(7, Status::Inactive)]);
        assert_eq!(found.iter().map(|f| f.key.as_str()).collect::<Vec<_>>(), ["4:9"]);
        assert!(pairs(vec![person(1, Status::Active)]).is_empty() && pairs(Vec::new()).is_empty());
    }
}
