//! Exports of parents as they are really met. All people are invented.
//! Leaves to others: single cells, and the order of rows (`extract`).

use super::*;
use crate::sources::{FileProblem, HeaderMap, ParentRef, StudentRef};

fn open(text: &str) -> ParentsExtract<'_> {
    ParentsExtract::open(text.as_bytes(), &HeaderMap::default()).expect("a readable file")
}

fn problem(text: &str) -> String {
    ParentsExtract::open(text.as_bytes(), &HeaderMap::default()).expect_err("a refused file").to_string()
}

const CONTACTS: &str = "New Contact Identifier,Contact ID,Prefix,First Name,Middle Name,Last Name,Suffix,Gender,Employer,\
    Is Active,Email Address,Contact Email Address ID,Is Primary Email Address,Phone Number Priority Order,Phone Type,\
    phoneNumberAsEntered,Is Preferred,Street,Line Two,Unit,City,State,Postal Code,Address Priority Order,studentNumber,\
    Relationship Type\n\
    ,501,Ms,Ana,,Cruz,,F,,1,work@home.example,9,0,2,Home,512-1,0,12 Elm St,c/o Lee,B,Austin,TX,78701,1,313202,Mother\n\
    ,501,,Ana,,Cruz,,,,,ana@home.example,10,1,1,Mobile,512-2,1,PO Box 1,,,Buda,TX,78610,2,313203,Mother\n\
    ,502,,Bo,,Ng,,M,,0,,,,,,,,,,,,,,,313203,Guardian\n\
    ,501,,Ana,,Cruz,,,,,,,,,,,,,,,,,,,,\n";

#[test]
fn the_rows_of_a_contact_become_one_person_with_the_primary_of_each() {
    let extract = open(CONTACTS);
    assert_eq!((extract.problems().len(), extract.len(), extract.row_count()), (0, 2, 4));
    let ana = extract.record(0).expect("Ana");
    assert_eq!((ana.person_id.value(), ana.row, extract.rows(0)), (501, 2, vec![2, 3, 5]));
    assert_eq!((ana.last_name.as_str(), ana.first_name.as_str()), ("Cruz", "Ana"));
    assert_eq!(ana.email.as_deref(), Some("ana@home.example"));
    assert_eq!(ana.phone.as_deref(), Some("512-2"));
    assert_eq!(ana.address.as_deref(), Some("12 Elm St, B\nc/o Lee\nAustin, TX 78701"));
    assert_eq!((ana.gender.as_deref(), ana.is_active), (Some("F"), Some(true)));
    assert_eq!(extract.record(1).expect("Bo").is_active, Some(false));
    let notes = extract.notes().join("\n");
    assert!(notes.contains("These columns are not used: New Contact Identifier, Prefix, Suffix, Employer"), "{notes}");
    assert!(notes.contains("2 rows carry further e-mails"), "{notes}");
}

#[test]
fn a_contacts_file_tells_whose_parents_they_are() {
    let extract = open(CONTACTS);
    let relationships = extract.relationships().expect("student numbers");
    let pairs: Vec<_> = relationships.iter().map(|r| (r.student, r.parent, r.kind, r.row)).collect();
    assert_eq!(
        pairs,
        [
            (StudentRef::Number(313202), ParentRef::PersonId(501), Some("Mother"), 2),
            (StudentRef::Number(313203), ParentRef::PersonId(501), Some("Mother"), 3),
            (StudentRef::Number(313203), ParentRef::PersonId(502), Some("Guardian"), 4),
        ]
    );
    assert!(open("PERSON.ID\tPERSON.LASTNAME\tPERSON.FIRSTNAME\n1\tLee\tAl\n").relationships().is_none());
}

#[test]
fn the_whole_template_of_the_data_import_manager_is_read() {
    let titles = "New Contact Identifier,Contact ID,Prefix,First Name,Middle Name,Last Name,Suffix,Gender,Employer,Is Active,\
        Email Address,Contact Email Address ID,Is Primary Email Address,Phone Number Priority Order,Phone Type,\
        phoneNumberAsEntered,Is Preferred,Is SMS,Contact Phone Number ID,Address Type,Street,Line Two,Unit,City,State,\
        Postal Code,Contact Address ID,Address Priority Order,* NOT MAPPED *,studentNumber,Contact Priority Order,\
        Student Contact ID,Student Contact Detail ID,Relationship Type,Relationship Note,\
        STUDENTCONTACTDETAILCOREFIELDS.legalGuardian,Contact Has Custody,Contact Lives With,Contact Allow School Pickup,\
        Is Emergency Contact,Contact Receives Mailings";
    let text = format!("{titles}\n,7{}\n", ",x".repeat(39));
    let extract = open(&text);
    assert_eq!((extract.header().len(), extract.len(), extract.columns().len()), (41, 1, 9));
    assert!(extract.relationships().is_some_and(|pairs| pairs.problems().len() == 1));
}

