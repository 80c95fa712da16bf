//! Times and dates as a page shows them: in the school's zone, in words.
//! Leaves storing them (naive UTC) to the rooms.

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
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

/// Whose times a page shows, at this moment: "Chicago (CST, UTC−6)". Many zones have no letters: "Bogota (UTC−5)".
pub fn zone_in_words(zone: Tz, now: &NaiveDateTime) -> String {
    let city = zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
    let offset = *now.and_utc().with_timezone(&zone).offset();
    let (letters, from_utc) = (offset.to_string(), from_utc(offset.fix().local_minus_utc()));
    if city == from_utc {
        city
    } else if letters.starts_with(|c: char| c.is_ascii_alphabetic()) {
        format!("{city} ({letters}, {from_utc})")
    } else {
        format!("{city} ({from_utc})")
    }
}

fn from_utc(seconds: i32) -> String {
    let sign = if seconds < 0 { '−' } else { '+' };
    match (seconds.abs() / 3600, seconds.abs() % 3600 / 60) {
        (0, 0) => "UTC".into(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// The moment a day begins in the school's zone.
pub fn start_of(day: NaiveDate, zone: Tz) -> NaiveDateTime {
    let midnight = day.and_time(NaiveTime::MIN);
    // Where clocks go forward at midnight, the day has none and begins an hour later.
    let begins = (0..3).find_map(|h| zone.from_local_datetime(&(midnight + Duration::hours(h))).earliest());
    begins.map_or(midnight, |at| at.naive_utc())
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
    fn a_zone_is_told_by_its_city_and_how_far_it_is_from_utc_just_then() {
        for (zone, month, words) in [
            (Tz::America__Chicago, 1, "Chicago (CST, UTC−6)"),
            (Tz::America__Chicago, 7, "Chicago (CDT, UTC−5)"),
            (Tz::America__New_York, 1, "New York (EST, UTC−5)"),
            (Tz::America__Sao_Paulo, 1, "Sao Paulo (UTC−3)"),
            (Tz::Asia__Kolkata, 1, "Kolkata (IST, UTC+5:30)"),
            (Tz::America__Argentina__Buenos_Aires, 1, "Buenos Aires (UTC−3)"),
            (Tz::Europe__London, 1, "London (GMT, UTC)"),
            (Tz::UTC, 1, "UTC"),
        ] {
            let noon = NaiveDate::from_ymd_opt(2026, month, 2).and_then(|d| d.and_hms_opt(12, 0, 0));
            assert_eq!(zone_in_words(zone, &noon.unwrap_or_default()), words);
        }
    }

    #[test]
    fn a_day_begins_at_midnight_or_when_clocks_have_gone_forward() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        let begins = |text: &str, zone| start_of(day(text), zone).to_string();
        assert_eq!(begins("2026-01-02", Tz::America__Chicago), "2026-01-02 06:00:00");
        assert_eq!(begins("2026-09-06", Tz::America__Santiago), "2026-09-06 04:00:00");
    }
}
