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
    pub max_length: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub enum ShapeError {
    Blank,
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
    /// Checks a trimmed value.
    pub fn check(&self, value: &str) -> Result<(), ShapeError> {
        if value.is_empty() {
            return Err(ShapeError::Blank);
        }
        if value.chars().any(is_invisible) {
            return Err(ShapeError::Invisible);
        }
        let found = value.chars().count();
        if found > self.max_length {
            return Err(ShapeError::TooLong { found, most: self.max_length });
        }
        let Some(pattern) = &self.pattern else { return Ok(()) };
        // The catalogue checks a pattern before it keeps it; one that cannot be read must not let everything through.
        let fits = Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|r| r.is_match(value));
        if fits { Ok(()) } else { Err(ShapeError::Pattern { name: self.name.clone(), example: self.example.clone() }) }
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
            max_length: 14,
        }
    }

    #[test]
    fn a_value_has_to_match_the_whole_pattern() {
        assert_eq!(vidigami().check("S2038788"), Ok(()));
        for bad in ["XS2038788", "S2038788 ", "S", "s1"] {
            assert!(matches!(vidigami().check(bad), Err(ShapeError::Pattern { .. })), "{bad}");
        }
    }

    #[test]
    fn a_value_too_long_is_refused_with_both_lengths_and_never_cut() {
        assert_eq!(vidigami().check("S00000000000000000"), Err(ShapeError::TooLong { found: 18, most: 14 }));
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
        assert!(shape.check("S1").is_err());
    }
}
