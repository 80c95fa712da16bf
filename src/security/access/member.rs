//! A member of the current school: whoever is at home there, or holds a grant there now.
//! Leaves what they hold to `held`. Anybody else is not there, whether they exist or not.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::Conn;
use crate::error::AppError;
use crate::schema::{grants, schools, users};
use crate::schools::{CurrentSchool, SchoolId};
use crate::security::grant::holding;
use crate::security::{User, UserId, UserName};

/// By the User ID, in upper or lower case.
pub fn find(conn: &mut Conn, school: &CurrentSchool, user_id: &str, now: NaiveDateTime) -> Result<User, AppError> {
    let name = UserName::parse(user_id).map_err(|_| AppError::NotFound)?;
    let user = User::by_user_id(conn, name.as_str())?.ok_or(AppError::NotFound)?;
    if user.school_id == Some(school.id()) || guests(conn, school, now)?.contains(&user.id) {
        Ok(user)
    } else {
        Err(AppError::NotFound)
    }
}

/// Every member, by name. Disabled ones are still members.
pub fn all(conn: &mut Conn, school: &CurrentSchool, now: NaiveDateTime) -> Result<Vec<User>, AppError> {
    let guests = guests(conn, school, now)?;
    Ok(users::table
        .filter(users::school_id.eq(school.id()).or(users::id.eq_any(guests)))
        .order((users::name, users::user_key))
        .select(User::as_select())
        .load(conn)?)
}

/// The users who are at home elsewhere or nowhere and hold a grant here now.
fn guests(conn: &mut Conn, school: &CurrentSchool, now: NaiveDateTime) -> Result<Vec<UserId>, AppError> {
    Ok(grants::table
        .inner_join(users::table.on(users::id.eq(grants::user_id)))
        .filter(grants::school_id.eq(school.id()))
        .filter(holding(now))
        .filter(users::school_id.is_null().or(users::school_id.ne(school.id())))
        .select(users::id)
        .distinct()
        .load(conn)?)
}

/// Where users are at home, in words.
pub struct Homes(HashMap<SchoolId, String>);

impl Homes {
    pub fn of(conn: &mut Conn, users: &[&User]) -> Result<Homes, AppError> {
        let ids: Vec<SchoolId> = users.iter().filter_map(|u| u.school_id).collect();
        let names: Vec<(SchoolId, String)> =
            schools::table.filter(schools::id.eq_any(ids)).select((schools::id, schools::name)).load(conn)?;
        Ok(Homes(names.into_iter().collect()))
    }

    pub fn of_user(&self, user: &User) -> String {
        match user.school_id {
            None => "Support".into(),
            Some(id) => self.0.get(&id).cloned().unwrap_or_default(),
        }
    }
}
