//! `./scripts/bench`: figures with their floors, measured side by side in one run, as ratios against the project's bars.
//! `docs/performance.md` says how to read them.
//!
//! One program, three processes: this one, which measures; `client`, which makes the load; `floor`, which is what
//! a page is compared with. Crosswalk itself is the release binary that its users run.

mod bare;
mod client;
mod figures;
mod floor;
mod portal;
mod queries;
mod roster;
mod server;
mod sync;
mod sync_floor;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Parser;

use figures::{Line, table};
use portal::Portal;

#[derive(Parser)]
#[command(
    name = "scripts/bench",
    about = "Measures Crosswalk against floors taken in the same run. Ends by itself; serves on loopback only."
)]
struct Options {
    /// People of the school
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    people: u64,
    /// Integration IDs of the school
    #[arg(long, value_name = "N", default_value_t = 300_000)]
    ids: u64,
    /// Also searches, and makes a demo, of 1,000,000 people
    #[arg(long)]
    million: bool,
    /// Only this part; can be said several times: start, queries, page, search, ids, sync, beside
    #[arg(long, value_name = "PART")]
    only: Vec<String>,
    /// People of the roster sync
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    sync_people: u64,
    /// Rounds of each measurement, of which the median is shown
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,
    /// Length of one measurement
    #[arg(long, value_name = "N", default_value_t = 3.0)]
    seconds: f64,
    /// A demo that is there already, instead of making one: sqlite:FILE. It is written to (sessions, views) and stays
    #[arg(long, value_name = "URL")]
    data: Option<String>,
    /// Leave PostgreSQL out
    #[arg(long)]
    sqlite: bool,

    // What scripts/bench says to it.
    #[arg(long, hide = true)]
    crosswalk: PathBuf,
    #[arg(long, hide = true)]
    dir: PathBuf,
    #[arg(long, hide = true, env = "CROSSWALK_BENCH_POSTGRES")]
    postgres: Option<String>,
    #[arg(long, hide = true)]
    postgres_note: Option<String>,
    /// Said by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|p| p == part)
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.first().map(String::as_str) {
        Some("client") => client::main(&args[1..]).map(|()| true),
        Some("floor") => floor::main(&args[1..]).map(|()| true),
        Some("roster") => roster::main(&args[1..]).map(|()| true),
        _ => run(&Options::parse()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(e) => {
            eprintln!("{e:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether every bar was met.
fn run(o: &Options) -> Result<bool> {
    for part in &o.only {
        ensure!(
            ["start", "queries", "page", "search", "ids", "sync", "beside"].contains(&part.as_str()),
            "there is no part {part}"
        );
    }
    ensure!(o.rounds > 0 && o.seconds > 0.0, "nothing would be measured");
    let mut lines = Vec::new();
    if o.only.is_empty() || o.only.iter().any(|p| p != "sync") {
        sqlite(o, &mut lines)?;
    }
    if o.wants("sync") {
        sync::sync(o, o.sync_people, &mut lines)?;
    }
    if o.million {
        let million = portal::prepare(o, &format!("sqlite:{}", o.dir.join("million.db").display()), 1_000_000, None)?;
        lines.push(million.made);
        if o.wants("search") {
            Portal::open(o, "SQLite, 1,000,000 people", &million.url)?.search(&mut lines)?;
        }
    }
    let more = o.only.is_empty() || o.only.iter().any(|p| p != "sync");
    if let Some(server) = o.postgres.as_deref().filter(|_| !o.sqlite && more) {
        postgres(o, server, &mut lines)?;
    }
    println!("\n{}", table(&lines));
    if let Some(note) = o.postgres_note.as_deref().filter(|_| !o.sqlite) {
        println!("{note}");
    }
    let missed = lines.iter().filter(|l| l.is_missed()).count();
    match missed {
        0 => println!("Every bar of this run is met."),
        n => println!("{n} bars are missed."),
    }
    Ok(missed == 0)
}

fn sqlite(o: &Options, lines: &mut Vec<Line>) -> Result<()> {
    ensure!(queries::has_qpsg()?, "this SQLite is built without QPSG: see .cargo/config.toml");
    println!("SQLite {}, built with QPSG", rusqlite::version());
    let url = match &o.data {
        Some(url) => url.clone(),
        None => {
            let made =
                portal::prepare(o, &format!("sqlite:{}", o.dir.join("bench.db").display()), o.people, Some(o.ids))?;
            lines.push(made.made);
            made.url
        }
    };
    if o.wants("start") {
        portal::start(o, &url, lines)?;
    }
    let portal = Portal::open(o, "SQLite", &url)?;
    if o.wants("start") {
        lines.push(portal.memory("memory at rest")?.bar(40.0, 25.0));
    }
    if o.wants("queries") {
        lines.extend(portal.queries()?);
    }
    if o.wants("page") {
        portal.page(lines)?;
        lines.push(portal.memory("memory after 64 connections")?.bar(120.0, 80.0));
    }
    if o.wants("search") {
        portal.search(lines)?;
    }
    if o.wants("ids") {
        portal.ids(lines)?;
    }
    drop(portal);
    if o.wants("beside") {
        sync::beside(o, "SQLite", &url, o.sync_people, lines)?;
    }
    Ok(())
}

fn postgres(o: &Options, server: &str, lines: &mut Vec<Line>) -> Result<()> {
    let made = portal::PostgresDatabase::create(server, "bench")?;
    let prepared = portal::prepare(o, made.url(), o.people, Some(o.ids))?;
    lines.push(prepared.made);
    let portal = Portal::open(o, "PostgreSQL", made.url())?;
    if o.wants("page") {
        portal.page(lines)?;
    }
    if o.wants("search") {
        portal.search(lines)?;
    }
    drop(portal);
    if o.wants("beside") {
        sync::beside(o, "PostgreSQL", made.url(), o.sync_people, lines)?;
    }
    drop(made);
    if o.million {
        let made = portal::PostgresDatabase::create(server, "million")?;
        lines.push(portal::prepare(o, made.url(), 1_000_000, None)?.made);
        if o.wants("search") {
            Portal::open(o, "PostgreSQL, 1,000,000 people", made.url())?.search(lines)?;
        }
    }
    Ok(())
}
