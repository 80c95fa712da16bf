//! Bytes of an uploaded file -> text, and the charset it was found in.
//! Leaves to others: everything that text means, rows included (they are only counted to name a damaged one).

use std::borrow::Cow;
use std::fmt;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::problem::FileProblem;
use super::row_number::row_after;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    Utf8,
    Utf8WithBom,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8WithBom => "UTF-8 with BOM",
            Self::Utf16Le => "UTF-16 LE",
            Self::Utf16Be => "UTF-16 BE",
            Self::Windows1252 => "Windows-1252",
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'b> {
    pub charset: Charset,
    pub text: Cow<'b, str>,
}

const UTF_8_BOM: &[u8] = b"\xEF\xBB\xBF";

/// Every letter survives, or the file is refused: nothing is replaced on the way.
pub fn decode(bytes: &[u8]) -> Result<Text<'_>, FileProblem> {
    let decoded = match bytes {
        [0xFF, 0xFE, rest @ ..] => utf_16(rest, Charset::Utf16Le)?,
        [0xFE, 0xFF, rest @ ..] => utf_16(rest, Charset::Utf16Be)?,
        // Without a BOM the NUL halves tell: a table begins with a header, and a header with Latin letters.
        [1..=255, 0, 1..=255, 0, ..] => utf_16(bytes, Charset::Utf16Le)?,
        [0, 1..=255, 0, 1..=255, ..] => utf_16(bytes, Charset::Utf16Be)?,
        _ => utf_8_or_windows_1252(bytes)?,
    };
    match decoded.text.split_once('\0') {
        Some((before, _)) => Err(FileProblem::NulByte { row: row_after(before) }),
        None => Ok(decoded),
    }
}

fn utf_16(bytes: &[u8], charset: Charset) -> Result<Text<'_>, FileProblem> {
    let encoding: &Encoding = if charset == Charset::Utf16Be { UTF_16BE } else { UTF_16LE };
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(Text { charset, text }),
        None => {
            // The first letter that had to be replaced is where the file is damaged.
            let (lossy, _) = encoding.decode_without_bom_handling(bytes);
            let before = lossy.split('\u{FFFD}').next().unwrap_or_default();
            Err(FileProblem::BrokenCharset { charset, row: row_after(before) })
        }
    }
}

fn utf_8_or_windows_1252(bytes: &[u8]) -> Result<Text<'_>, FileProblem> {
    let (charset, body) = match bytes.strip_prefix(UTF_8_BOM) {
        Some(rest) => (Charset::Utf8WithBom, rest),
        None => (Charset::Utf8, bytes),
    };
    if let Ok(text) = std::str::from_utf8(body) {
        let text = Cow::Borrowed(text);
        return Ok(Text { charset, text });
    }
    // A BOM, or one letter that only UTF-8 writes so, says that the rest was meant as UTF-8 too.
    let is_meant_as_utf_8 =
        charset == Charset::Utf8WithBom || body.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    if is_meant_as_utf_8 {
        let before = body.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        return Err(FileProblem::MixedCharsets { row: row_after(before) });
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(body);
    Ok(Text { charset: Charset::Windows1252, text })
}

#[cfg(test)]
/// Scripts and marks that a school meets; Windows-1252 can carry only some of them.
pub(super) const NAMES: &[&str] = &[
    "محمد عبد الله",
    "יעקב בן־דוד",
    "გიორგი ბერიძე",
    "Þórunn Sæmundsdóttir",
    "O’Connor",
    "王小明",
    "Yılmaz İnönü",
    "Zoe\u{308} Nguye\u{302}\u{303}n",
    "𠮷野家",
    "می\u{200c}خواهم",
    "Œuvré Žižek",
];

#[cfg(test)]
#[allow(clippy::expect_used)]
#[path = "text_tests.rs"]
mod tests;
