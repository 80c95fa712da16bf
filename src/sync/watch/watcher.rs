//! Whoever looks at the folders of all schools, again and again: `serve`, where it is told to, and `crosswalk sync watch`.
//! Leaves a look to `sync::watch::look`. Several nodes may look; one takes.

use std::collections::HashMap;
use std::time::Duration;

use chrono::TimeDelta;

use super::letters::letters;
use super::look::{Look, Looked};
use super::settings::WatchSettings;
use super::settling::Settling;
use super::state::WatchState;
use crate::clock::Clock;
use crate::db::Db;
use crate::error::AppError;
use crate::mail::{self, Letter, MailSettings};
use crate::schools::{CurrentSchool, SchoolId};
use crate::security::Actor;

/// How often a folder is looked at.
pub const EVERY: Duration = Duration::from_secs(5);
/// A file that has not changed for so many seconds counts as whole.
pub const QUIET: u32 = 30;

pub struct Watcher {
    db: Db,
    clock: Clock,
    mail: Option<MailSettings>,
    public_url: Option<String>,
    quiet: TimeDelta,
    settling: HashMap<SchoolId, Settling>,
}

impl Watcher {
    pub fn new(db: Db, clock: Clock, mail: Option<MailSettings>, public_url: Option<String>, quiet: u32) -> Watcher {
        let quiet = TimeDelta::seconds(i64::from(quiet));
        Watcher { db, clock, mail, public_url, quiet, settling: HashMap::new() }
    }

    /// Looks at every school once. One school's trouble is not another's.
    pub fn look(&mut self) -> Result<Vec<(CurrentSchool, Looked)>, AppError> {
        let mut all = Vec::new();
        for school in self.db.read(CurrentSchool::every)? {
            match self.look_at(&school) {
                Ok(Looked::Off) => {}
                Ok(looked) => all.push((school, looked)),
                // Something large is being written: the next look will do.
                Err(AppError::Busy) => {}
                Err(e) => log::warn!("the folder of {} could not be looked at: {e}", school.code()),
            }
        }
        Ok(all)
    }

    pub fn look_at(&mut self, school: &CurrentSchool) -> Result<Looked, AppError> {
        let now = self.clock.now();
        let (settings, since) = self.db.read(|conn| WatchSettings::load(conn, school))?;
        if !settings.is_on {
            return Ok(Looked::Off);
        }
        let before = WatchState::load(&self.db, school)?;
        let mut state = before.clone();
        let settling = self.settling.entry(school.id()).or_default();
        let (db, clock, quiet) = (&self.db, &self.clock, self.quiet);
        let looked = Look { db, clock, school, settings: &settings, since, quiet, now }.look(&mut state, settling)?;
        let letters = self.news(school, &settings, &mut state)?;
        // First on record, so that no other node writes the same.
        state.keep_look(&self.db, school, &before, now)?;
        if let Some(mail) = &self.mail {
            for letter in letters {
                mail::send(mail, &self.db, &letter, self.clock.now());
            }
        }
        Ok(looked)
    }

    /// What those who are to know have not been written yet: once for each thing that it waits for.
    fn news(
        &self,
        school: &CurrentSchool,
        settings: &WatchSettings,
        state: &mut WatchState,
    ) -> Result<Vec<Letter>, AppError> {
        let why = state.stopped.clone().or(state.note.clone());
        if why == state.told {
            return Ok(Vec::new());
        }
        state.told.clone_from(&why);
        let Some(why) = why.filter(|_| self.mail.is_some()) else { return Ok(Vec::new()) };
        let run = state.note_run_id.filter(|_| state.stopped.is_none());
        // What a file holds stays in the portal.
        let why = if run.is_some() || state.stopped.is_some() {
            why
        } else {
            "Some files could not be taken. The page says which, and why.".to_owned()
        };
        let (by, now) = (Actor::operator("sync watch"), self.clock.now());
        self.db.read(|conn| letters(conn, school, settings, (&why, run), &by, self.public_url.as_deref(), now))
    }
}

/// Looks at all folders until the process ends.
pub fn watch_in_background(mut watcher: Watcher) {
    let watched = std::thread::Builder::new().name("sync-watch".into()).spawn(move || {
        loop {
            match watcher.look() {
                Ok(all) => all.iter().for_each(|(school, looked)| match looked {
                    Looked::Applied(run) => log::info!("run {run} of {} is applied by itself", school.code()),
                    Looked::Waits { run: Some(run), .. } => log::info!("run {run} of {} waits", school.code()),
                    Looked::Waits { run: None, .. } => log::warn!("files of {} were not taken", school.code()),
                    _ => {}
                }),
                Err(AppError::Busy) => {}
                Err(e) => log::warn!("the folders could not be looked at: {e}"),
            }
            std::thread::sleep(EVERY);
        }
    });
    if let Err(e) = watched {
        log::error!("nobody looks at the folders of extracts: {e}");
    }
}
