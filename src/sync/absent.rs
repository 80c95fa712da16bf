//! People of the school whom a full list does not hold any more: listed, and made inactive where the school wants that.
//! Leaves whoever is listed to `sync::people`.

use std::collections::{HashMap, HashSet};

use super::held::Links;
use super::pass::Pass;
use super::people::{BATCH, People};
use super::planner::Planning;
use super::regroup::Regroup;
use super::roster::space_of;
use super::settings::Absentees;
use crate::error::AppError;
use crate::people::{self, Field, FieldChange, MemberType, PersonId, Status};
use crate::runs::{Cause, Change, GroupStep, Problem, Who};

impl People<'_, '_> {
    /// People of the school whom the full list of their member type does not hold any more.
    pub fn look_for_absent(
        &mut self,
        planning: &mut Planning<'_>,
        regroup: &mut Regroup,
        place: usize,
    ) -> Result<(), AppError> {
        let Some(pass) = self.passes.get(place) else { return Ok(()) };
        let member_type = pass.roster.member_type();
        let Some(links) = self.links.get(&member_type) else { return Ok(()) };
        // A row whose number cannot be read may be anybody's: then nobody is taken for gone.
        let has_unreadable = has_unreadable(pass);
        let gone = gone(pass, links);
        for some in gone.chunks(BATCH) {
            let ids: Vec<PersonId> = some.iter().map(|(_, person)| *person).collect();
            let details = self.details(planning, space_of(member_type), &ids)?;
            for (key, person) in some {
                let Some(detail) = details.get(person) else { continue };
                let bio = &detail.person.bio;
                if bio.member_type != member_type || !matches!(bio.status, Status::Active | Status::Applicant) {
                    continue;
                }
                planning.counts.absent += 1;
                planning.count(member_type, |f| f.absent += 1);
                let deactivates = planning.settings.absentees == Absentees::Deactivate;
                let is_pinned = detail.pins.contains_key(&Field::Status);
                self.spared |= deactivates && has_unreadable;
                let what = if !deactivates {
                    "is no longer listed. The school leaves such people as they are."
                } else if has_unreadable {
                    "is no longer listed, and stays as they are: some rows of the file cannot be read, and one of them may be theirs."
                } else if is_pinned {
                    "is no longer listed, and stays as they are: somebody set the status by hand."
                } else {
                    "is no longer listed, and becomes inactive."
                };
                planning.writer.problem(Problem::new(
                    Cause::Absent,
                    format!("{} ({})", bio.full_name(), detail.person.sonis_id),
                    what,
                ))?;
                if !deactivates || has_unreadable || is_pinned {
                    continue;
                }
                planning.counts.deactivated += 1;
                planning.counts.updated += 1;
                planning.count(member_type, |f| f.deactivated += 1);
                let mut change = Change::of(Who::Held(*person));
                change.fields.push(FieldChange {
                    field: Field::Status,
                    before: bio.get(Field::Status),
                    after: Some(Status::Inactive.code().to_owned()),
                });
                change.groups = detail.groups.iter().map(|g| GroupStep { joins: false, group: *g }).collect();
                if member_type == MemberType::Student {
                    regroup.is_gone(planning.aliases.canonical(member_type, *key));
                    self.moved.push(*person);
                }
                self.decided.insert(*person);
                self.put(planning, regroup, None, &change)?;
            }
            planning.writer.at(self.looked_at)?;
        }
        Ok(())
    }
}

/// A row whose number cannot be read may be anybody's.
fn has_unreadable(pass: &Pass<'_>) -> bool {
    let problems = pass.roster.problems();
    problems.untold() > 0 || problems.iter().any(|p| p.column.is_none() || p.found.is_empty())
}

/// Linked people whom a file does not list.
fn gone(pass: &Pass<'_>, links: &Links) -> Vec<(u64, PersonId)> {
    let matched: HashSet<i64> = pass.person.iter().copied().filter(|id| *id != 0).collect();
    let doubled: HashSet<u64> = doubled_keys(pass);
    let mut listed: HashSet<PersonId> = HashSet::new();
    if !doubled.is_empty() {
        listed.extend(links.iter().filter(|l| doubled.contains(&l.key)).map(|l| l.person));
    }
    let mut told: HashSet<PersonId> = HashSet::new();
    links
        .iter()
        .filter(|l| pass.roster.find(l.key).is_none())
        .filter(|l| !matched.contains(&l.person.0) && !listed.contains(&l.person))
        // Whoever has several numbers is gone once.
        .filter(|l| told.insert(l.person))
        .map(|l| (l.key, l.person))
        .collect()
}

/// Those whom this very sync makes inactive: what they had is free.
pub(super) fn leaving(
    planning: &Planning<'_>,
    passes: &[Pass<'_>],
    links: &HashMap<MemberType, Links>,
) -> Result<HashSet<PersonId>, AppError> {
    let mut leaving = HashSet::new();
    if !planning.is_full || planning.settings.absentees != Absentees::Deactivate {
        return Ok(leaving);
    }
    for pass in passes.iter().filter(|pass| !has_unreadable(pass)) {
        let Some(links) = links.get(&pass.roster.member_type()) else { continue };
        leaving.extend(gone(pass, links).into_iter().map(|(_, person)| person));
    }
    let stay = planning.db.read(|conn| people::pin::of_field(conn, planning.school, Field::Status))?;
    leaving.retain(|person| !stay.contains(person));
    Ok(leaving)
}

/// Numbers that are refused because several rows have them: those people are listed all the same.
fn doubled_keys(pass: &Pass<'_>) -> HashSet<u64> {
    pass.roster.problems().iter().filter_map(|p| p.found.trim().parse().ok()).collect()
}
