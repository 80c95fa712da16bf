//! `/sync/upload`: the extracts of PowerSchool, uploaded and kept until a plan is made of them. Nothing is sent twice.
//! Leaves receiving them to `sync::pages::receive`, titles that are not known to `sync::pages::columns`.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::columns::Missing;
use super::plan::{self, Began, Wanted};
use super::receive::{self, Sender};
use super::stages::{Usable, usable};
use crate::app::App;
use crate::error::AppError;
use crate::runs::{Working, lead};
use crate::schools::CurrentSchool;
use crate::security::tasks::RunRosterSync;
use crate::sources::{FileProblem, Slot};
use crate::sync::Scope;
use crate::sync::uploads::{self, Upload, UploadId, Waiting};
use crate::web::work::Told;
use crate::web::{Chrome, Requires, SchoolForm, Seat, Wrongs, db, html, html_422, see_other};

/// The query string.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    integration: String,
    /// Files that are being read, by the token that the answer to the form gave.
    reading: String,
}

#[derive(Template)]
#[template(path = "sync/upload.html")]
struct UploadPage {
    chrome: Chrome,
    usable: Vec<Usable>,
    integration: String,
    scope: Option<Scope>,
    waiting: Waiting,
    missing: Option<Missing>,
    /// A file that looks like another list, and which.
    misplaced: Option<(UploadId, Slot)>,
    wrongs: Wrongs,
}

impl UploadPage {
    fn is_chosen(&self, scope: Scope) -> bool {
        self.scope == Some(scope)
    }

    fn waiting_at(&self, slot: Slot) -> Option<&Upload> {
        self.waiting.of(slot)
    }

    /// "1.2 MB"
    fn size(&self, bytes: i64) -> String {
        match bytes {
            b if b < 1024 => format!("{b} bytes"),
            b if b < 1024 * 1024 => format!("{} KB", b / 1024),
            b => format!("{}.{} MB", b / 1024 / 1024, b % (1024 * 1024) * 10 / (1024 * 1024)),
        }
    }
}

#[derive(Template)]
#[template(path = "sync/reading.html")]
struct ReadingPage {
    chrome: Chrome,
    /// Where the page asks again.
    address: String,
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, AppError> {
    let asked = asked.into_inner();
    let told = (!asked.reading.is_empty()).then(|| app.works.told(school.id(), &asked.reading)).flatten();
    match told {
        Some(Told::Working { after }) => {
            let by = actor.actor();
            let run = db::read(&app, move |conn| plan::begun(conn, &school, &by, after)).await?;
            match run {
                Some(run) => Ok(lead(&chrome, &format!("/runs/{run}"))),
                None if chrome.is_partial => Ok(HttpResponse::NoContent().finish()),
                None => html(&ReadingPage { address: chrome.here.clone(), chrome }),
            }
        }
        Some(Told::Planned(run)) => Ok(lead(&chrome, &format!("/runs/{run}"))),
        _ if chrome.is_partial => Ok(Working::is_over()),
        Some(Told::File(slot, problem)) => {
            again(&app, chrome, school, None, asked.integration, Wrong::File(slot, problem)).await
        }
        Some(Told::Said(said)) => again(&app, chrome, school, None, asked.integration, Wrong::Said(said)).await,
        None => {
            let (of, by) = (school.clone(), actor.actor());
            let is_asked = !asked.reading.is_empty();
            if is_asked && let Some(run) = db::read(&app, move |conn| plan::planning(conn, &of, &by)).await? {
                return Ok(see_other(&format!("/runs/{run}")));
            }
            let page = load(&app, chrome, school, None, asked.integration).await?;
            html(&page)
        }
    }
}

async fn load(
    app: &web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    scope: Option<Scope>,
    wanted: String,
) -> Result<UploadPage, AppError> {
    let (usable, waiting) =
        db::read(app, move |conn| Ok((usable(conn, &school)?, Waiting::load(conn, &school)?))).await?;
    let known = usable.iter().find(|i| i.code == wanted).or(usable.first());
    let integration = known.map(|i| i.code.clone()).unwrap_or_default();
    Ok(UploadPage {
        chrome,
        usable,
        integration,
        scope,
        waiting,
        missing: None,
        misplaced: None,
        wrongs: Wrongs::default(),
    })
}

/// Why the form is shown again.
pub(super) enum Wrong {
    /// Fields of the form, by their ids.
    Form(Wrongs),
    File(Slot, FileProblem),
    Said(String),
}

/// The form again, with what is wrong and everything that has arrived.
pub(super) async fn again(
    app: &web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    scope: Option<Scope>,
    integration: String,
    wrong: Wrong,
) -> Result<HttpResponse, AppError> {
    let mut page = load(app, chrome, school, scope, integration).await?;
    match wrong {
        Wrong::Form(wrongs) => page.wrongs = wrongs,
        Wrong::Said(said) => page.wrongs = Wrongs::one("files", said),
        Wrong::File(slot, problem) => {
            page.missing = Missing::of(slot, &problem);
            page.misplaced = match problem {
                FileProblem::WrongSlot { looks_like, .. } => page.waiting.of(slot).map(|u| (u.id, looks_like)),
                _ => None,
            };
            page.wrongs = Wrongs::one(slot.code(), problem.to_string());
        }
    }
    html_422(&page)
}

pub async fn upload(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    parts: Multipart,
) -> Result<HttpResponse, AppError> {
    let (by, now) = (actor.actor(), app.clock.now());
    let of = school.clone();
    db::blocking(&app, move |app| {
        let keep = app.db.read(|conn| crate::sync::Settings::load(conn, &of))?.keep_uploads;
        uploads::tidy(&app.db, &of, keep, now)
    })
    .await?;
    let sender = Sender { app: app.clone(), school: school.clone(), by: by.clone(), now };
    let received = receive::receive(sender, parts).await?;
    let asked =
        Again { integration: received.field("integration").to_owned(), scope: received.field("scope").to_owned() };
    preview(&app, chrome, school, &actor, asked).await
}

/// What the form says beside its files, and what other forms repeat.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Again {
    pub integration: String,
    pub scope: String,
}

