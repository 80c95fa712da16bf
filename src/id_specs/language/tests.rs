use proptest::prelude::*;

use super::*;
use crate::people::MemberType;

fn read(text: &str) -> Template {
    Template::parse(text, MemberType::Student).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn refused(text: &str) -> (usize, String) {
    match Template::parse(text, MemberType::Student) {
        Err(e) => (e.at, e.reason),
        Ok(t) => panic!("{t} was taken"),
    }
}

fn anna(source: Source) -> Option<String> {
    Some(match source {
        Source::StudentNumber => "2038788".into(),
        Source::SonisId => "NC0001234".into(),
        Source::LastName => "Þórsdóttir-Ng".into(),
        Source::FirstName => " Anna Lísa ".into(),
        Source::GradYear => "2031".into(),
        Source::PreferredName => "  ".into(),
        Source::MiddleName => "O".into(),
        _ => return None,
    })
}

fn made(text: &str) -> Result<String, Blank> {
    read(text).make(&anna, Numbers { if_taken: None, sequence: 42 })
}

#[test]
fn each_part_of_the_language_makes_what_its_line_says() {
    for (template, id) in [
        ("S{student_number}", "S2038788"),
        ("{student_number:9}", "002038788"),
        ("{student_number:3}", "2038788"),
        ("{last_name:1..4|ascii|upper}{sequence:5}", "THOR00042"),
        ("{last_name:1..4}{#}", "Þórs"),
        ("{last_name|letters|lower}-{sonis_id:3..}", "þórsdóttirng-0001234"),
        ("{first_name|letters}{#}", "AnnaLísa"),
        ("{first_name:2..2}{student_number}", "n2038788"),
        ("{grad_year:3..4}{last_name:1..1|ascii|lower}{#}", "31t"),
        ("{sequence:1}", "42"),
    ] {
        assert_eq!(made(template), Ok(id.to_owned()), "{template}");
    }
    let taken = Numbers { if_taken: Some(2), sequence: 0 };
    assert_eq!(read("{last_name:1..4}{#}").make(&anna, taken), Ok("Þórs2".into()));
}

#[test]
fn the_check_digit_is_that_of_the_published_example() {
    // The example of the Luhn algorithm everywhere: 7992739871 has the check digit 3.
    let of = |_: Source| Some("7992739871".to_owned());
    assert_eq!(read("{student_number}{luhn}").make(&of, Numbers::default()), Ok("79927398713".into()));
    let letters = |_: Source| Some("Ann".to_owned());
    assert_eq!(read("{last_name}{luhn}{#}").make(&letters, Numbers::default()), Err(Blank::NoDigit));
}

#[test]
fn what_is_blank_is_named_and_never_left_out() {
    assert_eq!(made("{preferred_name}{#}"), Err(Blank::Field(Source::PreferredName)));
    assert_eq!(made("{other_pid}{#}"), Err(Blank::Field(Source::OtherPid)));
    assert_eq!(made("{middle_name:2..}{#}"), Err(Blank::Field(Source::MiddleName)), "of one letter there is no second");
    assert_eq!(Blank::Field(Source::OtherPid).to_string(), "other_pid is blank");
}

#[test]
fn a_wrong_template_is_told_at_its_place_with_what_would_do() {
    for (template, at, part) in [
        ("S", 2, "two people could get the same ID"),
        ("", 1, "two people could get the same ID"),
        ("{last_name}", 12, "{student_number}"),
        ("S{student_number", 2, "not closed"),
        ("S}{student_number}", 2, "closes nothing"),
        ("S {student_number}", 2, "cannot stand in an ID"),
        ("é{dcid}", 3, "\"dcid\" is no field"),
        ("S{users_dcid}", 3, "of staff alone"),
        ("{last_{name}}", 7, "cannot stand in a bracket"),
        ("{last_name|shout}{#}", 12, "\"shout\" is no step"),
        ("{last_name|upper|}{#}", 18, "\"\" is no step"),
        ("{last_name:4..1}{#}", 15, "ends before it begins"),
        ("{last_name:0..1}{#}", 12, "\"0\" is no number"),
        ("{last_name:}{#}", 12, "\"\" is no number"),
        ("{student_number:99}", 17, "\"99\" is no number"),
        ("{#}", 1, "alone is nothing"),
        ("{sequence}", 10, "how many digits"),
        ("{sequence:7|upper}", 12, "no letters to change"),
        ("{#:2}{sonis_id}", 4, "takes nothing after it"),
        ("{#|upper}", 3, "takes nothing after it"),
        ("{#}{sequence:7}", 4, "one number is enough"),
        ("{sonis_id}{luhn}{luhn}", 17, "one check digit"),
        ("12{luhn}{sonis_id}", 3, "Put a field before it"),
    ] {
        let (where_, why) = refused(template);
        assert_eq!(where_, at, "{template}: {why}");
        assert!(why.contains(part), "{template}: {why}");
    }
    assert_eq!(refused(&"S".repeat(LONGEST + 1)).0, 1);
}

fn part() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z-]{1,3}",
        Just("{#}".to_owned()),
        (1_usize..=30).prop_map(|w| format!("{{sequence:{w}}}")),
        Just("{luhn}".to_owned()),
        (
            proptest::sample::select(Source::ALL),
            proptest::option::of(prop_oneof![
                (1_usize..=30).prop_map(|w| format!(":{w}")),
                (1_usize..=9, 0_usize..=9).prop_map(|(a, b)| format!(":{a}..{}", a + b)),
                (1_usize..=9).prop_map(|a| format!(":{a}..")),
            ]),
            proptest::collection::vec(proptest::sample::select(&["upper", "lower", "ascii", "letters"][..]), 0..3),
        )
            .prop_map(|(source, take, steps)| {
                let steps: String = steps.iter().map(|s| format!("|{s}")).collect();
                format!("{{{}{}{steps}}}", source.code(), take.unwrap_or_default())
            }),
    ]
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_at_a_place_within_it(text in ".{0,130}") {
        match Template::parse(&text, MemberType::Student) {
            Ok(t) => prop_assert_eq!(t.to_string(), text),
            Err(e) => prop_assert!(e.at >= 1 && e.at <= text.chars().count() + 1, "{e}"),
        }
    }

    #[test]
    fn what_is_read_is_written_back_as_it_was_and_makes_the_same_each_time(
        parts in proptest::collection::vec(part(), 1..5),
        text in "\\PC{0,12}",
        if_taken in proptest::option::of(2_u64..99),
        sequence in any::<u64>(),
    ) {
        let written = parts.concat();
        for member_type in MemberType::ALL {
            let Ok(t) = Template::parse(&written, *member_type) else { continue };
            prop_assert_eq!(t.to_string(), written.clone());
            let numbers = Numbers { if_taken, sequence };
            let of = |_: Source| Some(text.clone());
            let made = t.make(&of, numbers);
            prop_assert_eq!(&made, &t.make(&of, numbers));
            if let Ok(id) = made {
                prop_assert!(!id.is_empty());
                // Where a number can be put, the next one makes another ID.
                if t.gives_way() {
                    let next = Numbers { if_taken: Some(if_taken.map_or(2, |n| n + 1)), sequence };
                    prop_assert_ne!(t.make(&of, next), Ok(id));
                }
            }
        }
    }
}
