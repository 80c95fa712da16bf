//! A PowerSchool export of parents (PERSON, or the Contacts data set): one record per person, under PERSON.ID.
//! Leaves to others: who these people are here, and whose parents they are (`powerschool_relationships`).

mod columns;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::cell::{self, Reason};
use super::extract::{Cells, Extract, Kind, NameColumns, lines};
use super::header::{Alias, Columns, Header};
use super::key_number::{KeyNumber, Numbering};
use super::powerschool_relationships::RelationshipsExtract;
use super::slot::Slot;
use columns::Column;

pub use columns::ParentColumn;

/// Ordered by PERSON.ID.
pub type ParentsExtract<'b> = Extract<'b, Parents>;

#[derive(Debug, Clone, Copy)]
pub struct Parents;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentRecord {
    /// The first of their rows.
    pub row: u64,
    pub person_id: KeyNumber,
    /// Empty where a person has a single name, and it is the first.
    pub last_name: String,
    /// Empty where a person has a single name, and it is the last.
    pub first_name: String,
    pub middle_name: Option<String>,
    pub preferred_name: Option<String>,
    pub gender: Option<String>,
    /// The primary one where the file tells it.
    pub email: Option<String>,
    pub phone: Option<String>,
    /// "Street, Unit\nLine Two\nCity, State Postal Code".
    pub address: Option<String>,
    pub is_active: Option<bool>,
}

impl Kind for Parents {
    type Column = Column;
    type Field = ParentColumn;
    type Record = ParentRecord;

    const SLOT: Slot = Slot::Parents;
    const TITLES: &'static [Alias<Column>] = columns::TITLES;
    const KEY: Column = Column::PersonId;
    const NUMBERING: Numbering = Numbering {
        one: "an ID of PERSON",
        who: "person",
        blank: "Everybody in PERSON has an ID (Contact ID in the Contacts data set): export it again.",
    };
    const NAMES: NameColumns<Column> = NameColumns {
        last: Column::LastName,
        first: Column::FirstName,
        middle: Column::MiddleName,
        whole: Column::LastFirst,
    };
    const REPEATED: Option<&'static [Column]> =
        Some(&[Column::LastName, Column::FirstName, Column::MiddleName, Column::LastFirst]);

    fn is_other_table(table: &str) -> bool {
        columns::is_other_table(table)
    }

    fn advice(header: &Header) -> Option<String> {
        columns::advice(header)
    }

    fn spoken_about(columns: &Columns<Column>) -> BTreeSet<ParentColumn> {
        columns::spoken_about(columns)
    }

    fn record(cells: &mut Cells<'_, Column>, person_id: KeyNumber) -> ParentRecord {
        let name = Self::NAMES.read(cells);
        if name.last == "#delete" {
            cells.refuse(
                Column::LastName,
                "asks PowerSchool's Data Import Manager to delete this contact, so it is no list of who is there. \
                 Upload an export instead.",
            );
        }
        let preferred_name = cells.text(Column::PreferredName);
        let gender = cells.text(Column::Gender);
        let active = cells.all(Column::IsActive, flag);
        cells.prefer(|row| match row.cell(Column::IsPrimaryEmail) {
            "1" => 0,
            _ => row.number(Column::EmailPriority).max(1),
        });
        let email = cells.read(Column::Email, cell::email);
        cells.prefer(|row| match row.cell(Column::IsPreferredPhone) {
            "1" => 0,
            _ => row.number(Column::PhonePriority).max(1),
        });
        let phone = cells.text(Column::Phone);
        cells.prefer(|row| row.number(Column::AddressPriority));
        ParentRecord {
            row: cells.row,
            person_id,
            last_name: name.last,
            first_name: name.first,
            middle_name: name.middle,
            preferred_name,
            gender,
            email,
            phone,
            address: address(cells),
            is_active: (!active.is_empty()).then(|| active.contains(&true)),
        }
    }

    fn notes(columns: &Columns<Column>, repeated_rows: usize) -> Vec<String> {
        let has = |column| columns.has(column);
        let mut notes = Vec::new();
        if repeated_rows > 0 {
            let rows = if repeated_rows == 1 { "1 row carries" } else { &format!("{repeated_rows} rows carry") };
            notes.push(format!(
                "{rows} further e-mails, telephones, addresses or students of somebody who stands in another row too. \
                 Such rows were taken as one person."
            ));
            if has(Column::Email) && !has(Column::IsPrimaryEmail) && !has(Column::EmailPriority) {
                notes.push(
                    "Nothing says which of several e-mail addresses of a person is the primary one, so the choice is \
                     the same each time but may be the wrong one. Export \"Is Primary Email Address\" too."
                        .to_owned(),
                );
            }
        }
        notes
    }
}

fn address(cells: &mut Cells<'_, Column>) -> Option<String> {
    let [street, unit, line_two, city, state, zip] = cells.together(columns::ADDRESS);
    let street = lines([("", street), (", ", unit)]);
    let place = lines([("", city), (", ", state), (if state.is_some() { " " } else { ", " }, zip)]);
    lines([("", street.as_deref()), ("\n", line_two), ("\n", place.as_deref())])
}

/// PowerSchool's flags are 1 and 0.
pub(super) fn flag(cell: &str) -> Result<Option<bool>, Reason> {
    let cell = cell.trim();
    let is = |words: &[&str]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
    match cell {
        "" => Ok(None),
        _ if is(&["1", "true", "yes", "y"]) => Ok(Some(true)),
        _ if is(&["0", "false", "no", "n"]) => Ok(Some(false)),
        _ => Err("is neither 1 (yes) nor 0 (no). Correct it in PowerSchool and export again.".into()),
    }
}

impl<'b> ParentsExtract<'b> {
    /// Whose parents they are, where the file is a Contacts data set with student numbers.
    pub fn relationships(&self) -> Option<RelationshipsExtract<'b>> {
        RelationshipsExtract::of_parents(Arc::clone(&self.table))
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests;
