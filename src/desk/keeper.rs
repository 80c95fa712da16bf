//! Looks by itself, so that an item's age begins when the data went wrong and not when somebody opened the page.
//! Leaves looking to `desk::look`.

use std::time::Duration;

use super::look;
use crate::clock::Clock;
use crate::db::Db;
use crate::error::AppError;
use crate::schools::CurrentSchool;

/// Where nothing has changed, a look costs a few look-ups a school.
const EVERY: Duration = Duration::from_secs(60);

/// Looks at all schools once a minute until the process ends.
pub fn look_in_background(db: Db, clock: Clock) {
    let looking = std::thread::Builder::new().name("desk-keeper".into()).spawn(move || {
        loop {
            std::thread::sleep(EVERY);
            match look_at_all(&db, &clock) {
                // Something large is being written: in a minute, then.
                Ok(()) | Err(AppError::Busy) => {}
                Err(e) => log::warn!("the desk could not look at the data: {e}"),
            }
        }
    });
    if let Err(e) = looking {
        log::error!("the desk looks at the data only when somebody opens it: {e}");
    }
}

fn look_at_all(db: &Db, clock: &Clock) -> Result<(), AppError> {
    db.read(CurrentSchool::every)?.iter().try_for_each(|school| look(db, school, clock.now()))
}
