//! What holds for every kind of extract: keys in order, any row found again, nothing lost. All people are invented.
//! Leaves to others: what the columns of a kind mean.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::sources::powerschool_parents::Parents;
use crate::sources::powerschool_students::Students;
use crate::sources::powerschool_teachers::Teachers;
use crate::sources::{ParentsExtract, StudentsExtract, TeachersExtract};

fn students<'b>(text: &'b str, map: &HeaderMap) -> StudentsExtract<'b> {
    StudentsExtract::open(text.as_bytes(), map).expect("a readable file")
}

#[test]
fn records_come_by_key_and_each_can_be_asked_for_alone() {
    let text = "Student_Number,Last_Name,First_Name,dcid\n30,Lee,Al,3\n007,Ng,Bo,1\n12,Day,Cy,x\n8,Oh,\n";
    let extract = students(text, &HeaderMap::default());
    let keys: Vec<String> = (0..extract.len()).filter_map(|n| extract.key(n)).map(KeyNumber::as_given).collect();
    assert_eq!(keys, ["007", "12", "30"]);
    assert_eq!((extract.find(12), extract.find(13), extract.key(3)), (Some(1), None, None));
    assert_eq!(extract.record(0).map(|s| (s.last_name, s.row)), Ok(("Ng".to_owned(), 3)));
    let bad = extract.record(1).expect_err("a bad dcid");
    assert!(bad[0].to_string().starts_with("Row 4, column dcid: \"x\" is not a number."), "{}", bad[0]);
    assert_eq!((extract.rows(2), extract.rows(9)), (vec![2], vec![]));
    assert_eq!(extract.cells_of_row(4), ["12", "Day", "Cy", "x"]);
    assert_eq!(extract.cells_of_row(5), ["8", "Oh", ""]);
    assert_eq!((extract.cells_of_row(1).len(), extract.cells_of_row(99).len()), (0, 0));
    assert_eq!((extract.row_count(), extract.problems().len()), (4, 1));
    assert!(extract.record(7).is_err());
}

#[test]
fn a_number_with_and_without_zeros_is_one_person_shown_alike_in_every_order() {
    for rows in ["7\tLee\tAl\n007\tLee\tAl\n", "007\tLee\tAl\n7\tLee\tAl\n"] {
        let text = format!("Users_DCID\tLast_Name\tFirst_Name\n{rows}");
        let extract = TeachersExtract::open(text.as_bytes(), &HeaderMap::default()).expect("a readable file");
        assert_eq!(extract.record(0).map(|t| (t.users_dcid.as_given(), t.row)), Ok(("007".to_owned(), 2)));
        assert_eq!(extract.rows(0), [2, 3]);
    }
}

#[test]
fn a_dcid_leads_to_its_student_unless_two_have_it() {
    let text = "Student_Number\tLastFirst\tSTUDENTS.dcid\n3\tLee, Al\t30\n1\tNg, Bo\t10\n2\tDay, Cy\t30\n4\tOh, Di\t\n";
    assert_eq!(students(text, &HeaderMap::default()).dcids(), [(10, 0)]);
}

#[test]
fn a_title_mapped_by_hand_is_that_column_and_wins_over_one_that_fits_by_itself() {
    let map = HeaderMap::parse(
        "students: Matrikel = Student_Number\nstudents: Mail 2 = Email\nstudents: Gone = DOB\nteachers: LastFirst = Title\n",
    )
    .expect("a map");
    let text = "MATRIKEL\tLastFirst\tEmail\tMail_2\n7\tLee, Al\told@b.example\tnew@b.example\n";
    let extract = students(text, &map);
    assert_eq!(extract.record(0).map(|s| s.email), Ok(Some("new@b.example".to_owned())));
    assert_eq!(
        extract.notes(),
        ["The map speaks of titles that this file does not have: Gone.", "These columns are not used: Email."]
    );
}

#[test]
fn a_clerk_who_maps_the_key_is_believed_about_the_kind_of_file() {
    let text = "Contact ID,Relationship Type,First Name,Last Name\n7,Self,Al,Lee\n";
    let given = |map: &HeaderMap| StudentsExtract::open(text.as_bytes(), map).map(|extract| extract.len());
    assert!(matches!(given(&HeaderMap::default()), Err(FileProblem::WrongSlot { looks_like: Slot::Parents, .. })));
    assert_eq!(given(&HeaderMap::parse("students: Contact ID = Student_Number").expect("a map")), Ok(1));
}

