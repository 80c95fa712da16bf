//! Student numbers that stand in several rows.
//! Leaves to others: everything else about a row.

use super::*;

#[test]
fn all_copies_of_a_doubled_number_are_refused_and_name_each_other() {
    let file = read("Student_Number,Last_Name,First_Name\n007,Lee,Al\n8,Ng,Bo\n7,Lee,Al\n0007,Day,Cy\n");
    assert_eq!(file.records.len(), 1);
    assert_eq!(file.records[0].student_number.value(), 8);
    let said = said(&file);
    assert!(said[0].starts_with("Row 2, column Student_Number: \"007\" is also in row 4 and 5,"), "{}", said[0]);
    assert!(said[1].starts_with("Row 4, column Student_Number: \"7\" is also in row 2 and 5,"), "{}", said[1]);
    assert!(said[2].starts_with("Row 5, column Student_Number: \"0007\" is also in row 2 and 4,"), "{}", said[2]);
}

#[test]
fn a_copy_with_a_bad_cell_does_not_let_the_other_slip_in() {
    let file = read("Student_Number,Last_Name,First_Name,DOB\n7,Lee,Al,x\n7,Lee,Al,\n");
    assert_eq!(file.records, []);
    assert_eq!(file.problems.iter().map(|p| p.row).collect::<Vec<_>>(), [2, 2, 3]);
}

#[test]
fn many_copies_name_at_most_five_others() {
    let rows = "7,Lee,Al\n".repeat(10);
    let file = read(format!("Student_Number,Last_Name,First_Name\n{rows}"));
    assert_eq!(file.problems.len(), 10);
    assert!(file.problems[0].reason.starts_with("is also in row 3, 4, 5, 6, 7 and 4 more,"));
    let six = read(format!("Student_Number,Last_Name,First_Name\n{}", "7,Lee,Al\n".repeat(6)));
    assert!(six.problems[0].reason.starts_with("is also in row 3, 4, 5, 6 and 7,"));
}
