//! Applying, abandoning and undoing a run that makes IDs. Its page is `/runs/{run}`.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::app::App;
use crate::error::AppError;
use crate::id_specs::{self, Planner};
use crate::runs::{self, RunId, pages::Nothing};
use crate::schools::CurrentSchool;
use crate::security::tasks::ManageIdSpecs;
use crate::web::{Requires, SchoolForm, Seat, db};

pub async fn apply(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<ManageIdSpecs>,
    run: web::Path<i64>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (by, reach, now, id) = (actor.actor(), actor.reach(), app.clock.now(), RunId(run.into_inner()));
    db::blocking(&app, move |app| {
        let planner = Planner { school: &school, actor: &by, reach: &reach, now };
        let applied = id_specs::apply(&app.db, &planner, id)?;
        app.db.read(|conn| runs::pages::told(conn, &school, id, &applied))
    })
    .await?;
    Seat::of(&request).lead(&format!("/runs/{id}"), format!("Run {id} is applied: the IDs are made."))
}

pub async fn abandon(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    _: Requires<ManageIdSpecs>,
    run: web::Path<i64>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let id = RunId(run.into_inner());
    db::blocking(&app, move |app| {
        let run = id_specs::one(&app.db, &school, id)?;
        app.db.write(|conn| runs::abandon(conn, &school, run.id))
    })
    .await?;
    Seat::of(&request).lead(&format!("/runs/{id}"), "The plan is abandoned. Nothing was changed.".into())
}

pub async fn undo(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<ManageIdSpecs>,
    run: web::Path<i64>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (by, reach, now, id) = (actor.actor(), actor.reach(), app.clock.now(), RunId(run.into_inner()));
    let undone = db::blocking(&app, move |app| {
        let planner = Planner { school: &school, actor: &by, reach: &reach, now };
        id_specs::undo(&app.db, &planner, id)
    })
    .await?;
    Seat::of(&request).lead(&format!("/runs/{undone}"), format!("Run {id} is undone: the IDs it made are taken back."))
}
