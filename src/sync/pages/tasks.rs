//! `/sync`: the school's task list: what is done, what comes next, what cannot start yet and why.
//! Leaves doing any of it to the pages it leads to.

use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::prelude::*;

use super::stages::{Usable, usable};
use super::watch::Status;
use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::IntegrationId;
use crate::people::pages::list::thousands;
use crate::runs::{Run, RunKind, RunState};
use crate::schema::runs;
use crate::schools::CurrentSchool;
use crate::security::tasks;
use crate::sync::cases;
use crate::sync::returning_since;
use crate::sync::uploads::Waiting;
use crate::web::{Chrome, Requires, db, html};

/// So many earlier syncs are listed; the list of runs has all.
const EARLIER: i64 = 10;

/// The query string: which integration, where the school has several.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    integration: String,
}

/// What the list shows of the school.
struct Loaded {
    usable: Vec<Usable>,
    chosen: Option<usize>,
    waiting: Waiting,
    cases: cases::Waiting,
    runs: Vec<Run>,
    is_returning: bool,
    list: Option<Run>,
}

#[derive(Template)]
#[template(path = "sync/tasks.html")]
struct TasksPage {
    chrome: Chrome,
    usable: Vec<Usable>,
    chosen: Option<usize>,
    steps: Vec<Step>,
    cases: cases::Waiting,
    runs: Vec<Run>,
    may_request: bool,
    may_release: bool,
    watch: Option<Status>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Done,
    Next,
    Waits,
}

/// One line of the list.
struct Step {
    title: &'static str,
    link: Option<String>,
    fact: String,
    whose: String,
    how: How,
    /// The word where it is neither "Done" nor "Next".
    word: Option<&'static str>,
}

impl Step {
    fn state(&self) -> &'static str {
        match (self.word, self.how) {
            (Some(word), _) => word,
            (None, How::Done) => "Done",
            (None, How::Next) => "Next",
            (None, How::Waits) => "Cannot start yet",
        }
    }

    fn badge(&self) -> &'static str {
        match (self.word, self.how) {
            (Some("Held"), _) => "is-wait",
            (_, How::Done) => "is-ok",
            (_, How::Next) => "is-now",
            (_, How::Waits) => "",
        }
    }
}

impl TasksPage {
    fn integration(&self) -> Option<&Usable> {
        self.chosen.and_then(|n| self.usable.get(n))
    }

    fn is_chosen(&self, place: usize) -> bool {
        self.chosen == Some(place)
    }

    fn may_release_one(&self) -> bool {
        self.may_release && self.runs.iter().any(|r| r.state == RunState::Held)
    }

