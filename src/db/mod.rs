//! The only place that names a database: connections, transactions, migrations, and what differs between the two.
//! Leaves every query to its room.

mod activity;
mod backup;
pub mod bulk;
mod conn;
mod migrations;
pub mod portable;
mod private;
mod types;
mod url;

use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;

pub use activity::Activity;
pub use backup::{BackupError, backup, check_search_index, integrity, restore};
pub use conn::{Backend, Conn};
pub use migrations::MigrationError;
pub use url::{DatabaseUrl, UnusableUrl};

use crate::error::AppError;
use conn::{Access, Manager};
use migrations::{Part, migrate};

pub(crate) type Pool = diesel::r2d2::Pool<Manager>;

/// An edit that meets a large apply waits so long, then gets a page that says why.
const PATIENCE: Duration = Duration::from_secs(5);

/// Older SQLite can corrupt a WAL file when two connections write.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Runs the same expression against whichever variant the connection is: for the statements that Diesel cannot write
/// against `MultiBackend` (batch inserts), and for those that every page runs. Against `MultiBackend` a query's text
/// is built three times each time it runs; against one database it is found ready by its type.
#[macro_export]
macro_rules! on_each {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::db::Conn::Sqlite($c) => $body,
            $crate::db::Conn::Postgres($c) => $body,
        }
    };
}

/// The database, shared by every thread of the process.
#[derive(Clone)]
pub struct Db {
    url: DatabaseUrl,
    readers: Pool,
    /// On SQLite one connection, so that writers queue fairly instead of polling the file's lock.
    writers: Pool,
    activity: Activity,
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("The database {url} cannot be opened: {why}")]
    Unreachable { url: String, why: String },
    #[error(
        "SQLite {0} is older than 3.51.3, which can corrupt a file when two connections write. Build with the bundled SQLite."
    )]
    OldSqlite(String),
    #[error(transparent)]
    Migration(#[from] MigrationError),
}

impl Db {
    /// Opens the database, creating and migrating it where needed. `connections` bounds each pool.
    pub fn open(url: &DatabaseUrl, connections: u32) -> Result<Db, OpenError> {
        let unreachable = |why: String| OpenError::Unreachable { url: url.to_string(), why };
        let main = Manager { url: url.clone(), access: Access::Write };
        {
            let mut conn = main.open().map_err(|e| unreachable(e.to_string()))?;
            check_sqlite_version(&mut conn)?;
            migrate(&mut conn, if url.is_sqlite() { Part::Main } else { Part::Both })?;
        }
        let pool = |manager: Manager, size: u32| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1.min(size)))
                .connection_timeout(PATIENCE)
                .test_on_check_out(!url.is_sqlite())
                .idle_timeout(None)
                .max_lifetime(None)
                .build(manager)
                .map_err(|e| unreachable(e.to_string()))
        };
        if let DatabaseUrl::Postgres(_) = url {
            let shared = pool(main, connections)?;
            let activity = Activity::postgres(shared.clone());
            return Ok(Db { url: url.clone(), readers: shared.clone(), writers: shared, activity });
        }
        let beside = url.activity();
        let activity = Manager { url: beside.clone(), access: Access::Write };
        {
            let mut conn = activity.open().map_err(|e| unreachable(e.to_string()))?;
            migrate(&mut conn, Part::Activity)?;
        }
        let activity_readers = pool(Manager { url: beside, access: Access::Read }, connections)?;
        let activity = Activity::sqlite(activity_readers, activity).map_err(|e| unreachable(e.to_string()))?;
        Ok(Db {
            url: url.clone(),
            readers: pool(Manager { url: url.clone(), access: Access::Read }, connections)?,
            writers: pool(main, 1)?,
            activity,
        })
    }

    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    pub fn activity(&self) -> &Activity {
        &self.activity
    }

    /// Runs queries that change nothing. On SQLite all of them see the database as it was at the first: one transaction,
    /// whose locks are taken once and not by each statement. On PostgreSQL it would be two more round trips.
    pub fn read<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T, AppError>) -> Result<T, AppError> {
        let mut conn = self.readers.get().map_err(|_| AppError::Busy)?;
        match &mut **conn {
            Conn::Postgres(_) => return f(&mut conn),
            Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction(c)?,
        }
        let found = f(&mut conn);
        // Nothing was written: it only ends.
        rollback(&mut conn);
        found
    }

    /// As `write`, for a transaction of very many rows.
    pub fn write_much<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T, AppError>) -> Result<T, AppError> {
        let mut conn = self.writers.get().map_err(|_| AppError::Busy)?;
        with_room(&mut conn, |conn| transaction(conn, f))
    }

    /// Runs one transaction: all of `f`, or nothing when it returns an error.
    pub fn write<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T, AppError>) -> Result<T, AppError> {
        let mut conn = self.writers.get().map_err(|_| AppError::Busy)?;
        transaction(&mut conn, f)
    }
}

/// The database's own time: what several nodes agree on. SQLite has one machine, and its time.
pub fn now(conn: &mut Conn) -> Result<chrono::NaiveDateTime, AppError> {
    #[derive(QueryableByName)]
    struct Now {
        #[diesel(sql_type = diesel::sql_types::Timestamp)]
        now: chrono::NaiveDateTime,
    }
    match conn {
        Conn::Sqlite(_) => Ok(chrono::Utc::now().naive_utc()),
        Conn::Postgres(c) => {
            let found: Now = diesel::sql_query("SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now").get_result(c)?;
            Ok(found.now)
        }
    }
}

