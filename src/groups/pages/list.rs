//! `/groups/list`: loading a Group Membership list, and going back to the automatic groups. The plan's page is that of its run.
//! Leaves comparing to `groups::list`.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use futures_util::StreamExt;

use crate::app::App;
use crate::error::AppError;
use crate::groups::Category;
use crate::groups::list::{self, Given, Planner};
use crate::runs::{self, RunId, pages::Nothing};
use crate::schools::CurrentSchool;
use crate::security::tasks::ManageGroups;
use crate::web::{Chrome, Requires, SchoolForm, Seat, Wrongs, db, html, html_422, see_other};

/// A list of everybody in twenty groups is smaller.
const LONGEST: usize = 20 * 1024 * 1024;

/// The other fields of the form are short.
const LONGEST_FIELD: usize = 1024;

/// An upload that has not arrived by then is given up.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(300);

#[derive(Template)]
#[template(path = "groups/load.html")]
struct ListPage {
    chrome: Chrome,
    wrongs: Wrongs,
}

impl ListPage {
    fn categories(&self) -> String {
        Category::ALL.iter().map(|c| c.word()).collect::<Vec<_>>().join(", ")
    }
}

pub async fn page(chrome: Chrome, _: CurrentSchool, _: Requires<ManageGroups>) -> Result<HttpResponse, AppError> {
    html(&ListPage { chrome, wrongs: Wrongs::default() })
}

pub async fn upload(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<ManageGroups>,
    parts: Multipart,
) -> Result<HttpResponse, AppError> {
    let slow = |_| AppError::BadRequest("the upload took too long".into());
    let (given, of) = tokio::time::timeout(PATIENCE, read(parts)).await.map_err(slow)??;
    if of != school.code() {
        return Err(AppError::OtherSchool { form: of, current: school.name().to_owned() });
    }
    if given.list.is_empty() {
        let wrongs = Wrongs::one("file", "Choose the Group Membership list");
        return html_422(&ListPage { chrome, wrongs });
    }
    let (by, sight, now) = (actor.actor(), actor.sight(), app.clock.now());
    let planned = db::blocking(&app, move |app| {
        list::plan(&app.db, &Planner { school: &school, actor: &by, sight: &sight, now }, &given)
    })
    .await?;
    match planned {
        Ok(run) => Ok(see_other(&format!("/runs/{run}"))),
        Err(problem) => html_422(&ListPage { chrome, wrongs: Wrongs::one("file", problem.to_string()) }),
    }
}

async fn read(mut parts: Multipart) -> Result<(Given, String), AppError> {
    let unreadable = |e: &dyn std::fmt::Display| AppError::BadRequest(e.to_string());
    let (mut given, mut school) = (Given::default(), String::new());
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|e| unreadable(&e))?;
        let field = part.name().unwrap_or_default().to_owned();
        let is_file = matches!(field.as_str(), "file" | "sheet");
        if field == "file" {
            let name = part.content_disposition().and_then(|d| d.get_filename()).unwrap_or("list");
            given.name = name.chars().take(120).collect();
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = part.next().await {
            let chunk = chunk.map_err(|e| unreadable(&e))?;
            if bytes.len() + chunk.len() > if is_file { LONGEST } else { LONGEST_FIELD } {
                return Err(AppError::TooLarge(format!(
                    "The file is larger than {} MB. Load it with the command `crosswalk groups load`, or in parts.",
                    LONGEST / 1024 / 1024
                )));
            }
            bytes.extend_from_slice(&chunk);
        }
        match field.as_str() {
            "file" => given.list = bytes,
            "sheet" => given.sheet = (!bytes.is_empty()).then_some(bytes),
            "school" => school = String::from_utf8_lossy(&bytes).into_owned(),
            _ => {}
        }
    }
    Ok((given, school))
}

/// Plans the way back to the automatic groups.
pub async fn back(
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<ManageGroups>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (by, sight, now) = (actor.actor(), actor.sight(), app.clock.now());
    let run = db::blocking(&app, move |app| {
        list::plan_back(&app.db, &Planner { school: &school, actor: &by, sight: &sight, now })
    })
    .await?;
    Ok(see_other(&format!("/runs/{run}")))
}

pub async fn apply(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<ManageGroups>,
    run: web::Path<i64>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (by, sight, now, id) = (actor.actor(), actor.sight(), app.clock.now(), RunId(run.into_inner()));
    db::blocking(&app, move |app| {
        let planner = Planner { school: &school, actor: &by, sight: &sight, now };
        let applied = list::apply(&app.db, &planner, id)?;
        app.db.read(|conn| runs::pages::told(conn, &school, id, &applied))
    })
    .await?;
    Seat::of(&request).lead(&format!("/runs/{id}"), format!("Run {id} is applied: the groups are as the list says."))
}

pub async fn abandon(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    _: Requires<ManageGroups>,
    run: web::Path<i64>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let id = RunId(run.into_inner());
    db::blocking(&app, move |app| {
        let run = list::one(&app.db, &school, id)?;
        app.db.write(|conn| runs::abandon(conn, &school, run.id))
    })
    .await?;
    Seat::of(&request).lead(&format!("/runs/{id}"), "The plan is abandoned. Nothing was changed.".into())
}

pub async fn undo(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<ManageGroups>,
    run: web::Path<i64>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (by, now, id) = (actor.actor(), app.clock.now(), RunId(run.into_inner()));
    let undone = db::blocking(&app, move |app| {
        let run = list::one(&app.db, &school, id)?;
        match runs::undo(&app.db, &school, &run, &by, now)? {
            Ok(undone) => Ok(undone),
            Err(refusal) => app.db.read(|conn| Err(runs::pages::stale(conn, &school, &refusal))),
        }
    })
    .await?;
    Seat::of(&request).lead(&format!("/runs/{undone}"), format!("Run {id} is undone."))
}
