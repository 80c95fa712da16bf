//! The handshake of a returning school: before its first sync, the IDs on record and the extracts have to agree. Whoever has an
//! ID and matches nobody in the extracts, and whatever record matches nobody at the school, is listed; until there is none, or
//! somebody says to go on anyway, the plan is held. Leaves matching to the planner, keeping decisions to `sync::go_on`.

use std::collections::{BTreeSet, HashSet};

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::families::Families;
use super::match_list;
use super::pass::Pass;
use super::planner::Planning;
use super::roster::slot_of;
use crate::audit::{self, Action};
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{Integration, IntegrationId};
use crate::people::{Biographic, MemberType, PersonId};
use crate::runs::{Cause, HeldFor, Problem, Run, RunKind, RunState};
use crate::schema::{go_ons, integration_ids, people, run_files, runs, school_settings};
use crate::schools::CurrentSchool;
use crate::security::{Actor, sha256};
use crate::sources::RowProblem;

/// How a figure of a full list stands among a run's figures.
const IS_FULL: &str = r#"%"is_full":true%"#;

/// What is known of a school's handshake when a plan is made: part of what the plan is told by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handshake {
    /// Member types with IDs on record of which no full list has been applied since the school was said to be returning.
    pub due: BTreeSet<MemberType>,
    /// Disagreements that somebody has decided on.
    gone_on: BTreeSet<String>,
}

/// What does not agree, as it is kept with the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disagreement {
    /// People who have an ID and match nobody in the extracts.
    pub people: i64,
    /// Records of the extracts that match nobody at the school.
    pub records: i64,
    pub digest: String,
    /// Somebody had said already to go on.
    pub gone_on: bool,
}

fn setting(integration: &str) -> String {
    format!("sync.returning.{integration}")
}

/// Since when the school is said to be returning with an integration; None where it is not.
pub fn returning_since(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: &str,
) -> Result<Option<NaiveDateTime>, AppError> {
    let row: Option<(String, NaiveDateTime)> = school_settings::of(school)
        .filter(school_settings::name.eq(setting(integration)))
        .select((school_settings::value, school_settings::set_at))
        .get_result(conn)
        .optional()?;
    Ok(row.filter(|(value, _)| value == "yes").map(|(_, at)| at))
}

/// Says that the school is returning with an integration, or that it is not, and puts it on record.
pub fn set_returning(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: &Integration,
    returning: bool,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    if returning_since(conn, school, &integration.code)?.is_some() == returning {
        return Ok(());
    }
    let name = setting(&integration.code);
    diesel::delete(school_settings::of(school).filter(school_settings::name.eq(&name))).execute(conn)?;
    school_settings::insert()
        .values((
            school_settings::school_id.eq(school.id()),
            school_settings::name.eq(&name),
            school_settings::value.eq(if returning { "yes" } else { "no" }),
            school_settings::set_by.eq(actor.name()),
            school_settings::set_at.eq(now),
        ))
        .execute(conn)?;
    let what = if returning { "returning school" } else { "no returning school" };
    audit::record(
        conn,
        &audit::Entry {
            at: now,
            school: Some(school.id()),
            actor: actor.clone(),
            action: Action::SyncSettingsChanged,
            subject: format!("{what} with {}", integration.name),
            person: None,
            request: None,
        },
    )
}

impl Handshake {
    pub fn load(conn: &mut Conn, school: &CurrentSchool, integration: &Integration) -> Result<Handshake, AppError> {
        let Some(since) = returning_since(conn, school, &integration.code)? else { return Ok(Handshake::default()) };
        let settled: Vec<String> = run_files::of(school)
            .inner_join(runs::beside(run_files::school_id, runs::id.eq(run_files::run_id)))
            .filter(runs::kind.eq(RunKind::RosterSync))
            .filter(runs::integration_id.eq(integration.id))
            .filter(runs::state.eq(RunState::Applied))
            .filter(runs::undone_by_run_id.is_null())
            .filter(runs::planned_at.ge(since))
            .filter(runs::figures.like(IS_FULL))
            .select(run_files::slot)
            .distinct()
            .load(conn)?;
        let mut due = types_with_ids(conn, school, integration.id)?;
        due.retain(|m| !settled.iter().any(|slot| slot == slot_of(*m).code()));
        let gone_on: Vec<String> = go_ons::of(school)
            .filter(go_ons::integration_id.eq(integration.id))
            .filter(go_ons::decided_at.ge(since))
            .select(go_ons::digest)
            .load(conn)?;
        Ok(Handshake { due, gone_on: gone_on.into_iter().collect() })
    }
}

