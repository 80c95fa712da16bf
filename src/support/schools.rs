//! `/support/schools`: every school in counts; `/support/schools/{code}`: each integration's stage there, and the history.
//! Leaves moving one to `support::stage`.

use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::prelude::*;

use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{self, AtSchool, Stage, Step};
use crate::schema::people;
use crate::schools::CurrentSchool;
use crate::security::tasks::SetStages;
use crate::web::{Chrome, Requires, db, html};

#[derive(Template)]
#[template(path = "support/schools.html")]
struct SchoolsPage {
    chrome: Chrome,
    rows: Vec<Row>,
}

struct Row {
    code: String,
    name: String,
    people: i64,
    live: usize,
    waiting: usize,
}

fn people_of(conn: &mut Conn, school: &CurrentSchool) -> Result<i64, AppError> {
    Ok(people::of(school).count().get_result(conn)?)
}

pub async fn list(app: web::Data<App>, chrome: Chrome, _: Requires<SetStages>) -> Result<HttpResponse, AppError> {
    let rows = db::read(&app, |conn| {
        let mut rows = Vec::new();
        for school in CurrentSchool::every(conn)? {
            let stages = integrations::stages(conn, &school)?;
            let count = |stage: Stage| stages.iter().filter(|(_, s)| *s == stage).count();
            rows.push(Row {
                code: school.code().to_owned(),
                name: school.name().to_owned(),
                people: people_of(conn, &school)?,
                live: count(Stage::Live),
                waiting: count(Stage::Requested),
            });
        }
        Ok(rows)
    })
    .await?;
    html(&SchoolsPage { chrome, rows })
}

#[derive(Template)]
#[template(path = "support/school.html")]
struct SchoolPage {
    chrome: Chrome,
    school: CurrentSchool,
    people: i64,
    rows: Vec<AtSchool>,
    history: Vec<Step>,
}

/// So many steps of the history are shown.
const STEPS: i64 = 50;

pub async fn show(
    app: web::Data<App>,
    chrome: Chrome,
    _: Requires<SetStages>,
    code: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let (school, people, rows, history) = db::read(&app, move |conn| {
        let school = super::school(conn, &code)?;
        let people = people_of(conn, &school)?;
        let rows = integrations::at_school(conn, &school)?;
        let history = integrations::history(conn, &school, None, STEPS)?;
        Ok((school, people, rows, history))
    })
    .await?;
    html(&SchoolPage { chrome, school, people, rows, history })
}
