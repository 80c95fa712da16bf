//! Merging two records that are one person: a run of its own, planned from both records and applied at once.
//! Leaves choosing to the page and the command line, writing and undoing to the kernel in `runs`.

mod plan;
mod side;
#[cfg(test)]
mod tests;

use chrono::NaiveDateTime;
use diesel::prelude::*;

pub use plan::{Choice, Ground, Keeps, clashes, differing, plan};
pub use side::{Key, Member, OwnId, Side, Tie};

use super::person::{Person, PersonId};
use super::pin::pin;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::Integration;
use crate::people::{FieldChange, Status};
use crate::runs::{self, Change, NewRun, Refusal, Run, RunId, RunKind, apply_now};
use crate::schema::{merges, people, runs as runs_table};
use crate::schools::CurrentSchool;
use crate::security::{Actor, Sight};
use crate::sync::Settings;

/// The two records of a merge, and what a plan of it stands on.
#[derive(Debug, Clone)]
pub struct Pair {
    pub ends: Side,
    pub stays: Side,
    pub ground: Ground,
    /// Live at the school.
    pub integrations: Vec<Integration>,
}

/// Why two records are not merged, each a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    #[error("A record cannot be merged with itself. Choose the other record of the two")]
    Same,
    #[error("{sonis_id} was merged into {into} already. Merge {into} instead")]
    Ended { sonis_id: String, into: String },
    #[error(
        "{ends} is of the member type {of_ending}, {stays} of {of_staying}. Only records of one member type are merged: \
         correct the member type of one of them first, if it is wrong"
    )]
    MemberTypes { ends: String, of_ending: &'static str, stays: String, of_staying: &'static str },
    #[error(
        "PowerSchool knows {ends} by a {of_ending} and {stays} by a {of_staying}. A sync would make them two again: \
         they cannot be merged"
    )]
    Spaces { ends: String, of_ending: &'static str, stays: String, of_staying: &'static str },
    #[error(
        "A merge moves integration IDs, and needs the Task View/modify integration IDs for each integration that is live \
         at the school. You lack it for {0}. Somebody who has it can merge the two"
    )]
    Reach(String),
    #[error("Both records have a {0} ID, and one of the two has to go. Choose which stays")]
    Undecided(String),
    #[error(
        "Somebody changed one of the two records meanwhile. What stands on this page is how they are now: look at it, then send again"
    )]
    Meanwhile,
}

/// Two records that are one now.
#[derive(Debug)]
pub struct Merged {
    pub run: RunId,
    pub ended: Person,
    pub stayed: Person,
    /// What the record that stayed took from the other.
    pub taken: Vec<FieldChange>,
}

impl Pair {
    /// The two as they are now, if they may be merged at all.
    pub fn load(
        conn: &mut Conn,
        school: &CurrentSchool,
        ends: &str,
        stays: &str,
    ) -> Result<Result<Pair, MergeError>, AppError> {
        let ends = Person::by_sonis_id(conn, school, ends)?;
        let stays = Person::by_sonis_id(conn, school, stays)?;
        if ends.id == stays.id {
            return Ok(Err(MergeError::Same));
        }
        for person in [&ends, &stays] {
            if let Some(into) = survivor(conn, school, person)? {
                return Ok(Err(MergeError::Ended { sonis_id: person.sonis_id.clone(), into: into.sonis_id }));
            }
        }
        let (of_ending, of_staying) = (ends.bio.member_type, stays.bio.member_type);
        if of_ending != of_staying {
            return Ok(Err(MergeError::MemberTypes {
                ends: ends.sonis_id,
                of_ending: of_ending.word(),
                stays: stays.sonis_id,
                of_staying: of_staying.word(),
            }));
        }
        let (ends, stays) = (Side::load(conn, school, ends)?, Side::load(conn, school, stays)?);
        for (one, other) in ends.keys.iter().flat_map(|k| stays.keys.iter().map(move |o| (k.space, o.space))) {
            if one != other {
                return Ok(Err(MergeError::Spaces {
                    ends: ends.person.sonis_id,
                    of_ending: one.word(),
                    stays: stays.person.sonis_id,
                    of_staying: other.word(),
                }));
            }
        }
        let integrations = Integration::live(conn, school)?;
        let many = Integration::all(conn)?.into_iter().filter(|i| i.many_per_person).map(|i| i.id).collect();
        let live = integrations.iter().map(|i| i.id).collect();
        let ground = Ground { many, live, settings: Settings::load(conn, school)? };
        Ok(Ok(Pair { ends, stays, ground, integrations }))
    }

