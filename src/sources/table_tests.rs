//! Ugly files as tables. All people are invented.
//! Leaves to others: what the columns mean.

use super::super::scan::MAX_ROWS;
use super::super::shape::LineEnd;
use super::super::split::{MAX_COLUMNS, MAX_ROW_BYTES};
use super::*;
use crate::sources::RowProblem;

fn rows(table: &Table<'_>) -> Vec<(u64, Vec<String>)> {
    let owned = |row: Row<'_>| (row.number, row.cells.into_iter().map(Cow::into_owned).collect());
    table.rows().map(owned).collect()
}

fn read(bytes: &[u8]) -> Table<'_> {
    Table::read(bytes).expect("a readable file")
}

fn problem(text: impl AsRef<[u8]>) -> FileProblem {
    Table::read(text.as_ref()).expect_err("a refused file")
}

fn row(number: u64, cells: &[&str]) -> (u64, Vec<String>) {
    (number, cells.iter().map(|c| c.to_string()).collect())
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_shows_them() {
    let table = read(b"ID,Name\r\n1,Lee\r\n\r\n \r\n,\r\n2,\"Ng\r\nBo\"\r\n3,Day\r\n");
    assert_eq!(rows(&table), [row(2, &["1", "Lee"]), row(6, &["2", "Ng\r\nBo"]), row(7, &["3", "Day"])]);
    assert_eq!(table.row_count(), 3);
}

#[test]
fn the_shape_of_the_file_is_told() {
    let shape = |text: &'static str| {
        let shape = read(text.as_bytes()).shape;
        (shape.delimiter, shape.quoted, shape.line_end)
    };
    assert_eq!(shape("ID\tName\r1\tLee\r"), (Some('\t'), false, Some(LineEnd::Cr)));
    assert_eq!(shape("\"ID\";\"Name\"\r\n"), (Some(';'), true, Some(LineEnd::CrLf)));
    assert_eq!(shape("ID^Name\n1^Lee"), (Some('^'), false, Some(LineEnd::Lf)));
    assert_eq!(shape("ID"), (None, false, None));
}

#[test]
fn blank_lines_before_the_header_are_counted_but_not_read() {
    let table = read(b"\n\nID,Name\n1,Lee\n");
    assert_eq!(rows(&table), [row(4, &["1", "Lee"])]);
}

#[test]
fn a_row_of_the_wrong_length_is_refused_and_the_others_go_in() {
    let table = read(b"ID\tName\tGrade\n1\tLee\t5\n2\tNg\n3\tDay\t5\tx\n4\tOh\t6\n");
    assert_eq!(rows(&table), [row(2, &["1", "Lee", "5"]), row(5, &["4", "Oh", "6"])]);
    let said: Vec<String> = table.problems.iter().map(RowProblem::to_string).collect();
    assert!(said[0].starts_with("Row 3: this row has 2 fields but the header has 3."), "{}", said[0]);
    assert!(said[1].starts_with("Row 4: this row has 4 fields but the header has 3."), "{}", said[1]);
    assert_eq!(table.row_count(), 4);
}

#[test]
fn a_comma_export_with_an_unquoted_last_first_is_explained() {
    let table = read(b"Student_Number,LastFirst,Grade_Level,DOB\n1,Lee, Al,5,1/2/2015\n2,Ng, Bo,5,1/2/2015\n");
    assert_eq!(table.problems.len(), 2);
    assert!(table.problems[0].to_string().contains("\"Last, First\" without quotes"));
}

#[test]
fn a_quotation_mark_in_an_unquoted_file_survives() {
    let table = read(b"ID\tName\n1\tRobert \"Bob\"\n2\t5'6\" tall\n3\t\"Bob\" Lee\n4\tLee \"\n");
    let names: Vec<String> = rows(&table).into_iter().map(|(_, cells)| cells[1].clone()).collect();
    assert_eq!(names, ["Robert \"Bob\"", "5'6\" tall", "\"Bob\" Lee", "Lee \""]);
    assert!(!table.shape.quoted && table.problems.is_empty());
}

#[test]
fn a_nickname_alone_in_quotation_marks_takes_no_other_row_with_it() {
    let table = read(b"ID\tName\tGrade\n1\t\"Bob\"\t5\n2\tLee\t6\n");
    assert_eq!(rows(&table).len(), 2);
}