/// A member type of which nobody has an ID yet is as at a new school.
fn types_with_ids(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
) -> Result<BTreeSet<MemberType>, AppError> {
    let mut with = BTreeSet::new();
    for member_type in MemberType::ALL {
        let one: Option<PersonId> = integration_ids::of(school)
            .inner_join(people::beside(integration_ids::school_id, people::id.eq(integration_ids::person_id)))
            .filter(integration_ids::integration_id.eq(integration))
            .filter(integration_ids::removed_at.is_null())
            .filter(people::member_type.eq(*member_type))
            .select(integration_ids::person_id)
            .limit(1)
            .get_result(conn)
            .optional()?;
        with.extend(one.map(|_| *member_type));
    }
    Ok(with)
}

/// A plan that was made before the school was said to be returning has not been looked at for that.
pub(super) fn check_plan(conn: &mut Conn, school: &CurrentSchool, run: &Run) -> Result<(), AppError> {
    let Some(id) = run.integration_id.filter(|_| run.kind == RunKind::RosterSync) else { return Ok(()) };
    let Some(integration) = Integration::all(conn)?.into_iter().find(|i| i.id == id) else { return Ok(()) };
    match returning_since(conn, school, &integration.code)? {
        Some(since) if run.planned_at < since => Err(AppError::Conflict(format!(
            "Since run {} was planned, the school was said to be a returning school. Make the plan again: it shows whether the IDs and the extracts agree.",
            run.id
        ))),
        _ => Ok(()),
    }
}

/// Lists both ways of not matching, of the member types that are due.
pub(super) fn compare(
    planning: &mut Planning<'_>,
    passes: &[Pass<'_>],
    families: Option<&Families>,
) -> Result<(Option<Disagreement>, Option<HeldFor>), AppError> {
    let due = planning.settings.handshake.due.clone();
    let passes: Vec<&Pass<'_>> = passes.iter().filter(|p| due.contains(&p.roster.member_type())).collect();
    if passes.is_empty() {
        return Ok((None, None));
    }
    let mut parts: Vec<String> = Vec::new();
    let mut records = 0;
    for pass in &passes {
        for (record, seen) in pass.seen.iter().enumerate() {
            let is_parent = pass.roster.member_type() == MemberType::Parent;
            // Somebody without a student is not imported, and so matches nobody for a reason.
            let is_no_parent = is_parent && families.is_some_and(|f| f.of_parent(seen.key).is_empty());
            if seen.is_blocked || pass.held(record).is_some() || is_no_parent {
                continue;
            }
            let mut bio = Biographic::default();
            let Ok(row) = pass.roster.take(record, &mut bio) else { continue };
            records += 1;
            parts.push(format!("{}:{}", pass.roster.slot().code(), seen.key));
            let problem = RowProblem {
                row,
                column: None,
                found: bio.full_name(),
                reason: format!(
                    "(number {}, row {row} of {}) matches nobody at the school and would be a new person.",
                    seen.key,
                    pass.roster.slot()
                ),
            };
            planning.refuse(pass.roster, Some(row), problem, Cause::NoPerson)?;
        }
    }
    let mut people = 0;
    if planning.is_full {
        let matched: HashSet<i64> = passes.iter().flat_map(|p| p.person.iter().copied()).collect();
        let (school, integration) = (planning.school, planning.integration);
        let others = planning
            .db
            .read(|conn| match_list::others(conn, school, integration.id, |person| matched.contains(&person.0)))?;
        for person in others {
            let Some(pass) = passes.iter().find(|p| p.roster.member_type() == person.bio.member_type) else { continue };
            people += 1;
            parts.push(format!("person:{}", person.id));
            planning.writer.problem(Problem::new(
                Cause::Unmatched,
                match_list::name(&person),
                format!("has an ID of {} and matches nobody in {}.", integration.name, pass.roster.slot()),
            ))?;
        }
    }
    if parts.is_empty() {
        return Ok((None, None));
    }
    parts.sort_unstable();
    let digest = sha256(parts.join("\n").as_bytes());
    let gone_on = planning.settings.handshake.gone_on.contains(&digest);
    let held_for = (!gone_on).then(|| HeldFor {
        what: format!(
            "This is a returning school, and the two sides do not agree: people with an ID of {} who match nobody in the extracts: {people}; records of the extracts that match nobody at the school: {records}.",
            planning.integration.name
        ),
        is_handshake: true,
    });
    Ok((Some(Disagreement { people, records, digest, gone_on }), held_for))
}
