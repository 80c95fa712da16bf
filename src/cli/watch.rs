//! `crosswalk sync watch`: takes extracts from the folders of the schools, until it is ended; and the settings of that.
//! Leaves looking and taking to `sync::watch`.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::acting::Acting;
use super::sync::begin;
use super::{Desk, Done, Failure};
use crate::config::PublicUrl;
use crate::runs::{Run, RunState};
use crate::schools::CurrentSchool;
use crate::security::{User, tasks};
use crate::sync::Scope;
use crate::sync::watch::{EVERY, Looked, QUIET, Times, WatchSettings, WatchState, Watcher, When, next_due};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Watch {
    /// Look until nothing arrives any more, and end: for a scheduler of your own
    #[arg(long)]
    once: bool,
    /// A file counts as whole when it has not changed for so many seconds
    #[arg(long, env = "CROSSWALK_WATCH_SETTLE", value_name = "SECONDS", default_value_t = QUIET)]
    settle: u32,
    #[command(subcommand)]
    command: Option<Settings>,
}

#[derive(Subcommand)]
enum Settings {
    /// Say when and how the sync of a school goes by itself
    Set(Set),
    /// Show the settings of a school, and how it stands
    Show(Show),
}

#[derive(Args)]
struct Set {
    #[arg(long, value_name = "CODE")]
    school: String,
    /// Take files from now on
    #[arg(long, conflicts_with = "off")]
    on: bool,
    /// Take none any more
    #[arg(long)]
    off: bool,
    /// The folder, as a whole path. Not with --as: a user of a school opens no folders of the server
    #[arg(long, value_name = "FOLDER", conflicts_with = "acting_as")]
    folder: Option<String>,
    /// As soon as files are there
    #[arg(long, conflicts_with = "times")]
    on_arrival: bool,
    /// At set times of the school's day: 06:00,18:30
    #[arg(long, value_name = "TIMES")]
    times: Option<String>,
    #[arg(long, value_name = "CODE")]
    integration: Option<String>,
    /// full or only_these
    #[arg(long, value_name = "SCOPE")]
    scope: Option<String>,
    /// Apply also when some rows are blocked: yes or no
    #[arg(long, value_name = "YES", value_parser = yes)]
    apply_blocked: Option<bool>,
    /// Who is told by e-mail: runners, releasers, both or nobody
    #[arg(long, value_name = "WHO")]
    tell: Option<String>,
    /// In whose name it goes. With --as it is that user
    #[arg(long, value_name = "USER_ID", conflicts_with = "acting_as")]
    user: Option<String>,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
struct Show {
    #[arg(long, value_name = "CODE")]
    school: String,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    acting: Acting,
}

fn yes(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => Err(format!("{other:?} is neither yes nor no")),
    }
}

impl Watch {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        match &self.command {
            Some(Settings::Set(c)) => c.run(desk),
            Some(Settings::Show(c)) => c.run(desk),
            None => self.watch(desk),
        }
    }

    fn watch(&self, desk: &Desk) -> Result<Done, Failure> {
        let db = desk.open_existing()?;
        let url = desk.settings.public_url.as_deref().map(PublicUrl::parse).transpose()?;
        let mail = desk.mail(url.as_ref())?;
        let url = url.map(|u| u.as_str().to_owned());
        let mut watcher = Watcher::new(db, desk.clock.clone(), mail, url, self.settle);
        let mut done = Done::Well;
        loop {
            let all = watcher.look()?;
            for (school, looked) in &all {
                tell(school, looked, self.once);
                match looked {
                    Looked::Waits { run: Some(_), .. } => done = Done::Held,
                    Looked::Waits { .. } | Looked::Stopped(_) if !matches!(done, Done::Held) => {
                        done = Done::WithRefusals
                    }
                    _ => {}
                }
            }
            let arrives = all.iter().any(|(_, looked)| *looked == Looked::Arriving);
            if self.once && !arrives {
                return Ok(done);
            }
            let wait = if self.once { Duration::from_secs(u64::from(self.settle).clamp(1, 60)) } else { EVERY };
            std::thread::sleep(wait);
        }
    }
}

/// A line for what happened; with `all`, also for what did not.
fn tell(school: &CurrentSchool, looked: &Looked, all: bool) {
    let code = school.code();
    match looked {
        Looked::Applied(run) => println!("{code}: run {run} is applied."),
        Looked::Waits { why, .. } => println!("{code}: {why}"),
        Looked::Stopped(why) if all => println!("{code}: {why}"),
        Looked::Nothing if all => println!("{code}: nothing to take."),
        Looked::Elsewhere if all => println!("{code}: another process is at it."),
        _ => {}
    }
}

