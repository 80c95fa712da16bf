//! The history of a person: the stored changes with the runs they belong to, newest first.
//! Leaves drawing it to `people::pages`.

use diesel::prelude::*;

use super::run::{Run, RunState};
use super::stored::StoredChange;
use crate::db::Conn;
use crate::error::AppError;
use crate::people::PersonId;
use crate::schema::{changes, runs};
use crate::schools::CurrentSchool;

/// What the newest plan that waits would change of a person.
pub fn waiting_for(
    conn: &mut Conn,
    school: &CurrentSchool,
    person: PersonId,
) -> Result<Option<(StoredChange, Run)>, AppError> {
    Ok(changes::of(school)
        .inner_join(runs::beside(changes::school_id, runs::id.eq(changes::run_id)))
        .filter(changes::person_id.eq(person))
        .filter(runs::state.eq_any([RunState::Planned, RunState::Held]))
        .filter(changes::outcome.is_null())
        .order((runs::id.desc(), changes::id.desc()))
        .limit(1)
        .select((StoredChange::as_select(), Run::as_select()))
        .get_result(conn)
        .optional()?)
}

/// The applied changes of a person in the order they were applied, newest first, at most `limit`.
pub fn of_person(
    conn: &mut Conn,
    school: &CurrentSchool,
    person: PersonId,
    limit: i64,
) -> Result<Vec<(StoredChange, Run)>, AppError> {
    of_people(conn, school, &[person], limit)
}

/// The same of several records, which are one person.
pub fn of_people(
    conn: &mut Conn,
    school: &CurrentSchool,
    people: &[PersonId],
    limit: i64,
) -> Result<Vec<(StoredChange, Run)>, AppError> {
    Ok(changes::of(school)
        .inner_join(runs::beside(changes::school_id, runs::id.eq(changes::run_id)))
        .filter(changes::person_id.eq_any(people.to_vec()))
        .filter(runs::state.eq(RunState::Applied))
        .filter(changes::outcome.is_null())
        .order((runs::generation.desc(), changes::id.desc()))
        .limit(limit)
        .select((StoredChange::as_select(), Run::as_select()))
        .load(conn)?)
}
