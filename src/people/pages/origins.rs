//! `/people/{sonis_id}/origins`: where each field, number and ID of a person comes from, what a sync keeps, and what the plan
//! that waits would change. Leaves every single change to the history.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;

use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids::{self, Record};
use crate::people::origin::{Origin, origins};
use crate::people::{Field, FieldChange, Person, pin};
use crate::runs::{KeySpace, Run, RunId, RunKind, StoredChange, Verb, history};
use crate::schools::CurrentSchool;
use crate::security::Sight;
use crate::web::frame::RequestId;
use crate::web::{Chrome, SignedIn, db, html};

#[derive(Template)]
#[template(path = "people/origins.html")]
struct OriginsPage {
    chrome: Chrome,
    loaded: Loaded,
    /// Runs are about everybody: whoever sees a part of the school reads of them, and cannot open them.
    opens_runs: bool,
    sees_ids: bool,
}

struct Loaded {
    person: Person,
    fields: Vec<Origin<Setter>>,
    keys: Vec<(KeySpace, String)>,
    ids: Vec<Record>,
    waits: Option<Run>,
}

/// The change that set a field.
#[derive(Clone)]
struct Setter {
    run: RunId,
    kind: RunKind,
    by: String,
    at: NaiveDateTime,
    row: Option<i64>,
}

impl Setter {
    fn of(change: &StoredChange, run: &Run) -> Setter {
        Setter {
            run: run.id,
            kind: run.kind,
            by: run.applied_by.clone().unwrap_or_else(|| run.actor_name.clone()),
            at: run.applied_at.unwrap_or(run.planned_at),
            row: change.source_row,
        }
    }
}

/// As many as the history shows.
const MOST: i64 = 500;

impl Loaded {
    fn read(conn: &mut Conn, school: &CurrentSchool, sight: &Sight, sonis_id: &str) -> Result<Loaded, AppError> {
        let person = Person::by_sonis_id(conn, school, sonis_id)?;
        let steps = history::of_person(conn, school, person.id, MOST)?
            .iter()
            .filter(|(change, _)| !matches!(change.verb, Verb::AddId | Verb::RemoveId))
            .map(|(change, run)| Ok((Setter::of(change, run), change.fields()?)))
            .collect::<Result<Vec<_>, AppError>>()?;
        let waits = history::waiting_for(conn, school, person.id)?;
        let would_be: Vec<FieldChange> = match &waits {
            Some((change, _)) => change.fields()?,
            None => Vec::new(),
        };
        let pins = pin::of_person(conn, school, person.id)?;
        let ids = integration_ids::of_person(conn, school, sight, person.id)?;
        Ok(Loaded {
            fields: origins(&person.bio, &steps, &pins, &would_be),
            keys: KeySpace::of_person(conn, school, person.id)?,
            ids: ids.into_iter().filter(|id| id.removed.is_none()).collect(),
            waits: waits.map(|(_, run)| run).filter(|_| !would_be.is_empty()),
            person,
        })
    }
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    id: RequestId,
    school: CurrentSchool,
    SignedIn(visitor): SignedIn,
    sonis_id: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let (sight, by) = (visitor.sight(), visitor.actor());
    let (opens_runs, sees_ids) = (visitor.limits().is_none(), !sight.is_none());
    let loaded = db::blocking(&app, move |app| {
        let loaded = app.db.read(|conn| Loaded::read(conn, &school, &sight, &sonis_id))?;
        if !loaded.ids.is_empty() {
            app.viewed(&school, &by, &loaded.person, id.as_str())?;
        }
        Ok(loaded)
    })
    .await?;
    html(&OriginsPage { chrome, loaded, opens_runs, sees_ids })
}

/// A field's value as a page says it.
fn in_words(field: Field, value: &str) -> String {
    let shown = FieldChange { field, before: None, after: Some(value.to_owned()) };
    shown.after_in_words().unwrap_or(value).to_owned()
}
