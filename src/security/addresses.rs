//! E-mail addresses of the users of a school who may use a Task now.
//! Leaves writing to them to `mail`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::grant::GrantKind;
use super::task::TaskName;
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::{grants, users};
use crate::schools::CurrentSchool;
use crate::security::grant::holding;

/// User ID and address of each who has one.
pub fn addresses_of(
    conn: &mut Conn,
    school: &CurrentSchool,
    task: TaskName,
    now: NaiveDateTime,
) -> Result<Vec<(String, String)>, AppError> {
    let rows: Vec<(String, Option<String>)> = grants::table
        .inner_join(users::table.on(users::id.eq(grants::user_id)))
        .filter(grants::school_id.eq(school.id()))
        .filter(grants::task.eq(task))
        .filter(grants::kind.eq(GrantKind::Use))
        .filter(holding(now))
        .filter(users::disabled_at.is_null())
        .order(users::user_id)
        .select((users::user_id, users::email))
        .distinct()
        .load(conn)?;
    let filled = |(user_id, email): (String, Option<String>)| Some((user_id, email?.trim().to_owned()));
    Ok(rows.into_iter().filter_map(filled).filter(|(_, email)| !email.is_empty()).collect())
}
