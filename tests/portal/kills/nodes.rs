//! A node that dies or stands still while it applies or plans, and another that takes over; a run that somebody stops.
//! The soak lets the node stand still for longer: `CROSSWALK_FREEZE_SECONDS`.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crosswalk::clock::Clock;
use crosswalk::runs::look_after;

use super::prepared::{Prepared, activity, amount, count, let_leases_run_out, open, students, until};
use crate::at_both_desks;
use crate::support::rows::texts;
use crate::support::{Database, Desk};

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];
const LOG: &str = "warn,crosswalk::cli=info";

/// Rows enough that an apply can be caught in the middle.
fn rows() -> usize {
    amount("CROSSWALK_TAKEOVER_ROWS", 12_000)
}

fn signal(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Waits until the work is well under way.
fn in_the_middle(desk: &Desk, child: &mut Child) {
    let db = desk.db();
    until("an apply under way", Duration::from_secs(60), || {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be caught");
        activity(&db, "SELECT CAST(count(*) AS BIGINT) AS value FROM run_leases WHERE done > 0") == [1]
    });
}

/// Somebody takes the run over and applies it: how long that took from now on.
fn is_taken_over(desk: &Desk, plan: &Prepared) -> Duration {
    let db = open(&desk.url);
    let begun = Instant::now();
    until("taken over", Duration::from_secs(30), || {
        let leases = activity(&db, "SELECT fence AS value FROM run_leases");
        leases.first().is_some_and(|fence| *fence > 1) || plan.state(&db) == "applied"
    });
    let taken = begun.elapsed();
    until("applied by the other", Duration::from_secs(120), || plan.state(&db) == "applied");
    assert!(plan.assert_all_or_nothing(&desk.url));
    taken
}

at_both_desks! {
    fn the_run_of_a_node_that_was_killed_is_taken_over_within_thirty_seconds(desk) {
        let plan = Prepared::at(&desk, rows());
        let other = desk.start(&SERVE, LOG);
        let mut child = plan.apply(&desk, &desk.url);
        in_the_middle(&desk, &mut child);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(count(&desk.db(), "people"), 0);
        let taken = is_taken_over(&desk, &plan);
        other.wait_for("whoever was applying it is gone; it was taken over and is applied");
        println!("- A node killed in the middle of an apply: taken over after {:.0} s.", taken.as_secs_f64());
    }

    fn a_node_that_stands_still_loses_its_run_and_its_late_writes_are_refused(desk) {
        // A file has one node.
        if desk.database == Database::Postgres {
            let plan = Prepared::at(&desk, rows());
            let _other = desk.start(&SERVE, LOG);
            let mut child = plan.apply(&desk, &desk.url);
            in_the_middle(&desk, &mut child);
            signal(&child, "-STOP");
            let begun = Instant::now();
            let taken = is_taken_over(&desk, &plan);
            let seconds = u64::try_from(amount("CROSSWALK_FREEZE_SECONDS", 0)).unwrap();
            std::thread::sleep(Duration::from_secs(seconds).saturating_sub(begun.elapsed()) + Duration::from_secs(2));
            let before = desk.rows();
            signal(&child, "-CONT");
            let stood = begun.elapsed();
            let ended = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&ended.stderr);
            assert_eq!(ended.status.code(), Some(2), "{said}");
            assert!(said.contains(&format!("Another process has taken run {} over.", plan.run)), "{said}");
            assert!(desk.rows() == before, "the late node wrote something");
            println!(
                "- A node frozen for {:.0} s in the middle of an apply: taken over after {:.0} s, its late writes refused.",
                stood.as_secs_f64(),
                taken.as_secs_f64()
            );
        }
    }

    fn a_run_that_is_asked_to_stop_waits_again_within_two_seconds_and_nothing_is_changed(desk) {
        // Enough that it is not done before it has heard of it.
        let plan = Prepared::at(&desk, 5 * rows());
        let mut child = plan.apply(&desk, &desk.url);
        in_the_middle(&desk, &mut child);
        let begun = Instant::now();
        let db = desk.db();
        assert!(crosswalk::runs::ask_to_stop(&db, &desk.school(&db), plan.id()).unwrap());
        until("planned again", Duration::from_secs(10), || plan.state(&db) == "planned");
        // The two seconds are those of the program as it is used; this one is not optimised.
        assert!(begun.elapsed() < Duration::from_secs(if cfg!(debug_assertions) { 4 } else { 2 }), "{:?}", begun.elapsed());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&ended.stderr).contains("was stopped. Nothing was changed."));
        assert!(!plan.assert_all_or_nothing(&desk.url));
        assert!(plan.apply(&desk, &desk.url).wait().unwrap().success(), "it can be applied afterwards");
        assert!(plan.assert_all_or_nothing(&desk.url));
    }

    fn a_plan_whose_process_died_is_given_up(desk) {
        desk.furnish();
        desk.done(&["school", "stage", "NFC", "vidigami", "live"]);
        let file = students(&desk, rows());
        let mut child = desk.spawn(&["sync", "plan", "--school", "NFC", "--students", &file], |_| {});
        let db = desk.db();
        until("a plan under way", Duration::from_secs(60), || {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it could be caught");
            count(&db, "changes") > 0
        });
        child.kill().unwrap();
        child.wait().unwrap();
        let clock = Clock::default();
        assert_eq!(look_after(&db, &clock).unwrap(), 0, "its lease holds");
        let_leases_run_out(&desk.url);
        clock.advance(chrono::Duration::seconds(11));
        assert_eq!(look_after(&db, &clock).unwrap(), 1);
        assert_eq!(texts(&db, "SELECT state AS value FROM runs"), ["abandoned"]);
        for table in ["changes", "run_problems", "run_files", "run_groups", "run_overlaps", "people"] {
            assert_eq!(count(&db, table), 0, "{table}");
        }
        assert_eq!(look_after(&db, &clock).unwrap(), 0);
    }
}

impl Prepared {
    fn id(&self) -> crosswalk::runs::RunId {
        crosswalk::runs::RunId(self.run.parse().unwrap())
    }
}

impl Desk {
    fn school(&self, db: &crosswalk::db::Db) -> crosswalk::schools::CurrentSchool {
        db.read(|conn| crosswalk::schools::CurrentSchool::by_code(conn, "NFC")).unwrap().unwrap()
    }

    /// Every row but those of the audit, which the other node seals meanwhile.
    fn rows(&self) -> std::collections::BTreeMap<String, String> {
        let mut rows = crate::support::rows::snapshot(&self.db());
        rows.retain(|table, _| !table.starts_with("audit"));
        rows
    }
}
