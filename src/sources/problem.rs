//! What is wrong with a file or with one of its rows, said so that a clerk can act on it.
//! Leaves to others: finding the problem, and showing, storing or counting it.

use std::fmt;

use super::slot::Slot;
use super::text::Charset;

/// Long enough to recognise a cell, short enough for one line of a report.
const SHOWN: usize = 80;
/// A file can have 500 columns; a message that lists them all is not read.
const HEADERS_LISTED: usize = 40;

/// One cell, or one whole row, that is refused while the other rows go in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// As a spreadsheet counts: the header is row 1.
    pub row: u64,
    /// As spelt in the file, so that the clerk finds it.
    pub column: Option<String>,
    /// Shortened; empty when there is nothing to quote.
    pub found: String,
    pub reason: String,
}

impl RowProblem {
    /// A title of a megabyte must not be kept for each of a million rows, so it is shortened too.
    pub fn in_cell(row: u64, column: &str, found: &str, reason: impl Into<String>) -> Self {
        Self { row, column: Some(shortened(column)), found: shortened(found), reason: reason.into() }
    }

    pub fn in_row(row: u64, reason: impl Into<String>) -> Self {
        Self { row, column: None, found: String::new(), reason: reason.into() }
    }
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row {}", self.row)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        f.write_str(": ")?;
        if !self.found.is_empty() {
            write!(f, "\"{}\" ", self.found)?;
        }
        f.write_str(&self.reason)
    }
}

/// Why nothing of a file can be taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    #[error("The file is empty. Export it again and check that it holds rows before uploading it.")]
    Empty,
    #[error(
        "The file is {bytes} bytes long; the largest that is read is {limit} bytes (256 MiB). \
         Export fewer columns, or one school at a time."
    )]
    TooLarge { bytes: usize, limit: usize },
    #[error(
        "The file mixes two character sets: most of it is UTF-8, but row {row} holds a letter written in another one, \
         so names could be damaged. Export it again with the character set UTF-8, without joining files by hand."
    )]
    MixedCharsets { row: u64 },
    #[error(
        "Row {row} cannot be read as {charset}, the character set the file begins with. \
         The file was cut off or damaged on the way: export it again."
    )]
    BrokenCharset { charset: Charset, row: u64 },
    #[error(
        "Row {row} holds a NUL byte, which no text file has. The file is damaged, or it is not a text export \
         (a spreadsheet must be saved as CSV first)."
    )]
    NulByte { row: u64 },
    #[error(
        "The file has no header: its first row looks like data (\"{cell}\" in row {row} is not a column name). \
         Switch on the column titles and export again."
    )]
    HeaderMissing { row: u64, cell: String },
    #[error(
        "Row {row} is longer than {limit} bytes (1 MiB), the longest row that is read. \
         Check that the export ends its rows with CR-LF, LF or CR."
    )]
    RowTooLong { row: u64, limit: usize },
    #[error("The file has more than {limit} rows, the most that are read. Export one school at a time.")]
    TooManyRows { limit: u64 },
    #[error("Row {row} has more than {limit} columns, the most that are read. Export fewer columns.")]
    TooManyColumns { row: u64, limit: usize },
    #[error(
        "A quotation mark opens a cell in row {row} and is not closed, so the rows after it cannot be told apart. \
         Correct that cell (a quotation mark inside a quoted cell is written twice) or export with tabs and without quotes."
    )]
    UnclosedQuote { row: u64 },
    #[error(
        "The columns \"{first}\" and \"{second}\" are the same column ({name}) under two spellings, \
         and nothing says which one counts. Export only one of them."
    )]
    SameColumnTwice { name: String, first: String, second: String },
    #[error(
        "This looks like {} (it has {}), and it was given under {given}. Upload it under {looks_like}, and here {} instead.",
        looks_like.lists(), listed(because), given.lists()
    )]
    WrongSlot {
        given: Slot,
        looks_like: Slot,
        /// Titles as spelt.
        because: Vec<String>,
    },
    #[error(
        "The titles of the columns stand in row {row} and not in the first row of the file. \
         Take out the rows above it and upload the file again."
    )]
    HeaderBelow { row: u64 },
    #[error("{}", missing_column(.column, .found, .nearest.as_deref(), .advice.as_deref()))]
    MissingColumn {
        column: String,
        /// The headers of the file as spelt.
        found: Vec<String>,
        nearest: Option<String>,
        /// What a source knows about this very column.
        advice: Option<String>,
    },
}

impl FileProblem {
    pub(super) fn header_missing(row: u64, cell: &str) -> Self {
        Self::HeaderMissing { row, cell: shortened(cell) }
    }
}

/// Titles one after the other, as many as are read.
pub(super) fn listed(titles: &[String]) -> String {
    let mut list = titles.iter().take(HEADERS_LISTED).map(|title| shortened(title)).collect::<Vec<_>>().join(", ");
    if titles.len() > HEADERS_LISTED {
        list.push_str(&format!(" and {} more", titles.len() - HEADERS_LISTED));
    }
    list
}

fn missing_column(column: &str, found: &[String], nearest: Option<&str>, advice: Option<&str>) -> String {
    let mut message = format!("The column {column} is missing. The file has: {}.", listed(found));
    if let Some(advice) = advice {
        message.push(' ');
        message.push_str(advice);
    } else if let Some(nearest) = nearest {
        message.push_str(&format!(" The nearest is \"{}\".", shortened(nearest)));
    }
    message.push_str(&format!(" Add {column} to the export, or correct its title, and export again."));
    message
}

/// For display only: control characters become visible pictures, so that a message stays on one line.
pub(super) fn shortened(cell: &str) -> String {
    let mut letters = cell.chars();
    let mut short: String = letters.by_ref().take(SHOWN).map(visible).collect();
    if letters.next().is_some() {
        short.pop();
        short.push('…');
    }
    short
}

fn visible(letter: char) -> char {
    match letter {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(letter)).unwrap_or('␦'),
        '\u{7f}' => '␡',
        '\u{80}'..='\u{9f}' => '␦',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_problem_reads_as_a_sentence_with_row_column_and_cell() {
        let problem = RowProblem::in_cell(
            214,
            "Student_Number",
            "00A7",
            "is not a number. Correct it in PowerSchool and export again.",
        );
        assert_eq!(
            problem.to_string(),
            "Row 214, column Student_Number: \"00A7\" is not a number. Correct it in PowerSchool and export again."
        );
    }

    #[test]
    fn a_problem_of_a_whole_row_names_no_column() {
        assert_eq!(RowProblem::in_row(3, "this row is short.").to_string(), "Row 3: this row is short.");
    }

    #[test]
    fn a_long_cell_is_shortened_by_letters_and_not_by_bytes() {
        let short = shortened(&"王".repeat(500));
        assert_eq!(short.chars().count(), SHOWN);
        assert!(short.ends_with("王…"));
        assert_eq!(shortened(&"é".repeat(SHOWN)), "é".repeat(SHOWN));
    }

    #[test]
    fn a_line_break_in_a_cell_does_not_break_the_message() {
        assert_eq!(shortened("a\r\nb\tc\u{85}"), "a␍␊b␉c␦");
    }

    #[test]
    fn a_file_of_hundreds_of_columns_is_listed_in_part() {
        let found: Vec<String> = (0..100).map(|n| format!("col{n}")).collect();
        let message = missing_column("Student_Number", &found, None, None);
        assert!(message.contains("col39 and 60 more.") && !message.contains("col40"), "{message}");
    }
}
