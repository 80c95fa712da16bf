//! A school's own number series, and the SONIS IDs made from it: two letters and seven digits, never given twice.
//! Leaves who gets a SONIS ID to `people`.

use diesel::prelude::*;

use super::school::CurrentSchool;
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::{counters, schools};

const SONIS: &str = "sonis_id";
const GENERATION: &str = "roster_generation";

/// The most that seven digits hold.
const LAST_SONIS: i64 = 9_999_999;

/// Takes the next `count` SONIS IDs of the school. Inside a transaction: a rollback gives them back.
pub fn next_sonis_ids(conn: &mut Conn, school: &CurrentSchool, count: i64) -> Result<Vec<String>, AppError> {
    let first = take(conn, school, SONIS, count)?;
    if first + count - 1 > LAST_SONIS {
        return Err(AppError::Conflict(format!(
            "{} has given out all of its {LAST_SONIS} SONIS IDs. No person can be added.",
            school.name()
        )));
    }
    let letters: String =
        schools::table.filter(schools::id.eq(school.id())).select(schools::letters).get_result(conn)?;
    Ok((first..first + count).map(|n| format!("{letters}{n:07}")).collect())
}

/// Begins the series of a new school, so that taking from it is one statement that locks the row.
pub(super) fn begin(conn: &mut Conn, school: &CurrentSchool) -> Result<(), AppError> {
    for series in [SONIS, GENERATION] {
        counters::insert()
            .values((counters::school_id.eq(school.id()), counters::name.eq(series), counters::next_value.eq(1_i64)))
            .execute(conn)?;
    }
    Ok(())
}

/// Raises the school's roster generation: its people are not as they were. Whatever was planned before knows so.
pub fn next_generation(conn: &mut Conn, school: &CurrentSchool) -> Result<i64, AppError> {
    take(conn, school, GENERATION, 1)
}

/// The number that the next change of the school's people will have.
pub fn generation(conn: &mut Conn, school: &CurrentSchool) -> Result<i64, AppError> {
    Ok(counters::of(school).filter(counters::name.eq(GENERATION)).select(counters::next_value).get_result(conn)?)
}

/// The number that a series of its own name stands at; it begins with 1.
pub fn next_of(conn: &mut Conn, school: &CurrentSchool, name: &str) -> Result<i64, AppError> {
    let next = counters::of(school).filter(counters::name.eq(name.to_owned())).select(counters::next_value);
    Ok(next.get_result(conn).optional()?.unwrap_or(1))
}

/// Takes `count` numbers of a series; the answer is the first of them. Inside a transaction: a rollback gives them back.
pub fn take_of(conn: &mut Conn, school: &CurrentSchool, name: &str, count: i64) -> Result<i64, AppError> {
    let held: i64 = counters::of(school).filter(counters::name.eq(name.to_owned())).count().get_result(conn)?;
    if held == 0 {
        counters::insert()
            .values((counters::school_id.eq(school.id()), counters::name.eq(name), counters::next_value.eq(1_i64)))
            .execute(conn)?;
    }
    take(conn, school, name, count)
}

fn take(conn: &mut Conn, school: &CurrentSchool, name: &str, count: i64) -> Result<i64, AppError> {
    let next: i64 = diesel::update(counters::of(school).filter(counters::name.eq(name.to_owned())))
        .set(counters::next_value.eq(counters::next_value + count))
        .returning(counters::next_value)
        .get_result(conn)?;
    Ok(next - count)
}
