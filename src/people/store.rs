//! The rows of people, written by the kernel only (`runs::apply`).
//! Leaves checking and history to it.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::biographic::Biographic;
use super::person::{Person, PersonId};
use crate::db::Conn;
use crate::error::AppError;
use crate::runs::SourceKey;
use crate::schema::{people, source_links};
use crate::schools::CurrentSchool;

pub(crate) fn insert(
    conn: &mut Conn,
    school: &CurrentSchool,
    sonis_id: &str,
    bio: &Biographic,
    now: NaiveDateTime,
) -> Result<PersonId, AppError> {
    Ok(people::insert()
        .values((
            people::school_id.eq(school.id()),
            people::sonis_id.eq(sonis_id),
            bio.clone(),
            bio.keys(),
            people::status_since.eq(now),
            people::lock_version.eq(1),
            people::created_at.eq(now),
            people::updated_at.eq(now),
        ))
        .returning(people::id)
        .get_result(conn)?)
}

/// Writes a person's fields; false when the row was changed since it was read.
pub(crate) fn update(
    conn: &mut Conn,
    school: &CurrentSchool,
    held: &Person,
    bio: &Biographic,
    now: NaiveDateTime,
) -> Result<bool, AppError> {
    let since = if bio.status == held.bio.status { held.status_since } else { now };
    let changed = diesel::update(
        people::of(school).filter(people::id.eq(held.id)).filter(people::lock_version.eq(held.lock_version)),
    )
    .set((
        bio.clone(),
        bio.keys(),
        people::status_since.eq(since),
        people::lock_version.eq(held.lock_version + 1),
        people::updated_at.eq(now),
    ))
    .execute(conn)?;
    Ok(changed == 1)
}

pub(crate) fn link_source(
    conn: &mut Conn,
    school: &CurrentSchool,
    person: PersonId,
    key: &SourceKey,
) -> Result<(), AppError> {
    source_links::insert()
        .values((
            source_links::school_id.eq(school.id()),
            source_links::source.eq(key.source),
            source_links::key_norm.eq(&key.norm),
            source_links::key_given.eq(&key.given),
            source_links::person_id.eq(person),
        ))
        .execute(conn)?;
    Ok(())
}