    /// What is lacking to decide over the IDs of the two. It goes by what the school has, not by what the two have:
    /// so nobody learns from it whether there is an ID.
    pub fn lacking(&self, reach: &Sight) -> Option<MergeError> {
        let names: Vec<&str> =
            self.integrations.iter().filter(|i| !reach.covers(i.id)).map(|i| i.name.as_str()).collect();
        (!names.is_empty()).then(|| MergeError::Reach(names.join(", ")))
    }

    pub fn differing(&self) -> Vec<FieldChange> {
        differing(&self.ends, &self.stays)
    }

    /// The integrations of which both have an ID and one has to go.
    pub fn clashes(&self) -> Vec<&Integration> {
        let ids = clashes(&self.ends, &self.stays, &self.ground);
        self.integrations.iter().filter(|i| ids.contains(&i.id)).collect()
    }

    /// Before anybody chose: what the record that stays lacks is taken from the other.
    pub fn usual(&self) -> Choice {
        let fields = self.differing().into_iter().filter(|c| c.before.is_none()).map(|c| c.field).collect();
        Choice { fields, ..Choice::default() }
    }

    /// What it would change.
    pub fn plan(&self, choice: &Choice) -> Result<Vec<Change>, MergeError> {
        plan(&self.ends, &self.stays, choice, &self.ground).map_err(|open| {
            let name = self.integrations.iter().find(|i| open.contains(&i.id)).map(|i| i.name.clone());
            MergeError::Undecided(name.unwrap_or_default())
        })
    }
}

/// Who merges: in whose name, and over which integrations' IDs they may decide.
pub struct Merger<'a> {
    pub school: &'a CurrentSchool,
    pub actor: &'a Actor,
    pub reach: &'a Sight,
    pub now: NaiveDateTime,
}

/// Merges two records. `seen` are the versions of the two that somebody looked at while choosing.
pub fn merge(
    conn: &mut Conn,
    by: &Merger<'_>,
    ends: &str,
    stays: &str,
    seen: Option<(i32, i32)>,
    choice: &Choice,
) -> Result<Result<Merged, MergeError>, AppError> {
    let pair = match Pair::load(conn, by.school, ends, stays)? {
        Ok(pair) => pair,
        Err(why) => return Ok(Err(why)),
    };
    if let Some(why) = pair.lacking(by.reach) {
        return Ok(Err(why));
    }
    if seen.is_some_and(|seen| seen != (pair.ends.person.lock_version, pair.stays.person.lock_version)) {
        return Ok(Err(MergeError::Meanwhile));
    }
    let changes = match pair.plan(choice) {
        Ok(changes) => changes,
        Err(why) => return Ok(Err(why)),
    };
    let stayed = pair.stays.person.id;
    let of_staying = |c: &&Change| c.held() == Some(stayed) && c.merge.is_some();
    let taken = changes.iter().find(of_staying).map(|c| c.fields.clone()).unwrap_or_default();
    let mut new = NewRun::edit(RunKind::Merge, by.actor);
    new.reason = Some(format!("{} merged into {}", pair.ends.person.sonis_id, pair.stays.person.sonis_id));
    let run = match apply_now(conn, by.school, &new, &changes, by.now)? {
        Ok(run) => run,
        Err(_) => return Ok(Err(MergeError::Meanwhile)),
    };
    // What somebody chose a sync keeps, as it keeps what somebody typed.
    pin(conn, by.school, stayed, &taken, by.actor, by.now)?;
    let stayed = Person::by_id(conn, by.school, stayed)?;
    Ok(Ok(Merged { run, ended: Person::by_id(conn, by.school, pair.ends.person.id)?, stayed, taken }))
}

/// The record that a merged one leads to; None for one that was not merged. Outside the visitor's limits there is none.
pub fn survivor(conn: &mut Conn, school: &CurrentSchool, person: &Person) -> Result<Option<Person>, AppError> {
    if person.bio.status != Status::Merged {
        return Ok(None);
    }
    match runs::merge::leads_to(conn, school, person.id)? {
        Some(into) => Person::by_id(conn, school, into).map(Some),
        None => Ok(None),
    }
}

