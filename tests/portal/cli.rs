//! The commands: schools, users, imports, who acts, what is refused and with which exit code.
//! Leaves the demo to `demo`, backups to `backup`, looking for faults to `check`.

use crate::at_both_desks;
use crate::support::desk::{PASSWORD, block_on};
use crate::support::rows::{change, snapshot, texts};
use crate::support::{Database, Desk};

const TWO: &str = "Student_Number,Last_Name,First_Name\n990001,Núñez,Žofie\n990002,王,小明\n";

at_both_desks! {
    fn a_school_is_added_with_its_integrations_and_users(desk) {
        desk.done(&["school", "add", "nfc", "--name", "Northfield College", "--letters", "nc", "--time-zone", "America/Chicago"]).assert_says(0, "Northfield College (NFC) is added.");
        desk.done(&["school", "stage", "NFC", "canvas", "live"]).assert_says(0, "Canvas is Live at Northfield College.");
        desk.done(&["school", "stage", "NFC", "canvas", "LIVE"]).assert_says(0, "Canvas was Live at Northfield College already.");
        let first = desk.run_with(&["user", "add", "Rosa.O", "--school", "NFC", "--profile", "registrar", "--name", "Rosa Okafor"], &format!("{PASSWORD}\n"));
        first.assert_says(0, "As the first user of the school, they may grant every Task.");
        let second = desk.run_with(&["user", "add", "cle", "--school", "NFC", "--profile", "clerk", "--temporary"], PASSWORD);
        assert!(!second.assert_says(0, "cle is added with the profile Clerk.").out.contains("first user"), "{second:?}");
        desk.run_with(&["user", "add", "sup", "--support"], PASSWORD).assert_says(0, "sup is added");
        let db = desk.db();
        assert_eq!(texts(&db, "SELECT user_id || ' ' || profile || ' ' || CASE WHEN must_change THEN 'temporary' ELSE '' END AS value FROM users ORDER BY id"), ["Rosa.O registrar ", "cle clerk temporary", "sup support "]);
        let held = texts(&db, "SELECT task || ' ' || kind AS value FROM grants WHERE user_id = 1 ORDER BY 1");
        for grant in ["modify_integration_ids use", "edit_people use", "import_names use", "administer_security may_grant", "view_audit may_grant"] {
            assert!(held.iter().any(|h| h == grant), "{grant} in {held:?}");
        }
        assert!(!held.iter().any(|h| h == "administer_security use" || h.starts_with("set_stages")), "{held:?}");
        let entries = texts(&db, "SELECT actor_name || ': ' || action || ' ' || subject AS value FROM audit_entries ORDER BY id");
        assert_eq!(entries.len(), 5, "{entries:?}");
        assert!(entries.iter().all(|e| e.starts_with("operator (")), "{entries:?}");
        let stored = format!("{:?}", snapshot(&db));
        assert!(!stored.contains(PASSWORD) && stored.contains("$argon2id$"));
        assert!(!format!("{first:?}{second:?}").contains(PASSWORD));
    }

    fn a_task_is_granted_for_one_integration_until_a_day_and_taken_away(desk) {
        desk.furnish();
        let grant = |more: &[&str]| {
            let mut args = vec!["user", "grant", "cle", "--school", "NFC", "--task"];
            args.extend(more);
            desk.run(&args)
        };
        let refused = |more: &[&str], text: &str| {
            grant(more).assert_refused(text).assert_plain_line();
        };
        refused(&["Do everything"], "is not a Task. Tasks are: View/modify integration IDs");
        refused(&["Edit people", "--integration", "canvas"], "is not about the IDs of an integration");
        refused(&["View integration IDs", "--integration", "moodle"], "There is no integration with the code moodle");
        refused(&["View integration IDs", "--until", "2020-01-31"], "is over at the school");
        refused(&["Set stages"], "counts everywhere");
        refused(&["View integration IDs", "--as", "reg"], "lacks the Task Administer user security");
        desk.run(&["user", "grant", "sec", "--school", "NFC", "--task", "Edit people", "--as", "sec"]).assert_refused("Nobody changes their own");
        desk.run(&["user", "grant", "sec", "--school", "NFC", "--task", "Administer user security", "--take-away"]).assert_refused("last security administrator");
        let done = grant(&["view integration ids", "--integration", "canvas", "--until", "2998-12-31", "--as", "sec"]);
        done.assert_says(0, "cle: Granted: View integration IDs, for Canvas, until 31 December 2998");
        grant(&["view_integration_ids", "--integration", "canvas", "--until", "2998-12-31"]).assert_says(0, "everything was so already");
        grant(&["Edit people", "--may-grant"]).assert_says(0, "cle: Granted: may grant Edit people, without end");
        grant(&["view_integration_ids", "--integration", "canvas", "--take-away"]).assert_says(0, "cle: Taken away: View integration IDs, for Canvas");
        let told = texts(&desk.db(), "SELECT subject AS value FROM audit_entries WHERE action = 'tasks_changed' ORDER BY id");
        assert_eq!(told.len(), 3, "{told:?}");
        desk.run_with(&["user", "add", "sup", "--support"], PASSWORD);
        desk.run(&["user", "grant", "sup", "--task", "set_stages", "--take-away"]).assert_says(0, "sup: Taken away: Set stages");
        desk.run(&["user", "grant", "sup", "--task", "set_stages"]).assert_says(0, "sup: Granted: Set stages");
        desk.run(&["user", "grant", "cle", "--task", "set_stages"]).assert_refused("cle is not of Support");
        assert_eq!(texts(&desk.db(), "SELECT task AS value FROM grants WHERE revoked_at IS NULL AND task = 'set_stages'").len(), 1);
    }

    fn a_user_is_disabled_and_enabled_by_the_rules_of_the_page(desk) {
        desk.furnish();
        desk.run_with(&["user", "add", "sec2", "--school", "NFC", "--profile", "clerk"], PASSWORD);
        desk.run(&["user", "grant", "sec2", "--school", "NFC", "--task", "Administer user security"]).assert_says(0, "Granted");
        let state = |args: &[&str]| {
            let mut all = vec!["user"];
            all.extend(args);
            desk.run(&all)
        };
        state(&["disable", "nobody"]).assert_refused("There is no user nobody").assert_plain_line();
        state(&["disable", "sec", "--as", "sec"]).assert_refused("Nobody changes their own");
        state(&["disable", "sec", "--as", "reg"]).assert_refused("lacks the Task Administer user security");
        state(&["disable", "reg", "--as", "sec2"]).assert_refused("which you may not grant");
        // Also the operator leaves a school somebody who may grant.
        state(&["disable", "SEC"]).assert_refused("last security administrator").assert_plain_line();
        desk.run(&["user", "grant", "sec", "--school", "NFC", "--task", "Administer user security", "--may-grant", "--take-away"]).assert_refused("last security administrator");
        desk.run(&["user", "limit", "sec", "--member-type", "student"]).assert_refused("last security administrator");
        state(&["disable", "reg", "--as", "sec"]).assert_says(0, "reg is disabled.");
        state(&["disable", "reg"]).assert_says(0, "reg is disabled.");
        state(&["enable", "reg", "--as", "sec2"]).assert_refused("which you may not grant");
        state(&["enable", "reg"]).assert_says(0, "reg is enabled, with the Tasks that they had.");
        desk.run_with(&["user", "add", "sup", "--support"], PASSWORD);
        state(&["disable", "sup", "--as", "sec"]).assert_refused("Only the operator");
        state(&["disable", "sup"]).assert_says(0, "sup is disabled.");
        desk.run(&["school", "stage", "NFC", "canvas", "live", "--as", "sup"]).assert_refused("or that user is disabled");
        state(&["enable", "sup"]).assert_says(0, "sup is enabled");
        let told = texts(&desk.db(), "SELECT action || ' ' || subject AS value FROM audit_entries WHERE action LIKE 'user_%abled' ORDER BY id");
        assert_eq!(told, ["user_disabled reg", "user_enabled reg", "user_disabled sup", "user_enabled sup"]);
    }

    fn what_is_no_school_stage_user_or_password_is_refused_in_a_plain_line(desk) {
        desk.furnish();
        let before = snapshot(&desk.db());
        let refused = |args: &[&str], text: &str| {
            let ended = desk.run_with(args, PASSWORD);
            ended.assert_refused(text).assert_plain_line();
        };
        for code in ["", "NFC 1", "NORTHFIELDCO", "Ä"] {
            refused(&["school", "add", code, "--name", "X", "--letters", "XX"], "is not a school code");
        }
        refused(&["school", "add", "X", "--name", "X", "--letters", "XXX"], "are not SONIS ID letters");
        refused(&["school", "add", "X", "--name", " ", "--letters", "XX"], "A school needs a name");
        refused(&["school", "add", "X", "--name", "X", "--letters", "XX", "--time-zone", "Mars/Base"], "is not a time zone");
        refused(&["school", "add", "nfc", "--name", "X", "--letters", "XX"], "There is a school with the code NFC already");
        refused(&["school", "add", "X", "--name", "X", "--letters", "nc"], "The letters NC are those of another school");
        refused(&["school", "stage", "NFC", "canvas", "lively"], "is not a stage");
        refused(&["school", "stage", "NFC", "moodle", "live"], "There are: canvas, jrm, perceptive, vidigami");
        refused(&["school", "stage", "XXX", "canvas", "live"], "There is no school with the code XXX");
        refused(&["user", "add", "x y", "--school", "NFC", "--profile", "clerk"], "is not a User ID");
        refused(&["user", "add", "REG", "--school", "NFC", "--profile", "clerk"], "There is a user REG already");
        refused(&["user", "add", "new", "--school", "NFC", "--profile", "boss"], "is not a profile");
        refused(&["user", "add", "new", "--school", "NFC", "--profile", "support"], "is not a profile");
        refused(&["user", "add", "new", "--school", "XXX", "--profile", "clerk"], "There is no school");
        for weak in ["tiny", "passwordpassword", "\n"] {
            let ended = desk.run_with(&["user", "add", "new", "--school", "NFC", "--profile", "clerk"], weak);
            ended.assert_refused("password").assert_plain_line();
        }
        desk.run(&["user", "add", "new", "--school", "NFC", "--profile", "clerk"]).assert_refused("password");
        for wrong in [vec!["user", "add", "new"], vec!["user", "add", "new", "--school", "NFC", "--profile", "clerk", "--password", "x"], vec!["nonsense"], vec![]] {
            assert_eq!(desk.run(&wrong).code, 2, "{wrong:?}");
        }
        assert_eq!(before, snapshot(&desk.db()));
    }

    fn names_are_imported_and_the_exit_code_says_how_it_went(desk) {
        desk.furnish();
        let import = |name: &str, text: &str| desk.run(&["import", "names", &desk.write(name, text), "--school", "NFC"]);
        import("two.csv", TWO).assert_says(0, "2 rows read, 2 created, 0 updated, 0 unchanged, 0 not taken.");
        import("two.csv", TWO).assert_says(0, "2 rows read, 0 created, 0 updated, 2 unchanged, 0 not taken.");
        import("one.csv", &TWO.replace("Žofie", "Sophie")).assert_says(0, "0 created, 1 updated, 1 unchanged");
        let some = import("some.csv", &(TWO.to_owned() + "00A7,No,Number\n"));
        some.assert_says(1, "Row 4, column Student_Number: \"00A7\" is not a number").assert_says(1, "1 not taken.");
        import("wrong.csv", "a,b\n1,2\n").assert_refused("The column Student_Number is missing").assert_plain_line();
        import("empty.csv", "").assert_refused("The file is empty").assert_plain_line();
        desk.run(&["import", "names", "not-there.csv", "--school", "NFC"]).assert_refused("cannot be read").assert_plain_line();
        desk.run(&["import", "names", "two.csv", "--school", "XXX"]).assert_refused("There is no school with the code XXX");
        let db = desk.db();
        assert_eq!(texts(&db, "SELECT sonis_id || ' ' || last_name || ' ' || first_name AS value FROM people ORDER BY 1"), ["NC0000001 Núñez Žofie", "NC0000002 王 小明"]);
        // Only a plan: nothing is changed, and a page applies it.
        let planned = desk.run(&["import", "names", &desk.write("new.csv", "Student_Number,Last_Name,First_Name\n990003,New,One\n"), "--school", "NFC", "--plan"]);
        planned.assert_says(0, "Planned, run");
        assert_eq!(texts(&db, "SELECT state AS value FROM runs ORDER BY id DESC LIMIT 1"), ["planned"]);
        assert_eq!(texts(&db, "SELECT CAST(count(*) AS TEXT) AS value FROM people"), ["2"]);
        assert!(texts(&db, "SELECT DISTINCT actor_name AS value FROM runs")[0].starts_with("operator ("));
    }

    fn who_acts_needs_the_task_and_stands_on_record(desk) {
        desk.furnish();
        desk.done(&["school", "add", "HAR", "--name", "Harbor", "--letters", "HA"]);
        let file = desk.write("two.csv", TWO);
        let before = snapshot(&desk.db());
        let import = |school: &str, user: &str| desk.run(&["import", "names", &file, "--school", school, "--as", user]);
        import("NFC", "cle").assert_refused("cle lacks the Task Import names").assert_plain_line();
        import("NFC", "sec").assert_refused("sec lacks the Task Import names");
        import("HAR", "reg").assert_refused("reg lacks the Task Import names");
        import("NFC", "nobody").assert_refused("There is no user nobody");
        desk.run(&["school", "add", "X", "--name", "X", "--letters", "XX", "--as", "reg"]).assert_refused("lacks the Task Set stages");
        desk.run(&["school", "stage", "NFC", "canvas", "off", "--as", "sec"]).assert_refused("lacks the Task Set stages");
        desk.run_with(&["user", "add", "new", "--school", "NFC", "--profile", "clerk", "--as", "reg"], PASSWORD).assert_refused("lacks the Task Administer user security");
        desk.run_with(&["user", "add", "new", "--school", "HAR", "--profile", "clerk", "--as", "sec"], PASSWORD).assert_refused("lacks the Task");
        assert_eq!(before, snapshot(&desk.db()));
        import("NFC", "reg").assert_says(0, "2 created");
        assert_eq!(texts(&desk.db(), "SELECT actor_name AS value FROM runs"), ["reg"]);
        desk.run_with(&["user", "add", "new", "--school", "NFC", "--profile", "clerk", "--as", "sec"], PASSWORD).assert_says(0, "new is added");
        assert_eq!(texts(&desk.db(), "SELECT created_by AS value FROM users WHERE user_id = 'new'"), ["sec"]);
        desk.run_with(&["user", "add", "sup", "--support"], PASSWORD).assert_says(0, "sup is added");
        desk.done(&["school", "stage", "NFC", "canvas", "off", "--yes", "--as", "sup"]);
        assert_eq!(texts(&desk.db(), "SELECT moved_by AS value FROM school_integrations"), ["sup"]);
        change(&desk.db(), "UPDATE users SET disabled_at = created_at WHERE user_id = 'reg'");
        import("NFC", "reg").assert_refused("or that user is disabled");
        change(&desk.db(), "UPDATE grants SET revoked_at = granted_at");
        desk.run(&["school", "stage", "NFC", "canvas", "live", "--as", "sup"]).assert_refused("lacks the Task Set stages");
    }

    fn a_security_administrator_of_one_school_makes_nobody_who_may_more_than_they_may_grant(desk) {
        desk.furnish();
        let before = snapshot(&desk.db());
        // Support's Tasks are for all schools; no school's administrator may grant them.
        desk.run_with(&["user", "add", "sup", "--support", "--as", "sec"], PASSWORD).assert_refused("Support");
        assert_eq!(before, snapshot(&desk.db()));
    }

    fn nobody_gives_a_new_user_a_task_that_they_may_not_grant(desk) {
        desk.furnish();
        change(&desk.db(), "UPDATE grants SET revoked_at = granted_at WHERE kind = 'may_grant'");
        let before = snapshot(&desk.db());
        desk.run_with(&["user", "add", "new", "--school", "NFC", "--profile", "registrar", "--as", "sec"], PASSWORD).assert_refused("");
        assert_eq!(before, snapshot(&desk.db()));
    }

    fn the_operator_is_the_account_of_the_process_whatever_the_environment_says(desk) {
        desk.furnish();
        let own = std::process::Command::new("id").arg("-run").output().expect("id");
        let own = String::from_utf8_lossy(&own.stdout).trim().to_owned();
        let stage = |stage: &str, sudo_user: &str| {
            let ended = desk.run_in(&["school", "stage", "NFC", "canvas", stage], "", |c| {
                for name in ["USER", "LOGNAME", "USERNAME"] {
                    c.env(name, "mallory");
                }
                c.env("SUDO_USER", sudo_user);
            });
            assert_eq!(ended.code, 0, "{ended:?}");
            let told = texts(&desk.db(), "SELECT actor_name AS value FROM audit_entries WHERE action = 'stage_moved' ORDER BY id DESC LIMIT 1");
            told.into_iter().next().expect("an entry")
        };
        assert_eq!(stage("off", "mallory) or (root"), format!("operator ({own})"));
        let for_anna = if own == "root" { "operator (root, for anna)".to_owned() } else { format!("operator ({own})") };
        assert_eq!(stage("live", "anna"), for_anna);
    }

    fn somebody_with_a_temporary_password_does_not_act_by_command_either(desk) {
        desk.furnish();
        change(&desk.db(), "UPDATE users SET must_change = TRUE WHERE user_id = 'reg'");
        desk.run(&["import", "names", &desk.write("two.csv", TWO), "--school", "NFC", "--as", "reg"]).assert_refused("password");
    }

    fn a_server_for_real_serves_and_ends_when_it_is_told(desk) {
        desk.furnish();
        desk.run(&["import", "names", &desk.write("two.csv", TWO), "--school", "NFC"]).assert_says(0, "2 created");
        let served = desk.start(&["serve", "--listen", "127.0.0.1:0"], "info");
        block_on(async {
            let visitor = served.visitor();
            let page = visitor.get("/sign-in").await;
            page.assert_status(200).assert_lacks("This is a demo").assert_lacks("crosswalk-demo");
            visitor.post("/sign-in", &[("user_id", "reg"), ("password", PASSWORD)]).await.assert_status(303);
            visitor.ask("/people", &[("q", "nunez")]).await.assert_status(200).assert_has("NC0000001");
            visitor.submit("/people/NC0000001/integration-ids/add", &[("integration", "canvas"), ("value", "007")]).await.assert_has("Canvas ID added.");
            // What a command changes the running server shows.
            desk.done(&["school", "stage", "NFC", "canvas", "off", "--yes"]);
            visitor.get("/people/NC0000001/integration-ids").await.assert_has("No integration is live at your school").assert_lacks("007");
        });
        assert_eq!(served.end(), Some(0));
    }

    fn sessions_outlive_a_restart_of_the_server(desk) {
        desk.furnish();
        let served = desk.start(&["serve", "--listen", "127.0.0.1:0"], "warn,crosswalk::cli=info");
        let mut visitor = served.visitor();
        block_on(async { visitor.post("/sign-in", &[("user_id", "reg"), ("password", PASSWORD)]).await.assert_status(303).location() });
        assert_eq!(served.end(), Some(0));
        let again = desk.start(&["serve", "--listen", "127.0.0.1:0"], "info");
        visitor.address = again.address.clone();
        block_on(async { visitor.get("/people").await.assert_status(200).location() });
    }

    fn a_schema_newer_than_the_program_is_refused_in_a_plain_line(desk) {
        desk.furnish();
        change(&desk.db(), "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001')");
        for command in [vec!["serve", "--listen", "127.0.0.1:0"], vec!["check"], vec!["school", "stage", "NFC", "canvas", "off"]] {
            desk.run(&command).assert_refused("made by a newer Crosswalk").assert_plain_line();
        }
    }
}

