//! Rows of one person that should say the same and do not.
//! Leaves to others: which columns are compared, and what happens to the rows.

use super::doubles::others;
use crate::sources::header::{Columns, Header};
use crate::sources::problem::{RowProblem, shortened};
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
    let (place, one, other) =
        compared.iter().filter_map(|column| two_that_differ(rows, columns.place(*column)?)).next()?;
    let numbers: Vec<u64> = rows.iter().map(|row| row.number).collect();
    let problems = rows.iter().map(|row| {
        let found = row.cell(place).trim();
        let beside = if is_other(one.cell(place).trim(), found) { one } else { other };
        let reason = format!(
            "stands beside \"{}\" in row {}, though both rows are {key}. Rows of one person must agree, \
             so neither this row nor row {} is taken. Correct the one that is wrong in PowerSchool and export again.",
            shortened(beside.cell(place).trim()),
            beside.number,
            others(row.number, &numbers)
        );
        RowProblem::in_cell(row.number, header.title(place), if found.is_empty() { "(blank)" } else { found }, reason)
    });
    Some(problems.collect())
}

/// The first row that says something in this column, and the first that says something else.
fn two_that_differ<'r, 't>(rows: &'r [Row<'t>], place: usize) -> Option<(usize, &'r Row<'t>, &'r Row<'t>)> {
    let one = rows.iter().find(|row| !row.cell(place).trim().is_empty())?;
    let other = rows.iter().find(|row| is_other(row.cell(place).trim(), one.cell(place).trim()))?;
    Some((place, one, other))
}

fn is_other(cell: &str, found: &str) -> bool {
    let is_same = cell == found || (cell.contains('@') && cell.to_lowercase() == found.to_lowercase());
    !cell.is_empty() && !is_same
}
