//! Files of relationships in their three shapes. All people are invented.
//! Leaves to others: the table they are cut from.

use proptest::prelude::*;

use super::*;
use crate::sources::RowProblem;

fn open(text: &str) -> RelationshipsExtract<'_> {
    RelationshipsExtract::open(text.as_bytes(), &HeaderMap::default()).expect("a readable file")
}

fn problem(text: &str) -> String {
    RelationshipsExtract::open(text.as_bytes(), &HeaderMap::default()).expect_err("a refused file").to_string()
}

fn said(extract: &RelationshipsExtract<'_>) -> Vec<String> {
    extract.problems().iter().map(RowProblem::to_string).collect()
}

#[test]
fn student_contact_assoc_is_read_by_dcid_with_its_details() {
    let extract = open(
        "STUDENTCONTACTASSOC.StudentContactAssocID\tSTUDENTCONTACTASSOC.STUDENTDCID\tSTUDENTCONTACTASSOC.PERSONID\t\
         STUDENTCONTACTASSOC.CURRRELTYPECODESETID\tSTUDENTCONTACTDETAIL.ISACTIVE\n1\t90\t501\t41\t1\n2\t80\t501\t\t0\n",
    );
    assert_eq!(
        (extract.relationship_shape(), extract.holds_host_ids()),
        (RelationshipShape::StudentContactAssoc, false)
    );
    let pairs: Vec<_> = extract.iter().map(|r| (r.row, r.student, r.parent, r.kind, r.is_active)).collect();
    assert_eq!(
        pairs,
        [
            (3, StudentRef::Dcid(80), ParentRef::PersonId(501), None, Some(false)),
            (2, StudentRef::Dcid(90), ParentRef::PersonId(501), Some("41"), Some(true)),
        ]
    );
}

#[test]
fn the_contacts_data_set_names_students_by_their_number() {
    let extract = open(
        "Contact ID,First Name,Last Name,studentNumber,Relationship Type\n\
         501,Al,Lee,00313,Father\n501,Al,Lee,314,Father\n501,Al,Lee,,\n501,Al,Lee,314,\n",
    );
    assert_eq!(extract.relationship_shape(), RelationshipShape::Contacts);
    let pairs: Vec<_> = extract.iter().map(|r| (r.student, r.kind)).collect();
    assert_eq!(pairs, [(StudentRef::Number(313), Some("Father")), (StudentRef::Number(314), Some("Father"))]);
    assert_eq!(
        extract.notes(),
        [
            "1 row without a student: no relationship was read from there.",
            "1 row repeats a pair of student and parent, which counts once."
        ]
    );
}

#[test]
fn vidigamis_list_keeps_the_letter_case_of_host_ids() {
    let extract = open("Host ID Student,Host ID Parent\nS1,p9\n\"S1\",P9\n S1 ,ana@home.example\n");
    assert!(extract.holds_host_ids());
    let pairs: Vec<_> = extract.iter().map(|r| (r.student, r.parent)).collect();
    let host = |parent| (StudentRef::HostId("S1"), ParentRef::HostId(parent));
    assert_eq!(pairs, [host("P9"), host("ana@home.example"), host("p9")]);
    let bad = open("Host ID Student,Host ID Parent\nS1,\n\"S\"\"1\",P1\n");
    assert_eq!(bad.len(), 0);
    assert!(said(&bad)[0].starts_with("Row 2, column Host ID Parent: the cell is blank."), "{:?}", said(&bad));
    assert!(said(&bad)[1].contains("holds a quotation mark"), "{:?}", said(&bad));
    let text: Vec<u8> =
        "Host ID Student\tHost ID Parent\r\nSÉ1\tP9\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let extract = RelationshipsExtract::open(&text, &HeaderMap::default()).expect("UTF-16");
    assert_eq!(extract.relationship(0).map(|r| r.student), Some(StudentRef::HostId("SÉ1")));
}

