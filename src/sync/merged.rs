//! Numbers that came along with merged records: which one of a person's numbers is their own, and which rows of a file say
//! nothing because another one of the same person speaks. Leaves merging to `people::merge`, numbers that lead to somebody
//! because a decision says so to `sync::aliases`.

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
pub(crate) struct Merged {
    /// A number that follows -> those that go before it: the person's own, and of those that follow the smaller ones.
    before: BTreeMap<(MemberType, u64), BTreeSet<u64>>,
    people: HashSet<PersonId>,
}

/// Student_Numbers that follow, each with those whose rows go before its own.
pub(crate) fn own_student_numbers(
    conn: &mut Conn,
    school: &CurrentSchool,
) -> Result<BTreeMap<u64, BTreeSet<u64>>, AppError> {
    let all = Merged::load(conn, school)?.before.into_iter();
    Ok(all.filter(|((m, _), _)| *m == MemberType::Student).map(|((_, key), before)| (key, before)).collect())
}

/// So many people go into one question to the database.
const ASKED: usize = 500;

impl Merged {
    pub fn load(conn: &mut Conn, school: &CurrentSchool) -> Result<Merged, AppError> {
        let mut merged = Merged::default();
        let following: Vec<(KeySpace, String, PersonId)> = merged_keys::of(school)
            .inner_join(source_links::beside(
                merged_keys::school_id,
                source_links::source.eq(merged_keys::source).and(source_links::key_norm.eq(merged_keys::key_norm)),
            ))
            .select((source_links::source, source_links::key_norm, source_links::person_id))
            .load(conn)?;
        if following.is_empty() {
            return Ok(merged);
        }
        for member_type in MemberType::ALL {
            let space = space_of(*member_type);
            let mut follows: BTreeMap<PersonId, BTreeSet<u64>> = BTreeMap::new();
            for (_, key, person) in following.iter().filter(|(s, ..)| *s == space) {
                let Ok(key) = key.parse() else { continue };
                follows.entry(*person).or_default().insert(key);
            }
            let people: Vec<PersonId> = follows.keys().copied().collect();
            let mut all: BTreeMap<PersonId, BTreeSet<u64>> = BTreeMap::new();
            for some in people.chunks(ASKED) {
                for (person, key) in super::held::keys_of(conn, school, space, some.to_vec())? {
                    all.entry(person).or_default().insert(key);
                }
            }
            for (person, keys) in all.iter().filter(|(_, keys)| keys.len() > 1) {
                merged.people.insert(*person);
                let Some(follows) = follows.get(person) else { continue };
                for key in follows {
                    let before = keys.iter().filter(|k| !follows.contains(k) || *k < key).copied().collect();
                    merged.before.insert((*member_type, *key), before);
                }
            }
        }
        Ok(merged)
    }

    /// Whoever has several numbers because records were merged.
    pub fn people(&self) -> impl Iterator<Item = PersonId> {
        self.people.iter().copied()
    }

    /// Whether several keys lead to somebody: which of them the last file had is not known, so they are always compared.
    pub fn is_several(&self, person: PersonId) -> bool {
        self.people.contains(&person)
    }

    /// Whether a number came with a merged record.
    pub fn follows(&self, member_type: MemberType, key: u64) -> bool {
        self.before.contains_key(&(member_type, key))
    }

    /// Records of a file that say nothing, because another record of the same person speaks.
    pub fn silent(&self, roster: &dyn Roster) -> BTreeSet<usize> {
        let of_type = self.before.range((roster.member_type(), 0)..=(roster.member_type(), u64::MAX));
        let is_silent = |before: &BTreeSet<u64>| before.iter().any(|key| roster.find(*key).is_some());
        of_type.filter(|(_, before)| is_silent(before)).filter_map(|((_, key), _)| roster.find(*key)).collect()
    }
}
