//! The blocked rows of a file as they came, each once, with why and the run that blocked it: to be mended and given again.
//! Leaves knowing such a file again to `sources::mended`, and who may have it to the page and the command.

use std::collections::HashSet;

use diesel::prelude::*;

use super::pages::lists::{self, List};
use super::stored::StoredFile;
use crate::db::Conn;
use crate::error::AppError;
use crate::runs::{Cause, Problem, RunId};
use crate::schema::run_problems;
use crate::schools::CurrentSchool;
use crate::sources::mended;
use crate::web::csv_safe;

/// So many problems are read at a time.
const BATCH: i64 = 1000;

/// A row on its way out, with everything that is wrong with it so far.
struct Open {
    row: i64,
    cells: Vec<String>,
    reason: String,
    cause: Option<Cause>,
}

/// The rows of one file, in parts.
pub struct BlockedRows {
    run: RunId,
    slot: String,
    width: usize,
    /// The problem after which the next part begins; none at the end.
    after: Option<i64>,
    open: Option<Open>,
    /// Rows that are written. A row told of twice would come back as two people with one number.
    written: HashSet<i64>,
    /// Rows of people without a student, whatever else is wrong with them; read with the first part.
    without_student: Option<HashSet<i64>>,
}

/// What the download is called.
pub fn file_name(run: RunId, slot: &str) -> String {
    format!("run-{run}-blocked-{slot}.csv")
}

impl BlockedRows {
    /// The rows, and the titles above them.
    pub fn of(run: RunId, file: &StoredFile) -> (BlockedRows, Vec<String>) {
        let mut head = file.header();
        let width = head.len();
        head.extend([mended::REASON.to_owned(), mended::RUN.to_owned()]);
        (
            BlockedRows {
                run,
                slot: file.slot.clone(),
                width,
                after: Some(0),
                open: None,
                written: HashSet::new(),
                without_student: None,
            },
            head,
        )
    }

    /// The next part as lines of a file; none after the last.
    pub fn next(&mut self, conn: &mut Conn, school: &CurrentSchool) -> Result<Option<Vec<u8>>, AppError> {
        let Some(after) = self.after else { return Ok(None) };
        if self.without_student.is_none() {
            self.without_student = Some(self.rows_without_student(conn, school)?);
        }
        let of = (List::Blocked, Some(self.slot.as_str()));
        let found = lists::problems_after(conn, school, self.run, of, after, BATCH)?;
        self.after = found.last().map(|(n, _)| *n);
        let mut out = csv_safe::Writer::of_rows();
        for (_, p) in found {
            match &mut self.open {
                // A row that has several things wrong stands once, with all of them.
                Some(open) if open.row == p.source_row && p.source_row > 0 => {
                    open.reason.push_str(" / ");
                    open.reason.push_str(&reason_of(&p));
                }
                _ => {
                    let next = Open { row: p.source_row, cells: cells_of(&p), reason: reason_of(&p), cause: p.cause };
                    let done = self.open.replace(next);
                    self.put(&mut out, done)?;
                }
            }
        }
        if self.after.is_none() {
            let done = self.open.take();
            self.put(&mut out, done)?;
        }
        Ok(Some(out.finish()?))
    }

    fn rows_without_student(&self, conn: &mut Conn, school: &CurrentSchool) -> Result<HashSet<i64>, AppError> {
        let rows: Vec<i64> = run_problems::of(school)
            .filter(run_problems::run_id.eq(self.run))
            .filter(run_problems::slot.eq(&self.slot))
            .filter(run_problems::cause.eq(Cause::NoStudent))
            .select(run_problems::source_row)
            .load(conn)?;
        Ok(rows.into_iter().collect())
    }

    fn put(&mut self, out: &mut csv_safe::Writer, done: Option<Open>) -> Result<(), AppError> {
        let Some(Open { row, mut cells, reason, cause }) = done else { return Ok(()) };
        if row > 0 && !self.written.insert(row) {
            return Ok(());
        }
        cells.resize(self.width, String::new());
        let is_without = self.without_student.as_ref().is_some_and(|rows| rows.contains(&row));
        let cause = if is_without { Some(Cause::NoStudent) } else { cause };
        cells.extend([reason, format!("{} {}", self.run, cause.map_or("", Cause::code)).trim_end().to_owned()]);
        out.row(&cells.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

fn cells_of(problem: &Problem) -> Vec<String> {
    // Written by the planner as a list of texts; a row that is not one is given back empty, with its reason.
    problem.cells.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

fn reason_of(p: &Problem) -> String {
    let column = p.source_column.as_deref().map(|c| format!("{c}: ")).unwrap_or_default();
    let found = if p.found.is_empty() { String::new() } else { format!("{:?} ", p.found) };
    format!("{column}{found}{}", p.reason)
}
