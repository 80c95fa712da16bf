//! Real headers in the right place and in each wrong one.
//! Leaves to others: what a kind makes of its own header.

use super::*;

const QUICK_IMPORT: &str = "Student_Number,SchoolID,First_Name,Middle_Name,Last_Name,Grade_Level,Home_Phone";
const AUTO_SEND_STUDENTS: &str =
    "id,student_number,studentpers_guid,First_Name,Last_Name,DOB,grade_level,enroll_status";
const DEM_STUDENTS: &str = "STUDENTS.dcid,STUDENTS.Student_Number,STUDENTS.LastFirst,[05]TeacherNumber";
const AUTO_SEND_STAFF: &str = "ID,TeacherNumber,GUID,Schoolid,Last_Name,First_Name,status,email_addr";
const DEM_USERS: &str = "USERS.dcid,USERS.First_Name,USERS.Last_Name,USERS.Email_Addr";
const DEM_TEACHERS: &str = "TEACHERS.ID,TEACHERS.dcid,TEACHERS.Users_DCID,TEACHERS.LastFirst,TEACHERS.SchoolID";
const DEM_PERSON: &str = "PERSON.ID,PERSON.dcid,PERSON.FIRSTNAME,PERSON.LASTNAME,EMAILADDRESS.EmailAddress";
const CONTACTS: &str =
    "New Contact Identifier,Contact ID,First Name,Last Name,Email Address,studentNumber,Relationship Type";
const ASSOC: &str =
    "STUDENTCONTACTASSOC.STUDENTDCID,STUDENTCONTACTASSOC.PERSONID,STUDENTCONTACTASSOC.CURRRELTYPECODESETID";
const HOSTS: &str = "Host ID Student,Host ID Parent";

fn looks_like(titles: &str, given: Slot) -> Option<Slot> {
    let header = Header::new(titles.split(',').map(str::to_owned).collect());
    match check(&header, given) {
        Err(FileProblem::WrongSlot { looks_like, .. }) => Some(looks_like),
        _ => None,
    }
}

#[test]
fn every_real_header_is_at_home_in_its_own_place_and_known_in_every_other() {
    use Slot::*;
    let homes: &[(&str, &[Slot])] = &[
        (QUICK_IMPORT, &[Students]),
        (AUTO_SEND_STUDENTS, &[Students]),
        (DEM_STUDENTS, &[Students]),
        (AUTO_SEND_STAFF, &[Teachers]),
        (DEM_USERS, &[Teachers]),
        (DEM_TEACHERS, &[Teachers]),
        (DEM_PERSON, &[Parents]),
        (CONTACTS, &[Parents, Relationships]),
        (ASSOC, &[Relationships]),
        (HOSTS, &[Relationships]),
    ];
    for (titles, at_home) in homes {
        for given in Slot::ALL {
            let expected = if at_home.contains(given) { None } else { at_home.first().copied() };
            assert_eq!(looks_like(titles, *given), expected, "{titles} as {given}");
        }
    }
}

#[test]
fn titles_that_say_nothing_are_left_to_the_missing_column() {
    for given in Slot::ALL {
        assert_eq!(looks_like("ID,Last_Name,First_Name", *given), None);
        assert_eq!(looks_like("Colour,Shape", *given), None);
    }
}

#[test]
fn students_joined_with_their_contacts_may_be_either() {
    let joined = "STUDENTS.Student_Number,STUDENTS.LastFirst,PERSON.ID,PERSON.LASTNAME,PERSON.FIRSTNAME";
    assert_eq!(looks_like(joined, Slot::Students), None);
    assert_eq!(looks_like(joined, Slot::Parents), None);
    assert_eq!(looks_like(joined, Slot::Teachers), Some(Slot::Students));
}

#[test]
fn the_message_says_why_and_where_to_put_it() {
    let header = Header::new(QUICK_IMPORT.split(',').map(str::to_owned).collect());
    let said = check(&header, Slot::Parents).map_err(|problem| problem.to_string());
    assert_eq!(
        said,
        Err(
            "This looks like a list of students (it has Student_Number, Grade_Level), and it was given under Parents. \
             Upload it under Students, and here a list of parents instead."
                .to_owned()
        )
    );
}

#[test]
fn a_file_is_recognised_by_its_titles_however_long_it_is_and_by_what_was_said_of_them() {
    use Slot::*;
    let file = |titles: &str| format!("{titles}\n{}", "1,2,3\n".repeat(30_000));
    let none = HeaderMap::default();
    for (titles, slots) in [
        (QUICK_IMPORT, vec![Students]),
        (DEM_USERS, vec![Teachers]),
        (DEM_PERSON, vec![Parents]),
        (ASSOC, vec![Relationships]),
        ("USERS.dcid,Last_Name,First_Name", vec![Teachers]),
        ("Last_Name,First_Name,Email", vec![]),
        ("Pupil,Surname,Forename", vec![]),
    ] {
        assert_eq!(recognise(file(titles).as_bytes(), &none), slots, "{titles}");
        let utf16: Vec<u8> = format!("\u{feff}{}", file(titles)).encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(recognise(&utf16, &none), slots, "{titles} in UTF-16");
    }
    let map = HeaderMap::parse("students: Pupil = Student_Number");
    assert!(map.is_ok_and(|map| recognise(file("Pupil,Surname,Forename").as_bytes(), &map) == [Students]));
    assert_eq!(recognise(b"", &none), []);
}
