//! One human with two records, as somebody has said: the record of staff has the account, the parent's gets none of its own.
//! Leaves finding likely twins to `sync::likely`.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::absent::leaving;
use super::conflicts::{Conflicts, block, without_id};
use super::decisions::{Decisions, Id, Known, Verdict, Whom, id_of_key};
use super::held::Links;
use super::pass::Pass;
use super::planner::Planning;
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids;
use crate::people::{MemberType, Person, PersonId, Status};
use crate::runs::{Cause, KeySpace};
use crate::schema::people;
use crate::schools::CurrentSchool;

/// So many are asked for at a time.
const ASKED: usize = 500;

/// Twins of whom both records are there: the ends as the files and the school know them.
pub(super) struct Twins(Vec<(Id, Id)>);

impl Twins {
    /// Those of the decisions that count now. Where the record of staff is gone, the parent is a parent like any other.
    pub fn load(
        planning: &Planning<'_>,
        decisions: &Decisions,
        known: &Known,
        passes: &[Pass<'_>],
        links: &HashMap<MemberType, Links>,
    ) -> Result<Twins, AppError> {
        let id = |whom: &Whom| match whom {
            Whom::Person(_) => known.living(whom).map(|(person, _)| Id::Person(person)),
            Whom::Key(space, key) => Some(id_of_key(*space, *key, passes, links)),
        };
        let confirmed = decisions.twins.iter().filter(|d| d.verdict == Verdict::Same);
        let mut pairs: Vec<(Id, Id)> = confirmed.filter_map(|d| Some((id(&d.pair.one)?, id(&d.pair.other)?))).collect();
        if pairs.is_empty() {
            return Ok(Twins(pairs));
        }
        let mut listed: HashMap<Id, bool> = HashMap::new();
        for pass in passes.iter().filter(|p| p.roster.member_type() == MemberType::Staff) {
            let wanted: HashSet<Id> = pairs.iter().map(|(staff, _)| *staff).collect();
            for (record, id) in ids_of(pass, &wanted) {
                *listed.entry(id).or_default() |= pass.seen.get(record).is_some_and(|s| s.is_there && !s.is_blocked);
            }
        }
        let people: Vec<PersonId> =
            pairs.iter().filter(|(s, _)| !listed.contains_key(s)).filter_map(|(s, _)| person(*s)).collect();
        let mut there = planning.db.read(|conn| active(conn, planning.school, &people))?;
        // Whoever this very sync makes inactive is gone already, or the parent would get the account one sync too late.
        if !there.is_empty() {
            let leaving = leaving(planning, passes, links)?;
            there.retain(|person| !leaving.contains(person));
        }
        pairs.retain(|(staff, _)| {
            listed.get(staff).copied().unwrap_or_else(|| person(*staff).is_some_and(|p| there.contains(&p)))
        });
        Ok(Twins(pairs))
    }

    /// Marks the parents' rows: none of them gets an account, and none claims an e-mail.
    pub fn mark(&self, passes: &mut [Pass<'_>], conflicts: &mut Conflicts) {
        let parents: HashSet<Id> = self.0.iter().map(|(_, parent)| *parent).collect();
        conflicts.without_account.extend(parents.iter().filter_map(|p| person(*p)));
        if parents.is_empty() {
            return;
        }
        for pass in passes.iter_mut().filter(|p| p.roster.member_type() == MemberType::Parent) {
            let records: Vec<usize> = ids_of(pass, &parents).into_iter().map(|(record, _)| record).collect();
            for record in records {
                pass.take_without_account(record);
            }
        }
    }

    /// An account that the parent's record has already comes first: it is never taken away here, and there is to be one.
    pub fn block_second_accounts(&self, planning: &mut Planning<'_>, passes: &mut [Pass<'_>]) -> Result<(), AppError> {
        let ids: Vec<PersonId> = self.0.iter().filter_map(|(_, parent)| person(*parent)).collect();
        let mut with_one = HashMap::new();
        for some in ids.chunks(ASKED) {
            let (school, integration) = (planning.school, planning.integration.id);
            let held = planning.db.read(|conn| {
                let held = integration_ids::store::with_live(conn, school, integration, some.to_vec())?;
                Person::by_ids(conn, school, &held.into_keys().collect::<Vec<_>>())
            })?;
            with_one.extend(held.into_iter().map(|p| (p.id, p)));
        }
        if with_one.is_empty() {
            return Ok(());
        }
        let Some(place) = passes.iter().position(|p| p.roster.member_type() == MemberType::Staff) else {
            return Ok(());
        };
        let has_one = |parent: &Id| person(*parent).and_then(|p| with_one.get(&p));
        let wanted: HashMap<Id, &Person> =
            self.0.iter().filter_map(|(staff, parent)| Some((*staff, has_one(parent)?))).collect();
        let Some(pass) = passes.get(place) else { return Ok(()) };
        let bare = without_id(planning, pass)?;
        let found = ids_of(pass, &wanted.keys().copied().collect());
        let new: Vec<(usize, Id)> =
            found.into_iter().filter(|(record, _)| pass.held(*record).is_none_or(|p| bare.contains(&p))).collect();
        for (record, id) in new {
            let Some(parent) = wanted.get(&id) else { continue };
            let who = format!("{} ({}, {})", parent.bio.full_name(), parent.bio.member_type, parent.sonis_id);
            block(planning, passes, place, record, Cause::Twin, None, |_| {
                format!(
                    "is the same person as {who}, whose record has an account already. Delete its Host ID on the page of its \
                     integration IDs, then sync again: this row gets the one account."
                )
            })?;
        }
        Ok(())
    }
}

fn person(id: Id) -> Option<PersonId> {
    match id {
        Id::Person(person) => Some(person),
        Id::Key(..) => None,
    }
}

/// The records of a file that are one of these.
fn ids_of(pass: &Pass<'_>, wanted: &HashSet<Id>) -> Vec<(usize, Id)> {
    let space: KeySpace = pass.roster.space();
    let mut found = Vec::new();
    let mut people = HashSet::new();
    for id in wanted {
        match id {
            Id::Key(of, key) if *of == space => found.extend(pass.roster.find(*key).map(|record| (record, *id))),
            Id::Key(..) => {}
            Id::Person(person) => {
                people.insert(person.0);
            }
        }
    }
    if !people.is_empty() {
        let all = pass.person.iter().enumerate().filter(|(_, p)| people.contains(*p));
        found.extend(all.map(|(record, p)| (record, Id::Person(PersonId(*p)))));
    }
    found.sort_unstable_by_key(|(record, _)| *record);
    found
}

fn active(conn: &mut Conn, school: &CurrentSchool, ids: &[PersonId]) -> Result<HashSet<PersonId>, AppError> {
    let mut there = HashSet::new();
    for some in ids.chunks(ASKED) {
        let rows: Vec<PersonId> = people::of(school)
            .filter(people::id.eq_any(some.to_vec()))
            .filter(people::status.eq_any([Status::Active, Status::Applicant]))
            .select(people::id)
            .load(conn)?;
        there.extend(rows);
    }
    Ok(there)
}
