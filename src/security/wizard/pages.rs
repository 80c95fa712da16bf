//! The requests of the wizard: begin, open a step, send it, read what came of it.
//! Leaves what a draft holds to `wizard::draft`, the rules to `security::users`.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::page::{DonePage, Meanwhile, StepPage, StoppedPage};
use super::{Desk, Draft, Fields, Outcome, Step, tasks, user_id};
use crate::app::App;
use crate::audit::{self, Action, Entry};
use crate::db::Conn;
use crate::error::AppError;
use crate::schools::CurrentSchool;
use crate::security::tasks::AdministerSecurity;
use crate::security::users::{self, Changed, Refusal};
use crate::security::{GrantKind, TaskName, User, password};
use crate::web::frame::RequestId;
use crate::web::{Chrome, Requires, SchoolForm, Wrongs, db, html, html_422, html_as, see_other};

fn address(draft: &Draft, step: Step) -> String {
    format!("/security/wizard/{}/{}", draft.id, step.code())
}

#[derive(serde::Deserialize)]
pub struct Begin {
    /// The User ID of whom it is about; empty for somebody new.
    #[serde(default)]
    user: String,
    /// Sent by **Edit** under the list, which needs somebody to be chosen.
    #[serde(default)]
    edit: String,
    /// The whole User ID of somebody of Support or of another school, to give them a Task here.
    #[serde(default)]
    elsewhere: String,
}

pub async fn begin(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<AdministerSecurity>,
    id: RequestId,
    SchoolForm(form): SchoolForm<Begin>,
) -> Result<HttpResponse, AppError> {
    if form.user.is_empty() && !form.edit.is_empty() {
        let wrongs = Wrongs::one("user", "Choose a User ID from the list, then press Edit");
        return users::pages::list_with(&app, chrome, school, &actor.visitor, wrongs).await;
    }
    let (me, now) = (actor.visitor.user(), app.clock.now());
    if !form.elsewhere.trim().is_empty() {
        // Who looks for people of other schools is on record, found or not; what was typed is not.
        let entry = Entry {
            at: now,
            school: Some(school.id()),
            actor: actor.actor(),
            action: Action::UserLookedUp,
            subject: "to give them a Task at this school".into(),
            person: None,
            request: Some(id.as_str().to_owned()),
        };
        db::blocking(&app, move |app| audit::note(app.db.activity(), entry)).await?;
    }
    let (here, by) = (school.clone(), actor.actor());
    let begun = db::write(&app, move |conn| {
        let subject = if !form.elsewhere.trim().is_empty() {
            match User::by_user_id(conn, &form.elsewhere)? {
                Some(user) => Some(user),
                None => {
                    let message = format!("There is no user {}. Ask for the whole User ID", form.elsewhere.trim());
                    return Ok(Err((Wrongs::one("elsewhere", message), None)));
                }
            }
        } else if form.user.is_empty() {
            None
        } else {
            Some(users::one(conn, &here, &form.user, now)?)
        };
        if let Some(own) = subject.as_ref().filter(|u| u.id == me) {
            let why = Refusal::Own.to_string();
            let entry = users::refused(&here, &by, "change", &own.user_id, &why, now, Some(id.as_str()));
            return Ok(Err((Wrongs::one("user", why), Some(entry))));
        }
        Draft::begin(conn, &here, me, subject.as_ref(), now).map(Ok)
    })
    .await?;
    match begun {
        Ok(draft) => Ok(see_other(&address(&draft, draft.furthest()))),
        Err((wrongs, refused)) => {
            if let Some(entry) = refused {
                audit::note_later(app.db.activity(), entry);
            }
            users::pages::list_with(&app, chrome, school, &actor.visitor, wrongs).await
        }
    }
}

struct Opened {
    draft: Draft,
    desk: Desk,
}

fn open(
    conn: &mut Conn,
    school: &CurrentSchool,
    actor: &crate::security::Actor,
    id: &str,
    now: chrono::NaiveDateTime,
) -> Result<Opened, AppError> {
    let editor = actor.user().ok_or(AppError::NotFound)?;
    let draft = Draft::load(conn, school, editor, id, now)?;
    let desk = Desk::load(conn, school, draft.seen(), draft.is_new(), actor, now)?;
    Ok(Opened { draft, desk })
}

