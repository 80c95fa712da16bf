//! Likely twins and likely matches among those who share an e-mail: one name, two records; or a newcomer with the first name
//! of somebody who stands in no file. Never guessed: a person is asked. Leaves matches by birth date to `sync::matches`.

use std::collections::{HashMap, HashSet};

use super::conflicts::at;
use super::decisions::{Decided, PairKind};
use super::emails::{Claim, Claimant};
use super::pass::Pass;
use super::shared::id_of;
use crate::people::{Biographic, MemberType, Person, PersonId, fold_to_ascii};

/// Somebody who waits for an answer, by their places among those who share the e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub kind: PairKind,
    pub place: usize,
    pub with: usize,
    /// The other one is the record of staff.
    pub is_turned: bool,
}

/// Of one claimant, what is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looks {
    pub member_type: MemberType,
    pub first: String,
    pub last: String,
    /// Is a row that leads to nobody yet.
    pub is_new: bool,
    /// Is a person of the school to whom no row leads.
    pub is_left: bool,
    pub has_it: bool,
}

impl Looks {
    fn of(bio: &Biographic, is_new: bool, has_it: bool) -> Looks {
        let (first, last) = (fold_to_ascii(&bio.first_name), fold_to_ascii(&bio.last_name));
        Looks { member_type: bio.member_type, first, last, is_new, is_left: false, has_it }
    }
}

/// Who waits for an answer; `is_refused` says of whom somebody has said that they are not one. Pure.
pub fn questions(all: &[Option<Looks>], is_refused: impl Fn(usize, usize) -> bool) -> Vec<Asked> {
    let mut asked = Vec::new();
    let known = || all.iter().enumerate().filter_map(|(n, l)| Some((n, l.as_ref()?)));
    for (s, staff) in known().filter(|(_, l)| l.member_type == MemberType::Staff) {
        for (p, parent) in known().filter(|(_, l)| l.member_type == MemberType::Parent) {
            let has_name = !staff.first.is_empty() || !staff.last.is_empty();
            let is_one_name = has_name && staff.first == parent.first && staff.last == parent.last;
            if !is_one_name || is_refused(s, p) {
                continue;
            }
            if !staff.has_it {
                asked.push(Asked { kind: PairKind::Twin, place: s, with: p, is_turned: false });
            }
            if !parent.has_it {
                asked.push(Asked { kind: PairKind::Twin, place: p, with: s, is_turned: true });
            }
        }
    }
    for (n, new) in known().filter(|(_, l)| l.is_new) {
        for (h, held) in known().filter(|(_, l)| l.is_left && l.member_type == new.member_type) {
            if !new.first.is_empty() && new.first == held.first && !is_refused(n, h) {
                asked.push(Asked { kind: PairKind::Match, place: n, with: h, is_turned: false });
            }
        }
    }
    asked
}

