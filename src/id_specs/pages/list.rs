//! `/id-specs`: the integrations of the school, and how their IDs are made for each member type.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::id_specs::{KeyTemplate, Place, StoredSpec};
use crate::integrations::{Integration, IntegrationId, Stage, stages};
use crate::people::MemberType;
use crate::schools::CurrentSchool;
use crate::security::tasks::ManageIdSpecs;
use crate::web::{Chrome, Requires, db, html};

#[derive(Template)]
#[template(path = "id_specs/list.html")]
struct ListPage {
    chrome: Chrome,
    rows: Vec<Row>,
}

struct Row {
    integration: Integration,
    stage: Stage,
    member_type: MemberType,
    spec: Option<StoredSpec>,
    /// What the roster sync takes where nothing is said.
    usual: Option<KeyTemplate>,
}

/// The integrations that a specification can be for: those on their way, and those that are Live.
pub(super) fn open(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<(Integration, Stage)>, AppError> {
    let stages: HashMap<IntegrationId, Stage> = stages(conn, school)?.into_iter().collect();
    let here = |i: Integration| {
        let stage = *stages.get(&i.id)?;
        matches!(stage, Stage::Testing | Stage::Ready | Stage::Live).then_some((i, stage))
    };
    Ok(Integration::all(conn)?.into_iter().filter_map(here).collect())
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    _: Requires<ManageIdSpecs>,
) -> Result<HttpResponse, AppError> {
    let rows = db::read(&app, move |conn| {
        let mut rows = Vec::new();
        for (integration, stage) in open(conn, &school)? {
            for &member_type in MemberType::ALL {
                let place = Place { integration: integration.clone(), member_type };
                let spec = place.current(conn, &school)?;
                let usual = place.is_of_the_sync().then(|| KeyTemplate::usual(member_type));
                rows.push(Row { integration: place.integration, stage, member_type, spec, usual });
            }
        }
        Ok(rows)
    })
    .await?;
    html(&ListPage { chrome, rows })
}