#[test]
fn tables_joined_in_one_export_tell_parents_from_their_students() {
    let extract = open(
        "PERSON.ID\tPERSON.dcid\tPERSON.FIRSTNAME\tPERSON.LASTNAME\tPERSON.MIDDLENAME\tPERSON.ISACTIVE\t\
         EMAILADDRESS.EmailAddressID\tEMAILADDRESS.EmailAddress\tPERSONEMAILADDRESSASSOC.PERSONID\t\
         PERSONEMAILADDRESSASSOC.ISPRIMARYEMAILADDRESS\tPERSONEMAILADDRESSASSOC.EMAILADDRESSPRIORITYORDER\t\
         STUDENTCONTACTASSOC.STUDENTDCID\tSTUDENTCONTACTASSOC.PERSONID\tSTUDENTCONTACTASSOC.CURRRELTYPECODESETID\t\
         STUDENTCONTACTDETAIL.ISACTIVE\tSTUDENTS.First_Name\tSTUDENTS.Last_Name\n\
         501\t7\tAna\tCruz\t\t1\t3\tb@home.example\t501\t0\t2\t90\t501\t41\t0\tBea\tCruz-Lee\n\
         501\t7\tAna\tCruz\t\t1\t4\ta@home.example\t501\t0\t1\t91\t501\t41\t1\tCy\tCruz\n",
    );
    let ana = extract.record(0).expect("Ana");
    assert_eq!(
        (ana.last_name.as_str(), ana.email.as_deref(), ana.is_active),
        ("Cruz", Some("a@home.example"), Some(true))
    );
    let relationships = extract.relationships().expect("dcids of students");
    let pairs: Vec<_> = relationships.iter().map(|r| (r.student, r.kind, r.is_active)).collect();
    assert_eq!(
        pairs,
        [(StudentRef::Dcid(90), Some("41"), Some(false)), (StudentRef::Dcid(91), Some("41"), Some(true))]
    );
}

#[test]
fn the_key_is_met_under_every_spelling() {
    for title in ["PERSON.ID", "id", "ID", "contact_id", "Contact ID", "contactID", "person_id", "PERSON_ID"] {
        let text = format!("{title}\tPERSON.dcid\tFIRSTNAME\tlastName\n501\t9\tAna\tCruz\n");
        let extract = open(&text);
        assert_eq!(extract.key(0).map(KeyNumber::value), Some(501), "{title}");
        assert_eq!(extract.record(0).expect(title).first_name, "Ana");
    }
}

#[test]
fn accounts_and_dcids_are_refused_with_the_reason() {
    let account = problem("GUARDIAN.GUARDIANID\tGUARDIAN.FIRSTNAME\tGUARDIAN.LASTNAME\tGUARDIAN.EMAIL\n1\tAl\tLee\t\n");
    assert!(account.starts_with("The column PERSON.ID is missing."), "{account}");
    assert!(
        account.contains("GUARDIAN.GUARDIANID cannot be used instead: it is the number of an account"),
        "{account}"
    );
    let dcid = problem("PERSON.dcid\tPERSON.FIRSTNAME\tPERSON.LASTNAME\n1\tAl\tLee\n");
    assert!(dcid.contains("PERSON.dcid cannot be used instead: the dcid of PERSON is another number"), "{dcid}");
}

#[test]
fn names_of_one_contact_that_disagree_are_refused() {
    let extract = open("Contact ID,First Name,Last Name,Email Address\n1,Al,Lee,a@b.example\n1,Al,Ley,c@b.example\n");
    assert_eq!((extract.len(), extract.problems().len()), (0, 2));
    assert!(extract.problems()[0].to_string().contains("\"Lee\" stands beside \"Ley\" in row 3"));
}

#[test]
fn several_e_mails_that_nothing_ranks_are_noted_and_chosen_alike_each_time() {
    let rows = ["1,Al,Lee,z@b.example\n", "1,Al,Lee,a@b.example\n"];
    for rows in [rows.concat(), rows.into_iter().rev().collect()] {
        let text = format!("Contact ID,First Name,Last Name,Email Address\n{rows}");
        let extract = open(&text);
        assert_eq!(extract.record(0).expect("Al").email.as_deref(), Some("a@b.example"));
        assert!(extract.notes().iter().any(|note| note.contains("Is Primary Email Address")));
    }
}

#[test]
fn a_request_to_delete_is_no_person() {
    let extract = open("Contact ID,First Name,Last Name\n1,Al,#delete\n2,Bo,Ng\n");
    let problems = extract.record(0).expect_err("a refused row");
    assert!(problems[0].to_string().starts_with("Row 2, column Last Name: \"#delete\" asks PowerSchool's"));
    assert!(extract.record(1).is_ok());
}

#[test]
fn a_second_header_is_said_to_be_one() {
    let above =
        open("Contact ID,First Name,Last Name,Email Address\ncontactID,firstName,lastName,emailAddress\n1,Al,Lee,\n");
    assert_eq!((above.len(), above.problems().len()), (1, 1));
    assert!(above.problems()[0].to_string().starts_with("Row 2: this row holds the titles of the columns again"));
    assert_eq!(above.cells_of_row(2), ["contactID", "firstName", "lastName", "emailAddress"]);
    let below =
        ParentsExtract::open(b"Required,Name,Name\nContact ID,First Name,Last Name\n1,Al,Lee\n", &HeaderMap::default());
    assert_eq!(below.err(), Some(FileProblem::HeaderBelow { row: 2 }));
}

#[test]
fn a_students_file_is_recognised_though_it_has_a_bare_id() {
    let said = problem("id,student_number,First_Name,Last_Name,grade_level\n1,2,Al,Lee,5\n");
    assert!(said.starts_with("This looks like a list of students (it has student_number, grade_level)"), "{said}");
}

#[test]
fn flags_are_ones_and_zeros_or_words() {
    assert_eq!(
        (flag("1"), flag(" TRUE "), flag("n"), flag("")),
        (Ok(Some(true)), Ok(Some(true)), Ok(Some(false)), Ok(None))
    );
    assert!(flag("2").is_err());
}

#[test]
fn every_column_has_its_titles_in_its_own_place() {
    let in_order =
        columns::TITLES.iter().enumerate().all(|(n, (column, titles))| *column as usize == n && !titles.is_empty());
    assert!(in_order && columns::TITLES.len() == Column::AddressPriority as usize + 1);
}
