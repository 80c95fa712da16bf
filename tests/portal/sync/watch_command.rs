//! `crosswalk sync watch` and `serve --watch`: the settings by command, one look for a scheduler, and a server that looks by itself.

use super::{PARENTS, STUDENTS};
use crate::at_both_desks;
use crate::support::Desk;

/// A school with a user who may run a sync, and a folder for it.
fn school(desk: &Desk) -> String {
    desk.furnish();
    desk.done(&["school", "stage", "NFC", "vidigami", "live"]);
    desk.done(&["user", "grant", "reg", "--task", "run_roster_sync", "--school", "NFC"]);
    let folder = desk.path("drop");
    std::fs::create_dir(&folder).unwrap();
    folder.to_string_lossy().into_owned()
}

at_both_desks! {
    fn one_look_takes_what_is_there_and_says_what_waits(desk) {
        let folder = school(&desk);
        let set = ["sync", "watch", "set", "--school", "NFC"];
        let with = |more: &[&str]| desk.run(&[&set, more].concat());
        with(&["--folder", "drop"]).assert_refused("is no folder of this machine").assert_plain_line();
        with(&["--times", "noon"]).assert_refused("is no time of day").assert_plain_line();
        with(&["--user", "nobody.here"]).assert_refused("There is no user nobody.here").assert_plain_line();
        assert_eq!(with(&["--folder", &folder, "--as", "reg"]).code, 2, "a user of a school opens no folders");
        with(&["--as", "cle", "--on"]).assert_refused("lacks the Task").assert_plain_line();
        with(&["--folder", &folder, "--on", "--on-arrival"]).assert_says(0, "Waits: Nobody has said in whose name");
        with(&["--as", "reg", "--on"]).assert_says(0, "In the name of: reg.");
        let look = ["sync", "watch", "--once", "--settle", "1"];
        desk.run(&look).assert_says(0, "NFC: nothing to take.");
        desk.done(&["school", "add", "HAR", "--name", "Harbor Academy", "--letters", "HA"]);
        desk.run(&["sync", "watch", "set", "--school", "HAR", "--folder", &folder]).assert_refused("is the folder of Northfield College").assert_plain_line();
        std::fs::write(desk.path("drop/students.txt"), STUDENTS).unwrap();
        desk.run(&look).assert_says(0, "NFC: run 1 is applied.");
        assert!(desk.path("drop/done/run-1-students.txt").exists());
        std::fs::write(desk.path("drop/parents.csv"), PARENTS).unwrap();
        desk.run(&look).assert_says(3, "Run 2 is planned, and 2 of its rows are blocked.");
        let shown = desk.done(&["sync", "watch", "show", "--school", "NFC", "--json"]);
        let shown: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
        assert_eq!((&shown["on"], &shown["last_run"], &shown["last_run_state"]), (&true.into(), &2.into(), &"planned".into()));
        assert!(shown["waits_for"].as_str().is_some_and(|w| w.contains("blocked")), "{shown}");
        desk.run(&["sync", "apply", "2", "--school", "NFC"]).assert_says(1, "Applied");
        let shown = desk.done(&["sync", "watch", "show", "--school", "NFC"]);
        assert!(shown.out.contains("Last run: 2, Applied.") && !shown.out.contains("Waits:"), "{shown:?}");
        with(&["--off"]).assert_says(0, "does not go by itself");
        std::fs::write(desk.path("drop/students.txt"), STUDENTS).unwrap();
        assert_eq!(desk.done(&look).out, "");
    }

    fn a_server_that_is_told_to_takes_files_by_itself(desk) {
        let folder = school(&desk);
        desk.done(&["sync", "watch", "set", "--school", "NFC", "--folder", &folder, "--user", "reg", "--on"]);
        std::fs::write(desk.path("drop/students.txt"), STUDENTS).unwrap();
        let server = desk.start(&["serve", "--listen", "127.0.0.1:0", "--watch", "--settle", "1"], "warn,crosswalk=info");
        server.wait_for("run 1 of NFC is applied by itself");
        assert!(desk.path("drop/done/run-1-students.txt").exists());
    }
}
