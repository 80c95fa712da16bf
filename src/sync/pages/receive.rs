//! Receiving a form with files: each file goes into the database piece by piece as it arrives, and is never whole in memory.
//! Leaves what is done with the files to `sync::pages::plan`.

use std::collections::HashMap;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::web;
use chrono::NaiveDateTime;
use futures_util::StreamExt;

use crate::app::App;
use crate::error::AppError;
use crate::schools::CurrentSchool;
use crate::security::Actor;
use crate::sources::Slot;
use crate::sync::uploads::{Arriving, PIECE};
use crate::web::db;

/// 100 MB hold half a million students; larger extracts go by the command line.
const LONGEST: i64 = 100 * 1024 * 1024;

/// The other fields of the form are short.
const LONGEST_FIELD: usize = 1024;

/// Four large files over a slow line take their time; an upload that has not arrived by then is given up.
const PATIENCE: Duration = Duration::from_secs(1800);
/// A line that is silent for so long is gone.
const SILENCE: Duration = Duration::from_secs(60);

/// What came with a form beside its files.
#[derive(Debug, Default)]
pub struct Received {
    fields: HashMap<String, String>,
}

impl Received {
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// A form with one file that is small enough to be held.
#[derive(Debug, Default)]
pub struct Small {
    pub received: Received,
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Receives a form whose file is called `file`. `longest` is in bytes.
pub async fn receive_small(mut parts: Multipart, longest: usize) -> Result<Small, AppError> {
    let read = async {
        let mut small = Small::default();
        while let Some(part) = tokio::time::timeout(SILENCE, parts.next()).await.map_err(|_| slow())? {
            let mut part = part.map_err(|e| unreadable(&e))?;
            let name = part.name().unwrap_or_default().to_owned();
            if name != "file" {
                let text = read_field(&mut part).await?;
                small.received.fields.insert(name, text);
                continue;
            }
            let file = part.content_disposition().and_then(|d| d.get_filename()).unwrap_or("upload");
            small.name = file.chars().filter(|c| !c.is_control()).take(120).collect();
            while let Some(chunk) = next(&mut part).await? {
                if small.bytes.len() + chunk.len() > longest {
                    return Err(AppError::TooLarge(format!(
                        "The file is larger than {} MB. Use the command `crosswalk sync match-list`, which takes files of any size a school has.",
                        longest / 1024 / 1024
                    )));
                }
                small.bytes.extend_from_slice(&chunk);
            }
        }
        Ok(small)
    };
    tokio::time::timeout(PATIENCE, read).await.map_err(|_| slow())?
}

/// Who sends files to which school.
#[derive(Clone)]
pub struct Sender {
    pub app: web::Data<App>,
    pub school: CurrentSchool,
    pub by: Actor,
    pub now: NaiveDateTime,
}

pub async fn receive(from: Sender, parts: Multipart) -> Result<Received, AppError> {
    tokio::time::timeout(PATIENCE, read(from, parts)).await.map_err(|_| slow())?
}

fn slow() -> AppError {
    AppError::BadRequest("the upload took too long".into())
}

fn unreadable(e: &dyn std::fmt::Display) -> AppError {
    AppError::BadRequest(e.to_string())
}

async fn read(from: Sender, mut parts: Multipart) -> Result<Received, AppError> {
    let mut received = Received::default();
    while let Some(part) = tokio::time::timeout(SILENCE, parts.next()).await.map_err(|_| slow())? {
        let mut part = part.map_err(|e| unreadable(&e))?;
        let name = part.name().unwrap_or_default().to_owned();
        let Some(slot) = Slot::parse(&name) else {
            let text = read_field(&mut part).await?;
            received.fields.insert(name, text);
            continue;
        };
        // The form says its school before its files: nothing is kept for a school that the form was not drawn for.
        let of = received.field("school");
        if of != from.school.code() {
            return Err(AppError::OtherSchool { form: of.to_owned(), current: from.school.name().to_owned() });
        }
        let file = part.content_disposition().and_then(|d| d.get_filename()).unwrap_or_default();
        let file: String = file.chars().filter(|c| !c.is_control()).take(120).collect();
        if file.is_empty() {
            // No file was chosen there.
            while let Some(chunk) = next(&mut part).await? {
                drop(chunk);
            }
            continue;
        }
        take(&from, slot, file, part).await?;
    }
    if received.field("school") != from.school.code() {
        return Err(AppError::OtherSchool {
            form: received.field("school").to_owned(),
            current: from.school.name().to_owned(),
        });
    }
    Ok(received)
}

async fn next(part: &mut Field) -> Result<Option<web::Bytes>, AppError> {
    let chunk = tokio::time::timeout(SILENCE, part.next()).await.map_err(|_| slow())?;
    chunk.transpose().map_err(|e| unreadable(&e))
}

async fn read_field(part: &mut Field) -> Result<String, AppError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = next(part).await? {
        if bytes.len() + chunk.len() > LONGEST_FIELD {
            return Err(AppError::TooLarge("A field of the form is too long.".into()));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Keeps a file. What goes wrong on the way leaves nothing of it behind.
async fn take(from: &Sender, slot: Slot, name: String, mut part: Field) -> Result<(), AppError> {
    let of = from.clone();
    let mut arriving =
        db::blocking(&from.app, move |app| Arriving::begin(&app.db, &of.school, slot, &name, &of.by, of.now)).await?;
    let mut piece: Vec<u8> = Vec::with_capacity(PIECE);
    loop {
        let chunk = match next(&mut part).await {
            Ok(chunk) => chunk,
            Err(e) => return give_up(from, arriving, e).await,
        };
        let is_last = chunk.is_none();
        piece.extend_from_slice(&chunk.unwrap_or_default());
        if arriving.length() + i64::try_from(piece.len()).unwrap_or(i64::MAX) > LONGEST {
            let said = format!(
                "The file {slot} is larger than {} MB. Use the command `crosswalk sync plan`, which takes files of any size a school has.",
                LONGEST / 1024 / 1024
            );
            return give_up(from, arriving, AppError::TooLarge(said)).await;
        }
        if piece.len() >= PIECE || is_last {
            let of = from.clone();
            (arriving, piece) = db::blocking(&from.app, move |app| {
                // What does not fill a piece waits for more, but at the end.
                let whole = if is_last { piece.len() } else { piece.len() - piece.len() % PIECE };
                let rest = piece.split_off(whole);
                for some in piece.chunks(PIECE) {
                    arriving.put(&app.db, &of.school, some)?;
                }
                Ok((arriving, rest))
            })
            .await?;
        }
        if is_last {
            let of = from.clone();
            return db::blocking(&from.app, move |app| arriving.finish(&app.db, &of.school)).await;
        }
    }
}

async fn give_up(from: &Sender, arriving: Arriving, why: AppError) -> Result<(), AppError> {
    let of = from.clone();
    db::blocking(&from.app, move |app| arriving.give_up(&app.db, &of.school)).await?;
    Err(why)
}
