//! Making the plan of a sync: two passes over the files. The first sees keys, e-mails and Host IDs and finds the conflicts
//! (`sync::conflicts`); the second decides on each person, in the order of the keys (`sync::people`).
//! Leaves storing the plan to `runs::plan`, reading files to `sources`.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;

use super::aliases::Aliases;
use super::cases;
use super::conflicts::{self, Conflicts};
use super::decisions::{Decided, Decisions, Known};
use super::ends::FileEnds;
use super::families::Families;
use super::figures::{Figures, TypeFigures};
use super::files::Files;
use super::fingerprint::Salt;
use super::handshake;
use super::held::{self, Links};
use super::matches;
use super::merged::Merged;
use super::pass::Pass;
use super::people::People;
use super::regroup::Regroup;
use super::roster::space_of;
use super::seen::see;
use super::settings::Settings;
use super::stored;
use super::twins::Twins;
use crate::db::Db;
use crate::error::AppError;
use crate::id_specs::Specs;
use crate::integrations::Integration;
use crate::people::{Biographic, MemberType, PersonId, active_by_type};
use crate::runs::{Cause, Counts, HeldFor, PlanWriter, RunId, Tally, Whole, held_for};
use crate::schools::CurrentSchool;
use crate::sources::{RowProblem, Slot};

/// A plan in the making.
pub(super) struct Planning<'a> {
    pub db: &'a Db,
    pub school: &'a CurrentSchool,
    pub integration: &'a Integration,
    pub settings: &'a Settings,
    pub decisions: &'a Decisions,
    pub merged: &'a Merged,
    pub aliases: Aliases,
    pub specs: &'a Specs,
    pub is_full: bool,
    pub files: &'a Files<'a>,
    pub writer: PlanWriter<'a>,
    pub figures: HashMap<MemberType, TypeFigures>,
    pub counts: Counts,
    /// Problems of each file so far.
    pub told: HashMap<Slot, usize>,
    /// Rows of students that wait until somebody says whether they are somebody of the school.
    pub undecided_students: i64,
}

