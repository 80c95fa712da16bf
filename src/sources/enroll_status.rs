//! What PowerSchool says about a student's enrolment.
//! Leaves to others: what a status means for the person's record here.

use super::cell::Reason;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EnrollStatus {
    Preregistered,
    Active,
    Inactive,
    TransferredOut,
    Graduated,
    /// An old enrolment that was typed in later; to be taken like `Inactive`.
    Historical,
}

impl EnrollStatus {
    pub fn parse(cell: &str) -> Result<Option<Self>, Reason> {
        Ok(Some(match cell.trim() {
            "" => return Ok(None),
            "-1" => Self::Preregistered,
            "0" => Self::Active,
            "1" => Self::Inactive,
            "2" => Self::TransferredOut,
            "3" => Self::Graduated,
            "4" => Self::Historical,
            _ => {
                return Err("is not a status that PowerSchool uses (-1 preregistered, 0 active, 1 inactive, \
                            2 transferred out, 3 graduated, 4 historical). Correct it in PowerSchool and export again."
                    .into());
            }
        }))
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn every_known_status_is_read_and_a_blank_says_nothing() {
        let read = |cell| EnrollStatus::parse(cell).ok().flatten();
        assert_eq!(read("-1"), Some(EnrollStatus::Preregistered));
        assert_eq!(read(" 0 "), Some(EnrollStatus::Active));
        assert_eq!(read("1"), Some(EnrollStatus::Inactive));
        assert_eq!(read("2"), Some(EnrollStatus::TransferredOut));
        assert_eq!(read("3"), Some(EnrollStatus::Graduated));
        assert_eq!(read("4"), Some(EnrollStatus::Historical));
        assert_eq!(EnrollStatus::parse(""), Ok(None));
    }

    #[test]
    fn an_unknown_status_is_refused_with_the_list_of_known_ones() {
        for cell in ["5", "Active", "-2", "0.0"] {
            let reason = EnrollStatus::parse(cell).expect_err(cell);
            assert!(reason.contains("0 active"), "{reason}");
        }
    }
}
