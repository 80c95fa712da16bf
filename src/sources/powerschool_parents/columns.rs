//! Which columns of an export of parents are met under which titles, and which numbers are not PERSON.ID.
//! Leaves to others: what stands in them.

use std::collections::BTreeSet;

use super::Parents;
use crate::sources::extract::Kind;
use crate::sources::header::{Alias, Columns, Header};

/// What a file of parents can speak about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParentColumn {
    PersonId,
    LastName,
    FirstName,
    MiddleName,
    PreferredName,
    Gender,
    Email,
    Phone,
    Address,
    Active,
}

/// What stands in the file itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    PersonId,
    LastName,
    FirstName,
    MiddleName,
    LastFirst,
    PreferredName,
    Gender,
    IsActive,
    Email,
    IsPrimaryEmail,
    EmailPriority,
    Phone,
    IsPreferredPhone,
    PhonePriority,
    Street,
    Unit,
    LineTwo,
    City,
    State,
    Zip,
    AddressPriority,
}

impl From<Column> for usize {
    fn from(column: Column) -> usize {
        column as usize
    }
}

pub(super) const TITLES: &[Alias<Column>] = &[
    (
        Column::PersonId,
        &["PERSON.ID", "Contact ID", "Person_ID", "STUDENTCONTACTASSOC.PERSONID", "GUARDIANPERSONASSOC.PERSONID", "ID"],
    ),
    (Column::LastName, &["Last_Name"]),
    (Column::FirstName, &["First_Name"]),
    (Column::MiddleName, &["Middle_Name"]),
    (Column::LastFirst, &["LastFirst"]),
    (Column::PreferredName, &["Preferred_Name", "PreferredFirstName"]),
    (Column::Gender, &["Gender"]),
    (Column::IsActive, &["PERSON.ISACTIVE", "IsActive"]),
    (Column::Email, &["EmailAddress", "Email", "E-mail", "Parent_Email"]),
    (Column::IsPrimaryEmail, &["Is Primary Email Address", "IsPrimary"]),
    (Column::EmailPriority, &["EmailAddressPriorityOrder"]),
    (Column::Phone, &["phoneNumberAsEntered", "PhoneNumber", "Phone", "Home_Phone"]),
    (Column::IsPreferredPhone, &["Is Preferred"]),
    (Column::PhonePriority, &["Phone Number Priority Order"]),
    (Column::Street, &["Street"]),
    (Column::Unit, &["Unit"]),
    (Column::LineTwo, &["Line Two"]),
    (Column::City, &["City"]),
    (Column::State, &["State"]),
    (Column::Zip, &["Postal Code", "Zip"]),
    (Column::AddressPriority, &["Address Priority Order"]),
];

pub(super) const ADDRESS: [Column; 6] =
    [Column::Street, Column::Unit, Column::LineTwo, Column::City, Column::State, Column::Zip];

/// A file of contacts can carry the student's name, the portal account's, or the flags of the relationship.
const OTHER_TABLES: &[&str] = &[
    "students",
    "schools",
    "users",
    "teachers",
    "schoolstaff",
    "guardian",
    "guardianstudent",
    "guardianpersonassoc",
    "studentcontactassoc",
    "studentcontactdetail",
    "studentcontactdetailcorefields",
];

pub(super) fn is_other_table(table: &str) -> bool {
    let is_number = !table.is_empty() && table.bytes().all(|b| b.is_ascii_digit());
    is_number || OTHER_TABLES.contains(&table)
}

/// The numbers that are there, and why each is not PERSON.ID.
pub(super) fn advice(header: &Header) -> Option<String> {
    let accounts = header.all_named(&["guardianid"]);
    let internal = header.all_named(&["dcid", "person dcid"]);
    let mut advice = Vec::new();
    if !accounts.is_empty() {
        advice.push(format!(
            "{} cannot be used instead: it is the number of an account of the parent portal, and not everybody has one. \
             Export PERSON.ID.",
            accounts.join(" and ")
        ));
    }
    if !internal.is_empty() {
        advice.push(format!(
            "{} cannot be used instead: the dcid of PERSON is another number than its ID, so parents would be matched \
             with the wrong people. Export PERSON.ID (Contact ID in the Contacts data set).",
            internal.join(" and ")
        ));
    }
    (!advice.is_empty()).then(|| advice.join(" "))
}

pub(super) fn spoken_about(columns: &Columns<Column>) -> BTreeSet<ParentColumn> {
    let has = |column| columns.has(column);
    [
        (ParentColumn::PersonId, true),
        (ParentColumn::LastName, true),
        (ParentColumn::FirstName, true),
        (ParentColumn::MiddleName, Parents::NAMES.has_middle(columns)),
        (ParentColumn::PreferredName, has(Column::PreferredName)),
        (ParentColumn::Gender, has(Column::Gender)),
        (ParentColumn::Email, has(Column::Email)),
        (ParentColumn::Phone, has(Column::Phone)),
        (ParentColumn::Address, ADDRESS.iter().any(|part| has(*part))),
        (ParentColumn::Active, has(Column::IsActive)),
    ]
    .into_iter()
    .filter_map(|(column, is_there)| is_there.then_some(column))
    .collect()
}
