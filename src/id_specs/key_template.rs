//! The templates that a roster sync can prove to keep people apart: letters around the number that the source knows somebody
//! by, `S{student_number}`. Pure. Leaves reading one to `id_specs::language`, and which counts to `id_specs::spec`.

use std::fmt;

use super::language::{Source, Template, WrongTemplate};
use crate::integration_ids::IdValue;
use crate::people::MemberType;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTemplate {
    before: String,
    field: Source,
    after: String,
}

impl KeyTemplate {
    /// The template in which only letters stand around the member type's own number; None for any other.
    pub fn of(template: &Template, member_type: MemberType) -> Option<KeyTemplate> {
        let field = Source::key_of(member_type);
        let (before, after) = template.around(field)?;
        Some(KeyTemplate { before: before.to_owned(), field, after: after.to_owned() })
    }

    /// Reads a template for people of one member type.
    pub fn parse(text: &str, member_type: MemberType) -> Result<KeyTemplate, WrongTemplate> {
        let template = Template::parse(text, member_type)?;
        KeyTemplate::of(&template, member_type).ok_or_else(|| {
            let field = Source::key_of(member_type);
            WrongTemplate {
                at: 1,
                reason: format!("only letters may stand around {{{field}}}: S{{{field}}}, for instance."),
            }
        })
    }

    /// The template that Vidigami's own page proposes: the member type's letter before the number.
    pub fn usual(member_type: MemberType) -> KeyTemplate {
        let letter = match member_type {
            MemberType::Student => "S",
            MemberType::Staff => "T",
            MemberType::Parent => "P",
        };
        KeyTemplate { before: letter.into(), field: Source::key_of(member_type), after: String::new() }
    }

    /// The ID of somebody with this number, as the source gave it.
    pub fn make(&self, number: &str) -> IdValue {
        IdValue::new(self.text(number))
    }

    /// The number in an ID that this template made; None where it made no such ID.
    pub fn number_in(&self, id: &str) -> Option<u64> {
        id.strip_prefix(self.before.as_str())?.strip_suffix(self.after.as_str())?.parse().ok()
    }

    /// The ID in every mixture of upper and lower case; None where those are too many to ask for.
    /// The number is digits alone, so no other ID differs from it in letter case only.
    pub fn in_every_case(&self, number: &str) -> Option<Vec<IdValue>> {
        /// Two to the power of this many.
        const LETTERS: usize = 3;
        let text = self.text(number);
        let letters = text.chars().filter(|c| c.to_lowercase().ne(c.to_uppercase())).count();
        if letters > LETTERS || !text.is_ascii() {
            return None;
        }
        let mut all = vec![String::new()];
        for c in text.chars() {
            let (lower, upper) = (c.to_ascii_lowercase(), c.to_ascii_uppercase());
            let mut next: Vec<String> = all.iter().map(|t| format!("{t}{lower}")).collect();
            if lower != upper {
                next.extend(all.iter().map(|t| format!("{t}{upper}")));
            }
            all = next;
        }
        Some(all.into_iter().map(IdValue::new).collect())
    }

    fn text(&self, number: &str) -> String {
        let mut text = String::with_capacity(self.before.len() + number.len() + self.after.len());
        text.push_str(&self.before);
        text.push_str(number);
        text.push_str(&self.after);
        text
    }
}

impl fmt::Display for KeyTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{{{}}}{}", self.before, self.field, self.after)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> (usize, String) {
        match KeyTemplate::parse(text, MemberType::Student) {
            Err(e) => (e.at, e.reason),
            Ok(t) => panic!("{t} was taken"),
        }
    }

    #[test]
    fn the_usual_templates_read_back_and_keep_three_equal_numbers_apart() {
        let mut made = std::collections::BTreeSet::new();
        for &member_type in MemberType::ALL {
            let usual = KeyTemplate::usual(member_type);
            assert_eq!(KeyTemplate::parse(&usual.to_string(), member_type), Ok(usual.clone()));
            made.insert(usual.text("1001"));
        }
        assert_eq!(made.into_iter().collect::<Vec<_>>(), ["P1001", "S1001", "T1001"]);
    }

    #[test]
    fn only_letters_stand_around_the_one_number() {
        for text in ["S{student_number}", "{student_number}-X", "NFC-{student_number}|1"] {
            assert_eq!(KeyTemplate::parse(text, MemberType::Student).map(|t| t.to_string()), Ok(text.to_owned()));
        }
        for text in
            ["{student_number:9}", "{student_number|upper}", "{student_number}{#}", "{sonis_id}", "{sequence:7}"]
        {
            assert!(refused(text).1.contains("only letters may stand around {student_number}"), "{text}");
        }
        assert_eq!(refused("S{student_number"), (2, "the bracket is not closed with }.".into()));
        assert!(refused("S{student_number}{student_number}").1.contains("only letters"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_at_a_place_within_it(text in ".{0,80}") {
            match KeyTemplate::parse(&text, MemberType::Student) {
                Ok(t) => prop_assert_eq!(t.to_string(), text),
                Err(e) => prop_assert!(e.at >= 1 && e.at <= text.chars().count() + 1),
            }
        }
    }
}
