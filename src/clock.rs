//! The time: UTC, cut to microseconds because PostgreSQL keeps no more. Tests set it.
//! Leaves showing it in a school's zone to `web::when`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{Duration, NaiveDate, NaiveDateTime, SubsecRound, Utc};

/// A clock that tests can push forward; otherwise the machine's.
#[derive(Clone, Default)]
pub struct Clock {
    ahead_seconds: Arc<AtomicI64>,
}

impl Clock {
    pub fn now(&self) -> NaiveDateTime {
        let ahead = Duration::seconds(self.ahead_seconds.load(Ordering::Relaxed));
        (Utc::now().naive_utc() + ahead).trunc_subsecs(6)
    }

    pub fn today(&self) -> NaiveDate {
        self.now().date()
    }

    /// For tests: from now on the clock stands so much later.
    pub fn advance(&self, by: Duration) {
        self.ahead_seconds.fetch_add(by.num_seconds(), Ordering::Relaxed);
    }
}
