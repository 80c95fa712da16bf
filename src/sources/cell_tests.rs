//! Cells as clerks and exports write them.
//! Leaves to others: rows and columns.

use super::*;

fn day(year: i32, month: u32, day: u32) -> Result<Option<NaiveDate>, Reason> {
    Ok(NaiveDate::from_ymd_opt(year, month, day))
}

#[test]
fn both_forms_of_a_date_are_read() {
    assert_eq!(date("8/31/2010"), day(2010, 8, 31));
    assert_eq!(date("06/09/2007"), day(2007, 6, 9));
    assert_eq!(date(" 2010-08-31 "), day(2010, 8, 31));
    assert_eq!(date("2/29/2012"), day(2012, 2, 29));
}

#[test]
fn a_missing_date_is_blank_or_all_zeros() {
    for cell in ["", "  ", "0/0/0", "0/0/0000", "00/00/0000"] {
        assert_eq!(date(cell), Ok(None), "{cell}");
    }
}

#[test]
fn a_date_in_another_form_is_refused_and_the_form_is_said() {
    for cell in [
        "31/12/2010",
        "8/31/10",
        "2010/08/31",
        "31.12.2010",
        "Aug 31 2010",
        "2010-8-31",
        "2/29/2011",
        "0/5/2010",
        "0/0/2010",
        "8/31/2010 0:00",
        "8/31",
        "8/31/+201",
        "٨/٣١/٢٠١٠",
        "40421",
        "0000-00-00",
    ] {
        let reason = date(cell).expect_err(cell);
        assert!(reason.contains("month/day/year"), "{cell}: {reason}");
    }
}

#[test]
fn a_year_that_nobody_alive_was_born_in_is_refused() {
    for cell in ["1/1/1899", "1/1/2101", "0201-01-01", "1/1/0000"] {
        assert!(date(cell).expect_err(cell).contains("1900 to 2100"));
    }
    assert_eq!(date("1/1/1900"), day(1900, 1, 1));
}

#[test]
fn text_is_trimmed_and_otherwise_left_as_it_is() {
    assert_eq!(text("  Robert \"Bob\"\u{a0}"), Ok(Some("Robert \"Bob\"".to_owned())));
    assert_eq!(text(" \t "), Ok(None));
    assert_eq!(text("می\u{200c}خواهم"), Ok(Some("می\u{200c}خواهم".to_owned())));
}

#[test]
fn two_hundred_letters_of_any_script_fit_and_one_more_is_refused_not_cut() {
    assert_eq!(text(&"王".repeat(200)), Ok(Some("王".repeat(200))));
    for letter in ["a", "王"] {
        assert!(text(&letter.repeat(201)).expect_err(letter).contains("201 characters"));
    }
}

#[test]
fn what_cannot_be_seen_or_was_lost_is_refused() {
    for (cell, said) in [
        ("a\nb", "line break"),
        ("a\rb", "line break"),
        ("a\tb", "a tab"),
        ("a\u{1}b", "control character"),
        ("a\u{7f}b", "control character"),
        ("Fran\u{8d}ois", "character set"),
        ("Fran\u{fffd}ois", "has lost a letter"),
    ] {
        let reason = text(cell).expect_err(said);
        assert!(reason.contains(said), "{reason}");
    }
}

#[test]
fn one_address_is_an_email_and_nothing_else_is() {
    assert_eq!(email(" a.b+c@school.example "), Ok(Some("a.b+c@school.example".to_owned())));
    assert_eq!(email(" "), Ok(None));
    for cell in ["ab", "@b", "a@", "a@b@c", "a b@c", "a@b c", "a@b, c@d", "@"] {
        assert!(email(cell).expect_err(cell).contains("not one e-mail address"));
    }
}

#[test]
fn years_and_grades_are_whole_numbers_in_their_range() {
    assert_eq!(year("2031"), Ok(Some(2031)));
    assert_eq!((year("0"), year(" ")), (Ok(None), Ok(None)));
    for cell in ["31", "20311", "2031.0", "9999", "-203", "0000", "+203"] {
        assert!(year(cell).is_err(), "{cell}");
    }
    assert_eq!((grade_level("-4"), grade_level("12"), grade_level("99")), (Ok(Some(-4)), Ok(Some(12)), Ok(Some(99))));
    assert_eq!(grade_level(""), Ok(None));
    for cell in ["-5", "13", "98", "K", "1.0"] {
        assert!(grade_level(cell).expect_err(cell).contains("0 kindergarten"));
    }
}

#[test]
fn the_mark_that_our_downloads_set_before_a_formula_comes_off_again_and_an_apostrophe_of_a_name_stays() {
    for (cell, is) in
        [("'+49 512 1", "+49 512 1"), ("'=1+1", "=1+1"), ("'-", "-"), ("'t Hooft", "'t Hooft"), ("'", "'")]
    {
        assert_eq!(text(cell), Ok(Some(is.to_owned())), "{cell}");
    }
}
