//! The commands around the seals: the head exported, the check against it, the key's file, and a server that seals.
//! Leaves what an edit can be to `tampering`.

use std::path::Path;

use crosswalk::audit::{Source, sealed};

use crate::support::desk::{PASSWORD, block_on};
use crate::support::rows::{change, texts};
use crate::support::{Database, Desk};
use crate::{at_both_desks, support};

/// Says where the key is, which on PostgreSQL nobody can guess.
fn sealing(desk: &Desk) -> String {
    desk.path("crosswalk-audit.key").display().to_string()
}

fn prepared(desk: &Desk) -> String {
    desk.furnish();
    let head = desk.done(&["audit", "head", "--audit-key-file", &sealing(desk)]).out;
    desk.write("head.txt", head)
}

fn checked(desk: &Desk, head: &str) -> support::desk::Ended {
    desk.run(&["check", "--audit-key-file", &sealing(desk), "--audit-head", head])
}

at_both_desks! {
    fn a_head_is_exported_and_whatever_is_changed_after_it_is_named(desk) {
        let head = prepared(&desk);
        let text = std::fs::read_to_string(&head).unwrap();
        assert!(text.starts_with("# Audit of ") && text.contains("\nNFC audit 5 "), "{text}");
        checked(&desk, &head).assert_says(0, "No faults found");
        for (plant, mend, says) in [
            ("UPDATE audit_entries SET subject = 'x' || subject WHERE seal_number = 3", "UPDATE audit_entries SET subject = substr(subject, 2) WHERE seal_number = 3", "NFC: the audit was changed: audit_entries 3 of "),
            ("UPDATE audit_entries SET actor_name = 'operator (x)' || actor_name WHERE seal_number = 1", "UPDATE audit_entries SET actor_name = substr(actor_name, 13) WHERE seal_number = 1", "audit_entries 1 of "),
            ("UPDATE audit_entries SET school_id = NULL WHERE seal_number = 4", "UPDATE audit_entries SET school_id = 1 WHERE seal_number = 4", "is gone or stands elsewhere"),
            ("UPDATE audit_entries SET seal_number = 9 WHERE seal_number = 5", "UPDATE audit_entries SET seal_number = 5 WHERE seal_number = 9", "is gone or stands elsewhere"),
            // A number that the sealer never gives hides nothing.
            ("INSERT INTO audit_entries (school_id, at, actor_name, action, subject, seal_number) VALUES (1, '2026-01-01 00:00:00', 'x', 'signed_in', 'x', -1)", "DELETE FROM audit_entries WHERE seal_number = -1", "is gone or stands elsewhere"),
        ] {
            assert!(change(&desk.db(), plant) > 0, "{plant}");
            checked(&desk, &head).assert_refused(says);
            assert!(change(&desk.db(), mend) > 0);
            checked(&desk, &head).assert_says(0, "No faults found");
        }
        change(&desk.db(), "DELETE FROM audit_entries WHERE seal_number = 5");
        desk.run(&["check", "--audit-key-file", &sealing(&desk)]).assert_says(0, "No faults found");
        checked(&desk, &head).assert_refused("NFC: the audit was changed: audit_entries was sealed up to number 5 when the head was exported, and ends at number 4");
        // Whoever seals again cannot hide it.
        change(&desk.db(), "INSERT INTO audit_entries (school_id, at, actor_name, action, subject) VALUES (1, '2026-01-01 00:00:00', 'x', 'signed_in', 'x')");
        desk.done(&["audit", "head", "--audit-key-file", &sealing(&desk)]);
        checked(&desk, &head).assert_refused("is not the entry whose seal was exported");
    }

    fn what_is_not_sealed_is_said_and_an_entry_of_the_past_is_noticed(desk) {
        desk.furnish();
        desk.done(&["check"]).assert_says(0, "The audit is not sealed.").assert_says(0, "No faults found");
        let head = prepared_again(&desk);
        desk.run_with(&["user", "add", "late", "--school", "NFC", "--profile", "clerk"], PASSWORD).assert_says(0, "late is added");
        checked(&desk, &head).assert_says(0, "NFC: 1 of audit_entries not sealed yet, the oldest of ");
        change(&desk.db(), "INSERT INTO audit_entries (id, school_id, at, actor_name, action, subject) VALUES (-7, 1, '2001-01-01 00:00:00', 'x', 'signed_in', 'x')");
        desk.done(&["audit", "head", "--school", "NFC", "--audit-key-file", &sealing(&desk)]).assert_says(0, "NFC audit 7 ");
        checked(&desk, &head).assert_says(0, "NFC: 1 of audit_entries came more than an hour after the time that they name; the first is audit_entries -7 of 1 Jan 2001");
    }

    fn the_key_is_a_file_of_its_own_that_nobody_else_reads_and_is_never_made_a_second_time(desk) {
        let head = prepared(&desk);
        let file = sealing(&desk);
        let made = std::fs::read(&file).unwrap();
        assert_eq!(made.len(), 65);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
        assert!(!desk.files().iter().any(|f| f.contains("key.")), "{:?}", desk.files());
        std::fs::rename(&file, desk.path("away.key")).unwrap();
        for command in [vec!["audit", "head", "--audit-key-file", &file], vec!["check", "--audit-key-file", &file]] {
            desk.run(&command).assert_refused("is not there. Put the file back").assert_plain_line();
        }
        assert!(!Path::new(&file).exists());
        std::fs::write(&file, format!("{}\n", "ab".repeat(32))).unwrap();
        checked(&desk, &head).assert_refused("is sealed with another key");
        std::fs::write(&file, "short").unwrap();
        checked(&desk, &head).assert_refused("is too short");
        std::fs::rename(desk.path("away.key"), &file).unwrap();
        checked(&desk, &head).assert_says(0, "No faults found");
        for text in ["", "# nothing\n", "NFC audit five abc\n", "NFC audit 5\n"] {
            checked(&desk, &desk.write("wrong.txt", text)).assert_refused("wrong.txt").assert_plain_line();
        }
        checked(&desk, "not-there.txt").assert_refused("cannot be read");
    }

    fn a_server_seals_while_it_runs(desk) {
        desk.furnish();
        let key = sealing(&desk);
        let served = desk.start(&["serve", "--listen", "127.0.0.1:0", "--audit-key-file", &key], "info");
        let visitor = served.visitor();
        block_on(async { visitor.post("/sign-in", &[("user_id", "reg"), ("password", PASSWORD)]).await.assert_status(303).location() });
        let begun = std::time::Instant::now();
        let unsealed = || {
            let db = desk.db();
            let sql = "SELECT CAST(count(*) AS TEXT) AS value FROM audit_entries WHERE seal_number IS NULL";
            let main = texts(&db, sql).remove(0);
            let tail = Source::Activity.read(&db, |conn| sealed(conn, Source::Activity, Some(crosswalk::schools::SchoolId(1)), i64::MIN, 10)).unwrap();
            (main, tail.len())
        };
        while unsealed() != ("0".into(), 1) {
            assert!(begun.elapsed().as_secs() < 30, "{:?}", unsealed());
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        assert_eq!(served.end(), Some(0));
        desk.done(&["check", "--audit-key-file", &key]).assert_says(0, "No faults found");
    }
}

fn prepared_again(desk: &Desk) -> String {
    let head = desk.done(&["audit", "head", "--audit-key-file", &sealing(desk)]).out;
    desk.write("head.txt", head)
}

/// PostgreSQL has no place for the key that goes without saying.
#[test]
fn on_sqlite_the_key_stands_beside_the_database() {
    let desk = Desk::new(Database::Sqlite);
    desk.furnish();
    desk.done(&["audit", "head"]).assert_says(0, "NFC audit 5 ");
    assert!(desk.files().contains(&"crosswalk-audit.key".to_owned()), "{:?}", desk.files());
    desk.write("crosswalk.toml", "audit_key_file = \"elsewhere.key\"\n");
    desk.run(&["audit", "head"]).assert_refused("elsewhere.key is not there");
}
