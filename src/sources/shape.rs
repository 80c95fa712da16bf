//! How a file was written, for the receipt: charset, delimiter, quotes, line end.
//! Leaves to others: finding it out.

use std::fmt;

use super::text::Charset;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    CrLf,
    Lf,
    Cr,
}

impl LineEnd {
    /// The one that ends the header: the first in the file that stands outside quotes.
    pub(super) fn at(text: &str, position: usize) -> Option<Self> {
        match text.as_bytes().get(position..)? {
            [b'\r', b'\n', ..] => Some(Self::CrLf),
            [b'\r', ..] => Some(Self::Cr),
            [b'\n', ..] => Some(Self::Lf),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileShape {
    pub charset: Charset,
    /// `None` in a file of one column.
    pub delimiter: Option<char>,
    pub quoted: bool,
    /// `None` in a file of one line that does not end.
    pub line_end: Option<LineEnd>,
}

impl fmt::Display for FileShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, ", self.charset)?;
        match self.delimiter {
            None => f.write_str("one column")?,
            Some('\t') => f.write_str("tabs")?,
            Some(',') => f.write_str("commas")?,
            Some(';') => f.write_str("semicolons")?,
            Some(other) => write!(f, "delimiter {other}")?,
        }
        f.write_str(if self.quoted { ", quotes" } else { ", no quotes" })?;
        f.write_str(match self.line_end {
            None => "",
            Some(LineEnd::CrLf) => ", CR-LF",
            Some(LineEnd::Lf) => ", LF",
            Some(LineEnd::Cr) => ", CR",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_reads_as_a_line_of_a_receipt() {
        let shape = FileShape {
            charset: Charset::Utf16Le,
            delimiter: Some('\t'),
            quoted: false,
            line_end: Some(LineEnd::CrLf),
        };
        assert_eq!(shape.to_string(), "UTF-16 LE, tabs, no quotes, CR-LF");
    }
}
