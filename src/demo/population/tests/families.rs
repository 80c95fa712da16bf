//! How children, siblings and parents must fit together.
//! What holds for single people is left to the other tests.

use std::collections::HashSet;

use super::*;

fn children<'a>(parent: &'a Invented, people: &'a [Invented]) -> Vec<&'a Invented> {
    let child = |position: &u64| &people[usize::try_from(*position).unwrap()];
    parent.children.iter().map(child).collect()
}

#[test]
fn parents_are_22_to_45_years_older_than_their_children_and_grandparents_older_still() {
    let people = northfield(20_000);
    for parent in of(&people, Member::Parent) {
        let grand = parent.relationship.unwrap().starts_with("Grand");
        for child in children(parent, &people) {
            let years = child.birth_date.years_since(parent.birth_date).unwrap();
            // A birthday on the very day of 45 years still counts.
            assert!(if grand { (46..82).contains(&years) } else { (22..=45).contains(&years) }, "{years} {parent:?}");
        }
    }
}

#[test]
fn every_parent_has_one_to_four_children_under_one_roof_who_came_before() {
    for size in (1..400).chain([2_000]) {
        let people = northfield(size);
        let mut named_like_a_child = 0;
        for (position, parent) in people.iter().enumerate() {
            if parent.member != Member::Parent {
                assert!(parent.children.is_empty() && parent.relationship.is_none());
                continue;
            }
            assert!((1..=4).contains(&parent.children.len()));
            assert!(parent.children.iter().all(|child| *child < position as u64));
            let children = children(parent, &people);
            for child in &children {
                assert_eq!(child.member, Member::Student);
                assert_eq!(child.address, children[0].address);
            }
            named_like_a_child += usize::from(children.iter().any(|c| c.last_name == parent.last_name));
        }
        if size == 2_000 {
            let parents = of(&people, Member::Parent).count();
            assert!(named_like_a_child * 10 > parents * 6 && named_like_a_child < parents);
        }
    }
}

#[test]
fn one_adult_of_a_household_lives_with_the_children_and_most_others_do_too() {
    let people = northfield(20_000);
    let mut apart = 0;
    let mut seen = HashSet::new();
    for parent in of(&people, Member::Parent) {
        let home = &children(parent, &people)[0].address;
        let first_of_household = seen.insert(parent.children[0]);
        assert!(!first_of_household || parent.address == *home);
        apart += usize::from(parent.address != *home);
    }
    assert!((100..700).contains(&apart), "{apart}");
}

#[test]
fn siblings_share_a_family_name_and_differ_in_first_name_and_are_twins_or_a_year_apart() {
    let people = northfield(20_000);
    let mut one_form = 0;
    let mut families = 0;
    for parent in of(&people, Member::Parent).filter(|p| p.children.len() > 1) {
        let siblings = children(parent, &people);
        let firsts: HashSet<_> = siblings.iter().map(|s| &s.first_name).collect();
        assert_eq!(firsts.len(), siblings.len(), "{siblings:?}");
        for pair in siblings.windows(2) {
            // Ó Dálaigh and Ní Dhálaigh, Dvořák and Dvořáková.
            let stem = |name: &str| name.split(' ').next_back().and_then(|word| word.chars().next());
            assert!(!pair[0].last_name.is_empty());
            assert_eq!(stem(&pair[0].last_name), stem(&pair[1].last_name));
            let days = (pair[1].birth_date - pair[0].birth_date).num_days();
            assert!(days == 0 || days >= 400);
        }
        families += 1;
        one_form += usize::from(siblings.iter().all(|s| s.last_name == siblings[0].last_name));
    }
    assert!(one_form * 100 > families * 85 && one_form < families);
}

#[test]
fn three_in_a_hundred_pairs_of_parents_share_one_email() {
    let people = northfield(60_000);
    let mut shared = 0;
    let mut pairs = 0;
    for pair in people.windows(2) {
        if pair[0].member == Member::Parent && pair[1].children == pair[0].children {
            pairs += 1;
            shared += usize::from(pair[0].email.is_some() && pair[0].email == pair[1].email);
        }
    }
    let share = f64::from(shared as u32) * 100.0 / f64::from(pairs);
    assert!((2.0..4.0).contains(&share), "{share} %");
}
