//! Reads the cells of one record from its rows, and keeps a problem for each bad one.
//! Leaves to others: what a cell must look like, and what the record becomes.

use crate::sources::cell::{self, Reason};
use crate::sources::header::{Columns, Header};
use crate::sources::problem::RowProblem;
use crate::sources::table::Row;

pub struct Cells<'r, C> {
    /// Ordered by what stands in them, so that the order in the file decides nothing.
    rows: Vec<&'r Row<'r>>,
    /// The first in the file.
    pub row: u64,
    header: &'r Header,
    pub columns: &'r Columns<C>,
    problems: Vec<RowProblem>,
}

impl<'r, C: Copy + Into<usize>> Cells<'r, C> {
    pub(super) fn new(rows: &'r [Row<'r>], header: &'r Header, columns: &'r Columns<C>) -> Self {
        let row = rows.iter().map(|row| row.number).min().unwrap_or_default();
        let mut cells = Self { rows: rows.iter().collect(), row, header, columns, problems: Vec::new() };
        cells.prefer(|_| 0);
        cells
    }

    /// Rows with the smallest rank are asked first from now on.
    pub fn prefer(&mut self, rank: impl Fn(&Ranked<'_, 'r, C>) -> u64) {
        if self.rows.len() > 1 {
            let columns = self.columns;
            let rank = |row: &&'r Row<'r>| rank(&Ranked { row, columns });
            self.rows.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.cells.cmp(&b.cells)));
        }
    }

    /// The first that is not blank. `None` for blank cells, an absent column, and a bad cell.
    pub fn read<T>(&mut self, column: C, parse: impl Fn(&'r str) -> Result<Option<T>, Reason>) -> Option<T> {
        let place = self.columns.place(column)?;
        for row in &self.rows {
            let cell = row.cell(place);
            match parse(cell) {
                Ok(None) => {}
                Ok(value) => return value,
                Err(reason) => {
                    let title = self.header.title(place);
                    self.problems.push(RowProblem::in_cell(row.number, title, cell.trim(), reason));
                    return None;
                }
            }
        }
        None
    }

    pub fn text(&mut self, column: C) -> Option<String> {
        self.read(column, cell::text)
    }

    /// What the rows say, each once; blank cells say nothing.
    pub fn all<T: PartialEq>(&mut self, column: C, parse: impl Fn(&'r str) -> Result<Option<T>, Reason>) -> Vec<T> {
        let mut values = Vec::new();
        let Some(place) = self.columns.place(column) else {
            return values;
        };
        for row in &self.rows {
            let cell = row.cell(place);
            match parse(cell) {
                Ok(Some(value)) if !values.contains(&value) => values.push(value),
                Ok(_) => {}
                Err(reason) => {
                    let title = self.header.title(place);
                    self.problems.push(RowProblem::in_cell(row.number, title, cell.trim(), reason));
                }
            }
        }
        values
    }

    /// The first row in which one of these is not blank: parts that belong together come from one row.
    pub fn together<const N: usize>(&mut self, columns: [C; N]) -> [Option<&'r str>; N] {
        let places = columns.map(|column| self.columns.place(column));
        let is_filled = |row: &&&'r Row<'r>| places.iter().flatten().any(|place| !row.cell(*place).trim().is_empty());
        let Some(row) = self.rows.iter().find(is_filled) else {
            return [None; N];
        };
        let (header, problems) = (self.header, &mut self.problems);
        places.map(|place| {
            let cell = row.cell(place?);
            cell::line(cell).unwrap_or_else(|reason| {
                let title = header.title(place.unwrap_or_default());
                problems.push(RowProblem::in_cell(row.number, title, cell.trim(), reason));
                None
            })
        })
    }

    /// Refuses the record for what stands in this column of its first row.
    pub fn refuse(&mut self, column: C, reason: impl Into<String>) {
        let place = self.columns.place(column).unwrap_or_default();
        let row = self.rows.first();
        let found = row.map_or("", |row| row.cell(place).trim());
        let number = row.map_or(self.row, |row| row.number);
        self.problems.push(RowProblem::in_cell(number, self.header.title(place), found, reason));
    }

    pub fn bad_cells(&self) -> usize {
        self.problems.len()
    }

    pub(super) fn into_problems(self) -> Vec<RowProblem> {
        self.problems
    }
}

/// A row while its rank is asked for.
pub struct Ranked<'a, 'r, C> {
    row: &'a Row<'r>,
    columns: &'a Columns<C>,
}

impl<C: Copy + Into<usize>> Ranked<'_, '_, C> {
    /// Trimmed; nothing where the column is absent.
    pub fn cell(&self, column: C) -> &str {
        self.columns.place(column).map_or("", |place| self.row.cell(place).trim())
    }

    /// PowerSchool counts from 1; no number comes last.
    pub fn number(&self, column: C) -> u64 {
        self.cell(column).parse().unwrap_or(u64::MAX)
    }
}

/// Parts that are there, each with what stands between it and the one before: no gaps where a part is missing.
pub(in crate::sources) fn lines<const N: usize>(parts: [(&str, Option<&str>); N]) -> Option<String> {
    let mut text = String::new();
    for (before, part) in parts {
        if let Some(part) = part {
            if !text.is_empty() {
                text.push_str(before);
            }
            text.push_str(part);
        }
    }
    (!text.is_empty()).then_some(text)
}
