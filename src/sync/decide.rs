//! Deciding what is to be done to one person: the record, and whom the school holds -> a change, or nothing. Pure.
//! Leaves conflicts between people to `sync::emails` and `sync::overlap`.

use std::collections::{BTreeMap, BTreeSet};

use super::held::{Detail, Pin};
use crate::groups::Placeholder;
use crate::people::{Biographic, Field, Status};
use crate::runs::{Change, GroupStep, IdStep, RelationStep, SourceKey, Who};

/// What the files want of a person.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What the record says, over what was there.
    pub bio: Biographic,
    pub key: Option<SourceKey>,
    pub row_hash: Option<i64>,
    /// The ID to be given to somebody who has none.
    pub id: Option<IdStep>,
    pub groups: BTreeSet<Placeholder>,
    /// None: the files say nothing of relationships.
    pub relations: Option<BTreeMap<u64, String>>,
    /// A full list: what it does not hold has ended.
    pub is_full: bool,
}

/// A field that stays as somebody set it by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub field: Field,
    pub wanted: Option<String>,
    pub pin: Pin,
}

#[derive(Debug)]
pub struct Decision {
    /// None where nothing is to be done.
    pub change: Option<Change>,
    pub kept: Vec<Kept>,
    pub is_reactivated: bool,
}

/// Somebody the school does not hold.
pub fn new(wish: Wish) -> Change {
    let mut change = Change::create(wish.bio, wish.key);
    change.row_hash = wish.row_hash;
    change.id = wish.id;
    change.groups = wish.groups.into_iter().map(|group| GroupStep { joins: true, group }).collect();
    change.relations = wish
        .relations
        .unwrap_or_default()
        .into_iter()
        .map(|(student, kind)| RelationStep { adds: true, student: student.to_string(), kind })
        .collect();
    change
}

/// Somebody the school holds.
pub fn held(detail: &Detail, wish: Wish) -> Decision {
    let before = &detail.person.bio;
    let mut change = Change::of(Who::Held(detail.person.id));
    let mut kept = Vec::new();
    for c in before.difference(&wish.bio) {
        match detail.pins.get(&c.field) {
            Some(pin) => kept.push(Kept { field: c.field, wanted: c.after, pin: pin.clone() }),
            None => change.fields.push(c),
        }
    }
    let is_gone = |s: Status| matches!(s, Status::Inactive | Status::Withdrawn);
    let is_reactivated = is_gone(before.status)
        && change.fields.iter().any(|c| {
            c.field == Field::Status && c.after.as_deref().and_then(Status::parse).is_some_and(|s| !is_gone(s))
        });
    // An ID that exists is never changed.
    change.id = wish.id.filter(|_| detail.id.is_none());
    change.groups = difference(&detail.groups, &wish.groups).map(|(joins, group)| GroupStep { joins, group }).collect();
    if let Some(wanted) = wish.relations {
        change.relations = relations(&detail.relations, &wanted, wish.is_full);
    }
    let is_linked = wish.key.as_ref().is_some_and(|k| k.norm.parse().is_ok_and(|key: u64| detail.keys.contains(&key)));
    let touches = !change.is_nothing();
    if wish.key.is_some() && (touches || !is_linked) {
        change.key = wish.key;
        // What is kept is shown each time, so the row is compared each time.
        change.row_hash = wish.row_hash.filter(|_| kept.is_empty());
    }
    let is_something = touches || change.key.is_some();
    Decision { change: is_something.then_some(change), kept, is_reactivated }
}

fn difference<'a>(
    before: &'a BTreeSet<Placeholder>,
    after: &'a BTreeSet<Placeholder>,
) -> impl Iterator<Item = (bool, Placeholder)> + 'a {
    let leaves = before.difference(after).map(|g| (false, *g));
    leaves.chain(after.difference(before).map(|g| (true, *g)))
}

fn relations(before: &BTreeMap<u64, String>, after: &BTreeMap<u64, String>, is_full: bool) -> Vec<RelationStep> {
    let mut steps = Vec::new();
    for (student, kind) in before {
        let ends = match after.get(student) {
            Some(wanted) => wanted != kind,
            None => is_full,
        };
        if ends {
            steps.push(RelationStep { adds: false, student: student.to_string(), kind: kind.clone() });
        }
    }
    for (student, kind) in after {
        if before.get(student) != Some(kind) {
            steps.push(RelationStep { adds: true, student: student.to_string(), kind: kind.clone() });
        }
    }
    steps
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
