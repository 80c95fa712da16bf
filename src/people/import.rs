//! The planner of an import of names: student records and who is held already -> changes. Pure: no clock, no database.
//! Leaves reading the file to `sources`, and applying to `runs`.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::biographic::{Biographic, Field, MemberType, Status};
use super::person::{Person, PersonId};
use super::pin;
use crate::db::Conn;
use crate::error::AppError;
use crate::runs::{Change, Counts, Plan, Problem, SourceKey};
use crate::schema::{people, source_links};
use crate::schools::CurrentSchool;
use crate::sources::{EnrollStatus, StudentColumn, StudentRecord, StudentsFile};

/// A person whom the source knows already.
#[derive(Debug, Clone)]
pub struct Held {
    pub id: PersonId,
    pub bio: Biographic,
    /// Set by hand: the import keeps these.
    pub pinned: HashSet<Field>,
}

/// What an import is planned against.
pub struct Import {
    /// By the norm of their key (`SourceKey::norm`).
    pub held: HashMap<String, Held>,
    /// The calendar year in which the current school year ends: it turns a grade into a grad year.
    pub school_year_ends: i32,
}

impl Import {
    /// Reads whom the school holds under the keys of the file.
    pub fn load(
        conn: &mut Conn,
        school: &CurrentSchool,
        file: &StudentsFile,
        school_year_ends: i32,
    ) -> Result<Import, AppError> {
        let pins = pin::all(conn, school)?;
        let keys: Vec<String> = file.records.iter().map(|r| key_of(r).norm).collect();
        let mut held = HashMap::with_capacity(keys.len());
        for chunk in keys.chunks(500) {
            let rows: Vec<(String, Person)> = source_links::table
                .inner_join(
                    people::table
                        .on(people::school_id.eq(source_links::school_id).and(people::id.eq(source_links::person_id))),
                )
                .filter(source_links::school_id.eq(school.id()))
                .filter(source_links::source.eq(SourceKey::POWERSCHOOL_STUDENTS))
                .filter(source_links::key_norm.eq_any(chunk.to_vec()))
                .select((source_links::key_norm, Person::as_select()))
                .load(conn)?;
            for (norm, person) in rows {
                let pinned = pins.get(&person.id).cloned().unwrap_or_default();
                held.insert(norm, Held { id: person.id, bio: person.bio, pinned });
            }
        }
        Ok(Import { held, school_year_ends })
    }
}

fn key_of(record: &StudentRecord) -> SourceKey {
    SourceKey::number(SourceKey::POWERSCHOOL_STUDENTS, record.student_number.as_given())
}

/// Compares every record with whom the school holds. The same file again comes to no change.
pub fn plan_import(file: &StudentsFile, import: &Import) -> Plan {
    let mut plan = Plan { counts: Counts { rows_read: count(file.rows), ..Counts::default() }, ..Plan::default() };
    plan.problems = file
        .problems
        .iter()
        .map(|p| Problem {
            source_row: i64::try_from(p.row).unwrap_or(i64::MAX),
            source_column: p.column.clone(),
            found: p.found.clone(),
            reason: p.reason.clone(),
        })
        .collect();
    let refused: HashSet<u64> = file.problems.iter().map(|p| p.row).collect();
    plan.counts.refused = count(refused.len() as u64);
    for record in &file.records {
        let row = i64::try_from(record.row).unwrap_or(i64::MAX);
        let key = key_of(record);
        let Some(held) = import.held.get(&key.norm) else {
            let mut bio = Biographic::default();
            take_over(file, record, &mut bio, import.school_year_ends);
            plan.counts.created += 1;
            plan.changes.push((row, Change::Create { bio: Box::new(bio), key: Some(key) }));
            continue;
        };
        let mut bio = held.bio.clone();
        take_over(file, record, &mut bio, import.school_year_ends);
        let mut fields = held.bio.difference(&bio);
        let differing = fields.len();
        fields.retain(|c| !held.pinned.contains(&c.field));
        plan.counts.kept += count((differing - fields.len()) as u64);
        if fields.is_empty() {
            plan.counts.unchanged += 1;
        } else {
            plan.counts.updated += 1;
            plan.changes.push((row, Change::Update { person: held.id, fields }));
        }
    }
    plan
}

/// Copies what the file speaks about. An absent column says nothing about its field; a blank cell clears it.
fn take_over(file: &StudentsFile, record: &StudentRecord, bio: &mut Biographic, school_year_ends: i32) {
    let has = |c: StudentColumn| file.columns.contains(&c);
    bio.member_type = MemberType::Student;
    bio.last_name.clone_from(&record.last_name);
    bio.first_name.clone_from(&record.first_name);
    let texts = [
        (StudentColumn::MiddleName, &record.middle_name, &mut bio.middle_name),
        (StudentColumn::PreferredName, &record.preferred_name, &mut bio.preferred_name),
        (StudentColumn::Gender, &record.gender, &mut bio.gender),
        (StudentColumn::Email, &record.email, &mut bio.email),
        (StudentColumn::Phone, &record.phone, &mut bio.phone),
        (StudentColumn::Address, &record.address, &mut bio.address),
        (StudentColumn::Campus, &record.campus, &mut bio.campus),
        (StudentColumn::Division, &record.division, &mut bio.division),
        (StudentColumn::Department, &record.department, &mut bio.department),
        (StudentColumn::Level, &record.level, &mut bio.level),
        (StudentColumn::OtherPid, &record.other_pid, &mut bio.other_pid),
    ];
    for (column, from, to) in texts {
        if has(column) {
            to.clone_from(from);
        }
    }
    if has(StudentColumn::BirthDate) {
        bio.birth_date = record.birth_date;
    }
    if has(StudentColumn::GradeLevel) {
        bio.grade_level = record.grade_level;
    }
    if has(StudentColumn::GradYear) {
        bio.grad_year = record.grad_year;
    } else if let Some(grade) = record.grade_level.filter(|g| (-4..=12).contains(g)) {
        bio.grad_year = Some(school_year_ends + 12 - grade);
    }
    if has(StudentColumn::Enrollment) {
        bio.status = record.enrollment.map_or(bio.status, status_of);
    } else if bio.status == Status::Withdrawn {
        // Somebody listed again has come back.
        bio.status = Status::Active;
    }
}

fn status_of(enrollment: EnrollStatus) -> Status {
    match enrollment {
        EnrollStatus::Preregistered => Status::Applicant,
        EnrollStatus::Active => Status::Active,
        _ => Status::Inactive,
    }
}

fn count(n: u64) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
