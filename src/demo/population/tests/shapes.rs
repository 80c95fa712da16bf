//! The scripts and shapes of names that a school must contain.
//! The tables themselves are tested in `names`.

use std::collections::BTreeSet;

use super::*;

#[test]
fn a_school_of_two_thousand_writes_in_at_least_twelve_scripts() {
    for people in both_schools(2_000) {
        let native: String = people.iter().filter_map(|p| p.native_name.as_deref()).collect();
        let scripts: BTreeSet<_> = native.chars().filter_map(script).collect();
        assert!(scripts.len() >= 12, "{scripts:?}");
    }
}

fn script(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\u{370}'..'\u{400}' => "Greek",
        '\u{400}'..'\u{530}' => "Cyrillic",
        '\u{530}'..'\u{590}' => "Armenian",
        '\u{590}'..'\u{600}' => "Hebrew",
        '\u{600}'..'\u{700}' => "Arabic",
        '\u{900}'..'\u{980}' => "Devanagari",
        '\u{980}'..'\u{a00}' => "Bengali",
        '\u{b80}'..'\u{c00}' => "Tamil",
        '\u{e00}'..'\u{e80}' => "Thai",
        '\u{10a0}'..'\u{1100}' => "Georgian",
        '\u{1200}'..'\u{1380}' => "Ethiopic",
        '\u{3040}'..'\u{30a0}' => "Hiragana",
        '\u{4e00}'..'\u{a000}' => "Han",
        '\u{ac00}'..'\u{d7b0}' => "Hangul",
        _ => return None,
    })
}

#[test]
fn names_come_in_every_shape_and_nobody_is_nameless_or_shouted() {
    let people = northfield(20_000);
    let any = |test: fn(&Invented) -> bool| people.iter().any(test);
    assert!(any(|p| p.last_name.chars().count() > 40));
    assert!(any(|p| p.last_name == "X"));
    assert!(any(|p| p.last_name == "Ng"));
    assert!(any(|p| p.last_name.contains('’')));
    assert!(any(|p| p.last_name.contains('\'')));
    assert!(any(|p| p.last_name.starts_with("van der ")));
    assert!(any(|p| p.first_name == "Þórunn"));
    assert!(any(|p| p.first_name.is_empty()));
    assert!(any(|p| p.last_name.is_empty()));
    assert!(any(|p| p.member == Member::Student && !p.active));
    assert!(any(|p| p.gender.is_none()));
    assert!(any(|p| p.gender.as_deref() == Some("X")));
    for person in &people {
        let name = format!("{}{}", person.first_name, person.last_name);
        assert!(!name.is_empty());
        for word in [&person.first_name, &person.last_name] {
            let shouted = word.chars().filter(|c| c.is_alphabetic()).count() > 1 && word.to_uppercase() == *word;
            assert!(!shouted, "{word}");
            assert_eq!(word.trim(), word);
        }
    }
}
