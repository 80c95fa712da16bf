//! What becomes of single columns: names, addresses, titles, years.
//! Leaves to others: whole files.

use super::*;

#[test]
fn last_first_is_taken_apart_without_losing_a_letter() {
    let name = |cell: &str| {
        let file = read(format!("Student_Number\tLastFirst\n1\t{cell}\n"));
        let student = only(&file);
        (student.last_name.clone(), student.first_name.clone(), student.middle_name.clone())
    };
    let parts = |l: &str, f: &str, m: &str| (l.to_owned(), f.to_owned(), (!m.is_empty()).then(|| m.to_owned()));
    assert_eq!(name("Griffin, Arden Skye Lee"), parts("Griffin", "Arden", "Skye Lee"));
    assert_eq!(name("de la Cruz, Ana"), parts("de la Cruz", "Ana", ""));
    assert_eq!(name("Smith, Jr., Robert"), parts("Smith", "Jr.,", "Robert"));
    assert_eq!(name("Griffin,"), parts("Griffin", "", ""));
    assert_eq!(name(", Arden"), parts("", "Arden", ""));
    assert_eq!(name("Suharto"), parts("Suharto", "", ""));
}

#[test]
fn with_a_column_of_its_own_the_middle_name_is_not_guessed() {
    let name = |given: &str, middle: &str| {
        let file = read(format!("Student_Number\tLastFirst\tMiddle_Name\n1\tLee, {given}\t{middle}\n"));
        let student = only(&file);
        (student.first_name.clone(), student.middle_name.clone())
    };
    assert_eq!(name("Mary Ann Skye", "Skye"), ("Mary Ann".to_owned(), Some("Skye".to_owned())));
    assert_eq!(name("Mary Ann", ""), ("Mary Ann".to_owned(), None));
    assert_eq!(name("Roseann", "ann"), ("Roseann".to_owned(), Some("ann".to_owned())));
}

#[test]
fn one_of_two_names_is_enough_and_none_is_refused() {
    let file = read("Student_Number,Last_Name,First_Name\n1,Suharto,\n2,,Pele\n3,,\n");
    assert_eq!((file.records[0].last_name.as_str(), file.records[0].first_name.as_str()), ("Suharto", ""));
    assert_eq!((file.records[1].last_name.as_str(), file.records[1].first_name.as_str()), ("", "Pele"));
    assert!(said(&file)[0].starts_with("Row 4, column Last_Name: the last and the first name are both blank."));
    let file = read("Student_Number\tLastFirst\n1\t , \n2\tLee\n");
    assert!(said(&file)[0].starts_with("Row 2, column LastFirst: \",\" holds no name"), "{:?}", said(&file));
}

#[test]
fn own_columns_win_over_last_first() {
    let file = read("Student_Number\tLastFirst\tFirst_Name\tLast_Name\n1\tWrong, Name\tMary Ann\tLee\n");
    assert_eq!(only(&file).first_name, "Mary Ann");
    assert_eq!(file.notes, [""; 0]);
}

#[test]
fn an_address_has_no_gaps_and_mailing_stands_in_only_where_there_is_no_other() {
    let address = |titles: &str, cells: &str| only(&with_column(titles, cells)).address.clone();
    let home = "Street\tCity\tState\tZip";
    assert_eq!(address(home, "\tAustin\t\t78701").as_deref(), Some("Austin, 78701"));
    assert_eq!(address(home, "12 Elm St\t\tTX\t").as_deref(), Some("12 Elm St\nTX"));
    assert_eq!(address(home, "\t\t\t"), None);
    assert_eq!(address("Mailing_Street\tMailing_City", "PO Box 1\tBuda").as_deref(), Some("PO Box 1\nBuda"));
    assert_eq!(address("City\tMailing_Street", "\tPO Box 1"), None);
}

#[test]
fn a_teachers_email_and_the_schools_phone_are_not_the_students() {
    let file = with_column("[05]Email_Addr\t[39]Phone\tSchoolID", "t@school.example\t512\t300");
    assert_eq!((only(&file).email.as_deref(), only(&file).phone.as_deref()), (None, None));
    assert_eq!(only(&file).campus, None);
    assert_eq!(file.columns.len(), 3);
}

#[test]
fn each_alias_is_met() {
    for title in ["Preferred_Name", "Nickname", "PreferredName"] {
        assert_eq!(only(&with_column(title, "Bo")).preferred_name.as_deref(), Some("Bo"), "{title}");
    }
    for title in ["DOB", "Birthdate", "Birth Date", "Date of Birth", "BIRTH_DATE", "StudentCoreFields.dob"] {
        assert!(only(&with_column(title, "6/19/2007")).birth_date.is_some(), "{title}");
    }
    for title in ["Email", "E-mail", "Student_Email", "Email_Addr", "EmailAddress", "U_STUDENTSUSERFIELDS.email"] {
        assert!(only(&with_column(title, "a@b.example")).email.is_some(), "{title}");
    }
    for title in ["[39]Name", "School_Name", "Campus", "SCHOOLS.Name"] {
        assert_eq!(only(&with_column(title, "Main")).campus.as_deref(), Some("Main"), "{title}");
    }
    let file = with_column("Division\tDepartment\tLevel\tOther_PID\tGender\tHome_Phone", "D\tE\tL\tP\tX\t5");
    let s = only(&file);
    let cells = [&s.division, &s.department, &s.level, &s.other_pid, &s.gender, &s.phone];
    assert_eq!(cells.map(|c| c.as_deref().unwrap_or("")), ["D", "E", "L", "P", "X", "5"]);
}

#[test]
fn class_of_is_preferred_and_a_disagreement_is_noted() {
    let file = with_column("Sched_YearOfGraduation\tClassOf", "2030\t2031");
    assert_eq!(only(&file).grad_year, Some(2031));
    assert!(file.notes[0].contains("disagree, and ClassOf is taken, in row 2."), "{:?}", file.notes);
    let file = with_column("Sched_YearOfGraduation\tClassOf", "2030\t0");
    assert_eq!(only(&file).grad_year, Some(2030));
    assert!(file.notes.is_empty());
}

#[test]
fn disagreements_are_noted_in_one_line_however_many_there_are() {
    let rows: String = (1..=100).map(|n| format!("{n},Lee,Al,2030,2031\n")).collect();
    let file = read(format!("Student_Number,Last_Name,First_Name,ClassOf,Sched_YearOfGraduation\n{rows}"));
    assert_eq!(file.notes.len(), 1);
    assert!(file.notes[0].ends_with("20, 21 and 80 more."), "{}", file.notes[0]);
}
