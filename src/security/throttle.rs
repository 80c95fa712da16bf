//! Slowing down guesses of a password, by User ID and by address, while a known browser always gets in.
//! Leaves whether a guess is right to `security::password`.
//!
//! A guess is counted before it is evaluated, so that many at once cannot slip through; a right one is taken back.
//! A browser that has signed in before is counted apart: nobody can lock its owner out from elsewhere.

use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;

use super::token::hash_token;
use super::user::UserId;
use crate::db::{Activity, Conn};
use crate::error::AppError;
use crate::schema::{known_browsers, signin_counters};

crate::text_enum! {
    /// What guesses are counted by.
    CountedBy {
        Address = "address", "address";
        User = "user", "User ID";
        Browser = "browser", "known browser";
    }
}

impl CountedBy {
    /// Guesses without delay, the longest delay after them, and guesses a day.
    fn limits(self) -> (i32, i64, i32) {
        match self {
            CountedBy::User => (5, 900, 100),
            CountedBy::Browser => (5, 60, 100),
            // A whole school may sit behind one address.
            CountedBy::Address => (30, 60, 1000),
        }
    }
}

/// Who is guessing, as far as can be told.
#[derive(Debug, Clone)]
pub struct Guesser {
    pub user_key: String,
    pub address: String,
    /// The hash of the browser's token, where that browser has signed in as this user before.
    pub known_browser: Option<String>,
}

impl Guesser {
    fn counters(&self) -> Vec<(CountedBy, String)> {
        match &self.known_browser {
            Some(token_hash) => vec![(CountedBy::Browser, token_hash.clone())],
            None => {
                vec![(CountedBy::User, hash_token(&self.user_key)), (CountedBy::Address, hash_token(&self.address))]
            }
        }
    }
}

/// Counts a guess and says whether it may be evaluated now.
pub fn admit(activity: &Activity, guesser: &Guesser, now: NaiveDateTime) -> Result<bool, AppError> {
    let counters = guesser.counters();
    activity.write(move |conn| {
        for (by, subject) in &counters {
            let (guesses, next_at) = held(conn, *by, subject, now)?;
            if now < next_at || guesses >= by.limits().2 {
                return Ok(false);
            }
        }
        for (by, subject) in &counters {
            count(conn, *by, subject, now, 1)?;
        }
        Ok(true)
    })
}

/// A right guess was no guess.
pub fn forgive(activity: &Activity, guesser: &Guesser, now: NaiveDateTime) -> Result<(), AppError> {
    let counters = guesser.counters();
    activity.write(move |conn| counters.iter().try_for_each(|(by, subject)| count(conn, *by, subject, now, -1)))
}

fn held(conn: &mut Conn, by: CountedBy, subject: &str, now: NaiveDateTime) -> Result<(i32, NaiveDateTime), AppError> {
    let row = signin_counters::table
        .find((by, subject, now.date()))
        .select((signin_counters::guesses, signin_counters::next_at))
        .get_result(conn)
        .optional()?;
    Ok(row.unwrap_or((0, now)))
}

fn count(conn: &mut Conn, by: CountedBy, subject: &str, now: NaiveDateTime, step: i32) -> Result<(), AppError> {
    let (guesses, _) = held(conn, by, subject, now)?;
    let guesses = (guesses + step).max(0);
    let (free, longest, _) = by.limits();
    let delay = if guesses < free { 0 } else { (1_i64 << (guesses - free).min(20)).min(longest) };
    let next_at = now + Duration::seconds(delay);
    let here = signin_counters::table.find((by, subject, now.date()));
    let changed = diesel::update(here)
        .set((signin_counters::guesses.eq(guesses), signin_counters::next_at.eq(next_at)))
        .execute(conn)?;
    if changed == 0 {
        diesel::insert_into(signin_counters::table)
            .values((
                signin_counters::kind.eq(by),
                signin_counters::subject_hash.eq(subject),
                signin_counters::day.eq(now.date()),
                signin_counters::guesses.eq(guesses),
                signin_counters::next_at.eq(next_at),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Whether the browser with this token has signed in as the user before.
pub fn knows_browser(activity: &Activity, user: UserId, token: &str) -> Result<bool, AppError> {
    let hash = hash_token(token);
    activity.read(|conn| {
        let row: Option<UserId> = known_browsers::table
            .find(hash)
            .filter(known_browsers::user_id.eq(user))
            .select(known_browsers::user_id)
            .get_result(conn)
            .optional()?;
        Ok(row.is_some())
    })
}

/// Remembers a browser after a sign-in. One browser is known for its last user only.
pub fn remember_browser(activity: &Activity, user: UserId, token: &str, now: NaiveDateTime) -> Result<(), AppError> {
    let hash = hash_token(token);
    activity.write(move |conn| {
        diesel::delete(known_browsers::table.find(&hash)).execute(conn)?;
        diesel::insert_into(known_browsers::table)
            .values((
                known_browsers::token_hash.eq(&hash),
                known_browsers::user_id.eq(user),
                known_browsers::last_at.eq(now),
            ))
            .execute(conn)?;
        Ok(())
    })
}
