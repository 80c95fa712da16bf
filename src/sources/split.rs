//! Cuts text into records and fields: delimiters, quotes, line ends, and the limits of one row.
//! Leaves to others: which delimiter it is, whether quotes count, and what a badly cut record means.

use std::borrow::Cow;

pub const MAX_COLUMNS: usize = 500;
pub const MAX_ROW_BYTES: usize = 1024 * 1024;

const QUOTE: u8 = b'"';

/// How a file is to be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// `None`: one column. Always ASCII, so that a cut never falls inside a letter.
    pub delimiter: Option<u8>,
    pub quotes: bool,
}

/// Where a field lies in the text; its quotes are still around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    start: usize,
    end: usize,
    pub quoted: bool,
}

impl Field {
    /// As it stands in the file, quotes included.
    pub fn raw<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    pub fn value<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let raw = self.raw(text);
        if !self.quoted {
            return Cow::Borrowed(raw);
        }
        let inner = raw.strip_prefix('"').unwrap_or(raw);
        let inner = inner.strip_suffix('"').unwrap_or(inner);
        if inner.contains('"') { Cow::Owned(inner.replace("\"\"", "\"")) } else { Cow::Borrowed(inner) }
    }
}

/// How a record ended. All but the first two end the reading of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Whole,
    /// A quote inside a quoted field that is not doubled; the rest of its line was given up.
    StrayQuote,
    /// A quote that opens in this record is not closed in it, so nobody knows where the record ends.
    UnclosedQuote,
    TooManyColumns,
    TooLong,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub start: usize,
    /// Without the line end.
    pub end: usize,
    pub ending: Ending,
}

#[derive(Debug, Clone)]
pub(super) struct Splitter<'t> {
    text: &'t str,
    position: usize,
    delimiter: u8,
    quotes: bool,
}

enum AfterField {
    Delimiter,
    LineEnd,
    Bad(Ending),
}

impl<'t> Splitter<'t> {
    pub fn new(text: &'t str, dialect: Dialect) -> Self {
        Self {
            text,
            position: 0,
            // With one column only a line end ends a field, and it already does.
            delimiter: dialect.delimiter.unwrap_or(b'\n'),
            quotes: dialect.quotes,
        }
    }

    /// One buffer serves all records: a file has millions of fields.
    pub fn next_into(&mut self, fields: &mut Vec<Field>) -> Option<Record> {
        fields.clear();
        let start = self.position;
        if start >= self.text.len() {
            return None;
        }
        loop {
            let (field, after) = self.field();
            fields.push(field);
            let ending = match after {
                AfterField::Bad(ending) => ending,
                _ if self.position - start > MAX_ROW_BYTES => Ending::TooLong,
                _ if fields.len() > MAX_COLUMNS => Ending::TooManyColumns,
                AfterField::LineEnd => Ending::Whole,
                AfterField::Delimiter => {
                    self.position += 1;
                    continue;
                }
            };
            let end = self.position;
            self.skip_line_end();
            return Some(Record { start, end, ending });
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn is_line_end(byte: u8) -> bool {
        matches!(byte, b'\n' | b'\r')
    }

    /// Leaves the position at the delimiter, the line end or the end of the text.
    fn field(&mut self) -> (Field, AfterField) {
        let start = self.position;
        let quoted = self.quotes && self.byte(start) == Some(QUOTE);
        let after = if quoted {
            self.pass_quoted(start)
        } else {
            self.pass_plain();
            self.after_plain()
        };
        let end = self.position;
        (Field { start, end, quoted }, after)
    }

    fn pass_plain(&mut self) {
        let delimiter = self.delimiter;
        let within = self.within_limit();
        let length = within.iter().position(|&b| b == delimiter || Self::is_line_end(b)).unwrap_or(within.len());
        self.position += length;
    }

    /// What is looked through at most, so that one endless row is noticed without reading all of it.
    fn within_limit(&self) -> &[u8] {
        let rest = self.text.as_bytes().get(self.position..).unwrap_or_default();
        rest.get(..=MAX_ROW_BYTES).unwrap_or(rest)
    }

    fn after_plain(&self) -> AfterField {
        match self.byte(self.position) {
            Some(byte) if !Self::is_line_end(byte) => AfterField::Delimiter,
            _ => AfterField::LineEnd,
        }
    }

    fn pass_quoted(&mut self, start: usize) -> AfterField {
        self.position = start + 1;
        loop {
            let closing = self.within_limit().iter().position(|&b| b == QUOTE);
            let Some(length) = closing.filter(|_| self.position - start <= MAX_ROW_BYTES) else {
                self.position = self.text.len();
                return AfterField::Bad(Ending::UnclosedQuote);
            };
            self.position += length + 1;
            match self.byte(self.position) {
                Some(QUOTE) => self.position += 1,
                None => return AfterField::LineEnd,
                Some(byte) if Self::is_line_end(byte) => return AfterField::LineEnd,
                Some(byte) if byte == self.delimiter => return AfterField::Delimiter,
                Some(_) => return self.give_up_line(start),
            }
        }
    }

    /// A stray quote on the line where the field opened spoils that line only. On a later line it
    /// shows that the opening quote was never closed, and rows have been swallowed.
    fn give_up_line(&mut self, start: usize) -> AfterField {
        let passed = self.text.as_bytes().get(start..self.position);
        if passed.unwrap_or_default().iter().any(|&b| Self::is_line_end(b)) {
            return AfterField::Bad(Ending::UnclosedQuote);
        }
        let within = self.within_limit();
        match within.iter().position(|&b| Self::is_line_end(b)) {
            Some(length) => self.position += length,
            None if within.len() > MAX_ROW_BYTES => return AfterField::Bad(Ending::TooLong),
            None => self.position = self.text.len(),
        }
        AfterField::Bad(Ending::StrayQuote)
    }

    fn skip_line_end(&mut self) {
        match self.byte(self.position) {
            Some(b'\r') if self.byte(self.position + 1) == Some(b'\n') => self.position += 2,
            Some(b'\r' | b'\n') => self.position += 1,
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "split_tests.rs"]
mod tests;
