//! Making an ID from a template and what is known of a person. Leaves which numbers are free to planners.

use super::{Field, Part, Source, Sources, Step, Take, Template};

/// The numbers that a template may put into an ID.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    /// For `{#}`: None where the ID is free without one.
    pub if_taken: Option<u64>,
    /// For `{sequence}`.
    pub sequence: u64,
}

/// What the person lacks, so that there is no ID of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Blank {
    #[error("{0} is blank")]
    Field(Source),
    #[error("there is no digit to make a check digit of")]
    NoDigit,
}

impl Template {
    /// The ID of somebody; the same from the same texts and numbers.
    pub fn make(&self, of: &impl Sources, numbers: Numbers) -> Result<String, Blank> {
        let mut id = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(text) => id.push_str(text),
                Part::Field(field) => id.push_str(&field.text(of)?),
                Part::IfTaken => {
                    if let Some(number) = numbers.if_taken {
                        id.push_str(&number.to_string());
                    }
                }
                Part::Sequence(width) => id.push_str(&filled(&numbers.sequence.to_string(), *width)),
                Part::CheckDigit => id.push(luhn(&id).ok_or(Blank::NoDigit)?),
            }
        }
        Ok(id)
    }
}

impl Field {
    fn text(&self, of: &impl Sources) -> Result<String, Blank> {
        let blank = Blank::Field(self.source);
        let given = of.text(self.source).map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).ok_or(blank)?;
        let stepped = self.steps.iter().fold(given, |text, step| step.apply(&text));
        let taken = match self.take {
            None => stepped,
            Some(Take::Width(width)) => filled(&stepped, width),
            Some(Take::Characters(first, last)) => {
                let many = last.map_or(usize::MAX, |last| last + 1 - first);
                stepped.chars().skip(first - 1).take(many).collect()
            }
        };
        // What is left of a name may be nothing: of "O" there is no second letter.
        if taken.is_empty() { Err(blank) } else { Ok(taken) }
    }
}

impl Step {
    fn apply(self, text: &str) -> String {
        match self {
            Step::Upper => text.to_uppercase(),
            Step::Lower => text.to_lowercase(),
            Step::Ascii => any_ascii::any_ascii(text),
            Step::Letters => text.chars().filter(|c| c.is_alphanumeric()).collect(),
        }
    }
}

fn filled(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    format!("{}{text}", "0".repeat(missing))
}

/// The check digit after ISO/IEC 7812, of the digits of a text; None without any.
fn luhn(text: &str) -> Option<char> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.is_empty() {
        return None;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(n, d)| match (n % 2, d * 2) {
            (0, doubled) if doubled > 9 => doubled - 9,
            (0, doubled) => doubled,
            _ => *d,
        })
        .sum();
    char::from_digit((10 - sum % 10) % 10, 10)
}
