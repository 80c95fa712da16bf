//! Set times of a day in a school's zone, pure: which moment is due, and which comes next.
//! Leaves what is done then to `sync::watch::look`.

use chrono::{Days, Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;

/// More a day would be no set times any more.
const MOST: usize = 24;

/// Times of a day, in order, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times(Vec<NaiveTime>);

impl Times {
    /// "06:00, 18:30"
    pub fn parse(text: &str) -> Result<Times, String> {
        let mut times = Vec::new();
        for part in text.split([',', ';', ' ']).map(str::trim).filter(|p| !p.is_empty()) {
            let time = NaiveTime::parse_from_str(part, "%H:%M")
                .map_err(|_| format!("{part:?} is no time of day like 06:00 or 18:30"))?;
            times.push(time);
        }
        times.sort();
        times.dedup();
        if times.len() > MOST {
            return Err(format!("These are {} times a day; at most {MOST} are kept", times.len()));
        }
        Ok(Times(times))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// "06:00, 18:30"
    pub fn in_words(&self) -> String {
        self.0.iter().map(|t| t.format("%H:%M").to_string()).collect::<Vec<_>>().join(", ")
    }

    /// The moments of some days, in UTC.
    fn moments(&self, zone: Tz, days: impl Iterator<Item = NaiveDate>) -> impl Iterator<Item = NaiveDateTime> {
        days.flat_map(move |day| self.0.iter().map(move |time| moment(day, *time, zone)))
    }
}

/// When a time of a day is. Where clocks go back and it is twice, the first; where they go forward over it, as soon as they have.
fn moment(day: NaiveDate, time: NaiveTime, zone: Tz) -> NaiveDateTime {
    let local = day.and_time(time);
    // A zone has skipped a whole day before.
    let minutes = (0..=26 * 60).map(|m| local + Duration::minutes(m));
    let first = minutes.into_iter().find_map(|local| match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.naive_utc()),
        LocalResult::None => None,
    });
    first.unwrap_or(local)
}

fn days_around(now: NaiveDateTime, zone: Tz) -> impl Iterator<Item = NaiveDate> {
    let today = now.and_utc().with_timezone(&zone).date_naive();
    (0..=5).filter_map(move |n| today.checked_sub_days(Days::new(3))?.checked_add_days(Days::new(n)))
}

/// The newest set time that has come since `done`; older ones that were missed are made up for by it.
pub fn due(times: &Times, zone: Tz, done: NaiveDateTime, now: NaiveDateTime) -> Option<NaiveDateTime> {
    times.moments(zone, days_around(now, zone)).filter(|at| *at <= now).max().filter(|at| *at > done)
}

/// The next set time.
pub fn next_due(times: &Times, zone: Tz, now: NaiveDateTime) -> Option<NaiveDateTime> {
    times.moments(zone, days_around(now, zone)).filter(|at| *at > now).min()
}

