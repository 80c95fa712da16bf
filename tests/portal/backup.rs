//! Backups: made while the server runs, put back elsewhere, never over what is there, never in part.
//! Leaves looking for faults to `check`.

use std::collections::BTreeMap;

use crate::at_both_desks;
use crate::support::desk::{PASSWORD, block_on, open};
use crate::support::rows::{ACTIVITY_TABLES, snapshot};
use crate::support::{Database, Desk};

const NAMES: &str = "Student_Number,Last_Name,First_Name\n990001,Núñez,Žofie\n990002,王,小明\n";

fn activity(url: &str) -> BTreeMap<String, i64> {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let db = open(url);
    let count = |table: &str| {
        let sql = format!("SELECT count(*) AS n FROM {table}");
        db.activity()
            .read(|conn| {
                Ok(crosswalk::on_each!(conn, |c| diesel::RunQueryDsl::load::<Count>(
                    diesel::sql_query(sql.as_str()),
                    c
                ))?)
            })
            .unwrap()[0]
            .n
    };
    ACTIVITY_TABLES.iter().map(|t| ((*t).to_owned(), count(t))).collect()
}

fn restore(desk: &Desk, url: &str, file: &str) -> crate::support::desk::Ended {
    desk.run_in(&["restore", file], "", |c| {
        c.env("DATABASE_URL", url);
    })
}

fn furnished(desk: &Desk) {
    desk.furnish();
    desk.run(&["import", "names", &desk.write("names.csv", NAMES), "--school", "NFC"]).assert_says(0, "2 created");
}

at_both_desks! {
    fn a_backup_made_while_the_server_runs_is_restored_elsewhere_row_for_row(desk) {
        furnished(&desk);
        let served = desk.start(&["serve", "--listen", "127.0.0.1:0"], "info");
        let visitor = served.visitor();
        block_on(async {
            visitor.post("/sign-in", &[("user_id", "reg"), ("password", PASSWORD)]).await.assert_status(303);
            visitor.submit("/people/NC0000001/integration-ids/add", &[("integration", "canvas"), ("value", "007")]).await.assert_has("007");
        });
        // The server seals the audit in the background: what the commands have entered is sealed before the backup.
        let key = desk.path("crosswalk-audit.key").display().to_string();
        desk.done(&["audit", "head", "--audit-key-file", &key]);
        let file = desk.path("backup.crosswalk").display().to_string();
        desk.done(&["backup", &file]).assert_says(0, "holds the whole database");
        let (rows, seen) = (snapshot(&desk.db()), activity(&desk.url));
        assert!(seen["sessions"] == 1 && seen["activity_entries"] > 1, "{seen:?}");
        // What happens after it is not in it.
        block_on(async { visitor.submit("/people/NC0000002/integration-ids/add", &[("integration", "canvas"), ("value", "008")]).await.assert_has("008").location() });
        drop(served);

        let elsewhere = desk.another_url("elsewhere");
        let ended = restore(&desk, &elsewhere, &file);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert_eq!(snapshot(&open(&elsewhere)), rows);
        assert_eq!(activity(&elsewhere), seen);
        let check = desk.run_in(&["check", "--audit-key-file", &key], "", |c| { c.env("DATABASE_URL", &elsewhere); });
        check.assert_says(0, "No faults found");
        // It works on: the next person gets the next number.
        let more = desk.write("more.csv", "Student_Number,Last_Name,First_Name\n990003,New,One\n");
        let import = desk.run_in(&["import", "names", &more, "--school", "NFC"], "", |c| { c.env("DATABASE_URL", &elsewhere); });
        import.assert_says(0, "1 created");
        assert!(snapshot(&open(&elsewhere))["people"].contains("NC0000003"));
    }

    fn a_database_that_is_there_is_never_overwritten(desk) {
        furnished(&desk);
        let file = desk.path("backup.crosswalk").display().to_string();
        desk.done(&["backup", &file]);
        let other = Desk::new(desk.database);
        other.furnish();
        let before = snapshot(&other.db());
        assert_eq!(restore(&desk, &other.url, &file).assert_refused("").code, 2);
        assert_eq!(snapshot(&other.db()), before);
        restore(&desk, &desk.url, &file).assert_refused("");
    }

    fn a_backup_never_overwrites_a_file(desk) {
        desk.furnish();
        let file = desk.write("precious.txt", "precious");
        desk.run(&["backup", &file]).assert_refused("is there already").assert_plain_line();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
        let nowhere = desk.path("no/such/folder/backup").display().to_string();
        desk.run(&["backup", &nowhere]).assert_refused("");
    }

    fn what_is_no_backup_is_refused_and_leaves_nothing_behind(desk) {
        furnished(&desk);
        let good = desk.path("backup.crosswalk");
        desk.done(&["backup", &good.display().to_string()]);
        let bytes = std::fs::read(&good).unwrap();
        let mut damaged = vec![("empty", Vec::new()), ("text", b"This is no backup.".to_vec())];
        for (name, part) in [("cut to a tenth", 10), ("cut to a half", 50), ("cut to four fifths", 80), ("cut to 97 in a hundred", 97)] {
            damaged.push((name, bytes[..bytes.len() * part / 100].to_vec()));
        }
        let mut failed = Vec::new();
        for (n, (name, bytes)) in damaged.into_iter().enumerate() {
            let folder = Desk::new(desk.database);
            let file = desk.write(&format!("damaged{n}"), bytes);
            let ended = restore(&desk, &folder.url, &file);
            if ended.code != 2 {
                failed.push(format!("{name} was taken: {ended:?}"));
            } else if !folder.files().is_empty() {
                failed.push(format!("{name} left {:?}: {}", folder.files(), ended.err));
            } else {
                // And the place is free for the good one.
                assert_eq!(restore(&desk, &folder.url, &good.display().to_string()).code, 0, "after {name}");
            }
        }
        assert!(failed.is_empty(), "{failed:#?}");
    }

    fn there_is_no_backup_of_nothing(desk) {
        let nothing = if desk.database == Database::Sqlite { desk.url.clone() } else { desk.url.replace("desk_", "never_") };
        let ended = desk.run_in(&["backup", "backup.crosswalk"], "", |c| { c.env("DATABASE_URL", &nothing); });
        ended.assert_refused("");
        assert!(desk.files().is_empty(), "{:?}", desk.files());
    }
}
