//! What a specification makes of one person after another, in their order. Pure: the same people, IDs and numbers come
//! to the same, so that a preview shows what a plan holds. Leaves reading people to `id_specs::everybody`.

use std::collections::HashMap;

use super::language::{Blank, Numbers, Sources, Template};
use crate::integration_ids::{IdKey, IdValue};
use crate::integrations::{CaseRule, Fit, Integration, Shape, ShapeError};
use crate::people::PersonId;

/// Whoever has or had an ID: None where several had it one after the other.
pub type Holders = HashMap<IdKey, Option<PersonId>>;

/// What becomes of somebody who has no ID yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// An ID; `number` where it was put behind because the ID is taken without it.
    Makes {
        value: IdValue,
        number: Option<u64>,
    },
    Blank(Blank),
    Misfit(ShapeError),
    /// Somebody has the ID, or had it, or gets it in the same run; who, where it is one person.
    Taken(Option<PersonId>),
}

pub struct Maker<'a> {
    template: &'a Template,
    fit: Fit<'a>,
    rule: CaseRule,
    holders: Holders,
    /// The next number of the school's counter.
    sequence: u64,
    /// How far `{#}` has come for what stands before it, so that a thousand namesakes are not asked a thousand times each.
    reached: HashMap<IdKey, u64>,
}

/// So many numbers are tried for one person.
const TRIES: u64 = 10_000;

impl<'a> Maker<'a> {
    pub fn new(
        template: &'a Template,
        integration: &Integration,
        shape: &'a Shape,
        holders: Holders,
        sequence: u64,
    ) -> Maker<'a> {
        let rule = integration.case_rule;
        Maker { template, fit: Fit::new(shape), rule, holders, sequence, reached: HashMap::new() }
    }

    /// The number that the school's counter stands at afterwards.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The ID of somebody who has none.
    pub fn make(&mut self, person: PersonId, of: &impl Sources) -> Outcome {
        let mut numbers = Numbers { if_taken: None, sequence: self.sequence };
        let mut first: Option<(IdKey, Option<PersonId>)> = None;
        for _ in 0..TRIES {
            let text = match self.template.make(of, numbers) {
                Ok(text) => text,
                Err(blank) => return Outcome::Blank(blank),
            };
            if let Err(misfit) = self.fit.check(&text) {
                return Outcome::Misfit(misfit);
            }
            let value = IdValue::new(text);
            let key = value.key(self.rule);
            let holder = self.holders.get(&key).copied();
            if holder.is_none_or(|h| h == Some(person)) {
                self.holders.insert(key, Some(person));
                if self.template.counts() {
                    self.sequence = numbers.sequence + 1;
                }
                if let (Some((first, _)), Some(number)) = (first, numbers.if_taken) {
                    self.reached.insert(first, number);
                }
                return Outcome::Makes { value, number: numbers.if_taken };
            }
            let holder = holder.flatten();
            let (bare, _) = first.get_or_insert((key, holder));
            if self.template.counts() {
                numbers.sequence += 1;
            } else if self.template.gives_way() {
                let reached = numbers.if_taken.or_else(|| self.reached.get(bare).copied());
                numbers.if_taken = Some(reached.map_or(2, |n| n + 1));
            } else {
                return Outcome::Taken(holder);
            }
        }
        Outcome::Taken(first.and_then(|(_, holder)| holder))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::language::Source;
    use super::*;
    use crate::integrations::IntegrationId;
    use crate::people::MemberType;
    use crate::security::Sight;

    fn shape() -> Shape {
        Shape::of("Canvas", Some("[a-z0-9]+"), "abc1", (1, 12))
    }

    fn integration(rule: CaseRule) -> Integration {
        Integration {
            id: IntegrationId(1),
            code: "canvas".into(),
            name: "Canvas".into(),
            pattern: Some("[a-z0-9]+".into()),
            example: "abc1".into(),
            min_length: 1,
            max_length: 12,
            case_rule: rule,
            many_per_person: false,
        }
    }

    fn named(name: &str) -> impl Fn(Source) -> Option<String> + '_ {
        move |source| (source == Source::LastName).then(|| name.to_owned())
    }

    fn text(outcome: &Outcome) -> String {
        match outcome {
            Outcome::Makes { value, .. } => value.reveal(&Sight::of_operator(), IntegrationId(1)).unwrap().to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_number_is_put_only_where_the_id_is_taken_and_goes_on_from_there() {
        let template = Template::parse("{last_name|lower}{#}", MemberType::Student).unwrap();
        let (shape, integration) = (shape(), integration(CaseRule::Ignore));
        let held = IdValue::new("LEE").key(CaseRule::Ignore);
        let mut maker = Maker::new(&template, &integration, &shape, Holders::from([(held, Some(PersonId(9)))]), 1);
        let mut made = |id, name: &str| text(&maker.make(PersonId(id), &named(name)));
        assert_eq!(made(1, "Lee"), "lee2");
        assert_eq!(made(2, "Lee"), "lee3");
        assert_eq!(made(3, "Ng"), "ng");
        assert_eq!(made(9, "Lee"), "lee", "whoever had it before gets it again");
        assert!(made(4, "van Ek").starts_with("Misfit"));
        assert!(made(5, " ").starts_with("Blank"));
    }

    #[test]
    fn without_a_number_the_holder_is_named_and_a_counter_passes_by_what_is_taken() {
        let (shape, integration) = (shape(), integration(CaseRule::Exact));
        let bare = Template::parse("{student_number}", MemberType::Student).unwrap();
        let number = |_: Source| Some("7".to_owned());
        let held = IdValue::new("7").key(CaseRule::Exact);
        let mut maker = Maker::new(&bare, &integration, &shape, Holders::from([(held, Some(PersonId(3)))]), 1);
        assert_eq!(maker.make(PersonId(1), &number), Outcome::Taken(Some(PersonId(3))));
        let counter = Template::parse("{sequence:3}", MemberType::Student).unwrap();
        let held = IdValue::new("005").key(CaseRule::Exact);
        let mut maker = Maker::new(&counter, &integration, &shape, Holders::from([(held, None)]), 4);
        assert_eq!(text(&maker.make(PersonId(1), &number)), "004");
        assert_eq!(text(&maker.make(PersonId(2), &number)), "006");
        assert_eq!(maker.sequence(), 7);
    }

    proptest! {
        #[test]
        fn no_two_people_get_one_id_whatever_they_are_called(names in proptest::collection::vec("[abAB]{1,2}", 1..40)) {
            for template in ["{last_name|lower}{#}", "{last_name:1..1|lower}{sequence:1}", "{sequence:2}"] {
                let template = Template::parse(template, MemberType::Student).unwrap();
                let (shape, integration) = (shape(), integration(CaseRule::Ignore));
                let mut maker = Maker::new(&template, &integration, &shape, Holders::new(), 1);
                let mut made = std::collections::HashSet::new();
                for (n, name) in (1..).zip(&names) {
                    let outcome = maker.make(PersonId(n), &named(name));
                    prop_assert!(matches!(outcome, Outcome::Makes { .. }), "{outcome:?}");
                    prop_assert!(made.insert(text(&outcome).to_lowercase()), "twice {}", text(&outcome));
                }
            }
        }
    }
}
