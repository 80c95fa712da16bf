//! Match lists checked: the cases by name, and properties of lists made at random.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::integrations::CaseRule;

/// A school of people with an ID each, by their numbers.
#[derive(Debug, Clone, Default)]
struct School {
    live: HashMap<String, (i64, i64)>,
    past: HashMap<String, Vec<(i64, i64)>>,
    runs: i64,
}

fn key(id: &str) -> IdKey {
    IdKey::of(id, CaseRule::Ignore)
}

fn type_of(person: i64) -> MemberType {
    MemberType::ALL[usize::try_from(person).unwrap() % 3]
}

impl School {
    fn of(ids: &[&str]) -> School {
        let live = ids.iter().zip(0..).map(|(id, person)| ((*id).to_owned(), (person, 0))).collect();
        School { live, ..School::default() }
    }

    fn held(&self) -> Held {
        let live = self.live.iter().map(|(id, (person, run))| {
            let holder = Holder {
                person: PersonId(*person),
                member_type: type_of(*person),
                value: IdValue::new(id.as_str()),
                run: RunId(*run),
            };
            (key(id), holder)
        });
        let past = self.past.iter().map(|(id, all)| {
            (key(id), all.iter().map(|(person, run)| (PersonId(*person), Some(RunId(*run)))).collect())
        });
        Held { live: live.collect(), past: past.collect(), lists: (1..=self.runs).map(RunId).collect() }
    }

    /// Removals first, then insertions, as the kernel does.
    fn apply(&mut self, checked: &Checked) {
        self.runs += 1;
        let text =
            |v: &IdValue| self.live.keys().chain(self.past.keys()).find(|k| key(k) == v.key(CaseRule::Ignore)).cloned();
        let befores: Vec<String> = checked.moves.iter().map(|m| text(&m.before).unwrap()).collect();
        for (m, before) in checked.moves.iter().zip(befores) {
            assert_eq!(self.live.remove(&before).unwrap().0, m.person.0, "somebody else's ID is taken away");
            self.past.entry(before).or_default().push((m.person.0, self.runs));
        }
        for m in &checked.moves {
            let after = shown(&m.after);
            assert!(self.live.insert(after, (m.person.0, self.runs)).is_none(), "an ID is given twice");
        }
    }

    fn ids(&self) -> BTreeMap<i64, String> {
        self.live.iter().map(|(id, (person, _))| (*person, id.clone())).collect()
    }
}

fn shown(value: &IdValue) -> String {
    let integration = crate::integrations::IntegrationId(1);
    value.reveal(&crate::security::Sight::of_operator(), integration).unwrap().to_string()
}

/// Rows (old, new), each with the member type of whoever has the old ID; nobody's is a student's.
fn list(school: &School, pairs: &[(&str, &str)]) -> Vec<Wanted> {
    pairs
        .iter()
        .zip(2..)
        .map(|((old, new), row)| Wanted {
            row,
            member_type: school.live.get(*old).map_or(MemberType::Student, |(p, _)| type_of(*p)),
            old: key(old),
            new: key(new),
            value: IdValue::new(*new),
            misfit: None,
        })
        .collect()
}

fn checked(school: &School, pairs: &[(&str, &str)]) -> Checked {
    check(&list(school, pairs), &school.held())
}

fn wrongs(school: &School, pairs: &[(&str, &str)]) -> Vec<(u64, Wrong)> {
    checked(school, pairs).refused
}

#[test]
fn a_swap_a_chain_and_a_ring_are_units_of_their_own() {
    let school = School::of(&["a", "b", "c", "d", "e", "f", "g", "h", "i"]);
    let done = checked(
        &school,
        &[("b", "a"), ("a", "b"), ("c", "d"), ("d", "x"), ("e", "f"), ("f", "g"), ("g", "e"), ("h", "y")],
    );
    assert_eq!(done.refused, []);
    assert_eq!(done.units, [(Kind::Swap, 2), (Kind::Chain, 2), (Kind::Ring, 3), (Kind::Single, 1)]);
    let units: Vec<(i64, i64)> = done.moves.iter().map(|m| (m.person.0, m.unit)).collect();
    assert_eq!(units, [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 3), (7, 4)]);
    assert_eq!((Kind::Chain.in_words(2), Kind::Swap.in_words(2)), ("Chain of 2".into(), "Swap".into()));
    assert!(!done.listed.contains(&PersonId(8)), "i is not on the list");
}

#[test]
fn whatever_is_wrong_with_a_row_is_told_of_the_row() {
    let school = School::of(&["a", "b", "c", "d"]);
    assert_eq!(wrongs(&school, &[("x", "y")]), [(2, Wrong::Unknown)]);
    assert_eq!(
        wrongs(&school, &[("a", "x"), ("A", "y"), ("a", "z")]),
        [(2, Wrong::OldTwice(vec![3, 4])), (3, Wrong::OldTwice(vec![2, 4])), (4, Wrong::OldTwice(vec![2, 3]))]
    );
    assert_eq!(
        wrongs(&school, &[("a", "x"), ("b", "X")]),
        [(2, Wrong::NewTwice(vec![3])), (3, Wrong::NewTwice(vec![2]))]
    );
    assert_eq!(wrongs(&school, &[("a", "b")]), [(2, Wrong::Taken { by: PersonId(1), row: None })]);
    let mut other = list(&school, &[("a", "x")]);
    other[0].member_type = MemberType::Parent;
    assert_eq!(check(&other, &school.held()).refused, [(2, Wrong::OtherType(PersonId(0)))]);
    let same = checked(&school, &[("a", "A")]);
    assert_eq!((same.moves.len(), same.unchanged, same.refused), (0, 1, vec![]));
}

