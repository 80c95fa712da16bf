//! `crosswalk demo`: makes the demo where there is none, says who can sign in, serves on this machine only.
//! Leaves the invented people to `demo`.

use std::net::SocketAddr;
use std::path::Path;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Desk, Done, Failure, serve};
use crate::config::{Config, DEFAULT_LISTEN};
use crate::db::{Conn, DatabaseUrl, Db, has_table, peek};
use crate::demo::{DEMO_PASSWORD, DEMO_USERS, Size, load};
use crate::instance::{Instance, Kind};

#[derive(Args)]
pub struct Demo {
    /// Where to serve; only addresses of this machine
    #[arg(long, value_name = "ADDRESS:PORT", default_value = DEFAULT_LISTEN)]
    listen: String,
    /// People of the first school
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(10..=2_000_000))]
    people: u64,
    /// Integration IDs of the first school, instead of some for a third of its students
    #[arg(long, value_name = "N")]
    ids: Option<u64>,
    /// Throw the demo away and make it anew
    #[arg(long)]
    reset: bool,
    /// Make the data and end
    #[arg(long)]
    prepare: bool,
    /// Where the demo is kept
    #[arg(long = "file", value_name = "URL", default_value = "sqlite:crosswalk-demo.db")]
    file: String,
}

impl Demo {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let config = Config::new(&self.listen, None, Vec::new())?;
        if !config.listen.ip().is_loopback() {
            return Err(Failure(format!(
                "{} can be reached from other machines, and everybody knows a demo's password. Listen on 127.0.0.1 or [::1].",
                self.listen
            )));
        }
        let url = DatabaseUrl::parse(&self.file)?;
        if desk.database_url.is_some() {
            eprintln!(
                "The demo is kept in {url}, and leaves --database-url and DATABASE_URL alone; --file puts it elsewhere."
            );
        }
        if desk.smtp_url.is_some() {
            eprintln!("A demo sends no e-mail: --smtp-url and SMTP_URL are left alone.");
        }
        if self.reset {
            throw_away(&url)?;
        }
        let db = Db::open(&url, config.connections())?;
        self.fill(&db, desk)?;
        if self.prepare {
            return Ok(Done::Well);
        }
        let key = url.audit_key().or_else(|| desk.audit_key_file.clone());
        serve::serve(config, db, desk.clock.clone(), key, Some(announce))
    }

    fn fill(&self, db: &Db, desk: &Desk) -> Result<(), Failure> {
        match db.read(Instance::find)? {
            Some(instance) if instance.kind == Kind::Demo => return Ok(()),
            Some(_) => return Err(Failure(format!("{} is a real database: a demo is kept in another one.", db.url()))),
            None => {}
        }
        let bar = ProgressBar::new(self.people + 300);
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} people, {eta} left") {
            bar.set_style(style);
        }
        bar.set_message("Making the demo");
        load(db, Size { people: self.people, ids: self.ids }, desk.clock.now(), |n| bar.inc(n))?;
        bar.finish_and_clear();
        Ok(())
    }
}

/// Removes a demo's two files; anything else that stands there stays.
fn throw_away(url: &DatabaseUrl) -> Result<(), Failure> {
    let (Some(main), Some(activity)) = (url.sqlite_path(), url.activity().sqlite_path()) else {
        return Err(Failure("Only a demo in a SQLite file can be thrown away: drop the database yourself.".into()));
    };
    let stays = |path: &Path| Failure(format!("{} is not a demo and stays.", path.display()));
    if main.exists() && !kind_of(url).is_some_and(|kind| kind == Holds::Demo || kind == Holds::Nothing) {
        return Err(stays(&main));
    }
    if activity.exists() && kind_of(&url.activity()) != Some(Holds::Activity) {
        return Err(stays(&activity));
    }
    for path in [main, activity] {
        for ending in ["", "-wal", "-shm"] {
            let path = format!("{}{ending}", path.display());
            match std::fs::remove_file(&path) {
                Ok(()) => {}
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => return Err(Failure(format!("{path} cannot be removed: {e}"))),
            }
        }
    }
    Ok(())
}

#[derive(PartialEq, Eq)]
enum Holds {
    Demo,
    Real,
    Activity,
    Nothing,
}

/// What a SQLite file holds, without changing it; None where it cannot be read as ours.
fn kind_of(url: &DatabaseUrl) -> Option<Holds> {
    let mut conn = peek(url).ok()?;
    let has = |conn: &mut Conn, table: &str| has_table(conn, table).ok();
    // Another program's file may hold anything: ours keep what was migrated.
    if !has(&mut conn, "__diesel_schema_migrations")? {
        let empty = url.sqlite_path().and_then(|p| p.metadata().ok()).is_some_and(|m| m.len() == 0);
        return empty.then_some(Holds::Nothing);
    }
    if !has(&mut conn, "instance")? {
        return has(&mut conn, "signin_counters")?.then_some(Holds::Activity);
    }
    match Instance::find(&mut conn).ok()? {
        None => Some(Holds::Nothing),
        Some(i) if i.kind == Kind::Demo => Some(Holds::Demo),
        Some(_) => Some(Holds::Real),
    }
}

fn announce(address: SocketAddr) {
    println!("Crosswalk demo: http://{address}");
    println!("Password of every user: {DEMO_PASSWORD}");
    for user in DEMO_USERS {
        println!("  {:<11} {:<4} {}", user.user_id, user.school, user.may);
    }
    println!("Stop with Ctrl-C. The data stays; --reset makes it anew.");
}