#[test]
fn three_numberings_may_hold_the_same_number() {
    let none = HeaderMap::default();
    let student = students("Student_Number,LastFirst\n1001,Lee\n", &none).key(0);
    let teacher = TeachersExtract::open(b"USERS.dcid,USERS.LastFirst\n1001,Lee\n", &none).expect("teachers").key(0);
    let parent = ParentsExtract::open(b"PERSON.ID,PERSON.LASTFIRST\n1001,Lee\n", &none).expect("parents").key(0);
    assert!(student.is_some() && student == teacher && teacher == parent);
}

#[test]
fn ugly_files_are_refused_with_what_to_do() {
    let none = HeaderMap::default();
    let said = |bytes: &[u8]| StudentsExtract::open(bytes, &none).map(|e| e.len()).map_err(|p| p.to_string());
    assert_eq!(said(b"Student_Number\tLastFirst\r1\tLee, Al\r2\tNg, Bo\r"), Ok(2));
    let mixed = said(b"Student_Number\tLastFirst\n1\tZo\xEB\n2\tZo\xC3\xAB\n").expect_err("mixed charsets");
    assert!(mixed.contains("mixes two character sets") && mixed.contains("row 2"), "{mixed}");
    let long = [b"Student_Number\tLastFirst\n1\t".as_slice(), &vec![b'x'; 100_000_000]].concat();
    assert!(said(&long).expect_err("a long line").starts_with("Row 2 is longer than 1048576 bytes"));
    assert!(said(b"Student_Number,Student Number,LastFirst\n").expect_err("twice").contains("are the same column"));
    let split = StudentsExtract::open(b"Student_Number,LastFirst\n1,Lee, Al\n", &none).expect("a file");
    assert!(split.problems()[0].to_string().contains("\"Last, First\" without quotes"));
}

#[test]
fn one_number_in_a_thousand_rows_is_one_person_and_in_more_it_is_a_damaged_file() {
    let none = HeaderMap::default();
    for (rows, records) in [(1000, 1), (1001, 0)] {
        let text = format!("PERSON.ID\tLASTNAME\tFIRSTNAME\n{}", "7\tLee\tAl\n".repeat(rows));
        let extract = ParentsExtract::open(text.as_bytes(), &none).expect("a readable file");
        assert_eq!(extract.len(), records);
        if let Some(problem) = extract.problems().first() {
            assert!(
                problem.to_string().starts_with("Row 2, column PERSON.ID: \"7\" stands in 1001 rows,"),
                "{problem}"
            );
        }
    }
}

/// The same lines in another order, the same one for each seed.
pub(in crate::sources) fn shuffled<T>(mut items: Vec<T>, seed: u64) -> Vec<T> {
    let mut state = seed;
    for left in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(left, (state >> 33) as usize % (left + 1));
    }
    items
}

