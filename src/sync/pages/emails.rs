//! `/sync/emails`: each clash of e-mails with the people and their children, what was decided, and deciding.
//! Leaves remembering to `sync::decisions`, letters and files to `sync::pages::letters`.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::people::email_key;
use crate::schools::CurrentSchool;
use crate::security::tasks::RunRosterSync;
use crate::sources::Slot;
use crate::sync::cases::{Case, FoundKind, Party, Waiting, waiting};
use crate::sync::decisions::{EmailDecision, EmailVerdict, Whom, decide_email};
use crate::sync::{Settings, SharedEmails};
use crate::web::{Chrome, Requires, SchoolForm, Seat, Wrongs, db, html, html_422};

/// So many cases stand on a page.
pub const CASES: i64 = 25;

/// So many decisions are shown, the newest first; the command lists all.
pub const DECISIONS: usize = 200;

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    pub page: String,
}

impl Asked {
    pub fn page(&self) -> i64 {
        self.page.parse().unwrap_or(1).clamp(1, 1_000_000)
    }
}

/// What stands on the page.
struct Loaded {
    cases: Vec<Case>,
    total: i64,
    page: i64,
    decisions: Vec<EmailDecision>,
    run: Option<crate::runs::RunId>,
    setting: SharedEmails,
    waiting: Waiting,
}

#[derive(Template)]
#[template(path = "sync/emails.html")]
struct EmailsPage {
    chrome: Chrome,
    loaded: Loaded,
    wrongs: Wrongs,
}

impl EmailsPage {
    fn decision(&self, case: &Case) -> Option<&EmailDecision> {
        let email = case.email_key.as_ref()?;
        self.loaded.decisions.iter().find(|d| d.email_key == *email)
    }

    fn shown(&self) -> &[EmailDecision] {
        self.loaded.decisions.get(..DECISIONS).unwrap_or(&self.loaded.decisions)
    }

    fn last_page(&self) -> i64 {
        ((self.loaded.total + CASES - 1) / CASES).max(1)
    }
}

/// Which row of which file somebody stands in.
pub fn row_of(p: &Party) -> String {
    match (p.slot.as_deref().and_then(Slot::parse), p.source_row) {
        (Some(slot), Some(row)) => format!("Row {row} of {slot}"),
        _ => "In the school, in no file".into(),
    }
}

pub fn children_of(p: &Party) -> String {
    p.children().join(", ")
}

fn load(conn: &mut Conn, school: &CurrentSchool, page: i64) -> Result<Loaded, AppError> {
    let (cases, total) = Case::list(conn, school, &[FoundKind::Email], ((page - 1) * CASES, CASES))?;
    let mut decisions = EmailDecision::all(conn, school)?;
    decisions.sort_by(|a, b| b.decided_at.cmp(&a.decided_at).then_with(|| a.email_key.cmp(&b.email_key)));
    let setting = Settings::load(conn, school)?.shared_emails;
    let (run, waiting) = (Case::run(conn, school)?, waiting(conn, school)?);
    Ok(Loaded { cases, total, page, decisions, run, setting, waiting })
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    _: Requires<RunRosterSync>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, AppError> {
    let page = asked.page();
    let loaded = db::read(&app, move |conn| load(conn, &school, page)).await?;
    html(&EmailsPage { chrome, loaded, wrongs: Wrongs::default() })
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Decision {
    email: String,
    verdict: String,
    page: String,
}

impl Decision {
    fn verdict(&self) -> Option<EmailVerdict> {
        match self.verdict.as_str() {
            "without" => Some(EmailVerdict::Without),
            "block" => Some(EmailVerdict::Block),
            other => other.strip_prefix("give:").and_then(Whom::parse).map(EmailVerdict::Give),
        }
    }

    fn back(&self) -> String {
        match self.page.parse::<i64>() {
            Ok(page) if page > 1 => format!("/sync/emails?page={page}"),
            _ => "/sync/emails".into(),
        }
    }
}

pub async fn decide(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    form: SchoolForm<Decision>,
) -> Result<HttpResponse, AppError> {
    let (form, by, now) = (form.0, actor.actor(), app.clock.now());
    let Some(verdict) = form.verdict() else {
        let page = form.page.parse().unwrap_or(1).clamp(1, 1_000_000);
        let key = email_key(&form.email);
        let loaded = db::read(&app, move |conn| load(conn, &school, page)).await?;
        let case = loaded.cases.iter().find(|c| key.is_some() && c.email_key == key);
        let at = case.map_or_else(|| "main".to_owned(), |c| format!("e{}-0", c.number));
        let wrongs = Wrongs::one(at, "Choose what is to be of the e-mail");
        return html_422(&EmailsPage { chrome, loaded, wrongs });
    };
    let back = form.back();
    let said = format!("Decided on {}. It counts from the next plan on.", form.email.trim());
    db::write(&app, move |conn| decide_email(conn, &school, &form.email, verdict, &by, now)).await?;
    Seat::of(&request).lead_within(&back, "/sync/emails", said)
}

pub async fn take_back(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    form: SchoolForm<Decision>,
) -> Result<HttpResponse, AppError> {
    let (form, by, now) = (form.0, actor.actor(), app.clock.now());
    let back = form.back();
    let said = format!("Taken back. From the next plan on {} is as any other shared e-mail.", form.email.trim());
    db::write(&app, move |conn| match EmailDecision::take_back(conn, &school, &form.email, &by, now) {
        // Somebody else was quicker: it is taken back either way.
        Err(AppError::NotFound) => Ok(()),
        done => done,
    })
    .await?;
    Seat::of(&request).lead_within(&back, "/sync/emails", said)
}
