//! How far a run is, as a part of its page: a bar that keeps itself up to date, with a script or without.
//! Leaves knowing how far it is to the lease.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::lease::{Progress, progress};
use super::run::{Run, RunId, RunState};
use crate::app::App;
use crate::error::AppError;
use crate::people::pages::list::thousands;
use crate::schools::CurrentSchool;
use crate::web::{Chrome, db, html};

/// Somebody works on the run, or has to take it up again.
#[derive(Template)]
#[template(path = "runs/progress.html")]
pub struct Working {
    run: RunId,
    word: &'static str,
    /// None while nobody works on it: whoever did is gone, and another node takes it over.
    at: Option<Progress>,
    /// Whether the page loads itself again where there is no script.
    pub reloads: bool,
}

impl Working {
    pub async fn of(
        app: &web::Data<App>,
        school: &CurrentSchool,
        run: &Run,
        still: &str,
    ) -> Result<Option<Working>, AppError> {
        let word = match run.state {
            RunState::Planning => "Being planned",
            RunState::Applying => "Being applied",
            _ => return Ok(None),
        };
        let (school, id) = (school.clone(), run.id);
        let at = db::blocking(app, move |app| progress(&app.db, &school, id)).await?;
        Ok(Some(Working { run: run.id, word, at, reloads: still.is_empty() }))
    }

    /// Only the bar, for a script that asks again.
    pub fn partial(&self) -> Result<HttpResponse, AppError> {
        html(self)
    }

    /// What a script that asks again is answered once it is done: the whole page is another one now.
    pub fn is_over() -> HttpResponse {
        HttpResponse::Ok().insert_header(("HX-Refresh", "true")).finish()
    }

    pub fn is_stopping(&self) -> bool {
        self.at.is_some_and(|p| p.cancel_asked)
    }

    /// "12,000 of 100,000, 3,400 a second, about 26 seconds left"
    fn in_words(&self) -> String {
        let Some(p) = self.at else {
            return "Whoever worked on it is gone; it is taken up again within half a minute.".into();
        };
        if p.total <= 0 || p.done <= 0 {
            return "Just begun.".into();
        }
        let done = p.done.min(p.total);
        let mut said = format!("{} of {}", thousands(done), thousands(p.total));
        let worked = p.worked().num_milliseconds();
        if worked > 0 {
            let rate = done.saturating_mul(1000) / worked;
            if rate > 0 {
                said.push_str(&format!(", {} a second", thousands(rate)));
                said.push_str(&match (p.total - done) / rate {
                    0 | 1 => ", nearly done".to_owned(),
                    s if s < 120 => format!(", about {s} seconds left"),
                    s => format!(", about {} minutes left", s / 60),
                });
            }
        }
        said
    }
}

/// Whether the page that was asked for is only its middle part, and so has to lead on by a header.
pub fn lead(chrome: &Chrome, address: &str) -> HttpResponse {
    if chrome.is_partial {
        HttpResponse::Ok().insert_header(("HX-Redirect", address)).finish()
    } else {
        crate::web::see_other(address)
    }
}
