//! A record of a file -> the Biographic fields that the file speaks about. An absent column says nothing about its field;
//! a blank cell clears it. Leaves what a person set by hand to `sync::decide`.

use std::collections::BTreeSet;

use crate::people::{Biographic, MemberType, Status};
use crate::sources::{ParentColumn, ParentRecord, TeacherColumn, TeacherRecord};

/// Copies what a teachers' file speaks about.
pub fn teacher(columns: &BTreeSet<TeacherColumn>, record: &TeacherRecord, bio: &mut Biographic) {
    let has = |c: TeacherColumn| columns.contains(&c);
    bio.member_type = MemberType::Staff;
    bio.last_name.clone_from(&record.last_name);
    bio.first_name.clone_from(&record.first_name);
    let texts = [
        (TeacherColumn::MiddleName, &record.middle_name, &mut bio.middle_name),
        (TeacherColumn::PreferredName, &record.preferred_name, &mut bio.preferred_name),
        (TeacherColumn::Email, &record.email, &mut bio.email),
        (TeacherColumn::Phone, &record.phone, &mut bio.phone),
        (TeacherColumn::Department, &record.department, &mut bio.department),
    ];
    for (column, from, to) in texts {
        if has(column) {
            to.clone_from(from);
        }
    }
    if has(TeacherColumn::Campus) {
        bio.campus = record.campuses.first().cloned();
    }
    bio.status = status(record.is_current, bio.status);
}

/// Copies what a parents' file speaks about.
pub fn parent(columns: &BTreeSet<ParentColumn>, record: &ParentRecord, bio: &mut Biographic) {
    let has = |c: ParentColumn| columns.contains(&c);
    bio.member_type = MemberType::Parent;
    bio.last_name.clone_from(&record.last_name);
    bio.first_name.clone_from(&record.first_name);
    let texts = [
        (ParentColumn::MiddleName, &record.middle_name, &mut bio.middle_name),
        (ParentColumn::PreferredName, &record.preferred_name, &mut bio.preferred_name),
        (ParentColumn::Gender, &record.gender, &mut bio.gender),
        (ParentColumn::Email, &record.email, &mut bio.email),
        (ParentColumn::Phone, &record.phone, &mut bio.phone),
        (ParentColumn::Address, &record.address, &mut bio.address),
    ];
    for (column, from, to) in texts {
        if has(column) {
            to.clone_from(from);
        }
    }
    bio.status = status(record.is_active, bio.status);
}

/// Somebody whom a file lists is there, unless the file says otherwise.
fn status(is_current: Option<bool>, held: Status) -> Status {
    match is_current {
        Some(false) => Status::Inactive,
        Some(true) => Status::Active,
        None if held == Status::Applicant => held,
        None => Status::Active,
    }
}
