//! The school year 2026-27: which grade a birth date falls in, and what follows from the grade.
//! Who is born when is left to `household`.

use chrono::{Datelike, Days, NaiveDate};

/// A child enters Kindergarten in the September by whose first day it is five.
const KINDERGARTEN: i32 = 2021;
const LAST_GRADE: i32 = 12;
const GRADUATION_OF_LAST_GRADE: i32 = 2027;

const FIRST_BIRTHDAY: NaiveDate = date(KINDERGARTEN - LAST_GRADE - 1, 9, 2);

/// From the eldest of grade 12 to the youngest of Kindergarten.
pub(super) const BIRTHDAYS: u32 = 13 * 365 + 3;

/// A date out of a constant; one that does not exist becomes the calendar's first day.
pub(super) const fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => NaiveDate::MIN,
    }
}

/// The day that many days after the first birthday of the school, below [`BIRTHDAYS`].
pub(super) fn birthday(day: u32) -> NaiveDate {
    FIRST_BIRTHDAY.checked_add_days(Days::new(u64::from(day))).unwrap_or(FIRST_BIRTHDAY)
}

pub(super) fn grade(birth: NaiveDate) -> i32 {
    let after_cutoff = (birth.month(), birth.day()) > (9, 1);
    KINDERGARTEN - birth.year() - i32::from(after_cutoff)
}

pub(super) fn grad_year(grade: i32) -> i32 {
    GRADUATION_OF_LAST_GRADE + LAST_GRADE - grade
}

pub(super) fn division(grade: i32) -> &'static str {
    match grade {
        ..=5 => "Lower School",
        6..=8 => "Middle School",
        _ => "Upper School",
    }
}

pub(super) fn level(grade: i32) -> &'static str {
    match grade {
        ..=5 => "Lower",
        6..=8 => "Middle",
        _ => "Upper",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_of_five_on_the_first_of_september_starts_kindergarten_and_a_day_younger_waits() {
        assert_eq!(grade(date(2021, 9, 1)), 0);
        assert_eq!(grade(date(2021, 9, 2)), -1);
        assert_eq!(grade(date(2020, 9, 1)), 1);
        assert_eq!(grade(date(2010, 3, 14)), 11);
        assert_eq!(grad_year(11), 2028);
    }

    #[test]
    fn the_birthdays_of_the_school_run_from_grade_12_to_kindergarten() {
        assert_eq!(grade(birthday(0)), 12);
        assert_eq!(grade(birthday(BIRTHDAYS - 1)), 0);
        assert_eq!(birthday(BIRTHDAYS - 1), date(2021, 9, 1));
    }
}