/// Why a draft cannot go on, if it cannot.
fn stopped(chrome: &mut Option<Chrome>, draft: &Draft) -> Option<Result<HttpResponse, AppError>> {
    if draft.outcome.is_some() {
        return Some(Ok(see_other(&format!("/security/wizard/{}/done", draft.id))));
    }
    if !draft.has_ended {
        return None;
    }
    let chrome = chrome.take()?;
    Some(html_as(
        StatusCode::GONE,
        &StoppedPage {
            chrome,
            title: "This draft has ended",
            what: "It was left for an hour, so nothing of it was saved. The user is as before.",
            on: ("/security".into(), "Choose the user again"),
        },
    ))
}

pub async fn step_page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<AdministerSecurity>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, AppError> {
    let (id, step) = path.into_inner();
    let step = Step::parse(&step).ok_or(AppError::NotFound)?;
    let (by, now) = (actor.actor(), app.clock.now());
    let Opened { draft, desk } = db::read(&app, move |conn| open(conn, &school, &by, &id, now)).await?;
    let mut chrome = Some(chrome);
    if let Some(answer) = stopped(&mut chrome, &draft) {
        return answer;
    }
    if !draft.may_open(step) {
        // No step is skipped: the way leads over the one that waits.
        return Ok(see_other(&address(&draft, draft.furthest())));
    }
    let chrome = chrome.take().ok_or(AppError::NotFound)?;
    html(&StepPage::new(chrome, draft, step, desk, Wrongs::default()))
}

pub async fn done(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<AdministerSecurity>,
    id: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let (me, now) = (actor.visitor.user(), app.clock.now());
    let draft = db::read(&app, move |conn| Draft::load(conn, &school, me, &id, now)).await?;
    match draft.outcome.clone() {
        Some(outcome) => html(&DonePage { chrome, outcome }),
        None => Ok(see_other(&address(&draft, draft.furthest()))),
    }
}

/// What sending a page came to.
enum Sent {
    To(String),
    Wrong(Box<StepPageParts>),
    MixedUp(String),
}

struct StepPageParts {
    draft: Draft,
    step: Step,
    desk: Desk,
    wrongs: Wrongs,
    besides: Besides,
}

/// What else there is to tell of a page that is shown again.
enum Besides {
    Nothing,
    /// To whoever sent it.
    Meanwhile(Meanwhile),
    /// To the audit: what was asked for and is not theirs to give.
    Refused(Box<Entry>),
}

#[allow(clippy::too_many_arguments)]
pub async fn send(
    app: web::Data<App>,
    chrome: Chrome,
    request_id: RequestId,
    school: CurrentSchool,
    actor: Requires<AdministerSecurity>,
    path: web::Path<(String, String)>,
    SchoolForm(pairs): SchoolForm<Vec<(String, String)>>,
) -> Result<HttpResponse, AppError> {
    let (id, step) = path.into_inner();
    let step = Step::parse(&step).ok_or(AppError::NotFound)?;
    let (by, now) = (actor.actor(), app.clock.now());
    let posted = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let (turn, typed, goes_back, gives) = (posted("turn"), posted("password"), posted("go") == "back", posted("gives"));
    let fields = Fields::of_form(pairs);
    let Opened { draft, desk } = {
        let (school, by) = (school.clone(), by.clone());
        db::read(&app, move |conn| open(conn, &school, &by, &id, now)).await?
    };
    let mut chrome = Some(chrome);
    if draft.outcome.is_some() && !draft.was_sent(step, &fields) {
        let chrome = chrome.take().ok_or(AppError::NotFound)?;
        return html_as(
            StatusCode::CONFLICT,
            &StoppedPage {
                chrome,
                title: "This page was already sent",
                what: "The draft was saved before. Nothing of what was sent now was taken: choose the user again to change more.",
                on: (format!("/security/wizard/{}/done", draft.id), "What was saved"),
            },
        );
    }
    if let Some(answer) = stopped(&mut chrome, &draft) {
        return answer;
    }
    let chrome = chrome.take().ok_or(AppError::NotFound)?;
    if !draft.may_open(step) || turn.parse() != Ok(draft.turn) {
        return mixed_up(chrome, address(&draft, draft.furthest()));
    }
    let (mut draft, mut password_wrong) = (draft, None);
    if step == Step::UserId && draft.is_new() {
        draft.forget_password_of_another(&fields);
        if !typed.is_empty() {
            match password::weakness(&typed, &[fields.get("user_id"), fields.get("name"), "crosswalk"]) {
                Some(why) => password_wrong = Some(why),
                None => draft.set_password(app.hashing.hash(typed).await?),
            }
        } else if !draft.has_password() {
            password_wrong = Some("Type a temporary password for the user".to_owned());
        }
    }
    let request = request_id.as_str().to_owned();
    let sent = db::write(&app, move |conn| {
        let page = Page { school, by, now, request, step, goes_back, password_wrong, gives };
        page.take(conn, draft, desk, fields)
    })
    .await;
    match sent {
        Ok(Sent::To(address)) => Ok(see_other(&address)),
        Ok(Sent::MixedUp(on)) => mixed_up(chrome, on),
        Ok(Sent::Wrong(parts)) => {
            let StepPageParts { draft, step, desk, wrongs, besides } = *parts;
            let page = StepPage::new(chrome, draft, step, desk, wrongs);
            match besides {
                Besides::Nothing => html_422(&page),
                Besides::Meanwhile(m) => html_as(StatusCode::CONFLICT, &StepPage { meanwhile: Some(m), ..page }),
                Besides::Refused(entry) => {
                    audit::note_later(app.db.activity(), *entry);
                    html_422(&page)
                }
            }
        }
        Err(e) if e.is_unique_violation() => {
            Err(AppError::Conflict("Another administrator added a user with this User ID just now.".into()))
        }
        Err(e) => Err(e),
    }
}

