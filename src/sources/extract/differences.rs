//! Rows of one person that should say the same and do not.
//! Leaves to others: which columns are compared, and what happens to the rows.

use super::doubles::others;
use crate::sources::header::{Columns, Header};
use crate::sources::problem::RowProblem;
use crate::sources::table::Row;

/// A problem for each row, if the rows differ in one of these columns. A blank cell says nothing, and e-mail
/// addresses differ in more than capitals.
pub(super) fn find<C: Copy + Into<usize>>(
    rows: &[Row<'_>],
    compared: &[C],
    header: &Header,
    columns: &Columns<C>,
    key: &str,
) -> Option<Vec<RowProblem>> {
    let place = compared.iter().filter_map(|column| columns.place(*column)).find(|place| differ(rows, *place))?;
    let numbers: Vec<u64> = rows.iter().map(|row| row.number).collect();
    let problems = rows.iter().map(|row| {
        let found = row.cell(place).trim();
        let other = rows.iter().find(|other| is_other(other.cell(place).trim(), found));
        let (number, said) = other.map_or((0, ""), |other| (other.number, other.cell(place).trim()));
        let reason = format!(
            "stands beside \"{said}\" in row {number}, though both rows are {key}. Rows of one person must agree, \
             so neither this row nor row {} is taken. Correct the one that is wrong in PowerSchool and export again.",
            others(row.number, &numbers)
        );
        RowProblem::in_cell(row.number, header.title(place), if found.is_empty() { "(blank)" } else { found }, reason)
    });
    Some(problems.collect())
}

fn differ(rows: &[Row<'_>], place: usize) -> bool {
    let mut said = rows.iter().map(|row| row.cell(place).trim()).filter(|cell| !cell.is_empty());
    said.next().is_some_and(|first| said.any(|cell| is_other(cell, first)))
}

fn is_other(cell: &str, found: &str) -> bool {
    let is_same = cell == found || (cell.contains('@') && cell.to_lowercase() == found.to_lowercase());
    !cell.is_empty() && !is_same
}
