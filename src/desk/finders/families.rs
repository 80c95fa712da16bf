//! Parents of no active student, where the school has relationships at all.
//! Leaves making relationships to the sync.

use std::collections::HashSet;

use diesel::prelude::*;

use super::{About, Finding};
use crate::db::Conn;
use crate::desk::kind::Kind;
use crate::error::AppError;
use crate::people::{MemberType, PersonId, Status};
use crate::schema::{people, relationships};
use crate::schools::CurrentSchool;

pub(super) fn find(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<Finding>, AppError> {
    let with_student: HashSet<PersonId> = relationships::of(school)
        .inner_join(people::beside(relationships::school_id, people::id.eq(relationships::student_id)))
        .filter(people::status.eq_any([Status::Active, Status::Applicant]))
        .select(relationships::guardian_id)
        .distinct()
        .load::<PersonId>(conn)?
        .into_iter()
        .collect();
    // A school that has never brought its relationships knows nothing of them: nobody is without.
    if with_student.is_empty() {
        return Ok(Vec::new());
    }
    let parents: Vec<PersonId> = people::of(school)
        .filter(people::member_type.eq(MemberType::Parent))
        .filter(people::status.eq(Status::Active))
        .select(people::id)
        .load(conn)?;
    Ok(parents
        .into_iter()
        .filter(|parent| !with_student.contains(parent))
        .map(|parent| Finding {
            kind: Kind::Dangling,
            key: parent.to_string(),
            about: About { person: Some(parent), ..About::default() },
        })
        .collect())
}