#[test]
fn bad_numbers_are_refused_and_the_other_rows_go_in() {
    let extract = open("STUDENTDCID,PERSONID\n90,501\nx,502\n,503\n91,\n92\n#delete,5\n");
    assert_eq!(extract.len(), 1);
    let rows: Vec<u64> = extract.problems().iter().map(|p| p.row).collect();
    assert_eq!(rows, [3, 4, 5, 6, 7]);
    assert!(said(&extract)[0].starts_with("Row 3, column STUDENTDCID: \"x\" is not a number."));
    assert_eq!(extract.cells_of_row(6), ["92"]);
}

#[test]
fn what_is_missing_is_named_and_portal_accounts_are_refused() {
    let account = problem("GUARDIANSTUDENT.GUARDIANID\tGUARDIANSTUDENT.STUDENTSDCID\n1\t2\n");
    assert!(account.contains("GUARDIANSTUDENT.GUARDIANID cannot be used instead"), "{account}");
    assert!(problem("Host ID Student,Parent\nS1,P1\n").contains("The column Host ID Parent is missing."));
    assert!(problem("PERSONID,STUDENTID\n1,2\n").contains("STUDENTID cannot be used for the student"));
    assert!(problem("Colour,Shape\nred,round\n").contains("Vidigami's RelationshipsList"));
    assert!(problem("Student_Number,LastFirst\n1,\"Lee, Al\"\n").starts_with("This looks like a list of students"));
}

#[test]
fn kinds_that_disagree_are_counted_and_one_is_taken_whatever_the_order() {
    for rows in ["90,1,Mother\n90,1,Aunt\n", "90,1,Aunt\n90,1,Mother\n"] {
        let text = format!("STUDENTDCID,PERSONID,Relationship\n{rows}");
        let extract = open(&text);
        assert_eq!(extract.relationship(0).and_then(|r| r.kind), Some("Aunt"));
        assert!(extract.notes()[1].starts_with("1 pair has several kinds"), "{:?}", extract.notes());
    }
}

#[test]
fn a_pair_stays_small() {
    assert_eq!(size_of::<pairs::Pair<u64>>(), 24);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_changes_no_pair(
        rows in proptest::collection::vec((0_u8..4, 0_u8..4, "(|Mother|Aunt|41)", "[01]?"), 0..12),
        hosts in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let titles = if hosts { "Host ID Student,Host ID Parent" } else { "STUDENTDCID,PERSONID" };
        let lines: Vec<String> = rows.iter().map(|(s, p, k, a)| format!("{s},{p},{k},{a}\n")).collect();
        let read = |lines: &[String]| {
            let text = format!("{titles},Relationship,STUDENTCONTACTDETAIL.ISACTIVE\n{}", lines.concat());
            let extract = open(&text);
            extract.iter().map(|r| format!("{:?} {:?} {:?} {:?}", r.student, r.parent, r.kind, r.is_active)).collect::<Vec<_>>()
        };
        let pairs: std::collections::BTreeSet<_> = rows.iter().map(|(s, p, ..)| (s, p)).collect();
        let there = read(&lines);
        prop_assert_eq!(there.len(), pairs.len());
        prop_assert_eq!(there, read(&super::super::extract::shuffled(lines, seed)));
    }

    #[test]
    fn no_rows_below_a_good_header_make_it_panic(
        header in proptest::sample::select(vec!["Host ID Student,Host ID Parent", "STUDENTDCID,PERSONID", "Contact ID,studentNumber"]),
        rest in proptest::collection::vec(proptest::sample::select(b"0129,,\n\n\r\"#aZ\xC3\xA9\xFF".to_vec()), 0..120),
    ) {
        if let Ok(extract) = RelationshipsExtract::open(&[header.as_bytes(), b"\n", &rest].concat(), &HeaderMap::default()) {
            prop_assert_eq!(extract.iter().count(), extract.len());
        }
    }
}