#[cfg(test)]
mod tests {
    use chrono::Timelike;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap_or_default()
    }

    fn times(text: &str) -> Times {
        Times::parse(text).unwrap_or_default()
    }

    const ZONES: [Tz; 6] = [
        Tz::America__Chicago,
        Tz::Europe__Madrid,
        Tz::America__Santiago,
        Tz::Australia__Lord_Howe,
        Tz::Asia__Kolkata,
        Tz::UTC,
    ];

    #[test]
    fn times_are_read_in_any_order_and_a_wrong_one_is_named() {
        assert_eq!(times("18:30, 06:00;06:00").in_words(), "06:00, 18:30");
        assert!(Times::parse("").is_ok_and(|t| t.is_empty()));
        for bad in ["6 o'clock", "25:00", "06:60", "06:00, noon"] {
            assert!(Times::parse(bad).is_err_and(|e| e.contains("is no time of day")), "{bad}");
        }
        let many: Vec<String> = (0..25).map(|n| format!("{:02}:{:02}", n % 24, n)).collect();
        assert!(Times::parse(&many.join(",")).is_err_and(|e| e.contains("at most 24")));
    }

    #[test]
    fn a_time_that_the_clocks_leave_out_comes_as_soon_as_they_have_and_one_that_comes_twice_counts_once() {
        let (chicago, early) = (Tz::America__Chicago, times("02:30"));
        // 8 March 2026: 02:00 CST is 03:00 CDT, at 08:00 UTC.
        assert_eq!(due(&early, chicago, at("2026-03-08 00:00"), at("2026-03-08 07:59")), None);
        assert_eq!(due(&early, chicago, at("2026-03-08 00:00"), at("2026-03-08 08:00")), Some(at("2026-03-08 08:00")));
        // 1 November 2026: 01:30 comes at 06:30 UTC, and again at 07:30.
        let twice = times("01:30");
        assert_eq!(due(&twice, chicago, at("2026-11-01 00:00"), at("2026-11-01 06:30")), Some(at("2026-11-01 06:30")));
        assert_eq!(due(&twice, chicago, at("2026-11-01 06:30"), at("2026-11-01 07:30")), None);
        // A day has a set time at the school's own midnight, also where that is left out (Santiago, 6 September 2026).
        let midnight = times("00:00");
        let santiago = Tz::America__Santiago;
        assert_eq!(next_due(&midnight, santiago, at("2026-09-06 00:00")), Some(at("2026-09-06 04:00")));
    }

    proptest! {
        /// A node that looks again and again, with whatever gaps, sees to each set time at most once, to the newest one
        /// after every gap, and to none that had not come.
        #[test]
        fn missed_times_are_made_up_for_once(
            zone in proptest::sample::select(ZONES.to_vec()),
            minutes in proptest::collection::vec(0_u32..24 * 60, 1..4),
            start in 0_i64..400 * 24 * 60,
            gaps in proptest::collection::vec(prop_oneof![1_i64..90, 1_i64..8 * 24 * 60], 1..60),
        ) {
            let list: Vec<String> = minutes.iter().map(|m| format!("{:02}:{:02}", m / 60, m % 60)).collect();
            let times = times(&list.join(","));
            let begun = at("2026-01-01 00:00") + Duration::minutes(start);
            let (mut done, mut now, mut taken) = (begun, begun, Vec::new());
            for gap in gaps {
                let before = now;
                now += Duration::minutes(gap);
                let is_missed = next_due(&times, zone, before).is_some_and(|next| next <= now);
                let found = due(&times, zone, done, now);
                prop_assert_eq!(found.is_some(), is_missed, "between {} and {}", before, now);
                if let Some(at) = found {
                    prop_assert!(at > done && at <= now);
                    prop_assert!(next_due(&times, zone, at).is_none_or(|next| next > now), "the newest");
                    done = at;
                    taken.push(at);
                }
                prop_assert_eq!(due(&times, zone, done, now), None, "once");
            }
            prop_assert!(taken.windows(2).all(|w| matches!(w, [a, b] if a < b)));
        }

    }

    proptest! {
        // A year of looks is long enough to do a few times.
        #![proptest_config(ProptestConfig::with_cases(12))]

        /// Who looks every few minutes for a year meets every set time of every day of the school, on the hour that its clocks show.
        #[test]
        fn every_day_of_the_school_has_each_of_its_times_once(
            zone in proptest::sample::select(ZONES.to_vec()),
            hour in 4_u32..24,
        ) {
            let times = times(&format!("{hour:02}:00"));
            let begun = at("2026-01-10 12:00");
            let (mut done, mut now, mut days) = (begun, begun, Vec::new());
            while now < at("2027-01-10 12:00") {
                now += Duration::minutes(7);
                if let Some(at) = due(&times, zone, done, now) {
                    let local = at.and_utc().with_timezone(&zone);
                    prop_assert_eq!((local.hour(), local.minute()), (hour, 0));
                    days.push(local.date_naive());
                    done = at;
                }
            }
            prop_assert_eq!(days.len(), 365);
            prop_assert!(days.windows(2).all(|w| matches!(w, [a, b] if a.succ_opt() == Some(*b))));
        }
    }
}
