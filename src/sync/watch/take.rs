//! Taking the files of a folder: read, planned, put away under the run's number, and applied where nothing needs a person.
//! Leaves whether it is time to `sync::watch::look`.

use chrono::NaiveDateTime;

use super::folder::{self, DONE, FAILED, Found};
use super::look::{Look, Looked, mark_of};
use super::state::WatchState;
use super::which::{self, Alike, Candidate};
use crate::error::AppError;
use crate::integrations::{Stage, stage_at};
use crate::runs::{Applied, Hold, Lease, Run, RunId, RunState, abandon};
use crate::security::Actor;
use crate::sources::{HeaderMap, MAX_FILE_BYTES, Slot, recognise};
use crate::sync::{Asked, GivenFile, acts, maps, plan};
use crate::web::work::in_words;

/// The files of one folder, on their way.
pub(super) struct Taking<'a> {
    pub look: &'a Look<'a>,
    pub by: Actor,
    pub files: Vec<Found>,
    pub due: NaiveDateTime,
    pub lease: &'a Lease,
}

impl Taking<'_> {
    pub fn take(mut self, state: &mut WatchState) -> Result<Looked, AppError> {
        let Look { db, school, .. } = *self.look;
        if let Err(e) = folder::prepare(self.look.folder()) {
            let why = format!(
                "Files cannot be put away in {}: {e}. Nothing is taken until they can.",
                self.look.settings.folder
            );
            state.stopped = Some(why.clone());
            return Ok(Looked::Stopped(why));
        }
        if let Some(large) = self.files.iter().find(|f| f.size > MAX_FILE_BYTES as u64) {
            let why = format!("{} is larger than any list that is read. Take it away.", large.name);
            return Ok(self.leave(state, why));
        }
        let map = db.read(|conn| maps::with(conn, school, &HeaderMap::default()))?;
        let mut candidates = Vec::new();
        let mut texts = Vec::new();
        for found in std::mem::take(&mut self.files) {
            let Ok(bytes) = std::fs::read(self.look.folder().join(&found.name)) else { return Ok(Looked::Arriving) };
            if !folder::is_same(self.look.folder(), &found) || bytes.len() as u64 != found.size {
                return Ok(Looked::Arriving);
            }
            candidates.push(Candidate { slots: recognise(&bytes, &map), found });
            texts.push(bytes);
        }
        self.files = candidates.iter().map(|c| c.found.clone()).collect();
        let sorted = match which::sort(&candidates) {
            Ok(sorted) => sorted,
            Err(Alike { slot, names: [one, two] }) => {
                let why = format!(
                    "{one} and {two} could both be the list of {slot}, and only one can be taken. Take one of them away."
                );
                return Ok(self.leave(state, why));
            }
        };
        if sorted.taken.is_empty() {
            let names: Vec<&str> = self.files.iter().map(|f| f.name.as_str()).collect();
            let why = format!(
                "None of the four lists is recognised, neither by titles nor by name: {}. Map the titles by uploading the file once, or name it after its list.",
                names.join(", ")
            );
            return Ok(self.leave(state, why));
        }
        let given: Vec<GivenFile> = sorted
            .taken
            .iter()
            .filter_map(|(slot, place)| {
                let bytes = std::mem::take(texts.get_mut(*place)?);
                Some(GivenFile::new(*slot, self.files.get(*place)?.name.clone(), bytes))
            })
            .collect();
        drop(texts);
        let asked = Asked { integration: self.look.settings.integration.clone(), scope: self.look.settings.scope, map };
        let planned = plan(db, school, &given, &asked, &self.by, self.look.now);
        if self.lease.at(0).is_err() {
            // It stood still for so long that another node has taken the files.
            return Ok(Looked::Elsewhere);
        }
        match planned {
            Ok(Ok(run)) => {
                let taken = sorted.taken.iter().map(|(_, place)| *place);
                self.put_away(state, taken, DONE, &format!("run-{run}"));
                self.put_away(state, sorted.older.into_iter(), DONE, &format!("run-{run}-older"));
                self.go_on(state, run)
            }
            Ok(Err((slot, problem))) => Ok(self.fail(state, &given, Some(slot), &problem.to_string())),
            // Something large is being written: the next look takes them.
            Err(AppError::Busy) => Ok(Looked::Arriving),
            Err(e) => {
                // Where the database itself is away the files stay, and the next look takes them.
                WatchState::load(db, school)?;
                Ok(self.fail(state, &given, None, &in_words(&e)))
            }
        }
    }

    /// The files stay as they are, and are not looked into again until they are others.
    fn leave(&self, state: &mut WatchState, why: String) -> Looked {
        state.taken = Some(mark_of(&self.files));
        state.due_done = Some(self.due);
        wait(state, None, why)
    }

    /// Nothing can be made of them: all of what belongs together is put aside.
    fn fail(&self, state: &mut WatchState, given: &[GivenFile], slot: Option<Slot>, said: &str) -> Looked {
        let mark = self.look.now.format("%Y%m%dT%H%M%S").to_string();
        let is_given = |f: &Found| given.iter().any(|g| g.name == f.name);
        let places: Vec<usize> = (0..self.files.len()).filter(|p| self.files.get(*p).is_some_and(is_given)).collect();
        state.due_done = Some(self.due);
        self.put_away(state, places.into_iter(), FAILED, &mark);
        let bad = slot.and_then(|slot| Some((slot, given.iter().find(|g| g.slot == slot)?)));
        let which = bad.map(|(slot, g)| format!("{} ({slot}): ", g.name)).unwrap_or_default();
        wait(state, None, format!("{which}{said} The files are in {FAILED}, as {mark}-…"))
    }

    fn put_away(&self, state: &mut WatchState, places: impl Iterator<Item = usize>, into: &str, mark: &str) {
        for found in places.filter_map(|place| self.files.get(place)) {
            if let Err(e) = folder::put_away(self.look.folder(), &found.name, into, mark) {
                log::error!("{} could not be put away: {e}", found.name);
                // What stays is not taken again and again.
                state.taken = folder::files(self.look.folder()).ok().map(|files| mark_of(&files));
            }
        }
    }

    /// What becomes of a plan without a person.
    fn go_on(&self, state: &mut WatchState, id: RunId) -> Result<Looked, AppError> {
        let Look { db, school, settings, clock, .. } = *self.look;
        let earlier = state.run_id.replace(id);
        state.due_done = Some(self.due);
        (state.note, state.note_run_id) = (None, None);
        // Whatever happens from here on, these files are seen to.
        state.keep(db, school, clock.now())?;
        if let Some(earlier) = earlier {
            self.set_aside(earlier)?;
        }
        let (run, hold, stage) = db.read(|conn| {
            let run = Run::by_id(conn, school, id)?;
            let stage = match run.integration_id {
                Some(integration) => stage_at(conn, school, integration)?,
                None => None,
            };
            Ok((run, Hold::of(conn, school, id)?, stage))
        })?;
        if run.state == RunState::Held {
            let reasons: Vec<String> = hold.into_iter().flat_map(|h| h.held_for).map(|f| f.what).collect();
            return Ok(wait(
                state,
                Some(id),
                format!("Run {id} is held, and a second person has to release it. {}", reasons.join(" ")),
            ));
        }
        if stage != Some(Stage::Live) {
            let stage = stage.map_or("not there", Stage::word);
            return Ok(wait(
                state,
                Some(id),
                format!(
                    "Run {id} is planned. The integration is {stage}: it can be applied once Support has made it Live."
                ),
            ));
        }
        if run.counts.refused > 0 && !settings.applies_blocked {
            let blocked = run.counts.refused;
            return Ok(wait(
                state,
                Some(id),
                format!("Run {id} is planned, and {blocked} of its rows are blocked. Look at them, then apply it."),
            ));
        }
        let said = match acts::apply(db, school, id, &self.by, clock.now()) {
            Ok(Applied::Done) => return Ok(Looked::Applied(id)),
            Ok(Applied::Stale(_)) => "Somebody changed some of the same people meanwhile.".to_owned(),
            Ok(Applied::Cancelled) => "Somebody stopped it.".to_owned(),
            Ok(Applied::Elsewhere) => "Another process has taken it over.".to_owned(),
            Err(e) => in_words(&e),
        };
        Ok(wait(state, Some(id), format!("Run {id} was planned and not applied. {said}")))
    }

    /// A plan that nobody has touched gives way to the one of newer files.
    fn set_aside(&self, earlier: RunId) -> Result<(), AppError> {
        let Look { db, school, .. } = *self.look;
        let given_up = db.write(|conn| {
            let run = Run::by_id(conn, school, earlier)?;
            let is_touched =
                run.counts.excluded > 0 || Hold::of(conn, school, earlier)?.is_some_and(|h| h.released.is_some());
            if !is_touched && matches!(run.state, RunState::Planned | RunState::Held) {
                abandon(conn, school, earlier)?;
            }
            Ok(())
        });
        match given_up {
            // It is gone, or somebody was quicker.
            Ok(()) | Err(AppError::NotFound | AppError::Conflict(_)) => Ok(()),
            Err(e) => Err(e),
        }
    }
}

fn wait(state: &mut WatchState, run: Option<RunId>, why: String) -> Looked {
    state.note = Some(why.clone());
    state.note_run_id = run;
    Looked::Waits { run, why }
}
