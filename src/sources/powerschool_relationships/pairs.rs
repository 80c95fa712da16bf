//! The pairs of a file, compact and in order: two dozen bytes each, and no text of their own.
//! Leaves to others: what the numbers and places mean.

use std::num::NonZeroU16;

use super::shape::RelationshipShape;
use super::{KeyNumber, ParentRef, StudentRef};
use crate::sources::table::{Part, Table};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair<R> {
    pub student: R,
    pub parent: R,
    /// Among the good rows of the table.
    pub place: u32,
    /// Counted from 1.
    pub kind: Option<NonZeroU16>,
    pub is_active: Option<bool>,
}

/// What a pair has beside its two ends.
pub(super) struct Rest {
    pub place: u32,
    pub kind: Option<NonZeroU16>,
    pub is_active: Option<bool>,
}

/// Host IDs are parts of the file's text.
#[derive(Debug)]
pub(super) enum Pairs {
    Numbers(Vec<Pair<u64>>),
    HostIds(Vec<Pair<Part>>),
}

impl Pairs {
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(pairs) => pairs.len(),
            Self::HostIds(pairs) => pairs.len(),
        }
    }

    pub fn get<'t>(
        &self,
        place: usize,
        shape: RelationshipShape,
        table: &'t Table<'_>,
    ) -> Option<(Rest, StudentRef<'t>, ParentRef<'t>)> {
        match self {
            Self::Numbers(pairs) => {
                let pair = pairs.get(place)?;
                let student = match shape {
                    RelationshipShape::StudentContactAssoc => StudentRef::Dcid(pair.student),
                    _ => StudentRef::Number(pair.student),
                };
                Some((pair.rest(), student, ParentRef::PersonId(pair.parent)))
            }
            Self::HostIds(pairs) => {
                let pair = pairs.get(place)?;
                let (student, parent) = (table.part(pair.student), table.part(pair.parent));
                Some((pair.rest(), StudentRef::HostId(student), ParentRef::HostId(parent)))
            }
        }
    }
}

impl<R: Copy> Pair<R> {
    fn rest(&self) -> Rest {
        Rest { place: self.place, kind: self.kind, is_active: self.is_active }
    }
}

pub(super) fn numbers(student: KeyNumber, parent: KeyNumber) -> (u64, u64) {
    (student.value(), parent.value())
}

/// Ordered by student and parent, each pair once. Counts the pairs whose rows name several kinds of relationship.
/// `rank` orders kinds as words, so that the order of the rows decides nothing.
pub(super) fn in_order<R: Copy, K: Ord>(
    pairs: &mut Vec<Pair<R>>,
    key: impl Fn(&R) -> K,
    rank: impl Fn(Option<NonZeroU16>) -> usize,
) -> usize {
    pairs.sort_unstable_by(|a, b| {
        let ends = key(&a.student).cmp(&key(&b.student)).then_with(|| key(&a.parent).cmp(&key(&b.parent)));
        ends.then_with(|| rank(a.kind).cmp(&rank(b.kind))).then_with(|| a.place.cmp(&b.place))
    });
    let mut disagreeing = 0;
    let mut said_other = false;
    pairs.dedup_by(|next, held| {
        let is_same = key(&next.student) == key(&held.student) && key(&next.parent) == key(&held.parent);
        if is_same {
            // The first row that speaks of the pair is the one to show.
            held.place = held.place.min(next.place);
            held.is_active = match (held.is_active, next.is_active) {
                (Some(a), Some(b)) => Some(a || b),
                (a, b) => a.or(b),
            };
            if next.kind.is_some() && next.kind != held.kind && !said_other {
                said_other = true;
                disagreeing += 1;
            }
        } else {
            said_other = false;
        }
        is_same
    });
    pairs.shrink_to_fit();
    disagreeing
}
