//! Taking a run back in the school in memory: what the run did is told by the school before and after it.
//! Leaves what a sync does to `model::school`.

use std::collections::BTreeSet;

use super::school::School;
use crate::people::Field;
use crate::runs::{RunId, RunKind};

/// An applied run.
#[derive(Debug, Clone)]
pub struct Done {
    pub run: RunId,
    pub kind: RunKind,
    pub undoes: Option<RunId>,
    /// Who was merged into whom, or is separate again.
    pub merged: Option<(usize, usize)>,
    pub before: School,
    pub after: School,
    pub is_undone: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Back {
    Undone(Box<School>),
    /// Nothing of the run is left, or all of it has to be kept.
    NothingLeft,
    /// An ID that should come back is somebody else's now, or its owner has another.
    Refused,
}

impl Done {
    /// Whether the run changed fields of somebody who was there before it.
    fn edits(&self, place: usize) -> bool {
        self.before.people.get(place).is_some_and(|h| h.bio != self.after.people[place].bio)
            || self.merged.is_some_and(|(one, other)| place == one || place == other)
    }
}

/// Whether what the run set is pinned.
fn by_hand(done: &Done) -> bool {
    matches!(done.kind, RunKind::EditPerson | RunKind::Merge)
}

/// `now` without what run `n` of `log` did to it.
pub fn back(now: &School, log: &[Done], n: usize) -> Back {
    let done = &log[n];
    if done.kind == RunKind::MatchList {
        return super::matching::back(now, done);
    }
    let mut school = now.clone();
    let is_merge = done.kind == RunKind::Merge;
    if is_merge && done.merged.is_some_and(|(_, stays)| now.people[stays].is_merged()) {
        return Back::NothingLeft;
    }
    let mut kept = BTreeSet::new();
    let mut returning = Vec::new();
    for (place, after) in done.after.people.iter().enumerate() {
        if now.people[place].is_merged() && !is_merge {
            kept.insert(place);
            continue;
        }
        let human = &mut school.people[place];
        let Some(before) = done.before.people.get(place) else {
            // What was taken back since is no edit, and taking it back is none.
            let later = &log[n + 1..];
            let takes_back_later = |d: &Done| later.iter().any(|o| d.undoes == Some(o.run));
            let is_edited = later.iter().any(|d| d.edits(place) && !d.is_undone && !takes_back_later(d));
            if is_edited || human.get(Field::Status) == "withdrawn" {
                kept.insert(place);
                continue;
            }
            human.set(Field::Status, "withdrawn");
            human.groups.clear();
            if human.host_id == after.host_id {
                human.host_id = None;
            }
            continue;
        };
        for field in Field::ALL {
            let (was, made) = (before.get(*field), after.get(*field));
            if was == made {
                continue;
            }
            let is_back = human.get(*field) == was;
            if human.get(*field) == made {
                human.set(*field, was);
            } else if !is_back {
                continue;
            }
            let pins_too = |d: &Done| {
                d.before.people.get(place).is_some_and(|h| h.get(*field) != d.after.people[place].get(*field))
            };
            let others = log.iter().enumerate().filter(|(i, d)| *i != n && !d.is_undone && by_hand(d));
            if by_hand(done) && !is_back && !others.into_iter().any(|(_, d)| pins_too(d)) {
                human.pins.remove(field);
            }
        }
        if before.host_id != after.host_id {
            if after.host_id.is_some() && human.host_id == after.host_id {
                human.host_id = None;
            }
            if let Some(id) = before.host_id.clone().filter(|id| human.host_id.as_ref() != Some(id)) {
                returning.push((place, id));
            }
        }
        for joined in after.groups.difference(&before.groups) {
            human.groups.remove(joined);
        }
        human.groups.extend(before.groups.difference(&after.groups).cloned());
    }
    for (place, id) in returning {
        let is_taken =
            school.people.iter().any(|h| h.host_id.as_deref().is_some_and(|held| held.eq_ignore_ascii_case(&id)));
        if is_taken || school.people[place].host_id.is_some() {
            return Back::Refused;
        }
        school.people[place].host_id = Some(id);
    }
    if let Some((ends, stays)) = done.merged.filter(|_| is_merge) {
        // The numbers go back; those that came since stay.
        let was = &done.before.people[ends];
        let human = &mut school.people[stays];
        human.keys.retain(|k| !was.keys.contains(k));
        human.also.retain(|k| !was.keys.contains(k));
        let human = &mut school.people[ends];
        (human.keys, human.also, human.into) = (was.keys.clone(), was.also.clone(), None);
    }
    let (mut gone, mut back) = (Vec::new(), Vec::new());
    let ends: BTreeSet<(usize, usize)> = done.before.ties.keys().chain(done.after.ties.keys()).copied().collect();
    for tie in ends.into_iter().filter(|tie| !kept.contains(&tie.0)) {
        let (was, made) = (done.before.ties.get(&tie), done.after.ties.get(&tie));
        if was == made {
            continue;
        }
        let tie = if is_merge {
            // Whoever was merged since keeps what went along then.
            let (one, other) = done.merged.unwrap_or_default();
            let is_other_gone = |p: usize| p != one && p != other && now.people[p].is_merged();
            if is_other_gone(tie.0) || is_other_gone(tie.1) {
                continue;
            }
            tie
        } else {
            // A sync names a student by the number, which may lead to another record now.
            let named = done.before.people.get(tie.1).and_then(|h| h.own()).or_else(|| done.after.people[tie.1].own());
            (tie.0, named.and_then(|k| now.with_key(k)).unwrap_or(tie.1))
        };
        let held = now.ties.get(&tie);
        if held == made || held.is_none() {
            gone.extend(made.map(|_| tie));
            back.extend(was.map(|was| (tie, was.clone())));
        }
    }
    for tie in gone {
        school.ties.remove(&tie);
    }
    school.ties.extend(back);
    if school == *now { Back::NothingLeft } else { Back::Undone(Box::new(school)) }
}
