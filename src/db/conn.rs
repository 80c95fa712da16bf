//! One connection to either database, and the manager that opens it for the pool.
//! Leaves transactions and pools to `db::Db`.

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::r2d2::ManageConnection;
use diesel::{Connection, PgConnection, SqliteConnection};

use super::private;
use super::url::DatabaseUrl;

/// A connection to whichever database the URL names. Queries are written once, against `MultiBackend`.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

pub type Backend = self::multi_connection_impl::MultiBackend;

/// What a SQLite connection keeps in memory, in KiB.
pub(super) const CACHE: u32 = 8000;

/// Opens connections for r2d2. The derived `establish` tries one variant after the other and hides the real error,
/// so the scheme decides here.
#[derive(Clone)]
pub struct Manager {
    pub url: DatabaseUrl,
    pub access: Access,
}

/// What a connection of a pool may do; SQLite is told so, so that a query in the wrong place fails loudly.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
}

impl Manager {
    pub fn open(&self) -> Result<Conn, diesel::ConnectionError> {
        match &self.url {
            DatabaseUrl::Sqlite(path) => {
                // SQLite would make it readable for everybody on the machine. Whether it can be made, SQLite tells better.
                let _ = private::create_new(Path::new(path));
                let mut conn = SqliteConnection::establish(path)?;
                // busy_timeout comes first: even switching to WAL can meet a lock.
                let setup = format!(
                    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                             PRAGMA foreign_keys = ON; PRAGMA cache_size = -{CACHE}; PRAGMA journal_size_limit = 67108864;"
                );
                conn.batch_execute(&setup).map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                if self.access == Access::Read {
                    // Not where it writes: the end of each statement in a savepoint would walk through all that is kept in memory
                    // for that savepoint, and an import would take time by the square of its rows.
                    conn.batch_execute("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;")
                        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                }
                Ok(Conn::Sqlite(conn))
            }
            DatabaseUrl::Postgres(url) => {
                let mut conn = PgConnection::establish(url)?;
                // Times are stored as naive UTC; the planner needs no surprises from the server's settings.
                conn.batch_execute("SET TIME ZONE 'UTC'; SET statement_timeout = '60s'; SET lock_timeout = '5s';")
                    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::Postgres(conn))
            }
        }
    }
}

/// A connection of a pool, and when somebody last gave it back whole.
pub struct Pooled {
    conn: Conn,
    whole_at: Instant,
}

impl Deref for Pooled {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

/// A connection that was whole so short a time ago is taken without asking the server first, which would be one more
/// round trip for each use of it.
const SURELY_WHOLE: Duration = Duration::from_secs(2);

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Pooled, Self::Error> {
        let conn = self.open().map_err(diesel::r2d2::Error::ConnectionError)?;
        Ok(Pooled { conn, whole_at: Instant::now() })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), Self::Error> {
        if pooled.whole_at.elapsed() < SURELY_WHOLE {
            return Ok(());
        }
        pooled.conn.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    /// The pool asks when a connection comes back.
    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        use diesel::connection::{AnsiTransactionManager, TransactionManager};
        pooled.whole_at = Instant::now();
        // A panic inside a transaction must not hand the half-open transaction to the next visitor.
        match &mut pooled.conn {
            Conn::Sqlite(c) => std::thread::panicking() || AnsiTransactionManager::is_broken_transaction_manager(c),
            Conn::Postgres(c) => std::thread::panicking() || AnsiTransactionManager::is_broken_transaction_manager(c),
        }
    }
}
