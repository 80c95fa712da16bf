//! `crosswalk sync`: the roster sync on the command line: plan, apply, release, undo, show.
//! Leaves planning to `sync`, applying to `runs`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::{Args, Subcommand};

use super::acting::{Acting, school};
use super::sync_decide::{Emails, Matches};
use super::{Desk, Done, Failure};
use crate::db::Db;
use crate::runs::{self, Cause, Run, RunId, RunKind, RunState};
use crate::schools::CurrentSchool;
use crate::security::{Actor, Task, tasks};
use crate::sources::{HeaderMap, Slot};
use crate::sync::{Asked, GivenFile, Report, Scope, plan};

const CODES: &str = "Exit codes: 0 done, 1 done and some rows are blocked, 2 could not, 3 held: a second person has to release it.\n\
    With --json, one object is printed; docs/sync.md says what its fields mean.";

#[derive(Subcommand)]
pub enum Sync {
    /// Read PowerSchool's extracts and plan what they would change. Nothing is changed yet
    #[command(after_help = CODES)]
    Plan(Plan),
    /// Apply a plan, all or nothing
    #[command(after_help = CODES)]
    Apply(One),
    /// Let a held run go on; whoever does so neither planned it nor applies it
    #[command(after_help = CODES)]
    Release(Release),
    /// Take an applied run back
    #[command(after_help = CODES)]
    Undo(One),
    /// Plan a match list: the old and the new ID of each user. It is applied, undone and shown as any run here
    #[command(after_help = CODES)]
    MatchList(super::sync_returning::MatchList),
    /// Let a returning school's run go on though IDs and extracts do not agree
    #[command(after_help = CODES)]
    GoOn(super::sync_returning::GoOn),
    /// Show a run: counts, who is blocked and why, groups
    #[command(after_help = CODES)]
    Show(One),
    /// Write the blocked rows of a file, with why: mended and given to `plan` again, just those people are looked at
    Blocked(super::blocked::Blocked),
    /// Take extracts from the folders of the schools by themselves, or say when and how
    Watch(super::watch::Watch),
    /// Stop a run that is being planned or applied; nothing of it stays
    #[command(after_help = CODES)]
    Cancel(One),
    /// Shared e-mails: who shares one, and whose it is to be
    #[command(subcommand)]
    Emails(Emails),
    /// Likely twins and likely matches: who is the same person as whom
    #[command(subcommand)]
    Matches(Matches),
}

#[derive(Args)]
pub struct Plan {
    #[arg(long, value_name = "CODE")]
    pub(super) school: String,
    /// Students extract: Student_Number and names
    #[arg(long, value_name = "FILE")]
    students: Option<PathBuf>,
    /// Teachers extract: users_dcid and names
    #[arg(long, value_name = "FILE")]
    teachers: Option<PathBuf>,
    /// Parents extract: id of Persons and names
    #[arg(long, value_name = "FILE")]
    parents: Option<PathBuf>,
    /// Who is whose parent: StudentContactAssoc, the Contacts data set, or Vidigami's RelationshipsList
    #[arg(long, value_name = "FILE")]
    relationships: Option<PathBuf>,
    /// Only these people: nobody is taken for gone who is not in the files
    #[arg(long)]
    only_these: bool,
    /// Titles that the program does not know, a line each: `students: Their title = Student_Number`
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// The integration whose IDs are given
    #[arg(long, value_name = "CODE", default_value = "vidigami")]
    pub(super) integration: String,
    #[command(flatten)]
    pub(super) returning: super::sync_returning::Returning,
    #[command(flatten)]
    pub(super) out: Out,
    #[command(flatten)]
    pub(super) acting: Acting,
}

