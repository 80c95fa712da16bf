//! What somebody typed to find people, read once. Leaves everything else of a search to `people::search`.

use diesel::prelude::*;

use super::fold::{email_key, fold, fold_to_ascii};
use super::search::Query;
use crate::db::portable::NameHolds;
use crate::schema::people;

/// What was typed, read once: an e-mail, a SONIS ID, or words of a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Text {
    email: Option<String>,
    sonis_id: Option<String>,
    /// Words of three letters or more, for the index of parts of names.
    pub(super) words: Option<Vec<String>>,
    /// Shorter words, which have to begin a name or stand beside a longer word.
    pub(super) short: Vec<String>,
}

impl Text {
    pub(super) fn read(typed: &str) -> Text {
        let typed = typed.trim();
        if typed.contains('@') {
            return Text { email: email_key(typed), ..Text::default() };
        }
        let compact = typed.to_ascii_uppercase();
        let digits = compact.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let letters = compact.len() - digits.len();
        if letters == 2 && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            return Text { sonis_id: Some(compact), ..Text::default() };
        }
        let (long, short): (Vec<String>, Vec<String>) =
            fold(typed).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).partition(|w| w.chars().count() >= 3);
        Text { words: (!long.is_empty()).then_some(long), short, ..Text::default() }
    }

    pub(super) fn narrow<'a>(self, mut q: Query<'a>) -> Query<'a> {
        if let Some(email) = self.email {
            let end = format!("{email}\u{10ffff}");
            q = q.filter(people::email_key.ge(email)).filter(people::email_key.lt(end));
        }
        if let Some(sonis_id) = self.sonis_id {
            let end = format!("{sonis_id}\u{10ffff}");
            q = q.filter(people::sonis_id.ge(sonis_id)).filter(people::sonis_id.lt(end));
        }
        let alone = self.words.is_none();
        if let Some(words) = self.words {
            q = q.filter(NameHolds::new(&words));
        }
        for (i, word) in self.short.iter().enumerate() {
            if alone && i == 0 && word.is_ascii() {
                // A last name that begins so: an ordered index, not a scan.
                let word = fold_to_ascii(word);
                let end = format!("{word}\u{10ffff}");
                q = q.filter(people::sort_name.ge(word)).filter(people::sort_name.lt(end));
            } else {
                // Too short for the index of parts, and not Latin: a name of two signs is a whole name.
                q = q.filter(people::search_name.like(format!("%{}%", crate::db::portable::escape_like(word))));
            }
        }
        q
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_as_an_email_a_sonis_id_or_words() {
        assert_eq!(Text::read("A.B@c").email.as_deref(), Some("a.b@c"));
        assert_eq!(Text::read("nc0001").sonis_id.as_deref(), Some("NC0001"));
        let words = Text::read("O’Connor Ng Saoirse");
        assert_eq!(words.words, Some(vec!["oconnor".to_owned(), "saoirse".to_owned()]));
        assert_eq!(words.short, vec!["ng".to_owned()]);
        assert_eq!(Text::read("--"), Text::default());
    }
}
