//! A PowerSchool export of students: one record per student.
//! Leaves to others: who these students are here, and what a cell or a column means that the file does not have.

mod columns;

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::cell;
use super::enroll_status::EnrollStatus;
use super::extract::{Cells, Extract, Kind, NameColumns, Watched, lines};
use super::header::{Alias, Columns, Header};
use super::header_map::HeaderMap;
use super::key_number::{KeyNumber, Numbering};
use super::problem::FileProblem;
use super::refused::Refused;
use super::shape::FileShape;
use super::slot::Slot;
use columns::Column;

pub use columns::StudentColumn;

/// Ordered by Student_Number.
pub type StudentsExtract<'b> = Extract<'b, Students>;

#[derive(Debug, Clone, Copy)]
pub struct Students;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudentRecord {
    pub row: u64,
    pub student_number: KeyNumber,
    /// STUDENTS.dcid, by which StudentContactAssoc knows the student.
    pub dcid: Option<KeyNumber>,
    /// Empty where a person has a single name, and it is the first.
    pub last_name: String,
    /// Empty where a person has a single name, and it is the last.
    pub first_name: String,
    pub middle_name: Option<String>,
    pub preferred_name: Option<String>,
    pub birth_date: Option<NaiveDate>,
    pub gender: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// "Street\nCity, State Zip".
    pub address: Option<String>,
    pub campus: Option<String>,
    pub division: Option<String>,
    pub department: Option<String>,
    pub level: Option<String>,
    pub grade_level: Option<i32>,
    pub grad_year: Option<i32>,
    pub enrollment: Option<EnrollStatus>,
    pub other_pid: Option<String>,
}

const DCID: Numbering =
    Numbering { one: "a dcid", who: "student", blank: "Export STUDENTS.dcid again, or leave the column out." };

impl Kind for Students {
    type Column = Column;
    type Field = StudentColumn;
    type Record = StudentRecord;

    const SLOT: Slot = Slot::Students;
    const TITLES: &'static [Alias<Column>] = columns::TITLES;
    const KEY: Column = Column::StudentNumber;
    const NUMBERING: Numbering = Numbering {
        one: "a Student_Number",
        who: "student",
        blank: "Give the student a number in PowerSchool and export again.",
    };
    const NAMES: NameColumns<Column> = NameColumns {
        last: Column::LastName,
        first: Column::FirstName,
        middle: Column::MiddleName,
        whole: Column::LastFirst,
    };
    const WATCHED: Option<Watched<Column>> = Some(Watched {
        columns: [Column::ClassOf, Column::ScheduledYear],
        disagree: |class_of, scheduled| match (cell::year(class_of), cell::year(scheduled)) {
            (Ok(Some(class_of)), Ok(Some(scheduled))) => class_of != scheduled,
            _ => false,
        },
        says: "ClassOf and Sched_YearOfGraduation disagree, and ClassOf is taken,",
    });

    fn is_other_table(table: &str) -> bool {
        columns::is_other_table(table)
    }

    fn advice(header: &Header) -> Option<String> {
        columns::internal_numbers(header)
    }

    fn spoken_about(columns: &Columns<Column>) -> BTreeSet<StudentColumn> {
        columns::spoken_about(columns)
    }

    fn record(cells: &mut Cells<'_, Column>, student_number: KeyNumber) -> StudentRecord {
        let name = Self::NAMES.read(cells);
        let class_of = cells.read(Column::ClassOf, cell::year);
        let scheduled = cells.read(Column::ScheduledYear, cell::year);
        StudentRecord {
            row: cells.row,
            student_number,
            dcid: cells.read(Column::Dcid, |cell| {
                let is_blank = cell.trim().is_empty();
                if is_blank { Ok(None) } else { KeyNumber::parse(cell, &DCID).map(Some) }
            }),
            last_name: name.last,
            first_name: name.first,
            middle_name: name.middle,
            preferred_name: cells.text(Column::PreferredName),
            birth_date: cells.read(Column::BirthDate, cell::date),
            gender: cells.text(Column::Gender),
            email: cells.read(Column::Email, cell::email),
            phone: cells.text(Column::Phone),
            address: address(cells),
            campus: cells.text(Column::Campus),
            division: cells.text(Column::Division),
            department: cells.text(Column::Department),
            level: cells.text(Column::Level),
            grade_level: cells.read(Column::GradeLevel, cell::grade_level),
            grad_year: class_of.or(scheduled),
            enrollment: cells.read(Column::EnrollStatus, EnrollStatus::parse),
            other_pid: cells.text(Column::OtherPid),
        }
    }
}

/// "Street\nCity, State Zip".
fn address(cells: &mut Cells<'_, Column>) -> Option<String> {
    let [street, city, state, zip] = cells.together(columns::address(cells.columns));
    let place = lines([("", city), (", ", state), (if state.is_some() { " " } else { ", " }, zip)]);
    lines([("", street), ("\n", place.as_deref())])
}

impl StudentsExtract<'_> {
    /// Every STUDENTS.dcid with its record, ordered by dcid. A dcid that two records have is left out: nobody knows
    /// whose it is.
    pub fn dcids(&self) -> Vec<(u64, usize)> {
        self.second_keys(Column::Dcid, &DCID)
    }
}

/// The whole file at once, for an import of names.
#[derive(Debug, Clone)]
pub struct StudentsFile {
    /// For the receipt.
    pub shape: FileShape,
    /// Which fields this file speaks about: an absent column says nothing.
    pub columns: BTreeSet<StudentColumn>,
    /// In the order of the rows.
    pub records: Vec<StudentRecord>,
    /// In the order of the rows.
    pub problems: Refused,
    pub notes: Vec<String>,
    /// All rows below the header that are not blank, the refused ones too.
    pub rows: u64,
}

pub fn read_students(bytes: &[u8]) -> Result<StudentsFile, FileProblem> {
    let extract = StudentsExtract::open(bytes, &HeaderMap::default())?;
    let mut records = Vec::with_capacity(extract.len());
    let mut problems = extract.problems().clone();
    for record in 0..extract.len() {
        match extract.record(record) {
            Ok(record) => records.push(record),
            Err(bad_cells) => problems.extend(bad_cells),
        }
    }
    // Each row is one record, and a stable order would take half as much memory again.
    records.sort_unstable_by_key(|record| record.row);
    let mut notes = extract.notes().to_vec();
    if extract.problems().note().is_none() {
        notes.extend(problems.note());
    }
    Ok(StudentsFile {
        shape: extract.shape(),
        columns: extract.columns().clone(),
        records,
        problems: problems.in_order(),
        notes,
        rows: extract.row_count(),
    })
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests;
