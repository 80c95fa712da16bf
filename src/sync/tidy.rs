//! What is kept only for a while: uploaded files, and plans that nobody applied. How long is the school's setting.
//! Leaves what was applied alone: it is the history, and stays.

use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};

use super::settings::Settings;
use super::uploads;
use crate::clock::Clock;
use crate::db::Db;
use crate::error::AppError;
use crate::runs;
use crate::schools::CurrentSchool;

const EVERY: Duration = Duration::from_secs(3600);

/// Tidies all schools once an hour until the process ends.
pub fn tidy_in_background(db: Db, clock: Clock) {
    let tidied = std::thread::Builder::new().name("sync-tidy".into()).spawn(move || {
        loop {
            std::thread::sleep(EVERY);
            match tidy_all(&db, clock.now()) {
                // Something large is being written: in an hour, then.
                Ok(_) | Err(AppError::Busy) => {}
                Err(e) => log::warn!("old uploads and plans are still there: {e}"),
            }
        }
    });
    if let Err(e) = tidied {
        log::error!("nobody takes old uploads and plans away: {e}");
    }
}

/// Tidies every school once.
pub fn tidy_all(db: &Db, now: NaiveDateTime) -> Result<(), AppError> {
    db.read(CurrentSchool::every)?.iter().try_for_each(|school| tidy(db, school, now))
}

/// Takes away what a school keeps no longer.
pub fn tidy(db: &Db, school: &CurrentSchool, now: NaiveDateTime) -> Result<(), AppError> {
    let settings = db.read(|conn| Settings::load(conn, school))?;
    uploads::tidy(db, school, settings.keep_uploads, now)?;
    let before = now - TimeDelta::days(i64::from(settings.keep_plans));
    let plans = db.read(|conn| runs::plans_older_than(conn, school, before))?;
    plans.iter().try_for_each(|run| runs::forget_plan(db, school, *run))
}
