//! Retiring an integration instead of deleting it, and taking it back. Retiring first says where it is in use.
//! Leaves the row to `integrations::entry`.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids;
use crate::integrations::{self, CatalogueEntry, Mover, Stage, held};
use crate::schools::CurrentSchool;
use crate::security::tasks::ManageCatalogue;
use crate::web::frame::RequestId;
use crate::web::{Chrome, Requires, Seat, db, html};

#[derive(Template)]
#[template(path = "support/retire.html")]
struct RetirePage {
    chrome: Chrome,
    entry: CatalogueEntry,
    schools: Vec<InUse>,
}

/// A school that has the integration Live.
struct InUse {
    name: String,
    code: String,
    ids: i64,
}

#[derive(serde::Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct RetireForm {
    version: i32,
    /// "yes" to retire it, "no" to take it back; anything else asks first.
    retired: String,
}

pub async fn retire(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    id: RequestId,
    actor: Requires<ManageCatalogue>,
    code: web::Path<String>,
    form: web::Form<RetireForm>,
) -> Result<HttpResponse, AppError> {
    let entry = db::read(&app, move |conn| CatalogueEntry::by_code(conn, &code)).await?;
    let retired = match form.retired.as_str() {
        "yes" => true,
        "no" => false,
        _ => {
            let of = entry.clone();
            let schools = db::read(&app, move |conn| in_use(conn, &of)).await?;
            return html(&RetirePage { chrome, entry, schools });
        }
    };
    let lead = |text: String| Seat::of(&request).lead("/support/integrations", text);
    let name = entry.name.clone();
    if entry.retired_at.is_some() == retired {
        return lead(format!("{name} was {} already.", if retired { "retired" } else { "in the catalogue" }));
    }
    let (by, now, seen) = (actor.actor(), app.clock.now(), form.version);
    let saved = db::write(&app, move |conn| {
        let mover = Mover { actor: &by, request: Some(id.as_str()), now };
        integrations::retire(conn, &entry, seen, retired, &mover)
    })
    .await?;
    if !saved {
        return Err(AppError::Conflict(format!(
            "Somebody else has changed {name} since the page was drawn. Open it again to see what is there."
        )));
    }
    lead(if retired {
        format!("{name} is retired. No school can get it any more.")
    } else {
        format!("{name} is taken back: schools can get it again.")
    })
}

fn in_use(conn: &mut Conn, entry: &CatalogueEntry) -> Result<Vec<InUse>, AppError> {
    let mut all = Vec::new();
    for school in CurrentSchool::every(conn)? {
        if held(conn, &school, entry.id)?.is_some_and(|h| h.stage == Stage::Live) {
            let ids = integration_ids::live_count(conn, &school, entry.id)?;
            all.push(InUse { name: school.name().to_owned(), code: school.code().to_owned(), ids });
        }
    }
    Ok(all)
}
