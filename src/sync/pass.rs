//! A file of people after the first pass: whom each record leads to, what it comes to, and what it came to last time.
//! Leaves the first pass itself to `sync::planner`.

use std::collections::BTreeSet;

use super::roster::Roster;
use super::seen::{Mark, Seen};
use crate::people::{Biographic, PersonId};
use crate::sources::RowProblem;

/// A file of people after the first pass.
pub(super) struct Pass<'a> {
    pub roster: &'a dyn Roster,
    pub seen: Vec<Seen>,
    /// The person whom a record leads to, by its key or by its Host ID; 0 for nobody.
    pub person: Vec<i64>,
    /// What the record comes to, with its relationships.
    pub hash: Vec<i64>,
    /// What it came to last time; the record is unchanged where they are equal.
    pub was: Vec<Option<i64>>,
    /// Records that say nothing, because another one of the same person does.
    pub silent: BTreeSet<usize>,
}

impl Pass<'_> {
    pub fn held(&self, record: usize) -> Option<PersonId> {
        self.person.get(record).copied().filter(|id| *id != 0).map(PersonId)
    }

    /// What the record says, without an e-mail that it is to be taken without.
    pub fn take(&self, record: usize, bio: &mut Biographic) -> Result<u64, Vec<RowProblem>> {
        let row = self.roster.take(record, bio)?;
        if self.seen.get(record).is_some_and(|s| s.mark == Mark::WithoutEmail) {
            bio.email = None;
        }
        Ok(row)
    }

    /// The record comes to something else than by its row alone: it is as if its e-mail were blank.
    pub fn take_without_email(&mut self, record: usize) {
        self.mark(record, "no e-mail", |seen| (seen.mark, seen.email) = (Mark::WithoutEmail, 0));
    }

    /// The record gets no account of its own.
    pub fn take_without_account(&mut self, record: usize) {
        self.mark(record, "no account", |seen| seen.mark = Mark::WithoutAccount);
    }

    fn mark(&mut self, record: usize, what: &str, f: impl FnOnce(&mut Seen)) {
        let (Some(seen), Some(hash)) = (self.seen.get_mut(record), self.hash.get_mut(record)) else { return };
        seen.hash = super::fingerprint::with(seen.hash, what);
        *hash = seen.hash;
        f(seen);
    }

    pub fn is_unchanged(&self, record: usize) -> bool {
        self.was.get(record).copied().flatten().is_some_and(|was| self.hash.get(record) == Some(&was))
    }
}
