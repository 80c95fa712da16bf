//! A delimited file as a table: header, rows with the number a clerk sees, refused rows, and the file's shape.
//! Leaves to others: what the columns are called and what the cells mean.

use std::borrow::Cow;

use super::cell;
use super::dialect::Delimiter;
use super::header::Header;
use super::mended::Marks;
use super::problem::FileProblem;
use super::refused::Refused;
use super::scan::{RowSpan, scan};
use super::shape::FileShape;
use super::split::{Dialect, Field, Splitter};
use super::text::{Charset, decode};

pub const MAX_FILE_BYTES: usize = 256 * 1024 * 1024;

#[derive(Debug)]
pub struct Table<'b> {
    pub shape: FileShape,
    pub header: Header,
    /// Rows that could not be cut as the header says; they are not among `rows()`.
    pub problems: Refused,
    pub notes: Vec<String>,
    /// The titles as spelt, without those that this program added to a list of blocked rows.
    pub titles: Vec<String>,
    marks: Option<Marks>,
    text: Cow<'b, str>,
    dialect: Dialect,
    spans: Vec<RowSpan>,
    refused: Vec<RowSpan>,
}

/// A short piece of the text of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    start: u32,
    length: u16,
}

/// A row with as many cells as the header has columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<'t> {
    /// As a spreadsheet counts: the header is row 1, and blank lines count.
    pub number: u64,
    pub cells: Vec<Cow<'t, str>>,
}

impl Row<'_> {
    /// Untrimmed, as it stands in the file.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell)
    }
}