/// Before a long transaction: SQLite keeps more of the file in memory, or else it would write each page of an index many times.
pub fn with_room<T>(conn: &mut Conn, f: impl FnOnce(&mut Conn) -> T) -> T {
    /// In KiB; with what a sync needs itself, still under the 400 MB of the bars.
    const ROOM: u32 = 160 * 1024;
    let set = |conn: &mut Conn, pragmas: &str| {
        if let Conn::Sqlite(c) = conn
            && let Err(e) = c.batch_execute(pragmas)
        {
            log::warn!("SQLite keeps its usual memory: {e}");
        }
    };
    set(conn, &format!("PRAGMA cache_size = -{ROOM}"));
    let result = f(conn);
    set(conn, &format!("PRAGMA cache_size = -{}; PRAGMA shrink_memory", conn::CACHE));
    result
}

/// Inside a long transaction: PostgreSQL ends it when its node stands still, so that another can take the work over.
pub fn end_when_idle(conn: &mut Conn) -> Result<(), AppError> {
    if let Conn::Postgres(c) = conn {
        c.batch_execute("SET LOCAL idle_in_transaction_session_timeout = '15s'")?;
    }
    Ok(())
}

/// The lock that marks a transaction as the work on a run, as PostgreSQL's list of locks has it: high half, low half.
fn work_on(run: i64) -> (i64, i64) {
    /// Any number that no other advisory lock of ours has.
    const WORK: i64 = 0x4357;
    (WORK << 16 | run >> 32 & 0xffff, run & 0xffff_ffff)
}

/// Marks the transaction as the work on a run, so that whoever takes the run over can end it. SQLite has one writer.
pub fn mark_work(conn: &mut Conn, run: i64) -> Result<(), AppError> {
    if let Conn::Postgres(c) = conn {
        let (high, low) = work_on(run);
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
            .bind::<diesel::sql_types::BigInt, _>(high << 32 | low)
            .execute(c)?;
    }
    Ok(())
}

/// Ends the transaction of a node that stands still in the middle of a run: its locks would keep everybody waiting,
/// and while it stands in the middle of a statement, no time limit ends it.
pub fn end_work_of_another(conn: &mut Conn, run: i64) -> Result<(), AppError> {
    use diesel::sql_types::BigInt;
    if let Conn::Postgres(c) = conn {
        let (high, low) = work_on(run);
        diesel::sql_query(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
             AND classid::bigint = $1 AND objid::bigint = $2 AND pid <> pg_backend_pid()",
        )
        .bind::<BigInt, _>(high)
        .bind::<BigInt, _>(low)
        .execute(c)?;
    }
    Ok(())
}

/// A connection that only looks, at a database as it is: nothing is migrated.
pub fn peek(url: &DatabaseUrl) -> Result<Conn, OpenError> {
    let manager = Manager { url: url.clone(), access: Access::Read };
    manager.open().map_err(|e| OpenError::Unreachable { url: url.to_string(), why: e.to_string() })
}

pub fn has_table(conn: &mut Conn, table: &str) -> QueryResult<bool> {
    use diesel::sql_types::{BigInt, Text};
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let found: Count = match conn {
        Conn::Sqlite(c) => {
            diesel::sql_query("SELECT count(*) AS count FROM sqlite_master WHERE type = 'table' AND name = ?")
                .bind::<Text, _>(table)
                .get_result(c)?
        }
        Conn::Postgres(c) => diesel::sql_query("SELECT count(*) AS count FROM pg_tables WHERE tablename = $1")
            .bind::<Text, _>(table)
            .get_result(c)?,
    };
    Ok(found.count > 0)
}

fn transaction<T>(conn: &mut Conn, f: impl FnOnce(&mut Conn) -> Result<T, AppError>) -> Result<T, AppError> {
    begin(conn)?;
    match f(conn) {
        Ok(value) => {
            commit(conn)?;
            Ok(value)
        }
        Err(e) => {
            rollback(conn);
            Err(e)
        }
    }
}

/// SQLite's own `BEGIN` is deferred: read, another connection writes, write = "database is locked" at once,
/// whatever `busy_timeout` says. IMMEDIATE takes the lock first.
pub(crate) fn begin(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction(c),
    }
}

pub(crate) fn commit(conn: &mut Conn) -> QueryResult<()> {
    on_each!(conn, |c| AnsiTransactionManager::commit_transaction(c))
}

pub(crate) fn rollback(conn: &mut Conn) {
    if let Err(e) = on_each!(conn, |c| AnsiTransactionManager::rollback_transaction(c)) {
        log::warn!("a rollback failed: {e}");
    }
}

fn check_sqlite_version(conn: &mut Conn) -> Result<(), OpenError> {
    if let Conn::Sqlite(_) = conn {
        let version = libsqlite3_sys::SQLITE_VERSION_NUMBER;
        if version < OLDEST_SQLITE {
            return Err(OpenError::OldSqlite(
                String::from_utf8_lossy(libsqlite3_sys::SQLITE_VERSION.to_bytes()).into_owned(),
            ));
        }
    }
    Ok(())
}
