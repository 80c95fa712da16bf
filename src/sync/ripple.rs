//! Parents who follow without a row of their own that changed: named by the relationships alone, or children of theirs moved.
//! Leaves parents of the file to `sync::people`.

use std::collections::BTreeMap;

use super::decide::{self, Wish};
use super::held::Detail;
use super::people::{BATCH, People};
use super::planner::Planning;
use super::regroup::Regroup;
use crate::error::AppError;
use crate::people::{self, MemberType, PersonId};
use crate::runs::KeySpace;

impl People<'_, '_> {
    /// Parents whom the relationships name and no file of parents does.
    pub fn decide_on_other_parents(
        &mut self,
        planning: &mut Planning<'_>,
        regroup: &mut Regroup,
    ) -> Result<(), AppError> {
        let (Some(families), Some(links)) = (self.families, self.links.get(&MemberType::Parent)) else {
            return Ok(());
        };
        let pass = self.passes.iter().find(|p| p.roster.member_type() == MemberType::Parent);
        if pass.is_some() && planning.is_full {
            // Whoever is in the relationships and not in the full list is no longer listed.
            return Ok(());
        }
        let others: Vec<(u64, PersonId)> = if planning.is_full {
            // A full list tells of everybody: whom it does not name has no child any more.
            links.iter().map(|l| (l.key, l.person)).collect()
        } else {
            families
                .parents()
                .filter(|key| {
                    let mut keys = planning.aliases.all(MemberType::Parent, *key);
                    pass.is_none_or(|p| keys.all(|k| p.roster.find(k).is_none()))
                })
                .filter_map(|key| Some((key, links.find(key)?.person)))
                .collect()
        };
        for some in others.chunks(BATCH) {
            let ids: Vec<PersonId> = some.iter().map(|(_, person)| *person).collect();
            let details = self.details(planning, KeySpace::Persons, &ids)?;
            let students = details.values().flat_map(|d| d.relations.keys().copied()).collect();
            regroup.look_up(planning, self.links, students)?;
            for (key, person) in some {
                let Some(detail) = details.get(person) else { continue };
                let wanted = self.relations_in_files(planning.aliases, MemberType::Parent, *key);
                self.belong(planning, regroup, detail, wanted)?;
            }
        }
        Ok(())
    }

    /// Parents of students who change groups follow them.
    pub fn decide_on_rippled(&mut self, planning: &mut Planning<'_>, regroup: &mut Regroup) -> Result<(), AppError> {
        let moved = std::mem::take(&mut self.moved);
        for some in moved.chunks(BATCH) {
            let guardians: Vec<PersonId> = planning
                .db
                .read(|conn| people::relationship::guardians_of(conn, planning.school, some.to_vec()))?
                .into_iter()
                .filter(|g| !self.decided.contains(g))
                .collect();
            let details = self.details(planning, KeySpace::Persons, &guardians)?;
            let students = details.values().flat_map(|d| d.relations.keys().copied()).collect();
            regroup.look_up(planning, self.links, students)?;
            let in_order: BTreeMap<PersonId, Detail> = details.into_iter().collect();
            for detail in in_order.values() {
                self.belong(planning, regroup, detail, None)?;
            }
        }
        Ok(())
    }

    /// Decides on groups and relationships alone.
    fn belong(
        &mut self,
        planning: &mut Planning<'_>,
        regroup: &mut Regroup,
        detail: &Detail,
        wanted: Option<BTreeMap<u64, String>>,
    ) -> Result<(), AppError> {
        if !self.decided.insert(detail.person.id) {
            return Ok(());
        }
        let bio = detail.person.bio.clone();
        let children = self.children(planning, detail, wanted.as_ref());
        let groups = self.groups(planning, regroup, &bio, children.as_ref());
        let is_full = planning.is_full;
        let wish = Wish { bio, key: None, row_hash: None, id: None, groups, relations: wanted, is_full };
        let decision = decide::held(detail, wish);
        match decision.change {
            None => Ok(()),
            Some(change) => {
                planning.counts.updated += 1;
                planning.count(MemberType::Parent, |f| f.updated += 1);
                self.put(planning, regroup, None, &change)
            }
        }
    }
}
