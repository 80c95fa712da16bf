//! Several keys of one person, after a merge: which of them speaks for the person where a file has more than one.
//! The person's own key does; the keys that came with merged records follow. Leaves merging to `people::merge`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use diesel::prelude::*;

use super::roster::{Roster, space_of};
use crate::db::Conn;
use crate::error::AppError;
use crate::people::{MemberType, PersonId};
use crate::runs::KeySpace;
use crate::schema::{merged_keys, source_links};
use crate::schools::CurrentSchool;

/// Empty in a school that has merged nobody.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    /// A key that follows -> the person's own.
    own: BTreeMap<(MemberType, u64), u64>,
    people: HashSet<PersonId>,
}

/// Student_Numbers that follow, each with the person's own.
pub(crate) fn own_student_numbers(conn: &mut Conn, school: &CurrentSchool) -> Result<BTreeMap<u64, u64>, AppError> {
    let all = Aliases::load(conn, school)?.own;
    Ok(all.into_iter().filter(|((m, _), _)| *m == MemberType::Student).map(|((_, key), own)| (key, own)).collect())
}

/// So many people go into one question to the database.
const ASKED: usize = 500;

impl Aliases {
    pub fn load(conn: &mut Conn, school: &CurrentSchool) -> Result<Aliases, AppError> {
        let mut aliases = Aliases::default();
        let following: Vec<(KeySpace, String, PersonId)> = merged_keys::of(school)
            .inner_join(source_links::beside(
                merged_keys::school_id,
                source_links::source.eq(merged_keys::source).and(source_links::key_norm.eq(merged_keys::key_norm)),
            ))
            .select((source_links::source, source_links::key_norm, source_links::person_id))
            .load(conn)?;
        if following.is_empty() {
            return Ok(aliases);
        }
        for member_type in MemberType::ALL {
            let space = space_of(*member_type);
            let of_space: Vec<(u64, PersonId)> = following
                .iter()
                .filter(|(s, ..)| *s == space)
                .filter_map(|(_, key, person)| Some((key.parse().ok()?, *person)))
                .collect();
            let follows: BTreeSet<u64> = of_space.iter().map(|(key, _)| *key).collect();
            let people: BTreeSet<PersonId> = of_space.iter().map(|(_, person)| *person).collect();
            let people: Vec<PersonId> = people.into_iter().collect();
            let mut own: BTreeMap<PersonId, u64> = BTreeMap::new();
            for some in people.chunks(ASKED) {
                for (person, key) in super::held::keys_of(conn, school, space, some.to_vec())? {
                    if !follows.contains(&key) {
                        own.insert(person, key);
                    }
                }
            }
            for (key, person) in of_space {
                if let Some(own) = own.get(&person) {
                    aliases.own.insert((*member_type, key), *own);
                    aliases.people.insert(person);
                }
            }
        }
        Ok(aliases)
    }

    pub fn is_empty(&self) -> bool {
        self.own.is_empty()
    }

    /// The key that speaks for the person of a key: its own, or itself.
    pub fn speaker(&self, member_type: MemberType, key: u64) -> u64 {
        self.own.get(&(member_type, key)).copied().unwrap_or(key)
    }

    /// Whether several keys lead to somebody: which of them the last file had is not known, so they are always compared.
    pub fn is_several(&self, person: PersonId) -> bool {
        self.people.contains(&person)
    }

    /// All keys of the person of a key.
    pub fn all(&self, member_type: MemberType, key: u64) -> impl Iterator<Item = u64> + '_ {
        let own = self.speaker(member_type, key);
        std::iter::once(own).chain(self.following(member_type, own))
    }

    /// Records of a file that say nothing, because another record of the same person speaks.
    pub fn silent(&self, roster: &dyn Roster) -> Vec<usize> {
        let mut silent = Vec::new();
        for ((member_type, key), own) in &self.own {
            let Some(record) = roster.find(*key).filter(|_| *member_type == roster.member_type()) else { continue };
            let mut before = self.following(*member_type, *own).filter(|k| k < key);
            if roster.find(*own).is_some() || before.any(|k| roster.find(k).is_some()) {
                silent.push(record);
            }
        }
        silent
    }

    fn following(&self, member_type: MemberType, own: u64) -> impl Iterator<Item = u64> + '_ {
        let of_type = self.own.range((member_type, 0)..=(member_type, u64::MAX));
        of_type.filter(move |(_, o)| **o == own).map(|((_, key), _)| *key)
    }
}
