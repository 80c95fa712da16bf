//! The rows of people, written by the kernel only (`runs::batch`).
//! Leaves checking and history to it.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::biographic::{Biographic, MemberType, Status};
use super::person::{Person, PersonId};
use crate::bulk_load;
use crate::db::Conn;
use crate::error::AppError;
use crate::runs::{KeySpace, SourceKey};
use crate::schema::{people, relationships, source_links};
use crate::schools::{CurrentSchool, SchoolId};

/// A whole row, column by column: COPY takes no embedded struct.
#[derive(Insertable)]
#[diesel(table_name = people, treat_none_as_default_value = false)]
pub(crate) struct PersonRow {
    id: PersonId,
    school_id: SchoolId,
    sonis_id: String,
    member_type: MemberType,
    status: Status,
    status_since: NaiveDateTime,
    last_name: String,
    first_name: String,
    middle_name: Option<String>,
    preferred_name: Option<String>,
    native_name: Option<String>,
    birth_date: Option<NaiveDate>,
    gender: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    address: Option<String>,
    campus: Option<String>,
    division: Option<String>,
    department: Option<String>,
    level: Option<String>,
    grade_level: Option<i32>,
    grad_year: Option<i32>,
    other_pid: Option<String>,
    sort_name: String,
    search_name: String,
    email_key: Option<String>,
    lock_version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl PersonRow {
    pub fn new(school: &CurrentSchool, id: PersonId, sonis_id: String, bio: Biographic, now: NaiveDateTime) -> Self {
        let keys = bio.keys();
        PersonRow {
            id,
            school_id: school.id(),
            sonis_id,
            member_type: bio.member_type,
            status: bio.status,
            status_since: now,
            last_name: bio.last_name,
            first_name: bio.first_name,
            middle_name: bio.middle_name,
            preferred_name: bio.preferred_name,
            native_name: bio.native_name,
            birth_date: bio.birth_date,
            gender: bio.gender,
            email: bio.email,
            phone: bio.phone,
            address: bio.address,
            campus: bio.campus,
            division: bio.division,
            department: bio.department,
            level: bio.level,
            grade_level: bio.grade_level,
            grad_year: bio.grad_year,
            other_pid: bio.other_pid,
            sort_name: keys.sort_name,
            search_name: keys.search_name,
            email_key: keys.email_key,
            lock_version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

pub(crate) fn insert_all(conn: &mut Conn, rows: Vec<PersonRow>) -> Result<(), AppError> {
    Ok(bulk_load!(conn, people, PersonRow, rows)?)
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

#[derive(Insertable)]
#[diesel(table_name = source_links, treat_none_as_default_value = false)]
pub(crate) struct LinkRow {
    pub school_id: SchoolId,
    pub source: KeySpace,
    pub key_norm: String,
    pub key_given: String,
    pub person_id: PersonId,
    pub row_hash: Option<i64>,
}

impl LinkRow {
    pub fn new(school: &CurrentSchool, person_id: PersonId, key: SourceKey, row_hash: Option<i64>) -> LinkRow {
        LinkRow {
            school_id: school.id(),
            source: key.space,
            key_norm: key.norm,
            key_given: key.given,
            person_id,
            row_hash,
        }
    }
}

pub(crate) fn link_all(conn: &mut Conn, rows: Vec<LinkRow>) -> Result<(), AppError> {
    Ok(bulk_load!(conn, source_links, LinkRow, rows)?)
}

/// Whom the keys of one space lead to.
pub(crate) fn linked(
    conn: &mut Conn,
    school: &CurrentSchool,
    space: KeySpace,
    norms: Vec<String>,
) -> Result<HashMap<String, PersonId>, AppError> {
    let rows: Vec<(String, PersonId)> = source_links::of(school)
        .filter(source_links::source.eq(space))
        .filter(source_links::key_norm.eq_any(norms))
        .select((source_links::key_norm, source_links::person_id))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Somebody was changed: what their rows in the sources came to is to be compared anew.
pub(crate) fn forget_row_hashes(
    conn: &mut Conn,
    school: &CurrentSchool,
    people: Vec<PersonId>,
) -> Result<(), AppError> {
    if people.is_empty() {
        return Ok(());
    }
    diesel::update(
        source_links::of(school)
            .filter(source_links::person_id.eq_any(people))
            .filter(source_links::row_hash.is_not_null()),
    )
    .set(source_links::row_hash.eq(None::<i64>))
    .execute(conn)?;
    Ok(())
}

/// Notes that a row was compared with its person and there is nothing left to do.
pub(crate) fn note_row_hash(
    conn: &mut Conn,
    school: &CurrentSchool,
    key: &SourceKey,
    hash: i64,
) -> Result<(), AppError> {
    let of_key = source_links::of(school)
        .filter(source_links::source.eq(key.space))
        .filter(source_links::key_norm.eq(key.norm.clone()));
    crate::on_each!(conn, |c| diesel::update(of_key).set(source_links::row_hash.eq(hash)).execute(c))?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = relationships, treat_none_as_default_value = false)]
pub(crate) struct RelationshipRow {
    pub school_id: SchoolId,
    pub student_id: PersonId,
    pub guardian_id: PersonId,
    pub kind: String,
}

pub(crate) fn relate_all(conn: &mut Conn, rows: Vec<RelationshipRow>) -> Result<(), AppError> {
    Ok(bulk_load!(conn, relationships, RelationshipRow, rows)?)
}

/// False where there is no such relationship.
pub(crate) fn unrelate(
    conn: &mut Conn,
    school: &CurrentSchool,
    student: PersonId,
    guardian: PersonId,
) -> Result<bool, AppError> {
    let gone = diesel::delete(
        relationships::of(school)
            .filter(relationships::student_id.eq(student))
            .filter(relationships::guardian_id.eq(guardian)),
    )
    .execute(conn)?;
    Ok(gone > 0)
}

/// The relationships of guardians: to whom and as what.
pub(crate) fn relations_of(
    conn: &mut Conn,
    school: &CurrentSchool,
    guardians: Vec<PersonId>,
) -> Result<HashMap<(PersonId, PersonId), String>, AppError> {
    let rows: Vec<(PersonId, PersonId, String)> = relationships::of(school)
        .filter(relationships::guardian_id.eq_any(guardians))
        .select((relationships::guardian_id, relationships::student_id, relationships::kind))
        .load(conn)?;
    Ok(rows.into_iter().map(|(guardian, student, kind)| ((guardian, student), kind)).collect())
}