impl<'a> Planning<'a> {
    pub fn work(mut self, now: NaiveDateTime) -> Result<RunId, AppError> {
        let run = self.writer.run();
        stored::keep_files(self.db, self.school, run, &self.files.told)?;
        let links = self.load_links()?;
        let pinned = self.db.read(|conn| held::pinned(conn, self.school))?;
        let mut passes = self.first_pass(&links, &pinned)?;
        let mut conflicts = Conflicts::default();
        let known = self.db.read(|conn| Known::load(conn, self.school, self.decisions))?;
        let decisions = self.decisions;
        let mut several = matches::lead(&mut self, &mut passes, decisions, &known, &mut conflicts)?;
        several.extend(self.merged.people());
        self.aliases = Aliases::of(&passes, &links, &several, self.merged);
        let twins = Twins::load(&self, decisions, &known, &passes, &links)?;
        twins.mark(&mut passes, &mut conflicts);
        let mut families = self.families(&links)?;
        // Already here, so that whoever is as they were is not asked about.
        let first_look = Regroup::first_look(&passes, self.settings, &self.aliases);
        hash_parents(&mut passes, families.as_ref(), &first_look, &self);
        let decided = |passes: &[Pass<'_>]| Decided::of(decisions, &known, passes, &links);
        conflicts::find(&mut self, &mut passes, &mut conflicts, &links, &pinned, &twins, decided)?;
        let (handshake, held_for_handshake) = handshake::compare(&mut self, &passes, families.as_ref())?;
        let mut regroup = Regroup::load(&self, &passes, &links, families.as_ref(), &pinned)?;
        if let Some(families) = &mut families {
            self.drop_waiting(&passes, &links, families)?;
        }
        hash_parents(&mut passes, families.as_ref(), &regroup, &self);
        self.tell_without_student(&passes, families.as_ref())?;
        let mut people = People::new(&passes, &links, families.as_ref());
        for place in 0..passes.len() {
            people.decide_on(&mut self, &mut regroup, place)?;
            if self.is_full {
                people.look_for_absent(&mut self, &mut regroup, place)?;
            }
        }
        people.decide_on_other_parents(&mut self, &mut regroup)?;
        people.decide_on_rippled(&mut self, &mut regroup)?;
        let (related, unrelated) = people.related();
        let overlaps = conflicts::overlaps(&self, &passes, &links)?;
        let overlapping = i64::try_from(overlaps.len()).unwrap_or(i64::MAX);
        stored::keep_overlaps(self.db, overlaps)?;
        self.tell_how_many_more()?;
        let emptied = regroup.finish(self.db, self.school, run)?;
        cases::keep(&self, &passes, families.as_ref(), &links, &conflicts.found)?;
        let types = self.type_figures()?;
        let tallies: Vec<Tally> = types
            .iter()
            .map(|t| Tally {
                member_type: t.member_type,
                held: t.held,
                updated: t.updated,
                deactivated: t.deactivated,
                rows: t.rows,
            })
            .collect();
        let figures = Figures {
            types,
            is_full: self.is_full,
            related,
            unrelated,
            overlaps: overlapping,
            proved: conflicts.proved,
            groups_made: regroup.made(),
            spared: people.spared(),
            handshake,
        };
        let figures = serde_json::to_string(&figures).map_err(|e| AppError::internal("writing figures", &e))?;
        // The school's own day: a rollover begins and ends by its calendar, for the plan as for the apply.
        let today = now.and_utc().with_timezone(&self.school.time_zone()).date_naive();
        let limits = held_for(self.settings.limits_on(today), &tallies, &emptied);
        let families = self.families_apart(unrelated);
        let held_for = held_for_handshake.into_iter().chain(families).chain(limits).collect();
        self.writer.finish(Whole { counts: self.counts, figures: Some(figures), held_for })
    }

    /// A student under a new number waits for a decision, while a full list ends the relationships of the old number: whoever
    /// lets that go on has to have seen it.
    fn families_apart(&self, unrelated: i64) -> Option<HeldFor> {
        let n = self.undecided_students;
        (self.is_full && n > 0 && unrelated > 0).then(|| HeldFor {
            what: format!(
                "{n} {} for a decision whether they are somebody of the school under another number, and the list ends \
                 {unrelated} {}: some may be theirs. Decide on the page Likely matches first, then make the plan again.",
                if n == 1 { "student waits" } else { "students wait" },
                if unrelated == 1 { "relationship" } else { "relationships" },
            ),
            is_handshake: false,
        })
    }

    fn load_links(&self) -> Result<HashMap<MemberType, Links>, AppError> {
        self.db.read(|conn| {
            MemberType::ALL.iter().map(|m| Ok((*m, Links::load(conn, self.school, space_of(*m))?))).collect()
        })
    }

    /// Reads each file once, and tells what cannot be read.
    fn first_pass(
        &mut self,
        links: &HashMap<MemberType, Links>,
        pinned: &BTreeSet<PersonId>,
    ) -> Result<Vec<Pass<'a>>, AppError> {
        let files = self.files;
        let mut passes = Vec::new();
        for roster in files.rosters() {
            let member_type = roster.member_type();
            self.count(member_type, |f| f.rows = i64::try_from(roster.row_count()).ok());
            for p in roster.problems().iter() {
                self.refuse(roster, None, p.clone(), Cause::Unreadable)?;
            }
            let refused_rows = roster.problems().rows();
            self.count(member_type, |f| f.blocked += i64::try_from(refused_rows).unwrap_or(0));
            self.counts.refused += i32::try_from(refused_rows).unwrap_or(0);
            let spec = self.specs.of(member_type);
            let salt = Salt::new(&[
                &self.settings.salt(),
                &spec.template.to_string(),
                &self.integration.code,
                &format!("{:?}", files.columns_of(roster.slot())),
            ]);
            let mut seen = see(roster, &salt, |_, problems| {
                for p in problems {
                    self.refuse(roster, None, p, Cause::Unreadable)?;
                }
                self.blocked(member_type)
            })?;
            // One person in two rows: the row of the person's own number counts.
            let silent = self.merged.silent(roster);
            for record in &silent {
                if let Some(s) = seen.get_mut(*record).filter(|s| !s.is_blocked) {
                    s.is_blocked = true;
                    self.counts.unchanged += 1;
                    self.count(member_type, |f| f.unchanged += 1);
                }
            }
            let links = links.get(&member_type);
            let mut person = Vec::with_capacity(seen.len());
            let mut was = Vec::with_capacity(seen.len());
            for s in &seen {
                let link = links.and_then(|l| l.find(s.key));
                person.push(link.map_or(0, |l| l.person.0));
                let is_compared = |l: &held::Link| pinned.contains(&l.person) || self.merged.is_several(l.person);
                was.push(link.filter(|l| !is_compared(l)).and_then(|l| l.hash));
            }
            let hash = seen.iter().map(|s| s.hash).collect();
            passes.push(Pass { roster, seen, person, hash, was, silent });
        }
        Ok(passes)
    }

