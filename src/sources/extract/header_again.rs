//! Rows in the middle of a file that hold the titles of the columns once more.
//! Leaves to others: a header that does not stand in the first row at all.

use super::Kind;
use crate::sources::header::{ColumnName, Header};
use crate::sources::problem::RowProblem;
use crate::sources::table::Row;

/// The vendor's own template has its titles twice, and files joined by hand have them in the middle.
pub(super) struct HeaderAgain {
    names: Vec<ColumnName>,
    /// Where the key's own title would stand.
    key: usize,
}

impl HeaderAgain {
    pub fn new<K: Kind>(header: &Header, key: usize) -> Self {
        let known = K::TITLES.iter().flat_map(|(_, titles)| titles.iter()).map(|title| ColumnName::parse(title));
        Self { names: header.names().iter().cloned().chain(known).collect(), key }
    }

    pub fn problem(&self, row: &Row<'_>) -> Option<RowProblem> {
        // Most rows with a bad key end here.
        if !self.is_title(row.cell(self.key).trim()) {
            return None;
        }
        let filled: Vec<&str> = row.cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
        let titles = filled.iter().filter(|cell| self.is_title(cell)).count();
        (titles > 1 && titles * 2 > filled.len()).then(|| {
            RowProblem::in_row(
                row.number,
                "this row holds the titles of the columns again (a second header). Nobody was read from it; \
                 take it out, or leave it as it is.",
            )
        })
    }

    fn is_title(&self, cell: &str) -> bool {
        // No title that is known is longer.
        if cell.is_empty() || cell.len() > 100 {
            return false;
        }
        let name = ColumnName::parse(cell);
        self.names.iter().any(|known| known.has_name(&name.name))
    }
}
