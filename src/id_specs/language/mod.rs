//! The language of ID creation specifications: `{last_name:1..4|ascii|upper}{sequence:5}`. Pure.
//!
//! | written | what stands in the ID |
//! | --- | --- |
//! | `S` | itself; no blanks and no brackets |
//! | `{last_name}` | a field of the person or of the source (`Source`) |
//! | `{last_name\|upper}` | the field after steps, from left to right: `upper`, `lower`, `ascii` (Latin letters for others), `letters` (letters and digits alone) |
//! | `{last_name:1..4}` | the characters 1 to 4 of what the steps left; `:3..` from the third on |
//! | `{student_number:7}` | filled with zeros on the left to 7 characters |
//! | `{#}` | nothing, or 2, 3, ... where the ID is taken without it |
//! | `{sequence:7}` | the next number of the school's counter, filled with zeros to 7 digits at least |
//! | `{luhn}` | the Luhn check digit of the digits before it |
//!
//! Leaves which template counts to `id_specs::spec`, and which IDs are taken to planners.

mod make;
mod parse;
mod source;
#[cfg(test)]
mod tests;

use std::fmt;

pub use make::{Blank, Numbers};
pub use parse::{LONGEST, WrongTemplate};
pub use source::{Source, Sources};

/// A template that was read whole: whatever it makes, it makes the same way every time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Part {
    Literal(String),
    Field(Field),
    /// `{#}`
    IfTaken,
    /// `{sequence:7}`, with how many digits at least.
    Sequence(usize),
    /// `{luhn}`
    CheckDigit,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Field {
    source: Source,
    steps: Vec<Step>,
    take: Option<Take>,
}

crate::text_enum! {
    /// What is done with the text of a field.
    Step {
        Upper = "upper", "upper";
        Lower = "lower", "lower";
        Ascii = "ascii", "ascii";
        Letters = "letters", "letters";
    }
}

/// Which part of a field stands in the ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Take {
    /// From the first of these characters to the last, counted from 1; without an end to the end of the text.
    Characters(usize, Option<usize>),
    /// Filled with zeros on the left to so many characters.
    Width(usize),
}

impl Template {
    /// The fields that it reads.
    pub fn sources(&self) -> impl Iterator<Item = Source> {
        self.parts.iter().filter_map(|part| match part {
            Part::Field(field) => Some(field.source),
            _ => None,
        })
    }

    /// The letters around a field that stands alone, as it is.
    pub fn around(&self, source: Source) -> Option<(&str, &str)> {
        let is_it = |part: &Part| *part == Part::Field(Field { source, steps: Vec::new(), take: None });
        match self.parts.as_slice() {
            [field] if is_it(field) => Some(("", "")),
            [Part::Literal(before), field] if is_it(field) => Some((before, "")),
            [field, Part::Literal(after)] if is_it(field) => Some(("", after)),
            [Part::Literal(before), field, Part::Literal(after)] if is_it(field) => Some((before, after)),
            _ => None,
        }
    }

    /// Whether a number can be put where an ID is taken.
    pub fn gives_way(&self) -> bool {
        self.parts.contains(&Part::IfTaken)
    }

    /// Whether each ID takes a number from the school's counter.
    pub fn counts(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Sequence(_)))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| write!(f, "{part}"))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Literal(text) => f.write_str(text),
            Part::Field(field) => write!(f, "{field}"),
            Part::IfTaken => f.write_str("{#}"),
            Part::Sequence(width) => write!(f, "{{sequence:{width}}}"),
            Part::CheckDigit => f.write_str("{luhn}"),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}", self.source.code())?;
        match self.take {
            Some(Take::Characters(first, Some(last))) => write!(f, ":{first}..{last}")?,
            Some(Take::Characters(first, None)) => write!(f, ":{first}..")?,
            Some(Take::Width(width)) => write!(f, ":{width}")?,
            None => {}
        }
        self.steps.iter().try_for_each(|step| write!(f, "|{}", step.code()))?;
        f.write_str("}")
    }
}
