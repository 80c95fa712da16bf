//! Finds the delimiter of a file from its header and its first rows.
//! Leaves to others: cutting the file, and whether its quotes count.

use super::split::{Dialect, Ending, Field, MAX_ROW_BYTES, Splitter};

/// In the order that settles a tie. A tab is asked first: no column title holds one.
const USUAL: [u8; 5] = [b'\t', b',', b';', b'|', b'^'];
/// Marks that column titles and data really hold, so they say nothing about cutting.
const NEVER: &[u8] = b"\"'()[]-_.";
/// Enough rows to see a pattern; the whole file is read only once.
const SAMPLE: usize = 20;
const SAMPLE_BYTES: usize = MAX_ROW_BYTES;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Delimiter(Option<u8>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// Quotes closed as they should under this delimiter.
    quotes_close: bool,
    rows_alike: usize,
    columns: usize,
    rows: usize,
}

impl Delimiter {
    pub fn byte(self) -> Option<u8> {
        self.0
    }

    pub fn detect(text: &str) -> Self {
        if fit(text, b'\t').columns > 1 {
            return Self(Some(b'\t'));
        }
        let usual = best(text, USUAL.into_iter(), |fit| fit.columns > 1);
        // "Other:" in the export form allows any mark. It must cut every sampled row alike, or else a
        // title such as "Phone #" in a file of one column would be taken apart.
        usual
            .or_else(|| {
                let others =
                    (b'!'..=b'~').filter(|b| b.is_ascii_punctuation() && !USUAL.contains(b) && !NEVER.contains(b));
                best(text, others, |fit| fit.columns > 1 && fit.quotes_close && fit.rows_alike == fit.rows)
            })
            .map_or(Self(None), |byte| Self(Some(byte)))
    }
}

fn best(text: &str, marks: impl Iterator<Item = u8>, is_likely: impl Fn(&Fit) -> bool) -> Option<u8> {
    let mut best: Option<(Fit, u8)> = None;
    for mark in marks {
        let fit = fit(text, mark);
        if is_likely(&fit) && best.is_none_or(|(held, _)| fit > held) {
            best = Some((fit, mark));
        }
    }
    best.map(|(_, mark)| mark)
}

fn fit(text: &str, mark: u8) -> Fit {
    let mut rows = Sample::new(text, Some(mark));
    let Some((header, closes)) = rows.next() else {
        return Fit { quotes_close: false, rows_alike: 0, columns: 0, rows: 0 };
    };
    let mut fit = Fit { quotes_close: closes, rows_alike: 0, columns: header, rows: 0 };
    for (columns, closes) in rows {
        fit.quotes_close &= closes;
        fit.rows += 1;
        fit.rows_alike += usize::from(columns == header);
    }
    fit
}

/// The header and the first rows, blank lines left out: how many fields, and whether their quotes close.
struct Sample<'t> {
    text: &'t str,
    splitter: Splitter<'t>,
    fields: Vec<Field>,
    left: usize,
}

impl<'t> Sample<'t> {
    fn new(text: &'t str, delimiter: Option<u8>) -> Self {
        let splitter = Splitter::new(text, Dialect { delimiter, quotes: true });
        Self { text, splitter, fields: Vec::new(), left: SAMPLE + 1 }
    }
}

impl Iterator for Sample<'_> {
    type Item = (usize, bool);

    fn next(&mut self) -> Option<Self::Item> {
        while self.left > 0 {
            let record = self.splitter.next_into(&mut self.fields)?;
            if record.start > SAMPLE_BYTES {
                break;
            }
            let is_cut = matches!(record.ending, Ending::Whole | Ending::StrayQuote);
            let line = self.text.get(record.start..record.end).unwrap_or_default();
            if is_cut && line.trim().is_empty() {
                continue;
            }
            // Where one row ends nowhere, the next begins nowhere.
            self.left = if is_cut { self.left - 1 } else { 0 };
            return Some((self.fields.len(), record.ending == Ending::Whole));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(text: &str) -> Option<char> {
        Delimiter::detect(text).byte().map(char::from)
    }

    #[test]
    fn each_usual_delimiter_is_found() {
        for mark in ['\t', ',', ';', '|', '^'] {
            let text = format!("Student_Number{mark}Last_Name\n1{mark}Smith\n");
            assert_eq!(detected(&text), Some(mark));
        }
    }

    #[test]
    fn a_tab_wins_over_commas_in_a_title_and_in_the_data() {
        assert_eq!(detected("Last, First, Middle\tStudent Number\nLee, Al, B\t1\n"), Some('\t'));
    }

    #[test]
    fn a_semicolon_file_with_commas_inside_its_quotes_is_a_semicolon_file() {
        assert_eq!(detected("\"Last, First, Middle\";\"ID\"\n\"Lee, Al\";\"1\"\n"), Some(';'));
    }

    #[test]
    fn the_rows_decide_when_the_header_holds_both() {
        assert_eq!(detected("Student;Last, First, Middle\n1;Lee\n2;Ng\n"), Some(';'));
    }

    #[test]
    fn an_unquoted_last_first_does_not_hide_the_comma() {
        assert_eq!(detected("Student_Number,LastFirst\n1,Lee, Al\n2,Ng, Bo\n"), Some(','));
    }

    #[test]
    fn another_mark_is_found_when_every_row_agrees() {
        assert_eq!(detected("Student_Number~Last_Name\n1~Lee\n2~Ng\n"), Some('~'));
        assert_eq!(detected("Student_Number~Last_Name"), Some('~'));
    }

    #[test]
    fn a_file_of_one_column_has_no_delimiter() {
        assert_eq!(detected("Phone #\n512-1\n512-2\n"), None);
        assert_eq!(detected("Parent/Guardian\nLee\n"), None);
        assert_eq!(detected("Student_Number\n1\n2\n"), None);
    }
}
