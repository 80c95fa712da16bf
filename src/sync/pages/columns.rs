//! Titles that the program does not know: a clerk says which column is which, and it is remembered for the next file.
//! Leaves keeping them to `sync::maps`, reading with them to `sources`.

use actix_web::{HttpRequest, HttpResponse, web};

use super::upload::{self, Again};
use crate::app::App;
use crate::error::AppError;
use crate::schools::CurrentSchool;
use crate::security::tasks::RunRosterSync;
use crate::sources::{FileProblem, HeaderMap, Slot, known_columns};
use crate::sync::maps;
use crate::web::{Chrome, Requires, SchoolForm, Seat, Wrongs, db};

/// More titles than these are not read in a drop-down.
const OFFERED: usize = 500;

/// The columns of a file that were not found, and the titles they may stand under.
pub struct Missing {
    pub slot: Slot,
    pub columns: Vec<MissingColumn>,
    pub titles: Vec<String>,
}

pub struct MissingColumn {
    /// The title that the program knows.
    pub means: String,
    /// The title that is chosen to begin with.
    pub nearest: Option<String>,
}

impl Missing {
    /// None where a map would not help.
    pub fn of(slot: Slot, problem: &FileProblem) -> Option<Missing> {
        let FileProblem::MissingColumn { column, found, nearest, advice } = problem else { return None };
        let known = known_columns(slot);
        // Relationships may be missing one of several pairs: what is not a column of its own cannot be mapped.
        known.iter().find(|k| k.title == column)?;
        let is_there = |title: &str| {
            let key = HeaderMap::title_key(title);
            found.iter().any(|t| HeaderMap::title_key(t) == key)
        };
        // Where a source knows why a title is not the column, none is chosen to begin with.
        let mut columns =
            vec![MissingColumn { means: column.clone(), nearest: nearest.clone().filter(|_| advice.is_none()) }];
        columns.extend(
            known
                .iter()
                .filter(|k| k.is_required && k.title != column && !is_there(k.title))
                .map(|k| MissingColumn { means: k.title.to_owned(), nearest: None }),
        );
        let titles = found.iter().filter(|t| !t.trim().is_empty()).take(OFFERED).cloned().collect();
        Some(Missing { slot, columns, titles })
    }
}

/// The fields as they were sent: the known columns are fields of their own.
type Sent = Vec<(String, String)>;

fn field<'a>(sent: &'a Sent, name: &str) -> &'a str {
    sent.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
}

pub async fn say(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    form: SchoolForm<Sent>,
) -> Result<HttpResponse, AppError> {
    let sent = form.0;
    let slot = Slot::parse(field(&sent, "slot")).ok_or(AppError::BadRequest("no such file".into()))?;
    let again = Again { integration: field(&sent, "integration").into(), scope: field(&sent, "scope").into() };
    let mut map = HeaderMap::default();
    let mut wrongs = Wrongs::default();
    for column in known_columns(slot) {
        let title = field(&sent, column.title);
        if !title.is_empty()
            && let Err(reason) = map.set(slot, title, column.title)
        {
            wrongs.add(slot.code(), reason);
        }
    }
    if map.entries().is_empty() && wrongs.is_empty() {
        wrongs.add(slot.code(), "Choose under which title the column stands, or upload another file");
    }
    if !wrongs.is_empty() {
        let scope = crate::sync::Scope::parse(&again.scope);
        return upload::again(&app, chrome, school, scope, again.integration, upload::Wrong::Form(wrongs)).await;
    }
    let (by, of, now) = (actor.actor(), school.clone(), app.clock.now());
    db::write(&app, move |conn| maps::remember(conn, &of, &map, &by, now)).await?;
    upload::preview(&app, chrome, school, &actor, again).await
}

#[derive(Debug, serde::Deserialize)]
pub struct Forgotten {
    slot: String,
    key: String,
}

/// What was said of a title is not to count any more.
pub async fn forget(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    form: SchoolForm<Forgotten>,
) -> Result<HttpResponse, AppError> {
    let (by, now, form) = (actor.actor(), app.clock.now(), form.0);
    let slot = Slot::parse(&form.slot).ok_or(AppError::NotFound)?;
    let gone = db::write(&app, move |conn| match maps::forget(conn, &school, slot, &form.key, &by, now) {
        // Somebody else was quicker: it is gone either way.
        Err(AppError::NotFound) => Ok(()),
        done => done,
    })
    .await;
    gone.and_then(|()| Seat::of(&request).lead("/sync/settings", "The title is forgotten.".into()))
}
