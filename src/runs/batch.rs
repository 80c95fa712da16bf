//! Carrying out changes, some hundreds at a time: each is checked against what it expected to find, and written.
//! Nothing else in the program writes people, integration IDs, relationships or memberships of the sync.
//! Leaves the transaction, the order of batches and who may do it to `runs::apply`.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;

use super::change::{Change, IdStep, Who};
use super::key::{KeySpace, SourceKey};
use super::merge::{self, Merge};
use super::run::RunId;
use crate::db::{Conn, bulk};
use crate::error::AppError;
use crate::groups::{self, GroupId, Placeholder};
use crate::integration_ids::store::{IdRow, Rules};
use crate::integration_ids::{self, IdKey};
use crate::integrations::IntegrationId;
use crate::people::store::{LinkRow, PersonRow, RelationshipRow};
use crate::people::{self, Field, Person, PersonId, Status};
use crate::schools::{CurrentSchool, next_sonis_ids};
use crate::security::Actor;

/// Why a change could not be carried out. Nothing of its run is kept then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// What the change expected is no longer there.
    Moved { person: Option<PersonId> },
    /// Another person holds the value.
    ValueTaken { holder: PersonId },
    /// The person has an ID of the integration, which allows one.
    HasOne,
}

/// A stored change that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub change: i64,
    pub refusal: Refusal,
}

/// In whose name and when changes are carried out.
pub struct Hand<'a> {
    pub school: &'a CurrentSchool,
    pub actor: &'a Actor,
    pub run: RunId,
    pub now: NaiveDateTime,
    pub reason: Option<&'a str>,
    /// A file's values stop at what somebody set by hand; an edit by hand or an undo does not.
    pub keeps_pins: bool,
}

/// What a run needs to know over and over while it is applied.
#[derive(Default)]
pub(super) struct Known {
    rules: HashMap<IntegrationId, Rules>,
    groups: HashMap<Placeholder, GroupId>,
}

/// One change of a batch on its way.
struct Step {
    stored: i64,
    change: Change,
    person: Option<PersonId>,
    refusal: Option<Refusal>,
}

impl Step {
    fn refuse(&mut self, refusal: Refusal) {
        self.refusal.get_or_insert(refusal);
    }
}

impl Known {
    fn rules(&mut self, conn: &mut Conn, integration: IntegrationId) -> Result<Rules, AppError> {
        if let Some(rules) = self.rules.get(&integration) {
            return Ok(*rules);
        }
        let rules = integration_ids::store::rules(conn, integration)?;
        self.rules.insert(integration, rules);
        Ok(rules)
    }

    fn group(&mut self, conn: &mut Conn, hand: &Hand<'_>, group: Placeholder) -> Result<GroupId, AppError> {
        if let Some(id) = self.groups.get(&group) {
            return Ok(*id);
        }
        self.groups.extend(groups::store::ensure(conn, hand.school, &[group], hand.now)?);
        self.groups.get(&group).copied().ok_or_else(|| AppError::Internal(format!("no group {}", group.key())))
    }
}

/// Takes IDs away: done for a whole run before any is added, so that a value is free before it goes to somebody else.
pub(super) fn remove_ids(
    conn: &mut Conn,
    hand: &Hand<'_>,
    batch: &[(i64, Change)],
    refused: &mut Vec<Refused>,
) -> Result<(), AppError> {
    for (stored, change) in batch {
        let (Who::Held(person), Some(IdStep { integration, before: Some(value), .. })) = (&change.who, &change.id)
        else {
            continue;
        };
        if let Err(refusal) = integration_ids::store::remove(conn, hand, *person, *integration, value)? {
            refused.push(Refused { change: *stored, refusal });
        }
    }
    Ok(())
}

/// Carries out everything else of a batch.
pub(super) fn carry_out(
    conn: &mut Conn,
    hand: &Hand<'_>,
    known: &mut Known,
    batch: Vec<(i64, Change)>,
    refused: &mut Vec<Refused>,
) -> Result<(), AppError> {
    let mut steps: Vec<Step> = batch
        .into_iter()
        .map(|(stored, change)| Step { stored, person: change.held(), change, refusal: None })
        .collect();
    check_keys(conn, hand.school, &mut steps)?;
    check_ids(conn, hand, known, &mut steps)?;
    update_held(conn, hand, &mut steps)?;
    merge(conn, hand, &mut steps)?;
    add_new(conn, hand, &mut steps)?;
    link(conn, hand.school, &steps)?;
    add_ids(conn, hand, known, &steps)?;
    regroup(conn, hand, known, &mut steps)?;
    list(conn, hand, &mut steps)?;
    let unfinished = relate(conn, hand.school, &steps)?;
    note_hashes(conn, hand.school, &steps, &unfinished)?;
    if !hand.keeps_pins {
        forget_guardians(conn, hand.school, &steps)?;
    }
    refused.extend(steps.into_iter().filter_map(|s| s.refusal.map(|refusal| Refused { change: s.stored, refusal })));
    Ok(())
}