/// A record or its problems without the numbers of rows, which an order may change.
fn told<R: std::fmt::Debug>(record: &Result<R, Vec<RowProblem>>) -> String {
    match record {
        Ok(record) => {
            let text = format!("{record:?}");
            let (before, after) = text.split_once("row: ").unwrap_or((&text, ""));
            format!("{before}{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
        }
        Err(problems) => {
            let mut columns: Vec<_> = problems.iter().filter_map(|p| p.column.clone()).collect();
            columns.sort_unstable();
            columns.dedup();
            format!("refused: {columns:?}")
        }
    }
}

/// Keys, records and how many rows are refused.
fn read<K: Kind>(text: &str) -> (BTreeMap<u64, String>, usize)
where
    K::Record: std::fmt::Debug,
{
    let extract = Extract::<K>::open(text.as_bytes(), &HeaderMap::default()).expect("a readable file");
    let records = 0..extract.len();
    let by_key = records.filter_map(|n| Some((extract.key(n)?.value(), told(&extract.record(n))))).collect();
    (by_key, extract.problems().iter().map(|p| p.row).collect::<BTreeSet<_>>().len())
}

/// A file read without an index: all rows of each key.
fn naive_keys(lines: &[String]) -> BTreeMap<u64, Vec<u64>> {
    let mut keys: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for (row, line) in (2..).zip(lines) {
        if let Some(Ok(key)) = line.split('\t').next().map(str::parse) {
            keys.entry(key).or_default().push(row);
        }
    }
    keys
}

/// Every record is what a file of its rows alone says, and nobody is lost.
fn is_what_its_rows_say<K: Kind>(header: &str, lines: &[String])
where
    K::Record: std::fmt::Debug,
{
    let text = format!("{header}{}", lines.concat());
    let extract = Extract::<K>::open(text.as_bytes(), &HeaderMap::default()).expect("a readable file");
    let refused: BTreeSet<u64> = extract.problems().iter().map(|p| p.row).collect();
    let mut keys = naive_keys(lines);
    keys.retain(|_, rows| !rows.iter().any(|row| refused.contains(row)));
    assert_eq!(extract.len(), keys.len());
    for (record, (key, rows)) in keys.iter().enumerate() {
        assert_eq!(extract.key(record).map(KeyNumber::value), Some(*key));
        assert_eq!(&extract.rows(record), rows);
        assert_eq!(extract.find(*key), Some(record));
        let own = rows.iter().filter_map(|row| lines.get(usize::try_from(row - 2).unwrap_or(usize::MAX)));
        let alone = format!("{header}{}", own.cloned().collect::<String>());
        let alone = Extract::<K>::open(alone.as_bytes(), &HeaderMap::default()).expect("a readable file");
        assert_eq!(told(&extract.record(record)), told(&alone.record(0)));
    }
    let seen = refused.len() + keys.values().map(Vec::len).sum::<usize>();
    assert_eq!(seen as u64, extract.row_count());
}

const STUDENTS: &str = "Student_Number\tLast_Name\tFirst_Name\tEmail\tDOB\tdcid\tStreet\tCity\n";
const TEACHERS: &str = "Users_DCID\tLast_Name\tFirst_Name\tEmail\tStatus\tSchoolID\tHomeSchoolId\tTitle\n";
const PARENTS: &str = "Contact ID\tLast Name\tFirst Name\tEmail Address\tIs Primary Email Address\tIs Active\t\
                       Street\tAddress Priority Order\n";

fn cell() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        "",
        "",
        "",
        "",
        "",
        "Lee",
        "Al",
        "王",
        "a@b.example",
        "1",
        "2",
        "x\u{fffd}",
        "5/6/2010",
    ])
    .prop_map(str::to_owned)
}

fn lines() -> impl Strategy<Value = Vec<String>> {
    let line = ("(0?[1-4]|x)", proptest::collection::vec(cell(), 7));
    proptest::collection::vec(line, 0..14)
        .prop_map(|lines| lines.into_iter().map(|(key, cells)| format!("{key}\t{}\n", cells.join("\t"))).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_changes_no_key_and_no_record(lines in lines(), seed in any::<u64>()) {
        let other = shuffled(lines.clone(), seed).concat();
        let lines = lines.concat();
        prop_assert_eq!(read::<Students>(&format!("{STUDENTS}{lines}")), read::<Students>(&format!("{STUDENTS}{other}")));
        prop_assert_eq!(read::<Teachers>(&format!("{TEACHERS}{lines}")), read::<Teachers>(&format!("{TEACHERS}{other}")));
        prop_assert_eq!(read::<Parents>(&format!("{PARENTS}{lines}")), read::<Parents>(&format!("{PARENTS}{other}")));
    }

    #[test]
    fn a_record_is_what_a_naive_reader_of_its_rows_finds(lines in lines()) {
        is_what_its_rows_say::<Students>(STUDENTS, &lines);
        is_what_its_rows_say::<Teachers>(TEACHERS, &lines);
        is_what_its_rows_say::<Parents>(PARENTS, &lines);
    }

    #[test]
    fn no_bytes_make_any_kind_panic(
        header in proptest::sample::select(vec!["", "Student_Number,LastFirst,DOB,ClassOf\n", "Users_DCID,LastFirst,Status,Email\n", "Contact ID,First Name,Last Name,studentNumber\n"]),
        rest in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let bytes = [header.as_bytes(), &rest].concat();
        let none = HeaderMap::default();
        fn drain<K: Kind>(extract: Result<Extract<'_, K>, FileProblem>) {
            if let Ok(extract) = extract {
                (0..=extract.len()).for_each(|n| drop((extract.record(n), extract.rows(n), extract.key(n))));
                (0..extract.row_count() + 3).for_each(|row| drop(extract.cells_of_row(row)));
            }
        }
        drain(StudentsExtract::open(&bytes, &none));
        drain(TeachersExtract::open(&bytes, &none));
        drain(ParentsExtract::open(&bytes, &none));
    }
}
