//! `crosswalk check`: looks for faults in the database and says each in a line.
//! Leaves mending them to people.

use std::path::PathBuf;

use clap::Args;
use diesel::prelude::*;

use super::{Desk, Done, Failure};
use crate::audit::{self, Head};
use crate::db::{Conn, Db, check_search_index, integrity};
use crate::error::AppError;
use crate::runs::{RunId, RunState, progress};
use crate::schema::{counters, integration_ids, people, runs, school_integrations};
use crate::schools::CurrentSchool;

#[derive(Args)]
pub struct Check {
    /// What `crosswalk audit head` printed earlier and was kept elsewhere: with it, missing entries at the end show too
    #[arg(long, value_name = "FILE")]
    audit_head: Option<PathBuf>,
}

impl Check {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let heads = self.heads()?;
        let db = desk.open_existing()?;
        let mut found = db.read(|conn| Ok(integrity(conn)?))?;
        found.extend(db.activity().read(|conn| Ok(integrity(conn)?))?);
        found.extend(db.read(rules)?);
        if let Err(e) = db.write(|conn| Ok(check_search_index(conn)?)) {
            found.push(format!("the index of names does not agree with the names: {e}"));
        }
        for left in left_in_the_middle(&db)? {
            println!("{left}");
        }
        let audited = audit::check(&db, desk.audit_key_file(db.url()).as_deref(), &heads)?;
        found.extend(audited.faults);
        for note in audited.notes {
            println!("{note}");
        }
        if found.is_empty() {
            println!("No faults found in {}.", db.url());
            return Ok(Done::Well);
        }
        Err(Failure(found.join("\n")))
    }

    fn heads(&self) -> Result<Vec<Head>, Failure> {
        let Some(file) = &self.audit_head else { return Ok(Vec::new()) };
        let name = file.display();
        let text = std::fs::read_to_string(file).map_err(|e| Failure(format!("{name} cannot be read: {e}")))?;
        let heads = Head::parse_all(&text)
            .map_err(|line| Failure(format!("{name} is not what crosswalk audit head prints: {line:?}")))?;
        if heads.is_empty() { Err(Failure(format!("{name} holds no head of an audit."))) } else { Ok(heads) }
    }
}

/// Runs whose process ended while it applied them: no fault, as nothing of them was kept.
fn left_in_the_middle(db: &Db) -> Result<Vec<String>, AppError> {
    let mut left = Vec::new();
    for school in db.read(CurrentSchool::every)? {
        let applying: Vec<RunId> = db.read(|conn| {
            Ok(runs::of(&school).filter(runs::state.eq(RunState::Applying)).select(runs::id).load(conn)?)
        })?;
        for run in applying {
            if progress(db, &school, run)?.is_none() {
                left.push(format!(
                    "{}: run {run} was being applied when its process ended. Nothing of it was kept; crosswalk serve takes it up again.",
                    school.code()
                ));
            }
        }
    }
    Ok(left)
}

/// Rules that the tables themselves cannot hold.
fn rules(conn: &mut Conn) -> Result<Vec<String>, AppError> {
    let mut found = Vec::new();
    for school in CurrentSchool::every(conn)? {
        let code = school.code();
        if !next_sonis_id_is_free(conn, &school)? {
            found.push(format!("{code}: the next SONIS ID would be one that is given already"));
        }
        let unplaced: i64 = integration_ids::of(&school)
            .left_join(school_integrations::beside(
                integration_ids::school_id,
                school_integrations::integration_id.eq(integration_ids::integration_id),
            ))
            .filter(school_integrations::stage.nullable().is_null())
            .count()
            .get_result(conn)?;
        if unplaced > 0 {
            found.push(format!("{code}: {unplaced} integration IDs are of an integration that the school never had"));
        }
    }
    Ok(found)
}

fn next_sonis_id_is_free(conn: &mut Conn, school: &CurrentSchool) -> Result<bool, AppError> {
    let last: Option<String> = people::of(school).select(diesel::dsl::max(people::sonis_id)).get_result(conn)?;
    let next: Option<i64> = counters::of(school)
        .filter(counters::name.eq("sonis_id"))
        .select(counters::next_value)
        .get_result(conn)
        .optional()?;
    // Two letters, then the number.
    let used = last.as_deref().and_then(|l| l.get(2..)).and_then(|n| n.parse::<i64>().ok());
    Ok(used.is_none_or(|used| next.is_some_and(|next| next > used)))
}
