//! Who belongs to whom: a student's guardians, a guardian's students.
//! Leaves making relationships to the sync.

use diesel::prelude::*;

use super::biographic::Biographic;
use super::person::{Person, PersonId};
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::{people, relationships};
use crate::schools::CurrentSchool;

/// Somebody related to a person, and how.
pub struct Relative {
    pub sonis_id: String,
    pub name: String,
    pub kind: String,
    pub email: Option<String>,
}

/// The guardians of a student, or the students of a guardian.
pub fn relatives(
    conn: &mut Conn,
    school: &CurrentSchool,
    person: PersonId,
    guardians: bool,
) -> Result<Vec<Relative>, AppError> {
    let of_school = relationships::of(school);
    let rows: Vec<(Person, String)> = if guardians {
        of_school
            .inner_join(people::beside(relationships::school_id, people::id.eq(relationships::guardian_id)))
            .filter(relationships::student_id.eq(person))
            .order(people::sort_name)
            .select((Person::as_select(), relationships::kind))
            .load(conn)?
    } else {
        of_school
            .inner_join(people::beside(relationships::school_id, people::id.eq(relationships::student_id)))
            .filter(relationships::guardian_id.eq(person))
            .order(people::sort_name)
            .select((Person::as_select(), relationships::kind))
            .load(conn)?
    };
    Ok(rows
        .into_iter()
        .map(|(Person { sonis_id, bio, .. }, kind)| {
            let name = Biographic::list_name(&bio);
            Relative { sonis_id, name, kind, email: bio.email }
        })
        .collect())
}
