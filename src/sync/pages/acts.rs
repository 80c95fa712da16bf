//! What the buttons of a sync's page do: apply, abandon, undo, cancel, release, leave rows out. Long work goes on by itself.
//! Leaves the doing to `runs` and `sync::acts`.

use actix_web::{HttpRequest, HttpResponse, web};
use diesel::prelude::*;

use super::lists::List;
use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::runs::pages::{Nothing, stale, told as in_words};
use crate::runs::{self, Applied, Refusal, Run, RunId, RunState};
use crate::schema::runs as table;
use crate::schools::CurrentSchool;
use crate::security::tasks::{ReleaseHeldRuns, RunRosterSync};
use crate::security::{Sight, Task};
use crate::sync::acts;
use crate::web::work::{self, Told};
use crate::web::{Requires, SchoolForm, Seat, db, see_other};

/// A sync of the school that the visitor may know of.
fn sync(conn: &mut Conn, school: &CurrentSchool, sight: &Sight, id: RunId) -> Result<Run, AppError> {
    let run = Run::visible(conn, school, sight, id)?;
    if run.kind.is_of_sync() { Ok(run) } else { Err(AppError::NotFound) }
}

async fn sync_of<T: Task>(
    app: &web::Data<App>,
    school: &CurrentSchool,
    actor: &Requires<T>,
    id: RunId,
) -> Result<Run, AppError> {
    let (school, sight) = (school.clone(), actor.sight());
    db::read(app, move |conn| sync(conn, &school, &sight, id)).await
}

fn key(run: RunId) -> String {
    format!("run:{run}")
}

fn place(run: RunId) -> String {
    format!("/runs/{run}")
}

pub async fn apply(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    run: web::Path<i64>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (by, now, id) = (actor.actor(), app.clock.now(), RunId(run.into_inner()));
    sync_of(&app, &school, &actor, id).await?;
    app.works.forget(school.id(), &key(id));
    let (app_too, school_too) = (app.clone(), school.clone());
    let (late_app, late_school) = (app.clone(), school.clone());
    let applied = work::begin(
        move || {
            let applied = crate::sync::apply(&app_too.db, &school_too, id, &by, now)?;
            app_too.db.read(|conn| in_words(conn, &school_too, id, &applied))?;
            Ok(applied)
        },
        move |applied: Result<Applied, AppError>| late(&late_app, &late_school, id, applied.err()),
    )
    .await?;
    match applied {
        Some(Ok(Applied::Done)) => Seat::of(&request).lead(&place(id), format!("Run {id} is applied.")),
        // Another node goes on with it, or this one does: its page shows how far.
        Some(Ok(_)) | None => Ok(see_other(&place(id))),
        Some(Err(e)) => Err(e),
    }
}

/// Keeps why some work came to nothing, for the page of its run on every node.
fn late(app: &App, school: &CurrentSchool, run: RunId, failed: Option<AppError>) {
    if let Some(e) = failed {
        let said = work::in_words(&e);
        app.works.tell(school.id(), &key(run), Told::Said(said.clone()));
        if let Err(e) = app.db.write(|conn| acts::say_why(conn, school, run, Some(&said))) {
            log::warn!("why run {run} came to nothing is known on this node alone: {e}");
        }
    }
}

pub async fn undo(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    run: web::Path<i64>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (by, now, id) = (actor.actor(), app.clock.now(), RunId(run.into_inner()));
    let run = sync_of(&app, &school, &actor, id).await?;
    app.works.forget(school.id(), &key(id));
    let of = school.clone();
    db::write(&app, move |conn| acts::say_why(conn, &of, id, None)).await?;
    let (app_too, school_too) = (app.clone(), school.clone());
    let (late_app, late_school) = (app.clone(), school.clone());
    let undone = work::begin(
        move || match runs::undo(&app_too.db, &school_too, &run, &by, now)? {
            Ok(undone) => Ok(undone),
            Err(refusal) => app_too.db.read(|conn| Err(refused(conn, &school_too, id, &refusal))),
        },
        move |undone: Result<RunId, AppError>| late(&late_app, &late_school, id, undone.err()),
    )
    .await?;
    match undone {
        Some(Ok(undone)) => Seat::of(&request).lead(&place(undone), format!("Run {id} is undone.")),
        Some(Err(e)) => Err(e),
        None => {
            let undoing = db::read(&app, move |conn| undoing(conn, &school, id)).await?;
            Ok(see_other(&place(undoing.unwrap_or(id))))
        }
    }
}

fn refused(conn: &mut Conn, school: &CurrentSchool, run: RunId, refusal: &Refusal) -> AppError {
    match stale(conn, school, refusal) {
        AppError::Conflict(_) => AppError::Conflict(format!(
            "Run {run} was not undone: somebody changed the same people meanwhile. Nothing was changed: press Undo again."
        )),
        e => e,
    }
}

