//! Exports of staff as they are really met. All people are invented.
//! Leaves to others: single cells, and the order of rows (`extract`).

use super::*;
use crate::sources::HeaderMap;

fn open(text: &str) -> TeachersExtract<'_> {
    TeachersExtract::open(text.as_bytes(), &HeaderMap::default()).expect("a readable file")
}

fn problem(text: &str) -> String {
    TeachersExtract::open(text.as_bytes(), &HeaderMap::default()).expect_err("a refused file").to_string()
}

fn only(text: &str) -> TeacherRecord {
    let extract = open(text);
    assert_eq!((extract.problems().len(), extract.len()), (0, 1), "{text}");
    extract.record(0).expect("a good record")
}

fn said(extract: &TeachersExtract<'_>) -> Vec<String> {
    extract.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn users_have_one_row_per_person() {
    let teacher = only(
        "USERS.dcid\tUSERS.First_Name\tUSERS.Middle_Name\tUSERS.Last_Name\tUSERS.HomeSchoolId\tUSERS.TeacherNumber\t\
         USERS.Title\tUSERS.Email_Addr\tUSERS.Department\n1011\tArden\tSkye\tGriffin\t160\tT7\tMs\ta@school.example\tArt\n",
    );
    assert_eq!((teacher.users_dcid.value(), teacher.row), (1011, 2));
    assert_eq!((teacher.last_name.as_str(), teacher.first_name.as_str()), ("Griffin", "Arden"));
    assert_eq!(teacher.middle_name.as_deref(), Some("Skye"));
    assert_eq!(teacher.email.as_deref(), Some("a@school.example"));
    assert_eq!((teacher.title.as_deref(), teacher.department.as_deref()), (Some("Ms"), Some("Art")));
    assert_eq!((teacher.is_current, teacher.campuses.len()), (None, 0));
}

#[test]
fn the_key_is_met_under_every_spelling() {
    for title in [
        "USERS.dcid",
        "SCHOOLSTAFF.Users_DCID",
        "TEACHERS.Users_DCID",
        "TEACHERS.USERS_DCID",
        "[5]Users_DCID",
        "[05]users dcid",
        "users_dcid",
        "Users Dcid",
    ] {
        let text = format!("{title}\tTEACHERS.ID\tLastFirst\n1011\t9\tGriffin, Arden\n");
        assert_eq!(only(&text).users_dcid.value(), 1011, "{title}");
    }
    assert_eq!(only("dcid\tUSERS.First_Name\tUSERS.Last_Name\n1011\tArden\tGriffin\n").users_dcid.value(), 1011);
}

#[test]
fn users_joined_with_schoolstaff_are_people_with_their_schools() {
    let extract = open(
        "USERS.dcid\tUSERS.First_Name\tUSERS.Last_Name\tUSERS.HomeSchoolId\tSCHOOLSTAFF.ID\tSCHOOLSTAFF.dcid\t\
         SCHOOLSTAFF.SchoolID\tSCHOOLSTAFF.StaffStatus\tSCHOOLSTAFF.Status\tSCHOOLSTAFF.Users_DCID\tU_DEF_EXT_USERS.badge\n\
         1011\tArden\tGriffin\t160\t1\t1011\t160\t1\t2\t1011\tx\n1011\tArden\tGriffin\t160\t2\t2901\t75\t1\t1\t1011\tx\n",
    );
    assert_eq!((extract.len(), extract.problems().len()), (1, 0));
    assert_eq!(extract.record(0).expect("a record").is_current, Some(true));
}

#[test]
fn a_row_per_school_becomes_one_person_with_the_home_school_first() {
    let text = "TEACHERS.ID,TEACHERS.dcid,TEACHERS.Users_DCID,TEACHERS.First_Name,TEACHERS.Last_Name,TEACHERS.Email_Addr,\
                TEACHERS.Title,TEACHERS.SchoolID,TEACHERS.HomeSchoolId,TEACHERS.Status,[39]Name\n\
                2901,2901,1011,Arden,Griffin,A@school.example,Aide,75,160,2,Lower School\n\
                1011,1011,1011,Arden,Griffin,a@school.example,Head,160,160,1,Upper School\n\
                5,5,4,Bo,Ng,,,75,75,2,Lower School\n";
    let extract = open(text);
    assert_eq!((extract.len(), extract.row_count(), extract.problems().len()), (2, 3, 0));
    let teacher = extract.record(1).expect("a record");
    assert_eq!(extract.rows(1), [2, 3]);
    assert_eq!(teacher.campuses, ["Upper School", "Lower School"]);
    assert_eq!((teacher.title.as_deref(), teacher.is_current), (Some("Head"), Some(true)));
    assert_eq!(extract.record(0).expect("a record").is_current, Some(false));
    assert!(extract.notes().iter().any(|note| note.starts_with("1 row repeats somebody")), "{:?}", extract.notes());
}

#[test]
fn rows_of_one_number_that_disagree_are_refused_and_name_each_other() {
    let extract = open(
        "Users_DCID,First_Name,Last_Name,Email_Addr\n\
         7,Arden,Griffin,a@b.example\n8,Bo,Ng,\n7,Arden,Griffith,a@b.example\n7,Arden,,\n8,Bo,Ng,bo@b.example\n",
    );
    assert_eq!(extract.len(), 1);
    assert_eq!(extract.record(0).expect("Ng").email.as_deref(), Some("bo@b.example"));
    let said = said(&extract);
    assert_eq!(said.len(), 3);
    assert!(
        said[0].starts_with(
            "Row 2, column Last_Name: \"Griffin\" stands beside \"Griffith\" in row 4, though both rows are Users_DCID 7."
        ),
        "{}",
        said[0]
    );
    assert!(said[0].contains("neither this row nor row 4 and 5 is taken"), "{}", said[0]);
    assert!(
        said[1].starts_with("Row 4, column Last_Name: \"Griffith\" stands beside \"Griffin\" in row 2"),
        "{}",
        said[1]
    );
    assert!(said[2].starts_with("Row 5, column Last_Name: \"(blank)\" stands beside"), "{}", said[2]);
    let e_mails = open("Users_DCID,LastFirst,Email_Addr\n7,\"Lee, Al\",a@b.example\n7,\"Lee, Al\",c@b.example\n");
    assert_eq!((e_mails.len(), e_mails.problems().len()), (0, 2));
}

#[test]
fn numbers_of_rows_and_numbers_typed_by_hand_are_refused_with_the_reason() {
    let of_rows = problem("TEACHERS.ID\tTEACHERS.dcid\tTEACHERS.LastFirst\n1\t1\tLee, Al\n");
    assert!(of_rows.starts_with("The column Users_DCID is missing."), "{of_rows}");
    assert!(of_rows.contains("TEACHERS.ID and TEACHERS.dcid cannot be used instead"), "{of_rows}");
    assert!(of_rows.contains("one row per person and school"), "{of_rows}");
    assert!(problem("SCHOOLSTAFF.dcid\tTEACHERS.LastFirst\n1\tLee, Al\n").contains("SCHOOLSTAFF.dcid cannot be used"));
    assert!(problem("dcid\tTEACHERS.LastFirst\tUSERS.Title\n1\tLee, Al\tx\n").contains("dcid alone does not say"));
    for titles in ["dcid", "ID", "ID\tdcid"] {
        let bare = problem(&format!("{titles}\tLast_Name\tFirst_Name\n"));
        assert!(bare.contains("alone does not say whose number it is") && bare.contains("Export USERS.dcid"), "{bare}");
    }
    let by_hand = problem("TeacherNumber\tLast_Name\tFirst_Name\n");
    assert!(by_hand.contains("TeacherNumber cannot be used instead: it is typed in by hand"), "{by_hand}");
}

#[test]
fn the_kind_of_staff_says_nothing_about_being_here() {
    let text = "Users_DCID\tLastFirst\tStaffStatus\tStatus\n7\tLee, Al\t2\t1\n";
    assert_eq!(only(text).is_current, Some(true));
    let text = "Users_DCID\tLastFirst\tStaffStatus\n7\tLee, Al\t2\n";
    assert_eq!(only(text).is_current, None);
    assert!(!open(text).columns().contains(&TeacherColumn::Status));
    let bad = open("Users_DCID\tLastFirst\tStatus\n7\tLee, Al\tA\n").record(0).expect_err("a bad status");
    assert!(bad[0].to_string().contains("1 current, 2 no longer here"), "{}", bad[0]);
}

#[test]
fn every_column_has_its_titles_in_its_own_place() {
    let in_order =
        columns::TITLES.iter().enumerate().all(|(n, (column, titles))| *column as usize == n && !titles.is_empty());
    assert!(in_order && columns::TITLES.len() == Column::HomeSchoolId as usize + 1);
}
