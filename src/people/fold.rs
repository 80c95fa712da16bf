//! Folding: how two spellings of a name become one, for searching and sorting.
//! Leaves the name itself as it came: a folded form is never shown.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents; apostrophes go, other punctuation becomes a blank, blanks are single.
/// `O’Connor-Núñez` and `oconnor nunez` fold alike.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            '\'' | '’' | '‘' | 'ʼ' | 'ʻ' | '`' | '´' => {}
            '@' | '.' => out.push(c),
            c if c.is_alphanumeric() => {
                if blank && !out.is_empty() {
                    out.push(' ');
                }
                blank = false;
                out.push(c);
            }
            _ => blank = true,
        }
    }
    out
}

/// The folded text in Latin letters: `þórunn` becomes `thorunn`, so that a keyboard without thorn finds her.
pub fn fold_to_ascii(text: &str) -> String {
    // Transliterated before folding: NFKD would take the accents of letters that have a spelling of their own.
    fold(&any_ascii::any_ascii(text))
}

/// The key under which two spellings of an e-mail address are one: letter case and blanks around it do not count.
pub fn email_key(email: &str) -> Option<String> {
    let key = email.trim().to_lowercase();
    (!key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_apostrophes_and_hyphens_do_not_count() {
        assert_eq!(fold("O’Connor-Núñez"), fold("oconnor nunez"));
        assert_eq!(fold("  Dvořáková,  Tereza "), "dvorakova tereza");
        assert_eq!(fold("Jose\u{301}"), fold("José"));
    }

    #[test]
    fn letters_of_other_scripts_stay_and_have_a_latin_form_beside() {
        assert_eq!(fold("王小明"), "王小明");
        assert_eq!(fold_to_ascii("Þórunn"), "thorunn");
        assert_eq!(fold_to_ascii("Милош"), "milosh");
    }

    #[test]
    fn a_dotless_i_finds_its_dotted_reader() {
        assert_eq!(fold_to_ascii("Yılmaz Işıl"), "yilmaz isil");
    }

    #[test]
    fn an_email_is_the_same_in_any_case_and_blank_is_none() {
        assert_eq!(email_key(" A.B@C.example "), email_key("a.b@c.EXAMPLE"));
        assert_eq!(email_key("  "), None);
    }
}