impl<'b> Table<'b> {
    pub fn read(bytes: &'b [u8]) -> Result<Self, FileProblem> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(FileProblem::TooLarge { bytes: bytes.len(), limit: MAX_FILE_BYTES });
        }
        let decoded = decode(bytes)?;
        // A file joined from two can have a second BOM.
        let text = match decoded.text {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim_start_matches('\u{FEFF}')),
            Cow::Owned(text) => Cow::Owned(text),
        };
        let delimiter = Delimiter::detect(&text).byte();
        let mut scan = scan(&text, delimiter)?;
        if let Some(cell) = scan.header.iter().find(|cell| looks_like_data(cell)) {
            return Err(FileProblem::header_missing(scan.header_row, cell));
        }
        let shape = FileShape {
            charset: decoded.charset,
            delimiter: delimiter.map(char::from),
            quoted: scan.has_quoted_cells && scan.dialect.quotes,
            line_end: scan.line_end,
        };
        let has_rows = !scan.rows.is_empty() || !scan.problems.is_empty();
        let marks = Marks::take(&mut scan.header);
        let titles = match &marks {
            Some(marks) => marks.without(scan.header.iter().cloned()),
            None => scan.header.clone(),
        };
        let mut table = Self {
            shape,
            header: Header::new(scan.header),
            problems: scan.problems,
            notes: notes(shape.charset, has_rows),
            titles,
            marks,
            text,
            dialect: scan.dialect,
            spans: scan.rows,
            refused: scan.refused,
        };
        if let Some(run) = table.marks.as_ref().map(|m| m.run) {
            let first = table.row_at(0);
            let note = Marks::note(first.as_ref().map(|row| row.cell(run)));
            table.notes.push(note);
        }
        Ok(table)
    }

    /// Whether this is a download of blocked rows, given again.
    pub fn is_mended(&self) -> bool {
        self.marks.is_some()
    }

    /// The cause for which a row was blocked before, in a download of blocked rows.
    pub fn cause_of_row(&self, number: u64) -> Option<String> {
        let place = self.spans.binary_search_by_key(&number, |span| u64::from(span.number)).ok()?;
        let row = self.row_at(u32::try_from(place).ok()?)?;
        row.cell(self.marks.as_ref()?.run).split_whitespace().nth(1).map(str::to_owned)
    }

    /// All rows below the header that are not blank, the refused ones too.
    pub fn row_count(&self) -> u64 {
        (self.spans.len() + self.refused.len()) as u64
    }

    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        let mut fields: Vec<Field> = Vec::with_capacity(self.header.len());
        self.spans.iter().map(move |span| self.cut(span, &mut fields))
    }

    /// The row at this place among the good ones, cut anew.
    pub(super) fn row_at(&self, place: u32) -> Option<Row<'_>> {
        let span = self.spans.get(place as usize)?;
        Some(self.cut(span, &mut Vec::with_capacity(self.header.len())))
    }

    pub(super) fn number_at(&self, place: u32) -> u64 {
        self.spans.get(place as usize).map_or(0, |span| u64::from(span.number))
    }

    /// A few cells of every good row with the row's place and number: much quicker than whole rows.
    pub(super) fn some_cells<const N: usize>(
        &self,
        columns: [Option<usize>; N],
    ) -> impl Iterator<Item = (u32, u64, [Cow<'_, str>; N])> {
        let mut fields: Vec<Field> = Vec::with_capacity(self.header.len());
        (0_u32..).zip(&self.spans).map(move |(place, span)| {
            let line = self.line(span);
            Splitter::new(line, self.dialect).next_into(&mut fields);
            let cells = columns.map(|column| {
                let field = column.and_then(|column| fields.get(column));
                field.map_or(Cow::Borrowed(""), |field| field.value(line))
            });
            (place, u64::from(span.number), cells)
        })
    }

    /// The row as it came, the refused ones too; none where the file has no such row.
    pub fn cells_of_row(&self, number: u64) -> Vec<String> {
        let of = |spans: &[RowSpan]| {
            let place = spans.binary_search_by_key(&number, |span| u64::from(span.number)).ok()?;
            let row = self.cut(spans.get(place)?, &mut Vec::new());
            let cells = row.cells.into_iter().map(Cow::into_owned);
            Some(match &self.marks {
                Some(marks) => marks.without(cells),
                None => cells.collect(),
            })
        };
        of(&self.spans).or_else(|| of(&self.refused)).unwrap_or_default()
    }

    /// Where a piece that was cut from this text stands in it; none for a piece that had to be made anew.
    pub(super) fn place_of(&self, piece: &str) -> Option<Part> {
        let start = (piece.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let part = Part { start: u32::try_from(start).ok()?, length: u16::try_from(piece.len()).ok()? };
        (self.part(part).as_ptr() == piece.as_ptr() && self.part(part).len() == piece.len()).then_some(part)
    }

    pub(super) fn part(&self, part: Part) -> &str {
        let start = part.start as usize;
        self.text.get(start..start + usize::from(part.length)).unwrap_or_default()
    }

    fn line(&self, span: &RowSpan) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn cut(&self, span: &RowSpan, fields: &mut Vec<Field>) -> Row<'_> {
        let line = self.line(span);
        Splitter::new(line, self.dialect).next_into(fields);
        Row { number: u64::from(span.number), cells: fields.iter().map(|field| field.value(line)).collect() }
    }
}

fn notes(charset: Charset, has_rows: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if !has_rows {
        notes.push("The file has a header and no rows.".to_owned());
    }
    if charset == Charset::Windows1252 {
        notes.push(
            "The file is not UTF-8 and was read as Windows-1252. Look at a few names with accents; \
             if they are wrong, export with the character set UTF-8."
                .to_owned(),
        );
    }
    notes
}

/// A number, a date or an e-mail address is no column title.
fn looks_like_data(title: &str) -> bool {
    let is_number = !title.is_empty() && title.bytes().all(|b| b.is_ascii_digit());
    let is_date = cell::date(title).is_ok_and(|date| date.is_some());
    let is_email = title.contains('@') && cell::email(title).is_ok();
    is_number || is_date || is_email
}

#[cfg(test)]
#[allow(clippy::expect_used)]
#[path = "table_tests.rs"]
mod tests;