#[derive(Args)]
pub struct One {
    /// The number of the run
    run: i64,
    #[arg(long, value_name = "CODE")]
    school: String,
    #[command(flatten)]
    out: Out,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
pub struct Release {
    /// The number of the run
    run: i64,
    #[arg(long, value_name = "CODE")]
    school: String,
    /// Why it may go on
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    out: Out,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
pub(super) struct Out {
    /// Print one JSON object instead of lines
    #[arg(long)]
    pub(super) json: bool,
}

impl Sync {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        match self {
            Sync::Plan(c) => c.run(desk),
            Sync::Apply(c) => c.apply(desk),
            Sync::Release(c) => c.run(desk),
            Sync::Undo(c) => c.undo(desk),
            Sync::MatchList(c) => c.run(desk),
            Sync::GoOn(c) => c.run(desk),
            Sync::Show(c) => c.show(desk),
            Sync::Blocked(c) => c.run(desk),
            Sync::Watch(c) => c.run(desk),
            Sync::Cancel(c) => c.cancel(desk),
            Sync::Emails(c) => c.run(desk),
            Sync::Matches(c) => c.run(desk),
        }
    }
}

/// Opens the database and finds out who acts, with the Task `T`.
pub(super) fn begin<T: Task>(desk: &Desk, code: &str, acting: &Acting) -> Result<(Db, CurrentSchool, Actor), Failure> {
    let db = desk.open_existing()?;
    let school = db.read(|conn| Ok(school(conn, code)))??;
    let actor = db.read(|conn| Ok(acting.actor::<T>(conn, desk, Some(&school))))??;
    Ok((db, school, actor))
}

impl Plan {
    fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let (db, school, actor) = begin::<tasks::RunRosterSync>(desk, &self.school, &self.acting)?;
        let files = [
            (Slot::Students, &self.students),
            (Slot::Teachers, &self.teachers),
            (Slot::Parents, &self.parents),
            (Slot::Relationships, &self.relationships),
        ];
        let given = files
            .into_iter()
            .filter_map(|(slot, path)| path.as_ref().map(|p| given(slot, p)))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(done) = self.before(desk, &db, &school, &actor)? {
            return Ok(done);
        }
        if given.is_empty() {
            return Err(Failure(
                "No file was given. Name at least one: --students, --teachers, --parents or --relationships.".into(),
            ));
        }
        let map = match &self.map {
            Some(path) => HeaderMap::parse(&text(path)?).map_err(|e| Failure(format!("{}: {e}", path.display())))?,
            None => HeaderMap::default(),
        };
        let scope = if self.only_these { Scope::OnlyThese } else { Scope::Full };
        let asked = Asked { integration: self.integration.clone(), scope, map };
        let now = desk.clock.now();
        // What the portal's clerks or an earlier command have said of titles counts here too, and this is remembered.
        let asked = db.write(|conn| {
            crate::sync::maps::remember(conn, &school, &asked.map, &actor, now)?;
            let map = crate::sync::maps::with(conn, &school, &asked.map)?;
            Ok(Asked { map, ..asked })
        })?;
        let run = watched(&db, &school, "Planning", || plan(&db, &school, &given, &asked, &actor, now))?
            .map_err(|(slot, problem)| Failure(format!("{slot}: {problem}")))?;
        self.after(desk, &db, &school, run)?;
        print(desk, &db, &school, run, (&self.out, &self.acting))
    }
}

fn given(slot: Slot, path: &Path) -> Result<GivenFile, Failure> {
    let bytes = std::fs::read(path).map_err(|e| Failure(format!("{} cannot be read: {e}", path.display())))?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(GivenFile::new(slot, name, bytes))
}

fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| Failure(format!("{} cannot be read: {e}", path.display())))
}

impl One {
    fn apply(&self, desk: &Desk) -> Result<Done, Failure> {
        let (db, school, actor) = begin::<tasks::RunRosterSync>(desk, &self.school, &self.acting)?;
        let run = self.sync(&db, &school)?;
        let now = desk.clock.now();
        let applied = watched(&db, &school, "Applying", || crate::sync::apply(&db, &school, run.id, &actor, now))?;
        super::import::applied(&applied, run.id)?;
        print(desk, &db, &school, run.id, (&self.out, &self.acting))
    }

    fn undo(&self, desk: &Desk) -> Result<Done, Failure> {
        let (db, school, actor) = begin::<tasks::RunRosterSync>(desk, &self.school, &self.acting)?;
        let run = self.sync(&db, &school)?;
        let now = desk.clock.now();
        let undone =
            watched(&db, &school, "Undoing", || runs::undo(&db, &school, &run, &actor, now))?.map_err(|_| {
                Failure(format!(
                    "Run {} was not undone: somebody changed the same people meanwhile. Try again.",
                    run.id
                ))
            })?;
        print(desk, &db, &school, undone, (&self.out, &self.acting))
    }

    fn show(&self, desk: &Desk) -> Result<Done, Failure> {
        let (db, school, _) = begin::<tasks::RunRosterSync>(desk, &self.school, &self.acting)?;
        print(desk, &db, &school, RunId(self.run), (&self.out, &self.acting))
    }

    fn cancel(&self, desk: &Desk) -> Result<Done, Failure> {
        let (db, school, _) = begin::<tasks::RunRosterSync>(desk, &self.school, &self.acting)?;
        if !runs::ask_to_stop(&db, &school, RunId(self.run))? {
            return Err(Failure(format!("Nobody is working on run {}: there is nothing to stop.", self.run)));
        }
        println!("Run {} is asked to stop.", self.run);
        Ok(Done::Well)
    }

