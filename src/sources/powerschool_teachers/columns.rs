//! Which columns of a staff export are met under which titles, and which numbers are not the person's.
//! Leaves to others: what stands in them.

use std::collections::BTreeSet;

use super::Teachers;
use crate::sources::extract::Kind;
use crate::sources::header::{Alias, Columns, Header};

/// What a file of staff can speak about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TeacherColumn {
    UsersDcid,
    LastName,
    FirstName,
    MiddleName,
    PreferredName,
    Email,
    Title,
    Phone,
    Department,
    Campus,
    Status,
}

/// What stands in the file itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    UsersDcid,
    LastName,
    FirstName,
    MiddleName,
    LastFirst,
    PreferredName,
    Email,
    Title,
    Phone,
    Department,
    Campus,
    Status,
    SchoolId,
    HomeSchoolId,
}

impl From<Column> for usize {
    fn from(column: Column) -> usize {
        column as usize
    }
}

pub(super) const TITLES: &[Alias<Column>] = &[
    (Column::UsersDcid, &["Users_DCID", "USERS.dcid"]),
    (Column::LastName, &["Last_Name"]),
    (Column::FirstName, &["First_Name"]),
    (Column::MiddleName, &["Middle_Name"]),
    (Column::LastFirst, &["LastFirst"]),
    (Column::PreferredName, &["Preferred_Name", "Nickname"]),
    (Column::Email, &["Email_Addr", "Email", "E-mail", "Email_Address", "Teacher_Email"]),
    (Column::Title, &["Title"]),
    (Column::Phone, &["School_Phone", "Phone", "Home_Phone"]),
    (Column::Department, &["Department"]),
    // SchoolID is a number of PowerSchool's, not a campus.
    (Column::Campus, &["[39]Name", "SCHOOLS.Name", "School_Name", "[39]School_Name", "Campus"]),
    (Column::Status, &["Status"]),
    (Column::SchoolId, &["SchoolID"]),
    (Column::HomeSchoolId, &["HomeSchoolId"]),
];

const OTHER_TABLES: &[&str] = &["schools", "students", "terms", "courses", "sections", "cc", "person", "guardian"];

/// `[5]` is TEACHERS; every other number is another table.
pub(super) fn is_other_table(table: &str) -> bool {
    let is_number = !table.is_empty() && table.bytes().all(|b| b.is_ascii_digit());
    (is_number && table != "5") || OTHER_TABLES.contains(&table)
}

/// Tables with a row per person and school, in which ID and dcid number the row.
const PER_SCHOOL: &[&str] = &["teachers", "schoolstaff", "5"];

fn has_table(header: &Header, tables: &[&str]) -> bool {
    header.names().iter().any(|name| name.table.as_deref().is_some_and(|table| tables.contains(&table)))
}

/// A bare `dcid` is the person's where everything beside it is from USERS.
pub(super) fn dcid_beside_users(header: &Header) -> Option<usize> {
    let is_from_users = has_table(header, &["users"]) && !has_table(header, PER_SCHOOL);
    let mut bare = (0..).zip(header.names()).filter(|(_, name)| name.table.is_none() && name.has_name("dcid"));
    match (bare.next(), bare.next()) {
        (Some((place, _)), None) if is_from_users => Some(place),
        _ => None,
    }
}

/// The numbers that are there, and why each is not the person's.
pub(super) fn advice(header: &Header) -> Option<String> {
    let titled = || header.names().iter().zip(header.titles());
    let select = |is_wanted: &dyn Fn(&str, Option<&str>) -> bool| -> Vec<&str> {
        let wanted = titled().filter(|(name, _)| {
            ["id", "dcid", "teachernumber"]
                .iter()
                .any(|known| name.has_name(known) && is_wanted(known, name.table.as_deref()))
        });
        wanted.map(|(_, title)| title.as_str()).collect()
    };
    let of_rows = select(&|name, table| name != "teachernumber" && table.is_some_and(|t| PER_SCHOOL.contains(&t)));
    let bare = select(&|name, table| name != "teachernumber" && !table.is_some_and(|t| PER_SCHOOL.contains(&t)));
    let by_hand = select(&|name, _| name == "teachernumber");
    let mut advice = Vec::new();
    if !of_rows.is_empty() {
        advice.push(format!(
            "{} cannot be used instead: SCHOOLSTAFF and TEACHERS have one row per person and school, and their ID and \
             dcid number that row, so one person would have as many numbers as schools. Export Users_DCID from the \
             same table.",
            of_rows.join(" and ")
        ));
    }
    if !bare.is_empty() {
        advice.push(format!(
            "{} alone does not say whose number it is: the dcid of USERS is the person's, but ID and dcid of TEACHERS \
             and SCHOOLSTAFF number a row of one school. Export USERS.dcid with the table's name in the title, or Users_DCID.",
            bare.join(" and ")
        ));
    }
    if !by_hand.is_empty() {
        advice
            .push(format!("{} cannot be used instead: it is typed in by hand and may change.", by_hand.join(" and ")));
    }
    (!advice.is_empty()).then(|| advice.join(" "))
}

pub(super) fn spoken_about(columns: &Columns<Column>) -> BTreeSet<TeacherColumn> {
    let has = |column| columns.has(column);
    [
        (TeacherColumn::UsersDcid, true),
        (TeacherColumn::LastName, true),
        (TeacherColumn::FirstName, true),
        (TeacherColumn::MiddleName, Teachers::NAMES.has_middle(columns)),
        (TeacherColumn::PreferredName, has(Column::PreferredName)),
        (TeacherColumn::Email, has(Column::Email)),
        (TeacherColumn::Title, has(Column::Title)),
        (TeacherColumn::Phone, has(Column::Phone)),
        (TeacherColumn::Department, has(Column::Department)),
        (TeacherColumn::Campus, has(Column::Campus)),
        (TeacherColumn::Status, has(Column::Status)),
    ]
    .into_iter()
    .filter_map(|(column, is_there)| is_there.then_some(column))
    .collect()
}
