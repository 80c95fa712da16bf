//! Disabling and enabling a user, and giving a temporary password. Each ends the user's sessions where it has to.
//! Leaves what the user may do to `users::change`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::change::{Refusal, lock, record, touch};
use super::editor::Editor;
use super::grants::Grants;
use super::picture::Names;
use super::standing::Standing;
use crate::audit::{self, Action, Entry};
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::users;
use crate::schools::CurrentSchool;
use crate::security::{Actor, User, limits_of};

fn not_ones_own(school: &CurrentSchool, user: &User, by: &Actor) -> Option<Refusal> {
    if by.user() == Some(user.id) {
        Some(Refusal::Own)
    } else if user.school_id != Some(school.id()) {
        Some(Refusal::NotHome { user_id: user.user_id.clone() })
    } else {
        None
    }
}

/// Who can sign in as somebody has all that they have, and who shuts somebody out takes it all away:
/// so an editor who could not have given it is refused.
fn is_beyond(
    conn: &mut Conn,
    school: &CurrentSchool,
    user: &User,
    by: &Actor,
    now: NaiveDateTime,
) -> Result<Option<Refusal>, AppError> {
    if let Some(refusal) = not_ones_own(school, user, by) {
        return Ok(Some(refusal));
    }
    // What the user holds stays as it is until the end of the transaction.
    lock(conn, school)?;
    let editor = Editor::load(conn, school, by, now)?;
    let user_id = user.user_id.clone();
    if let Some(key) = editor.outranked_by(&Grants::of(conn, school, user.id, now)?) {
        return Ok(Some(Refusal::Outranked { user_id, what: Names::load(conn)?.thing(&key) }));
    }
    if !limits_of(conn, user.id)?.is_within(&editor.limits) {
        return Ok(Some(Refusal::BeyondOwnLimits { own: editor.limits.in_words() }));
    }
    Ok(None)
}

/// From the next request on the user is signed out, on every node: a session's user is read each time.
pub fn disable(
    conn: &mut Conn,
    school: &CurrentSchool,
    user: &User,
    by: &Actor,
    now: NaiveDateTime,
    request: Option<&str>,
) -> Result<Result<(), Refusal>, AppError> {
    if let Some(refusal) = is_beyond(conn, school, user, by, now)? {
        return Ok(Err(refusal));
    }
    let user: User = users::table.find(user.id).select(User::as_select()).get_result(conn)?;
    if user.disabled_at.is_some() {
        return Ok(Ok(()));
    }
    let stood = Standing::of(&Grants::of(conn, school, user.id, now)?, &limits_of(conn, user.id)?);
    if stood.leaves_a_gap(conn, school, &user, Standing::None)? {
        return Ok(Err(Refusal::LastAdministrator { user_id: user.user_id, lacks: None }));
    }
    diesel::update(users::table.find(user.id)).set(users::disabled_at.eq(now)).execute(conn)?;
    touch(conn, user.id, by, now)?;
    record(conn, school, Action::UserDisabled, user.user_id, by, now, request)?;
    Ok(Ok(()))
}

pub fn enable(
    conn: &mut Conn,
    school: &CurrentSchool,
    user: &User,
    by: &Actor,
    now: NaiveDateTime,
    request: Option<&str>,
) -> Result<Result<(), Refusal>, AppError> {
    if let Some(refusal) = is_beyond(conn, school, user, by, now)? {
        return Ok(Err(refusal));
    }
    let disabled = users::table.find(user.id).filter(users::disabled_at.is_not_null());
    let changed = diesel::update(disabled).set(users::disabled_at.eq(None::<NaiveDateTime>)).execute(conn)?;
    if changed > 0 {
        touch(conn, user.id, by, now)?;
        record(conn, school, Action::UserEnabled, user.user_id.clone(), by, now, request)?;
    }
    Ok(Ok(()))
}

/// It has to be changed at the next sign-in.
pub fn set_temporary_password(
    conn: &mut Conn,
    school: &CurrentSchool,
    user: &User,
    hash: &str,
    by: &Actor,
    now: NaiveDateTime,
    request: Option<&str>,
) -> Result<Result<(), Refusal>, AppError> {
    if let Some(refusal) = is_beyond(conn, school, user, by, now)? {
        return Ok(Err(refusal));
    }
    diesel::update(users::table.find(user.id))
        .set((users::password_hash.eq(hash), users::must_change.eq(true)))
        .execute(conn)?;
    touch(conn, user.id, by, now)?;
    record(conn, school, Action::PasswordSet, user.user_id.clone(), by, now, request)?;
    Ok(Ok(()))
}

/// Users of Support belong to no school, so no school's administrator does this.
pub fn set_state_of_support(
    conn: &mut Conn,
    user: &User,
    enabled: bool,
    by: &Actor,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    let disabled_at = (!enabled).then_some(now);
    let other = users::table
        .find(user.id)
        .filter(users::school_id.is_null())
        .filter(users::disabled_at.is_null().eq(disabled_at.is_some()));
    if diesel::update(other).set(users::disabled_at.eq(disabled_at)).execute(conn)? == 0 {
        return Ok(());
    }
    touch(conn, user.id, by, now)?;
    let action = if enabled { Action::UserEnabled } else { Action::UserDisabled };
    let subject = user.user_id.clone();
    audit::record(
        conn,
        &Entry { at: now, school: None, actor: by.clone(), action, subject, person: None, request: None },
    )
}
