//! Times and dates as a page shows them: in the school's zone, in words.
//! Leaves storing them (naive UTC) to the rooms.

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;

/// "3 Sep 2025, 08:15"
pub fn time(at: &NaiveDateTime, zone: Tz) -> String {
    at.and_utc().with_timezone(&zone).format("%-d %b %Y, %H:%M").to_string()
}

/// "14 March 2010"
pub fn day(date: &NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// The day of a moment, in the school's zone.
pub fn day_of(at: &NaiveDateTime, zone: Tz) -> String {
    day(&at.and_utc().with_timezone(&zone).date_naive())
}

/// The moment a day begins in the school's zone.
pub fn start_of(day: NaiveDate, zone: Tz) -> NaiveDateTime {
    let midnight = day.and_time(NaiveTime::MIN);
    // Where clocks go forward at midnight, the day has none and begins an hour later.
    let begins = (0..3).find_map(|h| zone.from_local_datetime(&(midnight + Duration::hours(h))).earliest());
    begins.map_or(midnight, |at| at.naive_utc())
}

/// What the footer says: "Times are in America/Chicago." with the underscore read as a blank.
pub fn zone_words(zone: Tz) -> String {
    zone.name().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_in_the_schools_zone() {
        let at = NaiveDate::from_ymd_opt(2026, 1, 2).and_then(|d| d.and_hms_opt(3, 4, 5)).unwrap_or_default();
        assert_eq!(time(&at, Tz::America__Chicago), "1 Jan 2026, 21:04");
        assert_eq!(day_of(&at, Tz::America__Chicago), "1 January 2026");
    }

    #[test]
    fn a_day_begins_at_midnight_or_when_clocks_have_gone_forward() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        let begins = |text: &str, zone| start_of(day(text), zone).to_string();
        assert_eq!(begins("2026-01-02", Tz::America__Chicago), "2026-01-02 06:00:00");
        assert_eq!(begins("2026-09-06", Tz::America__Santiago), "2026-09-06 04:00:00");
    }
}