/// The questions among those who share an e-mail, group by group. An e-mail that was decided asks nothing.
pub(super) fn among(
    passes: &[Pass<'_>],
    groups: &[Vec<Claim>],
    held: &HashMap<PersonId, Person>,
    decided: &Decided,
) -> Vec<Vec<Asked>> {
    let mut looks: Vec<Vec<Option<Looks>>> = groups
        .iter()
        .map(|same| {
            let is_open = same.first().is_some_and(|c| decided.email(c.email).is_none());
            let may_ask = is_open && (is_mixed(passes, same, held) || has_match(passes, same, held));
            same.iter().map(|c| look(passes, c, held).filter(|_| may_ask)).collect()
        })
        .collect();
    let left = left_over(passes, groups, &looks);
    for (same, looks) in groups.iter().zip(&mut looks) {
        for (claim, look) in same.iter().zip(looks) {
            if let (Claimant::Held(person), Some(look)) = (claim.who, look) {
                look.is_left = left.contains(&person);
            }
        }
    }
    let id = |same: &[Claim], n: usize| same.get(n).and_then(|c| id_of(passes, c.who));
    groups
        .iter()
        .zip(&looks)
        .map(|(same, looks)| {
            questions(looks, |one, other| match (id(same, one), id(same, other)) {
                (Some(one), Some(other)) => decided.is_refused(one, other) || decided.is_confirmed(one, other),
                _ => true,
            })
        })
        .collect()
}

fn type_of(passes: &[Pass<'_>], claim: &Claim, held: &HashMap<PersonId, Person>) -> Option<MemberType> {
    match claim.who {
        Claimant::Held(person) => held.get(&person).map(|p| p.bio.member_type),
        Claimant::Record(place, _) => passes.get(usize::from(place)).map(|p| p.roster.member_type()),
    }
}

/// Whether both a record of staff and one of a parent are there.
fn is_mixed(passes: &[Pass<'_>], same: &[Claim], held: &HashMap<PersonId, Person>) -> bool {
    let has = |m: MemberType| same.iter().any(|c| type_of(passes, c, held) == Some(m));
    has(MemberType::Staff) && has(MemberType::Parent)
}

/// Whether a newcomer and somebody without a row are there.
fn has_match(passes: &[Pass<'_>], same: &[Claim], held: &HashMap<PersonId, Person>) -> bool {
    let is_new = |c: &Claim| matches!(c.who, Claimant::Record(p, r) if at(passes, p, r).is_some_and(|(pass, r)| pass.held(r).is_none()));
    same.iter().any(|c| matches!(c.who, Claimant::Held(p) if held.contains_key(&p))) && same.iter().any(is_new)
}

fn look(passes: &[Pass<'_>], claim: &Claim, held: &HashMap<PersonId, Person>) -> Option<Looks> {
    match claim.who {
        Claimant::Held(person) => held.get(&person).map(|p| Looks::of(&p.bio, false, claim.has_it)),
        Claimant::Record(place, record) => {
            let (pass, record) = at(passes, place, record)?;
            let mut bio = Biographic { member_type: pass.roster.member_type(), ..Biographic::default() };
            pass.roster.take(record, &mut bio).ok()?;
            Some(Looks::of(&bio, pass.held(record).is_none(), claim.has_it))
        }
    }
}

/// Those people of the school to whom no row leads, blocked or not.
fn left_over(passes: &[Pass<'_>], groups: &[Vec<Claim>], looks: &[Vec<Option<Looks>>]) -> HashSet<PersonId> {
    let all = groups.iter().zip(looks).flat_map(|(same, looks)| same.iter().zip(looks));
    let ids = all.filter(|(_, l)| l.is_some()).filter_map(|(c, _)| match c.who {
        Claimant::Held(person) => Some(person),
        Claimant::Record(..) => None,
    });
    not_led_to(passes, ids.collect())
}

/// Of some people, those to whom no row of the files leads.
pub(super) fn not_led_to(passes: &[Pass<'_>], mut people: HashSet<PersonId>) -> HashSet<PersonId> {
    if !people.is_empty() {
        for led in passes.iter().flat_map(|p| &p.person) {
            people.remove(&PersonId(*led));
        }
    }
    people
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn looks() -> impl Strategy<Value = Looks> {
        (0_usize..3, 0_u8..2, 0_u8..2, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
            |(m, first, last, is_new, is_left, has_it)| Looks {
                member_type: MemberType::ALL[m],
                first: format!("f{first}"),
                last: format!("l{last}"),
                is_new: is_new && !has_it,
                is_left: is_left && !is_new,
                has_it,
            },
        )
    }

    proptest! {
        #[test]
        fn only_who_looks_alike_is_asked_about_and_what_was_refused_is_not_asked_again(
            all in proptest::collection::vec(looks(), 0..7), refused in any::<u64>(),
        ) {
            let some: Vec<Option<Looks>> = all.iter().cloned().map(Some).collect();
            let is_refused = |a: usize, b: usize| refused & (1 << (a * 7 + b)) != 0;
            let asked = questions(&some, is_refused);
            for a in &asked {
                let (one, other) = (&all[a.place], &all[a.with]);
                // Whoever has the e-mail and an account stays as they are.
                prop_assert!(!one.has_it && one.first == other.first);
                let (s, p) = if a.is_turned { (a.with, a.place) } else { (a.place, a.with) };
                prop_assert!(!is_refused(s, p));
                match a.kind {
                    PairKind::Twin => {
                        prop_assert!(one.last == other.last);
                        prop_assert_eq!((all[s].member_type, all[p].member_type), (MemberType::Staff, MemberType::Parent));
                    }
                    PairKind::Match => prop_assert!(one.is_new && other.is_left && one.member_type == other.member_type),
                }
            }
            prop_assert_eq!(questions(&some, |_, _| true), []);
            prop_assert_eq!(questions(&vec![None; all.len()], |_, _| false), []);
        }
    }
}