/// Steps that go on: nobody has refused them.
fn going(steps: &[Step]) -> impl Iterator<Item = &Step> {
    steps.iter().filter(|s| s.refusal.is_none())
}

fn by_space<'a>(keys: impl Iterator<Item = &'a SourceKey>) -> HashMap<KeySpace, Vec<String>> {
    let mut spaces: HashMap<KeySpace, Vec<String>> = HashMap::new();
    for key in keys {
        spaces.entry(key.space).or_default().push(key.norm.clone());
    }
    spaces
}

/// A key leads to one person: a new one's must be free, a held one's free or theirs.
fn check_keys(conn: &mut Conn, school: &CurrentSchool, steps: &mut [Step]) -> Result<(), AppError> {
    for (space, norms) in by_space(steps.iter().filter_map(|s| s.change.key.as_ref())) {
        let linked = people::store::linked(conn, school, space, norms)?;
        if linked.is_empty() {
            continue;
        }
        for step in steps.iter_mut() {
            let Some(key) = step.change.key.as_ref().filter(|k| k.space == space) else { continue };
            match linked.get(&key.norm) {
                Some(held) if Some(*held) == step.person => {
                    // Linked already: what is left of the key is its row hash.
                }
                Some(held) => step.refuse(Refusal::Moved { person: Some(*held) }),
                None => {}
            }
        }
    }
    Ok(())
}

fn check_ids(conn: &mut Conn, hand: &Hand<'_>, known: &mut Known, steps: &mut [Step]) -> Result<(), AppError> {
    let wanted: HashSet<IntegrationId> = steps
        .iter()
        .filter_map(|s| s.change.id.as_ref().filter(|i| i.after.is_some()).map(|i| i.integration))
        .collect();
    for integration in wanted {
        let rules = known.rules(conn, integration)?;
        let of_step = |s: &Step| -> Option<IdKey> {
            let id = s.change.id.as_ref().filter(|i| i.integration == integration)?;
            Some(id.after.as_ref()?.key(rules.case))
        };
        let keys: Vec<IdKey> = steps.iter().filter_map(of_step).collect();
        let holders = integration_ids::store::holders(conn, hand.school, integration, keys)?;
        let people: Vec<PersonId> = if rules.many {
            Vec::new()
        } else {
            steps.iter().filter(|s| of_step(s).is_some()).filter_map(|s| s.person).collect()
        };
        let with_one = if people.is_empty() {
            HashMap::new()
        } else {
            integration_ids::store::with_live(conn, hand.school, integration, people)?
        };
        // Two of one batch can want the same value, too.
        let mut given: HashMap<IdKey, i64> = HashMap::new();
        for step in steps.iter_mut() {
            let Some(key) = of_step(step) else { continue };
            if let Some(holder) = holders.get(&key) {
                step.refuse(Refusal::ValueTaken { holder: *holder });
            } else if step.person.is_some_and(|p| with_one.contains_key(&p)) {
                step.refuse(Refusal::HasOne);
            } else if given.insert(key, step.stored).is_some() {
                step.refuse(Refusal::Moved { person: step.person });
            }
        }
    }
    Ok(())
}

fn update_held(conn: &mut Conn, hand: &Hand<'_>, steps: &mut [Step]) -> Result<(), AppError> {
    let ids: Vec<PersonId> = steps.iter().filter_map(|s| s.person).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut held: HashMap<PersonId, Person> =
        Person::by_ids(conn, hand.school, &ids)?.into_iter().map(|p| (p.id, p)).collect();
    let pins = if hand.keeps_pins { people::pin::of_people(conn, hand.school, &ids)? } else { HashMap::new() };
    for step in steps.iter_mut().filter(|s| s.refusal.is_none()) {
        let Some(id) = step.person else { continue };
        let Some(person) = held.get_mut(&id) else {
            step.refuse(Refusal::Moved { person: Some(id) });
            continue;
        };
        // A record that was merged is changed by nothing but the undo of that.
        let comes_back = matches!(step.change.merge.as_deref(), Some(Merge::Ends(moves)) if moves.is_back);
        if person.bio.status == Status::Merged && !comes_back {
            step.refuse(Refusal::Moved { person: Some(id) });
            continue;
        }
        if step.change.fields.is_empty() {
            continue;
        }
        // Set by hand since the plan was made: theirs, even where the value is what the plan expects.
        let pinned = pins.get(&id).is_some_and(|p| step.change.fields.iter().any(|c| p.contains(&c.field)));
        let mut bio = person.bio.clone();
        let moved = step.change.fields.iter().any(|c| bio.get(c.field) != c.before);
        if pinned || moved {
            step.refuse(Refusal::Moved { person: Some(id) });
            continue;
        }
        for c in &step.change.fields {
            bio.put(c.field, c.after.as_deref().unwrap_or("")).map_err(AppError::Internal)?;
        }
        if people::store::update(conn, hand.school, person, &bio, hand.now)? {
            person.bio = bio;
            person.lock_version += 1;
        } else {
            step.refuse(Refusal::Moved { person: Some(id) });
        }
    }
    Ok(())
}

