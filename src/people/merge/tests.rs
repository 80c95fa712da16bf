//! Plans of merges of any two records: nothing is lost, nothing is double, and what is taken is what was chosen.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use proptest::prelude::*;

use super::plan::{Choice, Ground, Keeps, clashes, plan};
use super::side::{Key, Member, OwnId, Side, Tie};
use crate::groups::{GroupId, Why};
use crate::integration_ids::IdValue;
use crate::integrations::IntegrationId;
use crate::people::{Biographic, Field, MemberType, Person, PersonId, Status};
use crate::runs::merge::Merge;
use crate::runs::{Change, KeySpace, RunId};
use crate::sync::Settings;

const ENDS: PersonId = PersonId(1);
const STAYS: PersonId = PersonId(2);

fn side(id: PersonId) -> impl Strategy<Value = Side> {
    let names = ("[AB]?", "[AB]?", proptest::option::of("[ab]@x"), proptest::option::of(0_i32..3));
    let keys = proptest::collection::btree_set(0_u32..4, 0..3);
    let members =
        proptest::collection::btree_set((0_i64..4, proptest::sample::select(&[Why::List, Why::Hand][..])), 0..4);
    let ties = proptest::collection::btree_map(1_i64..6, "[MF]", 0..4);
    let ids = proptest::collection::btree_map(0_i64..4, 1_usize..3, 0..4);
    (names, keys, members, ties, ids).prop_map(move |((last, first, email, grade), keys, members, ties, ids)| {
        let bio = Biographic {
            last_name: format!("L{last}"),
            first_name: first,
            email,
            grade_level: grade,
            member_type: MemberType::Student,
            ..Biographic::default()
        };
        let person = Person {
            id,
            sonis_id: format!("NC{}", id.0),
            bio,
            status_since: chrono::NaiveDateTime::default(),
            lock_version: 1,
        };
        let keys = keys.into_iter().enumerate().map(|(n, k)| {
            let norm = format!("{}{k}", id.0);
            Key { space: KeySpace::Students, given: norm.clone(), norm, follows: n > 0 }
        });
        let members = members.into_iter().map(|(group, why)| Member {
            group: GroupId(group),
            placeholder: None,
            name: String::new(),
            why,
            run: RunId(9),
        });
        let ties = ties.into_iter().filter(|(other, _)| *other != id.0);
        let ties = ties.map(|(other, kind)| Tie { student: id, guardian: PersonId(other), kind });
        // Integration 0 allows several.
        let ids = ids.into_iter().flat_map(|(i, many)| {
            let many = if i == 0 { many } else { 1 };
            (0..many).map(move |n| OwnId {
                integration: IntegrationId(i),
                value: IdValue::new(format!("{}-{i}-{n}", id.0)),
                spec_version: Some(n as i32),
            })
        });
        Side { keys: keys.collect(), members: members.collect(), ties: ties.collect(), ids: ids.collect(), person }
    })
}

fn ground() -> Ground {
    // Integration 3 is not live: nobody decides over its IDs.
    Ground {
        many: HashSet::from([IntegrationId(0)]),
        live: HashSet::from([0, 1, 2].map(IntegrationId)),
        settings: Settings::default(),
    }
}

fn choice() -> impl Strategy<Value = Choice> {
    let fields = proptest::collection::btree_set(proptest::sample::select(Field::ALL), 0..8);
    let keeps = proptest::sample::select(&[Keeps::OfStaying, Keeps::OfEnding][..]);
    let ids = proptest::collection::btree_map((0_i64..4).prop_map(IntegrationId), keeps, 0..5);
    (fields, ids).prop_map(|(fields, ids)| Choice { fields, ids })
}

