//! A person of a school: the row, its names as they are shown, and the few ways to find one.
//! Leaves lists and searches to `people::search`, and changing anything to `runs`.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::biographic::Biographic;
use super::fold::{email_key, fold, fold_to_ascii};
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::people;
use crate::schools::CurrentSchool;
use crate::{in_part, on_each};

crate::id_type! {
    /// A person's row. On pages and in addresses a person is their SONIS ID.
    PersonId
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = people)]
pub struct Person {
    pub id: PersonId,
    pub sonis_id: String,
    #[diesel(embed)]
    pub bio: Biographic,
    pub status_since: NaiveDateTime,
    /// Raised by every change: an edit says which version it has seen.
    pub lock_version: i32,
}

impl Person {
    pub fn by_sonis_id(conn: &mut Conn, school: &CurrentSchool, sonis_id: &str) -> Result<Person, AppError> {
        // Nothing else can be one; and a NUL would be a failure to PostgreSQL instead of nobody.
        if !sonis_id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(AppError::NotFound);
        }
        // get_result, not first: a unique look-up needs no LIMIT, which SQLite would prepare anew each time.
        Ok(in_part!(school, |part| on_each!(conn, |c| people::in_part(school, part)
            .filter(people::sonis_id.eq(sonis_id))
            .select(Person::as_select())
            .get_result(c)))?)
    }

    pub fn by_id(conn: &mut Conn, school: &CurrentSchool, id: PersonId) -> Result<Person, AppError> {
        Ok(people::of(school).filter(people::id.eq(id)).select(Person::as_select()).get_result(conn)?)
    }

    pub fn by_ids(conn: &mut Conn, school: &CurrentSchool, ids: &[PersonId]) -> Result<Vec<Person>, AppError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        Ok(people::of(school).filter(people::id.eq_any(ids.to_vec())).select(Person::as_select()).load(conn)?)
    }

    /// Those of these people who are still there, in the order of the ids.
    pub fn in_order(conn: &mut Conn, school: &CurrentSchool, ids: &[PersonId]) -> Result<Vec<Person>, AppError> {
        let mut found: HashMap<PersonId, Person> =
            Person::by_ids(conn, school, ids)?.into_iter().map(|p| (p.id, p)).collect();
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }
}

impl Biographic {
    /// "Amara Chidinma Okonkwo": as the person is spoken of.
    pub fn full_name(&self) -> String {
        let parts = [self.first_name.as_str(), self.middle_name.as_deref().unwrap_or(""), self.last_name.as_str()];
        parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// "Okonkwo, Amara": as the person stands in a list.
    pub fn list_name(&self) -> String {
        list_name(&self.last_name, &self.first_name)
    }

    /// The folded forms that the row keeps for sorting and searching.
    pub fn keys(&self) -> Keys {
        let middle = self.middle_name.as_deref().unwrap_or("");
        let names = [
            self.last_name.as_str(),
            self.first_name.as_str(),
            middle,
            self.preferred_name.as_deref().unwrap_or(""),
            self.native_name.as_deref().unwrap_or(""),
        ]
        .join(" ");
        let mut search_name = fold(&names);
        let ascii = fold_to_ascii(&names);
        if ascii != search_name {
            search_name = format!("{search_name} {ascii}");
        }
        let sort_name = fold_to_ascii(&[self.last_name.as_str(), self.first_name.as_str(), middle].join(" "));
        Keys { sort_name, search_name, email_key: self.email.as_deref().and_then(email_key) }
    }
}

pub(super) fn list_name(last: &str, first: &str) -> String {
    match (last, first) {
        (last, "") => last.to_owned(),
        ("", first) => first.to_owned(),
        (last, first) => format!("{last}, {first}"),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, AsChangeset, Insertable)]
#[diesel(table_name = people, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Keys {
    pub sort_name: String,
    pub search_name: String,
    pub email_key: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_with_one_name_is_shown_without_a_comma() {
        let bio = Biographic { last_name: "Sukarno".into(), ..Biographic::default() };
        assert_eq!(bio.list_name(), "Sukarno");
        assert_eq!(bio.full_name(), "Sukarno");
    }

    #[test]
    fn every_name_is_searchable_in_its_own_letters_and_in_latin_ones() {
        let bio = Biographic {
            last_name: "Aðalsteinsdóttir".into(),
            first_name: "Þórunn".into(),
            native_name: Some("王小明".into()),
            ..Biographic::default()
        };
        let keys = bio.keys();
        for part in ["þorunn", "thorunn", "王小明", "adalsteinsdottir"] {
            assert!(keys.search_name.contains(part), "{part} in {}", keys.search_name);
        }
    }
}
