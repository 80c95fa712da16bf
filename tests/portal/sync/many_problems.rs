//! A file with more bad rows than anybody reads: the first are told, all are counted, and nobody is taken for gone.
//! Leaves the limit as such to `sources::refused`.

use std::fmt::Write;

use crosswalk::sources::TOLD;

use super::STUDENTS;
use crate::support::Database;
use crate::support::desk::Desk;
use crate::support::rows::texts;

#[test]
fn of_very_many_bad_rows_the_first_are_kept_and_the_others_are_counted() {
    let desk = Desk::new(Database::Sqlite);
    desk.furnish();
    desk.done(&["school", "stage", "NFC", "vidigami", "live"]);
    let first = desk.write("first.txt", STUDENTS);
    desk.done(&["sync", "plan", "--school", "NFC", "--students", &first]);
    desk.done(&["sync", "apply", "1", "--school", "NFC"]);
    crate::support::rows::change(
        &desk.db(),
        "INSERT INTO school_settings (school_id, name, value, set_by, set_at) SELECT 1, 'sync.absentees', 'deactivate', 'test', created_at FROM schools",
    );
    let mut bad = "Student_Number\tLast_Name\tFirst_Name\tGrade_Level\n".to_owned();
    for n in 0..TOLD + 500 {
        writeln!(bad, "no {n}\tFamily\tGiven\t4").unwrap();
    }
    // Its people are listed in rows that are not told.
    let file = desk.write("bad.txt", bad);
    let planned = desk.run(&["sync", "plan", "--school", "NFC", "--students", &file, "--json"]);
    let told: serde_json::Value = serde_json::from_str(&planned.out).unwrap();
    assert_eq!((&told["blocked"], &told["deactivated"]), (&(TOLD + 500).into(), &0.into()));
    assert!(told["files"][0]["notes"].to_string().contains("500 more rows are refused"), "{}", told["files"]);
    let kept = texts(
        &desk.db(),
        "SELECT CAST(count(*) AS TEXT) AS value FROM run_problems WHERE run_id = 2 AND slot = 'students'",
    );
    assert_eq!(kept, [TOLD.to_string()]);
}
