//! Units: changes of IDs that are kept or undone together, such as a swap. Here: taking whole units back.
//! Leaves single changes to `runs::undo`, and making units to the planner of a match list.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;

use super::problem::Problem;
use super::run::{Run, RunState};
use super::stored::StoredChange;
use super::{Cause, Change, IdStep, Who};
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids::{self, IdKey};
use crate::integrations::{CaseRule, IntegrationId};
use crate::people::{Person, PersonId};
use crate::schema::{changes, runs};
use crate::schools::CurrentSchool;

/// So many keys go into one question to the database.
const ASKED: usize = 500;

/// One change of a unit: who moved from which ID to which.
struct Move<'a> {
    stored: &'a StoredChange,
    person: PersonId,
    before: Option<IdKey>,
    after: Option<IdKey>,
}

/// The inverse of the units in a batch of changes, which came from the last backwards. The changes of a unit stand one
/// behind the other, so that only the first and the last unit can reach beyond the batch; a unit is taken back in the
/// batch that has its last change.
pub(super) fn inverses(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: &Run,
    batch: &[StoredChange],
    kept: &mut Vec<Problem>,
) -> Result<Vec<Change>, AppError> {
    let Some(integration) = run.integration_id else { return Ok(Vec::new()) };
    let mut units: BTreeMap<i64, Vec<StoredChange>> = BTreeMap::new();
    for c in batch {
        if let Some(unit) = c.unit {
            units.entry(unit).or_default().push(c.clone());
        }
    }
    let ends: HashSet<i64> = [batch.first(), batch.last()].into_iter().flatten().filter_map(|c| c.unit).collect();
    for unit in ends {
        let whole = StoredChange::of_unit(conn, school, run.id, unit)?;
        let has_last = whole.last().is_some_and(|last| batch.iter().any(|c| c.id == last.id));
        if has_last {
            units.insert(unit, whole)
        } else {
            units.remove(&unit)
        };
    }
    // What was left out of a plan was left out with its whole unit.
    units.retain(|_, unit| unit.iter().all(|c| c.outcome.is_none()));
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let rule = integration_ids::store::rules(conn, integration)?.case;
    let now = Now::load(conn, school, run, integration, rule, units.values().flatten())?;
    let mut inverse = Vec::new();
    for unit in units.values().rev() {
        let moves = moves(unit, rule);
        if moves.iter().all(|m| now.is_as_before(m)) {
            continue;
        }
        let given_up: HashSet<&IdKey> = moves.iter().filter_map(|m| m.after.as_ref()).collect();
        let moved: Vec<&Move<'_>> = moves.iter().filter(|m| !now.can_go_back(m, &given_up)).collect();
        if let Some(first) = moved.first() {
            let who = now.who_changed(first.person);
            for m in &moves {
                let is_moved = moved.iter().any(|o| o.person == m.person);
                kept.push(now.kept(m.person, is_moved.then(|| now.who_changed(m.person)), first.person, who));
            }
            continue;
        }
        inverse.extend(moves.iter().map(|m| Change {
            id: Some(IdStep {
                integration,
                before: m.stored.id_after.clone(),
                after: m.stored.id_before.clone(),
                spec_version: None,
            }),
            unit: m.stored.unit,
            ..Change::of(Who::Held(m.person))
        }));
    }
    Ok(inverse)
}

fn moves(unit: &[StoredChange], rule: CaseRule) -> Vec<Move<'_>> {
    unit.iter()
        .filter_map(|stored| {
            Some(Move {
                person: stored.person_id?,
                before: stored.id_before.as_ref().map(|v| v.key(rule)),
                after: stored.id_after.as_ref().map(|v| v.key(rule)),
                stored,
            })
        })
        .collect()
}

/// Who holds the IDs of some units now, and who changed them since.
struct Now {
    holders: HashMap<IdKey, PersonId>,
    people: HashMap<PersonId, Person>,
    changed: HashMap<PersonId, String>,
}

