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
    }
}

/// `now` without what run `n` of `log` did to it.
pub fn back(now: &School, log: &[Done], n: usize) -> Back {
    let done = &log[n];
    if done.kind == RunKind::MatchList {
        return super::matching::back(now, done);
    }
    let mut school = now.clone();
    let mut kept = BTreeSet::new();
    let mut returning = Vec::new();
    for (place, after) in done.after.people.iter().enumerate() {
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
            let others =
                log.iter().enumerate().filter(|(i, d)| *i != n && !d.is_undone && d.kind == RunKind::EditPerson);
            if done.kind == RunKind::EditPerson && !is_back && !others.into_iter().any(|(_, d)| pins_too(d)) {
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
    let ends: BTreeSet<(usize, usize)> = done.before.ties.keys().chain(done.after.ties.keys()).copied().collect();
    for tie in ends.into_iter().filter(|tie| !kept.contains(&tie.0)) {
        let (was, made) = (done.before.ties.get(&tie), done.after.ties.get(&tie));
        if was == made {
            continue;
        }
        if made.is_some() && school.ties.get(&tie) == made {
            school.ties.remove(&tie);
        }
        if let Some(was) = was {
            school.ties.entry(tie).or_insert_with(|| was.clone());
        }
    }
    if school == *now { Back::NothingLeft } else { Back::Undone(Box::new(school)) }
}
