//! E-mail addresses out of names: plain letters, and the source key to keep them apart.
//! Which name a person has is left to `person_name`.

use super::chance::Chance;
use super::person_name::PersonName;
use super::places::MAIL_DOMAINS;

const LONGEST_PART: usize = 20;

// Students and staff share a domain and their keys overlap: a student's address has a dot, a teacher's has none.

/// `x.wang20417`
pub(super) fn student(name: &PersonName, source_key: u32) -> String {
    let (initial, last) = (initial(&name.first), plain(&name.last));
    format!("{initial}.{last}{source_key}")
}

/// `xwang20417`
pub(super) fn staff(name: &PersonName, source_key: u32) -> String {
    let (initial, last) = (initial(&name.first), plain(&name.last));
    format!("{initial}{last}{source_key}")
}

/// `xiaoming.wang20417@mail.example`
pub(super) fn parent(name: &PersonName, source_key: u32, chance: &mut Chance) -> String {
    let (first, last) = (plain(&name.first), plain(&name.last));
    let dot = if first.is_empty() { "" } else { "." };
    let domain = chance.pick(MAIL_DOMAINS);
    format!("{first}{dot}{last}{source_key}@{domain}")
}

fn initial(name: &str) -> char {
    plain(name).chars().next().unwrap_or('x')
}

/// The letters of a name that an e-mail address can carry.
fn plain(name: &str) -> String {
    let mut letters = String::with_capacity(LONGEST_PART);
    for letter in name.chars().flat_map(char::to_lowercase) {
        if letters.len() >= LONGEST_PART {
            break;
        }
        if letter.is_ascii_alphanumeric() {
            letters.push(letter);
        } else {
            letters.push_str(unmarked(letter));
        }
    }
    letters
}

/// The plain letter under a Latin letter's marks; nothing for spaces, hyphens, apostrophes and marks that stand alone.
fn unmarked(letter: char) -> &'static str {
    match letter {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' | 'ạ' | 'ả' | 'ấ' | 'ầ' | 'ẩ' | 'ẫ' | 'ậ' | 'ắ' | 'ằ'
        | 'ẳ' | 'ẵ' | 'ặ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' | 'ė' | 'ẹ' | 'ẻ' | 'ẽ' | 'ế' | 'ề' | 'ể' | 'ễ' | 'ệ' | 'ɛ' => {
            "e"
        }
        'ğ' | 'ģ' => "g",
        'í' | 'ì' | 'î' | 'ï' | 'ī' | 'ı' | 'ị' | 'ỉ' | 'ĩ' => "i",
        'ķ' => "k",
        'ł' | 'ľ' | 'ļ' => "l",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'ō' | 'ő' | 'ọ' | 'ỏ' | 'ố' | 'ồ' | 'ổ' | 'ỗ' | 'ộ' | 'ơ' | 'ớ' | 'ờ'
        | 'ở' | 'ỡ' | 'ợ' | 'ɔ' => "o",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' | 'ṣ' => "s",
        'ß' => "ss",
        'ť' | 'ț' | 'þ' => "t",
        'ú' | 'ù' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'ụ' | 'ủ' | 'ũ' | 'ư' | 'ứ' | 'ừ' | 'ử' | 'ữ' | 'ự' => {
            "u"
        }
        'ý' | 'ỳ' | 'ỹ' | 'ỵ' | 'ỷ' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::ORIGINS;
    use super::*;

    #[test]
    fn a_marked_name_becomes_the_letters_that_people_would_type() {
        assert_eq!(plain("Aðalsteinsdóttir"), "adalsteinsdottir");
        assert_eq!(plain("Þórunn"), "torunn");
        assert_eq!(plain("O’Connor"), "oconnor");
        assert_eq!(plain("İnce Işıl"), "inceisil");
        assert_eq!(plain("van der Berg"), "vanderberg");
    }

    #[test]
    fn no_letter_of_any_name_in_the_tables_is_lost() {
        for (_, origin) in ORIGINS {
            let families = origin.families.iter().flat_map(|f| [f.male, f.female]);
            let given = origin.girls.iter().chain(origin.boys).copied();
            for name in families.chain(given) {
                for letter in name.latin.chars().flat_map(char::to_lowercase) {
                    let mark = ('\u{300}'..'\u{370}').contains(&letter);
                    // The ʻokina is a letter to Hawaiians and a quotation mark to mail servers.
                    if letter.is_alphabetic() && !letter.is_ascii() && !mark && letter != 'ʻ' {
                        assert_ne!(unmarked(letter), "", "{letter} in {}", name.latin);
                    }
                }
            }
        }
    }
}
