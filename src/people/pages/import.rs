//! `/people/import`: a PowerSchool Students extract, uploaded and planned. The plan is looked at before it is applied.
//! Leaves planning to `people::import`, and the plan's page to `runs::pages`.

use actix_multipart::Multipart;
use actix_web::{HttpResponse, web};
use askama::Template;
use futures_util::StreamExt;

use crate::app::App;
use crate::error::AppError;
use crate::people::import_names;
use crate::schools::CurrentSchool;
use crate::security::tasks::ImportNames;
use crate::web::{Chrome, Requires, Wrongs, db, html, html_422, see_other};

/// 50 MB hold a quarter of a million students; larger extracts go by the command line.
const LONGEST: usize = 50 * 1024 * 1024;

/// The other fields of the form are short.
const LONGEST_FIELD: usize = 1024;

/// An upload that has not arrived by then is given up: its memory is wanted by others.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(300);

#[derive(Template)]
#[template(path = "people/import.html")]
struct ImportPage {
    chrome: Chrome,
    wrongs: Wrongs,
}

pub async fn page(chrome: Chrome, _: CurrentSchool, _: Requires<ImportNames>) -> Result<HttpResponse, AppError> {
    html(&ImportPage { chrome, wrongs: Wrongs::default() })
}

pub async fn upload(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<ImportNames>,
    parts: Multipart,
) -> Result<HttpResponse, AppError> {
    let slow = |_| AppError::BadRequest("the upload took too long".into());
    let Upload { name, bytes, school: of } = tokio::time::timeout(PATIENCE, read(parts)).await.map_err(slow)??;
    if of != school.code() {
        return Err(AppError::OtherSchool { form: of, current: school.name().to_owned() });
    }
    if bytes.is_empty() {
        let wrongs = Wrongs::one("file", "Choose the file that PowerSchool exported");
        return html_422(&ImportPage { chrome, wrongs });
    }
    let (by, now) = (actor.actor(), app.clock.now());
    let planned = db::blocking(&app, move |app| {
        // Parsed before the transaction begins: nobody waits for the reading of a file.
        match import_names::read(&bytes, &name) {
            Ok(source) => source.plan(&app.db, &school, &by, now).map(Ok),
            Err(problem) => Ok(Err(problem)),
        }
    })
    .await?;
    match planned {
        Ok(run) => Ok(see_other(&format!("/runs/{run}"))),
        Err(problem) => html_422(&ImportPage { chrome, wrongs: Wrongs::one("file", problem.to_string()) }),
    }
}

#[derive(Default)]
struct Upload {
    name: String,
    bytes: Vec<u8>,
    school: String,
}

async fn read(mut parts: Multipart) -> Result<Upload, AppError> {
    let unreadable = |e: &dyn std::fmt::Display| AppError::BadRequest(e.to_string());
    let mut upload = Upload::default();
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|e| unreadable(&e))?;
        let field = part.name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        if field == "file" {
            upload.name = part
                .content_disposition()
                .and_then(|d| d.get_filename())
                .unwrap_or("upload")
                .chars()
                .take(120)
                .collect();
        }
        while let Some(chunk) = part.next().await {
            let chunk = chunk.map_err(|e| unreadable(&e))?;
            let most = if field == "file" { LONGEST } else { LONGEST_FIELD };
            if bytes.len() + chunk.len() > most {
                return Err(AppError::TooLarge(format!(
                    "The file is larger than {} MB. Import it with the command `crosswalk import names`, which takes files of any size a school has.",
                    LONGEST / 1024 / 1024
                )));
            }
            bytes.extend_from_slice(&chunk);
        }
        match field.as_str() {
            "file" => upload.bytes = bytes,
            "school" => upload.school = String::from_utf8_lossy(&bytes).into_owned(),
            _ => {}
        }
    }
    Ok(upload)
}
