//! Sessions as rows: who is signed in, in which browser, since when. Keys are stored hashed.
//! Leaves cookies and the request's state to `web::session`.

use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;

use super::token::hash_token;
use super::user::UserId;
use crate::db::{Activity, Conn};
use crate::error::AppError;
use crate::on_each;
use crate::schema::sessions;

/// A session ends after so long without a request ...
pub const IDLE: Duration = Duration::minutes(30);
/// ... and so long after signing in, whatever happens.
pub const ABSOLUTE: Duration = Duration::hours(12);
/// The touch is written at most so often.
const TOUCH_EVERY: Duration = Duration::seconds(60);

/// A session that has not ended.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct SessionRow {
    pub key_hash: String,
    pub user_id: Option<UserId>,
    pub state: String,
    pub browser: String,
    pub created_at: NaiveDateTime,
    pub touched_at: NaiveDateTime,
}

/// Finds a live session by its key, and touches it when the last touch is a minute old.
pub fn find(activity: &Activity, key: &str, now: NaiveDateTime) -> Result<Option<SessionRow>, AppError> {
    let hash = hash_token(key);
    let row: Option<SessionRow> = activity.read(|conn| {
        Ok(on_each!(conn, |c| sessions::table.find(&hash).select(SessionRow::as_select()).get_result(c)).optional()?)
    })?;
    let Some(row) = row else { return Ok(None) };
    if now - row.touched_at > IDLE || now - row.created_at > ABSOLUTE {
        return Ok(None);
    }
    if now - row.touched_at > TOUCH_EVERY {
        activity.write_later(move |conn| {
            diesel::update(sessions::table.find(&hash)).set(sessions::touched_at.eq(now)).execute(conn)?;
            Ok(())
        });
    }
    Ok(Some(row))
}

pub fn begin(
    activity: &Activity,
    key: &str,
    user: Option<UserId>,
    state: &str,
    browser: &str,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    let (hash, state, browser) = (hash_token(key), state.to_owned(), browser.to_owned());
    activity.write(move |conn| {
        // Sessions that ended long ago go when a new one comes: no timer is needed.
        diesel::delete(sessions::table.filter(sessions::created_at.lt(now - ABSOLUTE))).execute(conn)?;
        diesel::insert_into(sessions::table)
            .values((
                sessions::key_hash.eq(&hash),
                sessions::user_id.eq(user),
                sessions::state.eq(&state),
                sessions::browser.eq(&browser),
                sessions::created_at.eq(now),
                sessions::touched_at.eq(now),
            ))
            .execute(conn)?;
        Ok(())
    })
}

/// Stores a session's state; a session that was ended meanwhile stays ended.
pub fn keep_state(activity: &Activity, key: &str, state: &str) -> Result<(), AppError> {
    let (hash, state) = (hash_token(key), state.to_owned());
    activity.write(move |conn| {
        diesel::update(sessions::table.find(&hash)).set(sessions::state.eq(&state)).execute(conn)?;
        Ok(())
    })
}

pub fn end(activity: &Activity, key: &str) -> Result<(), AppError> {
    end_by_hash(activity, hash_token(key), None)
}

/// Ends one session by its stored hash, only if it is the user's where one is given.
pub fn end_by_hash(activity: &Activity, hash: String, of: Option<UserId>) -> Result<(), AppError> {
    activity.write(move |conn| {
        let query = diesel::delete(sessions::table.find(&hash)).into_boxed();
        match of {
            Some(user) => query.filter(sessions::user_id.eq(user)).execute(conn)?,
            None => query.execute(conn)?,
        };
        Ok(())
    })
}

/// Ends every session of a user except, perhaps, the one they sit in.
pub fn end_all(activity: &Activity, user: UserId, except_hash: Option<&str>) -> Result<(), AppError> {
    let except = except_hash.unwrap_or_default().to_owned();
    activity.write(move |conn| {
        diesel::delete(sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::key_hash.ne(&except)))
            .execute(conn)?;
        Ok(())
    })
}

pub fn of_user(conn: &mut Conn, user: UserId, now: NaiveDateTime) -> Result<Vec<SessionRow>, AppError> {
    Ok(sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::touched_at.gt(now - IDLE))
        .filter(sessions::created_at.gt(now - ABSOLUTE))
        .order(sessions::touched_at.desc())
        .select(SessionRow::as_select())
        .load(conn)?)
}
