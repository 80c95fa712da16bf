//! `/sync/watch`: whether and how the school's sync goes by itself, and what it waits for.
//! Leaves doing it to `sync::watch`. The folder is set by whoever runs the server alone.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{NaiveDateTime, TimeDelta};

use super::stages::usable;
use crate::app::App;
use crate::error::AppError;
use crate::runs::{Run, RunId, RunState};
use crate::schools::CurrentSchool;
use crate::security::{User, tasks::RunRosterSync};
use crate::sync::Scope;
use crate::sync::watch::{Times, WatchSettings, WatchState, When, next_due};
use crate::web::{Chrome, Requires, SchoolForm, Seat, Wrongs, db, html, html_422};

/// Whoever looks does so every few seconds; after that time nobody does.
const UNSEEN: TimeDelta = TimeDelta::minutes(5);

/// How it stands with a school's sync by itself.
pub struct Status {
    pub settings: WatchSettings,
    pub state: WatchState,
    /// The last run that it made.
    pub run: Option<Run>,
    /// The user in whose name it goes.
    pub name: Option<String>,
    pub next: Option<NaiveDateTime>,
    pub is_unseen: bool,
}

impl Status {
    pub fn load(app: &App, school: &CurrentSchool) -> Result<Status, AppError> {
        let state = WatchState::load(&app.db, school)?;
        let now = app.clock.now();
        app.db.read(|conn| {
            let (settings, _) = WatchSettings::load(conn, school)?;
            let run = match state.run_id.map(|id| Run::by_id(conn, school, id)) {
                Some(Ok(run)) => Some(run),
                None | Some(Err(AppError::NotFound)) => None,
                Some(Err(e)) => return Err(e),
            };
            let name = User::by_user_id(conn, &settings.user_id)?.map(|u| u.name);
            let next = Some(&settings.times).filter(|_| settings.is_on && settings.when == When::AtTimes);
            let next = next.and_then(|times| next_due(times, school.time_zone(), now));
            let is_unseen = settings.is_on && state.looked_at.is_some_and(|at| now - at > UNSEEN);
            Ok(Status { settings, state, run, name, next, is_unseen })
        })
    }

    /// The run that a person has to see to; none where that has been done.
    pub fn waiting_run(&self) -> Option<RunId> {
        let is_open = |r: &&Run| !matches!(r.state, RunState::Applied | RunState::Abandoned);
        self.state.note_run_id.filter(|id| self.run.as_ref().filter(is_open).is_some_and(|r| r.id == *id))
    }

    /// Whether nothing is taken until somebody has seen to it.
    pub fn is_stopped(&self) -> bool {
        self.state.stopped.is_some() || self.settings.lacks().is_some()
    }

    /// Why it waits; none where it does not.
    pub fn why(&self) -> Option<&str> {
        if !self.settings.is_on {
            return None;
        }
        let is_done = self.state.note_run_id.is_some() && self.waiting_run().is_none();
        let note = self.state.note.as_deref().filter(|_| !is_done);
        self.state.stopped.as_deref().or(self.settings.lacks()).or(note)
    }
}

/// The form as it was typed.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Typed {
    on: String,
    when: String,
    times: String,
    integration: String,
    scope: String,
    applies_blocked: String,
    tells_runners: String,
    tells_releasers: String,
}

impl From<&WatchSettings> for Typed {
    fn from(s: &WatchSettings) -> Typed {
        let tick = |b: bool| if b { "yes".to_owned() } else { String::new() };
        Typed {
            on: tick(s.is_on),
            when: s.when.code().to_owned(),
            times: s.times.in_words(),
            integration: s.integration.clone(),
            scope: s.scope.code().to_owned(),
            applies_blocked: tick(s.applies_blocked),
            tells_runners: tick(s.tells_runners),
            tells_releasers: tick(s.tells_releasers),
        }
    }
}

impl Typed {
    /// The settings that it comes to, over those that are no field of the form.
    fn read(
        &self,
        held: &WatchSettings,
        integrations: &[(String, String)],
        user_id: &str,
    ) -> Result<WatchSettings, Wrongs> {
        let mut wrongs = Wrongs::default();
        let when = When::parse(&self.when).unwrap_or_else(|| {
            wrongs.add("when-on_arrival", "Choose when files are taken");
            When::OnArrival
        });
        let times = Times::parse(&self.times).unwrap_or_else(|said| {
            wrongs.add("times", said);
            Times::default()
        });
        if when == When::AtTimes && times.is_empty() && wrongs.at("times").is_none() {
            wrongs.add("times", "Type at least one time of day, like 06:00");
        }
        if !integrations.iter().any(|(code, _)| *code == self.integration) {
            wrongs.add("integration", "Choose an integration that is at Testing, Ready or Live at this school");
        }
        let scope = Scope::parse(&self.scope).unwrap_or_else(|| {
            wrongs.add("scope-full", "Say whether the files are the full list, or only these people");
            Scope::Full
        });
        if !wrongs.is_empty() {
            return Err(wrongs);
        }
        Ok(WatchSettings {
            is_on: !self.on.is_empty(),
            folder: held.folder.clone(),
            when,
            times,
            integration: self.integration.clone(),
            scope,
            applies_blocked: !self.applies_blocked.is_empty(),
            tells_runners: !self.tells_runners.is_empty(),
            tells_releasers: !self.tells_releasers.is_empty(),
            user_id: user_id.to_owned(),
        })
    }
}

#[derive(Template)]
#[template(path = "sync/watch.html")]
struct WatchPage {
    chrome: Chrome,
    status: Status,
    typed: Typed,
    /// Code and name of each that a sync can be planned for.
    integrations: Vec<(String, String)>,
    sends_mail: bool,
    wrongs: Wrongs,
}

async fn load(app: &web::Data<App>, school: &CurrentSchool) -> Result<(Status, Vec<(String, String)>), AppError> {
    let of = school.clone();
    db::blocking(app, move |app| {
        let usable = app.db.read(|conn| usable(conn, &of))?;
        Ok((Status::load(app, &of)?, usable.into_iter().map(|i| (i.code, i.name)).collect()))
    })
    .await
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    _: Requires<RunRosterSync>,
) -> Result<HttpResponse, AppError> {
    let (status, integrations) = load(&app, &school).await?;
    let typed = Typed::from(&status.settings);
    html(&WatchPage { chrome, status, typed, integrations, sends_mail: app.sends_mail(), wrongs: Wrongs::default() })
}

pub async fn save(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    form: SchoolForm<Typed>,
) -> Result<HttpResponse, AppError> {
    let typed = form.0;
    let (status, integrations) = load(&app, &school).await?;
    match typed.read(&status.settings, &integrations, actor.visitor.user_id()) {
        Ok(settings) => {
            let (by, now) = (actor.actor(), app.clock.now());
            let said = if settings.is_on {
                "The sync goes by itself, in your name."
            } else {
                "The sync does not go by itself."
            };
            db::write(&app, move |conn| settings.save(conn, &school, &by, now)).await?;
            Seat::of(&request).lead("/sync/watch", format!("The settings are saved. {said}"))
        }
        Err(wrongs) => {
            html_422(&WatchPage { chrome, status, typed, integrations, sends_mail: app.sends_mail(), wrongs })
        }
    }
}