#[test]
fn who_wants_the_id_of_somebody_whose_row_is_refused_stays_too() {
    let school = School::of(&["a", "b", "c"]);
    let mut rows = list(&school, &[("a", "b"), ("b", "c"), ("c", "x")]);
    rows[2].misfit = Some((Cause::Misfit, "no".into()));
    assert_eq!(
        check(&rows, &school.held()).refused,
        [
            (2, Wrong::Taken { by: PersonId(1), row: Some(3) }),
            (3, Wrong::Taken { by: PersonId(2), row: Some(4) }),
            (4, Wrong::Misfit(Cause::Misfit, "no".into()))
        ]
    );
}

#[test]
fn a_swap_that_was_carried_out_is_not_swapped_back_and_a_new_list_goes_by_what_is_there_now() {
    let mut school = School::of(&["a", "b", "c"]);
    let swap = [("a", "b"), ("b", "a")];
    school.apply(&checked(&school.clone(), &swap));
    let of_before = |old: &str| if old == "a" { 0 } else { 1 };
    let mut again = list(&school, &swap);
    for (r, (old, _)) in again.iter_mut().zip(swap) {
        r.member_type = type_of(of_before(old));
    }
    let done = check(&again, &school.held());
    assert_eq!((done.moves.len(), done.unchanged, done.refused), (0, 2, vec![]));
    // b -> c is another list's: who has b now (the first one) moves, and so must c.
    let next = checked(&school, &[("b", "c"), ("c", "d")]);
    assert_eq!(next.moves.iter().map(|m| m.person.0).collect::<Vec<_>>(), [0, 2]);
}

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

proptest! {
    /// Any permutation of the IDs of a school goes through, is undone by its inverse, and is nothing once it is done.
    #[test]
    fn any_permutation_applies_and_undoes(order in Just(NAMES.to_vec()).prop_shuffle(), size in 1_usize..9) {
        let names = &NAMES[..size];
        let mut school = School::of(names);
        let before = school.ids();
        let to: Vec<&str> = order.into_iter().filter(|n| names.contains(n)).collect();
        let pairs: Vec<(&str, &str)> = names.iter().copied().zip(to.iter().copied()).collect();
        let rows = list(&school, &pairs);
        let done = check(&rows, &school.held());
        prop_assert_eq!(&done.refused, &vec![]);
        prop_assert_eq!(done.moves.len() + done.unchanged, size);
        school.apply(&done);
        for ((_, new), person) in pairs.iter().zip(0..) {
            prop_assert_eq!(&school.ids()[&person], new);
        }
        // The same list again: there is nothing to do.
        let again = check(&rows, &school.held());
        prop_assert_eq!((again.moves.len(), again.refused), (0, vec![]));
        // Taken back, all have what they had.
        let back = Checked {
            moves: done.moves.iter().map(|m| Move { before: m.after.clone(), after: m.before.clone(), ..m.clone() }).collect(),
            ..Checked::default()
        };
        school.apply(&back);
        prop_assert_eq!(school.ids(), before);
    }

    /// Whatever stands in a list: what is not refused can be carried out, the order of the rows decides nothing, no unit is
    /// torn apart, and every row is told of once.
    #[test]
    fn any_list_is_carried_out_as_far_as_it_can_be(
        pairs in proptest::collection::vec((0_usize..9, 0_usize..9), 0..10),
        turn in any::<usize>(),
    ) {
        const ALL: [&str; 9] = ["a", "b", "c", "d", "e", "f", "x", "y", "z"];
        let school = School::of(&ALL[..6]);
        let pairs: Vec<(&str, &str)> = pairs.into_iter().map(|(o, n)| (ALL[o], ALL[n])).collect();
        let rows = list(&school, &pairs);
        let done = check(&rows, &school.held());
        prop_assert_eq!(done.moves.len() + done.unchanged + done.refused.len(), rows.len());
        let mut later = school.clone();
        later.apply(&done);
        let again = check(&rows, &later.held());
        prop_assert_eq!(again.moves, vec![], "the same list again");
        let mut turned = rows.clone();
        if !turned.is_empty() {
            let by = turn % turned.len();
            turned.rotate_left(by);
            if turn.is_multiple_of(2) { turned.reverse(); }
        }
        let other = check(&turned, &school.held());
        let told = |c: &Checked| c.moves.iter().map(|m| (m.person, m.unit, shown(&m.after))).collect::<Vec<_>>();
        prop_assert_eq!(told(&other), told(&done));
        prop_assert_eq!(&other.units, &done.units);
        let mut refused = other.refused.clone();
        refused.sort_by_key(|(row, _)| *row);
        let sorted = |all: &[(u64, Wrong)]| all.iter().map(|(row, w)| (*row, match w {
            Wrong::OldTwice(rows) => { let mut r = rows.clone(); r.sort_unstable(); Wrong::OldTwice(r) }
            Wrong::NewTwice(rows) => { let mut r = rows.clone(); r.sort_unstable(); Wrong::NewTwice(r) }
            w => w.clone(),
        })).collect::<Vec<_>>();
        prop_assert_eq!(sorted(&refused), sorted(&done.refused));
        // Any unit without the others can be carried out.
        for unit in 1..=i64::try_from(done.units.len()).unwrap() {
            let alone = Checked { moves: done.moves.iter().filter(|m| m.unit == unit).cloned().collect(), ..Checked::default() };
            school.clone().apply(&alone);
        }
    }
}
