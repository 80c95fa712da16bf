//! Records and fields, cut from small pieces of text.
//! Leaves to others: which dialect a file has.

use super::*;

fn cut(text: &str, delimiter: u8, quotes: bool) -> Vec<(Vec<String>, Ending)> {
    let delimiter = Some(delimiter);
    let mut splitter = Splitter::new(text, Dialect { delimiter, quotes });
    let mut fields = Vec::new();
    let mut records = Vec::new();
    while let Some(record) = splitter.next_into(&mut fields) {
        let values = fields.iter().map(|f| f.value(text).into_owned()).collect();
        records.push((values, record.ending));
    }
    records
}

fn whole(cells: &[&str]) -> (Vec<String>, Ending) {
    (cells.iter().map(|c| c.to_string()).collect(), Ending::Whole)
}

#[test]
fn every_line_end_ends_a_record_and_the_last_needs_none() {
    assert_eq!(
        cut("a,b\r\nc,d\re,\n\n,f", b',', true),
        [whole(&["a", "b"]), whole(&["c", "d"]), whole(&["e", ""]), whole(&[""]), whole(&["", "f"])]
    );
}

#[test]
fn a_delimiter_at_the_very_end_opens_one_more_empty_field() {
    assert_eq!(cut("a,", b',', true), [whole(&["a", ""])]);
}

#[test]
fn a_quoted_field_holds_delimiters_quotes_and_line_ends() {
    assert_eq!(
        cut("\"Smith, Al\",\"say \"\"hi\"\"\",\"two\r\nlines\"\n\"\",x", b',', true),
        [whole(&["Smith, Al", "say \"hi\"", "two\r\nlines"]), whole(&["", "x"])]
    );
}

#[test]
fn a_quote_in_the_middle_is_a_letter_like_any_other() {
    assert_eq!(cut("Robert \"Bob\"\tx", b'\t', true), [whole(&["Robert \"Bob\"", "x"])]);
    assert_eq!(cut("\"Bob\" Lee\tx", b'\t', false), [whole(&["\"Bob\" Lee", "x"])]);
}

#[test]
fn a_stray_quote_spoils_its_own_line_only() {
    let records = cut("\"a \"b\" c\",d\ne,f\n", b',', true);
    assert_eq!(records[0].1, Ending::StrayQuote);
    assert_eq!(records[1], whole(&["e", "f"]));
}

#[test]
fn a_quote_that_swallows_lines_is_unclosed() {
    assert_eq!(cut("\"a,b\n\"c\",d\n", b',', true)[0].1, Ending::UnclosedQuote);
    assert_eq!(cut("x,\"a\nb\nc", b',', true)[0].1, Ending::UnclosedQuote);
}

#[test]
fn a_row_stops_at_its_limits() {
    let wide = ",".repeat(MAX_COLUMNS);
    assert_eq!(cut(&wide, b',', true)[0].1, Ending::TooManyColumns);
    assert_eq!(cut(&wide[1..], b',', true)[0].1, Ending::Whole);
    let long = "x".repeat(MAX_ROW_BYTES + 1);
    assert_eq!(cut(&long, b',', true)[0].1, Ending::TooLong);
    assert_eq!(cut(&long[1..], b',', true)[0].1, Ending::Whole);
}
