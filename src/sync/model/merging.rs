//! Two humans of the school in memory become one: what a merge promises.
//! Leaves taking it back to `model::back`.

use super::school::School;
use crate::people::{Field, MemberType};

impl School {
    pub fn may_merge(&self, ends: usize, stays: usize) -> bool {
        let (one, other) = (&self.people[ends], &self.people[stays]);
        ends != stays && one.member_type() == other.member_type() && !one.is_merged() && !other.is_merged()
    }

    /// What the human who ends has goes to the one who stays; `picks` says which fields are taken from the one who ends.
    pub fn merge(&mut self, ends: usize, stays: usize, picks: impl Fn(Field) -> bool, takes_id: bool) {
        let was = self.people[ends].clone();
        let groups = self.people[stays].groups.clone();
        let fitted: Vec<&String> = groups.iter().filter(|g| self.fits(stays, g)).collect();
        let differ = |f: &&Field| **f != Field::MemberType && was.get(**f) != self.people[stays].get(**f);
        let taken: Vec<Field> = Field::ALL.iter().filter(differ).copied().filter(|f| picks(*f)).collect();
        for field in taken {
            self.people[stays].set(field, was.get(field));
            self.people[stays].pins.insert(field);
        }
        let misfits: Vec<&String> = fitted.into_iter().filter(|g| !self.fits(stays, g)).collect();
        for g in misfits {
            self.people[stays].groups.remove(g);
        }
        let along: Vec<&String> = was.groups.iter().filter(|g| self.fits(stays, g)).collect();
        self.people[stays].groups.extend(along.into_iter().cloned());
        let human = &mut self.people[stays];
        let into = human.sonis_id.clone();
        let has_own = human.keys.iter().any(|k| !human.also.contains(k));
        human.keys.extend(was.keys.iter().copied());
        human.also.extend(was.keys.iter().filter(|k| has_own || was.also.contains(k)).copied());
        if was.host_id.is_some() && (human.host_id.is_none() || takes_id) {
            human.host_id = was.host_id;
        }
        let led = |place: usize| if place == ends { stays } else { place };
        let ties: Vec<((usize, usize), String)> =
            self.ties.iter().filter(|((p, s), _)| *p == ends || *s == ends).map(|(t, k)| (*t, k.clone())).collect();
        for ((parent, student), kind) in ties {
            self.ties.remove(&(parent, student));
            self.ties.entry((led(parent), led(student))).or_insert(kind);
        }
        let human = &mut self.people[ends];
        human.set(Field::Status, "merged");
        human.into = Some(into);
        human.keys.clear();
        human.also.clear();
        human.groups.clear();
        human.host_id = None;
    }

    fn fits(&self, place: usize, group: &str) -> bool {
        let human = &self.people[place];
        match human.member_type() {
            MemberType::Parent => human.is_active(),
            MemberType::Student | MemberType::Staff => self.own_groups(place).contains(group),
        }
    }
}
