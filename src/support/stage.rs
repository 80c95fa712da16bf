//! `/support/schools/{code}/{integration}`: the stage of one integration at one school, whose turn it is, and its history.
//! Hiding IDs says first how many. Leaves the rules to `integrations::moves`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;

use super::ids_in_words;
use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids;
use crate::integrations::{
    self, CatalogueEntry, Held, Integration, LONGEST_NOTE, MoveError, Moved, Mover, NextStep, Stage, Step, Wanted,
};
use crate::schools::CurrentSchool;
use crate::security::{only_for, tasks::SetStages};
use crate::web::frame::RequestId;
use crate::web::{Chrome, Requires, Seat, Wrongs, db, html, html_as};

#[derive(Template)]
#[template(path = "support/stage.html")]
struct StagePage {
    chrome: Chrome,
    loaded: Loaded,
    typed: StageForm,
    wrongs: Wrongs,
    /// The move hides IDs or is to Off, and has to be confirmed.
    confirm: bool,
    /// Who has moved it meanwhile, and where to.
    meanwhile: Option<String>,
}

struct Loaded {
    school: CurrentSchool,
    entry: CatalogueEntry,
    held: Option<Held>,
    ids: i64,
    /// Users with a Task for this integration only.
    only_for: i64,
    history: Vec<Step>,
}

impl Loaded {
    fn stage(&self) -> Option<Stage> {
        self.held.as_ref().map(|h| h.stage)
    }
    fn version(&self) -> i32 {
        self.held.as_ref().map_or(0, |h| h.lock_version)
    }
}

#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct StageForm {
    stage: String,
    next: String,
    note: String,
    version: i32,
    /// How many IDs the page said would be hidden.
    confirmed: String,
}

impl StagePage {
    fn has_hidden(&self) -> bool {
        self.loaded.ids > 0 && self.loaded.stage() != Some(Stage::Live)
    }
    fn stage(&self) -> Option<Stage> {
        Stage::parse(&self.typed.stage)
    }
    fn hidden_in_words(&self) -> String {
        let (name, n) = (&self.loaded.entry.name, self.loaded.ids);
        let ids = ids_in_words(n, name);
        let verb = if n == 1 { "is" } else { "are" };
        match self.loaded.stage() {
            Some(Stage::Live) if n > 0 => {
                let (they, come) = if n == 1 { ("It is", "comes") } else { ("They are", "come") };
                format!(
                    "{ids} will be hidden at {}. {they} kept, and {come} back as before when {name} is Live again.",
                    self.loaded.school.name()
                )
            }
            Some(Stage::Live) => {
                format!("No {name} ID is on record at {}, so none will be hidden.", self.loaded.school.name())
            }
            _ => format!(
                "Nothing more will be hidden: {ids} {verb} hidden at {} already, and kept.",
                self.loaded.school.name()
            ),
        }
    }
}

fn load(conn: &mut Conn, school: &str, code: &str, now: NaiveDateTime) -> Result<Loaded, AppError> {
    let school = super::school(conn, school)?;
    let entry = CatalogueEntry::by_code(conn, code)?;
    let held = integrations::held(conn, &school, entry.id)?;
    let ids = integration_ids::live_count(conn, &school, entry.id)?;
    let only_for = only_for(conn, &school, entry.id, now)?;
    let history = integrations::history(conn, &school, Some(entry.id), 200)?;
    Ok(Loaded { school, entry, held, ids, only_for, history })
}

