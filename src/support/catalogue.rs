//! `/support/integrations`: the catalogue, with how many schools have each Live and how many IDs there are.
//! Leaves editing one to `support::edit`.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids;
use crate::integrations::{CatalogueEntry, Stage, stages};
use crate::schools::CurrentSchool;
use crate::security::tasks::ManageCatalogue;
use crate::web::{Chrome, Requires, db, html};

#[derive(Template)]
#[template(path = "support/integrations.html")]
struct CataloguePage {
    chrome: Chrome,
    rows: Vec<Row>,
}

struct Row {
    entry: CatalogueEntry,
    live_at: i64,
    ids: i64,
}

pub async fn page(app: web::Data<App>, chrome: Chrome, _: Requires<ManageCatalogue>) -> Result<HttpResponse, AppError> {
    let rows = db::read(&app, rows).await?;
    html(&CataloguePage { chrome, rows })
}

fn rows(conn: &mut Conn) -> Result<Vec<Row>, AppError> {
    let mut rows: Vec<Row> =
        CatalogueEntry::all(conn)?.into_iter().map(|entry| Row { entry, live_at: 0, ids: 0 }).collect();
    for school in CurrentSchool::every(conn)? {
        let (stages, ids) = (stages(conn, &school)?, integration_ids::live_counts(conn, &school)?);
        for row in &mut rows {
            row.live_at += i64::from(stages.contains(&(row.entry.id, Stage::Live)));
            row.ids += ids.get(&row.entry.id).copied().unwrap_or(0);
        }
    }
    Ok(rows)
}