impl Now {
    fn load<'a>(
        conn: &mut Conn,
        school: &CurrentSchool,
        run: &Run,
        integration: IntegrationId,
        rule: CaseRule,
        all: impl Iterator<Item = &'a StoredChange> + Clone,
    ) -> Result<Now, AppError> {
        let values = all.clone().flat_map(|c| [c.id_before.as_ref(), c.id_after.as_ref()]).flatten();
        let keys: Vec<IdKey> = values.map(|v| v.key(rule)).collect();
        let mut holders = HashMap::new();
        for some in keys.chunks(ASKED) {
            holders.extend(integration_ids::store::holders(conn, school, integration, some.to_vec())?);
        }
        let ids: Vec<PersonId> = all.filter_map(|c| c.person_id).collect();
        let (mut people, mut changed) = (HashMap::new(), HashMap::new());
        for some in ids.chunks(ASKED) {
            people.extend(Person::by_ids(conn, school, some)?.into_iter().map(|p| (p.id, p)));
            changed.extend(changed_since(conn, school, run, integration, some)?);
        }
        Ok(Now { holders, people, changed })
    }

    fn holds(&self, person: PersonId, key: Option<&IdKey>) -> bool {
        key.is_some_and(|k| self.holders.get(k) == Some(&person))
    }

    fn is_as_before(&self, m: &Move<'_>) -> bool {
        !self.holds(m.person, m.after.as_ref()) && m.before.as_ref().is_none_or(|k| self.holds(m.person, Some(k)))
    }

    /// Whether somebody has what the run gave them, and what they had before is free once the unit gives up its own.
    fn can_go_back(&self, m: &Move<'_>, given_up: &HashSet<&IdKey>) -> bool {
        let has_it = m.after.as_ref().is_none_or(|k| self.holds(m.person, Some(k)));
        has_it && m.before.as_ref().is_none_or(|k| given_up.contains(k) || !self.holders.contains_key(k))
    }

    fn who_changed(&self, person: PersonId) -> &str {
        self.changed.get(&person).map_or("a later change", String::as_str)
    }

    /// `changed`: who changed this very one; otherwise it is kept for the sake of `other`.
    fn kept(&self, person: PersonId, changed: Option<&str>, other: PersonId, who: &str) -> Problem {
        let name = |id: PersonId| self.people.get(&id).map_or("somebody", |p| p.sonis_id.as_str()).to_owned();
        let reason = match changed {
            Some(who) => {
                format!("Kept the ID: it was changed since by {who}, or the one before it is somebody else’s now.")
            }
            None => format!(
                "Kept the ID: it moved together with that of {}, which was changed since by {who}.",
                name(other)
            ),
        };
        Problem::new(Cause::Kept, name(person), reason)
    }
}

/// Who changed IDs of people after a run, and when, in words.
fn changed_since(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: &Run,
    integration: IntegrationId,
    ids: &[PersonId],
) -> Result<HashMap<PersonId, String>, AppError> {
    let later: Vec<(Option<PersonId>, String, chrono::NaiveDateTime)> = changes::of(school)
        .inner_join(runs::beside(changes::school_id, runs::id.eq(changes::run_id)))
        .filter(changes::person_id.eq_any(ids.to_vec()))
        .filter(changes::integration_id.eq(integration))
        .filter(changes::outcome.is_null())
        .filter(runs::state.eq(RunState::Applied))
        .filter(runs::generation.gt(run.generation.unwrap_or(0)))
        .order((runs::generation, changes::id))
        .select((changes::person_id, runs::actor_name, runs::planned_at))
        .load(conn)?;
    Ok(later
        .into_iter()
        .filter_map(|(person, name, at)| {
            let at = at.and_utc().with_timezone(&school.time_zone());
            Some((person?, format!("{name} on {}", at.format("%-d %b %Y at %H:%M"))))
        })
        .collect())
}