#[test]
fn a_quote_that_is_never_closed_is_refused_with_its_row() {
    for text in [
        "ID,Name\n1,Lee\n2,\"Ng\n3,Day\n",
        "\"ID\",\"Name\"\n\"1\",\"Lee\"\n\"2\",\"Ng\n\"3\",\"Day\"\n",
        "ID,Name,City\n1,Lee,X\n2,\"Ng,X\n3,\"Day, Al\",X\n",
        "ID\tName\n1\tLee\n2\t\"Ng\n",
        "ID,Name\n1,Lee\n\"",
    ] {
        assert_eq!(problem(text), FileProblem::UnclosedQuote { row: 3 }, "{text}");
    }
}

#[test]
fn an_open_quote_closed_by_chance_rows_later_swallows_nobody() {
    let text = "ID\tName\tGrade\n1\t\"Bob\t5\n2\tLee\t6\n3\tAl\"\t7\n";
    assert_eq!(problem(text), FileProblem::UnclosedQuote { row: 2 });
}

#[test]
fn a_line_break_inside_quotes_is_one_cell() {
    let table = read(b"ID,Name,Street\n1,Lee,\"12 Main St\nApt 5\"\n2,Ng,x\n");
    assert_eq!(rows(&table), [row(2, &["1", "Lee", "12 Main St\nApt 5"]), row(3, &["2", "Ng", "x"])]);
}

#[test]
fn a_quote_that_is_not_doubled_spoils_one_row_only() {
    let table = read(b"\"ID\",\"Name\"\n\"1\",\"Robert \"Bob\" Lee\"\n\"2\",\"Ng \"\"Bo\"\"\"\n");
    assert_eq!(rows(&table), [row(3, &["2", "Ng \"Bo\""])]);
    assert!(table.problems[0].to_string().starts_with("Row 2: a quotation mark stands inside a quoted cell"));
}

#[test]
fn a_file_of_nothing_is_empty() {
    for text in ["", "\n\r\n \n", "\u{feff}", ",,,\n"] {
        assert_eq!(problem(text), FileProblem::Empty, "{text:?}");
    }
}

#[test]
fn a_header_alone_is_fine_and_noted() {
    let table = read(b"ID\tName\r\n");
    assert_eq!(table.row_count(), 0);
    assert_eq!(table.notes, ["The file has a header and no rows."]);
}

#[test]
fn a_first_row_of_data_is_no_header() {
    for (text, cell) in [
        ("313202\tLee\tAl\n313203\tNg\tBo\n", "313202"),
        ("Lee,Al,6/19/2007\n", "6/19/2007"),
        ("Lee;Al;al@school.example\n", "al@school.example"),
    ] {
        assert_eq!(problem(text), FileProblem::HeaderMissing { row: 1, cell: cell.to_owned() });
    }
}

#[test]
fn each_limit_is_a_problem_with_its_figure() {
    let long = format!("ID,Name\n1,Lee\n2,{}\n", "x".repeat(MAX_ROW_BYTES));
    assert_eq!(problem(&long), FileProblem::RowTooLong { row: 3, limit: MAX_ROW_BYTES });
    assert!(problem(&long).to_string().contains("1048576"));

    let titles: Vec<String> = (0..=MAX_COLUMNS).map(|n| format!("c{n}")).collect();
    let wide = problem(titles.join(","));
    assert_eq!(wide, FileProblem::TooManyColumns { row: 1, limit: MAX_COLUMNS });
    assert_eq!(read(titles[1..].join(",").as_bytes()).header.len(), MAX_COLUMNS);

    let many = problem("ID\n".to_owned() + &"1\n".repeat(MAX_ROWS as usize));
    assert_eq!(many, FileProblem::TooManyRows { limit: MAX_ROWS });

    let large = problem(vec![b'x'; MAX_FILE_BYTES + 1]);
    assert!(large.to_string().contains("268435456"), "{large}");
}

#[test]
fn a_file_read_as_windows_1252_says_so() {
    let table = read(b"ID\tName\r1\tZo\xEB\r");
    assert_eq!(rows(&table), [row(2, &["1", "Zoë"])]);
    assert!(table.notes[0].contains("Windows-1252"));
}

#[path = "table_round_trip.rs"]
mod round_trip;
