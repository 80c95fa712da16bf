//! Slowing down guesses of a password, by User ID and by address, while a known browser always gets in.
//! Leaves whether a guess is right to `security::password`.
//!
//! A guess is counted before it is evaluated, so that many at once cannot slip through; a right one is taken back.
//! A guess counts for a day: what was counted yesterday counts less and less today, and a wait goes on past midnight.
//! A browser that has signed in before is counted apart: nobody can lock its owner out from elsewhere.

use chrono::{Duration, NaiveDateTime, NaiveTime, Timelike};
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

    /// How long the next guess has to wait after so many within a day: twice as long each time.
    fn delay_after(self, guesses: i32) -> Duration {
        let (free, longest, _) = self.limits();
        let seconds = if guesses < free { 0 } else { (1_i64 << (guesses - free).min(20)).min(longest) };
        Duration::seconds(seconds)
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

/// Counts a guess and says whether it may be evaluated now. A guess that comes too soon is not counted.
pub fn admit(activity: &Activity, guesser: &Guesser, now: NaiveDateTime) -> Result<bool, AppError> {
    let counters = guesser.counters();
    activity.write(move |conn| {
        let mut counted = Vec::new();
        let mut admitted = true;
        for (by, subject) in &counters {
            // Counted first, which holds the row: many guesses at once cannot all look before one counts.
            let (guesses, next_at) = count(conn, *by, subject, now, 1)?;
            admitted &= now >= next_at && guesses <= by.limits().2;
            counted.push((*by, subject, guesses));
        }
        for (by, subject, guesses) in counted {
            if admitted {
                wait(conn, by, subject, now, by.delay_after(guesses))?;
            } else {
                count(conn, by, subject, now, -1)?;
            }
        }
        Ok(admitted)
    })
}

/// A right guess was no guess.
pub fn forgive(activity: &Activity, guesser: &Guesser, now: NaiveDateTime) -> Result<(), AppError> {
    let counters = guesser.counters();
    activity.write(move |conn| {
        for (by, subject) in &counters {
            let (guesses, _) = count(conn, *by, subject, now, -1)?;
            wait(conn, *by, subject, now, by.delay_after(guesses - 1))?;
        }
        Ok(())
    })
}

/// Adds to today's count; returns the guesses within a day, and the time before which none is evaluated.
fn count(
    conn: &mut Conn,
    by: CountedBy,
    subject: &str,
    now: NaiveDateTime,
    step: i32,
) -> Result<(i32, NaiveDateTime), AppError> {
    let (today, next_at) = count_today(conn, by, subject, now, step)?;
    let Some(yesterday) = now.date().pred_opt() else { return Ok((today, next_at)) };
    let held: Option<(i32, NaiveDateTime)> = signin_counters::table
        .find((by, subject, yesterday))
        .select((signin_counters::guesses, signin_counters::next_at))
        .first(conn)
        .optional()?;
    let (earlier, waits_until) = held.unwrap_or((0, next_at));
    Ok((today + still_counted(earlier, now.time()), next_at.max(waits_until)))
}

/// How many of yesterday's guesses are less than a day ago, as if they had come evenly; rounded up.
fn still_counted(yesterday: i32, now: NaiveTime) -> i32 {
    const DAY: i64 = 24 * 60 * 60;
    let left = DAY - i64::from(now.num_seconds_from_midnight());
    let counted = (i64::from(yesterday) * left + DAY - 1) / DAY;
    i32::try_from(counted).unwrap_or(i32::MAX)
}

fn count_today(
    conn: &mut Conn,
    by: CountedBy,
    subject: &str,
    now: NaiveDateTime,
    step: i32,
) -> Result<(i32, NaiveDateTime), AppError> {
    let held = diesel::update(signin_counters::table.find((by, subject, now.date())))
        .set(signin_counters::guesses.eq(signin_counters::guesses + step))
        .returning((signin_counters::guesses, signin_counters::next_at))
        .get_result(conn)
        .optional()?;
    if let Some(held) = held {
        return Ok(held);
    }
    diesel::insert_into(signin_counters::table)
        .values((
            signin_counters::kind.eq(by),
            signin_counters::subject_hash.eq(subject),
            signin_counters::day.eq(now.date()),
            signin_counters::guesses.eq(step.max(0)),
            signin_counters::next_at.eq(now),
        ))
        .execute(conn)?;
    Ok((step.max(0), now))
}

fn wait(conn: &mut Conn, by: CountedBy, subject: &str, now: NaiveDateTime, delay: Duration) -> Result<(), AppError> {
    diesel::update(signin_counters::table.find((by, subject, now.date())))
        .set(signin_counters::next_at.eq(now + delay))
        .execute(conn)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit() {
        let waits: Vec<i64> = (3..20).map(|n| CountedBy::User.delay_after(n).num_seconds()).collect();
        assert_eq!(waits[..6], [0, 0, 1, 2, 4, 8]);
        assert_eq!(waits.last(), Some(&900));
        assert_eq!(CountedBy::Address.delay_after(29).num_seconds(), 0);
    }

    #[test]
    fn yesterdays_guesses_count_whole_at_midnight_and_less_through_the_day() {
        let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
        for (now, counted) in [(at(0, 0), 100), (at(0, 1), 100), (at(12, 0), 50), (at(23, 59), 1)] {
            assert_eq!(still_counted(100, now), counted, "{now}");
        }
        assert_eq!(still_counted(0, at(0, 1)), 0);
    }
}
