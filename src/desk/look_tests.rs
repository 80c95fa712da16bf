//! What a look does to items, whatever is found and whatever there was.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn finding(n: u8) -> Finding {
    let about = About { problem: Some(n.into()), ..About::default() };
    Finding { kind: Kind::Dangling, key: n.to_string(), about }
}

fn held(n: u8, state: State, is_closed: bool) -> Held {
    Held {
        id: ItemId(n.into()),
        kind: Kind::Dangling,
        item_key: n.to_string(),
        owner: Owner::School,
        state,
        reason: None,
        closed_at: is_closed.then(NaiveDateTime::default),
        about: finding(n).about,
    }
}

fn keys(found: &[Finding], places: &[usize]) -> BTreeSet<u8> {
    places.iter().map(|p| found[*p].key.parse().unwrap()).collect()
}

fn ids<'a>(moving: impl Iterator<Item = &'a Moving>) -> BTreeSet<u8> {
    moving.map(|m| u8::try_from(m.id.0).unwrap()).collect()
}

#[test]
fn the_same_wrong_of_a_newer_plan_is_the_same_item_pointed_elsewhere() {
    let newer = Finding { about: About { problem: Some(99), ..About::default() }, ..finding(1) };
    let differing = differ(&[newer], &[held(1, State::Waiting, false)], 10);
    assert_eq!(differing, Differing { point: vec![(ItemId(1), 0)], ..Differing::default() });
}

#[test]
fn what_was_left_as_it_is_comes_back_so_and_what_was_waited_for_is_open_again() {
    let items = [held(1, State::Left, true), held(2, State::Waiting, true)];
    let differing = differ(&[finding(1), finding(2)], &items, 10);
    let back: Vec<State> = differing.back.iter().map(|(m, _)| m.state).collect();
    assert_eq!(back, [State::Left, State::Open]);
}

proptest! {
    #[test]
    fn afterwards_whatever_is_wrong_is_open_once_and_nothing_else_is(
        wrong in proptest::collection::vec(0_u8..20, 0..30),
        there in proptest::collection::btree_map(0_u8..20, any::<bool>(), 0..20),
        most in 0_usize..25,
    ) {
        let found: Vec<Finding> = wrong.iter().copied().map(finding).collect();
        let items: Vec<Held> = there.iter().map(|(n, closed)| held(*n, State::Open, *closed)).collect();
        let differing = differ(&found, &items, most);
        let wrong: BTreeSet<u8> = wrong.into_iter().collect();
        let was_open: BTreeSet<u8> = there.iter().filter(|(_, closed)| !**closed).map(|(n, _)| *n).collect();

        let opened = keys(&found, &differing.open);
        let back = ids(differing.back.iter().map(|(m, _)| m));
        let closed = ids(differing.close.iter());
        prop_assert_eq!(opened.len(), differing.open.len());
        let now: BTreeSet<u8> = was_open.difference(&closed).copied().chain(back.iter().copied()).chain(opened.iter().copied()).collect();
        // Nothing that is right is open; what there was and is wrong is open; what is new is, as far as there is room.
        prop_assert!(now.is_subset(&wrong));
        prop_assert!(there.keys().filter(|n| wrong.contains(n)).all(|n| now.contains(n)));
        prop_assert_eq!(differing.is_cut, now != wrong);
        prop_assert!(opened.is_empty() || now.len() <= most);
        // The same look again does nothing.
        let items: Vec<Held> = there.keys().copied().chain(opened).collect::<BTreeSet<u8>>().into_iter()
            .map(|n| held(n, State::Open, !now.contains(&n))).collect();
        let again = differ(&found, &items, most);
        prop_assert_eq!((again.open.len(), again.back.len(), again.close.len(), again.point.len()), (0, 0, 0, 0));
    }
}