#[test]
fn an_activity_file_newer_than_the_program_is_refused_too() {
    let desk = Desk::new(Database::Sqlite);
    desk.furnish();
    let sql = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001')".to_owned();
    let db = desk.db();
    db.activity()
        .write(move |conn| {
            Ok(crosswalk::on_each!(conn, |c| diesel::RunQueryDsl::execute(diesel::sql_query(sql.as_str()), c)
                .map(drop))?)
        })
        .unwrap();
    drop(db);
    desk.run(&["check"]).assert_refused("made by a newer Crosswalk").assert_plain_line();
}

#[test]
fn settings_that_cannot_be_used_are_refused_in_a_plain_line_that_names_them() {
    let desk = Desk::new(Database::Sqlite);
    let serve = |toml: &str| {
        desk.write("crosswalk.toml", toml);
        desk.run_in(&["serve"], "", |c| {
            c.env_remove("DATABASE_URL");
        })
    };
    for (toml, text) in [
        ("listne = \"127.0.0.1:0\"", "listne"),
        ("# a comment\ndatabse_url = \"postgres://ann:secret@db/x\"", "databse_url"),
        ("# a comment\nlisten = 5", "line 2"),
        ("listen = \"nowhere\"", "\"nowhere\" is not an address to listen on"),
        ("public_url = \"ids.example/path\"", "is not a public_url"),
        ("trusted_proxies = [\"proxy\"]", "line 1"),
        ("database_url = \"mysql://ann:secret@db/x\"", "cannot be used"),
        ("database_url = \"sqlite::memory:\"", "cannot be used"),
        ("this is no toml", "crosswalk.toml"),
    ] {
        let ended = serve(toml);
        ended.assert_refused(text).assert_plain_line();
        assert!(!ended.err.contains("secret"), "{ended:?}");
    }
    std::fs::remove_file(desk.path("crosswalk.toml")).unwrap();
    assert!(desk.files().is_empty(), "a refused start leaves nothing: {:?}", desk.files());
    desk.run(&["--config", "not-there.toml", "check"])
        .assert_refused("not-there.toml cannot be read")
        .assert_plain_line();
}

#[test]
fn a_database_that_cannot_be_used_is_refused_in_a_plain_line_without_its_password() {
    let desk = Desk::new(Database::Sqlite);
    let text = desk.write("notes.txt", "This is no database, however long the text is that it holds. ".repeat(20));
    for (url, says) in [
        ("mysql://ann:secret@db/x", "cannot be used"),
        ("crosswalk.db", "cannot be used"),
        ("", "cannot be used"),
        ("sqlite:no/such/folder/x.db", "no/such/folder/x.db"),
        ("sqlite:.", "cannot be opened"),
        (&format!("sqlite:{text}"), "cannot be opened"),
        ("postgres://ann:secret@127.0.0.1:1/x", "cannot be opened"),
    ] {
        for command in [vec!["check"], vec!["serve", "--listen", "127.0.0.1:0"]] {
            let ended = desk.run_in(&command, "", |c| {
                c.env("DATABASE_URL", url);
            });
            ended.assert_refused(says);
            assert!(!ended.err.contains("secret"), "{ended:?}");
            if !url.starts_with("postgres") {
                ended.assert_plain_line();
            }
        }
    }
    assert!(std::fs::read_to_string(desk.path("notes.txt")).unwrap().starts_with("This is no database"));
}
