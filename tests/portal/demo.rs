//! The demo: made once and kept, made anew when asked, the same for the same size, for this machine only.
//! Leaves what visitors see of it to the other files.

use crate::at_both_desks;
use crate::support::desk::{Served, block_on, open};
use crate::support::rows::{change, snapshot, texts};
use crate::support::{Database, Desk};

/// What must be the same in two demos: everything but times and secrets.
fn contents(url: &str) -> Vec<String> {
    let db = open(url);
    let mut all = Vec::new();
    for sql in [
        "SELECT sonis_id || '|' || member_type || '|' || status || '|' || last_name || '|' || first_name || '|' || coalesce(middle_name, '') || '|' || \
         coalesce(preferred_name, '') || '|' || coalesce(native_name, '') || '|' || CAST(birth_date AS TEXT) || '|' || coalesce(gender, '') || '|' || \
         coalesce(email, '') || '|' || coalesce(phone, '') || '|' || coalesce(address, '') || '|' || coalesce(campus, '') || '|' || coalesce(division, '') || '|' || \
         coalesce(department, '') || '|' || coalesce(level, '') || '|' || coalesce(CAST(grade_level AS TEXT), '') || '|' || coalesce(other_pid, '') || '|' || \
         sort_name || '|' || search_name AS value FROM people ORDER BY school_id, id",
        "SELECT CAST(person_id AS TEXT) || '|' || CAST(integration_id AS TEXT) || '|' || value || '|' || value_key AS value FROM integration_ids ORDER BY school_id, person_id, integration_id",
        "SELECT CAST(student_id AS TEXT) || '|' || CAST(guardian_id AS TEXT) || '|' || kind AS value FROM relationships ORDER BY school_id, student_id, guardian_id",
        "SELECT source || '|' || key_norm || '|' || key_given || '|' || CAST(person_id AS TEXT) AS value FROM source_links ORDER BY school_id, source, key_norm",
        "SELECT user_id || '|' || name || '|' || profile AS value FROM users ORDER BY id",
    ] {
        let rows = texts(&db, sql);
        assert!(!rows.is_empty(), "{sql}");
        all.extend(rows);
    }
    all
}

fn prepare(desk: &Desk, url: &str, people: &str) {
    desk.done(&["demo", "--prepare", "--people", people, "--file", url]);
}

at_both_desks! {
    fn a_demo_that_is_there_is_kept(desk) {
        prepare(&desk, &desk.url, "40");
        change(&desk.db(), "UPDATE people SET campus = 'Changed by a visitor' WHERE sonis_id = 'NC0001234'");
        let before = snapshot(&desk.db());
        prepare(&desk, &desk.url, "40");
        prepare(&desk, &desk.url, "80");
        assert_eq!(before, snapshot(&desk.db()));
    }

    fn the_same_size_gives_the_same_people_and_another_size_the_same_beginning(desk) {
        let (one, two, more) = (desk.another_url("one"), desk.another_url("two"), desk.another_url("more"));
        for (url, size) in [(&one, "60"), (&two, "60"), (&more, "90")] {
            prepare(&desk, url, size);
        }
        assert_eq!(contents(&one), contents(&two));
        assert_eq!(texts(&open(&one), "SELECT CAST(count(*) AS TEXT) AS value FROM people WHERE school_id = 1"), ["60"]);
        assert_eq!(texts(&open(&more), "SELECT CAST(count(*) AS TEXT) AS value FROM people WHERE school_id = 1"), ["90"]);
        assert_ne!(contents(&one), contents(&more));
    }

    fn a_demo_is_not_served_for_real(desk) {
        prepare(&desk, &desk.url, "10");
        let ended = desk.run(&["serve", "--listen", "127.0.0.1:0"]);
        ended.assert_refused("is a demo database").assert_plain_line();
    }

    fn a_real_database_is_not_turned_into_a_demo(desk) {
        desk.furnish();
        let before = snapshot(&desk.db());
        for more in [vec![], vec!["--reset"]] {
            let mut args = vec!["demo", "--prepare", "--people", "10", "--file", &desk.url];
            args.extend(more);
            assert_eq!(desk.run(&args).code, 2);
        }
        assert_eq!(before, snapshot(&desk.db()));
    }

    fn a_demo_tells_its_address_and_who_can_sign_in_and_they_can(desk) {
        let served = desk.start(&["demo", "--people", "30", "--listen", "127.0.0.1:0", "--file", &desk.url], "warn");
        let told = |served: &Served, text: &str| served.lines().iter().any(|l| l.contains(text));
        served.wait_for("--reset makes it anew");
        for text in ["Crosswalk demo: http://127.0.0.1:", "crosswalk-demo", "registrar", "viewer", "clerk", "security", "support", "registrar2"] {
            assert!(told(&served, text), "{text} in {:?}", served.lines());
        }
        block_on(async {
            for user in ["registrar", "viewer", "clerk", "security", "support", "registrar2"] {
                let form = [("user_id", user), ("password", "crosswalk-demo")];
                served.visitor().post("/sign-in", &form).await.assert_status(303);
            }
        });
        assert_eq!(served.end(), Some(0));
    }

    fn the_two_databases_get_the_same_demo(desk) {
        if desk.database == Database::Postgres {
            let file = format!("sqlite:{}", desk.path("demo.db").display());
            prepare(&desk, &desk.url, "50");
            prepare(&desk, &file, "50");
            assert_eq!(contents(&desk.url), contents(&file));
        }
    }
}

