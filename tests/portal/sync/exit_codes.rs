//! `crosswalk sync` on the command line: its exit codes, what `--json` says, and what it refuses.

use super::{PARENTS, RELATIONSHIPS, STUDENTS, TEACHERS};
use crate::at_both_desks;
use crate::support::Desk;
use crate::support::desk::PASSWORD;

/// A school with Vidigami at a stage, and the files in the folder: the options that name them.
fn school(desk: &Desk, stage: &str) -> Vec<String> {
    desk.run(&["school", "add", "NFC", "--name", "Northfield College", "--letters", "NC"]).assert_says(0, "is added");
    desk.run(&["school", "stage", "NFC", "vidigami", stage]).assert_says(0, "Vidigami is");
    [("students", STUDENTS), ("teachers", TEACHERS), ("parents", PARENTS), ("relationships", RELATIONSHIPS)]
        .into_iter()
        .flat_map(|(slot, text)| [format!("--{slot}"), desk.write(&format!("{slot}.txt"), text)])
        .collect()
}

fn plan(desk: &Desk, files: &[String], more: &[&str]) -> crate::support::desk::Ended {
    let mut args = vec!["sync", "plan", "--school", "NFC"];
    args.extend(files.iter().map(String::as_str));
    args.extend(more);
    desk.run(&args)
}

fn json(out: &str) -> serde_json::Value {
    serde_json::from_str(out).unwrap_or_else(|e| panic!("{e}: {out}"))
}

