//! Databases on the test run's PostgreSQL cluster: one template, cloned for each test.
//! Leaves starting the cluster to `scripts/test`.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

/// None when the run was asked for SQLite alone; a missing cluster otherwise fails the test.
pub fn server() -> Option<String> {
    if std::env::var("CROSSWALK_TEST_DATABASES").is_ok_and(|v| v == "sqlite") {
        return None;
    }
    let url = std::env::var("CROSSWALK_TEST_POSTGRES");
    Some(url.expect("CROSSWALK_TEST_POSTGRES is not set: start the tests with ./scripts/test"))
}

/// The URL of another database on the same server.
pub fn database(server: &str, name: &str) -> String {
    let (base, _) = server.rsplit_once('/').expect("a URL with a database");
    format!("{base}/{name}")
}

pub fn execute(server: &str, sql: &str) {
    let mut conn = PgConnection::establish(server).expect("the cluster of the test run");
    conn.batch_execute(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
}