/// Plans what has arrived, or shows the form again.
pub(super) async fn preview(
    app: &web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: &Requires<RunRosterSync>,
    asked: Again,
) -> Result<HttpResponse, AppError> {
    let (of, chosen) = (school.clone(), Scope::parse(&asked.scope));
    let (waiting, usable, scope) = db::blocking(app, move |app| {
        let (waiting, usable) = app.db.read(|conn| Ok((Waiting::load(conn, &of)?, usable(conn, &of)?)))?;
        let scope = match chosen {
            None if waiting.holds_mended(&app.db, &of)? => Some(Scope::OnlyThese),
            chosen => chosen,
        };
        Ok((waiting, usable, scope))
    })
    .await?;
    let mut wrongs = Wrongs::default();
    if !usable.iter().any(|i| i.code == asked.integration) {
        wrongs.add("integration", "Choose an integration that is at Testing, Ready or Live at this school");
    }
    if waiting.is_empty() {
        wrongs.add(Slot::Students.code(), "Choose at least one file that PowerSchool exported");
    }
    if scope.is_none() {
        wrongs.add("scope-full", "Say whether the files are the full list, or only these people");
    }
    let (Some(scope), true) = (scope, wrongs.is_empty()) else {
        return again(app, chrome, school, scope, asked.integration, Wrong::Form(wrongs)).await;
    };
    let wanted = Wanted { integration: asked.integration.clone(), scope };
    match plan::begin(app, school.clone(), actor.actor(), wanted).await? {
        Began::Planned(run) => Ok(see_other(&format!("/runs/{run}"))),
        Began::GoesOn(address) => Ok(see_other(&address)),
        Began::File(slot, problem) => {
            again(app, chrome, school, Some(scope), asked.integration, Wrong::File(slot, problem)).await
        }
    }
}

/// Where a file that was given in the wrong place belongs.
#[derive(Debug, serde::Deserialize)]
pub struct Move {
    to: String,
    #[serde(default)]
    integration: String,
    #[serde(default)]
    scope: String,
}

/// Takes a file for the list that it looks like: it need not be sent again.
pub async fn put(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    upload: web::Path<i64>,
    form: SchoolForm<Move>,
) -> Result<HttpResponse, AppError> {
    let Move { to, integration, scope } = form.0;
    let to = Slot::parse(&to).ok_or_else(|| AppError::BadRequest("no such file".into()))?;
    let (id, of) = (UploadId(upload.into_inner()), school.clone());
    db::blocking(&app, move |app| uploads::put(&app.db, &of, id, to)).await?;
    preview(&app, chrome, school, &actor, Again { integration, scope }).await
}

/// Takes one of the uploaded files away.
pub async fn remove(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    _: Requires<RunRosterSync>,
    upload: web::Path<i64>,
    form: SchoolForm<Again>,
) -> Result<HttpResponse, AppError> {
    let id = UploadId(upload.into_inner());
    let gone = db::blocking(&app, move |app| uploads::remove(&app.db, &school, id)).await?;
    let said = format!("The file {} ({}) is removed.", gone.name, gone.slot);
    let seat = Seat::of(&request);
    seat.lead("/sync/upload", said)
        .map(|_| see_other(&format!("/sync/upload?integration={}", plain(&form.0.integration))))
}

/// A code as it stands in an address; whatever else is in it was typed by hand.
fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).take(40).collect()
}
