//! The shape of an integration's IDs: pattern, length, and whether letter case tells two IDs apart.
//! Leaves whether an ID is free to `integration_ids`.

use regex_lite::Regex;

crate::text_enum! {
    /// Whether `Ab1` and `AB1` are two IDs or one.
    CaseRule {
        Exact = "exact", "Upper and lower case differ";
        Ignore = "ignore", "Upper and lower case are the same";
    }
}

impl CaseRule {
    /// The text under which two spellings of one ID are equal.
    pub fn key(self, value: &str) -> String {
        match self {
            CaseRule::Exact => value.to_owned(),
            CaseRule::Ignore => value.to_lowercase(),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Shape {
    pub name: String,
    /// A regular expression that the whole value has to match; none: anything.
    pub pattern: Option<String>,
    pub example: String,
    pub min_length: usize,
    pub max_length: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShapeError {
    Blank,
    /// How long it is and how long it has to be at least.
    TooShort {
        found: usize,
        least: usize,
    },
    /// How long it is and how long it may be. It is never cut.
    TooLong {
        found: usize,
        most: usize,
    },
    /// A letter that cannot be seen: a tab, a line end, a zero-width or direction mark.
    Invisible,
    Pattern {
        name: String,
        example: String,
    },
}

impl Shape {
    /// From the columns of the catalogue; `lengths` are the shortest and the longest.
    pub fn of(name: &str, pattern: Option<&str>, example: &str, lengths: (i32, i32)) -> Shape {
        Shape {
            name: name.to_owned(),
            pattern: pattern.map(str::to_owned),
            example: example.to_owned(),
            min_length: usize::try_from(lengths.0).unwrap_or(0),
            max_length: usize::try_from(lengths.1).unwrap_or(0),
        }
    }

    /// Checks a trimmed value.
    pub fn check(&self, value: &str) -> Result<(), ShapeError> {
        Fit::new(self).check(value)
    }
}

/// A shape made ready to check many values.
pub struct Fit<'a> {
    shape: &'a Shape,
    /// None within Some: a pattern that cannot be read. The catalogue checks one before it keeps it; all the same
    /// it must not let everything through.
    pattern: Option<Option<Regex>>,
}

impl<'a> Fit<'a> {
    pub fn new(shape: &'a Shape) -> Fit<'a> {
        let whole = |pattern: &String| Regex::new(&format!("^(?:{pattern})$")).ok();
        Fit { shape, pattern: shape.pattern.as_ref().map(whole) }
    }

    pub fn check(&self, value: &str) -> Result<(), ShapeError> {
        if value.is_empty() {
            return Err(ShapeError::Blank);
        }
        if value.chars().any(is_invisible) {
            return Err(ShapeError::Invisible);
        }
        let (found, least, most) = (value.chars().count(), self.shape.min_length, self.shape.max_length);
        if found > most {
            return Err(ShapeError::TooLong { found, most });
        }
        if found < least {
            return Err(ShapeError::TooShort { found, least });
        }
        let Some(pattern) = &self.pattern else { return Ok(()) };
        if pattern.as_ref().is_some_and(|r| r.is_match(value)) {
            return Ok(());
        }
        Err(ShapeError::Pattern { name: self.shape.name.clone(), example: self.shape.example.clone() })
    }
}

/// Characters that print nothing, so that two different IDs would look the same on the page.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
}

impl std::fmt::Display for ShapeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ShapeError::Blank => f.write_str("Type the integration ID"),
            ShapeError::TooShort { found, least } => {
                write!(f, "The ID has {found} characters; at least {least} are needed")
            }
            ShapeError::TooLong { found, most } => {
                write!(f, "The ID has {found} characters; at most {most} are allowed. It was not cut")
            }
            ShapeError::Invisible => f.write_str(
                "The ID holds a character that cannot be seen, such as a tab. Type it by hand instead of pasting it",
            ),
            ShapeError::Pattern { name, example } => {
                write!(f, "This is not the shape of a {name} ID, which looks like {example}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vidigami() -> Shape {
        Shape {
            name: "Vidigami".into(),
            pattern: Some("[STP][0-9]{1,13}".into()),
            example: "S2038788".into(),
            min_length: 3,
            max_length: 14,
        }
    }

    #[test]
    fn a_value_has_to_match_the_whole_pattern() {
        assert_eq!(vidigami().check("S2038788"), Ok(()));
        for bad in ["XS2038788", "S2038788 ", "SSS", "s12"] {
            assert!(matches!(vidigami().check(bad), Err(ShapeError::Pattern { .. })), "{bad}");
        }
    }

    #[test]
    fn a_value_too_long_is_refused_with_both_lengths_and_never_cut() {
        assert_eq!(vidigami().check("S00000000000000000"), Err(ShapeError::TooLong { found: 18, most: 14 }));
    }

    #[test]
    fn a_value_too_short_is_refused_with_both_lengths() {
        assert_eq!(vidigami().check("S1"), Err(ShapeError::TooShort { found: 2, least: 3 }));
    }

    #[test]
    fn characters_that_cannot_be_seen_are_refused() {
        for bad in ["S1\t", "S\u{200b}1", "S1\u{0}", "\u{202e}S1"] {
            assert_eq!(vidigami().check(bad), Err(ShapeError::Invisible), "{bad:?}");
        }
    }

    #[test]
    fn a_pattern_that_cannot_be_read_lets_nothing_through() {
        let shape = Shape { pattern: Some("[".into()), ..vidigami() };
        assert!(shape.check("S123").is_err());
    }
}
