//! The rule by which two IDs look alike.

use proptest::prelude::*;

use super::*;

#[test]
fn ids_are_alike_but_for_case_blanks_and_leading_zeros() {
    for (a, b) in [("0049", "49"), ("S0012", "s12"), ("S 12", "S12"), (" ab-1", "AB-01"), ("000", "0"), ("0x", "00X")] {
        assert_eq!(bare(a), bare(b), "{a} and {b}");
    }
    for (a, b) in [("10", "1"), ("S12", "T12"), ("a1", "a10"), ("0", "x"), ("A-100", "A-1")] {
        assert_ne!(bare(a), bare(b), "{a} and {b}");
    }
}

#[test]
fn it_is_told_in_what_two_ids_differ() {
    use Difference::{Blanks, Case, Zeros};
    for (a, b, expected) in [
        ("0049", "49", vec![Zeros]),
        ("ab1", "AB1", vec![Case]),
        ("a b1", "ab1", vec![Blanks]),
        ("S 012", "s12", vec![Case, Blanks, Zeros]),
        ("S12", "S12", vec![]),
    ] {
        assert_eq!(differing(a, b), expected, "{a} and {b}");
    }
}

proptest! {
    #[test]
    fn whatever_is_added_of_case_blanks_and_zeros_is_taken_off_again(
        letters in "[A-Za-z]{0,3}", number in "[1-9][0-9]{0,8}", zeros in "0{0,4}", at in 0_usize..8, upper in any::<bool>(),
    ) {
        let plain = format!("{letters}{number}");
        let mut dressed = format!("{letters}{zeros}{number}");
        dressed.insert(at.min(dressed.len()), ' ');
        let dressed = if upper { dressed.to_uppercase() } else { dressed.to_lowercase() };
        prop_assert_eq!(bare(&plain), bare(&dressed));
    }

    #[test]
    fn what_is_bare_stays_as_it_is_and_never_becomes_nothing(text in "\\PC{0,12}") {
        let once = bare(&text);
        prop_assert_eq!(&bare(&once), &once);
        prop_assert_eq!(once.is_empty(), text.chars().all(char::is_whitespace));
    }

    #[test]
    fn two_numbers_are_alike_only_when_they_are_one_number(a in 0_u32..3000, b in 0_u32..3000, zeros in 0_usize..4) {
        let a_text = format!("{}{a}", "0".repeat(zeros));
        prop_assert_eq!(bare(&a_text) == bare(&b.to_string()), a == b);
    }
}