fn mixed_up(chrome: Chrome, on: String) -> Result<HttpResponse, AppError> {
    html_as(
        StatusCode::CONFLICT,
        &StoppedPage {
            chrome,
            title: "This page was already sent",
            what: "It was sent before, or the same draft is open in another tab. Nothing of this page was taken, and nothing is lost: go on where the draft is now.",
            on: (on, "Go on with the draft"),
        },
    )
}

/// One page that was sent, with all that is needed to take it.
struct Page {
    school: CurrentSchool,
    by: crate::security::Actor,
    now: chrono::NaiveDateTime,
    request: String,
    step: Step,
    goes_back: bool,
    password_wrong: Option<String>,
    /// Which Tasks the page said that the profile gives.
    gives: String,
}

impl Page {
    fn take(&self, conn: &mut Conn, mut draft: Draft, desk: Desk, fields: Fields) -> Result<Sent, AppError> {
        let step = self.step;
        draft.answer(step, fields, false);
        if self.goes_back {
            let to = draft.before(step).unwrap_or(step);
            return self.keep(conn, draft, |d| Sent::To(address(d, to)));
        }
        let (mut picture, sent) = draft.shown(step, &desk);
        let beyond = if step == Step::Tasks { tasks::beyond(&sent, &picture, &desk) } else { Vec::new() };
        let mut wrongs = draft.read(step, &mut picture, &desk);
        if step == Step::UserId && draft.is_new() && wrongs.at("user_id").is_none() {
            // Told at once, and asked again when it is saved.
            if User::by_user_id(conn, &picture.user_id)?.is_some() {
                wrongs.add("user_id", Refusal::Taken(picture.user_id.clone()).to_string());
            }
        }
        if step == Step::Privileges && draft.is_new() && !draft.wants_tasks() && self.gives != draft.gives(&desk) {
            wrongs.add("more-yes", "The profile was changed meanwhile: look at what it gives now, then answer again");
        }
        if let Some(why) = &self.password_wrong {
            wrongs.add("password", why.clone());
        }
        if !wrongs.is_empty() {
            if step == Step::UserId {
                wrongs.sort_as(&user_id::ORDER);
            }
            let besides = if beyond.is_empty() {
                Besides::Nothing
            } else {
                self.refused(&draft, &picture.user_id, &format!("may not grant {}", beyond.join(", ")))
            };
            return self.show(conn, draft, step, desk, wrongs, besides);
        }
        let fields = draft.shown(step, &desk).1;
        draft.answer(step, fields, true);
        let saves = step == Step::Tasks || (step == Step::Privileges && !draft.wants_tasks());
        match draft.after(step).filter(|_| !saves) {
            Some(next) => self.keep(conn, draft, |d| Sent::To(address(d, next))),
            None => self.save(conn, draft, desk),
        }
    }

