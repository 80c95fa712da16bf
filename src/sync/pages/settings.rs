//! `/sync/settings`: groups, absentees, limits, rollover, how long things are kept, and the titles that are remembered.
//! Leaves keeping them to `sync::settings` and `sync::maps`.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;

use crate::app::App;
use crate::error::AppError;
use crate::runs::{Limits, Share};
use crate::schools::CurrentSchool;
use crate::security::tasks::RunRosterSync;
use crate::sync::maps::{self, Remembered};
use crate::sync::{Absentees, During, Rollover, Settings, SharedEmails};
use crate::web::{Chrome, Requires, SchoolForm, Seat, Wrongs, db, html, html_422};

/// Ten years; more is no limit at all.
const MOST_DAYS: i32 = 3650;

/// The form as it was typed.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Typed {
    grade_groups: String,
    grad_year_groups: String,
    absentees: String,
    shared_emails: String,
    limit_deactivated: String,
    limit_updated: String,
    rollover_from: String,
    rollover_until: String,
    rollover_does: String,
    keep_uploads: String,
    keep_plans: String,
}

#[derive(Template)]
#[template(path = "sync/settings.html")]
struct SettingsPage {
    chrome: Chrome,
    typed: Typed,
    titles: Vec<Remembered>,
    wrongs: Wrongs,
}

impl From<Settings> for Typed {
    fn from(s: Settings) -> Typed {
        let tick = |b: bool| if b { "yes".to_owned() } else { String::new() };
        let day = |d: Option<NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
        Typed {
            grade_groups: tick(s.grade_groups),
            grad_year_groups: tick(s.grad_year_groups),
            absentees: s.absentees.code().to_owned(),
            shared_emails: s.shared_emails.code().to_owned(),
            limit_deactivated: s.limits.deactivated.0.to_string(),
            limit_updated: s.limits.updated.0.to_string(),
            rollover_from: day(s.rollover.map(|r| r.from)),
            rollover_until: day(s.rollover.map(|r| r.until)),
            rollover_does: s.rollover.map_or("", |r| r.does.code()).to_owned(),
            keep_uploads: s.keep_uploads.to_string(),
            keep_plans: s.keep_plans.to_string(),
        }
    }
}

impl Typed {
    fn read(&self) -> Result<Settings, Wrongs> {
        let mut wrongs = Wrongs::default();
        let absentees = Absentees::parse(&self.absentees).unwrap_or_else(|| {
            wrongs.add("absentees-list", "Choose what a full list does to people who are not in it");
            Absentees::List
        });
        let shared_emails = SharedEmails::parse(&self.shared_emails).unwrap_or_else(|| {
            wrongs.add("shared_emails-block", "Choose what becomes of newcomers who share an e-mail");
            SharedEmails::Block
        });
        let mut share = |field: &'static str, text: &str| match text.trim().parse::<u8>() {
            Ok(n) if n <= 100 => Share(n),
            _ => {
                wrongs.add(field, format!("{:?} is no number from 0 to 100", text.trim()));
                Share(0)
            }
        };
        let limits = Limits {
            deactivated: share("limit_deactivated", &self.limit_deactivated),
            updated: share("limit_updated", &self.limit_updated),
        };
        let rollover = self.rollover(&mut wrongs);
        let mut days = |field: &'static str, text: &str| match text.trim().parse::<i32>() {
            Ok(n) if (1..=MOST_DAYS).contains(&n) => n,
            _ => {
                wrongs.add(field, format!("{:?} is no number of days from 1 to {MOST_DAYS}", text.trim()));
                1
            }
        };
        let keep_uploads = days("keep_uploads", &self.keep_uploads);
        let keep_plans = days("keep_plans", &self.keep_plans);
        if !wrongs.is_empty() {
            return Err(wrongs);
        }
        Ok(Settings {
            grade_groups: !self.grade_groups.is_empty(),
            grad_year_groups: !self.grad_year_groups.is_empty(),
            absentees,
            shared_emails,
            limits,
            rollover,
            keep_uploads,
            keep_plans,
            ..Settings::default()
        })
    }

    /// None where neither day is given.
    fn rollover(&self, wrongs: &mut Wrongs) -> Option<Rollover> {
        let (from, until) = (self.rollover_from.trim(), self.rollover_until.trim());
        if from.is_empty() && until.is_empty() {
            return None;
        }
        let mut day = |field: &'static str, text: &str| {
            let day = text.parse::<NaiveDate>().ok();
            if day.is_none() {
                let said = if text.is_empty() {
                    "Give both days of the rollover, or neither".to_owned()
                } else {
                    format!("{text:?} is no day like 2027-06-30")
                };
                wrongs.add(field, said);
            }
            day
        };
        let (from, until) = (day("rollover_from", from)?, day("rollover_until", until)?);
        if until < from {
            wrongs.add("rollover_until", "The last day of the rollover is before its first");
        }
        let Some(does) = During::parse(&self.rollover_does) else {
            wrongs.add("rollover_does", "Choose what happens during the rollover");
            return None;
        };
        Some(Rollover { from, until, does })
    }
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    _: Requires<RunRosterSync>,
) -> Result<HttpResponse, AppError> {
    let (settings, titles) =
        db::read(&app, move |conn| Ok((Settings::load(conn, &school)?, maps::remembered(conn, &school)?))).await?;
    html(&SettingsPage { chrome, typed: settings.into(), titles, wrongs: Wrongs::default() })
}

pub async fn save(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    form: SchoolForm<Typed>,
) -> Result<HttpResponse, AppError> {
    let typed = form.0;
    match typed.read() {
        Ok(settings) => {
            let (by, now) = (actor.actor(), app.clock.now());
            db::write(&app, move |conn| settings.save(conn, &school, &by, now)).await?;
            Seat::of(&request)
                .lead("/sync/settings", "The settings are saved. They count from the next plan on.".into())
        }
        Err(wrongs) => {
            let titles = db::read(&app, move |conn| maps::remembered(conn, &school)).await?;
            html_422(&SettingsPage { chrome, typed, titles, wrongs })
        }
    }
}
