//! `crosswalk sync match-list`, `sync go-on`, and what `sync plan` does for a returning school.
//! Leaves the rest of `crosswalk sync` to `cli::sync`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::acting::Acting;
use super::sync::{Out, Plan, begin, watched};
use super::{Desk, Done, Failure};
use crate::db::Db;
use crate::error::AppError;
use crate::integrations::Integration;
use crate::runs::{self, RunId, RunState};
use crate::schools::CurrentSchool;
use crate::security::{Actor, tasks};
use crate::sync::match_list::{self, GivenList, ListReport};
use crate::sync::{go_on, set_returning};

#[derive(Args)]
pub struct MatchList {
    /// Old ID, New ID and Member Type of each user, with commas or tabs
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[arg(long, value_name = "CODE")]
    school: String,
    /// The integration whose IDs are changed
    #[arg(long, value_name = "CODE", default_value = "vidigami")]
    integration: String,
    #[command(flatten)]
    out: Out,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
pub struct GoOn {
    /// The number of the run
    run: i64,
    #[arg(long, value_name = "CODE")]
    school: String,
    /// Why it may go on; the reason is kept
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    out: Out,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
pub struct Returning {
    /// A returning school: the plan is held until the IDs on record and the extracts agree. It is remembered
    #[arg(long)]
    returning: bool,
    /// A match list. What it changes has to be applied before the extracts are planned
    #[arg(long, value_name = "FILE")]
    match_list: Option<PathBuf>,
    /// Plan on though IDs and extracts do not agree, with the Task Release held runs. The reason is kept
    #[arg(long, value_name = "REASON")]
    go_on_anyway: Option<String>,
}

impl MatchList {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let (db, school, actor) = begin::<tasks::RunRosterSync>(desk, &self.school, &self.acting)?;
        let run = plan(desk, &db, &school, &actor, &self.acting, (&self.file, &self.integration))?;
        print(&db, &school, run, self.out.json, true)
    }
}

/// Reads a match list and plans it. A match list asks whose ID is whose: only those who may see them may ask.
fn plan(
    desk: &Desk,
    db: &Db,
    school: &CurrentSchool,
    actor: &Actor,
    acting: &Acting,
    (file, integration): (&Path, &str),
) -> Result<RunId, Failure> {
    let found = db.read(|conn| Integration::by_code(conn, integration))?;
    let sight = db.read(|conn| Ok(acting.sight(conn, desk, school)))??;
    if let Some(i) = found.filter(|i| !sight.covers(i.id)) {
        return Err(Failure(format!(
            "A match list shows whose ID is whose. It needs the Task View integration IDs for {}. A security administrator can grant it.",
            i.name
        )));
    }
    let bytes = std::fs::read(file).map_err(|e| Failure(format!("{} cannot be read: {e}", file.display())))?;
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let given = GivenList { name, bytes };
    let now = desk.clock.now();
    watched(db, school, "Planning", || match_list::plan(db, school, &given, integration, actor, now))?
        .map_err(|problem| Failure(format!("Match list: {problem}")))
}

impl GoOn {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let (db, school, actor) = begin::<tasks::ReleaseHeldRuns>(desk, &self.school, &self.acting)?;
        let (run, now) = (RunId(self.run), desk.clock.now());
        if !db.write(|conn| go_on(conn, &school, run, &actor, &self.reason, now))? {
            return Err(Failure(format!(
                "Run {run} is not held for IDs and extracts that do not agree: there is nothing to decide."
            )));
        }
        super::sync::print(desk, &db, &school, run, (&self.out, &self.acting))
    }
}

impl Plan {
    /// Before the extracts are looked at: the school is said to be returning, and the match list comes first.
    pub(super) fn before(
        &self,
        desk: &Desk,
        db: &Db,
        school: &CurrentSchool,
        actor: &Actor,
    ) -> Result<Option<Done>, Failure> {
        let r = &self.returning;
        if let Some(reason) = &r.go_on_anyway {
            // Refused before anything is planned.
            if reason.trim().is_empty() {
                return Err(Failure("Say why the sync is to go on anyway: --go-on-anyway REASON.".into()));
            }
            begin::<tasks::ReleaseHeldRuns>(desk, &self.school, &self.acting)?;
        }
        if r.returning {
            let now = desk.clock.now();
            db.write(|conn| {
                let Some(integration) = Integration::by_code(conn, &self.integration)? else {
                    return Err(AppError::Conflict(format!(
                        "There is no integration {:?} in the catalogue.",
                        self.integration
                    )));
                };
                set_returning(conn, school, &integration, true, actor, now)
            })?;
        }
        let Some(file) = &r.match_list else { return Ok(None) };
        let run = plan(desk, db, school, actor, &self.acting, (file, &self.integration))?;
        let report = db.read(|conn| ListReport::of(conn, school, run))?;
        if report.changed == 0 && report.refused == 0 {
            // Carried out already: the extracts are next.
            db.write(|conn| runs::abandon(conn, school, run))?;
            return Ok(None);
        }
        let done = print(db, school, run, self.out.json, true)?;
        if !self.out.json && report.changed > 0 {
            println!("The extracts are planned once the match list is applied: give the same command again.");
        }
        Ok(Some(done))
    }

    /// Once the extracts are planned: somebody says to go on anyway.
    pub(super) fn after(&self, desk: &Desk, db: &Db, school: &CurrentSchool, run: RunId) -> Result<(), Failure> {
        let Some(reason) = &self.returning.go_on_anyway else { return Ok(()) };
        let hold = db.read(|conn| runs::Hold::of(conn, school, run))?;
        if !hold.is_some_and(|h| h.held_for.iter().any(|h| h.is_handshake)) {
            return Ok(());
        }
        let (_, _, actor) = begin::<tasks::ReleaseHeldRuns>(desk, &self.school, &self.acting)?;
        let now = desk.clock.now();
        db.write(|conn| go_on(conn, school, run, &actor, reason, now))?;
        Ok(())
    }
}

/// `may_see`: whether whoever acts may see the IDs, and so who has any.
pub(super) fn print(db: &Db, school: &CurrentSchool, run: RunId, json: bool, may_see: bool) -> Result<Done, Failure> {
    let mut report = db.read(|conn| ListReport::of(conn, school, run))?;
    report.problems.retain(|_| may_see);
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        tell(&report);
    }
    Ok(match report.state {
        RunState::Held => Done::Held,
        _ if report.refused > 0 => Done::WithRefusals,
        _ => Done::Well,
    })
}

fn tell(r: &ListReport) {
    for p in &r.problems {
        let place = match (p.row, &p.column) {
            (Some(row), Some(column)) => format!("Row {row}, column {column}: "),
            (Some(row), None) => format!("Row {row}: "),
            _ => String::new(),
        };
        let who = p.person.as_ref().map(|p| format!("{p} ")).unwrap_or_default();
        println!("{place}{who}{}", p.reason);
    }
    let did = if r.state == RunState::Applied { "Run" } else { "Plan, run" };
    println!(
        "{did} {}, {}: {} rows read, {} changed, {} unchanged, {} refused, {} not on the list; {} swaps, {} chains, {} rings.",
        r.run, r.state, r.rows_read, r.changed, r.unchanged, r.refused, r.not_listed, r.swaps, r.chains, r.rings
    );
    for reason in &r.held_for {
        println!("Held: {reason}");
    }
    match r.state {
        RunState::Held => println!("A second person has to release it: crosswalk sync release {} --reason ...", r.run),
        RunState::Planned if r.changed > 0 => println!("Apply it with: crosswalk sync apply {}", r.run),
        _ => {}
    }
}
