//! Brings a database to this program's schema, and refuses one that a newer program has made.
//! Leaves the tables themselves to `migrations/`.

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::Conn;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Which of the two files a migration belongs to. On PostgreSQL both live in one database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Main,
    Activity,
    Both,
}

#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    #[error(
        "The database was made by a newer Crosswalk (it has the schema step {0}, which this program does not know). \
         Start the newer program, or restore a backup that this one made."
    )]
    NewerSchema(String),
    #[error("The database could not be brought to this program's schema: {0}")]
    Failed(String),
}

pub fn migrate(conn: &mut Conn, part: Part) -> Result<usize, MigrationError> {
    match conn {
        Conn::Sqlite(c) => {
            // A table that is made anew is dropped first, and nothing may be taken for lost meanwhile.
            c.batch_execute("PRAGMA foreign_keys = OFF").map_err(|e| MigrationError::Failed(e.to_string()))?;
            let done = run(c, &SQLITE, part)?;
            if done > 0 {
                no_dangling_rows(c)?;
            }
            c.batch_execute("PRAGMA foreign_keys = ON").map_err(|e| MigrationError::Failed(e.to_string()))?;
            Ok(done)
        }
        Conn::Postgres(c) => run(c, &POSTGRES, part),
    }
}

fn no_dangling_rows(c: &mut SqliteConnection) -> Result<(), MigrationError> {
    #[derive(QueryableByName)]
    struct Dangling {
        #[diesel(sql_type = diesel::sql_types::Text)]
        table: String,
    }
    let found: Vec<Dangling> = diesel::sql_query("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1")
        .load(c)
        .map_err(|e| MigrationError::Failed(e.to_string()))?;
    match found.first() {
        None => Ok(()),
        Some(row) => Err(MigrationError::Failed(format!("a row of {} points to nothing", row.table))),
    }
}

fn run<C, DB>(conn: &mut C, source: &EmbeddedMigrations, part: Part) -> Result<usize, MigrationError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| MigrationError::Failed(e.to_string());
    let known: Vec<Box<dyn Migration<DB>>> = source.migrations().map_err(failed)?;
    let applied = conn.applied_migrations().map_err(failed)?;
    let newer = applied.iter().find(|v| !known.iter().any(|m| m.name().version() == **v));
    if let Some(version) = newer {
        return Err(MigrationError::NewerSchema(version.to_string()));
    }
    let mut done = 0;
    for migration in known {
        let of_activity = migration.name().to_string().ends_with("_activity");
        let wanted = match part {
            Part::Main => !of_activity,
            Part::Activity => of_activity,
            Part::Both => true,
        };
        if wanted && !applied.contains(&migration.name().version()) {
            conn.run_migration(migration.as_ref()).map_err(failed)?;
            done += 1;
        }
    }
    Ok(done)
}
