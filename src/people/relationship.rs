//! Who belongs to whom: a student's guardians, a guardian's students.
//! Leaves making relationships to the sync.

use diesel::prelude::*;

use super::person::{PersonId, list_name};
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::{people, relationships};
use crate::schools::CurrentSchool;
use crate::{in_part, on_each};

/// Somebody related to a person, and how.
pub struct Relative {
    pub sonis_id: String,
    pub name: String,
    pub kind: String,
    pub email: Option<String>,
}

#[derive(Queryable)]
struct Row {
    sonis_id: String,
    last_name: String,
    first_name: String,
    email: Option<String>,
    kind: String,
}

impl Row {
    /// What a line of the page shows, not the whole record.
    const COLUMNS: (people::sonis_id, people::last_name, people::first_name, people::email, relationships::kind) =
        (people::sonis_id, people::last_name, people::first_name, people::email, relationships::kind);
}

/// The guardians of some students, each once.
pub(crate) fn guardians_of(
    conn: &mut Conn,
    school: &CurrentSchool,
    students: Vec<PersonId>,
) -> Result<Vec<PersonId>, AppError> {
    Ok(relationships::of(school)
        .filter(relationships::student_id.eq_any(students))
        .select(relationships::guardian_id)
        .distinct()
        .load(conn)?)
}

/// The guardians of a student, or the students of a guardian.
pub fn relatives(
    conn: &mut Conn,
    school: &CurrentSchool,
    person: PersonId,
    guardians: bool,
) -> Result<Vec<Relative>, AppError> {
    let of_school = relationships::of(school);
    let rows: Vec<Row> = in_part!(school, |part| if guardians {
        on_each!(conn, |c| of_school
            .inner_join(people::beside(relationships::school_id, people::id.eq(relationships::guardian_id)))
            .filter(relationships::student_id.eq(person))
            .filter(part)
            .order(people::sort_name)
            .select(Row::COLUMNS)
            .load(c))
    } else {
        on_each!(conn, |c| of_school
            .inner_join(people::beside(relationships::school_id, people::id.eq(relationships::student_id)))
            .filter(relationships::guardian_id.eq(person))
            .filter(part)
            .order(people::sort_name)
            .select(Row::COLUMNS)
            .load(c))
    })?;
    Ok(rows
        .into_iter()
        .map(|row| Relative {
            name: list_name(&row.last_name, &row.first_name),
            sonis_id: row.sonis_id,
            kind: row.kind,
            email: row.email,
        })
        .collect())
}
