//! The second pass: a decision on each person whose record is new or different, in the order of the keys.
//! Leaves the deciding itself to `sync::decide`, whoever is gone to `sync::absent`, parents who follow to `sync::ripple`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::decide::{self, Decision, Wish};
use super::families::Families;
use super::held::{self, Detail, Links};
use super::outcome::{Outcome, outcome};
use super::pass::Pass;
use super::planner::Planning;
use super::regroup::Regroup;
use crate::error::AppError;
use crate::people::{self, Biographic, MemberType, PersonId, Status};
use crate::runs::{Cause, Change, IdStep, KeySpace, Problem, SourceKey};
use crate::sources::{KeyNumber, RowProblem};

/// So many people are looked up at a time.
pub(super) const BATCH: usize = 500;

pub(super) struct People<'p, 'a> {
    pub(super) passes: &'p [Pass<'a>],
    pub(super) links: &'p HashMap<MemberType, Links>,
    pub(super) families: Option<&'p Families>,
    /// Guardians decided on already.
    pub(super) decided: HashSet<PersonId>,
    /// Students who change groups: their guardians follow.
    pub(super) moved: Vec<PersonId>,
    /// Records that were compared and came to nothing: the short cut for next time.
    settled: Vec<(SourceKey, i64)>,
    related: i64,
    unrelated: i64,
    pub(super) spared: bool,
    pub(super) looked_at: i64,
}