/// The run that takes another back just now.
fn undoing(conn: &mut Conn, school: &CurrentSchool, run: RunId) -> Result<Option<RunId>, AppError> {
    Ok(table::of(school)
        .filter(table::undoes_run_id.eq(run))
        .filter(table::state.ne(RunState::Abandoned))
        .order(table::id.desc())
        .select(table::id)
        .first(conn)
        .optional()?)
}

pub async fn abandon(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    run: web::Path<i64>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (sight, id) = (actor.sight(), RunId(run.into_inner()));
    db::write(&app, move |conn| {
        let run = sync(conn, &school, &sight, id)?;
        runs::abandon(conn, &school, run.id)
    })
    .await?;
    Seat::of(&request).lead(&place(id), "The plan is abandoned. Nothing was changed.".into())
}

/// Asks whoever works on it to stop: of a sync, or of the undo of one.
pub async fn cancel(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    run: web::Path<i64>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (sight, id) = (actor.sight(), RunId(run.into_inner()));
    let asked = db::blocking(&app, move |app| {
        app.db.read(|conn| {
            let run = Run::visible(conn, &school, &sight, id)?;
            match run.undoes_run_id {
                Some(of) => sync(conn, &school, &sight, of),
                None => sync(conn, &school, &sight, id),
            }
        })?;
        runs::ask_to_stop(&app.db, &school, id)
    })
    .await?;
    let said = if asked {
        format!("Run {id} is asked to stop.")
    } else {
        format!("Nobody is working on run {id} any more: there is nothing to stop.")
    };
    Seat::of(&request).lead(&place(id), said)
}

#[derive(serde::Deserialize)]
pub struct Reason {
    #[serde(default)]
    reason: String,
}

pub async fn release(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<ReleaseHeldRuns>,
    run: web::Path<i64>,
    form: SchoolForm<Reason>,
) -> Result<HttpResponse, AppError> {
    let (by, sight, now, id) = (actor.actor(), actor.sight(), app.clock.now(), RunId(run.into_inner()));
    db::write(&app, move |conn| {
        sync(conn, &school, &sight, id)?;
        crate::sync::release(conn, &school, id, &by, &form.0.reason, now)
    })
    .await?;
    Seat::of(&request).lead(&place(id), format!("Run {id} is released. Somebody else may apply it now."))
}

/// A returning school's IDs and extracts do not agree, and somebody says to go on anyway.
pub async fn go_on(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<ReleaseHeldRuns>,
    run: web::Path<i64>,
    form: SchoolForm<Reason>,
) -> Result<HttpResponse, AppError> {
    let (by, sight, now, id) = (actor.actor(), actor.sight(), app.clock.now(), RunId(run.into_inner()));
    let went_on = db::write(&app, move |conn| {
        sync(conn, &school, &sight, id)?;
        crate::sync::go_on(conn, &school, id, &by, &form.0.reason, now)
    })
    .await?;
    let said = if went_on {
        format!("Run {id} goes on though the two sides do not agree. The reason is kept.")
    } else {
        format!("Run {id} is not held for IDs and extracts that do not agree: there is nothing to decide.")
    };
    Seat::of(&request).lead(&place(id), said)
}

/// Where on the page somebody was.
#[derive(serde::Deserialize)]
pub struct From {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    page: String,
}

impl From {
    fn back(&self, run: RunId) -> String {
        let list = List::parse(&self.kind).unwrap_or(List::Created);
        let page: i64 = self.page.parse().unwrap_or(1);
        format!("/runs/{run}?kind={}&page={}#changes", list.code(), page.max(1))
    }
}

pub async fn exclude(
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    of: web::Path<(i64, i64)>,
    form: SchoolForm<From>,
) -> Result<HttpResponse, AppError> {
    set(app, school, actor, of.into_inner(), form.0, true).await
}

pub async fn include(
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    of: web::Path<(i64, i64)>,
    form: SchoolForm<From>,
) -> Result<HttpResponse, AppError> {
    set(app, school, actor, of.into_inner(), form.0, false).await
}

async fn set(
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    (run, change): (i64, i64),
    from: From,
    out: bool,
) -> Result<HttpResponse, AppError> {
    let (by, sight, id) = (actor.actor(), actor.sight(), RunId(run));
    db::write(&app, move |conn| {
        sync(conn, &school, &sight, id)?;
        if out { runs::exclude(conn, &school, id, change, &by) } else { runs::include(conn, &school, id, change) }
    })
    .await?;
    Ok(see_other(&from.back(id)))
}
