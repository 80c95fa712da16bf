//! The plan of a merge: two records and what somebody chose -> changes. Pure.
//! Leaves loading the records to `merge::side`, who may do it to `people::merge`, carrying it out to `runs`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::side::{Side, Tie};
use crate::groups::{Placeholder, Why};
use crate::integrations::IntegrationId;
use crate::people::{Biographic, Field, FieldChange, MemberType, PersonId, Status};
use crate::runs::merge::{KeyMove, MemberStep, Merge, Moves, TieStep};
use crate::runs::{Change, IdStep, Who};
use crate::sync::{Settings, placeholders_of};

/// What somebody decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Fields whose value is taken from the record that ends.
    pub fields: BTreeSet<Field>,
    /// Where both have an ID of an integration that allows one: which stays.
    pub ids: BTreeMap<IntegrationId, Keeps>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keeps {
    /// That of the record that stays.
    OfStaying,
    /// That of the record that ends.
    OfEnding,
}

/// What the plan stands on, beside the two records.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Integrations of which a person may have several IDs.
    pub many: HashSet<IntegrationId>,
    /// Integrations of which somebody decides; of the others, which nobody sees, the record that stays keeps its own.
    pub live: HashSet<IntegrationId>,
    /// Which groups of the sync fit somebody.
    pub settings: Settings,
}

/// The fields that can be taken from either: those in which the two differ.
pub fn differing(ends: &Side, stays: &Side) -> Vec<FieldChange> {
    let mut all = stays.person.bio.difference(&ends.person.bio);
    all.retain(|c| c.field != Field::MemberType);
    all
}

/// Integrations of which both have an ID and one has to go.
pub fn clashes(ends: &Side, stays: &Side, ground: &Ground) -> Vec<IntegrationId> {
    let mut all: Vec<IntegrationId> = ends
        .ids
        .iter()
        .map(|i| i.integration)
        .filter(|i| ground.live.contains(i) && !ground.many.contains(i) && stays.has_id(*i))
        .collect();
    all.sort_unstable();
    all
}

/// The changes of a merge. `Err`: integrations of which somebody has to decide.
pub fn plan(ends: &Side, stays: &Side, choice: &Choice, ground: &Ground) -> Result<Vec<Change>, Vec<IntegrationId>> {
    let open: Vec<IntegrationId> =
        clashes(ends, stays, ground).into_iter().filter(|i| !choice.ids.contains_key(i)).collect();
    if !open.is_empty() {
        return Err(open);
    }
    let mut changes = ids(ends, stays, choice, ground);
    let (from, into) = (ends.person.id, stays.person.id);
    let mut of_staying = Change::of(Who::Held(into));
    of_staying.fields = differing(ends, stays).into_iter().filter(|c| choice.fields.contains(&c.field)).collect();
    of_staying.merge = Some(Box::new(Merge::Stays { other: from, is_back: false }));
    let mut will_be = stays.person.bio.clone();
    for c in &of_staying.fields {
        // A value of a record fits another record.
        let _ = will_be.put(c.field, c.after.as_deref().unwrap_or(""));
    }
    let mut of_ending = Change::of(Who::Held(from));
    of_ending.fields = vec![FieldChange {
        field: Field::Status,
        before: ends.person.bio.get(Field::Status),
        after: Some(Status::Merged.code().to_owned()),
    }];
    of_ending.merge = Some(Box::new(Merge::Ends(Moves {
        into,
        is_back: false,
        keys: keys(ends, stays),
        members: members(ends, stays, &will_be, &ground.settings),
        ties: ties(ends, stays),
    })));
    changes.push(of_staying);
    changes.push(of_ending);
    Ok(changes)
}

/// One change for each ID that goes or comes, so that each stands in the history by itself.
fn ids(ends: &Side, stays: &Side, choice: &Choice, ground: &Ground) -> Vec<Change> {
    let step = |person: PersonId, id: IdStep| Change { id: Some(id), ..Change::of(Who::Held(person)) };
    let (from, into) = (ends.person.id, stays.person.id);
    let mut changes = Vec::new();
    for own in &ends.ids {
        let (integration, value) = (own.integration, own.value.clone());
        let is_free = ground.many.contains(&integration) || !stays.has_id(integration);
        let moves =
            is_free || choice.ids.get(&integration) == Some(&Keeps::OfEnding) && ground.live.contains(&integration);
        changes.push(step(from, IdStep { integration, before: Some(value.clone()), after: None, spec_version: None }));
        if !moves {
            continue;
        }
        if !is_free {
            for held in stays.ids.iter().filter(|i| i.integration == integration) {
                let before = Some(held.value.clone());
                changes.push(step(into, IdStep { integration, before, after: None, spec_version: None }));
            }
        }
        let spec_version = own.spec_version;
        changes.push(step(into, IdStep { integration, before: None, after: Some(value), spec_version }));
    }
    changes
}

fn keys(ends: &Side, stays: &Side) -> Vec<KeyMove> {
    let moves = ends.keys.iter().map(|k| KeyMove {
        space: k.space,
        norm: k.norm.clone(),
        followed: k.follows,
        follows: k.follows || stays.has_own_key(k.space),
    });
    moves.collect()
}

/// What a list or a person put there goes along. Of what the sync put there, as much as fits whom it will be.
fn members(ends: &Side, stays: &Side, will_be: &Biographic, settings: &Settings) -> Vec<MemberStep> {
    let (from, into) = (ends.person.id, stays.person.id);
    let mut steps = Vec::new();
    for m in &ends.members {
        let step = MemberStep { adds: false, person: from, group: m.group, why: m.why, run: m.run };
        steps.push(step.clone());
        let goes_along = match m.placeholder {
            Some(placeholder) if m.why == Why::Sync => fits(will_be, settings, placeholder),
            _ => true,
        };
        if goes_along && !stays.is_in(m.group, m.why) {
            steps.push(MemberStep { adds: true, person: into, ..step });
        }
    }
    for m in stays.members.iter().filter(|m| m.why == Why::Sync) {
        let Some(placeholder) = m.placeholder else { continue };
        if fits(&stays.person.bio, settings, placeholder) && !fits(will_be, settings, placeholder) {
            steps.push(MemberStep { adds: false, person: into, group: m.group, why: m.why, run: m.run });
        }
    }
    steps
}

/// A parent is in the groups of the children, whichever those are.
fn fits(bio: &Biographic, settings: &Settings, group: Placeholder) -> bool {
    match bio.member_type {
        MemberType::Parent => bio.status == Status::Active,
        MemberType::Student | MemberType::Staff => placeholders_of(bio, settings).contains(&group),
    }
}

/// Whoever both are related to stays related as to the record that stays.
fn ties(ends: &Side, stays: &Side) -> Vec<TieStep> {
    let (from, into) = (ends.person.id, stays.person.id);
    let mut steps = Vec::new();
    for t in &ends.ties {
        let step = TieStep { adds: false, student: t.student, guardian: t.guardian, kind: t.kind.clone() };
        steps.push(step.clone());
        let led = |person: PersonId| if person == from { into } else { person };
        let (student, guardian) = (led(t.student), led(t.guardian));
        let is_there = |o: &Tie| (o.student, o.guardian) == (student, guardian);
        if student != guardian && !stays.ties.iter().any(is_there) {
            steps.push(TieStep { adds: true, student, guardian, ..step });
        }
    }
    steps
}
