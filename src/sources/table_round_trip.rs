//! Any table that a delimiter, a quoting, a line end and a charset can carry reads back equal.
//! Leaves to others: files that are damaged.

use encoding_rs::WINDOWS_1252;
use proptest::prelude::*;

use super::{Charset, LineEnd, read, rows};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Quoting {
    Never,
    WhereNeeded,
    Always,
}

#[derive(Debug, Clone)]
struct Written {
    delimiter: char,
    quoting: Quoting,
    line_end: LineEnd,
    charset: Charset,
    bom: bool,
    ends: bool,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Written {
    fn can_carry(&self) -> bool {
        let cells = || self.rows.iter().flatten();
        let is_split = |cell: &str| cell.contains(['\n', '\r', self.delimiter]);
        // Rows of blanks are skipped, which other tests show.
        let blank = self.rows.iter().any(|row| row.iter().all(|cell| cell.trim().is_empty()));
        let quoting = match self.quoting {
            Quoting::Always => true,
            Quoting::Never => !cells().any(|cell| is_split(cell) || cell.starts_with('"')),
            // Where each line of a tall cell looks like a row, the quote is taken for one left open.
            Quoting::WhereNeeded => {
                !(cells().any(|cell| cell.contains(['\n', '\r'])) && cells().any(|cell| cell.contains(self.delimiter)))
            }
        };
        // Letters that happen to look like UTF-8 (`Þ’`) make a Windows-1252 file look mixed.
        let charset = self.charset != Charset::Windows1252
            || (!cells().any(|cell| WINDOWS_1252.encode(cell).2)
                && self.bytes().utf8_chunks().all(|chunk| chunk.valid().is_ascii()));
        !blank && quoting && charset
    }

    fn cell(&self, cell: &str) -> String {
        let needs = cell.contains(['"', '\n', '\r', self.delimiter]);
        match self.quoting {
            Quoting::Always => format!("\"{}\"", cell.replace('"', "\"\"")),
            Quoting::WhereNeeded if needs => format!("\"{}\"", cell.replace('"', "\"\"")),
            _ => cell.to_owned(),
        }
    }

    fn line(&self, cells: &[String]) -> String {
        let cells: Vec<String> = cells.iter().map(|cell| self.cell(cell)).collect();
        cells.join(&self.delimiter.to_string())
    }

    fn bytes(&self) -> Vec<u8> {
        let end = match self.line_end {
            LineEnd::CrLf => "\r\n",
            LineEnd::Lf => "\n",
            LineEnd::Cr => "\r",
        };
        let lines = std::iter::once(&self.header).chain(&self.rows).map(|row| self.line(row));
        let mut text = lines.collect::<Vec<_>>().join(end);
        if self.ends {
            text.push_str(end);
        }
        if self.bom && self.charset != Charset::Windows1252 {
            text.insert(0, '\u{FEFF}');
        }
        match self.charset {
            Charset::Utf8 | Charset::Utf8WithBom => text.into_bytes(),
            Charset::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Charset::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Charset::Windows1252 => WINDOWS_1252.encode(&text).0.into_owned(),
        }
    }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => "[a-zA-Z ]{0,8}",
        2 => "[ab\"\n\r,;\t|^~]{0,6}",
        1 => "[éëÞóœŽ’ñ€ a-c]{0,6}",
        2 => "\\PC{0,10}",
        1 => any::<String>().prop_map(|text| text.replace('\0', "")),
        1 => proptest::sample::select(super::super::super::text::NAMES.to_vec()).prop_map(str::to_owned),
    ]
}

fn written() -> impl Strategy<Value = Written> {
    let how = (
        proptest::sample::select(vec!['\t', ',', ';', '|', '^', '~', '#', ':']),
        proptest::sample::select(vec![Quoting::Never, Quoting::WhereNeeded, Quoting::Always]),
        proptest::sample::select(vec![LineEnd::CrLf, LineEnd::Lf, LineEnd::Cr]),
        proptest::sample::select(vec![Charset::Utf8, Charset::Utf16Le, Charset::Utf16Be, Charset::Windows1252]),
        any::<bool>(),
        any::<bool>(),
    );
    (how, 2..5usize).prop_flat_map(|(how, width)| {
        let row = proptest::collection::vec(cell(), width);
        proptest::collection::vec(row, 0..6).prop_map(move |rows| {
            let (delimiter, quoting, line_end, charset, bom, ends) = how;
            let header = (0..width).map(|n| format!("Column{n}")).collect();
            Written { delimiter, quoting, line_end, charset, bom, ends, header, rows }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn a_table_reads_back_as_it_was_written(written in written()) {
        prop_assume!(written.can_carry());
        let bytes = written.bytes();
        let table = read(&bytes);
        prop_assert_eq!(table.header.titles(), &written.header);
        prop_assert_eq!(table.problems.len(), 0);
        let read_back: Vec<Vec<String>> = rows(&table).into_iter().map(|(_, cells)| cells).collect();
        prop_assert_eq!(&read_back, &written.rows);
        prop_assert_eq!(table.shape.delimiter, Some(written.delimiter));
        if !written.rows.is_empty() || written.ends {
            prop_assert_eq!(table.shape.line_end, Some(written.line_end));
        }
    }
}
