//! Undo: the inverse of a run, planned against what is there now and applied as a run of its own.
//! What somebody has edited since is kept and named. Leaves offering it to the pages.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::apply::{Refusal, apply_now};
use super::change::{Change, StoredChange, Verb};
use super::problem::Problem;
use super::run::{NewRun, Run, RunId, RunKind};
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids;
use crate::people::{Field, FieldChange, Person, Status};
use crate::schema::{changes, runs};
use crate::schools::CurrentSchool;
use crate::security::Actor;

/// Undoes a run. The new run says what was reversed and, as problems, what was kept and why.
/// Where nothing is left to reverse there is no new run: a conflict says so and why.
pub fn undo(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: &Run,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<Result<RunId, Refusal>, AppError> {
    if !run.can_be_undone() {
        return Err(AppError::Conflict(format!("Run {} cannot be undone, or somebody has undone it already.", run.id)));
    }
    let (mut inverse, mut kept) = (Vec::new(), Vec::new());
    let mut after = 0;
    loop {
        let batch = StoredChange::of_run(conn, school, run.id, after, 500)?;
        let Some(last) = batch.last() else { break };
        after = last.id;
        for stored in &batch {
            match plan_inverse(conn, school, stored)? {
                Ok(Some(change)) => inverse.push(change),
                Ok(None) => {}
                Err(problem) => kept.push(problem),
            }
        }
    }
    if inverse.is_empty() {
        return Err(AppError::Conflict(nothing_left(run, &kept)));
    }
    // Last done, first undone: an ID has to be free before its former holder gets it back.
    inverse.reverse();
    let mut new = NewRun::edit(RunKind::Undo, actor);
    new.undoes = Some(run.id);
    new.counts.kept = i32::try_from(kept.len()).unwrap_or(i32::MAX);
    let undone = match apply_now(conn, school, &new, &inverse, now)? {
        Ok(id) => id,
        Err(refusal) => return Ok(Err(refusal)),
    };
    for problem in &kept {
        problem.store(conn, school, undone)?;
    }
    let marked = diesel::update(runs::of(school).filter(runs::id.eq(run.id)).filter(runs::undone_by_run_id.is_null()))
        .set(runs::undone_by_run_id.eq(undone))
        .execute(conn)?;
    if marked == 0 {
        return Err(AppError::Conflict(format!("Somebody has undone run {} meanwhile.", run.id)));
    }
    Ok(Ok(undone))
}

/// Why an undo would do nothing: what would have to be kept, or that all is as before already.
fn nothing_left(run: &Run, kept: &[Problem]) -> String {
    /// Enough to see what is going on; the rest is counted.
    const TOLD: usize = 3;
    if kept.is_empty() {
        return format!("Nothing of run {} is left to undo: whatever it did has been taken back since.", run.id);
    }
    let told: Vec<String> = kept.iter().take(TOLD).map(|p| format!("{}: {}", p.found, p.reason)).collect();
    let more = match kept.len() - told.len() {
        0 => String::new(),
        more => format!(" And {more} more."),
    };
    format!("Nothing of run {} can be undone. {}{more}", run.id, told.join(" "))
}

/// The change that takes one back; None where it is back already; a problem where it has to be kept.
fn plan_inverse(
    conn: &mut Conn,
    school: &CurrentSchool,
    stored: &StoredChange,
) -> Result<Result<Option<Change>, Problem>, AppError> {
    let Some(person_id) = stored.person_id else { return Ok(Ok(None)) };
    let person = Person::by_id(conn, school, person_id)?;
    let since = |conn: &mut Conn| changed_since(conn, school, stored);
    match stored.to_change()? {
        // Nothing is erased: a person who should not have been added is withdrawn, and a rerun revives them.
        Change::Create { .. } => {
            if person.bio.status == Status::Withdrawn {
                return Ok(Ok(None));
            }
            if let Some(who) = since(conn)? {
                return Ok(Err(Problem::kept(&person.sonis_id, None, &who)));
            }
            let fields = vec![FieldChange {
                field: Field::Status,
                before: person.bio.get(Field::Status),
                after: Some(Status::Withdrawn.code().to_owned()),
            }];
            Ok(Ok(Some(Change::Update { person: person_id, fields })))
        }
        Change::Update { fields, .. } => {
            let moved: Vec<&FieldChange> = fields.iter().filter(|c| person.bio.get(c.field) != c.after).collect();
            if let Some(first) = moved.first() {
                let who = since(conn)?.unwrap_or_else(|| "a later change".into());
                return Ok(Err(Problem::kept(&person.sonis_id, Some(first.field.word()), &who)));
            }
            let back =
                fields.into_iter().map(|c| FieldChange { field: c.field, before: c.after, after: c.before }).collect();
            Ok(Ok(Some(Change::Update { person: person_id, fields: back })))
        }
        Change::AddId { integration, value, .. } => {
            if !integration_ids::store::is_live(conn, school, person_id, integration, &value)? {
                return Ok(Ok(None));
            }
            Ok(Ok(Some(Change::RemoveId { person: person_id, integration, value })))
        }
        Change::RemoveId { integration, value, .. } => {
            if integration_ids::store::is_live(conn, school, person_id, integration, &value)? {
                return Ok(Ok(None));
            }
            Ok(Ok(Some(Change::AddId { person: person_id, integration, value })))
        }
    }
}

/// Who changed the person after this change, in words; None if nobody did.
fn changed_since(conn: &mut Conn, school: &CurrentSchool, stored: &StoredChange) -> Result<Option<String>, AppError> {
    let later: Option<(String, NaiveDateTime)> = changes::of(school)
        .inner_join(runs::beside(changes::school_id, runs::id.eq(changes::run_id)))
        .filter(changes::person_id.eq(stored.person_id))
        .filter(changes::id.gt(stored.id))
        .filter(changes::run_id.ne(stored.run_id))
        // An ID that was added since is no edit of the person, and a clerk must not learn of it here.
        .filter(changes::verb.eq(Verb::Update))
        .order(changes::id.desc())
        .select((runs::actor_name, runs::planned_at))
        .first(conn)
        .optional()?;
    Ok(later.map(|(name, at)| {
        let at = at.and_utc().with_timezone(&school.time_zone());
        format!("{name} on {}", at.format("%-d %b %Y at %H:%M"))
    }))
}
