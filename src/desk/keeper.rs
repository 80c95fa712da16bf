//! Looks by itself, so that an item's age begins when the data went wrong and not when somebody opened the page.
//! Leaves looking to `desk::look`.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::look;
use crate::clock::Clock;
use crate::db::Db;
use crate::error::AppError;
use crate::schools::{CurrentSchool, SchoolId};

/// Where nothing has changed, a look costs a few look-ups a school.
const EVERY: Duration = Duration::from_secs(60);

/// A large school is left alone for so many times as long as looking at it took, however often it changes.
const REST: u32 = 30;

/// Looks at all schools once a minute until the process ends.
pub fn look_in_background(db: Db, clock: Clock) {
    let looking = std::thread::Builder::new().name("desk-keeper".into()).spawn(move || {
        let mut resting: HashMap<SchoolId, Instant> = HashMap::new();
        loop {
            std::thread::sleep(EVERY);
            match look_at_all(&db, &clock, &mut resting) {
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

fn look_at_all(db: &Db, clock: &Clock, resting: &mut HashMap<SchoolId, Instant>) -> Result<(), AppError> {
    for school in db.read(CurrentSchool::every)? {
        let begun = Instant::now();
        if resting.get(&school.id()).is_some_and(|until| *until > begun) {
            continue;
        }
        look(db, &school, clock.now())?;
        resting.insert(school.id(), begun + begun.elapsed() * REST);
    }
    Ok(())
}
