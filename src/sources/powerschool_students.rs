//! A PowerSchool export of students -> one record per student, and the rows that are refused.
//! Leaves to others: who these students are here, and what a cell or a column means that the file does not have.

mod cells;
mod columns;
mod doubles;
mod names;

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::cell;
use super::enroll_status::EnrollStatus;
use super::problem::{FileProblem, RowProblem};
use super::shape::FileShape;
use super::student_number::StudentNumber;
use super::table::{Row, Table};
use cells::Cells;
use columns::{Column, FileColumns};
use doubles::Doubles;

pub use columns::StudentColumn;

/// A note per row would drown the others.
const ROW_NOTES: usize = 20;

#[derive(Debug, Clone)]
pub struct StudentsFile {
    /// For the receipt.
    pub shape: FileShape,
    /// Which fields this file speaks about: an absent column says nothing.
    pub columns: BTreeSet<StudentColumn>,
    pub records: Vec<StudentRecord>,
    /// In the order of the rows.
    pub problems: Vec<RowProblem>,
    pub notes: Vec<String>,
    /// All rows below the header that are not blank, the refused ones too.
    pub rows: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudentRecord {
    pub row: u64,
    pub student_number: StudentNumber,
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

pub fn read_students(bytes: &[u8]) -> Result<StudentsFile, FileProblem> {
    let table = Table::read(bytes)?;
    let columns = FileColumns::find(&table.header)?;
    let mut reading = Reading {
        columns: &columns,
        doubles: Doubles::default(),
        problems: table.problems.clone(),
        disagreements: Vec::new(),
    };
    // Nearly every row becomes a record, so the room is made once.
    let mut records = Vec::with_capacity(table.rows().len());
    records.extend(table.rows().filter_map(|row| reading.student(&row)));

    let (doubled_rows, doubled) = reading.doubles.find(columns.title(Column::StudentNumber));
    records.retain(|record| doubled_rows.binary_search(&record.row).is_err());
    let mut problems = reading.problems;
    problems.extend(doubled);
    problems.sort_by_key(|problem| problem.row);

    let mut notes = table.notes.clone();
    notes.extend(columns.note());
    notes.extend(disagreement_notes(&reading.disagreements));
    Ok(StudentsFile {
        shape: table.shape,
        columns: columns.spoken_about(),
        records,
        problems,
        notes,
        rows: table.row_count(),
    })
}

struct Reading<'t> {
    columns: &'t FileColumns<'t>,
    doubles: Doubles,
    problems: Vec<RowProblem>,
    /// Rows whose two graduation years differ.
    disagreements: Vec<u64>,
}

impl Reading<'_> {
    /// `None` when a cell is bad; every bad cell of the row has its own problem then.
    fn student(&mut self, row: &Row<'_>) -> Option<StudentRecord> {
        let mut cells = Cells::new(row, self.columns, &mut self.problems);

        let student_number = cells.read(Column::StudentNumber, StudentNumber::parse);
        if let Some(number) = &student_number {
            // Also where another cell is bad: its double must not slip in alone.
            self.doubles.note(number, row.number);
        }
        let name = names::read(&mut cells);
        let class_of = cells.read(Column::ClassOf, cell::year);
        let scheduled = cells.read(Column::ScheduledYear, cell::year);
        let record = StudentRecord {
            row: row.number,
            last_name: name.last,
            first_name: name.first,
            middle_name: name.middle,
            preferred_name: cells.text(Column::PreferredName),
            birth_date: cells.read(Column::BirthDate, cell::date),
            gender: cells.text(Column::Gender),
            email: cells.read(Column::Email, cell::email),
            phone: cells.text(Column::Phone),
            address: cells.address(),
            campus: cells.text(Column::Campus),
            division: cells.text(Column::Division),
            department: cells.text(Column::Department),
            level: cells.text(Column::Level),
            grade_level: cells.read(Column::GradeLevel, cell::grade_level),
            grad_year: class_of.or(scheduled),
            enrollment: cells.read(Column::EnrollStatus, EnrollStatus::parse),
            other_pid: cells.text(Column::OtherPid),
            student_number: student_number?,
        };
        if cells.bad_cells() > 0 {
            return None;
        }
        if class_of.is_some() && scheduled.is_some() && class_of != scheduled {
            self.disagreements.push(row.number);
        }
        Some(record)
    }
}

fn disagreement_notes(rows: &[u64]) -> Option<String> {
    if rows.is_empty() {
        return None;
    }
    let listed: Vec<String> = rows.iter().take(ROW_NOTES).map(u64::to_string).collect();
    let more = match rows.len().saturating_sub(ROW_NOTES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "ClassOf and Sched_YearOfGraduation disagree, and ClassOf is taken, in row {}{more}.",
        listed.join(", ")
    ))
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests;