/// Two records become one, or are two again.
fn merge(conn: &mut Conn, hand: &Hand<'_>, steps: &mut [Step]) -> Result<(), AppError> {
    for step in steps.iter_mut().filter(|s| s.refusal.is_none()) {
        let (Some(person), Some(Merge::Ends(moves))) = (step.person, step.change.merge.as_deref()) else { continue };
        if let Some(refusal) = merge::carry_out(conn, hand, person, moves)? {
            step.refuse(refusal);
        }
    }
    Ok(())
}

fn add_new(conn: &mut Conn, hand: &Hand<'_>, steps: &mut [Step]) -> Result<(), AppError> {
    let new: Vec<&mut Step> =
        steps.iter_mut().filter(|s| s.refusal.is_none() && matches!(s.change.who, Who::New(_))).collect();
    if new.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(new.len()).unwrap_or(i64::MAX);
    let sonis_ids = next_sonis_ids(conn, hand.school, count)?;
    let ids = bulk::next_person_ids(conn, count)?;
    let mut rows = Vec::with_capacity(new.len());
    let mut adopted = Vec::with_capacity(new.len());
    for ((step, sonis_id), id) in new.into_iter().zip(sonis_ids).zip(ids) {
        let Who::New(bio) = &step.change.who else { continue };
        rows.push(PersonRow::new(hand.school, id, sonis_id, (**bio).clone(), hand.now));
        step.person = Some(id);
        adopted.push((step.stored, id));
    }
    people::store::insert_all(conn, rows)?;
    bulk::tell_persons(conn, hand.school, hand.run, &adopted)?;
    Ok(())
}

/// Links keys that led to nobody before.
fn link(conn: &mut Conn, school: &CurrentSchool, steps: &[Step]) -> Result<(), AppError> {
    let mut free: HashSet<(KeySpace, &str)> = HashSet::new();
    for (space, norms) in by_space(going(steps).filter_map(|s| s.change.key.as_ref())) {
        let linked = people::store::linked(conn, school, space, norms)?;
        free.extend(
            going(steps)
                .filter_map(|s| s.change.key.as_ref())
                .filter(|k| k.space == space && !linked.contains_key(&k.norm))
                .map(|k| (k.space, k.norm.as_str())),
        );
    }
    let rows: Vec<LinkRow> = going(steps)
        .filter_map(|s| {
            let key = s.change.key.as_ref()?;
            let person = s.person?;
            free.contains(&(key.space, key.norm.as_str()))
                .then(|| LinkRow::new(school, person, key.clone(), s.change.row_hash))
        })
        .collect();
    people::store::link_all(conn, rows)
}

fn add_ids(conn: &mut Conn, hand: &Hand<'_>, known: &mut Known, steps: &[Step]) -> Result<(), AppError> {
    let mut rows = Vec::new();
    for step in going(steps) {
        let (Some(person), Some(IdStep { integration, after: Some(value), spec_version, .. })) =
            (step.person, &step.change.id)
        else {
            continue;
        };
        let rules = known.rules(conn, *integration)?;
        rows.push(IdRow::new(hand, rules, person, *integration, value.clone(), (*spec_version, step.change.unit)));
    }
    integration_ids::store::insert_all(conn, rows)
}

/// Groups of the sync. A plan that finds somebody in a group already, or out of it, has gone stale.
fn regroup(conn: &mut Conn, hand: &Hand<'_>, known: &mut Known, steps: &mut [Step]) -> Result<(), AppError> {
    if hand.keeps_pins {
        let regrouped = |s: &&Step| !s.change.groups.is_empty();
        let people: Vec<PersonId> = going(steps).filter(regrouped).filter_map(|s| s.change.held()).collect();
        let held = if people.is_empty() { HashMap::new() } else { groups::store::held_of(conn, hand.school, &people)? };
        for step in steps.iter_mut().filter(|s| s.refusal.is_none()) {
            let Some(person) = step.change.held() else { continue };
            let is_in = |group: &Placeholder| held.get(&person).is_some_and(|all| all.contains(group));
            if step.change.groups.iter().any(|g| g.joins == is_in(&g.group)) {
                step.refuse(Refusal::Moved { person: Some(person) });
            }
        }
    }
    let (mut joins, mut leaves) = (Vec::new(), Vec::new());
    for step in going(steps) {
        let Some(person) = step.person else { continue };
        for g in &step.change.groups {
            let group = known.group(conn, hand, g.group)?;
            if g.joins { joins.push((group, person)) } else { leaves.push((group, person)) }
        }
    }
    groups::store::leave(conn, hand.school, leaves)?;
    groups::store::join(conn, hand.school, hand.run, joins)
}

