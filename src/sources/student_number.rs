//! The number that PowerSchool shows for a student: as it was given, and as it is matched.
//! Leaves to others: whose number it is.

use super::cell::Reason;

const MAX_DIGITS: usize = 13;

/// Digits only, so two of them are the same student when the numbers are, whatever zeros stand in front.
#[derive(Debug, Clone)]
pub struct StudentNumber(String);

impl StudentNumber {
    pub fn parse(cell: &str) -> Result<Option<Self>, Reason> {
        let cell = cell.trim();
        if cell.is_empty() {
            return Err("the cell is blank. Give the student a number in PowerSchool and export again.".into());
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
        if cell.len() > MAX_DIGITS {
            return Err(format!(
                "has {} digits, and a Student_Number has at most {MAX_DIGITS}. Correct it in PowerSchool and export again.",
                cell.len()
            )
            .into());
        }
        Ok(Some(Self(cell.to_owned())))
    }

    /// For showing: with its leading zeros.
    pub fn as_given(&self) -> &str {
        &self.0
    }

    /// For matching: without leading zeros.
    pub fn key(&self) -> &str {
        match self.0.trim_start_matches('0') {
            "" => "0",
            key => key,
        }
    }
}

impl PartialEq for StudentNumber {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for StudentNumber {}

impl std::hash::Hash for StudentNumber {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
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

    fn number(cell: &str) -> StudentNumber {
        StudentNumber::parse(cell).ok().flatten().expect(cell)
    }

    fn reason(cell: &str) -> String {
        StudentNumber::parse(cell).expect_err(cell).into_owned()
    }

    #[test]
    fn leading_zeros_are_shown_but_do_not_make_another_student() {
        assert_eq!(number(" 00313 ").as_given(), "00313");
        assert_eq!(number("00313").key(), "313");
        assert_eq!(number("00313"), number("313"));
        assert_eq!(number("000").key(), "0");
    }

    #[test]
    fn thirteen_digits_are_a_number_and_fourteen_are_not() {
        assert_eq!(number("1234567890123").key(), "1234567890123");
        assert!(reason("12345678901234").contains("14 digits"));
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
