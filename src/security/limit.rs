//! Limiting Access of a user: which limits are on record, and changing them.
//! Leaves what a limit means to `schools::Limits`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::task::TaskName;
use super::user::{User, UserId};
use super::visitor::Actor;
use crate::audit::{self, Action, Entry};
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::{grants, user_limits, users};
use crate::schools::{CurrentSchool, LimitField, Limits};
use crate::security::grant::holding;
use crate::security::users::{Grants, Standing, lock};

#[derive(Debug, thiserror::Error)]
pub enum LimitError {
    #[error(
        "{user_id} may use the Task {task}, which works on everybody at once. Take that Task away first, or leave {user_id} without limits."
    )]
    Bulk { user_id: String, task: TaskName },
    #[error("{by} sees only a part of the school ({own}), so the limits of others lie within that.")]
    BeyondOwn { by: String, own: String },
    #[error(
        "{user_id} is the last security administrator of the school who sees all of it. First give somebody else the Task {} and the right to grant it, without an end date and without limits.",
        TaskName::AdministerSecurity
    )]
    LastAdministrator { user_id: String },
    #[error("Nobody changes their own limits. Another security administrator can.")]
    Own,
    #[error(transparent)]
    App(#[from] AppError),
}

pub fn limits_of(conn: &mut Conn, user: UserId) -> Result<Limits, AppError> {
    let rows: Vec<(LimitField, String)> = user_limits::table
        .filter(user_limits::user_id.eq(user))
        .select((user_limits::field, user_limits::value))
        .load(conn)?;
    Ok(Limits::of(rows))
}

/// Puts these limits in the place of the user's others; says what they were. It counts from the user's next request on.
pub fn set_limits(
    conn: &mut Conn,
    user: &User,
    limits: &Limits,
    by: &Actor,
    now: NaiveDateTime,
) -> Result<Limits, LimitError> {
    if by.user() == Some(user.id) {
        return Err(LimitError::Own);
    }
    if let Some(editor) = by.user() {
        let own = limits_of(conn, editor)?;
        if !limits.is_within(&own) {
            return Err(LimitError::BeyondOwn { by: by.name().to_owned(), own: own.in_words() });
        }
    }
    if !limits.is_none()
        && let Some(task) = bulk_task(conn, user.id, now)?
    {
        return Err(LimitError::Bulk { user_id: user.user_id.clone(), task });
    }
    let school = CurrentSchool::every(conn)?.into_iter().find(|s| Some(s.id()) == user.school_id);
    if let Some(school) = &school {
        lock(conn, school)?;
    }
    let before = limits_of(conn, user.id)?;
    if before == *limits {
        return Ok(before);
    }
    if let Some(school) = &school {
        let held = Grants::of(conn, school, user.id, now)?;
        let (stood, stands) = (Standing::of(&held, &before), Standing::of(&held, limits));
        if stood.leaves_a_gap(conn, school, user, stands)? {
            return Err(LimitError::LastAdministrator { user_id: user.user_id.clone() });
        }
    }
    replace(conn, user.id, limits)?;
    audit::record(
        conn,
        &Entry {
            at: now,
            school: user.school_id,
            actor: by.clone(),
            action: Action::LimitsChanged,
            subject: format!("{}: {}, before {}", user.user_id, limits.in_words(), before.in_words()),
            person: None,
            request: None,
        },
    )?;
    Ok(before)
}

/// The rows alone: asking whether it may be, and telling it, is the caller's.
pub(super) fn replace(conn: &mut Conn, user: UserId, limits: &Limits) -> Result<(), AppError> {
    diesel::delete(user_limits::table.filter(user_limits::user_id.eq(user))).execute(conn)?;
    for (field, values) in limits.each() {
        for value in values {
            diesel::insert_into(user_limits::table)
                .values((user_limits::user_id.eq(user), user_limits::field.eq(field), user_limits::value.eq(value)))
                .execute(conn)?;
        }
    }
    diesel::update(users::table.find(user)).set(users::is_limited.eq(!limits.is_none())).execute(conn)?;
    Ok(())
}

/// A Task for everybody at once that the user may use now, if there is one.
fn bulk_task(conn: &mut Conn, user: UserId, now: NaiveDateTime) -> Result<Option<TaskName>, AppError> {
    let held: Vec<TaskName> = grants::table
        .filter(grants::user_id.eq(user))
        .filter(grants::kind.eq(super::GrantKind::Use))
        .filter(holding(now))
        .select(grants::task)
        .load(conn)?;
    Ok(held.into_iter().find(|t| t.is_bulk()))
}
