//! The one door for large loads: arrays of owned rows on SQLite (a slice's statement is never cached), COPY on PostgreSQL
//! (batches cost seven times as much). Leaves which rows to whoever loads.

/// So many rows go into one statement on SQLite.
pub const ROWS: usize = 100;

/// What `bulk_load!` shows to be given a whole table: it only adds rows, each of which says its school.
pub struct Adding(());

#[doc(hidden)]
pub const ADDING: Adding = Adding(());

/// Loads `$rows` (a Vec of an Insertable that does not treat None as default) into the table of the schema module `$table`.
#[macro_export]
macro_rules! bulk_load {
    ($conn:expr, $table:ident, $row:ty, $rows:expr) => {{
        let rows: Vec<$row> = $rows;
        let result: diesel::QueryResult<()> = match $conn {
            $crate::db::Conn::Sqlite(c) => {
                let mut chunks = rows.chunks_exact($crate::db::bulk::ROWS);
                let mut result = Ok(());
                for chunk in &mut chunks {
                    if let Ok(array) = <&[$row; $crate::db::bulk::ROWS]>::try_from(chunk) {
                        result = result.and($table::insert().values(array).execute(c).map(drop));
                    }
                }
                for row in chunks.remainder() {
                    result = result.and($table::insert().values(row).execute(c).map(drop));
                }
                result
            }
            $crate::db::Conn::Postgres(c) => {
                use diesel::ExecuteCopyFromDsl;
                diesel::copy_from($table::for_bulk_load(&$crate::db::bulk::ADDING))
                    .from_insertable(&rows)
                    .execute(c)
                    .map(drop)
            }
        };
        result
    }};
}

use diesel::prelude::*;

use super::Conn;

/// After rows with ids of our own, PostgreSQL has to be told where to count on.
pub fn count_on_from(conn: &mut Conn, table: &str) -> QueryResult<()> {
    if let Conn::Postgres(c) = conn {
        diesel::sql_query(format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce((SELECT max(id) FROM {table}), 0) + 1, false)"
        ))
        .execute(c)?;
    }
    Ok(())
}

/// Lets the query planner know what was loaded.
pub fn analyze(conn: &mut Conn) -> QueryResult<()> {
    use diesel::connection::SimpleConnection;
    conn.batch_execute("ANALYZE")
}
