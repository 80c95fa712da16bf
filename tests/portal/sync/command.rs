//! What the command line and the pages share: titles that were mapped once.
//! Leaves the rest of the command to its own tests.

use super::STUDENTS;
use crate::support::Database;
use crate::support::desk::Desk;

#[test]
fn a_map_given_on_the_command_line_is_remembered_and_laid_over_what_was_said_before() {
    let desk = Desk::new(Database::Sqlite);
    desk.furnish();
    desk.done(&["school", "stage", "NFC", "vidigami", "live"]);
    let odd = desk.write("odd.txt", STUDENTS.replace("Student_Number", "Pupil ref"));
    let map = desk.write("map.txt", "students: Pupil ref = Student_Number\n");
    let plan = ["sync", "plan", "--school", "NFC", "--students", odd.as_str()];
    let refused = desk.run(&plan);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("The column Student_Number is missing"), "{refused:?}");

    let with_map: Vec<&str> = plan.into_iter().chain(["--map", map.as_str()]).collect();
    let planned = desk.done(&with_map);
    assert!(planned.out.contains("3 created"), "{planned:?}");
    let again = desk.done(&plan);
    assert!(again.out.contains("3 created"), "nobody has to say it twice: {again:?}");

    // What is said now counts, not what was said before.
    let other = desk.write("other.txt", "students: Pupil ref = Other_PID\n");
    let over: Vec<&str> = plan.into_iter().chain(["--map", other.as_str()]).collect();
    assert_eq!(desk.run(&over).code, 2);
    assert_eq!(desk.run(&plan).code, 2, "and is remembered");
}
