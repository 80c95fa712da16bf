//! The template that a roster sync can prove to keep people apart: literals around one field, `S{student_number}`. Pure.
//! Leaves which template counts to `id_specs::spec`.

use std::fmt;

use crate::integration_ids::IdValue;
use crate::people::MemberType;

crate::text_enum! {
    /// The source's own number of a person, by member type.
    KeyField {
        StudentNumber = "student_number", "student_number";
        UsersDcid = "users_dcid", "users_dcid";
        PersonId = "person_id", "person_id";
    }
}

impl KeyField {
    pub fn of(member_type: MemberType) -> KeyField {
        match member_type {
            MemberType::Student => KeyField::StudentNumber,
            MemberType::Staff => KeyField::UsersDcid,
            MemberType::Parent => KeyField::PersonId,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTemplate {
    before: String,
    field: KeyField,
    after: String,
}

/// What is wrong, and at which character (from 1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("At character {at}: {reason}")]
pub struct WrongKeyTemplate {
    pub at: usize,
    pub reason: String,
}

/// With thirteen digits in it, still shorter than any integration's longest ID.
const LONGEST: usize = 60;

impl KeyTemplate {
    /// Reads a template for people of one member type.
    pub fn parse(text: &str, member_type: MemberType) -> Result<KeyTemplate, WrongKeyTemplate> {
        let at = |byte: usize| text.get(..byte).map_or(0, |t| t.chars().count()) + 1;
        let wrong = |byte: usize, reason: String| Err(WrongKeyTemplate { at: at(byte), reason });
        let field = KeyField::of(member_type);
        if text.chars().count() > LONGEST {
            return wrong(0, format!("a template has at most {LONGEST} characters."));
        }
        if let Some((byte, c)) = text.char_indices().find(|(_, c)| c.is_whitespace() || c.is_control()) {
            return wrong(byte, format!("{c:?} cannot stand in an ID."));
        }
        let Some(open) = text.find('{') else {
            return wrong(0, format!("there is no field in it. Write for instance S{{{field}}}."));
        };
        let Some(close) = text[open..].find('}').map(|n| open + n) else {
            return wrong(open, "the bracket is not closed with }.".into());
        };
        let (before, name, after) = (&text[..open], &text[open + 1..close], &text[close + 1..]);
        if let Some(stray) = before.find('}') {
            return wrong(stray, "} closes nothing.".into());
        }
        match KeyField::parse(name) {
            Some(known) if known == field => {}
            Some(other) => {
                return wrong(open + 1, format!("{other} is not known of a {}; {field} is.", member_type.code()));
            }
            None => return wrong(open + 1, format!("{name:?} is no field. {field} is.")),
        }
        if let Some(second) = after.find(['{', '}']) {
            return wrong(close + 1 + second, "only one field can stand in a template.".into());
        }
        Ok(KeyTemplate { before: before.into(), field, after: after.into() })
    }

    /// The template that Vidigami's own page proposes: the member type's letter before the number.
    pub fn usual(member_type: MemberType) -> KeyTemplate {
        let letter = match member_type {
            MemberType::Student => "S",
            MemberType::Staff => "T",
            MemberType::Parent => "P",
        };
        KeyTemplate { before: letter.into(), field: KeyField::of(member_type), after: String::new() }
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
    fn a_wrong_template_is_told_at_its_place() {
        assert_eq!(refused("S").0, 1);
        assert_eq!(refused("S{student_number"), (2, "the bracket is not closed with }.".into()));
        assert_eq!(refused("é{dcid}").0, 3);
        assert_eq!(refused("S{users_dcid}").0, 3);
        assert_eq!(refused("S{student_number}{student_number}").0, 18);
        assert_eq!(refused("S {student_number}").0, 2);
        assert_eq!(refused("S}{student_number}").0, 2);
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