    fn sync(&self, db: &Db, school: &CurrentSchool) -> Result<Run, Failure> {
        let found = db.read(|conn| match Run::by_id(conn, school, RunId(self.run)) {
            Ok(run) => Ok(Some(run)),
            Err(crate::error::AppError::NotFound) => Ok(None),
            Err(e) => Err(e),
        })?;
        found
            .filter(|run| run.kind.is_of_sync())
            .ok_or_else(|| Failure(format!("There is no sync with the number {} at {}.", self.run, school.name())))
    }
}

impl Release {
    fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let (db, school, actor) = begin::<tasks::ReleaseHeldRuns>(desk, &self.school, &self.acting)?;
        let now = desk.clock.now();
        db.write(|conn| crate::sync::release(conn, &school, RunId(self.run), &actor, &self.reason, now))?;
        print(desk, &db, &school, RunId(self.run), (&self.out, &self.acting))
    }
}

/// Does something while a bar tells how far it is, where there is somebody to read it.
pub(super) fn watched<T>(
    db: &Db,
    school: &CurrentSchool,
    what: &'static str,
    f: impl FnOnce() -> Result<T, crate::error::AppError>,
) -> Result<T, Failure> {
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| show_progress(db, school, what, &is_done));
        let result = f();
        is_done.store(true, Ordering::Relaxed);
        Ok(result?)
    })
}

fn show_progress(db: &Db, school: &CurrentSchool, what: &'static str, is_done: &AtomicBool) {
    let bar = indicatif::ProgressBar::hidden();
    let style =
        indicatif::ProgressStyle::with_template("{msg} {bar:30} {human_pos}/{human_len}, {per_sec}, {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_message(what);
    let mut waited = 0;
    while !is_done.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(100));
        waited += 1;
        // What is done within half a second needs no bar.
        if waited == 5 {
            bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
        }
        if waited % 5 == 0
            && let Ok(Some(p)) = runs::work_at(db, school)
        {
            bar.set_length(u64::try_from(p.total).unwrap_or(0));
            bar.set_position(u64::try_from(p.done).unwrap_or(0));
        }
    }
    bar.finish_and_clear();
}

pub(super) fn print(
    desk: &Desk,
    db: &Db,
    school: &CurrentSchool,
    run: RunId,
    (out, acting): (&Out, &Acting),
) -> Result<Done, Failure> {
    let run = db.read(|conn| Run::by_id(conn, school, run))?;
    let sight = db.read(|conn| Ok(acting.sight(conn, desk, school)))??;
    // Who has an ID is not everybody's to know.
    let may_see = run.integration_id.is_some_and(|i| sight.covers(i));
    if run.kind == RunKind::MatchList {
        return super::sync_returning::print(db, school, run.id, out.json, may_see);
    }
    let mut report = db.read(|conn| Report::of(conn, school, run.id))?;
    report.problems.retain(|p| may_see || p.cause != Some(Cause::Unmatched));
    if !may_see {
        report.hide_host_ids();
    }
    if out.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        tell(&report);
    }
    Ok(match report.state {
        RunState::Held => Done::Held,
        _ if report.blocked > 0 => Done::WithRefusals,
        _ => Done::Well,
    })
}

fn tell(r: &Report) {
    for p in r.problems.iter().filter(|p| p.cause != Some(Cause::Kept)) {
        let place = match (&p.file, p.row, &p.column) {
            (Some(file), Some(row), Some(column)) => format!("{file}, row {row}, column {column}: "),
            (Some(file), Some(row), None) => format!("{file}, row {row}: "),
            _ => String::new(),
        };
        println!("{place}{:?} {}", p.found, p.reason);
    }
    for g in &r.groups {
        let new = if g.is_new { " (new)" } else { "" };
        println!("{}: {}{new}: {} join, {} leave, {} members", g.category, g.group, g.joins, g.leaves, g.members);
    }
    let did = if r.state == RunState::Applied { "Run" } else { "Plan, run" };
    println!(
        "{did} {}, {}: {} rows read, {} created, {} updated, {} unchanged, {} no longer listed, {} deactivated, {} blocked.",
        r.run, r.state, r.rows_read, r.created, r.updated, r.unchanged, r.no_longer_listed, r.deactivated, r.blocked
    );
    if r.kept_fields > 0 {
        println!("{} fields stay as somebody set them by hand.", r.kept_fields);
    }
    for reason in &r.held_for {
        println!("Held: {reason}");
    }
    match r.state {
        RunState::Held if r.figures.as_ref().is_some_and(|f| f.handshake.as_ref().is_some_and(|h| !h.gone_on)) => {
            println!(
                "Mend the IDs with a match list, or somebody with Release held runs says: crosswalk sync go-on {} --reason ...",
                r.run
            )
        }
        RunState::Held => println!("A second person has to release it: crosswalk sync release {} --reason ...", r.run),
        RunState::Planned if r.created + r.updated > 0 => println!("Apply it with: crosswalk sync apply {}", r.run),
        _ => {}
    }
}
