//! `/security/access`: who can see or change integration IDs here, for all integrations or one.
//! Leaves the rows to `holder`, the file to `csv`.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::holder::{Holder, Holders};
use crate::app::App;
use crate::error::AppError;
use crate::integrations::Integration;
use crate::schools::CurrentSchool;
use crate::security::tasks;
use crate::web::{Chrome, Requires, db, html};

/// The query string. An integration that the list does not offer counts as not said.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct AccessQuery {
    pub integration: String,
}

impl AccessQuery {
    pub fn chosen<'a>(&self, holders: &'a Holders) -> Option<&'a Integration> {
        holders.choices.iter().find(|i| i.code == self.integration)
    }
}

#[derive(Template)]
#[template(path = "security/access.html")]
struct AccessPage {
    chrome: Chrome,
    query: AccessQuery,
    rows: Vec<Row>,
    choices: Vec<Integration>,
    in_words: String,
    csv: String,
}

struct Row {
    holder: Holder,
    scope: String,
    until: Option<String>,
    ends_soon: Option<String>,
    /// At home in another school, or in none.
    is_guest: bool,
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    _: Requires<tasks::AdministerSecurity>,
    query: web::Query<AccessQuery>,
) -> Result<HttpResponse, AppError> {
    let query = query.into_inner();
    let now = app.clock.now();
    let (here, zone) = (school.id(), school.time_zone());
    let only = query.integration.clone();
    let holders = db::read(&app, move |conn| Holders::read(conn, &school, &only, now)).await?;
    let chosen = query.chosen(&holders);
    let csv = match chosen {
        Some(i) => format!("/security/access.csv?integration={}", i.code),
        None => "/security/access.csv".into(),
    };
    let in_words = holders.in_words(chosen);
    let Holders { all, integrations, choices } = holders;
    let row = |holder: Holder| Row {
        scope: holder.grant.scope(&integrations),
        until: holder.grant.until(zone),
        ends_soon: holder.grant.ends_soon(now, zone),
        is_guest: holder.user.school_id != Some(here),
        holder,
    };
    html(&AccessPage { chrome, query, rows: all.into_iter().map(row).collect(), choices, in_words, csv })
}
