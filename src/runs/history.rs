//! The history of a person: the stored changes with the runs they belong to, newest first.
//! Leaves drawing it to `people::pages`.

use diesel::prelude::*;

use super::change::StoredChange;
use super::run::Run;
use crate::db::Conn;
use crate::error::AppError;
use crate::people::PersonId;
use crate::schema::{changes, runs};
use crate::schools::CurrentSchool;

/// The applied changes of a person, newest first, at most `limit`.
pub fn of_person(
    conn: &mut Conn,
    school: &CurrentSchool,
    person: PersonId,
    limit: i64,
) -> Result<Vec<(StoredChange, Run)>, AppError> {
    Ok(changes::of(school)
        .inner_join(runs::beside(changes::school_id, runs::id.eq(changes::run_id)))
        .filter(changes::person_id.eq(person))
        .filter(runs::state.eq(super::run::RunState::Applied))
        .order(changes::id.desc())
        .limit(limit)
        .select((StoredChange::as_select(), Run::as_select()))
        .load(conn)?)
}
