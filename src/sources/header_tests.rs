//! Titles in the spellings that are really met.
//! Leaves to others: the titles that a source wants.

use super::*;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Wanted {
    Number,
    Email,
    Campus,
}

impl From<Wanted> for usize {
    fn from(wanted: Wanted) -> usize {
        wanted as usize
    }
}

const ALIASES: &[Alias<Wanted>] = &[
    (Wanted::Number, &["Student_Number"]),
    (Wanted::Email, &["Email", "Email_Addr"]),
    (Wanted::Campus, &["[39]Name", "Campus"]),
];

fn header(titles: &[&str]) -> Header {
    Header::new(titles.iter().map(|t| t.to_string()).collect())
}

fn columns(titles: &[&str]) -> Result<Columns<Wanted>, FileProblem> {
    header(titles).columns(ALIASES, |table| table == "5" || table == "teachers")
}

#[test]
fn all_spellings_of_a_title_are_the_same_column() {
    for title in [
        "STUDENTS.Student_Number",
        "Student_Number",
        "Student Number",
        "student_number",
        "  STUDENT   NUMBER ",
        "[01]Student_Number",
        "[Students]Student_Number",
        "\"Student_Number\"",
        "\u{feff}Student_Number",
        "U_EXT.Student_Number",
    ] {
        let found = columns(&["x", title]).expect("no clash").place(Wanted::Number);
        assert_eq!(found, Some(1), "{title}");
    }
}

#[test]
fn the_table_and_its_number_are_kept_apart_from_the_name() {
    let parsed = |title| {
        let name = ColumnName::parse(title);
        (name.table, name.name)
    };
    assert_eq!(parsed("[039]Name"), (Some("39".to_owned()), "name".to_owned()));
    assert_eq!(parsed("UsersCoreFields.dob"), (Some("userscorefields".to_owned()), "dob".to_owned()));
    assert_eq!(parsed("St. Name"), (None, "st. name".to_owned()));
    assert_eq!(parsed("Room No."), (None, "room no.".to_owned()));
    assert_eq!(parsed("^(*gpa)"), (None, "^(*gpa)".to_owned()));
}

#[test]
fn two_spellings_of_one_wanted_column_are_refused_and_both_are_named() {
    let problem = columns(&["Student_Number", "Email", "STUDENTS.Student_Number"]).expect_err("a clash");
    let message = problem.to_string();
    assert!(message.contains("\"Student_Number\" and \"STUDENTS.Student_Number\""), "{message}");
}

#[test]
fn two_spellings_of_a_column_that_nobody_wants_do_no_harm() {
    let columns = columns(&["Student_Number", "STUDENTS.dcid", "SCHOOLS.dcid"]).expect("no clash");
    assert_eq!(columns.unused, ["STUDENTS.dcid", "SCHOOLS.dcid"]);
}

#[test]
fn the_best_title_wins_and_the_other_is_unused() {
    let columns = columns(&["Email_Addr", "Email"]).expect("no clash");
    assert_eq!(columns.place(Wanted::Email), Some(1));
    assert_eq!(columns.unused, ["Email_Addr"]);
}

#[test]
fn a_column_of_another_table_is_another_persons() {
    let columns = columns(&["[05]Email_Addr", "TEACHERS.Email", "[39]name"]).expect("no clash");
    assert!(!columns.has(Wanted::Email));
    assert_eq!(columns.place(Wanted::Campus), Some(2));
}

#[test]
fn an_alias_with_a_table_does_not_match_the_bare_name() {
    assert!(!columns(&["Name"]).expect("no clash").has(Wanted::Campus));
}

#[test]
fn columns_without_a_title_are_neither_a_clash_nor_a_note() {
    let columns = columns(&["Student_Number", "", "  "]).expect("no clash");
    assert_eq!(columns.place(Wanted::Number), Some(0));
    assert!(columns.unused.iter().all(|title| title.trim().is_empty()));
}

#[test]
fn a_missing_column_is_named_with_what_is_there_and_the_nearest() {
    let message = header(&["Studnet_Number", "Last_Name"]).missing("Student_Number", None).to_string();
    assert!(message.starts_with("The column Student_Number is missing. The file has: Studnet_Number, Last_Name."));
    assert!(message.contains("The nearest is \"Studnet_Number\"."), "{message}");
}