at_both_desks! {
    fn a_new_school_is_planned_at_testing_and_applied_once_it_is_live(desk) {
        let files = school(&desk, "testing");
        let planned = plan(&desk, &files, &[]);
        planned.assert_says(1, "is also the e-mail of Ivo Nuñez (Parent, row 3 of Parents)");
        planned.assert_says(1, "6 created, 0 updated, 0 unchanged, 0 no longer listed, 0 deactivated, 2 blocked");
        desk.run(&["sync", "apply", "1", "--school", "NFC"]).assert_refused("not Live at this school");
        desk.run(&["school", "stage", "NFC", "vidigami", "live"]).assert_says(0, "Live");
        desk.run(&["sync", "apply", "1", "--school", "NFC"]).assert_says(1, "Run 1, Applied");
        desk.run(&["sync", "apply", "1", "--school", "NFC"]).assert_refused("is not waiting to be applied");
        let again = plan(&desk, &files, &["--json"]);
        assert_eq!(again.code, 1, "two parents are blocked still");
        let told = json(&again.out);
        for (field, count) in [("created", 0), ("updated", 0), ("unchanged", 6), ("blocked", 2), ("rows_read", 11)] {
            assert_eq!(told[field], count, "{field}: {}", again.out);
        }
        assert_eq!(told["state"], "planned");
        // One number in all three files, and no Host ID in what is printed.
        assert_eq!(told["figures"]["overlaps"], 2, "{}", again.out);
        for id in ["S1001", "T1001", "P1001"] {
            assert!(!again.out.contains(id), "{id}: {}", again.out);
        }
        let blocked: Vec<&serde_json::Value> =
            told["problems"].as_array().expect("a list").iter().filter(|p| p["cause"] == "shared_email").collect();
        assert_eq!(blocked.len(), 2);
        assert_eq!((&blocked[0]["file"], &blocked[0]["column"], &blocked[0]["row"]), (&"parents".into(), &"E-mail".into(), &2.into()));
    }

    fn a_held_run_is_released_by_a_second_person_who_does_not_apply_it(desk) {
        let files = school(&desk, "live");
        plan(&desk, &files, &[]).assert_says(1, "created");
        desk.run(&["sync", "apply", "1", "--school", "NFC"]).assert_says(1, "Applied");
        for user in ["one", "two"] {
            desk.run_with(&["user", "add", user, "--school", "NFC", "--profile", "registrar"], &format!("{PASSWORD}\n")).assert_says(0, "is added");
            for task in ["run_roster_sync", "release_held_runs"] {
                desk.run(&["user", "grant", user, "--task", task, "--school", "NFC"]).assert_says(0, "");
            }
        }
        // Everybody of Grade 5 moves up to 6: the group of Grade 5 would be empty.
        let moved = desk.write("moved.txt", STUDENTS.replace("\t5\t", "\t6\t"));
        let held = plan(&desk, &["--students".into(), moved], &["--as", "one"]);
        held.assert_says(3, "Held: The group Grade 5 would have no member left.");
        desk.run(&["sync", "apply", "2", "--school", "NFC", "--as", "one"]).assert_refused("Run 2 is held");
        desk.run(&["sync", "release", "2", "--school", "NFC", "--reason", "rollover", "--as", "one"]).assert_refused("Whoever made the plan cannot release it");
        desk.run(&["sync", "release", "2", "--school", "NFC", "--reason", " ", "--as", "two"]).assert_refused("Say why the run may go on");
        let released = desk.run(&["sync", "release", "2", "--school", "NFC", "--reason", "rollover", "--as", "two", "--json"]);
        assert_eq!((released.code, &json(&released.out)["release_reason"]), (0, &"rollover".into()));
        desk.run(&["sync", "apply", "2", "--school", "NFC", "--as", "two"]).assert_refused("Whoever released a held run cannot apply it");
        desk.run(&["sync", "apply", "2", "--school", "NFC", "--as", "one"]).assert_says(0, "Run 2, Applied");
        desk.run(&["sync", "undo", "2", "--school", "NFC"]).assert_says(0, "Applied");
        assert_eq!(json(&desk.run(&["sync", "show", "2", "--school", "NFC", "--json"]).out)["undone_by_run"], 3);
    }

    fn rows_that_name_people_by_host_ids_are_not_shown_to_those_who_may_not_see_them(desk) {
        let files = school(&desk, "live");
        plan(&desk, &files, &[]).assert_says(1, "created");
        desk.run(&["sync", "apply", "1", "--school", "NFC"]).assert_says(1, "Applied");
        let ties = desk.write("ties.csv", "Host ID Student,Host ID Parent\n\"S\"\"777\",P1001\n");
        let given = ["--relationships".to_owned(), ties];
        let seen = plan(&desk, &given, &["--only-these", "--json"]);
        assert!(seen.out.contains("777"), "{}", seen.out);
        desk.run_with(&["user", "add", "one", "--school", "NFC", "--profile", "clerk"], &format!("{PASSWORD}\n")).assert_says(0, "is added");
        desk.run(&["user", "grant", "one", "--task", "run_roster_sync", "--school", "NFC"]).assert_says(0, "");
        for more in [&["--only-these", "--as", "one", "--json"][..], &["--only-these", "--as", "one"]] {
            let hidden = plan(&desk, &given, more);
            assert!(hidden.out.contains("Unauthorized") && !hidden.out.contains("777"), "{}", hidden.out);
        }
    }

    fn a_match_list_is_planned_applied_and_undone_and_no_id_is_printed(desk) {
        let files = school(&desk, "live");
        plan(&desk, &files, &[]).assert_says(1, "created");
        desk.run(&["sync", "apply", "1", "--school", "NFC"]).assert_says(1, "Applied");
        let list = desk.write("list.csv", "Old ID,New ID,Member Type\nS1001,S1002,Student\nS1002,S1001,Student\nS777,S9,Student\n");
        let planned = desk.run(&["sync", "match-list", &list, "--school", "NFC", "--json"]);
        let told = json(&planned.out);
        assert_eq!((planned.code, &told["kind"], &told["changed"], &told["swaps"], &told["refused"]), (1, &"match_list".into(), &2.into(), &1.into(), &1.into()));
        assert!(!planned.out.contains("S777") && !planned.out.contains("S1001"), "{}", planned.out);
        let run = told["run"].to_string();
        desk.run(&["sync", "show", &run, "--school", "NFC"]).assert_says(1, "Row 4, column Old ID: is nobody’s ID of Vidigami");
        desk.run(&["sync", "apply", &run, "--school", "NFC"]).assert_says(1, "2 changed, 0 unchanged, 1 refused, 4 not on the list; 1 swaps");
        let again = json(&desk.run(&["sync", "match-list", &list, "--school", "NFC", "--json"]).out);
        assert_eq!((&again["changed"], &again["unchanged"]), (&0.into(), &2.into()));
        desk.run(&["sync", "undo", &run, "--school", "NFC"]).assert_says(0, "Applied");
        let again = json(&desk.run(&["sync", "match-list", &list, "--school", "NFC", "--json"]).out);
        assert_eq!(again["changed"], 2, "what was undone can be done again");
        let wrong = desk.write("wrong.csv", "Old ID,New ID\n1,2\n");
        desk.run(&["sync", "match-list", &wrong, "--school", "NFC"]).assert_refused("Match list: The column Member Type is missing");
        // Whoever may not see IDs may not ask whose they are.
        desk.run_with(&["user", "add", "one", "--school", "NFC", "--profile", "clerk"], &format!("{PASSWORD}\n")).assert_says(0, "is added");
        desk.run(&["user", "grant", "one", "--task", "run_roster_sync", "--school", "NFC"]).assert_says(0, "");
        desk.run(&["sync", "match-list", &list, "--school", "NFC", "--as", "one"]).assert_refused("View integration IDs for Vidigami");
    }

    fn a_returning_school_goes_by_its_match_list_first_and_then_waits_until_both_sides_agree(desk) {
        let files = school(&desk, "live");
        plan(&desk, &files, &[]).assert_says(1, "created");
        desk.run(&["sync", "apply", "1", "--school", "NFC"]).assert_says(1, "Applied");
        let list = desk.write("list.csv", "Old ID,New ID,Member Type\nT1007,T1008,Teacher\n");
        let others = desk.write("others.txt", STUDENTS.replace("1003\tAdeyemi\tTobi", "1010\tNew\tNora"));
        let extract = ["--students".to_owned(), others];
        let with_list = ["--returning", "--match-list", list.as_str()];
        plan(&desk, &extract, &with_list).assert_says(0, "The extracts are planned once the match list is applied");
        desk.run(&["sync", "apply", "2", "--school", "NFC"]).assert_says(0, "1 changed");
        let held = plan(&desk, &extract, &with_list);
        held.assert_says(3, "Held: This is a returning school, and the two sides do not agree");
        held.assert_says(3, "Tobi Adeyemi");
        let run = json(&plan(&desk, &extract, &["--json"]).out)["run"].to_string();
        desk.run(&["sync", "apply", &run, "--school", "NFC"]).assert_refused("is held");
        plan(&desk, &extract, &["--go-on-anyway", "  "]).assert_refused("Say why the sync is to go on anyway");
        desk.run(&["sync", "show", &(run.parse::<i64>().unwrap() + 1).to_string(), "--school", "NFC"]).assert_refused("");
        let went = plan(&desk, &extract, &["--go-on-anyway", "Tobi has left.", "--json"]);
        let told = json(&went.out);
        assert_eq!((went.code, &told["state"], &told["figures"]["handshake"]["people"]), (0, &"planned".into(), &1.into()));
        desk.run(&["sync", "go-on", &told["run"].to_string(), "--school", "NFC", "--reason", "again"]).assert_refused("there is nothing to decide");
        desk.run(&["sync", "apply", &told["run"].to_string(), "--school", "NFC"]).assert_says(0, "Applied");
    }

    fn what_cannot_be_done_says_why(desk) {
        let files = school(&desk, "requested");
        plan(&desk, &files, &[]).assert_refused("a sync can be planned from Testing on");
        desk.run(&["school", "stage", "NFC", "vidigami", "testing"]);
        plan(&desk, &[], &[]).assert_refused("No file was given");
        let wrong = ["--students".to_owned(), desk.path("teachers.txt").to_string_lossy().into_owned()];
        plan(&desk, &wrong, &[]).assert_refused("Students:");
        let map = desk.write("map.txt", "students: Pupil = Nonsense\n");
        plan(&desk, &files, &["--map", &map]).assert_refused("Line 1 of the map");
        desk.run(&["sync", "show", "77", "--school", "NFC"]).assert_refused("");
        desk.run(&["sync", "cancel", "77", "--school", "NFC"]).assert_refused("there is nothing to stop");
        let mapped = desk.write("odd.txt", STUDENTS.replace("Student_Number", "Pupil No"));
        let odd = ["--students".to_owned(), mapped];
        plan(&desk, &odd, &[]).assert_refused("Student_Number is missing");
        let map = desk.write("map.txt", "students: Pupil No = Student_Number\n");
        plan(&desk, &odd, &["--map", &map]).assert_says(0, "3 created");
    }
}
