//! `/integrations`: a school's own people ask for integrations and see how far each is, nothing more.
//! Leaves moving them on to Support (`support::stage`).

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{AtSchool, Integration, MoveError, Mover, Stage, Wanted, at_school, dismiss_ready, move_stage};
use crate::app::App;
use crate::error::AppError;
use crate::schools::CurrentSchool;
use crate::security::tasks::RequestIntegrations;
use crate::web::frame::RequestId;
use crate::web::{Chrome, Requires, SchoolForm, Seat, db, html, see_other};

#[derive(Template)]
#[template(path = "integrations/list.html")]
struct RequestsPage {
    chrome: Chrome,
    rows: Vec<AtSchool>,
}

pub async fn list(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    _: Requires<RequestIntegrations>,
) -> Result<HttpResponse, AppError> {
    let rows = db::read(&app, move |conn| at_school(conn, &school)).await?;
    html(&RequestsPage { chrome, rows })
}

/// A form that holds nothing but its school.
#[derive(serde::Deserialize)]
pub struct Nothing {}

pub async fn request(
    request: HttpRequest,
    app: web::Data<App>,
    id: RequestId,
    school: CurrentSchool,
    actor: Requires<RequestIntegrations>,
    code: web::Path<String>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (by, now) = (actor.actor(), app.clock.now());
    let text = db::blocking(&app, move |app| {
        let entry = app.db.read(|conn| super::CatalogueEntry::by_code(conn, &code))?;
        let integration = app.db.read(|conn| Integration::by_code(conn, &code))?.ok_or(AppError::NotFound)?;
        let held = app.db.read(|conn| super::held(conn, &school, entry.id))?;
        let name = &integration.name;
        let stands = |stage: Stage| format!("{name} is {stage} at your school already. Nothing was changed.");
        // Nobody at a school can move one that is on its way, or take a Live one back to Requested.
        if let Some(h) = held.as_ref().filter(|h| h.stage != Stage::Off) {
            return Ok(stands(h.stage));
        }
        let seen = Some(held.map_or(0, |h| h.lock_version));
        let wanted = Wanted { stage: Stage::Requested, next: None, note: String::new(), seen };
        let mover = Mover { actor: &by, request: Some(id.as_str()), now };
        match move_stage(&app.db, &school, &integration, &wanted, &mover)? {
            Ok(Some(_)) => Ok(format!("{name} is requested. Support owns the next step.")),
            Ok(None) => Ok(stands(Stage::Requested)),
            Err(MoveError::Changed { stage, .. }) => Ok(stands(stage)),
            // A retired one is not offered: to a school it is not there.
            Err(MoveError::Retired(_) | MoveError::LongNote) => Err(AppError::NotFound),
        }
    })
    .await?;
    Seat::of(&request).lead("/integrations", text)
}

#[derive(serde::Deserialize)]
pub struct DismissForm {
    back: String,
}

/// The notice that an integration is Ready goes, for this user, until it becomes Ready again.
pub async fn dismiss(
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<RequestIntegrations>,
    code: web::Path<String>,
    SchoolForm(form): SchoolForm<DismissForm>,
) -> Result<HttpResponse, AppError> {
    let (user, now) = (actor.visitor.user(), app.clock.now());
    db::write(&app, move |conn| {
        let entry = super::CatalogueEntry::by_code(conn, &code)?;
        dismiss_ready(conn, &school, user, entry.id, now)
    })
    .await?;
    Ok(see_other(crate::security::pages::place_here(&form.back)))
}
