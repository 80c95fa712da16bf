//! A school with a plan of many students that waits to be applied, and copies of it; what is there in the end.
//! Leaves what befalls the copies to the tests.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crosswalk::db::{DatabaseUrl, Db};
use crosswalk::error::AppError;
use crosswalk::on_each;
use diesel::RunQueryDsl;

use crate::support::rows::texts;
use crate::support::{Database, Desk, postgres};

/// From the environment, for the soak; a test run makes do with less.
pub fn amount(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(usual)
}

/// A plan that waits.
pub struct Prepared {
    pub run: String,
    pub rows: usize,
}

impl Prepared {
    pub fn at(desk: &Desk, rows: usize) -> Prepared {
        desk.furnish();
        desk.done(&["school", "stage", "NFC", "vidigami", "live"]);
        let file = students(desk, rows);
        desk.done(&["sync", "plan", "--school", "NFC", "--students", &file]);
        let run = texts(&desk.db(), "SELECT CAST(max(id) AS TEXT) AS value FROM runs").remove(0);
        Prepared { run, rows }
    }

    pub fn apply(&self, desk: &Desk, url: &str) -> Child {
        let args = ["sync", "apply", &self.run, "--school", "NFC"];
        desk.spawn(&args, |c| {
            c.env("DATABASE_URL", url).stdout(Stdio::null());
        })
    }

    /// Applied: everybody with everything. Not applied: nobody.
    pub fn assert_all_or_nothing(&self, url: &str) -> bool {
        let db = open(url);
        let state = self.state(&db);
        let counts: Vec<usize> =
            ["people", "source_links", "integration_ids", "memberships"].map(|t| count(&db, t)).into();
        let expected = if state == "applied" { self.rows } else { 0 };
        assert_eq!(counts, [expected; 4], "{state}");
        let adopted = count(&db, "changes WHERE person_id IS NOT NULL");
        assert_eq!(adopted, expected, "changes that know their person");
        state == "applied"
    }

    pub fn state(&self, db: &Db) -> String {
        texts(db, &format!("SELECT state AS value FROM runs WHERE id = {}", self.run)).remove(0)
    }
}

pub fn students(desk: &Desk, rows: usize) -> String {
    let mut text = String::from("Student_Number\tLast_Name\tFirst_Name\tGrade_Level\tEnroll_Status\n");
    for n in 0..rows {
        text += &format!("{}\tStudent {n}\tOne of many\t{}\t0\n", 500_000 + n, n % 12 + 1);
    }
    desk.write("students.txt", text)
}

pub fn open(url: &str) -> Db {
    Db::open(&DatabaseUrl::parse(url).expect("a URL"), 2).expect("a database")
}

pub fn count(db: &Db, of: &str) -> usize {
    let counted = texts(db, &format!("SELECT CAST(count(*) AS TEXT) AS value FROM {of}"));
    counted[0].parse().expect("a number")
}

/// Everything that a person can see of everybody, a line each.
pub fn everybody(url: &str) -> Vec<String> {
    let mut lines = texts(
        &open(url),
        "SELECT p.sonis_id || ' ' || p.last_name || ' ' || p.first_name || ' ' || p.status || ' ' || p.grade_level || ' ' || \
         p.grad_year || ' ' || l.key_norm || ' ' || l.row_hash || ' ' || i.value || ' ' || g.name || ' ' || c.verb || ' ' || r.state AS value \
         FROM people p JOIN source_links l ON l.school_id = p.school_id AND l.person_id = p.id \
         JOIN integration_ids i ON i.school_id = p.school_id AND i.person_id = p.id AND i.removed_at IS NULL \
         JOIN memberships m ON m.school_id = p.school_id AND m.person_id = p.id \
         JOIN groups g ON g.school_id = m.school_id AND g.id = m.group_id \
         JOIN changes c ON c.school_id = p.school_id AND c.person_id = p.id \
         JOIN runs r ON r.school_id = c.school_id AND r.id = c.run_id",
    );
    lines.sort();
    lines
}

/// What a query of the activity database answers, as numbers.
pub fn activity(db: &Db, sql: &str) -> Vec<i64> {
    #[derive(diesel::QueryableByName)]
    struct Number {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        value: i64,
    }
    let rows = db.activity().read(|conn| Ok(on_each!(conn, |c| diesel::sql_query(sql).load::<Number>(c))?));
    rows.unwrap_or_else(|e| panic!("{sql}: {e}")).into_iter().map(|n| n.value).collect()
}

/// As if the dead process had not been heard of for longer than a lease lasts.
pub fn let_leases_run_out(url: &str) {
    let past = "UPDATE run_leases SET until = '2020-01-01 00:00:00'";
    let done = open(url).activity().write(move |conn| {
        on_each!(conn, |c| diesel::sql_query(past).execute(c))?;
        Ok::<_, AppError>(())
    });
    done.expect("leases");
}

/// Waits until something is so.
pub fn until(what: &str, limit: Duration, mut is_so: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < limit, "{what}: not within {limit:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    begun.elapsed()
}

impl Desk {
    /// A copy of the database, which nobody is connected to.
    pub fn copy(&self) -> String {
        match self.database {
            Database::Sqlite => {
                for name in ["crosswalk.db", "crosswalk-activity.db"] {
                    for ending in ["", "-wal", "-shm"] {
                        let _ = std::fs::remove_file(self.path(&format!("copy-{name}{ending}")));
                        let _ = std::fs::copy(
                            self.path(&format!("{name}{ending}")),
                            self.path(&format!("copy-{name}{ending}")),
                        );
                    }
                }
                format!("sqlite:{}", self.path("copy-crosswalk.db").display())
            }
            Database::Postgres => {
                let server = postgres::server().expect("PostgreSQL");
                let (_, of) = self.url.rsplit_once('/').expect("a URL");
                let copy = format!("{of}_copy");
                postgres::execute(&server, &format!("DROP DATABASE IF EXISTS {copy} WITH (FORCE)"));
                postgres::execute(&server, &format!("CREATE DATABASE {copy} TEMPLATE {of}"));
                postgres::database(&server, &copy)
            }
        }
    }

    /// Takes the copy away.
    pub fn drop_copy(&self) {
        if self.database == Database::Postgres {
            let server = postgres::server().expect("PostgreSQL");
            let (_, of) = self.url.rsplit_once('/').expect("a URL");
            postgres::execute(&server, &format!("DROP DATABASE IF EXISTS {of}_copy WITH (FORCE)"));
        }
    }
}
