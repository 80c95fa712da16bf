//! Ugly exports of students, as they are really met. All people are invented.
//! Leaves to others: single cells and the table.

use proptest::prelude::*;

use super::super::shape::LineEnd;
use super::super::text::{Charset, NAMES};
use super::*;
use crate::sources::RowProblem;

fn read(bytes: impl AsRef<[u8]>) -> StudentsFile {
    read_students(bytes.as_ref()).expect("a readable file")
}

fn problem(text: &str) -> String {
    read_students(text.as_bytes()).expect_err("a refused file").to_string()
}

/// One column beside the three that every file needs.
fn with_column(title: &str, cell: &str) -> StudentsFile {
    read(format!("Student_Number\tLast_Name\tFirst_Name\t{title}\n313202\tGriffin\tArden\t{cell}\n"))
}

fn only(file: &StudentsFile) -> &StudentRecord {
    assert_eq!(file.problems, []);
    assert_eq!(file.records.len(), 1);
    &file.records[0]
}

fn said(file: &StudentsFile) -> Vec<String> {
    file.problems.iter().map(RowProblem::to_string).collect()
}

const QUICK_IMPORT: &str = "Student_Number,SchoolID,First_Name,Middle_Name,Last_Name,Grade_Level,Home_Phone,Gender,DOB,FTEID,Enroll_Status,EntryDate,ExitDate,Street,City,State,Zip,Sched_YearOfGraduation\r\n\
    313202,300,Arden,Skye,Griffin,12,512-751-7225,F,06/19/2007,102,0,9/2/25,6/30/2026,12 Elm St,Austin,TX,78701,2026\r\n";

#[test]
fn a_quick_import_file_is_read_whole() {
    let file = read(QUICK_IMPORT);
    let student = only(&file);
    assert_eq!(student.student_number.as_given(), "313202");
    assert_eq!((student.last_name.as_str(), student.first_name.as_str()), ("Griffin", "Arden"));
    assert_eq!(student.middle_name.as_deref(), Some("Skye"));
    assert_eq!(student.birth_date, NaiveDate::from_ymd_opt(2007, 6, 19));
    assert_eq!(student.address.as_deref(), Some("12 Elm St\nAustin, TX 78701"));
    assert_eq!((student.grade_level, student.grad_year), (Some(12), Some(2026)));
    assert_eq!(student.enrollment, Some(EnrollStatus::Active));
    assert_eq!((student.row, file.rows), (2, 1));
    assert_eq!(file.notes, ["These columns are not used: SchoolID, FTEID, EntryDate, ExitDate."]);
    assert_eq!(file.shape.to_string(), "UTF-8, commas, no quotes, CR-LF");
}

#[test]
fn an_absent_column_says_nothing_and_a_blank_cell_says_none() {
    let file = with_column("DOB", "0/0/0");
    assert_eq!(only(&file).birth_date, None);
    assert!(file.columns.contains(&StudentColumn::BirthDate));
    assert!(!file.columns.contains(&StudentColumn::Email));
    assert!(!file.columns.contains(&StudentColumn::MiddleName));
}

#[test]
fn a_tab_export_by_an_old_mac_is_read() {
    let file = read(b"Student Number\tLastFirst\t[39]name\r00042\tO\x92Connor, Zo\xEB\tUpper School\r");
    let student = only(&file);
    assert_eq!((file.shape.charset, file.shape.line_end), (Charset::Windows1252, Some(LineEnd::Cr)));
    assert_eq!((student.last_name.as_str(), student.first_name.as_str()), ("O’Connor", "Zoë"));
    assert_eq!((student.student_number.as_given().as_str(), student.student_number.value()), ("00042", 42));
    assert_eq!(student.campus.as_deref(), Some("Upper School"));
}

#[test]
fn a_data_export_manager_file_with_table_names_and_quotes_is_read() {
    let file = read(
        "\u{feff}\"STUDENTS.dcid\",\"STUDENTS.Student_Number\",\"STUDENTS.First_Name\",\"STUDENTS.Last_Name\",\"STUDENTS.ClassOf\"\r\n\
         \"77\",\"313202\",\"Robert \"\"Bob\"\"\",\"Smith, Jr.\",\"2031\"\r\n",
    );
    let student = only(&file);
    assert_eq!((student.first_name.as_str(), student.last_name.as_str()), ("Robert \"Bob\"", "Smith, Jr."));
    assert_eq!(student.grad_year, Some(2031));
}

#[test]
fn the_titles_of_the_whole_table_are_read_with_the_dcid() {
    let file = read(
        "STUDENTS.ID\tSTUDENTS.dcid\tSTUDENTS.PSGUID\tSTUDENTS.Student_Number\tSTUDENTS.First_Name\tSTUDENTS.Middle_Name\t\
         STUDENTS.Last_Name\tSTUDENTS.LastFirst\tSTUDENTS.Grade_Level\tSTUDENTS.ClassOf\tSTUDENTS.SchoolID\t\
         STUDENTS.Enroll_Status\tSTUDENTS.EntryDate\tSTUDENTS.ExitDate\tSTUDENTS.Family_Ident\n\
         5\t77\tx\t313202\tArden\t\tGriffin\tGriffin, Arden\t12\t2026\t300\t0\t9/2/2025\t0/0/0\t3632\n",
    );
    let student = only(&file);
    assert_eq!((student.dcid.map(KeyNumber::value), student.student_number.value()), (Some(77), 313202));
    assert!(file.columns.contains(&StudentColumn::Dcid));
}

