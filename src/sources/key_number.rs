//! The number that PowerSchool knows somebody by: as it was given, and as it is matched.
//! Leaves to others: whose number it is, and in which of PowerSchool's numberings.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::cell::Reason;

const MAX_DIGITS: usize = 13;

/// Digits only, so two of them are the same person when the numbers are, whatever zeros stand in front.
/// The count of digits gives the number back as it came, without a string for each of a million people.
#[derive(Debug, Clone, Copy)]
pub struct KeyNumber {
    value: u64,
    digits: u8,
}

/// How a numbering is spoken of where a number is refused.
#[derive(Debug, Clone, Copy)]
pub struct Numbering {
    /// With its article: "a Student_Number".
    pub one: &'static str,
    /// Whom the number belongs to: "student".
    pub who: &'static str,
    /// What to do about a blank cell.
    pub blank: &'static str,
}

impl KeyNumber {
    pub(super) fn parse(cell: &str, numbering: &Numbering) -> Result<Self, Reason> {
        let cell = cell.trim();
        if cell.is_empty() {
            return Err(format!("the cell is blank. {}", numbering.blank).into());
        }
        if !cell.bytes().all(|b| b.is_ascii_digit()) {
            return Err(if looks_rewritten(cell) {
                "is not a number as PowerSchool writes it: a spreadsheet has rewritten it. \
                 Upload the export itself, not a copy saved by a spreadsheet."
                    .into()
            } else {
                "is not a number. Correct it in PowerSchool and export again.".into()
            });
        }
        match (cell.parse(), u8::try_from(cell.len())) {
            (Ok(value), Ok(digits)) if cell.len() <= MAX_DIGITS => Ok(Self { value, digits }),
            _ => Err(format!(
                "has {} digits, and {} has at most {MAX_DIGITS}. Correct it in PowerSchool and export again.",
                cell.len(),
                numbering.one
            )
            .into()),
        }
    }

    pub(super) fn new(value: u64, digits: u8) -> Self {
        Self { value, digits }
    }

    /// For matching: without leading zeros.
    pub fn value(self) -> u64 {
        self.value
    }

    pub(super) fn digits(self) -> u8 {
        self.digits
    }

    /// For showing: with its leading zeros.
    pub fn as_given(self) -> String {
        self.to_string()
    }
}

impl fmt::Display for KeyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0>width$}", self.value, width = usize::from(self.digits))
    }
}

impl PartialEq for KeyNumber {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for KeyNumber {}

impl Ord for KeyNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl PartialOrd for KeyNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for KeyNumber {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

/// `3.13202E+05`, `313202.0`, `313,202`.
fn looks_rewritten(cell: &str) -> bool {
    cell.starts_with(|c: char| c.is_ascii_digit())
        && cell.contains(['.', ','])
        && cell.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '+' | 'e' | 'E'))
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    const STUDENT: Numbering = Numbering {
        one: "a Student_Number",
        who: "student",
        blank: "Give the student a number in PowerSchool and export again.",
    };

    fn number(cell: &str) -> KeyNumber {
        KeyNumber::parse(cell, &STUDENT).expect(cell)
    }

    fn reason(cell: &str) -> String {
        KeyNumber::parse(cell, &STUDENT).expect_err(cell).into_owned()
    }

    #[test]
    fn leading_zeros_are_shown_but_do_not_make_another_person() {
        assert_eq!(number(" 00313 ").as_given(), "00313");
        assert_eq!(number("00313").value(), 313);
        assert_eq!(number("00313"), number("313"));
        assert_eq!((number("000").value(), number("000").as_given().as_str()), (0, "000"));
    }

    #[test]
    fn thirteen_digits_are_a_number_and_fourteen_are_not() {
        assert_eq!(number("1234567890123").value(), 1_234_567_890_123);
        assert!(reason("12345678901234").contains("14 digits, and a Student_Number has at most 13"));
        assert!(reason(&"9".repeat(300)).contains("300 digits"));
    }

    #[test]
    fn anything_but_digits_is_refused_and_a_spreadsheets_hand_is_named() {
        for cell in ["00A7", "-5", "1 2", "S313", "٣١٣", "e", "..."] {
            assert_eq!(reason(cell), "is not a number. Correct it in PowerSchool and export again.");
        }
        for cell in ["3.13202E+05", "313202.0", "313,202"] {
            assert!(reason(cell).contains("a spreadsheet has rewritten it"));
        }
        assert!(reason("  ").starts_with("the cell is blank."));
    }
}
