//! Counts rows as a spreadsheet does, for text that breaks off where a file is damaged.
//! Leaves to others: what the damage is.

use super::dialect::Delimiter;
use super::split::{Dialect, Splitter};

/// The number of the row that comes right after `before`, which is the undamaged beginning of a file.
pub(super) fn row_after(before: &str) -> u64 {
    // One letter more, so that a row that has just begun is counted too.
    let with_next = format!("{before}x");
    let dialect = Dialect { delimiter: Delimiter::detect(&with_next).byte(), quotes: true };
    let mut splitter = Splitter::new(&with_next, dialect);
    let mut fields = Vec::new();
    let mut row = 0;
    while splitter.next_into(&mut fields).is_some() {
        row += 1;
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_as_a_spreadsheet_shows_them() {
        assert_eq!(row_after(""), 1);
        assert_eq!(row_after("a,b\r\nc,"), 2);
        assert_eq!(row_after("a,b\r\nc,d\r\n"), 3);
        assert_eq!(row_after("a,b\r\n\r\n\"two\nlines\",d\r\nx"), 4);
    }
}
