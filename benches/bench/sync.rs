//! The roster sync as its users run it, from the command line: first sync, nothing changed, one per cent changed.
//! Leaves the files to `roster`, and the raw loads that it is compared with to `sync_floor`.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use crosswalk::db::{DatabaseUrl, Db};
use crosswalk::error::AppError;
use crosswalk::schema::runs;
use crosswalk::schools::CurrentSchool;
use diesel::prelude::*;

use super::Options;
use super::figures::{Line, median};
use super::portal::{Portal, PostgresDatabase};
use super::roster::Roster;
use super::sync_floor;

/// What a command took.
#[derive(Clone, Copy)]
struct Took {
    seconds: f64,
    /// The most memory it had at once, in MB.
    peak: f64,
}

/// A small school, for what a person costs in a large one.
const SMALL: u64 = 10_000;

pub fn sync(o: &Options, people: u64, lines: &mut Vec<Line>) -> Result<()> {
    let dir = o.dir.join("sync");
    let small = Roster::write(&dir.join("small"), SMALL, false)?;
    let first = Roster::write(&dir.join("first"), people, false)?;
    let changed = Roster::write(&dir.join("changed"), people, true)?;
    let file = |name: &str| format!("sqlite:{}", dir.join(name).display());
    let name = "SQLite";
    let url = file("small.db");
    let small_took = first_sync(o, &url, &small)?;
    let url = file("large.db");
    let took = first_sync(o, &url, &first)?;
    let floor = sync_floor::sqlite(o, &dir, &dir.join("large.db"))?;
    first_lines(lines, name, people, took, small_took, floor);
    again(o, name, &url, &first, &changed, lines)?;
    for gone in ["small.db", "large.db"] {
        std::fs::remove_file(dir.join(gone))?;
    }
    if let Some(server) = o.postgres.as_deref().filter(|_| !o.sqlite) {
        let name = "PostgreSQL";
        let made = PostgresDatabase::create(server, "small")?;
        let small_took = first_sync(o, made.url(), &small)?;
        drop(made);
        let made = PostgresDatabase::create(server, "large")?;
        let took = first_sync(o, made.url(), &first)?;
        let floor = sync_floor::postgres(o, &dir, server, made.url())?;
        first_lines(lines, name, people, took, small_took, floor);
        again(o, name, made.url(), &first, &changed, lines)?;
    }
    Ok(())
}

/// Signing in and **View** while a large sync is applied at the same school.
pub fn beside(o: &Options, name: &'static str, url: &str, people: u64, lines: &mut Vec<Line>) -> Result<()> {
    let roster = Roster::write(&o.dir.join("sync").join("beside"), people, false)?;
    plan_with(o, url, &roster, &["--only-these"])?;
    let portal = Portal::open(o, name, url)?;
    let run = newest_run(url)?.to_string();
    portal.ids_beside(
        &format!("while a sync of {people} people is applied"),
        || {
            Ok(Command::new(&o.crosswalk)
                .args(["--database-url", url, "sync", "apply", &run, "--school", "NFC"])
                .stdout(Stdio::null())
                .stderr(Stdio::inherit())
                .spawn()?)
        },
        lines,
    )
}

fn newest_run(url: &str) -> Result<i64> {
    let db = Db::open(&DatabaseUrl::parse(url)?, 1)?;
    Ok(db.read(|conn| {
        let school = CurrentSchool::by_code(conn, "NFC")?.ok_or(AppError::NotFound)?;
        let newest: i64 = runs::of(&school).order(runs::id.desc()).limit(1).select(runs::id).get_result(conn)?;
        Ok(newest)
    })?)
}

/// The plan and the apply of a first sync.
struct First {
    plan: Took,
    apply: Took,
}

impl First {
    fn seconds(&self) -> f64 {
        self.plan.seconds + self.apply.seconds
    }
}

