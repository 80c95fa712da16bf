//! Reads the cells of one row, and keeps a problem for each bad one.
//! Leaves to others: what a cell must look like, and what the row becomes.

use super::columns::{Column, FileColumns};
use crate::sources::cell::{self, Reason};
use crate::sources::problem::RowProblem;
use crate::sources::table::Row;

pub(super) struct Cells<'r> {
    row: &'r Row<'r>,
    pub columns: &'r FileColumns<'r>,
    problems: &'r mut Vec<RowProblem>,
    bad_cells: usize,
}

impl<'r> Cells<'r> {
    pub fn new(row: &'r Row<'r>, columns: &'r FileColumns<'r>, problems: &'r mut Vec<RowProblem>) -> Self {
        Self { row, columns, problems, bad_cells: 0 }
    }

    /// `None` for a blank cell, an absent column, and a bad cell.
    pub fn read<T>(&mut self, column: Column, parse: fn(&'r str) -> Result<Option<T>, Reason>) -> Option<T> {
        let place = self.columns.place(column)?;
        let cell = self.row.cell(place);
        parse(cell).unwrap_or_else(|reason| {
            self.refuse(column, cell.trim(), reason);
            None
        })
    }

    pub fn text(&mut self, column: Column) -> Option<String> {
        self.read(column, cell::text)
    }

    pub fn refuse(&mut self, column: Column, found: &str, reason: impl Into<String>) {
        self.bad_cells += 1;
        let title = self.columns.title(column);
        self.problems.push(RowProblem::in_cell(self.row.number, title, found, reason));
    }

    pub fn bad_cells(&self) -> usize {
        self.bad_cells
    }

    /// "Street\nCity, State Zip", without gaps where a part is blank.
    pub fn address(&mut self) -> Option<String> {
        let parts = self.columns.address.map(|part| self.read(part, cell::line));
        // What stands between two parts depends on the one before.
        let afters = ["\n", ", ", " ", ""];
        let mut address = String::new();
        let mut between = "";
        for (part, after) in parts.into_iter().zip(afters) {
            if let Some(part) = part {
                address.push_str(between);
                address.push_str(part);
                between = after;
            }
        }
        (!address.is_empty()).then_some(address)
    }
}
