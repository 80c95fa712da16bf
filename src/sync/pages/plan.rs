//! Making a plan of the uploaded files while nobody has to wait: soon there, or on its way with a page that shows how far.
//! Leaves the planning itself to `sync::planner`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use actix_web::web;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::runs::{RunId, RunKind, RunState};
use crate::schema::runs;
use crate::schools::CurrentSchool;
use crate::security::{Actor, random_token};
use crate::sources::{FileProblem, HeaderMap, Slot};
use crate::sync::uploads::Waiting;
use crate::sync::{Asked, Scope, maps, plan};
use crate::web::db;
use crate::web::work::{self, Told};

/// What a clerk wants to be planned.
pub struct Wanted {
    pub integration: String,
    pub scope: Scope,
}

/// How planning began.
pub enum Began {
    Planned(RunId),
    File(Slot, FileProblem),
    /// It goes on; the page that tells of it.
    GoesOn(String),
}

type Planned = Result<Result<RunId, (Slot, FileProblem)>, AppError>;

pub async fn begin(app: &web::Data<App>, school: CurrentSchool, by: Actor, wanted: Wanted) -> Result<Began, AppError> {
    let (now, token) = (app.clock.now(), random_token());
    let of = school.clone();
    let after = db::read(app, move |conn| newest(conn, &of)).await?;
    app.works.tell(school.id(), &token, Told::Working { after });
    let (app_too, school_too, by_too) = (app.clone(), school.clone(), by.clone());
    let (late_app, late_school, late_token) = (app.clone(), school.clone(), token.clone());
    let planned = work::begin(
        move || {
            // Whoever waits for a plan that will never be made is told so at once. The panic itself has been logged.
            let made = AssertUnwindSafe(|| make(&app_too, &school_too, &by_too, &wanted, after, now));
            catch_unwind(made).unwrap_or_else(|_| Err(AppError::Internal("planning a sync panicked".into())))
        },
        move |planned: Planned| {
            let told = match planned {
                Ok(Ok(run)) => Told::Planned(run),
                Ok(Err((slot, problem))) => Told::File(slot, problem),
                Err(e) => Told::Said(work::in_words(&e)),
            };
            late_app.works.tell(late_school.id(), &late_token, told);
        },
    )
    .await?;
    match planned {
        Some(planned) => {
            app.works.forget(school.id(), &token);
            Ok(match planned? {
                Ok(run) => Began::Planned(run),
                Err((slot, problem)) => Began::File(slot, problem),
            })
        }
        None => {
            let run = db::read(app, move |conn| begun(conn, &school, &by, after)).await?;
            Ok(Began::GoesOn(match run {
                Some(run) => format!("/runs/{run}"),
                None => format!("/sync/upload?reading={token}"),
            }))
        }
    }
}

fn make(app: &App, school: &CurrentSchool, by: &Actor, wanted: &Wanted, after: RunId, now: NaiveDateTime) -> Planned {
    let planned = (|| {
        let (waiting, map) =
            app.db.read(|conn| Ok((Waiting::load(conn, school)?, maps::with(conn, school, &HeaderMap::default())?)))?;
        let given = waiting.open(&app.db, school)?;
        if given.is_empty() {
            return Err(AppError::Conflict("The files are not there any more. Upload them again.".into()));
        }
        let asked = Asked { integration: wanted.integration.clone(), scope: wanted.scope, map };
        plan(&app.db, school, &given, &asked, by, now)
    })();
    if let Err(e) = &planned {
        let said = work::in_words(e);
        let noted = app.db.write(|conn| say_why(conn, school, by, after, &said));
        if let Err(e) = noted {
            log::warn!("why a plan was given up could not be kept: {e}");
        }
    }
    planned
}

/// A plan that was given up says why on its own page.
fn say_why(conn: &mut Conn, school: &CurrentSchool, by: &Actor, after: RunId, said: &str) -> Result<(), AppError> {
    let Some(run) = begun(conn, school, by, after)? else { return Ok(()) };
    diesel::update(runs::of(school).filter(runs::id.eq(run)).filter(runs::state.eq(RunState::Abandoned)))
        .set(runs::reason.eq(said))
        .execute(conn)?;
    Ok(())
}

fn newest(conn: &mut Conn, school: &CurrentSchool) -> Result<RunId, AppError> {
    let newest: Option<RunId> = runs::of(school).order(runs::id.desc()).select(runs::id).first(conn).optional()?;
    Ok(newest.unwrap_or(RunId(0)))
}

/// The sync that is being planned for somebody just now, perhaps by another node.
pub fn planning(conn: &mut Conn, school: &CurrentSchool, by: &Actor) -> Result<Option<RunId>, AppError> {
    Ok(runs::of(school)
        .filter(runs::kind.eq(RunKind::RosterSync))
        .filter(runs::actor_user_id.eq(by.user()))
        .filter(runs::state.eq(RunState::Planning))
        .order(runs::id.desc())
        .select(runs::id)
        .first(conn)
        .optional()?)
}

/// The sync that somebody has begun since.
pub fn begun(conn: &mut Conn, school: &CurrentSchool, by: &Actor, after: RunId) -> Result<Option<RunId>, AppError> {
    Ok(runs::of(school)
        .filter(runs::kind.eq(RunKind::RosterSync))
        .filter(runs::actor_user_id.eq(by.user()))
        .filter(runs::id.gt(after))
        .order(runs::id.desc())
        .select(runs::id)
        .first(conn)
        .optional()?)
}