fn draw(chrome: Chrome, loaded: Loaded, typed: StageForm) -> StagePage {
    StagePage { chrome, loaded, typed, wrongs: Wrongs::default(), confirm: false, meanwhile: None }
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    _: Requires<SetStages>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, AppError> {
    let now = app.clock.now();
    let (school, code) = path.into_inner();
    let loaded = db::read(&app, move |conn| load(conn, &school, &code, now)).await?;
    let typed = StageForm {
        stage: loaded.stage().unwrap_or(Stage::Requested).code().into(),
        // Another stage usually has another owner: only who was named stays named.
        next: match &loaded.held {
            Some(h) if h.next_step != h.stage.usual_next() => h.next_step.code().into(),
            _ => "usual".into(),
        },
        // The note until now stands in the history; a new step has its own.
        note: String::new(),
        version: loaded.version(),
        confirmed: String::new(),
    };
    html(&draw(chrome, loaded, typed))
}

pub async fn set(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    id: RequestId,
    actor: Requires<SetStages>,
    path: web::Path<(String, String)>,
    form: web::Form<StageForm>,
) -> Result<HttpResponse, AppError> {
    let (typed, now) = (form.into_inner(), app.clock.now());
    let place = format!("/support/schools/{}/{}", path.0, path.1);
    let (school, code) = path.into_inner();
    let loaded = db::read(&app, move |conn| load(conn, &school, &code, now)).await?;
    let mut page = draw(chrome, loaded, typed);
    let stage = page.stage();
    let next = NextStep::parse(&page.typed.next);
    if stage.is_none() {
        page.wrongs.add("stage", "Choose a stage");
    }
    if next.is_none() && page.typed.next != "usual" {
        page.wrongs.add("next", "Choose who owns the next step");
    }
    let note = page.typed.note.replace("\r\n", "\n").trim().to_owned();
    if note.chars().any(|c| c.is_control() && c != '\n') {
        page.wrongs.add("note", "The note holds a character that cannot be seen. Type it by hand");
    }
    let long = note.chars().count();
    if long > LONGEST_NOTE {
        page.wrongs.add("note", format!("A note has at most {LONGEST_NOTE} characters; these are {long}"));
    }
    let Some(stage) = stage.filter(|_| page.wrongs.is_empty()) else {
        return html_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let before = page.loaded.stage();
    let hides = before == Some(Stage::Live) && stage != Stage::Live;
    let is_new_off = stage == Stage::Off && before != Some(Stage::Off);
    // What was confirmed is what was shown: another number has to be shown first.
    if (hides || is_new_off)
        && page.typed.version == page.loaded.version()
        && page.typed.confirmed != page.loaded.ids.to_string()
    {
        page.confirm = true;
        return html(&page);
    }
    let by = actor.actor();
    let wanted = Wanted { stage, next, note, seen: Some(page.typed.version) };
    let (school, code) = (page.loaded.school.clone(), page.loaded.entry.code.clone());
    let moved = db::blocking(&app, move |app| {
        let integration = app.db.read(|conn| Integration::by_code(conn, &code))?.ok_or(AppError::NotFound)?;
        let mover = Mover { actor: &by, request: Some(id.as_str()), now };
        let moved = integrations::move_stage(&app.db, &school, &integration, &wanted, &mover)?;
        if let Ok(Some(moved)) = &moved
            && moved.has_become_ready()
            && app.sends_mail()
        {
            let url = app.config.public_url.as_ref().map(|u| u.as_str());
            // The change stands, whatever becomes of the letters.
            match app.db.read(|conn| integrations::ready::letters(conn, &school, &integration.name, &by, url, now)) {
                Ok(letters) => app.post(letters),
                Err(e) => log::error!("{} the letters of a stage were not written: {e}", id.as_str()),
            }
        }
        Ok(moved)
    })
    .await?;
    match moved {
        Ok(moved) => Seat::of(&request).lead(&place, told(&page.loaded, moved.as_ref())),
        Err(MoveError::Changed { by, stage }) => {
            page.meanwhile = Some(format!("{by} has moved it to {stage}"));
            page.typed.version = {
                let (school, code) = (page.loaded.school.code().to_owned(), page.loaded.entry.code.clone());
                page.loaded = db::read(&app, move |conn| load(conn, &school, &code, now)).await?;
                page.loaded.version()
            };
            html_as(StatusCode::CONFLICT, &page)
        }
        Err(e) => {
            page.wrongs.add("stage", e.to_string().trim_end_matches('.').to_owned());
            html_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

fn told(loaded: &Loaded, moved: Option<&Moved>) -> String {
    let (name, school) = (&loaded.entry.name, loaded.school.name());
    let Some(moved) = moved else { return "Nothing was changed: everything is as it was.".into() };
    let ids = match (moved.ids, moved.after) {
        (0, _) => String::new(),
        (n, Stage::Live) => format!(" {} shown again.", verb(n, name)),
        (n, _) => format!(" {} hidden and kept.", verb(n, name)),
    };
    if moved.before == Some(moved.after) {
        return "The next step and the note are saved.".into();
    }
    format!("{name} is {} at {school}.{ids}", moved.after)
}

fn verb(n: i64, name: &str) -> String {
    format!("{} {}", ids_in_words(n, name), if n == 1 { "is" } else { "are" })
}
