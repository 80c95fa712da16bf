//! The demo's rows, in the shape of the tables, for loading many at once.
//! Leaves who the people are to `demo::population`. Flat, column by column: COPY takes no embedded struct.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::population::{Invented, Member};
use crate::integration_ids::{IdKey, IdValue};
use crate::people::{Biographic, MemberType, Status};
use crate::runs::RunId;
use crate::schema::{integration_ids, people, relationships, source_links};
use crate::schools::SchoolId;

#[derive(Insertable)]
#[diesel(table_name = people, treat_none_as_default_value = false)]
pub struct PersonRow {
    pub id: i64,
    pub school_id: SchoolId,
    pub sonis_id: String,
    pub member_type: MemberType,
    pub status: Status,
    pub status_since: NaiveDateTime,
    pub last_name: String,
    pub first_name: String,
    pub middle_name: Option<String>,
    pub preferred_name: Option<String>,
    pub native_name: Option<String>,
    pub birth_date: Option<NaiveDate>,
    pub gender: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
    pub campus: Option<String>,
    pub division: Option<String>,
    pub department: Option<String>,
    pub level: Option<String>,
    pub grade_level: Option<i32>,
    pub grad_year: Option<i32>,
    pub other_pid: Option<String>,
    pub sort_name: String,
    pub search_name: String,
    pub email_key: Option<String>,
    pub lock_version: i32,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

impl PersonRow {
    pub fn of(p: &Invented, school_id: SchoolId, id: i64, sonis_id: String, now: NaiveDateTime) -> PersonRow {
        let bio = Biographic {
            member_type: match p.member {
                Member::Student => MemberType::Student,
                Member::Staff => MemberType::Staff,
                Member::Parent => MemberType::Parent,
            },
            status: if p.active { Status::Active } else { Status::Inactive },
            last_name: p.last_name.clone(),
            first_name: p.first_name.clone(),
            middle_name: p.middle_name.clone(),
            preferred_name: p.preferred_name.clone(),
            native_name: p.native_name.clone(),
            birth_date: Some(p.birth_date),
            gender: p.gender.clone(),
            email: p.email.clone(),
            phone: p.phone.clone(),
            address: p.address.clone(),
            campus: p.campus.clone(),
            division: p.division.clone(),
            department: p.department.clone(),
            level: p.level.clone(),
            grade_level: p.grade_level,
            grad_year: p.grad_year,
            other_pid: p.other_pid.clone(),
        };
        let keys = bio.keys();
        PersonRow {
            id,
            school_id,
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

#[derive(Insertable)]
#[diesel(table_name = source_links, treat_none_as_default_value = false)]
pub struct SourceRow {
    pub school_id: SchoolId,
    pub source: &'static str,
    pub key_norm: String,
    pub key_given: String,
    pub person_id: i64,
}

#[derive(Insertable)]
#[diesel(table_name = relationships, treat_none_as_default_value = false)]
pub struct RelationshipRow {
    pub school_id: SchoolId,
    pub student_id: i64,
    pub guardian_id: i64,
    pub kind: &'static str,
}

#[derive(Insertable)]
#[diesel(table_name = integration_ids, treat_none_as_default_value = false)]
pub struct IdRow {
    pub school_id: SchoolId,
    pub person_id: i64,
    pub integration_id: i64,
    pub value: IdValue,
    pub value_key: IdKey,
    pub slot: Option<i32>,
    pub run_id: RunId,
    pub added_at: NaiveDateTime,
    pub added_by: String,
    pub removed_run_id: Option<RunId>,
    pub removed_at: Option<NaiveDateTime>,
    pub removed_by: Option<String>,
    pub removed_reason: Option<String>,
}
