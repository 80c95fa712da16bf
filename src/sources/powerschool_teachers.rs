//! A PowerSchool export of staff (USERS, SCHOOLSTAFF or TEACHERS): one record per person, under `users_dcid`.
//! Leaves to others: who these people are here.

mod columns;

use std::collections::BTreeSet;

use super::cell::{self, Reason};
use super::extract::{Cells, Extract, Kind, NameColumns};
use super::header::{Alias, Columns, Header};
use super::key_number::{KeyNumber, Numbering};
use super::slot::Slot;
use columns::Column;

pub use columns::TeacherColumn;

/// Ordered by users_dcid.
pub type TeachersExtract<'b> = Extract<'b, Teachers>;

#[derive(Debug, Clone, Copy)]
pub struct Teachers;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeacherRecord {
    /// The first of their rows.
    pub row: u64,
    pub users_dcid: KeyNumber,
    /// Empty where a person has a single name, and it is the first.
    pub last_name: String,
    /// Empty where a person has a single name, and it is the last.
    pub first_name: String,
    pub middle_name: Option<String>,
    pub preferred_name: Option<String>,
    pub email: Option<String>,
    pub title: Option<String>,
    pub phone: Option<String>,
    pub department: Option<String>,
    /// Names of schools, the home school first where the file tells it.
    pub campuses: Vec<String>,
    /// Current at one school at least.
    pub is_current: Option<bool>,
}

impl Kind for Teachers {
    type Column = Column;
    type Field = TeacherColumn;
    type Record = TeacherRecord;

    const SLOT: Slot = Slot::Teachers;
    const TITLES: &'static [Alias<Column>] = columns::TITLES;
    const KEY: Column = Column::UsersDcid;
    const NUMBERING: Numbering =
        Numbering { one: "a users_dcid", who: "person", blank: "Everybody in USERS has this number: export it again." };
    const NAMES: NameColumns<Column> = NameColumns {
        last: Column::LastName,
        first: Column::FirstName,
        middle: Column::MiddleName,
        whole: Column::LastFirst,
    };
    const REPEATED: Option<&'static [Column]> =
        Some(&[Column::LastName, Column::FirstName, Column::MiddleName, Column::LastFirst, Column::Email]);

    fn is_other_table(table: &str) -> bool {
        columns::is_other_table(table)
    }

    fn advice(header: &Header) -> Option<String> {
        columns::advice(header)
    }

    fn key_by_neighbours(header: &Header) -> Option<usize> {
        columns::dcid_beside_users(header)
    }

    fn spoken_about(columns: &Columns<Column>) -> BTreeSet<TeacherColumn> {
        columns::spoken_about(columns)
    }

    fn record(cells: &mut Cells<'_, Column>, users_dcid: KeyNumber) -> TeacherRecord {
        // Where rows of several schools differ (title, phone), the home school's counts.
        cells.prefer(|row| {
            let home = row.cell(Column::HomeSchoolId);
            u64::from(home.is_empty() || home != row.cell(Column::SchoolId))
        });
        let name = Self::NAMES.read(cells);
        let current = cells.all(Column::Status, is_current);
        TeacherRecord {
            row: cells.row,
            users_dcid,
            last_name: name.last,
            first_name: name.first,
            middle_name: name.middle,
            preferred_name: cells.text(Column::PreferredName),
            email: cells.read(Column::Email, cell::email),
            title: cells.text(Column::Title),
            phone: cells.text(Column::Phone),
            department: cells.text(Column::Department),
            campuses: cells.all(Column::Campus, cell::text),
            is_current: (!current.is_empty()).then(|| current.contains(&true)),
        }
    }

    fn notes(_columns: &Columns<Column>, repeated_rows: usize) -> Vec<String> {
        let rows = if repeated_rows == 1 { "1 row repeats" } else { &format!("{repeated_rows} rows repeat") };
        let note = format!(
            "{rows} somebody who stands in another row too, with the same names and e-mail \
             (SCHOOLSTAFF and TEACHERS have a row per person and school). Such rows were taken as one person."
        );
        if repeated_rows == 0 { Vec::new() } else { vec![note] }
    }
}

/// `Status` only. `StaffStatus` says what kind of staff somebody is (1 teacher, 2 staff, ...), not whether they are here.
fn is_current(cell: &str) -> Result<Option<bool>, Reason> {
    match cell.trim() {
        "" => Ok(None),
        "1" => Ok(Some(true)),
        "2" => Ok(Some(false)),
        _ => Err("is not a status of staff that PowerSchool uses (1 current, 2 no longer here). \
                  Correct it in PowerSchool and export again."
            .into()),
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests;
