//! Deciding is a step that leads where it says: carried out in memory, the wish has come true but for what is pinned, and
//! deciding once more comes to nothing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::integration_ids::IdValue;
use crate::integrations::IntegrationId;
use crate::people::{MemberType, Person, PersonId};
use crate::runs::KeySpace;

fn now() -> chrono::NaiveDateTime {
    chrono::NaiveDate::from_ymd_opt(2026, 10, 1).unwrap().and_hms_opt(8, 0, 0).unwrap()
}

fn bio() -> impl Strategy<Value = Biographic> {
    let status =
        proptest::sample::select(&[Status::Active, Status::Applicant, Status::Inactive, Status::Withdrawn][..]);
    let email = proptest::option::of("[ab]@school[.]example");
    ("[AB]", "[ab]?", email, proptest::option::of(1_i32..4), status).prop_map(|(last, first, email, grade, status)| {
        Biographic {
            member_type: MemberType::Parent,
            last_name: last,
            first_name: first,
            email,
            grade_level: grade,
            status,
            ..Biographic::default()
        }
    })
}

fn groups() -> impl Strategy<Value = BTreeSet<Placeholder>> {
    proptest::collection::btree_set((1_i32..4).prop_map(Placeholder::Grade), 0..3)
}

fn relations() -> impl Strategy<Value = BTreeMap<u64, String>> {
    proptest::collection::btree_map(1_u64..5, "Mother|Father", 0..4)
}

fn id() -> IdValue {
    IdValue::new("P7")
}

fn detail() -> impl Strategy<Value = Detail> {
    let pins =
        proptest::sample::subsequence(&[Field::LastName, Field::Email, Field::GradeLevel, Field::Status][..], 0..3);
    (bio(), pins, any::<bool>(), groups(), relations(), any::<bool>()).prop_map(
        |(bio, pins, has_id, groups, relations, has_key)| Detail {
            person: Person { id: PersonId(1), sonis_id: "NC0000001".into(), bio, status_since: now(), lock_version: 1 },
            pins: pins.into_iter().map(|f| (f, Pin { by: "Somebody".into(), at: now() })).collect(),
            id: has_id.then(id),
            groups,
            relations,
            keys: has_key.then_some(7).into_iter().collect(),
        },
    )
}

fn wish() -> impl Strategy<Value = Wish> {
    (bio(), groups(), proptest::option::of(relations()), any::<bool>(), any::<bool>()).prop_map(
        |(bio, groups, relations, is_full, has_key)| Wish {
            bio,
            key: has_key.then(|| SourceKey::number(KeySpace::Persons, "7")),
            row_hash: Some(42),
            id: Some(IdStep { integration: IntegrationId(1), before: None, after: Some(id()), spec_version: Some(1) }),
            groups,
            relations,
            is_full,
        },
    )
}

/// The person as they are once a change is carried out. What a change expects has to be there.
fn carried_out(mut detail: Detail, change: &Change) -> Detail {
    for c in &change.fields {
        assert_eq!(detail.person.bio.get(c.field), c.before, "{}", c.field);
        detail.person.bio.put(c.field, c.after.as_deref().unwrap_or("")).unwrap();
    }
    if let Some(step) = &change.id {
        assert!(detail.id.is_none() && step.before.is_none());
        detail.id = step.after.clone();
    }
    for g in &change.groups {
        assert_eq!(detail.groups.contains(&g.group), !g.joins, "{:?}", g.group);
        if g.joins {
            detail.groups.insert(g.group)
        } else {
            detail.groups.remove(&g.group)
        };
    }
    // What ends first, as the kernel does it.
    for adds in [false, true] {
        for r in change.relations.iter().filter(|r| r.adds == adds) {
            let student: u64 = r.student.parse().unwrap();
            let was =
                if adds { detail.relations.insert(student, r.kind.clone()) } else { detail.relations.remove(&student) };
            assert_eq!(was, (!adds).then(|| r.kind.clone()));
        }
    }
    detail.keys.extend(change.key.as_ref().map(|k| k.norm.parse::<u64>().unwrap()));
    detail
}

proptest! {
    #[test]
    fn carried_out_the_wish_is_true_but_for_what_is_pinned_and_nothing_is_left_to_do(detail in detail(), wish in wish()) {
        let decision = held(&detail, wish.clone());
        let after = match &decision.change {
            Some(change) => carried_out(detail.clone(), change),
            None => detail.clone(),
        };
        for field in Field::ALL {
            let (is, was, wanted) = (after.person.bio.get(*field), detail.person.bio.get(*field), wish.bio.get(*field));
            let is_pinned = detail.pins.contains_key(field);
            prop_assert_eq!(&is, if is_pinned { &was } else { &wanted });
            let is_told = decision.kept.iter().any(|k| k.field == *field && k.wanted == wanted);
            prop_assert_eq!(is_told, is_pinned && was != wanted, "what is kept is told, and nothing else");
        }
        prop_assert!(after.id.is_some());
        prop_assert!(detail.id.is_none() || after.id == detail.id, "an ID that exists is never changed");
        prop_assert_eq!(&after.groups, &wish.groups);
        if let Some(wanted) = &wish.relations {
            for (student, kind) in wanted {
                prop_assert_eq!(after.relations.get(student), Some(kind));
            }
            if wish.is_full {
                prop_assert_eq!(&after.relations, wanted);
            }
        } else {
            prop_assert_eq!(&after.relations, &detail.relations);
        }
        let gone = |s: Status| matches!(s, Status::Inactive | Status::Withdrawn);
        prop_assert_eq!(decision.is_reactivated, gone(detail.person.bio.status) && !gone(after.person.bio.status));
        prop_assert_eq!(decision.change.is_none(), after.person.bio == detail.person.bio && after.id == detail.id
            && after.groups == detail.groups && after.relations == detail.relations && after.keys == detail.keys);
        let again = held(&after, wish);
        prop_assert!(again.change.is_none(), "{:?}", again.change);
        prop_assert_eq!(again.kept, decision.kept);
    }

    #[test]
    fn somebody_new_gets_all_of_the_wish_and_nothing_is_left_to_do(wish in wish()) {
        let change = new(wish.clone());
        let Who::New(bio) = &change.who else { panic!("not new") };
        let nobody = Person { id: PersonId(1), sonis_id: String::new(), bio: (**bio).clone(), status_since: now(), lock_version: 1 };
        let blank = Detail {
            person: nobody,
            pins: BTreeMap::new(),
            id: None,
            groups: BTreeSet::new(),
            relations: BTreeMap::new(),
            keys: BTreeSet::new(),
        };
        let after = carried_out(blank, &change);
        prop_assert_eq!(&after.person.bio, &wish.bio);
        prop_assert_eq!(&after.groups, &wish.groups);
        prop_assert_eq!(&after.relations, &wish.relations.clone().unwrap_or_default());
        prop_assert!(held(&after, wish).change.is_none());
    }
}
