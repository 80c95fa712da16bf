//! A user: who may sign in, with which User ID, profile and settings.
//! Leaves passwords to `security::password`, Tasks to `security::grant`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::own_profile::OwnProfileId;
use super::profile::Profile;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::is_invisible;
use crate::schema::users;
use crate::schools::SchoolId;

crate::id_type! {
    /// A user's row.
    UserId
}

crate::text_enum! {
    Theme {
        Light = "light", "light";
        Dark = "dark", "dark";
    }
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct User {
    pub id: UserId,
    /// None for Support, who belongs to no school.
    pub school_id: Option<SchoolId>,
    /// What the user types to sign in, as it was given.
    pub user_id: String,
    pub name: String,
    pub profile: Profile,
    pub must_change: bool,
    pub theme: Theme,
    pub keys_on: bool,
    /// Whether `security::limit` has something to say about the user.
    pub is_limited: bool,
    pub disabled_at: Option<NaiveDateTime>,
    pub lock_version: i32,
    /// The filters that the list of people starts with, as in its address.
    pub start_query: String,
    pub email: Option<String>,
    /// Which of the school's own profiles, where `profile` is Own.
    pub own_profile_id: Option<OwnProfileId>,
}

#[derive(Debug, thiserror::Error)]
pub enum NewUserError {
    #[error("{}A User ID is 2 to 40 letters, digits, dots, hyphens or underscores, and begins with a letter or digit.", found(.0))]
    UserId(String),
    #[error("There is a user {0} already. User IDs are the same in upper and lower case.")]
    Taken(String),
    #[error("{0}")]
    WeakPassword(String),
    #[error(transparent)]
    App(#[from] AppError),
}

/// How a message about a User ID begins: with what stood there, if anything did.
fn found(text: &str) -> String {
    if text.is_empty() { "Type a User ID. ".into() } else { format!("{text:?} is not a User ID. ") }
}

/// A User ID checked once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserName(String);

impl UserName {
    pub fn parse(text: &str) -> Result<UserName, NewUserError> {
        let text = text.trim();
        // An address names the user: dots alone, or a word of ours, would lead elsewhere.
        let leads_here = text.starts_with(|c: char| c.is_ascii_alphanumeric()) && !text.eq_ignore_ascii_case("compare");
        let fits = leads_here
            && (2..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
        if fits { Ok(UserName(text.to_owned())) } else { Err(NewUserError::UserId(text.to_owned())) }
    }

    pub fn key(&self) -> String {
        user_key(&self.0)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is wrong with a name that others are to read. Nobody is called as the operator is, or by letters that nobody sees.
pub fn name_fault(name: &str) -> Option<&'static str> {
    let lower = name.trim().to_lowercase();
    if name.chars().any(|c| c.is_control() || is_invisible(c)) {
        Some("It holds letters that nobody sees. Type it anew")
    } else if lower.starts_with("operator") || lower.starts_with("somebody not") {
        Some("In the record this name stands for somebody else. Choose another")
    } else {
        None
    }
}

/// User IDs are the same in upper and lower case.
pub fn user_key(user_id: &str) -> String {
    // A NUL would be a failure to PostgreSQL instead of an unknown user.
    user_id.trim().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect::<String>().to_lowercase()
}

impl User {
    pub fn by_user_id(conn: &mut Conn, user_id: &str) -> Result<Option<User>, AppError> {
        Ok(users::table
            .filter(users::user_key.eq(user_key(user_id)))
            .select(User::as_select())
            .get_result(conn)
            .optional()?)
    }

    /// The hash of a user's password, for sign-in only.
    pub(super) fn password_hash(conn: &mut Conn, id: UserId) -> Result<String, AppError> {
        Ok(users::table.find(id).select(users::password_hash).get_result(conn)?)
    }

    pub fn set_password(conn: &mut Conn, id: UserId, hash: &str) -> Result<(), AppError> {
        diesel::update(users::table.find(id))
            .set((users::password_hash.eq(hash), users::must_change.eq(false)))
            .execute(conn)?;
        Ok(())
    }

    pub fn set_theme(conn: &mut Conn, id: UserId, theme: Theme) -> Result<(), AppError> {
        diesel::update(users::table.find(id)).set(users::theme.eq(theme)).execute(conn)?;
        Ok(())
    }

    pub fn set_keys(conn: &mut Conn, id: UserId, on: bool) -> Result<(), AppError> {
        diesel::update(users::table.find(id)).set(users::keys_on.eq(on)).execute(conn)?;
        Ok(())
    }
}

/// A user to be added, everything checked.
pub struct NewUser {
    pub user_id: UserName,
    pub name: String,
    pub school_id: Option<SchoolId>,
    pub profile: Profile,
    pub password_hash: String,
    pub must_change: bool,
}

impl NewUser {
    pub fn add(&self, conn: &mut Conn, by: &str, now: NaiveDateTime) -> Result<UserId, NewUserError> {
        if User::by_user_id(conn, self.user_id.as_str())?.is_some() {
            return Err(NewUserError::Taken(self.user_id.as_str().to_owned()));
        }
        let id = diesel::insert_into(users::table)
            .values((
                users::school_id.eq(self.school_id),
                users::user_id.eq(self.user_id.as_str()),
                users::user_key.eq(self.user_id.key()),
                users::name.eq(&self.name),
                users::profile.eq(self.profile),
                users::password_hash.eq(&self.password_hash),
                users::must_change.eq(self.must_change),
                users::theme.eq(Theme::Light),
                users::keys_on.eq(true),
                users::created_at.eq(now),
                users::created_by.eq(by),
            ))
            .returning(users::id)
            .get_result(conn)
            .map_err(AppError::from)?;
        Ok(id)
    }

    /// Whether the school has no user yet: its first may grant every Task.
    pub fn is_first_of(conn: &mut Conn, school: SchoolId) -> Result<bool, AppError> {
        let others: i64 = users::table.filter(users::school_id.eq(school)).count().get_result(conn)?;
        Ok(others == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_id_has_plain_letters_and_one_key_in_any_case() {
        assert!(UserName::parse(" R.Okafor-2 ").is_ok_and(|u| u.key() == "r.okafor-2"));
        for bad in ["..", "--", "Compare", "", "x", "two words", "zoë", "a/b", &"x".repeat(41)] {
            assert!(UserName::parse(bad).is_err(), "{bad}");
        }
    }
}