impl Set {
    fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let (db, school, actor) = begin::<tasks::RunRosterSync>(desk, &self.school, &self.acting)?;
        let (mut settings, _) = db.read(|conn| WatchSettings::load(conn, &school))?;
        if self.on || self.off {
            settings.is_on = self.on;
        }
        if let Some(folder) = &self.folder {
            let path = std::path::Path::new(folder);
            if !path.is_absolute() || !path.is_dir() {
                return Err(Failure(format!("{folder} is no folder of this machine. Write its whole path.")));
            }
            let others = db.read(|conn| {
                let mut others = Vec::new();
                for other in CurrentSchool::every(conn)?.into_iter().filter(|s| s.id() != school.id()) {
                    others.push((WatchSettings::load(conn, &other)?.0.folder, other));
                }
                Ok(others)
            })?;
            if let Some((_, other)) = others.iter().find(|(held, _)| std::path::Path::new(held) == path) {
                return Err(Failure(format!(
                    "{folder} is the folder of {}. Each school has one of its own: whose files are in it could not be told.",
                    other.name()
                )));
            }
            settings.folder.clone_from(folder);
        }
        if self.on_arrival {
            settings.when = When::OnArrival;
        }
        if let Some(times) = &self.times {
            settings.times = Times::parse(times).map_err(Failure)?;
            if settings.times.is_empty() {
                return Err(Failure("Write at least one time of day: --times 06:00,18:30.".into()));
            }
            settings.when = When::AtTimes;
        }
        if let Some(code) = &self.integration {
            settings.integration.clone_from(code);
        }
        if let Some(scope) = &self.scope {
            settings.scope =
                Scope::parse(scope).ok_or_else(|| Failure(format!("{scope:?} is neither full nor only_these.")))?;
        }
        settings.applies_blocked = self.apply_blocked.unwrap_or(settings.applies_blocked);
        if let Some(who) = &self.tell {
            (settings.tells_runners, settings.tells_releasers) = match who.as_str() {
                "runners" => (true, false),
                "releasers" => (false, true),
                "both" => (true, true),
                "nobody" => (false, false),
                other => {
                    return Err(Failure(format!("{other:?} is nobody. Write runners, releasers, both or nobody.")));
                }
            };
        }
        let named = self.acting.user_id().or(self.user.as_deref());
        if let Some(user_id) = named {
            let user = db.read(|conn| User::by_user_id(conn, user_id))?;
            settings.user_id = user.ok_or_else(|| Failure(format!("There is no user {user_id}.")))?.user_id;
        }
        db.write(|conn| settings.save(conn, &school, &actor, desk.clock.now()))?;
        print(desk, &db, &school, self.json)
    }
}

impl Show {
    fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let (db, school, _) = begin::<tasks::RunRosterSync>(desk, &self.school, &self.acting)?;
        print(desk, &db, &school, self.json)
    }
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    on: bool,
    folder: String,
    when: When,
    times: String,
    next: Option<chrono::NaiveDateTime>,
    integration: String,
    scope: Scope,
    apply_blocked: bool,
    tells_runners: bool,
    tells_releasers: bool,
    user: String,
    last_look: Option<chrono::NaiveDateTime>,
    last_run: Option<i64>,
    last_run_state: Option<RunState>,
    waits_for: Option<String>,
}

fn print(desk: &Desk, db: &crate::db::Db, at: &CurrentSchool, json: bool) -> Result<Done, Failure> {
    let state = WatchState::load(db, at)?;
    let (settings, run) = db.read(|conn| {
        let (settings, _) = WatchSettings::load(conn, at)?;
        let run = match state.run_id.map(|id| Run::by_id(conn, at, id)) {
            Some(Ok(run)) => Some(run),
            _ => None,
        };
        Ok((settings, run))
    })?;
    let is_done = state.note_run_id.is_some()
        && run.as_ref().is_some_and(|r| matches!(r.state, RunState::Applied | RunState::Abandoned));
    let lacks = settings.lacks().map(str::to_owned);
    let waits_for = state.stopped.clone().or(lacks).or(state.note.clone().filter(|_| !is_done));
    let is_timed = settings.is_on && settings.when == When::AtTimes;
    let next = Some(&settings.times).filter(|_| is_timed).and_then(|t| next_due(t, at.time_zone(), desk.clock.now()));
    let report = Report {
        on: settings.is_on,
        folder: settings.folder.clone(),
        when: settings.when,
        times: settings.times.in_words(),
        next,
        integration: settings.integration.clone(),
        scope: settings.scope,
        apply_blocked: settings.applies_blocked,
        tells_runners: settings.tells_runners,
        tells_releasers: settings.tells_releasers,
        user: settings.user_id.clone(),
        last_look: state.looked_at,
        last_run: state.run_id.map(|r| r.0),
        last_run_state: run.as_ref().map(|r| r.state),
        waits_for: waits_for.filter(|_| settings.is_on),
    };
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
        return Ok(Done::Well);
    }
    let text = |t: &str| if t.is_empty() { "none".to_owned() } else { t.to_owned() };
    println!("{}: the sync {}.", at.code(), if report.on { "goes by itself" } else { "does not go by itself" });
    println!("When: {}.", settings.when_in_words());
    println!("Folder: {}. In the name of: {}.", text(&report.folder), text(&report.user));
    println!("Integration: {}. The files are: {}.", report.integration, report.scope);
    if let (Some(run), Some(state)) = (report.last_run, report.last_run_state) {
        println!("Last run: {run}, {state}.");
    }
    if let Some(why) = &report.waits_for {
        println!("Waits: {why}");
    }
    Ok(Done::Well)
}
