//! Bytes in every charset that an export is met in, whole and damaged.
//! Leaves to others: what the text means.

use super::*;

fn utf_16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

fn with(mark: &[u8], body: Vec<u8>) -> Vec<u8> {
    [mark, &body].concat()
}

fn problem(bytes: &[u8]) -> FileProblem {
    decode(bytes).expect_err("a damaged file")
}

#[test]
fn names_of_all_scripts_survive_in_every_unicode_charset() {
    let text = format!("Name\n{}\n", NAMES.join("\n"));
    let files = [
        (Charset::Utf8, text.clone().into_bytes()),
        (Charset::Utf8WithBom, with(UTF_8_BOM, text.clone().into_bytes())),
        (Charset::Utf16Le, with(b"\xFF\xFE", utf_16(&text, false))),
        (Charset::Utf16Be, with(b"\xFE\xFF", utf_16(&text, true))),
        (Charset::Utf16Le, utf_16(&text, false)),
        (Charset::Utf16Be, utf_16(&text, true)),
    ];
    for (charset, bytes) in files {
        let decoded = decode(&bytes).expect("a whole file");
        assert_eq!((decoded.charset, decoded.text.as_ref()), (charset, text.as_str()));
    }
}

#[test]
fn what_is_not_utf_8_is_read_as_windows_1252() {
    let decoded = decode(b"Name\nO\x92Connor\nZo\xEB\n\x8Ei\x9Eek\n\xDE\xF3runn\n").expect("a whole file");
    assert_eq!(decoded.charset, Charset::Windows1252);
    assert_eq!(decoded.text, "Name\nO’Connor\nZoë\nŽižek\nÞórunn\n");
}

#[test]
fn a_file_of_two_charsets_is_refused_at_the_first_odd_row() {
    let bytes = b"Number,Name\n1,Zo\xC3\xAB\n2,\"Ng,\nBo\"\n3,Zo\xEB\n4,Zo\xEB\n";
    assert_eq!(problem(bytes), FileProblem::MixedCharsets { row: 4 });
    let odd_first = b"Number,Name\n1,Zo\xEB\n2,Zo\xC3\xAB\n";
    assert_eq!(problem(odd_first), FileProblem::MixedCharsets { row: 2 });
}

#[test]
fn a_bom_promises_utf_8_for_the_whole_file() {
    assert_eq!(problem(b"\xEF\xBB\xBFNumber\tName\r\n1\tZo\xEB\r\n"), FileProblem::MixedCharsets { row: 2 });
}

#[test]
fn a_utf_8_file_cut_inside_a_letter_is_not_taken_for_another_charset() {
    assert_eq!(problem(b"Name\nZo\xC3\xAB\n\xE7\x8E"), FileProblem::MixedCharsets { row: 3 });
}

#[test]
fn utf_16_with_half_a_letter_names_the_row() {
    let mut cut = utf_16("ID\tName\n1\tLee", false);
    cut.pop();
    assert_eq!(problem(&cut), FileProblem::BrokenCharset { charset: Charset::Utf16Le, row: 2 });
    let mut lone = utf_16("ID\n", true);
    lone.extend_from_slice(b"\xD8\x00\x00A");
    assert_eq!(problem(&lone), FileProblem::BrokenCharset { charset: Charset::Utf16Be, row: 2 });
}

#[test]
fn a_nul_byte_is_refused_with_its_row() {
    assert_eq!(problem(b"ID\r\n1\r\n2\0\r\n"), FileProblem::NulByte { row: 3 });
    // A spreadsheet of the old kind, and UTF-32.
    assert!(matches!(problem(b"\xD0\xCF\x11\xE0\0\0"), FileProblem::NulByte { .. }));
    assert!(matches!(problem(b"\xFF\xFE\0\0A\0\0\0"), FileProblem::NulByte { .. }));
}

#[test]
fn plain_ascii_and_nothing_at_all_are_utf_8() {
    assert_eq!(decode(b"abc").expect("text").charset, Charset::Utf8);
    assert_eq!(decode(b"").expect("text").text, "");
}