/// Joins and leaves groups of the school's own. A name that a placeholder has taken since refuses the change.
fn list(conn: &mut Conn, hand: &Hand<'_>, steps: &mut [Step]) -> Result<(), AppError> {
    if going(steps).all(|s| s.change.lists.is_empty()) {
        return Ok(());
    }
    let mut lists = groups::list_store::Lists::open(conn, hand)?;
    for step in steps.iter_mut().filter(|s| s.refusal.is_none()) {
        let Some(person) = step.person else { continue };
        let mut fits = true;
        for l in &step.change.lists {
            fits &= lists.put(conn, hand, person, l)?;
        }
        if !fits {
            step.refuse(Refusal::Moved { person: Some(person) });
        }
    }
    lists.close(conn, hand)
}

/// Makes and ends relationships. Returns the guardians of whom a student is not there (excluded from the run).
fn relate(conn: &mut Conn, school: &CurrentSchool, steps: &[Step]) -> Result<HashSet<PersonId>, AppError> {
    let norms: HashSet<String> =
        going(steps).flat_map(|s| s.change.relations.iter().map(|r| r.student.clone())).collect();
    if norms.is_empty() {
        return Ok(HashSet::new());
    }
    let students = people::store::linked(conn, school, KeySpace::Students, norms.into_iter().collect())?;
    let guardians: Vec<PersonId> =
        going(steps).filter(|s| !s.change.relations.is_empty()).filter_map(|s| s.person).collect();
    let mut held = people::store::relations_of(conn, school, guardians)?;
    let (mut rows, mut unfinished) = (Vec::new(), HashSet::new());
    for step in going(steps) {
        let Some(guardian) = step.person else { continue };
        // What ends first: a kind is changed by ending the one and beginning the other.
        for r in step.change.relations.iter().filter(|r| !r.adds) {
            if let Some(student) = students.get(&r.student) {
                people::store::unrelate(conn, school, *student, guardian)?;
                held.remove(&(guardian, *student));
            }
        }
        for r in step.change.relations.iter().filter(|r| r.adds) {
            match students.get(&r.student) {
                None => {
                    unfinished.insert(guardian);
                }
                Some(student) => {
                    if held.insert((guardian, *student), r.kind.clone()).is_none() {
                        rows.push(RelationshipRow {
                            school_id: school.id(),
                            student_id: *student,
                            guardian_id: guardian,
                            kind: r.kind.clone(),
                        });
                    }
                }
            }
        }
    }
    people::store::relate_all(conn, rows)?;
    Ok(unfinished)
}

/// A guardian's groups follow the student's: where a student was moved by hand, the guardian's row is to be compared anew.
/// A sync looks after the guardians itself.
fn forget_guardians(conn: &mut Conn, school: &CurrentSchool, steps: &[Step]) -> Result<(), AppError> {
    let moves = |f: &Field| matches!(f, Field::Status | Field::GradeLevel | Field::GradYear);
    let moved: Vec<PersonId> =
        going(steps).filter(|s| s.change.fields.iter().any(|c| moves(&c.field))).filter_map(|s| s.person).collect();
    if moved.is_empty() {
        return Ok(());
    }
    let guardians = people::relationship::guardians_of(conn, school, moved)?;
    people::store::forget_row_hashes(conn, school, guardians)
}

/// The source's row and the person agree now; whoever was changed by anything else is to be compared anew.
fn note_hashes(
    conn: &mut Conn,
    school: &CurrentSchool,
    steps: &[Step],
    unfinished: &HashSet<PersonId>,
) -> Result<(), AppError> {
    let mut forget = Vec::new();
    for step in going(steps) {
        let Some(person) = step.person else { continue };
        match (&step.change.key, step.change.row_hash) {
            _ if unfinished.contains(&person) => forget.push(person),
            (Some(key), Some(hash)) => {
                // A new link carries it already.
                if matches!(step.change.who, Who::Held(_)) {
                    people::store::note_row_hash(conn, school, key, hash)?;
                }
            }
            _ if matches!(step.change.who, Who::Held(_)) => forget.push(person),
            _ => {}
        }
    }
    people::store::forget_row_hashes(conn, school, forget)
}