#[test]
fn a_demo_listens_on_this_machine_only() {
    let desk = Desk::new(Database::Sqlite);
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080", "10.0.0.1:1"] {
        let ended = desk.run(&["demo", "--prepare", "--listen", address]);
        ended.assert_refused("everybody knows a demo's password").assert_plain_line();
    }
    for address in ["nowhere", "localhost:0", "127.0.0.1"] {
        desk.run(&["demo", "--prepare", "--listen", address])
            .assert_refused("is not an address to listen on")
            .assert_plain_line();
    }
    assert!(desk.files().is_empty(), "{:?}", desk.files());
    for people in ["9", "-1", "x", "2000001"] {
        assert_eq!(desk.run(&["demo", "--prepare", "--people", people]).code, 2);
    }
}

#[test]
fn a_demo_is_made_in_the_current_folder_and_made_anew_when_asked() {
    let desk = Desk::new(Database::Sqlite);
    desk.done(&["demo", "--prepare", "--people", "20"]);
    let url = format!("sqlite:{}", desk.path("crosswalk-demo.db").display());
    let fresh = contents(&url);
    change(&open(&url), "UPDATE people SET campus = 'Changed' WHERE sonis_id = 'NC0001234'");
    assert_ne!(contents(&url), fresh);
    desk.done(&["demo", "--prepare", "--people", "20", "--reset"]);
    assert_eq!(contents(&url), fresh);
    assert!(desk.files().iter().all(|f| f.starts_with("crosswalk-demo")), "{:?}", desk.files());
}

#[cfg(unix)]
#[test]
fn what_holds_people_is_read_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new(Database::Sqlite);
    let private = |names: &[&str]| {
        for name in names {
            let mode =
                std::fs::metadata(desk.path(name)).unwrap_or_else(|e| panic!("{name}: {e}")).permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    };
    desk.done(&["demo", "--prepare", "--people", "20"]);
    private(&["crosswalk-demo.db", "crosswalk-demo-activity.db"]);
    // The files beside a database that is open are its own too.
    let db = open(&format!("sqlite:{}", desk.path("crosswalk-demo.db").display()));
    change(&db, "UPDATE people SET campus = 'Changed'");
    private(&["crosswalk-demo.db-wal", "crosswalk-demo.db-shm"]);
    drop(db);
    desk.furnish();
    let file = desk.path("backup.crosswalk").display().to_string();
    desk.done(&["backup", &file]);
    let elsewhere = format!("sqlite:{}", desk.path("again.db").display());
    let restored = desk.run_in(&["restore", &file], "", |c| {
        c.env("DATABASE_URL", &elsewhere);
    });
    assert_eq!(restored.code, 0, "{restored:?}");
    private(&["crosswalk.db", "crosswalk-activity.db", "backup.crosswalk", "again.db", "again-activity.db"]);
    // Somebody who has opened a file to others has a reason.
    std::fs::set_permissions(desk.path("again.db"), std::fs::Permissions::from_mode(0o640)).expect("a mode");
    open(&elsewhere);
    assert_eq!(std::fs::metadata(desk.path("again.db")).expect("a file").permissions().mode() & 0o777, 0o640);
}

#[test]
fn no_file_but_a_demo_is_ever_thrown_away() {
    let desk = Desk::new(Database::Sqlite);
    // A school's own database, of whatever name.
    for name in ["school.db", "our-activity.db", "our-activity"] {
        let url = format!("sqlite:{}", desk.path(name).display());
        let add = desk.run_in(&["school", "add", "NFC", "--name", "N", "--letters", "NC"], "", |c| {
            c.env("DATABASE_URL", &url);
        });
        assert_eq!(add.code, 0, "{add:?}");
        let before = snapshot(&open(&url));
        let ended = desk.run(&["demo", "--prepare", "--people", "10", "--reset", "--file", &url]);
        assert_eq!(before, snapshot(&open(&url)), "{name} was thrown away: {ended:?}");
        ended.assert_refused("");
    }
    // Another program's database, and no database at all.
    let foreign = desk.path("photos.db");
    {
        use diesel::connection::SimpleConnection;
        let mut conn = <diesel::SqliteConnection as diesel::Connection>::establish(&foreign.to_string_lossy()).unwrap();
        conn.batch_execute(
            "CREATE TABLE photos (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO photos VALUES (1, 'me')",
        )
        .unwrap();
    }
    let ended = desk.run(&[
        "demo",
        "--prepare",
        "--people",
        "10",
        "--reset",
        "--file",
        &format!("sqlite:{}", foreign.display()),
    ]);
    let mut conn = <diesel::SqliteConnection as diesel::Connection>::establish(&foreign.to_string_lossy()).unwrap();
    let kept = diesel::RunQueryDsl::execute(diesel::sql_query("UPDATE photos SET name = name"), &mut conn);
    assert_eq!(kept, Ok(1), "another program's file was thrown away: {ended:?}");
    let notes = desk.write("notes.db", "My notes.");
    desk.run(&["demo", "--prepare", "--people", "10", "--reset", "--file", &format!("sqlite:{notes}")])
        .assert_refused("");
    assert_eq!(std::fs::read_to_string(&notes).unwrap(), "My notes.");
}