    /// The relationships, by the keys of both ends.
    fn families(&mut self, links: &HashMap<MemberType, Links>) -> Result<Option<Families>, AppError> {
        let Some(extract) = &self.files.relationships else { return Ok(None) };
        // Of a Contacts data set the rows have been told of with the parents.
        if self.files.told.iter().any(|f| f.slot == Slot::Relationships) {
            for p in extract.problems().iter() {
                self.refuse_pair(p.clone(), Cause::Unreadable)?;
                self.counts.refused += 1;
            }
            self.counts.refused += i32::try_from(extract.problems().untold()).unwrap_or(0);
        }
        let ends = FileEnds::new(self, links)?;
        let mut waiting = Vec::new();
        let mut families = Families::of(extract, &ends, |p| {
            waiting.push(p);
            Ok::<(), AppError>(())
        })?;
        if !self.aliases.is_empty() {
            families.make_one_of_doubles();
        }
        for p in waiting {
            self.refuse_pair(p, Cause::NoStudent)?;
            self.counts.refused += 1;
        }
        Ok(Some(families))
    }

    /// Relationships to students who are blocked wait until those are imported.
    fn drop_waiting(
        &mut self,
        passes: &[Pass<'_>],
        links: &HashMap<MemberType, Links>,
        families: &mut Families,
    ) -> Result<(), AppError> {
        let students = passes.iter().find(|p| p.roster.member_type() == MemberType::Student);
        let held = links.get(&MemberType::Student);
        let dropped = families.retain(|pair| {
            held.is_some_and(|l| l.find(pair.student).is_some())
                || students.is_some_and(|p| {
                    p.roster
                        .find(pair.student)
                        .and_then(|record| p.seen.get(record).map(|s| !s.is_blocked))
                        .unwrap_or(false)
                })
        });
        for pair in dropped {
            let reason = format!(
                "the student with the Student_Number {} is blocked, so the relationship waits until the student is imported.",
                pair.student
            );
            self.refuse_pair(RowProblem::in_row(u64::from(pair.row), reason), Cause::NoStudent)?;
        }
        Ok(())
    }

    /// New parents who are blocked for something else, and have no student either: mending that alone would not do.
    fn tell_without_student(&mut self, passes: &[Pass<'_>], families: Option<&Families>) -> Result<(), AppError> {
        let (Some(pass), Some(families)) =
            (passes.iter().find(|p| p.roster.member_type() == MemberType::Parent), families)
        else {
            return Ok(());
        };
        for (record, seen) in pass.seen.iter().enumerate().filter(|(_, s)| s.is_blocked) {
            if pass.held(record).is_some() || !families.of_parent(seen.key).is_empty() {
                continue;
            }
            let mut bio = Biographic::default();
            let Ok(row) = pass.roster.take(record, &mut bio) else { continue };
            let reason = "has no relationship to a student either. Add the relationship, or leave this row out.";
            let problem = RowProblem { row, column: None, found: bio.full_name(), reason: reason.into() };
            self.refuse(pass.roster, Some(row), problem, Cause::NoStudent)?;
        }
        Ok(())
    }

    fn type_figures(&mut self) -> Result<Vec<TypeFigures>, AppError> {
        // Only a plan that changes somebody is measured against those.
        let held = if self.counts.updated > 0 {
            self.db.read(|conn| active_by_type(conn, self.school))?
        } else {
            HashMap::new()
        };
        let mut all: Vec<TypeFigures> = self.figures.values().cloned().collect();
        for t in &mut all {
            t.held = held.get(&t.member_type).copied().unwrap_or(0);
        }
        all.sort_by_key(|t| t.member_type);
        Ok(all)
    }
}

/// A parent's row comes to something else when a child moves to another group; and in a full list, which ends what it does not hold.
fn hash_parents(passes: &mut [Pass<'_>], families: Option<&Families>, regroup: &Regroup, planning: &Planning<'_>) {
    let is_full = planning.is_full;
    let (Some(pass), Some(families)) =
        (passes.iter_mut().find(|p| p.roster.member_type() == MemberType::Parent), families)
    else {
        return;
    };
    for (seen, hash) in pass.seen.iter().zip(pass.hash.iter_mut()) {
        let mut parts = Vec::new();
        for pair in families.of_parent(planning.aliases.canonical(MemberType::Parent, seen.key)) {
            parts.push((pair.student, families.kind(pair), regroup.of_student(pair.student)));
        }
        *hash = super::fingerprint::with(seen.hash, (is_full, &parts));
    }
}
