//! An entry as it stands in its table, and the entries of a school in the order in which they were sealed.
//! Leaves what a page asks for to `listing`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::source::{Source, of_source};
use crate::db::Conn;
use crate::error::AppError;
use crate::people::PersonId;
use crate::schools::SchoolId;

/// Everything that a row holds. The action is kept as its code: a seal covers what stands there, known or not.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct StoredEntry {
    pub id: i64,
    pub school: Option<SchoolId>,
    pub at: NaiveDateTime,
    pub actor_user: Option<i64>,
    pub actor_name: String,
    pub action: String,
    pub subject: String,
    pub person: Option<PersonId>,
    pub request: Option<String>,
    pub seal_number: Option<i64>,
    pub seal_mac: Option<String>,
}

macro_rules! columns {
    ($t:ident) => {
        (
            $t::id,
            $t::school_id,
            $t::at,
            $t::actor_user_id,
            $t::actor_name,
            $t::action,
            $t::subject,
            $t::person_id,
            $t::request_id,
            $t::seal_number,
            $t::seal_mac,
        )
    };
}
pub(super) use columns;

/// Narrows a boxed query to the entries of a school, or to those of none.
macro_rules! of_scope {
    ($t:ident, $school:expr) => {
        match $school {
            Some(school) => $t::table.filter($t::school_id.eq(school)).into_boxed(),
            None => $t::table.filter($t::school_id.is_null()).into_boxed(),
        }
    };
}

/// The sealed entries after a number, at most `limit`, in the order of their numbers.
pub fn sealed(
    conn: &mut Conn,
    source: Source,
    school: Option<SchoolId>,
    after: i64,
    limit: i64,
) -> Result<Vec<StoredEntry>, AppError> {
    of_source!(source, |t| Ok(of_scope!(t, school)
        .filter(t::seal_number.gt(after))
        .order(t::seal_number)
        .limit(limit)
        .select(columns!(t))
        .load(conn)?))
}

/// The last sealed entry: its number and its seal.
pub fn last_sealed(
    conn: &mut Conn,
    source: Source,
    school: Option<SchoolId>,
) -> Result<Option<(i64, Option<String>)>, AppError> {
    let row: Option<(Option<i64>, Option<String>)> = of_source!(source, |t| of_scope!(t, school)
        .filter(t::seal_number.is_not_null())
        .order(t::seal_number.desc())
        .select((t::seal_number, t::seal_mac))
        .first(conn)
        .optional()?);
    Ok(row.and_then(|(number, mac)| Some((number?, mac))))
}

/// The entries that nobody has sealed yet, as they arrived, at most `limit`.
pub fn unsealed(
    conn: &mut Conn,
    source: Source,
    school: Option<SchoolId>,
    limit: i64,
) -> Result<Vec<StoredEntry>, AppError> {
    of_source!(source, |t| Ok(of_scope!(t, school)
        .filter(t::seal_number.is_null())
        .order(t::id)
        .limit(limit)
        .select(columns!(t))
        .load(conn)?))
}

/// How many entries are unsealed, and since when.
pub fn count_unsealed(
    conn: &mut Conn,
    source: Source,
    school: Option<SchoolId>,
) -> Result<(i64, Option<NaiveDateTime>), AppError> {
    of_source!(source, |t| Ok(of_scope!(t, school)
        .filter(t::seal_number.is_null())
        .select((diesel::dsl::count_star(), diesel::dsl::min(t::at)))
        .get_result(conn)?))
}

/// The schools that have unsealed entries; None stands for the entries of no school.
pub fn schools_with_unsealed(conn: &mut Conn, source: Source) -> Result<Vec<Option<SchoolId>>, AppError> {
    of_source!(source, |t| Ok(t::table.filter(t::seal_number.is_null()).select(t::school_id).distinct().load(conn)?))
}

/// Whether any entry was ever sealed.
pub fn has_sealed(conn: &mut Conn, source: Source) -> Result<bool, AppError> {
    let found: Option<i64> =
        of_source!(source, |t| t::table.filter(t::seal_number.is_not_null()).select(t::id).first(conn).optional()?);
    Ok(found.is_some())
}

/// Writes the seal of an entry; false when somebody else has sealed it meanwhile.
pub fn write_seal(conn: &mut Conn, source: Source, id: i64, number: i64, mac: &str) -> Result<bool, AppError> {
    let done = of_source!(source, |t| diesel::update(t::table.find(id).filter(t::seal_number.is_null()))
        .set((t::seal_number.eq(number), t::seal_mac.eq(mac)))
        .execute(conn)?);
    Ok(done == 1)
}
