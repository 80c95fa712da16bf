//! `/sync/match-list`: whether this is a returning school, and its match list, uploaded and planned.
//! Leaves checking the list to `sync::match_list`, its run's page to `sync::pages::match_show`.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use diesel::prelude::*;

use super::receive::receive_small;
use super::stages::{Usable, usable};
use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{Integration, IntegrationId};
use crate::runs::{Run, RunKind, RunState};
use crate::schema::runs;
use crate::schools::CurrentSchool;
use crate::security::TaskName;
use crate::security::tasks::RunRosterSync;
use crate::sync::match_list::{self, GivenList};
use crate::sync::{returning_since, set_returning};
use crate::web::{Chrome, Requires, SchoolForm, Seat, Wrongs, db, html, html_422, see_other};

/// 20 MB hold half a million users.
const LONGEST: usize = 20 * 1024 * 1024;

/// So many earlier lists are shown; the list of runs has all.
const EARLIER: i64 = 10;

/// The query string.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    integration: String,
}

struct Loaded {
    usable: Vec<Usable>,
    chosen: Option<usize>,
    is_returning: bool,
    runs: Vec<Run>,
}

#[derive(Template)]
#[template(path = "sync/match_list.html")]
struct MatchListPage {
    chrome: Chrome,
    loaded: Loaded,
    /// Whether the visitor may see the IDs of the integration: a match list tells whose they are.
    may_see: bool,
    wrongs: Wrongs,
}

impl MatchListPage {
    fn integration(&self) -> Option<&Usable> {
        self.loaded.chosen.and_then(|n| self.loaded.usable.get(n))
    }

    fn is_chosen(&self, place: usize) -> bool {
        self.loaded.chosen == Some(place)
    }
}

fn load(conn: &mut Conn, school: &CurrentSchool, wanted: &str) -> Result<Loaded, AppError> {
    let usable = usable(conn, school)?;
    let chosen = usable.iter().position(|i| i.code == wanted).or_else(|| (!usable.is_empty()).then_some(0));
    let (is_returning, runs) = match chosen.and_then(|n| usable.get(n)) {
        Some(i) => (returning_since(conn, school, &i.code)?.is_some(), lists(conn, school, i.id)?),
        None => (false, Vec::new()),
    };
    Ok(Loaded { usable, chosen, is_returning, runs })
}

/// The match lists of an integration, newest first.
pub(super) fn lists(conn: &mut Conn, school: &CurrentSchool, integration: IntegrationId) -> Result<Vec<Run>, AppError> {
    Ok(runs::of(school)
        .filter(runs::kind.eq(RunKind::MatchList))
        .filter(runs::integration_id.eq(integration))
        .order(runs::id.desc())
        .limit(EARLIER)
        .select(Run::as_select())
        .load(conn)?)
}

async fn make(
    app: &web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: &Requires<RunRosterSync>,
    wanted: String,
    wrongs: Wrongs,
) -> Result<MatchListPage, AppError> {
    let loaded = db::read(app, move |conn| load(conn, &school, &wanted)).await?;
    let chosen = loaded.chosen.and_then(|n| loaded.usable.get(n)).map(|i| i.id);
    let may_see = chosen.is_some_and(|i| actor.sight().covers(i));
    Ok(MatchListPage { chrome, loaded, may_see, wrongs })
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, AppError> {
    let wanted = asked.into_inner().integration;
    html(&make(&app, chrome, school, &actor, wanted, Wrongs::default()).await?)
}

pub async fn upload(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    parts: Multipart,
) -> Result<HttpResponse, AppError> {
    let small = receive_small(parts, LONGEST).await?;
    let of = small.received.field("school");
    if of != school.code() {
        return Err(AppError::OtherSchool { form: of.to_owned(), current: school.name().to_owned() });
    }
    let wanted = small.received.field("integration").to_owned();
    let (of, code) = (school.clone(), wanted.clone());
    let chosen = db::read(&app, move |conn| Ok(usable(conn, &of)?.into_iter().find(|i| i.code == code))).await?;
    let Some(chosen) = chosen else {
        let wrongs =
            Wrongs::one("integration", "Choose an integration that is at Testing, Ready or Live at this school");
        return html_422(&make(&app, chrome, school, &actor, wanted, wrongs).await?);
    };
    // It asks whose ID is whose: only those who may see the IDs may ask.
    if !actor.sight().covers(chosen.id) {
        return Err(AppError::Unauthorized { task: TaskName::ViewIntegrationIds });
    }
    if small.bytes.is_empty() {
        let wrongs = Wrongs::one("file", "Choose the file that holds the match list");
        return html_422(&make(&app, chrome, school, &actor, wanted, wrongs).await?);
    }
    let (by, now, of, code) = (actor.actor(), app.clock.now(), school.clone(), wanted.clone());
    let given = GivenList { name: small.name, bytes: small.bytes };
    let planned = db::blocking(&app, move |app| match_list::plan(&app.db, &of, &given, &code, &by, now)).await?;
    match planned {
        Ok(run) => Ok(see_other(&format!("/runs/{run}"))),
        Err(problem) => {
            let wrongs = Wrongs::one("file", problem.to_string());
            html_422(&make(&app, chrome, school, &actor, wanted, wrongs).await?)
        }
    }
}

/// Says whether the school is a returning one.
#[derive(Debug, serde::Deserialize)]
pub struct Returning {
    #[serde(default)]
    integration: String,
    #[serde(default)]
    returning: String,
}

pub async fn set(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    form: SchoolForm<Returning>,
) -> Result<HttpResponse, AppError> {
    let Returning { integration, returning } = form.0;
    let (of, wanted) = (school.clone(), integration.clone());
    let usable = db::read(&app, move |conn| usable(conn, &of)).await?;
    if !usable.iter().any(|i| i.code == integration) || !matches!(returning.as_str(), "yes" | "no") {
        let wrongs =
            Wrongs::one("returning", "Say for which integration the school is a returning one, and whether it is");
        return html_422(&make(&app, chrome, school, &actor, wanted, wrongs).await?);
    }
    let (by, now, code, is_returning) = (actor.actor(), app.clock.now(), integration.clone(), returning == "yes");
    db::write(&app, move |conn| match Integration::by_code(conn, &code)? {
        Some(found) => set_returning(conn, &school, &found, is_returning, &by, now),
        None => Err(AppError::NotFound),
    })
    .await?;
    let said = if is_returning {
        "This is a returning school: a sync waits until the IDs and the extracts agree."
    } else {
        "This is no returning school: whoever matches nobody is new."
    };
    Seat::of(&request)
        .lead("/sync/match-list", said.into())
        .map(|_| see_other(&format!("/sync/match-list?integration={integration}")))
}