    fn done(&self) -> usize {
        self.steps.iter().filter(|s| s.how == How::Done).count()
    }
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<tasks::RunRosterSync>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, AppError> {
    let wanted = asked.into_inner().integration;
    let of = school.clone();
    let watch = db::blocking(&app, move |app| Status::load(app, &of)).await?;
    let loaded = db::read(&app, move |conn| {
        let usable = usable(conn, &school)?;
        let chosen = usable.iter().position(|i| i.code == wanted).or_else(|| (!usable.is_empty()).then_some(0));
        let runs = match chosen.and_then(|n| usable.get(n)) {
            Some(i) => syncs(conn, &school, i.id)?,
            None => Vec::new(),
        };
        let cases = cases::waiting(conn, &school)?;
        let (is_returning, list) = match chosen.and_then(|n| usable.get(n)) {
            Some(i) => (
                returning_since(conn, &school, &i.code)?.is_some(),
                super::match_list::lists(conn, &school, i.id)?.into_iter().next(),
            ),
            None => (false, None),
        };
        Ok(Loaded { waiting: Waiting::load(conn, &school)?, cases, usable, chosen, runs, is_returning, list })
    })
    .await?;
    let steps = match loaded.chosen.and_then(|n| loaded.usable.get(n)) {
        Some(i) => {
            let mut steps = steps(&chrome, i, &loaded.waiting, loaded.runs.first());
            let school = [returning(i, loaded.is_returning), match_list(i, loaded.list.as_ref())];
            steps.splice(1..1, school.into_iter().take(if loaded.is_returning { 2 } else { 1 }));
            steps
        }
        None => Vec::new(),
    };
    html(&TasksPage {
        chrome,
        usable: loaded.usable,
        chosen: loaded.chosen,
        steps,
        cases: loaded.cases,
        runs: loaded.runs,
        may_request: actor.visitor.may::<tasks::RequestIntegrations>(),
        may_release: actor.visitor.may::<tasks::ReleaseHeldRuns>(),
        watch: Some(watch).filter(|w| w.settings.is_on),
    })
}

/// The syncs of an integration, newest first.
fn syncs(conn: &mut Conn, school: &CurrentSchool, integration: IntegrationId) -> Result<Vec<Run>, AppError> {
    Ok(runs::of(school)
        .filter(runs::kind.eq(RunKind::RosterSync))
        .filter(runs::integration_id.eq(integration))
        .order(runs::id.desc())
        .limit(EARLIER)
        .select(Run::as_select())
        .load(conn)?)
}

/// Whether the school has users with older IDs.
fn returning(at: &Usable, is_returning: bool) -> Step {
    let ids = thousands(at.ids);
    Step {
        title: "New or returning school",
        link: Some(format!("/sync/match-list?integration={}", at.code)),
        fact: if is_returning {
            format!(
                "Returning: {ids} IDs of {} are on record. A sync waits until they and the extracts agree.",
                at.name
            )
        } else if at.ids == 0 {
            format!("New: nobody has an ID of {} yet. Everybody in the extracts gets one.", at.name)
        } else {
            format!(
                "{ids} IDs of {} are on record, and stay as they are. If they are older than the numbers of the extracts, say that this is a returning school.",
                at.name
            )
        },
        whose: String::new(),
        how: How::Done,
        word: None,
    }
}

/// The match list of a returning school. Without one the IDs have to agree as they are.
fn match_list(at: &Usable, newest: Option<&Run>) -> Step {
    let run = newest.filter(|r| r.state != RunState::Abandoned && r.undone_by_run_id.is_none());
    let is_applied = run.is_some_and(|r| r.state == RunState::Applied);
    Step {
        title: "Match list",
        link: Some(match run {
            Some(r) => format!("/runs/{}", r.id),
            None => format!("/sync/match-list?integration={}", at.code),
        }),
        fact: match run {
            Some(r) if is_applied => {
                format!(
                    "{} IDs changed, {} rows refused.",
                    thousands(r.counts.updated.into()),
                    thousands(r.counts.refused.into())
                )
            }
            Some(r) => format!("Planned, not applied yet: {} IDs would change.", thousands(r.counts.updated.into())),
            None => "Where the IDs are not those of the extracts yet: the old and the new ID of each user.".into(),
        },
        whose: run.map(|r| format!("By {}", r.actor_name)).unwrap_or_default(),
        how: if is_applied { How::Done } else { How::Next },
        word: match run.map(|r| r.state) {
            Some(RunState::Held) => Some("Held"),
            None => Some("If needed"),
            _ => None,
        },
    }
}

fn steps(chrome: &Chrome, at: &Usable, waiting: &Waiting, newest: Option<&Run>) -> Vec<Step> {
    // What was abandoned is no sync of now; nor is an applied one, once new files are there.
    let run = newest.filter(|r| match r.state {
        RunState::Abandoned => false,
        RunState::Applied => waiting.is_empty() && r.undone_by_run_id.is_none(),
        _ => true,
    });
    let link = run.map(|r| format!("/runs/{}", r.id));
    let state = run.map(|r| r.state);
    let step = |title, fact: String, how| Step { title, link: None, fact, whose: String::new(), how, word: None };
    let stage = Step {
        whose: format!("By {}", at.moved_by),
        ..step(
            "Stage of the integration",
            if at.is_live() {
                format!("{} is Live since {}.", at.name, chrome.day_of(&at.moved_at))
            } else {
                format!(
                    "{} is {}: a sync can be looked at, and applied once Support has made it Live.",
                    at.name, at.stage
                )
            },
            if at.is_live() { How::Done } else { How::Waits },
        )
    };
    let stage = Step { word: (!at.is_live()).then(|| at.stage.word()), ..stage };
    let files: Vec<String> = waiting.0.iter().map(|u| format!("{}: {}", u.slot, u.name)).collect();
    let extracts = Step {
        link: Some(format!("/sync/upload?integration={}", at.code)),
        whose: run.map(|r| format!("By {}", r.actor_name)).unwrap_or_default(),
        ..match run {
            Some(r) => step("Extracts", r.source_name.clone().unwrap_or_default(), How::Done),
            None if files.is_empty() => step(
                "Extracts",
                "Export Students, Teachers, Parents and Relationships from PowerSchool, and upload them.".into(),
                How::Next,
            ),
            None => step("Extracts", format!("Uploaded, not looked at yet. {}.", files.join(", ")), How::Next),
        }
    };
    let preview = Step {
        link: link.clone(),
        ..match (run, state) {
            (Some(_), Some(RunState::Planning)) => Step {
                word: Some("Being planned"),
                ..step("Preview", "It is being made. You may leave.".into(), How::Next)
            },
            (Some(_), Some(RunState::Held)) => Step {
                word: Some("Held"),
                whose: "A second person".into(),
                ..step(
                    "Preview",
                    "The guard holds it; the preview says why. A second person lets it go on.".into(),
                    How::Next,
                )
            },
            (Some(r), _) => step(
                "Preview",
                format!(
                    "{} created, {} updated, {} blocked.",
                    thousands(r.counts.created.into()),
                    thousands(r.counts.updated.into()),
                    thousands(r.counts.refused.into())
                ),
                How::Done,
            ),
            (None, _) => {
                step("Preview", "Shows everything before anything changes. The extracts come first.".into(), How::Waits)
            }
        }
    };
    let apply = Step {
        link: link
            .clone()
            .filter(|_| matches!(state, Some(RunState::Planned | RunState::Applying | RunState::Applied))),
        ..match state {
            Some(RunState::Applied) => step("Apply", "Applied, all of it.".into(), How::Done),
            Some(RunState::Applying) => Step {
                word: Some("Applying"),
                ..step("Apply", "It is being applied. You may leave.".into(), How::Next)
            },
            Some(RunState::Planned) if run.is_some_and(|r| r.counts.changes() == 0) => {
                step("Apply", "There is nothing to apply: everybody is as the extracts say.".into(), How::Done)
            }
            Some(RunState::Planned) if at.is_live() => {
                step("Apply", "Look at the preview, then apply it: all or nothing.".into(), How::Next)
            }
            Some(RunState::Planned) => {
                step("Apply", format!("{} is {}, and has to be Live.", at.name, at.stage), How::Waits)
            }
            Some(RunState::Held) => step("Apply", "The preview is held.".into(), How::Waits),
            _ => step("Apply", "The preview comes first.".into(), How::Waits),
        }
    };
    let summary = Step {
        link: link.filter(|_| state == Some(RunState::Applied)),
        ..match run.filter(|r| r.state == RunState::Applied) {
            Some(r) => step(
                "Import Summary",
                format!(
                    "{} users imported, {} blocked.",
                    thousands((r.counts.created + r.counts.reactivated).into()),
                    thousands(r.counts.refused.into())
                ),
                How::Done,
            ),
            None => step(
                "Import Summary",
                "Users imported, users blocked with each one’s reason, groups made, Undo.".into(),
                How::Waits,
            ),
        }
    };
    vec![stage, extracts, preview, apply, summary]
}
