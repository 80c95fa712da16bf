//! Which columns of a student export are met under which titles, and which must be there.
//! Leaves to others: what stands in them.

use std::collections::BTreeSet;

use super::Students;
use crate::sources::extract::Kind;
use crate::sources::header::{Alias, Columns, Header};

/// What a file of students can speak about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StudentColumn {
    StudentNumber,
    Dcid,
    LastName,
    FirstName,
    MiddleName,
    PreferredName,
    BirthDate,
    Gender,
    Email,
    Phone,
    Address,
    Campus,
    Division,
    Department,
    Level,
    GradeLevel,
    GradYear,
    Enrollment,
    OtherPid,
}

/// What stands in the file itself: several of these can make one `StudentColumn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    StudentNumber,
    Dcid,
    LastName,
    FirstName,
    MiddleName,
    LastFirst,
    PreferredName,
    BirthDate,
    Gender,
    Email,
    Phone,
    Street,
    City,
    State,
    Zip,
    MailingStreet,
    MailingCity,
    MailingState,
    MailingZip,
    Campus,
    Division,
    Department,
    Level,
    GradeLevel,
    ClassOf,
    ScheduledYear,
    EnrollStatus,
    OtherPid,
}

impl From<Column> for usize {
    fn from(column: Column) -> usize {
        column as usize
    }
}

/// Best title first. PowerSchool's own name leads, because messages use it.
pub(super) const TITLES: &[Alias<Column>] = &[
    (Column::StudentNumber, &["Student_Number"]),
    (Column::Dcid, &["STUDENTS.dcid", "dcid", "Student_DCID"]),
    (Column::LastName, &["Last_Name"]),
    (Column::FirstName, &["First_Name"]),
    (Column::MiddleName, &["Middle_Name"]),
    (Column::LastFirst, &["LastFirst"]),
    (Column::PreferredName, &["Preferred_Name", "Nickname", "PreferredName"]),
    (Column::BirthDate, &["DOB", "Birthdate", "Birth Date", "Date of Birth"]),
    (Column::Gender, &["Gender"]),
    (Column::Email, &["Email", "E-mail", "Student_Email", "Email_Addr", "EmailAddress"]),
    (Column::Phone, &["Home_Phone", "Phone"]),
    (Column::Street, &["Street"]),
    (Column::City, &["City"]),
    (Column::State, &["State"]),
    (Column::Zip, &["Zip"]),
    (Column::MailingStreet, &["Mailing_Street"]),
    (Column::MailingCity, &["Mailing_City"]),
    (Column::MailingState, &["Mailing_State"]),
    (Column::MailingZip, &["Mailing_Zip"]),
    // SchoolID is a number of PowerSchool's, not a campus.
    (Column::Campus, &["[39]Name", "SCHOOLS.Name", "School_Name", "[39]School_Name", "Campus"]),
    (Column::Division, &["Division"]),
    (Column::Department, &["Department"]),
    (Column::Level, &["Level"]),
    (Column::GradeLevel, &["Grade_Level"]),
    (Column::ClassOf, &["ClassOf"]),
    (Column::ScheduledYear, &["Sched_YearOfGraduation"]),
    (Column::EnrollStatus, &["Enroll_Status"]),
    (Column::OtherPid, &["Other_PID"]),
];

/// A student export can carry the school's phone or a teacher's e-mail beside the student's.
const OTHER_TABLES: &[&str] = &[
    "schools",
    "teachers",
    "users",
    "schoolstaff",
    "terms",
    "courses",
    "sections",
    "cc",
    "person",
    "guardian",
    "emailaddress",
    "phonenumber",
    "personaddress",
    "studentcontactassoc",
    "studentcontactdetail",
    "personemailaddressassoc",
    "personphonenumberassoc",
];

/// `[1]` is the table of students; every other number is another table.
pub(super) fn is_other_table(table: &str) -> bool {
    let is_number = !table.is_empty() && table.bytes().all(|b| b.is_ascii_digit());
    (is_number && table != "1") || OTHER_TABLES.contains(&table)
}

const HOME: [Column; 4] = [Column::Street, Column::City, Column::State, Column::Zip];
const MAILING: [Column; 4] = [Column::MailingStreet, Column::MailingCity, Column::MailingState, Column::MailingZip];

/// The mailing address stands in only where the file has no other.
pub(super) fn address(columns: &Columns<Column>) -> [Column; 4] {
    if HOME.iter().any(|column| columns.has(*column)) { HOME } else { MAILING }
}

pub(super) fn spoken_about(columns: &Columns<Column>) -> BTreeSet<StudentColumn> {
    let has = |column| columns.has(column);
    [
        (StudentColumn::StudentNumber, true),
        (StudentColumn::Dcid, has(Column::Dcid)),
        (StudentColumn::LastName, true),
        (StudentColumn::FirstName, true),
        (StudentColumn::MiddleName, Students::NAMES.has_middle(columns)),
        (StudentColumn::PreferredName, has(Column::PreferredName)),
        (StudentColumn::BirthDate, has(Column::BirthDate)),
        (StudentColumn::Gender, has(Column::Gender)),
        (StudentColumn::Email, has(Column::Email)),
        (StudentColumn::Phone, has(Column::Phone)),
        (StudentColumn::Address, address(columns).iter().any(|part| has(*part))),
        (StudentColumn::Campus, has(Column::Campus)),
        (StudentColumn::Division, has(Column::Division)),
        (StudentColumn::Department, has(Column::Department)),
        (StudentColumn::Level, has(Column::Level)),
        (StudentColumn::GradeLevel, has(Column::GradeLevel)),
        (StudentColumn::GradYear, has(Column::ClassOf) || has(Column::ScheduledYear)),
        (StudentColumn::Enrollment, has(Column::EnrollStatus)),
        (StudentColumn::OtherPid, has(Column::OtherPid)),
    ]
    .into_iter()
    .filter_map(|(column, is_there)| is_there.then_some(column))
    .collect()
}

/// The commonest wrong export: it has a number for every student, but not the right one.
pub(super) fn internal_numbers(header: &Header) -> Option<String> {
    let internal = header.all_named(&["id", "dcid"]);
    if internal.is_empty() {
        return None;
    }
    Some(format!(
        "{} cannot be used instead: ID and dcid are PowerSchool's internal numbers, which nobody sees and which \
         differ from the Student_Number, so students would be matched with the wrong people.",
        internal.join(" and ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_its_titles_in_its_own_place() {
        let in_order =
            TITLES.iter().enumerate().all(|(n, (column, titles))| *column as usize == n && !titles.is_empty());
        assert!(in_order && TITLES.len() == Column::OtherPid as usize + 1);
    }
}
