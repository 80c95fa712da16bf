//! A source's own key of a person: which space it is from, how it matches and how it came.
//! Leaves whose key it is to `source_links`.

use diesel::prelude::*;

use crate::db::Conn;
use crate::error::AppError;
use crate::people::PersonId;
use crate::schema::source_links;
use crate::schools::CurrentSchool;

crate::text_enum! {
    /// The spaces of keys. A number of one says nothing about the same number in another.
    KeySpace {
        Students = "powerschool.students", "Student_Number";
        Users = "powerschool.users", "users_dcid";
        Persons = "powerschool.persons", "Persons id";
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceKey {
    pub space: KeySpace,
    pub norm: String,
    pub given: String,
}

impl KeySpace {
    /// The keys that lead to a person, as they came.
    pub fn of_person(
        conn: &mut Conn,
        school: &CurrentSchool,
        person: PersonId,
    ) -> Result<Vec<(KeySpace, String)>, AppError> {
        Ok(source_links::of(school)
            .filter(source_links::person_id.eq(person))
            .order((source_links::source, source_links::key_norm))
            .select((source_links::source, source_links::key_given))
            .load(conn)?)
    }
}

impl SourceKey {
    /// Keys that look like numbers match as numbers, whatever zeros stand in front.
    pub fn number(space: KeySpace, given: &str) -> SourceKey {
        let norm = given.trim_start_matches('0');
        SourceKey { space, norm: if norm.is_empty() { "0".into() } else { norm.to_owned() }, given: given.to_owned() }
    }

    pub(super) fn read(space: &str, given: &str) -> Result<SourceKey, AppError> {
        let space = KeySpace::parse(space).ok_or_else(|| AppError::Internal(format!("no source {space:?}")))?;
        Ok(SourceKey::number(space, given))
    }
}
