//! One look at a school's folder: is it time, is everything whole, may it go on, and is no other node at it.
//! Leaves taking the files to `sync::watch::take`.

use std::path::Path;

use chrono::{NaiveDateTime, TimeDelta};

use super::actor::actor;
use super::folder::{self, Found};
use super::schedule::due;
use super::settings::{WatchSettings, When};
use super::settling::Settling;
use super::state::WatchState;
use super::take;
use crate::clock::Clock;
use crate::db::Db;
use crate::error::AppError;
use crate::runs::{FOLDER, Lease, RunId};
use crate::schools::CurrentSchool;
use crate::security::Actor;
use crate::sync::asked::ready_integration;

/// A set time waits so long for files that come late.
const GRACE: TimeDelta = TimeDelta::hours(2);

/// What came of a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// The school's sync does not go by itself, or not on this node.
    Off,
    /// Nothing to take, or not the time for it.
    Nothing,
    /// Something is being written still.
    Arriving,
    /// Another node is at it.
    Elsewhere,
    Applied(RunId),
    /// A person is needed.
    Waits {
        run: Option<RunId>,
        why: String,
    },
    /// Nothing is taken until somebody has seen to it.
    Stopped(String),
}

/// What a look is made with.
pub(super) struct Look<'a> {
    pub db: &'a Db,
    pub clock: &'a Clock,
    pub school: &'a CurrentSchool,
    pub settings: &'a WatchSettings,
    /// What was due before that does not count.
    pub since: Option<NaiveDateTime>,
    pub quiet: TimeDelta,
    pub now: NaiveDateTime,
}

impl Look<'_> {
    pub fn folder(&self) -> &Path {
        Path::new(&self.settings.folder)
    }

    /// The moment whose files are to be taken; none where it is not the time.
    fn due(&self, state: &WatchState) -> Option<NaiveDateTime> {
        if self.settings.when == When::OnArrival {
            return Some(self.now);
        }
        let done = [state.due_done, self.since].into_iter().flatten().max().unwrap_or(self.now);
        due(&self.settings.times, self.school.time_zone(), done, self.now)
    }

    /// Why nothing can be taken, or the one in whose name it goes.
    fn ready(&self) -> Result<Result<Actor, String>, AppError> {
        if let Some(lacks) = self.settings.lacks() {
            return Ok(Err(lacks.to_owned()));
        }
        self.db.read(|conn| {
            match ready_integration(conn, self.school, &self.settings.integration) {
                Err(AppError::Conflict(said)) => return Ok(Err(said)),
                other => other?,
            };
            actor(conn, self.school, &self.settings.user_id, self.clock)
        })
    }

    /// Looks once, and says in `state` what is new.
    pub fn look(&self, state: &mut WatchState, settling: &mut Settling) -> Result<Looked, AppError> {
        let by = match self.ready()? {
            Ok(by) => by,
            Err(why) => return Ok(stop(state, why)),
        };
        let files = match folder::files(self.folder()) {
            Ok(files) => files,
            // A node that does not have the folder leaves it to the one that has.
            Err(_) if state.is_seen_elsewhere(self.now) => return Ok(Looked::Off),
            Err(e) => {
                return Ok(stop(state, format!("The folder {} cannot be read: {e}.", self.settings.folder)));
            }
        };
        state.stopped = None;
        // Noted at any time, so that a set time does not wait for files that have been there all day.
        let have_settled = settling.have_settled(&files, self.now, self.quiet);
        let Some(due) = self.due(state) else { return Ok(Looked::Nothing) };
        let is_seen_to = files.is_empty() || state.taken.as_ref() == Some(&mark_of(&files));
        if is_seen_to && (self.settings.when == When::OnArrival || self.now - due < GRACE) {
            return Ok(Looked::Nothing);
        }
        if !is_seen_to && !have_settled {
            return Ok(Looked::Arriving);
        }
        let Some(lease) = Lease::take(self.db, self.school, FOLDER, 0)? else { return Ok(Looked::Elsewhere) };
        // Another node may have been at it until just now.
        *state = WatchState { stopped: None, ..WatchState::load(self.db, self.school)? };
        let Some(due) = self.due(state) else { return Ok(Looked::Nothing) };
        if folder::files(self.folder()).ok().as_ref() != Some(&files) {
            return Ok(Looked::Arriving);
        }
        if is_seen_to {
            state.due_done = Some(due);
            if !files.is_empty() {
                // What is there has been seen to, and why it is there still has been said.
                state.keep(self.db, self.school, self.now)?;
                return Ok(Looked::Nothing);
            }
            let at = due.and_utc().with_timezone(&self.school.time_zone()).format("%-d %b %Y, %H:%M");
            state.note = Some(format!("No file was there for the set time of {at}."));
            state.note_run_id = None;
            // Nobody is written to on every free day.
            state.told.clone_from(&state.note);
            state.keep(self.db, self.school, self.now)?;
            return Ok(Looked::Nothing);
        }
        if state.taken.as_ref() == Some(&mark_of(&files)) {
            return Ok(Looked::Nothing);
        }
        let looked = take::Taking { look: self, by, files, due, lease: &lease }.take(state)?;
        state.keep(self.db, self.school, self.clock.now())?;
        Ok(looked)
    }
}

fn stop(state: &mut WatchState, why: String) -> Looked {
    state.stopped = Some(why.clone());
    Looked::Stopped(why)
}

/// By what the very same files are known again.
pub(super) fn mark_of(files: &[Found]) -> String {
    crate::security::hash_token(&format!("{files:?}"))
}
