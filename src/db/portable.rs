//! What the two databases write differently inside one query: the search by part of a name.
//! Leaves deciding what to search for to `people::search`.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Text};
use diesel::sqlite::Sqlite;

use super::conn::{Backend, Conn};
use crate::on_each;
use crate::people::PersonId;
use crate::schema::people;
use crate::schools::{CurrentSchool, SchoolId};

/// True for a row of `people` whose folded search name holds every one of the words (three letters or more each).
#[derive(Debug, Clone)]
pub struct NameHolds {
    fts: String,
    likes: Vec<String>,
}

impl NameHolds {
    pub fn new(words: &[String]) -> NameHolds {
        let fts = words.iter().map(|w| format!("\"{}\"", w.replace('"', "\"\""))).collect::<Vec<_>>().join(" AND ");
        NameHolds { fts, likes: words.iter().map(|w| format!("%{}%", escape_like(w))).collect() }
    }
}

/// The text with LIKE's wildcards made literal (`\` is the escape character).
pub fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

impl Expression for NameHolds {
    type SqlType = Bool;
}
impl AppearsOnTable<people::table> for NameHolds {}
impl SelectableExpression<people::table> for NameHolds {}
impl ValidGrouping<()> for NameHolds {
    type IsAggregate = is_aggregate::No;
}
impl QueryId for NameHolds {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Sqlite> for NameHolds {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("people.id IN (SELECT rowid FROM people_search WHERE people_search MATCH ");
        out.push_bind_param::<Text, _>(&self.fts)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Pg> for NameHolds {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for (i, like) in self.likes.iter().enumerate() {
            out.push_sql(if i == 0 { "(people.search_name LIKE " } else { " AND people.search_name LIKE " });
            out.push_bind_param::<Text, _>(like)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Backend> for NameHolds {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        Backend::walk_variant_ast(self, out)
    }
}

/// True for a row of `people` whose id is among these. Unlike a list of placeholders, which has another text for each
/// length, it is one statement: SQLite finds it ready.
#[derive(Debug, Clone)]
pub struct IdAmong {
    ids: Vec<i64>,
    json: String,
}

impl IdAmong {
    pub fn new(ids: &[PersonId]) -> IdAmong {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let json = format!("[{}]", ids.iter().map(i64::to_string).collect::<Vec<_>>().join(","));
        IdAmong { ids, json }
    }
}

impl Expression for IdAmong {
    type SqlType = Bool;
}
impl AppearsOnTable<people::table> for IdAmong {}
impl SelectableExpression<people::table> for IdAmong {}
impl ValidGrouping<()> for IdAmong {
    type IsAggregate = is_aggregate::No;
}
impl QueryId for IdAmong {
    type QueryId = IdAmong;
}

impl QueryFragment<Sqlite> for IdAmong {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("people.id IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql("))");
        Ok(())
    }
}

impl QueryFragment<Pg> for IdAmong {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("people.id = ANY(");
        out.push_bind_param::<Array<BigInt>, _>(&self.ids)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Backend> for IdAmong {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        Backend::walk_variant_ast(self, out)
    }
}

/// What a search by name is narrowed to while it streams. Codes are the program's own words, never typed text.
pub struct NameScope<'a> {
    pub school: &'a CurrentSchool,
    pub member_type: Option<&'static str>,
    pub statuses: Vec<&'static str>,
}

/// Ids and folded names of the school's people whose names hold the words, at most `limit`, in no order: it stops at the
/// limit, however broad the match. (`NameHolds` in a query would collect every match first.)
pub fn by_name(
    conn: &mut Conn,
    scope: &NameScope<'_>,
    words: &[String],
    limit: i64,
) -> QueryResult<Vec<(PersonId, String)>> {
    let query = ByName { school: scope.school.id(), holds: NameHolds::new(words), narrowed: scope.narrowed(), limit };
    on_each!(conn, |c| query.load(c))
}

impl NameScope<'_> {
    fn narrowed(&self) -> String {
        let statuses = self.statuses.iter().map(|s| format!("'{s}'")).collect::<Vec<_>>().join(", ");
        let member_type = self.member_type.map(|m| format!(" AND people.member_type = '{m}'")).unwrap_or_default();
        format!("people.status IN ({statuses}){member_type}")
    }
}

/// A query of its own, and not `sql_query`, so that the database finds it ready: there are as many texts as ways to narrow.
struct ByName {
    school: SchoolId,
    holds: NameHolds,
    narrowed: String,
    limit: i64,
}

impl Query for ByName {
    type SqlType = (BigInt, Text);
}
impl QueryId for ByName {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<C> RunQueryDsl<C> for ByName {}

impl QueryFragment<Sqlite> for ByName {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "SELECT people.id, people.sort_name FROM people_search JOIN people ON people.id = people_search.rowid \
             WHERE people_search MATCH ",
        );
        out.push_bind_param::<Text, _>(&self.holds.fts)?;
        out.push_sql(" AND people.school_id = ");
        out.push_bind_param::<BigInt, _>(&self.school)?;
        out.push_sql(" AND ");
        out.push_sql(&self.narrowed);
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

impl QueryFragment<Pg> for ByName {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // A statement that is kept is planned without its values after a while, and then reads the whole table for a rare name.
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT people.id, people.sort_name FROM people WHERE people.school_id = ");
        out.push_bind_param::<BigInt, _>(&self.school)?;
        out.push_sql(" AND ");
        self.holds.walk_ast(out.reborrow())?;
        out.push_sql(" AND ");
        out.push_sql(&self.narrowed);
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}