/// The values that one has after the ID steps of a plan.
fn ids_after(of: &Side, changes: &[Change]) -> BTreeMap<i64, Vec<IdValue>> {
    let mut held: BTreeMap<i64, Vec<IdValue>> = BTreeMap::new();
    for id in &of.ids {
        held.entry(id.integration.0).or_default().push(id.value.clone());
    }
    for step in changes.iter().filter(|c| c.held() == Some(of.person.id)).filter_map(|c| c.id.as_ref()) {
        let all = held.entry(step.integration.0).or_default();
        if let Some(before) = &step.before {
            assert!(all.contains(before), "an ID goes that is not there");
            all.retain(|v| v != before);
        }
        all.extend(step.after.clone());
    }
    held.retain(|_, all| !all.is_empty());
    held
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_is_double(ends in side(ENDS), stays in side(STAYS), choice in choice()) {
        let open: Vec<IntegrationId> =
            clashes(&ends, &stays, &ground()).into_iter().filter(|i| !choice.ids.contains_key(i)).collect();
        let planned = plan(&ends, &stays, &choice, &ground());
        prop_assert_eq!(planned.as_ref().err(), if open.is_empty() { None } else { Some(&open) });
        let Ok(changes) = planned else { return Ok(()) };

        // IDs: whoever ends has none; whoever stays has all, and of an integration that allows one, the chosen one.
        prop_assert!(ids_after(&ends, &changes).is_empty());
        let after = ids_after(&stays, &changes);
        for i in 0..4 {
            let of = |side: &Side| -> Vec<IdValue> {
                side.ids.iter().filter(|o| o.integration.0 == i).map(|o| o.value.clone()).collect()
            };
            let (own, others) = (of(&stays), of(&ends));
            let wanted = match (own.is_empty(), others.is_empty(), i) {
                (_, _, 0) => [own, others].concat(),
                (true, _, _) => others,
                (_, true, _) => own,
                _ if i != 3 && choice.ids.get(&IntegrationId(i)) == Some(&Keeps::OfEnding) => others,
                _ => own,
            };
            prop_assert_eq!(after.get(&i).cloned().unwrap_or_default(), wanted, "integration {}", i);
        }

        // Fields: exactly those that differ and were chosen.
        let told = changes.iter().find(|c| c.held() == Some(STAYS) && c.merge.is_some()).unwrap();
        let taken: BTreeSet<Field> = told.fields.iter().map(|c| c.field).collect();
        let differ = |f: &Field| ends.person.bio.get(*f) != stays.person.bio.get(*f);
        prop_assert_eq!(taken, choice.fields.iter().copied().filter(differ).collect::<BTreeSet<_>>());

        let last = changes.last().unwrap();
        prop_assert_eq!(last.fields[0].after.as_deref(), Some(Status::Merged.code()));
        let Some(Merge::Ends(moves)) = last.merge.as_deref() else { panic!("the last change ends the record") };
        // Numbers: all go along, and one is the person's own.
        let own = moves.keys.iter().filter(|k| !k.follows).count() + stays.keys.iter().filter(|k| !k.follows).count();
        prop_assert_eq!(moves.keys.len(), ends.keys.len());
        prop_assert_eq!(own, usize::from(!ends.keys.is_empty() || !stays.keys.is_empty()));

        // Memberships and relationships: what either had, once.
        let mut members: Vec<(i64, Why)> = stays.members.iter().map(|m| (m.group.0, m.why)).collect();
        members.extend(moves.members.iter().filter(|m| m.adds && m.person == STAYS).map(|m| (m.group.0, m.why)));
        let wanted: BTreeSet<(i64, Why)> =
            ends.members.iter().chain(&stays.members).map(|m| (m.group.0, m.why)).collect();
        prop_assert_eq!(members.len(), wanted.len());
        prop_assert_eq!(members.into_iter().collect::<BTreeSet<_>>(), wanted);
        let mut ties: Vec<i64> = stays.ties.iter().map(|t| t.guardian.0).filter(|g| *g != ENDS.0).collect();
        ties.extend(moves.ties.iter().filter(|t| t.adds).map(|t| t.guardian.0));
        let others = ends.ties.iter().chain(&stays.ties).map(|t| t.guardian.0);
        let wanted: BTreeSet<i64> = others.filter(|g| *g != ENDS.0 && *g != STAYS.0).collect();
        prop_assert_eq!(ties.len(), wanted.len());
        prop_assert_eq!(ties.into_iter().collect::<BTreeSet<_>>(), wanted);
    }
}