#[allow(clippy::cast_precision_loss)]
fn first_lines(lines: &mut Vec<Line>, name: &str, people: u64, took: First, small: First, floor: f64) {
    let work = format!("{name}: first sync of {people} people");
    lines.push(Line::plain(format!("{work}: plan"), "s", took.plan.seconds));
    lines.push(Line::plain(format!("{work}: apply"), "s", took.apply.seconds));
    let whole = took.seconds();
    lines.push(
        Line::against(format!("{work}: both, against raw loads"), "s", whole, floor, whole / floor).bar(2.5, 1.6),
    );
    lines
        .push(Line::plain(format!("{work}: peak memory"), "MB", took.plan.peak.max(took.apply.peak)).bar(400.0, 250.0));
    lines.push(Line::plain(format!("{name}: first sync of {SMALL} people, end to end"), "s", small.seconds()));
    let (large, small) = (whole / people as f64 * 1e6, small.seconds() / SMALL as f64 * 1e6);
    lines.push(
        Line::against(format!("{name}: cost a person, {people} against {SMALL}"), "µs", large, small, large / small)
            .bar(1.3, 1.1),
    );
}

fn again(o: &Options, name: &str, url: &str, first: &Roster, changed: &Roster, lines: &mut Vec<Line>) -> Result<()> {
    let (mut floors, mut compared, mut same, mut some) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..3 {
        floors.push(sync_floor::reading(first)?);
        // Another file with the same rows: each of them is compared.
        first.end_with_a_blank_line()?;
        compared.push(plan(o, url, first)?.seconds);
        same.push(plan(o, url, first)?.seconds);
        changed.end_with_a_blank_line()?;
        some.push(plan(o, url, changed)?.seconds);
    }
    let (floor, compared, same, some) = (median(&floors), median(&compared), median(&same), median(&some));
    let line = |work: &str, s: f64, floor: f64| Line::against(format!("{name}: {work}"), "s", s, floor, s / floor);
    lines.push(line("the same files, against reading, parsing, hashing", same, floor).bar(4.0, 2.0));
    lines
        .push(line("other files with the same rows, against reading, parsing, hashing", compared, floor).bar(4.0, 2.0));
    lines.push(line("1 % changed, against the same files", some, same).bar(1.5, 1.2));
    lines.push(line("1 % changed, against other files with the same rows", some, compared));
    Ok(())
}

fn first_sync(o: &Options, url: &str, roster: &Roster) -> Result<First> {
    run(o, url, &["school", "add", "NFC", "--name", "Northfield College", "--letters", "NC"])?;
    run(o, url, &["school", "stage", "NFC", "vidigami", "live"])?;
    let plan = plan(o, url, roster)?;
    let apply = run(o, url, &["sync", "apply", "1", "--school", "NFC"])?;
    Ok(First { plan, apply })
}

fn plan(o: &Options, url: &str, roster: &Roster) -> Result<Took> {
    plan_with(o, url, roster, &[])
}

fn plan_with(o: &Options, url: &str, roster: &Roster, more: &[&str]) -> Result<Took> {
    let path = |p: &Path| p.to_string_lossy().into_owned();
    let files = [
        ("--students", path(&roster.students)),
        ("--teachers", path(&roster.teachers)),
        ("--parents", path(&roster.parents)),
        ("--relationships", path(&roster.relationships)),
    ];
    let mut args = vec!["sync", "plan", "--school", "NFC"];
    args.extend(files.iter().flat_map(|(option, file)| [*option, file.as_str()]));
    args.extend(more);
    run(o, url, &args)
}

/// Runs Crosswalk to its end.
fn run(o: &Options, url: &str, args: &[&str]) -> Result<Took> {
    let begun = Instant::now();
    let mut child = Command::new(&o.crosswalk)
        .args(["--database-url", url])
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak: f64 = 0.0;
    let code = loop {
        if let Ok(text) = std::fs::read_to_string(&status)
            && let Some(kb) = text.lines().find_map(|l| l.strip_prefix("VmHWM:"))
        {
            peak = peak.max(kb.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0);
        }
        if let Some(code) = child.try_wait()? {
            break code;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let seconds = begun.elapsed().as_secs_f64();
    // 1: some rows are blocked, as they should be.
    let said = child.wait_with_output().map(|o| String::from_utf8_lossy(&o.stderr).into_owned()).unwrap_or_default();
    ensure!(code.code().context("killed")? <= 1, "{} ended with {code}: {said}", args.join(" "));
    Ok(Took { seconds, peak })
}
