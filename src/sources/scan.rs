//! One pass over the text: where the header and the good rows lie, which rows are refused, and whether quotes count.
//! Leaves to others: what the columns are called and what the cells mean.

use super::problem::{FileProblem, RowProblem};
use super::refused::Refused;
use super::shape::LineEnd;
use super::split::{Dialect, Ending, Field, MAX_COLUMNS, MAX_ROW_BYTES, Record, Splitter};
use super::wrong_length;

/// Four times the largest roster that is foreseen. Rows of one letter each would otherwise make a
/// hundred million problems out of a file that is not too large.
pub const MAX_ROWS: u64 = 4_000_000;

/// Where a good row lies. Fields are cut again when they are asked for: that is quicker than
/// holding millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowSpan {
    pub number: u32,
    pub start: u32,
    pub end: u32,
}

#[derive(Debug)]
pub(super) struct Scan {
    pub dialect: Dialect,
    pub header: Vec<String>,
    pub header_row: u64,
    pub line_end: Option<LineEnd>,
    pub rows: Vec<RowSpan>,
    /// The rows with a problem, so that they can be given back as they came.
    pub refused: Vec<RowSpan>,
    pub problems: Refused,
    pub has_quoted_cells: bool,
    header_is_quoted: bool,
    has_stray_quote: bool,
    /// The first row that the quotes stretch over several lines.
    first_tall_row: Option<u64>,
}

/// Quotes count when the file reads well with them. A file without quoting can still hold a cell
/// that begins with one (a nickname: `"Bob" Lee`), so the other reading is tried before a file is refused.
pub(super) fn scan(text: &str, delimiter: Option<u8>) -> Result<Scan, FileProblem> {
    let quotes = Dialect { delimiter, quotes: true };
    let no_quotes = Dialect { delimiter, quotes: false };
    let with_quotes = read(text, quotes);
    if with_quotes.as_ref().is_ok_and(Scan::is_beyond_doubt) {
        return with_quotes;
    }
    match (with_quotes, read_without_quotes(text, no_quotes)) {
        (Ok(scan), _) if scan.header_is_quoted => Ok(scan),
        (Err(FileProblem::UnclosedQuote { .. }), Plain::Sound) => read(text, no_quotes),
        (Ok(scan), Plain::Sound) if scan.has_stray_quote => read(text, no_quotes),
        // Every line is a whole row of its own when quotes do not count: then the quote was left
        // open by mistake, and believing it would swallow people without a word.
        (Ok(scan), Plain::LinesAreRows) => match scan.first_tall_row {
            Some(row) if scan.header.len() > 2 => Err(FileProblem::UnclosedQuote { row }),
            _ => Ok(scan),
        },
        (outcome, _) => outcome,
    }
}

impl Scan {
    fn is_beyond_doubt(&self) -> bool {
        !self.has_stray_quote && self.first_tall_row.is_none()
    }

    fn take(&mut self, number: u64, record: Record, line: &str, fields: &[Field]) {
        let expected = self.header.len();
        // Text is at most 768 MiB (each Windows-1252 byte three times), so these always fit.
        let span = match (u32::try_from(number), u32::try_from(record.start), u32::try_from(record.end)) {
            (Ok(number), Ok(start), Ok(end)) => RowSpan { number, start, end },
            _ => return,
        };
        if record.ending == Ending::StrayQuote {
            self.has_stray_quote = true;
            self.refused.push(span);
            self.problems.push(RowProblem::in_row(
                number,
                "a quotation mark stands inside a quoted cell, so its end cannot be told. \
                 Write it twice (\"\"), or export with tabs and without quotes.",
            ));
            return;
        }
        if fields.iter().any(|field| field.quoted) {
            self.has_quoted_cells = true;
            if self.first_tall_row.is_none() && line.contains(['\n', '\r']) {
                self.first_tall_row = Some(number);
            }
        }
        if fields.len() == expected {
            self.rows.push(span);
        } else {
            self.refused.push(span);
            let reason = wrong_length::reason(fields.len(), &self.header, self.dialect.delimiter);
            self.problems.push(RowProblem::in_row(number, reason));
        }
    }
}

