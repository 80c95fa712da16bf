//! People with several numbers of one kind, as a decision or a merge makes them: which number stands for them in the
//! relationships, and in which row of the files they stand. Leaves who they are to `sync::decisions` and `sync::merged`.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::held::Links;
use super::merged::Merged;
use super::pass::Pass;
use crate::people::{MemberType, PersonId};

#[derive(Debug, Clone, Default)]
pub struct Aliases {
    /// Any of the numbers -> the smallest one that is linked; one that came with a merged record only where all did.
    canonical: HashMap<(MemberType, u64), u64>,
    /// That one -> the number of the row in the files.
    rows: HashMap<(MemberType, u64), u64>,
}

impl Aliases {
    /// Of those people who may have several numbers.
    pub(super) fn of(
        passes: &[Pass<'_>],
        links: &HashMap<MemberType, Links>,
        people: &HashSet<PersonId>,
        merged: &Merged,
    ) -> Aliases {
        let mut aliases = Aliases::default();
        if people.is_empty() {
            return aliases;
        }
        for (member_type, links) in links {
            let mut keys: HashMap<PersonId, BTreeSet<u64>> = HashMap::new();
            for link in links.iter().filter(|l| people.contains(&l.person)) {
                keys.entry(link.person).or_default().insert(link.key);
            }
            let own =
                |keys: &BTreeSet<u64>| keys.iter().copied().min_by_key(|k| (merged.follows(*member_type, *k), *k));
            let linked: HashMap<PersonId, u64> =
                keys.iter().filter_map(|(person, keys)| Some((*person, own(keys)?))).collect();
            let mut rows: HashMap<PersonId, u64> = HashMap::new();
            for pass in passes.iter().filter(|p| p.roster.member_type() == *member_type) {
                for (led, seen) in
                    pass.person.iter().zip(&pass.seen).filter(|(led, _)| people.contains(&PersonId(**led)))
                {
                    keys.entry(PersonId(*led)).or_default().insert(seen.key);
                    let row = rows.entry(PersonId(*led)).or_insert(seen.key);
                    if pass.roster.find(*row).and_then(|r| pass.seen.get(r)).is_some_and(|s| s.is_blocked) {
                        *row = seen.key;
                    }
                }
            }
            for (person, keys) in keys {
                let Some(canonical) = linked.get(&person) else { continue };
                if keys.len() > 1 {
                    aliases.canonical.extend(keys.iter().map(|key| ((*member_type, *key), *canonical)));
                    aliases.rows.extend(rows.get(&person).map(|row| ((*member_type, *canonical), *row)));
                }
            }
        }
        aliases
    }

    /// The number that stands for whoever has this one.
    pub fn canonical(&self, member_type: MemberType, key: u64) -> u64 {
        if self.canonical.is_empty() {
            return key;
        }
        self.canonical.get(&(member_type, key)).copied().unwrap_or(key)
    }

    /// The number of the row that whoever has this one stands in, where it is another.
    pub fn row(&self, member_type: MemberType, key: u64) -> u64 {
        if self.rows.is_empty() {
            return key;
        }
        self.rows.get(&(member_type, key)).copied().unwrap_or(key)
    }

    pub fn is_empty(&self) -> bool {
        self.canonical.is_empty()
    }
}
