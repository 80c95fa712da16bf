//! `crosswalk check`: says nothing of a sound database, and names a fault that was planted.
//! Leaves the faults that the tables themselves refuse to `schema`.

use crate::at_both_desks;
use crate::support::desk::open;
use crate::support::rows::change;
use crate::support::{Database, Desk};

const NAMES: &str = "Student_Number,Last_Name,First_Name\n990001,Núñez,Žofie\n990002,Brown,Bob\n";

/// A demo, which has people with IDs.
fn prepared(desk: &Desk) {
    desk.done(&["demo", "--prepare", "--people", "30", "--file", &desk.url]);
}

at_both_desks! {
    fn a_sound_database_has_no_faults(desk) {
        desk.furnish();
        desk.run(&["import", "names", &desk.write("names.csv", NAMES), "--school", "NFC"]).assert_says(0, "2 created");
        desk.done(&["check"]).assert_says(0, "No faults found");
    }

    fn a_demo_has_no_faults(desk) {
        prepared(&desk);
        desk.done(&["check"]).assert_says(0, "No faults found");
    }

    fn a_fault_that_was_planted_is_named(desk) {
        prepared(&desk);
        for (plant, mend, says) in [
            ("UPDATE counters SET next_value = 1 WHERE school_id = 1", "UPDATE counters SET next_value = 2000 WHERE school_id = 1", "NFC: the next SONIS ID would be one that is given already"),
            ("DELETE FROM school_integrations WHERE school_id = 2", "INSERT INTO school_integrations (school_id, integration_id, stage, moved_by, moved_at) SELECT 2, integration_id, stage, moved_by, moved_at FROM school_integrations WHERE school_id = 1", "HAR: "),
        ] {
            assert!(change(&desk.db(), plant) > 0);
            desk.run(&["check"]).assert_refused(says);
            assert!(change(&desk.db(), mend) > 0);
            desk.done(&["check"]);
        }
    }

    fn a_run_that_was_left_in_the_middle_is_told_and_is_no_fault(desk) {
        prepared(&desk);
        change(&desk.db(), "UPDATE runs SET state = 'applying' WHERE school_id = 2");
        desk.done(&["check"]).assert_says(0, "was being applied when its process ended. Nothing of it was kept");
    }

    fn there_is_nothing_to_check_where_there_is_no_database(desk) {
        if desk.database == Database::Sqlite {
            let ended = desk.run(&["check"]);
            assert!(desk.files().is_empty(), "a check has made {:?}: {ended:?}", desk.files());
            ended.assert_refused("");
        }
    }
}

fn sqlite(desk: &Desk, sql: &str) {
    use diesel::connection::SimpleConnection;
    let mut conn =
        <diesel::SqliteConnection as diesel::Connection>::establish(desk.url.trim_start_matches("sqlite:")).unwrap();
    conn.batch_execute(sql).unwrap();
}

#[test]
fn an_index_of_names_that_disagrees_with_the_names_is_named() {
    for plant in [
        "INSERT INTO people_search (people_search) VALUES ('delete-all')",
        "DROP TRIGGER people_search_update; UPDATE people SET search_name = 'somebody else entirely' WHERE id = 1",
    ] {
        let desk = Desk::new(Database::Sqlite);
        prepared(&desk);
        sqlite(&desk, plant);
        desk.run(&["check"]).assert_refused("the index of names does not agree with the names");
    }
}

#[test]
fn rows_that_point_at_nothing_are_named() {
    let desk = Desk::new(Database::Sqlite);
    prepared(&desk);
    sqlite(&desk, "PRAGMA foreign_keys = OFF; DELETE FROM people WHERE id = 1");
    desk.run(&["check"]).assert_refused("a row of integration_ids points at nothing");
}

#[test]
fn a_damaged_file_is_named() {
    let desk = Desk::new(Database::Sqlite);
    prepared(&desk);
    drop(open(&desk.url));
    sqlite(&desk, "PRAGMA wal_checkpoint(TRUNCATE)");
    let path = desk.path("crosswalk.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let page = 4096 * (bytes.len() / 4096 / 2);
    bytes[page..page + 4096].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    let ended = desk.run(&["check"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(!ended.err.contains("panicked"), "{ended:?}");
}