/// What is merged is left as it is: whoever wants to change it is led to the record that stayed.
pub fn refuse_merged(conn: &mut Conn, school: &CurrentSchool, person: &Person) -> Result<(), AppError> {
    match survivor(conn, school, person)? {
        None => Ok(()),
        Some(into) => Err(AppError::Conflict(format!(
            "{} was merged into {}, {}. Nothing was changed: open that record and change it there.",
            person.sonis_id,
            into.sonis_id,
            into.bio.full_name()
        ))),
    }
}

/// A record that was merged into another.
#[derive(Debug, Clone)]
pub struct Ended {
    pub person: PersonId,
    pub sonis_id: String,
    pub name: String,
    pub run: Run,
    /// Into this very person, and not into one who was merged later: only such a merge can be undone here.
    pub is_direct: bool,
}

/// The records that were merged into a person, newest first; those merged into them before, too.
pub fn merged_into(conn: &mut Conn, school: &CurrentSchool, person: PersonId) -> Result<Vec<Ended>, AppError> {
    // Every Biographic page asks, and few people were merged: one statement that is found ready.
    let merged = || merges::of(school).filter(merges::into_id.eq(person));
    let any: bool = crate::on_each!(conn, |c| diesel::select(diesel::dsl::exists(merged())).get_result(c))?;
    let mut all: Vec<Ended> = Vec::new();
    let mut into = if any { vec![person] } else { Vec::new() };
    let mut is_direct = true;
    while !into.is_empty() {
        let rows: Vec<(Person, Run)> = merges::of(school)
            .inner_join(people::beside(merges::school_id, people::id.eq(merges::person_id)))
            .inner_join(runs_table::beside(merges::school_id, runs_table::id.eq(merges::run_id)))
            .filter(merges::into_id.eq_any(into))
            .filter(school.within())
            .select((Person::as_select(), Run::as_select()))
            .load(conn)?;
        into = rows.iter().map(|(p, _)| p.id).collect();
        all.extend(rows.into_iter().map(|(p, run)| Ended {
            person: p.id,
            name: p.bio.full_name(),
            sonis_id: p.sonis_id,
            run,
            is_direct,
        }));
        is_direct = false;
    }
    all.sort_by_key(|e| std::cmp::Reverse(e.run.id));
    Ok(all)
}

/// The run that merged a record; None for one that was not merged.
pub fn run_of(conn: &mut Conn, school: &CurrentSchool, person: &Person) -> Result<Option<RunId>, AppError> {
    let run = merges::of(school).filter(merges::person_id.eq(person.id)).select(merges::run_id);
    Ok(run.get_result(conn).optional()?)
}

/// All records that are one person with this one, by their numbers; only itself where nobody merged it.
pub fn records_of(
    conn: &mut Conn,
    school: &CurrentSchool,
    person: &Person,
) -> Result<Vec<(PersonId, String)>, AppError> {
    let root = survivor(conn, school, person)?.unwrap_or_else(|| person.clone());
    let ended = merged_into(conn, school, root.id)?;
    let mut all = vec![(root.id, root.sonis_id)];
    all.extend(ended.into_iter().map(|e| (e.person, e.sonis_id)));
    Ok(all)
}

/// Takes a merge back: both records are there again. The run says what was kept because somebody edited it since.
pub fn separate(conn: &mut Conn, by: &Merger<'_>, run: RunId) -> Result<Result<RunId, MergeError>, AppError> {
    let run = Run::by_id(conn, by.school, run)?;
    if run.kind != RunKind::Merge {
        return Err(AppError::NotFound);
    }
    let lacking: Vec<String> =
        Integration::live(conn, by.school)?.into_iter().filter(|i| !by.reach.covers(i.id)).map(|i| i.name).collect();
    if !lacking.is_empty() {
        return Ok(Err(MergeError::Reach(lacking.join(", "))));
    }
    runs::undo_small(conn, by.school, &run, by.actor, by.now)?.map(Ok).map_err(|refusal| {
        AppError::Conflict(match refusal {
            Refusal::ValueTaken { .. } | Refusal::HasOne => format!(
                "Run {} cannot be undone: meanwhile one of the two records got another ID, or somebody else got the one \
                 that has to come back. Delete that ID first, then undo.",
                run.id
            ),
            Refusal::Moved { .. } => runs::moved_message(RunKind::Merge),
        })
    })
}