fn read(text: &str, dialect: Dialect) -> Result<Scan, FileProblem> {
    let mut splitter = Splitter::new(text, dialect);
    let mut fields = Vec::new();
    let mut scan: Option<Scan> = None;
    let mut number = 0;
    while let Some(record) = splitter.next_into(&mut fields) {
        number += 1;
        if number > MAX_ROWS {
            return Err(FileProblem::TooManyRows { limit: MAX_ROWS });
        }
        let line = text.get(record.start..record.end).unwrap_or_default();
        if record.ending == Ending::Whole && is_blank(line, &fields, text) {
            continue;
        }
        match record.ending {
            Ending::UnclosedQuote => return Err(FileProblem::UnclosedQuote { row: number }),
            Ending::TooLong => {
                return Err(FileProblem::RowTooLong { row: number, limit: MAX_ROW_BYTES });
            }
            Ending::TooManyColumns => {
                return Err(FileProblem::TooManyColumns { row: number, limit: MAX_COLUMNS });
            }
            Ending::StrayQuote if scan.is_none() => {
                return Err(FileProblem::UnclosedQuote { row: number });
            }
            Ending::Whole | Ending::StrayQuote => {}
        }
        match &mut scan {
            Some(scan) => scan.take(number, record, line, &fields),
            None => {
                let is_quoted = fields.iter().any(|field| field.quoted);
                scan = Some(Scan {
                    dialect,
                    header: fields.iter().map(|f| f.value(text).trim().to_owned()).collect(),
                    header_row: number,
                    line_end: LineEnd::at(text, record.end),
                    rows: Vec::new(),
                    refused: Vec::new(),
                    problems: Refused::default(),
                    has_quoted_cells: is_quoted,
                    header_is_quoted: is_quoted,
                    has_stray_quote: false,
                    first_tall_row: None,
                });
            }
        }
    }
    let mut scan = scan.ok_or(FileProblem::Empty)?;
    // Held as long as the file is: room for growth would be wasted.
    scan.rows.shrink_to_fit();
    scan.refused.shrink_to_fit();
    Ok(scan)
}

/// A spreadsheet leaves rows of nothing but delimiters behind; they are as blank as an empty line.
fn is_blank(line: &str, fields: &[Field], text: &str) -> bool {
    let may_be = !line.starts_with(|c: char| c.is_ascii_alphanumeric());
    may_be && fields.iter().all(|field| field.value(text).trim().is_empty())
}

/// What the file looks like when a quotation mark is a letter like any other.
enum Plain {
    /// The lines that hold quotation marks are whole rows, and no cell opens a quote without closing it.
    Sound,
    /// All lines are whole rows, but a cell opens a quote that it does not close.
    LinesAreRows,
    Broken,
}

fn read_without_quotes(text: &str, dialect: Dialect) -> Plain {
    let mut splitter = Splitter::new(text, dialect);
    let mut fields = Vec::new();
    let mut columns = None;
    let mut quotes_pair = true;
    while let Some(record) = splitter.next_into(&mut fields) {
        let line = text.get(record.start..record.end).unwrap_or_default();
        if record.ending != Ending::Whole {
            return Plain::Broken;
        }
        if is_blank(line, &fields, text) {
            continue;
        }
        let expected = *columns.get_or_insert(fields.len());
        if !line.contains('"') {
            continue;
        }
        if fields.len() != expected {
            return Plain::Broken;
        }
        quotes_pair &= fields
            .iter()
            .map(|field| field.raw(text))
            .all(|cell| !cell.starts_with('"') || cell.bytes().filter(|&b| b == b'"').count() % 2 == 0);
    }
    if quotes_pair { Plain::Sound } else { Plain::LinesAreRows }
}
