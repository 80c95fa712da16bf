//! What somebody asks a sync to do, and the way from there to a plan: whether it may be made, whether it has been made before.
//! Leaves making it to `sync::planner`.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::again::{self, Basis};
use super::aliases::Aliases;
use super::decisions::Decisions;
use super::files::{Files, GivenFile};
use super::handshake::Handshake;
use super::merged::Merged;
use super::planner::Planning;
use super::settings::Settings;
use crate::db::Db;
use crate::error::AppError;
use crate::id_specs::Specs;
use crate::integrations::{Integration, Stage, stage_at};
use crate::runs::{Counts, NewRun, PlanWriter, RunId, RunKind, RunState, SourceFile};
use crate::schools::{CurrentSchool, generation};
use crate::security::Actor;
use crate::sources::{FileProblem, HeaderMap, Slot};

/// What somebody asks a sync to do.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The integration whose IDs are given, by its code.
    pub integration: String,
    pub scope: Scope,
    pub map: HeaderMap,
}

crate::text_enum! {
    Scope {
        Full = "full", "Full list";
        OnlyThese = "only_these", "Only these people";
    }
}

/// Makes the plan. `Err` inside: a file cannot be used at all, and there is no plan.
pub fn plan(
    db: &Db,
    school: &CurrentSchool,
    given: &[GivenFile],
    asked: &Asked,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<Result<RunId, (Slot, FileProblem)>, AppError> {
    let integration = db.read(|conn| ready_integration(conn, school, &asked.integration))?;
    let year = crate::people::import_names::school_year_ends(now.date());
    let (settings, decisions, specs, generation, merged) = db.write(|conn| {
        Ok((
            Settings { handshake: Handshake::load(conn, school, &integration)?, ..Settings::load(conn, school)? },
            Decisions::load(conn, school)?,
            Specs::load(conn, school, integration.id, actor, now)?,
            generation(conn, school)?,
            Merged::load(conn, school)?,
        ))
    })?;
    let basis = Basis {
        given,
        asked,
        integration: integration.id,
        settings: &settings,
        decisions: &decisions,
        specs: &specs,
        year,
        generation,
    };
    let mut new = NewRun::plan(RunKind::RosterSync, actor, source(given));
    new.integration = Some(integration.id);
    new.fingerprint = Some(basis.fingerprint());
    if let Some(run) = plan_again(db, school, given, &new, now)? {
        return Ok(Ok(run));
    }
    let files = match Files::open(given, &asked.map, year) {
        Ok(files) => files,
        Err(problem) => return Ok(Err(problem)),
    };
    // Some rows of a list say nothing about the rest of it, whatever was asked.
    let scope = if files.are_mended() { Scope::OnlyThese } else { asked.scope };
    let total = i64::try_from(files.rows()).unwrap_or(i64::MAX);
    let writer = PlanWriter::begin(db, school, &new, total, now)?;
    let run = writer.run();
    let planning = Planning {
        db,
        school,
        integration: &integration,
        settings: &settings,
        decisions: &decisions,
        merged: &merged,
        aliases: Aliases::default(),
        specs: &specs,
        is_full: scope == Scope::Full,
        files: &files,
        writer,
        figures: HashMap::new(),
        counts: Counts { rows_read: i32::try_from(total).unwrap_or(i32::MAX), ..Counts::default() },
        told: HashMap::new(),
        undecided_students: 0,
    };
    match planning.work(now) {
        Ok(run) => Ok(Ok(run)),
        Err(e) => {
            crate::runs::give_up_plan(db, school, run)?;
            Err(e)
        }
    }
}

pub(super) fn ready_integration(
    conn: &mut crate::db::Conn,
    school: &CurrentSchool,
    code: &str,
) -> Result<Integration, AppError> {
    let found = Integration::all(conn)?.into_iter().find(|i| i.code == code);
    let Some(integration) = found else {
        return Err(AppError::Conflict(format!("There is no integration {code:?} in the catalogue.")));
    };
    match stage_at(conn, school, integration.id)? {
        Some(Stage::Testing | Stage::Ready | Stage::Live) => Ok(integration),
        stage => Err(AppError::Conflict(format!(
            "{} is {} at this school: a sync can be planned from Testing on. Support moves it there.",
            integration.name,
            stage.map_or("not requested", |s| s.word())
        ))),
    }
}

fn source(given: &[GivenFile]) -> SourceFile {
    let names: Vec<&str> = given.iter().map(|f| f.name.as_str()).collect();
    SourceFile { name: Some(names.join(", ")), hash: None, notes: None }
}

/// The plan of files that were planned before, when nothing has changed since.
fn plan_again(
    db: &Db,
    school: &CurrentSchool,
    given: &[GivenFile],
    new: &NewRun<'_>,
    now: NaiveDateTime,
) -> Result<Option<RunId>, AppError> {
    let Some(fingerprint) = &new.fingerprint else { return Ok(None) };
    db.write(|conn| {
        let Some(last) = again::last(conn, school, fingerprint)? else { return Ok(None) };
        let new = NewRun { state: RunState::Planned, counts: last.counts, ..new.clone() };
        let run = new.store(conn, school, now)?;
        again::repeat(conn, school, &last, run, given)?;
        Ok(Some(run))
    })
}