#[test]
fn names_of_all_scripts_survive() {
    let rows: String = NAMES.iter().zip(1..).map(|(name, n)| format!("{n}\t{name}\t{name}\n")).collect();
    let text = format!("Student_Number\tLast_Name\tFirst_Name\n{rows}");
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [text.into_bytes(), utf_16] {
        let file = read(bytes);
        assert_eq!(file.problems, []);
        let read_back: Vec<&str> = file.records.iter().map(|r| r.last_name.as_str()).collect();
        assert_eq!(read_back, NAMES);
    }
}

#[test]
fn a_bad_number_is_refused_as_the_style_guide_says_it() {
    let file = read("Student_Number,Last_Name,First_Name\n1,Lee,Al\n00A7,Ng,Bo\n");
    assert_eq!(
        said(&file),
        ["Row 3, column Student_Number: \"00A7\" is not a number. Correct it in PowerSchool and export again."]
    );
    assert_eq!((file.records.len(), file.rows), (1, 2));
}

#[test]
fn every_bad_cell_of_a_row_is_named_with_the_title_of_the_file() {
    let file = read(
        "student number\tLast Name\tFirst Name\tDate of Birth\tE-mail\tEnroll_Status\tGrade Level\tClassOf\n\
         1\tLee\tA\u{fffd}\t31/12/2010\tal@\t7\t13\t31\n2\tNg\tBo\t\t\t\t\t\n",
    );
    let columns: Vec<&str> = file.problems.iter().filter_map(|p| p.column.as_deref()).collect();
    assert_eq!(columns, ["First Name", "ClassOf", "Date of Birth", "E-mail", "Grade Level", "Enroll_Status"]);
    assert!(file.problems.iter().all(|p| p.row == 2));
    assert_eq!(file.records.len(), 1);
}

#[test]
fn internal_numbers_are_refused_in_place_of_the_student_number() {
    let message = problem("STUDENTS.ID\tSTUDENTS.dcid\tLast_Name\tFirst_Name\n1\t2\tLee\tAl\n");
    assert!(message.starts_with("The column Student_Number is missing."), "{message}");
    assert!(message.contains("STUDENTS.ID and STUDENTS.dcid cannot be used instead"), "{message}");
}

#[test]
fn a_missing_name_column_is_refused() {
    assert!(problem("Student_Number\tFrst_Name\tLast_Name\n").contains("First_Name is missing"));
    assert!(problem("Student_Number\tFrst_Name\tLast_Name\n").contains("nearest is \"Frst_Name\""));
    assert!(problem("Student_Number\tFirst_Name\n").contains("Last_Name is missing"));
}

#[test]
fn the_same_column_twice_is_refused() {
    let message = problem("STUDENTS.Student_Number\tStudent Number\tLastFirst\n");
    assert!(message.contains("\"STUDENTS.Student_Number\" and \"Student Number\""), "{message}");
}

#[test]
fn a_header_alone_is_a_file_without_students() {
    let file = read("Student_Number\tLastFirst\r\n");
    assert_eq!((file.rows, file.records.len()), (0, 0));
    assert_eq!(file.notes, ["The file has a header and no rows."]);
}

#[test]
fn rows_of_the_wrong_length_stand_among_the_other_problems_in_order() {
    let file = read("Student_Number,LastFirst\nx,Lee\n1,Lee, Al\ny,Ng\n");
    assert_eq!(file.problems.iter().map(|p| p.row).collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(file.rows, 3);
}

#[test]
fn two_exports_joined_by_hand_show_their_second_header() {
    let file = read("Student_Number,Last_Name,First_Name\n1,Lee,Al\nStudent_Number,Last_Name,First_Name\n2,Ng,Bo\n");
    assert_eq!((file.records.len(), file.problems.len()), (2, 1));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_students(&bytes);
    }

    #[test]
    fn no_rows_below_a_good_header_make_it_panic_or_get_lost(
        quoted in any::<bool>(),
        rest in proptest::collection::vec(proptest::sample::select(b"01279,,,,\n\n\r\t\"\"/-@. aZ\xC3\xA9\xE9\xFF\0".to_vec()), 0..200),
    ) {
        let header: &[u8] = if quoted {
            b"\"Student_Number\",\"LastFirst\",\"DOB\",\"Email\"\n"
        } else {
            b"Student_Number,LastFirst,DOB,Email\n"
        };
        if let Ok(file) = read_students(&[header, &rest].concat()) {
            let mut rows: Vec<u64> = file.problems.iter().map(|p| p.row).collect();
            rows.extend(file.records.iter().map(|r| r.row));
            rows.sort_unstable();
            rows.dedup();
            prop_assert_eq!(rows.len() as u64, file.rows);
        }
    }
}

mod doubles;
mod fields;