    fn keep(&self, conn: &mut Conn, mut draft: Draft, then: impl FnOnce(&Draft) -> Sent) -> Result<Sent, AppError> {
        let stored = draft.store(conn, &self.school, self.now)?;
        Ok(if stored { then(&draft) } else { Sent::MixedUp(address(&draft, draft.furthest())) })
    }

    /// Shows a page again. What was answered is kept, so that going back and forth loses nothing.
    fn show(
        &self,
        conn: &mut Conn,
        draft: Draft,
        step: Step,
        desk: Desk,
        wrongs: Wrongs,
        besides: Besides,
    ) -> Result<Sent, AppError> {
        self.keep(conn, draft, |d| {
            Sent::Wrong(Box::new(StepPageParts { draft: d.clone(), step, desk, wrongs, besides }))
        })
    }

    fn refused(&self, draft: &Draft, user_id: &str, why: &str) -> Besides {
        let deed = if draft.is_new() { "add" } else { "change" };
        let entry = users::refused(&self.school, &self.by, deed, user_id, why, self.now, Some(&self.request));
        Besides::Refused(Box::new(entry))
    }

    fn save(&self, conn: &mut Conn, mut draft: Draft, desk: Desk) -> Result<Sent, AppError> {
        let wanted = match draft.wanted(&desk) {
            Ok(wanted) => wanted,
            Err((step, wrongs)) => return self.show(conn, draft, step, desk, wrongs, Besides::Nothing),
        };
        let done = users::change(conn, &self.school, &draft.wish(&wanted), &self.by, self.now, Some(&self.request))?;
        match done {
            Ok(Changed { user_id, words }) => {
                draft.outcome = Some(Outcome { user_id, words, reference: self.request.clone() });
                let stored = draft.store(conn, &self.school, self.now)?;
                if stored {
                    Ok(Sent::To(format!("/security/wizard/{}/done", draft.id)))
                } else {
                    // Sent twice at the same moment: the other one saves, this one leaves no trace.
                    Err(AppError::Conflict("The same page was sent twice, and the other one is saved.".into()))
                }
            }
            Err(Refusal::Meanwhile { by, version, now, words }) => {
                let desk = Desk::load(conn, &self.school, &now, false, &self.by, self.now)?;
                draft.rebase(&wanted, *now, version, &desk);
                let meanwhile = Besides::Meanwhile(Meanwhile { by, words });
                self.show(conn, draft, self.step, desk, Wrongs::default(), meanwhile)
            }
            Err(refusal) => {
                let (step, field) = self.place_of(&refusal, &draft);
                let why = refusal.to_string();
                let besides = match refusal.is_of_rights() {
                    true => self.refused(&draft, &wanted.user_id, &why),
                    false => Besides::Nothing,
                };
                self.show(conn, draft, step, desk, Wrongs::one(field, why), besides)
            }
        }
    }

    /// At which step and field a refusal is told.
    fn place_of(&self, refusal: &Refusal, draft: &Draft) -> (Step, String) {
        let task = |kind: GrantKind, task: TaskName| format!("{}.{}", kind.code(), task.code());
        match refusal {
            Refusal::Taken(_) => (Step::UserId, "user_id".into()),
            // The Tasks of a new user whose Tasks nobody chose are those of the profile.
            Refusal::MayNotGrant { .. } if !draft.wants_tasks() => (Step::UserId, "profile".into()),
            Refusal::MayNotGrant { key, .. } => (Step::Tasks, task(key.kind, key.task)),
            Refusal::BulkWithLimits { .. } if !draft.wants_tasks() => (Step::LimitingAccess, "campus".into()),
            Refusal::BulkWithLimits { task: t } => (Step::Tasks, task(GrantKind::Use, *t)),
            Refusal::LastAdministrator { lacks: Some(kind), .. } => {
                (Step::Tasks, task(*kind, TaskName::AdministerSecurity))
            }
            Refusal::LastAdministrator { lacks: None, .. } => (Step::LimitingAccess, "limits".into()),
            Refusal::BeyondOwnLimits { .. } => (Step::LimitingAccess, "limits".into()),
            Refusal::Own | Refusal::NotHome { .. } | Refusal::Outranked { .. } | Refusal::Meanwhile { .. } => {
                (self.step, "main".into())
            }
        }
    }
}
