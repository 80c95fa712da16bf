//! Somebody as a decision names them: by a source's key, so that they need not be imported yet, or by the SONIS ID.
//! Leaves who that is now to `decisions::decided`.

use std::fmt;

use crate::runs::KeySpace;

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Whom {
    Key(KeySpace, u64),
    Person(String),
}

impl Whom {
    /// As it is stored, and as a command names somebody: `persons:1001`, or a SONIS ID.
    pub fn parse(text: &str) -> Option<Whom> {
        let text = text.trim();
        if let Some((space, key)) = text.split_once(':') {
            let space = KeySpace::parse(&format!("powerschool.{}", space.to_lowercase()))?;
            let is_number = !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit());
            return is_number.then(|| key.parse().ok())?.map(|key| Whom::Key(space, key));
        }
        let is_sonis_id = (3..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        is_sonis_id.then(|| Whom::Person(text.to_uppercase()))
    }
}

impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Whom::Key(space, key) => write!(f, "{}:{key}", space.code().trim_start_matches("powerschool.")),
            Whom::Person(sonis_id) => f.write_str(sonis_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_names_nobody_is_nobody() {
        for text in [
            "",
            ":",
            "persons:",
            "persons:-1",
            "persons:1 OR 1",
            "aunts:5",
            "NC",
            "NC-1",
            "persons:99999999999999999999",
        ] {
            assert_eq!(Whom::parse(text), None, "{text}");
        }
        assert_eq!(Whom::parse(" nc0001234 "), Some(Whom::Person("NC0001234".into())));
    }

    proptest! {
        #[test]
        fn whoever_is_named_is_read_back(key in any::<u64>(), space in 0_usize..3, sonis_id in "[A-Z]{2}[0-9]{7}") {
            let whom = Whom::Key(KeySpace::ALL[space], key);
            prop_assert_eq!(Whom::parse(&whom.to_string()), Some(whom));
            prop_assert_eq!(Whom::parse(&sonis_id), Some(Whom::Person(sonis_id)));
        }
    }
}