impl<'p, 'a> People<'p, 'a> {
    pub fn new(
        passes: &'p [Pass<'a>],
        links: &'p HashMap<MemberType, Links>,
        families: Option<&'p Families>,
    ) -> People<'p, 'a> {
        People {
            passes,
            links,
            families,
            decided: HashSet::new(),
            moved: Vec::new(),
            settled: Vec::new(),
            related: 0,
            unrelated: 0,
            spared: false,
            looked_at: 0,
        }
    }

    /// Relationships begun and ended.
    pub fn related(&self) -> (i64, i64) {
        (self.related, self.unrelated)
    }

    /// Whether absentees were left alone because a file has rows without a number.
    pub fn spared(&self) -> bool {
        self.spared
    }

    /// Decides on every record of a file.
    pub fn decide_on(
        &mut self,
        planning: &mut Planning<'_>,
        regroup: &mut Regroup,
        place: usize,
    ) -> Result<(), AppError> {
        let Some(pass) = self.passes.get(place) else { return Ok(()) };
        let member_type = pass.roster.member_type();
        let mut waiting: Vec<usize> = Vec::with_capacity(BATCH);
        for (record, seen) in pass.seen.iter().enumerate() {
            if seen.is_blocked {
                continue;
            }
            if pass.is_unchanged(record) {
                planning.counts.unchanged += 1;
                planning.count(member_type, |f| f.unchanged += 1);
                continue;
            }
            waiting.push(record);
            if waiting.len() >= BATCH {
                self.decide_on_some(planning, regroup, pass, &waiting)?;
                waiting.clear();
            }
        }
        self.decide_on_some(planning, regroup, pass, &waiting)?;
        self.looked_at += i64::try_from(pass.roster.row_count()).unwrap_or(0);
        planning.writer.at(self.looked_at)?;
        self.settle(planning)
    }

    fn decide_on_some(
        &mut self,
        planning: &mut Planning<'_>,
        regroup: &mut Regroup,
        pass: &Pass<'_>,
        records: &[usize],
    ) -> Result<(), AppError> {
        let ids: Vec<PersonId> = records.iter().filter_map(|r| pass.held(*r)).collect();
        let details = self.details(planning, pass.roster.space(), &ids)?;
        if pass.roster.member_type() == MemberType::Parent {
            let students = details.values().flat_map(|d| d.relations.keys().copied()).collect();
            regroup.look_up(planning, self.links, students)?;
        }
        for record in records {
            match pass.held(*record) {
                None => self.decide_on_new(planning, regroup, pass, *record)?,
                Some(person) => {
                    if let Some(detail) = details.get(&person) {
                        self.decide_on_held(planning, regroup, pass, *record, detail)?;
                    }
                }
            }
        }
        planning.writer.at(self.looked_at + i64::try_from(records.last().copied().unwrap_or(0)).unwrap_or(0))?;
        self.settle(planning)
    }

    pub(super) fn details(
        &self,
        planning: &Planning<'_>,
        space: KeySpace,
        ids: &[PersonId],
    ) -> Result<HashMap<PersonId, Detail>, AppError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let canonical = |key: u64| planning.aliases.canonical(MemberType::Student, key);
        planning.db.read(|conn| held::details(conn, planning.school, planning.integration.id, space, ids, canonical))
    }

    fn decide_on_new(
        &mut self,
        planning: &mut Planning<'_>,
        regroup: &mut Regroup,
        pass: &Pass<'_>,
        record: usize,
    ) -> Result<(), AppError> {
        let member_type = pass.roster.member_type();
        let (Some(key), Some(seen)) = (pass.roster.key(record), pass.seen.get(record)) else { return Ok(()) };
        let mut bio = Biographic { member_type, ..Biographic::default() };
        let Ok(row) = pass.take(record, &mut bio) else { return Ok(()) };
        let relations = self.relations_in_files(planning, member_type, seen.key);
        // Nothing that could be mended in the row itself.
        let waits = member_type == MemberType::Parent
            && relations.is_none()
            && pass.roster.cause_of_row(row).is_some_and(|cause| cause == Cause::NoStudent.code());
        if waits {
            let reason = "was blocked because no relationship leads to a student, and no relationships came with it. \
                          Upload the relationships together with this file, or leave this row out.";
            let problem = RowProblem { row, column: None, found: bio.full_name(), reason: reason.into() };
            planning.refuse(pass.roster, Some(row), problem, Cause::NoStudent)?;
            return planning.blocked(member_type);
        }
        if relations.as_ref().is_some_and(BTreeMap::is_empty) {
            let problem = RowProblem {
                row,
                column: None,
                found: bio.full_name(),
                reason:
                    "has no relationship to a student, in the files or in the school (an emergency contact, perhaps). \
                         Add the relationship, or leave this row out."
                        .into(),
            };
            planning.refuse(pass.roster, Some(row), problem, Cause::NoStudent)?;
            return planning.blocked(member_type);
        }
        let groups = self.groups(planning, regroup, &bio, relations.as_ref());
        let change = decide::new(Wish {
            id: (!seen.has_no_account()).then(|| id_step(planning, member_type, key)),
            key: Some(source_key(pass, key)),
            row_hash: pass.hash.get(record).copied(),
            groups,
            relations,
            bio,
            is_full: planning.is_full,
        });
        planning.counts.created += 1;
        planning.count(member_type, |f| f.created += 1);
        self.put(planning, regroup, Some(row), &change)
    }

    fn decide_on_held(
        &mut self,
        planning: &mut Planning<'_>,
        regroup: &mut Regroup,
        pass: &Pass<'_>,
        record: usize,
        detail: &Detail,
    ) -> Result<(), AppError> {
        let member_type = pass.roster.member_type();
        let (Some(key), Some(seen)) = (pass.roster.key(record), pass.seen.get(record)) else { return Ok(()) };
        if detail.person.bio.status == Status::Merged {
            // The other record of the two is the person now.
            planning.counts.unchanged += 1;
            planning.count(member_type, |f| f.unchanged += 1);
            return Ok(());
        }
        self.decided.insert(detail.person.id);
        let outcome = outcome(&detail.person.bio, detail.pins.keys(), pass, record)?;
        let Some(Outcome { row, wanted: bio, will_be }) = outcome else { return Ok(()) };
        let relations = self.relations_in_files(planning, member_type, seen.key);
        let children = self.children(planning, detail, relations.as_ref());
        let groups = self.groups(planning, regroup, &will_be, children.as_ref());
        let hash = pass.hash.get(record).copied();
        let source = source_key(pass, key);
        let decision = decide::held(
            detail,
            Wish {
                id: (!seen.has_no_account()).then(|| id_step(planning, member_type, key)),
                key: Some(source.clone()),
                row_hash: hash,
                groups,
                relations,
                bio,
                is_full: planning.is_full,
            },
        );
        if decision.change.is_none()
            && decision.kept.is_empty()
            && let Some(hash) = hash
        {
            self.settled.push((source, hash));
        }
        self.carry(planning, regroup, member_type, Some(row), detail, decision)
    }

    /// Counts and stores what was decided on somebody the school holds.
    fn carry(
        &mut self,
        planning: &mut Planning<'_>,
        regroup: &mut Regroup,
        member_type: MemberType,
        row: Option<u64>,
        detail: &Detail,
        decision: Decision,
    ) -> Result<(), AppError> {
        for kept in &decision.kept {
            let at = kept.pin.at.and_utc().with_timezone(&planning.school.time_zone());
            let wanted = kept.wanted.as_deref().map_or("nothing".to_owned(), |w| format!("{w:?}"));
            planning.writer.problem(Problem {
                source_row: row.and_then(|r| i64::try_from(r).ok()).unwrap_or(0),
                source_column: Some(kept.field.word().to_owned()),
                ..Problem::new(
                    Cause::Kept,
                    format!("{} ({})", detail.person.bio.full_name(), detail.person.sonis_id),
                    format!(
                        "Kept as {} set it by hand on {}; the file has {wanted}.",
                        kept.pin.by,
                        at.format("%-d %b %Y")
                    ),
                )
            })?;
        }
        let kept = i32::try_from(decision.kept.len()).unwrap_or(i32::MAX);
        planning.counts.kept += kept;
        planning.count(member_type, |f| f.kept += i64::from(kept));
        if decision.is_reactivated {
            planning.counts.reactivated += 1;
            planning.count(member_type, |f| f.reactivated += 1);
        }
        match decision.change {
            None => {
                planning.counts.unchanged += 1;
                planning.count(member_type, |f| f.unchanged += 1);
                Ok(())
            }
            Some(change) => {
                planning.counts.updated += 1;
                planning.count(member_type, |f| f.updated += 1);
                if member_type == MemberType::Student && !change.groups.is_empty() {
                    self.moved.push(detail.person.id);
                }
                self.put(planning, regroup, row, &change)
            }
        }
    }

    pub(super) fn put(
        &mut self,
        planning: &mut Planning<'_>,
        regroup: &mut Regroup,
        row: Option<u64>,
        change: &Change,
    ) -> Result<(), AppError> {
        regroup.note(&change.groups);
        for r in &change.relations {
            if r.adds { self.related += 1 } else { self.unrelated += 1 }
        }
        planning.writer.change(row.and_then(|r| i64::try_from(r).ok()), change)
    }

    /// What the files say of a parent's relationships; None where they say nothing, or it is no parent.
    pub(super) fn relations_in_files(
        &self,
        planning: &Planning<'_>,
        member_type: MemberType,
        key: u64,
    ) -> Option<BTreeMap<u64, String>> {
        let families = self.families.filter(|_| member_type == MemberType::Parent)?;
        let key = planning.aliases.canonical(member_type, key);
        Some(families.of_parent(key).iter().map(|p| (p.student, families.kind(p).to_owned())).collect())
    }

    /// The relationships that a parent will have.
    pub(super) fn children(
        &self,
        planning: &Planning<'_>,
        detail: &Detail,
        wanted: Option<&BTreeMap<u64, String>>,
    ) -> Option<BTreeMap<u64, String>> {
        match wanted {
            Some(wanted) if planning.is_full => Some(wanted.clone()),
            Some(wanted) => {
                let mut all = detail.relations.clone();
                all.extend(wanted.clone());
                Some(all)
            }
            None => Some(detail.relations.clone()),
        }
    }

    /// The groups that somebody will be in.
    pub(super) fn groups(
        &self,
        planning: &Planning<'_>,
        regroup: &Regroup,
        bio: &Biographic,
        children: Option<&BTreeMap<u64, String>>,
    ) -> BTreeSet<crate::groups::Placeholder> {
        if bio.member_type != MemberType::Parent {
            return super::seen::groups_of(bio, planning.settings).into_iter().collect();
        }
        if bio.status != Status::Active {
            return BTreeSet::new();
        }
        children.into_iter().flat_map(BTreeMap::keys).flat_map(|student| regroup.of_student(*student)).collect()
    }

    fn settle(&mut self, planning: &Planning<'_>) -> Result<(), AppError> {
        if self.settled.is_empty() {
            return Ok(());
        }
        let settled = std::mem::take(&mut self.settled);
        planning.db.write(|conn| {
            settled.iter().try_for_each(|(key, hash)| people::store::note_row_hash(conn, planning.school, key, *hash))
        })
    }
}

fn source_key(pass: &Pass<'_>, key: KeyNumber) -> SourceKey {
    SourceKey::number(pass.roster.space(), &key.as_given())
}

fn id_step(planning: &Planning<'_>, member_type: MemberType, key: KeyNumber) -> IdStep {
    let spec = planning.specs.of(member_type);
    IdStep {
        integration: planning.integration.id,
        before: None,
        after: Some(spec.template.make(&key.as_given())),
        spec_version: Some(spec.version),
    }
}
