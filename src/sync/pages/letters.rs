//! Letters to those who share an e-mail, as a page to print, and the clashes as a file.
//! Leaves which clashes there are to `sync::cases`.

use actix_web::{HttpResponse, web};
use askama::Template;
use futures_util::stream;

use super::emails::{CASES, children_of, row_of};
use crate::app::App;
use crate::error::AppError;
use crate::people::Field;
use crate::schools::CurrentSchool;
use crate::security::tasks::RunRosterSync;
use crate::sync::cases::{Case, FoundKind};
use crate::sync::decisions::EmailDecision;
use crate::web::frame::RequestId;
use crate::web::{Chrome, Requires, csv_safe, db, html};

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    case: String,
    page: String,
}

#[derive(Template)]
#[template(path = "sync/letters.html")]
struct LettersPage {
    chrome: Chrome,
    letters: Vec<Letter>,
    day: String,
    page: i64,
    last_page: i64,
}

/// One letter, to all who share one e-mail.
pub struct Letter {
    pub email: String,
    pub names: Vec<String>,
    pub children: Vec<String>,
}

impl Letter {
    pub fn of(case: &Case) -> Letter {
        let mut children: Vec<String> = case.parties.iter().flat_map(|p| p.children()).collect();
        children.sort();
        children.dedup();
        // As it is written in the file, where somebody's is.
        let email = case.parties.iter().find_map(|p| p.get(Field::Email)).or_else(|| case.email_key.clone());
        Letter {
            email: email.unwrap_or_default(),
            names: case.parties.iter().map(|p| p.name.clone()).collect(),
            children,
        }
    }

    /// "Mara Nuñez, Ivo Nuñez and Ada Adeyemi"
    pub fn to(&self) -> String {
        match self.names.split_last() {
            None => String::new(),
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        }
    }
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    id: RequestId,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, AppError> {
    let one: Option<i32> = asked.case.parse().ok();
    let page = asked.page.parse::<i64>().unwrap_or(1).clamp(1, 1_000_000);
    let (by, now) = (actor.actor(), app.clock.now());
    let (cases, total) = db::blocking(&app, move |app| {
        let (mut cases, total) = app.db.read(|conn| match one {
            Some(number) => Ok((Case::numbered(conn, &school, vec![number])?, 1)),
            None => Case::list(conn, &school, &[FoundKind::Email], ((page - 1) * CASES, CASES)),
        })?;
        cases.retain(|c| c.kind == FoundKind::Email);
        app.exported(&school, &by, format!("Letters about shared e-mails: {}", cases.len()), id.as_str())?;
        Ok((cases, total))
    })
    .await?;
    let letters = cases.iter().map(Letter::of).collect();
    let last_page = ((total + CASES - 1) / CASES).max(1);
    html(&LettersPage { day: chrome.day_of(&now), chrome, letters, page, last_page })
}

pub const HEAD: [&str; 9] = [
    "E-mail",
    "Name",
    "Member type",
    "Number or SONIS ID",
    "Stands in",
    "Children",
    "What happens",
    "Decision",
    "Phone",
];

/// The lines of one case.
pub fn lines(case: &Case, decisions: &[EmailDecision]) -> Vec<[String; 9]> {
    let email = case.email_key.clone().unwrap_or_default();
    let decision = decisions.iter().find(|d| d.email_key == email).map(EmailDecision::in_words).unwrap_or_default();
    let line = |p: &crate::sync::cases::Party| {
        [
            email.clone(),
            p.name.clone(),
            p.member_type.word().to_owned(),
            p.whom.clone(),
            row_of(p),
            children_of(p),
            p.fate.word().to_owned(),
            decision.clone(),
            p.get(Field::Phone).unwrap_or_default(),
        ]
    };
    case.parties.iter().map(line).collect()
}

/// All clashes, a line for each of those who share one.
pub async fn csv(
    app: web::Data<App>,
    id: RequestId,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
) -> Result<HttpResponse, AppError> {
    /// So many cases are read and written at a time.
    const BATCH: i64 = 500;
    let (by, of) = (actor.actor(), school.clone());
    let decisions = db::blocking(&app, move |app| {
        let (decisions, total) = app.db.read(|conn| {
            let (_, total) = Case::list(conn, &of, &[FoundKind::Email], (0, 0))?;
            Ok((EmailDecision::all(conn, &of)?, total))
        })?;
        app.exported(&of, &by, format!("Shared e-mails: {total} of them"), id.as_str())?;
        Ok(std::sync::Arc::new(decisions))
    })
    .await?;
    let parts = stream::try_unfold(Some(0), move |after| {
        let (app, school, decisions) = (app.clone(), school.clone(), decisions.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let part = db::read(&app, move |conn| {
                let cases = Case::after(conn, &school, FoundKind::Email, after, BATCH)?;
                let mut out = csv_safe::Writer::of_rows();
                for line in cases.iter().flat_map(|c| lines(c, &decisions)) {
                    out.row(&line.each_ref().map(String::as_str))?;
                }
                Ok((web::Bytes::from(out.finish()?), cases.last().map(|c| c.number)))
            });
            part.await.map(Some)
        }
    });
    csv_safe::streamed("shared-e-mails.csv", &HEAD, parts)
}
