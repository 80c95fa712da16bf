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
use crate::people::PersonId;
use crate::runs::RunId;
use crate::schema::changes;
use crate::schools::CurrentSchool;

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

/// Lets the query planner know what was loaded. PostgreSQL's index of names keeps new ones in a list beside it, up to 4 MB,
/// which every search reads from end to end: after a load they go into the index at once, and not when it comes to it.
/// (A shorter list for good made adding 200,000 names three to six times as slow.)
pub fn analyze(conn: &mut Conn) -> QueryResult<()> {
    use diesel::connection::SimpleConnection;
    if let Conn::Postgres(c) = conn {
        c.batch_execute("SELECT gin_clean_pending_list('people_search')")?;
    }
    conn.batch_execute("ANALYZE")
}

/// After many changes in a working database. SQLite goes by the figures of the migrations: whatever it counts itself from a
/// sample takes a school for small, and counting everything would keep the file locked.
pub fn analyze_changed(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(_) => analyze(conn),
    }
}

/// In the middle of a large load: a table that was empty when its foreign keys were first asked is asked through the wrong index
/// from then on, for each row all rows before it. PostgreSQL plans anew once it has counted. Nobody else waits for the counting.
pub(crate) fn count_while_loading(conn: &mut Conn) -> QueryResult<()> {
    use diesel::connection::SimpleConnection;
    match conn {
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(c) => c.batch_execute(
            "ANALYZE (SKIP_LOCKED) people, source_links, integration_ids, memberships, relationships, changes",
        ),
    }
}

/// What keeps the index of names up on SQLite, as the migrations made it.
const INDEX_NEW_NAMES: &str = "CREATE TRIGGER people_search_insert AFTER INSERT ON people BEGIN
  INSERT INTO people_search (rowid, search_name) VALUES (new.id, new.search_name);
END";

/// People who are added from here on stand in the index of names only after `index_some_names`, many at once: person by person
/// SQLite would write the index out after every statement, and merge it over and over. The answer is where they begin.
pub(crate) fn put_off_indexing(conn: &mut Conn) -> QueryResult<i64> {
    use diesel::connection::SimpleConnection;
    let Conn::Sqlite(c) = conn else { return Ok(0) };
    let last: Id = diesel::sql_query("SELECT coalesce(max(id), 0) AS id FROM people").get_result(c)?;
    c.batch_execute("DROP TRIGGER people_search_insert")?;
    Ok(last.id)
}

/// Puts the next of those added since into the index of names. The answer is where to go on; None once all are in it,
/// and it is kept up as before.
pub(crate) fn index_some_names(conn: &mut Conn, after: i64) -> QueryResult<Option<i64>> {
    use diesel::connection::SimpleConnection;
    use diesel::sql_types::BigInt;
    /// Enough that the index is seldom written out, few enough that somebody who wants the run stopped need not wait.
    const SOME: i64 = 10_000;
    let Conn::Sqlite(c) = conn else { return Ok(None) };
    let last: Id = diesel::sql_query("SELECT coalesce(max(id), 0) AS id FROM people").get_result(c)?;
    let upto = after.saturating_add(SOME);
    diesel::sql_query(
        "INSERT INTO people_search (rowid, search_name) SELECT id, search_name FROM people WHERE id > ? AND id <= ? ORDER BY id",
    )
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(upto)
    .execute(c)?;
    if upto < last.id {
        return Ok(Some(upto));
    }
    c.batch_execute(INDEX_NEW_NAMES)?;
    Ok(None)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    id: i64,
}

/// Row ids for people about to be added. On SQLite they follow each other; the caller holds the write lock.
pub(crate) fn next_person_ids(conn: &mut Conn, count: i64) -> QueryResult<Vec<PersonId>> {
    match conn {
        Conn::Sqlite(c) => {
            let last: Id = diesel::sql_query("SELECT coalesce(max(id), 0) AS id FROM people").get_result(c)?;
            Ok((last.id + 1..=last.id + count).map(PersonId).collect())
        }
        Conn::Postgres(c) => {
            let ids: Vec<Id> = diesel::sql_query(
                "SELECT nextval(pg_get_serial_sequence('people', 'id')) AS id FROM generate_series(1, $1)",
            )
            .bind::<diesel::sql_types::BigInt, _>(count)
            .load(c)?;
            Ok(ids.into_iter().map(|i| PersonId(i.id)).collect())
        }
    }
}

/// Says to whom changes were done, where only carrying them out could tell: new people.
pub(crate) fn tell_persons(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: RunId,
    told: &[(i64, PersonId)],
) -> QueryResult<()> {
    use diesel::sql_types::{Array, BigInt};
    let (Some((first, id)), Some((last, last_id))) = (told.first(), told.last()) else { return Ok(()) };
    match conn {
        // Both run on without a gap, as they nearly always do: one statement for the batch.
        Conn::Sqlite(c) if last - first == last_id.0 - id.0 && last - first + 1 == told.len() as i64 => {
            diesel::sql_query(
                "UPDATE changes SET person_id = id + ? WHERE school_id = ? AND run_id = ? AND id BETWEEN ? AND ? AND person_id IS NULL",
            )
            .bind::<BigInt, _>(id.0 - first)
            .bind::<BigInt, _>(school.id())
            .bind::<BigInt, _>(run)
            .bind::<BigInt, _>(first)
            .bind::<BigInt, _>(last)
            .execute(c)?;
        }
        Conn::Sqlite(c) => {
            for (change, person) in told {
                diesel::update(changes::of(school).filter(changes::id.eq(*change)))
                    .set(changes::person_id.eq(*person))
                    .execute(c)?;
            }
        }
        Conn::Postgres(c) => {
            let (ids, people): (Vec<i64>, Vec<i64>) = told.iter().map(|(change, person)| (*change, person.0)).unzip();
            diesel::sql_query(
                "UPDATE changes SET person_id = told.person FROM unnest($1::bigint[], $2::bigint[]) AS told (change, person) \
                 WHERE changes.school_id = $3 AND changes.id = told.change",
            )
            .bind::<Array<BigInt>, _>(ids)
            .bind::<Array<BigInt>, _>(people)
            .bind::<BigInt, _>(school.id())
            .execute(c)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{DatabaseUrl, Db};

    #[test]
    fn the_index_of_names_is_kept_up_as_the_migrations_say_after_it_was_put_off() {
        #[derive(QueryableByName)]
        struct Sql {
            #[diesel(sql_type = diesel::sql_types::Text)]
            sql: String,
        }
        let trigger = |conn: &mut Conn| -> String {
            let Conn::Sqlite(c) = conn else { panic!("SQLite") };
            let query = "SELECT sql FROM sqlite_master WHERE name = 'people_search_insert'";
            diesel::sql_query(query).get_result::<Sql>(c).map(|s| s.sql).unwrap_or_else(|e| panic!("{e}"))
        };
        let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"));
        let url = DatabaseUrl::parse(&format!("sqlite:{}", folder.path().join("x.db").display()));
        let db = Db::open(&url.unwrap_or_else(|e| panic!("{e}")), 1).unwrap_or_else(|e| panic!("{e}"));
        let told = db.write(|conn| {
            let before = trigger(conn);
            let last = put_off_indexing(conn)?;
            assert_eq!(index_some_names(conn, last)?, None);
            Ok((before, trigger(conn)))
        });
        let (before, after) = told.unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(before, after);
    }
}
