//! What a school has decided about its sync: groups, absentees, limits, rollover, how long things are kept.
//! Leaves the form to the pages. A setting that nobody has set is as `Settings::default` says.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::handshake::Handshake;
use crate::audit::{self, Action};
use crate::db::Conn;
use crate::error::AppError;
use crate::runs::{Limits, Share};
use crate::schema::school_settings;
use crate::schools::CurrentSchool;
use crate::security::Actor;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub grade_groups: bool,
    pub grad_year_groups: bool,
    pub absentees: Absentees,
    pub shared_emails: SharedEmails,
    pub limits: Limits,
    pub rollover: Option<Rollover>,
    /// Days that uploaded files are kept.
    pub keep_uploads: i32,
    /// Days that plans nobody applied are kept.
    pub keep_plans: i32,
    /// Of the integration that a plan is made for: loaded with it, and set elsewhere.
    pub handshake: Handshake,
}

crate::text_enum! {
    /// What a full list does to people whom it does not hold any more.
    Absentees {
        List = "list", "List them, and leave them as they are";
        Deactivate = "deactivate", "Make them inactive";
    }
}

crate::text_enum! {
    /// What becomes of newcomers who share an e-mail, where nothing is decided of that very e-mail.
    SharedEmails {
        Block = "block", "Block all who are new, until somebody decides or the e-mails are corrected";
        Without = "without", "Import them without the e-mail";
    }
}

/// The weeks in which everybody moves up a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollover {
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub does: During,
}

crate::text_enum! {
    During {
        Pause = "pause", "No sync is applied";
        Raise = "raise", "The limits do not hold";
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            grade_groups: true,
            grad_year_groups: false,
            absentees: Absentees::List,
            shared_emails: SharedEmails::Block,
            limits: Limits::default(),
            rollover: None,
            keep_uploads: 30,
            keep_plans: 90,
            handshake: Handshake::default(),
        }
    }
}

const NAMES: [&str; 9] = [
    "sync.grade_groups",
    "sync.grad_year_groups",
    "sync.absentees",
    "sync.limit_deactivated",
    "sync.limit_updated",
    "sync.rollover_from",
    "sync.rollover_until",
    "sync.rollover_does",
    "sync.keep_uploads",
];
const KEEP_PLANS: &str = "sync.keep_plans";
const SHARED_EMAILS: &str = "sync.shared_emails";

impl Settings {
    pub fn load(conn: &mut Conn, school: &CurrentSchool) -> Result<Settings, AppError> {
        let rows: Vec<(String, String)> =
            school_settings::of(school).select((school_settings::name, school_settings::value)).load(conn)?;
        let find = |name: &str| rows.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let usual = Settings::default();
        let [grade, grad, absentees, deactivated, updated, from, until, does, keep] = NAMES.map(find);
        let date = |text: Option<&str>| text.and_then(|t| t.parse::<NaiveDate>().ok());
        let share = |text: Option<&str>, usual| text.and_then(|t| t.parse().ok()).map_or(usual, Share);
        let days = |text: Option<&str>, usual| text.and_then(|t| t.parse().ok()).unwrap_or(usual);
        let rollover = match (date(from), date(until), does.and_then(During::parse)) {
            (Some(from), Some(until), Some(does)) => Some(Rollover { from, until, does }),
            _ => None,
        };
        Ok(Settings {
            grade_groups: grade.map_or(usual.grade_groups, |v| v == "yes"),
            grad_year_groups: grad.map_or(usual.grad_year_groups, |v| v == "yes"),
            absentees: absentees.and_then(Absentees::parse).unwrap_or(usual.absentees),
            shared_emails: find(SHARED_EMAILS).and_then(SharedEmails::parse).unwrap_or(usual.shared_emails),
            limits: Limits {
                deactivated: share(deactivated, usual.limits.deactivated),
                updated: share(updated, usual.limits.updated),
            },
            rollover,
            keep_uploads: days(keep, usual.keep_uploads),
            keep_plans: days(find(KEEP_PLANS), usual.keep_plans),
            handshake: usual.handshake,
        })
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        let yes = |b: bool| if b { "yes" } else { "no" }.to_owned();
        let [grade, grad, absentees, deactivated, updated, from, until, does, keep] = NAMES;
        let date = |d: Option<NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
        vec![
            (grade, yes(self.grade_groups)),
            (grad, yes(self.grad_year_groups)),
            (absentees, self.absentees.code().to_owned()),
            (deactivated, self.limits.deactivated.0.to_string()),
            (updated, self.limits.updated.0.to_string()),
            (from, date(self.rollover.map(|r| r.from))),
            (until, date(self.rollover.map(|r| r.until))),
            (does, self.rollover.map(|r| r.does.code().to_owned()).unwrap_or_default()),
            (keep, self.keep_uploads.to_string()),
            (KEEP_PLANS, self.keep_plans.to_string()),
            (SHARED_EMAILS, self.shared_emails.code().to_owned()),
        ]
    }

    /// Keeps what differs, and puts it on record.
    pub fn save(
        &self,
        conn: &mut Conn,
        school: &CurrentSchool,
        actor: &Actor,
        now: NaiveDateTime,
    ) -> Result<(), AppError> {
        let before = Settings::load(conn, school)?.values();
        keep(conn, school, self.values().into_iter().zip(before.into_iter().map(|(_, was)| was)), actor, now)
    }

    /// The limits on a day: during a rollover they may not hold.
    pub fn limits_on(&self, day: NaiveDate) -> Limits {
        match self.rollover {
            Some(r) if r.does == During::Raise && (r.from..=r.until).contains(&day) => {
                Limits { deactivated: Share(100), updated: Share(100) }
            }
            _ => self.limits,
        }
    }

    /// Whether no sync is applied on a day.
    pub fn is_paused_on(&self, day: NaiveDate) -> bool {
        self.rollover.is_some_and(|r| r.does == During::Pause && (r.from..=r.until).contains(&day))
    }

    /// What of the settings decides what a row comes to: part of every row's hash.
    pub fn salt(&self) -> String {
        format!("{}{}", u8::from(self.grade_groups), u8::from(self.grad_year_groups))
    }
}

/// Keeps of some settings (name, value, and what it was) those that differ, and puts them on record.
pub(super) fn keep(
    conn: &mut Conn,
    school: &CurrentSchool,
    settings: impl IntoIterator<Item = ((&'static str, String), String)>,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    let mut changed = Vec::new();
    for ((name, value), was) in settings {
        if value == was {
            continue;
        }
        diesel::delete(school_settings::of(school).filter(school_settings::name.eq(name))).execute(conn)?;
        school_settings::insert()
            .values((
                school_settings::school_id.eq(school.id()),
                school_settings::name.eq(name),
                school_settings::value.eq(&value),
                school_settings::set_by.eq(actor.name()),
                school_settings::set_at.eq(now),
            ))
            .execute(conn)?;
        changed.push(format!("{} from {was:?} to {value:?}", name.trim_start_matches("sync.")));
    }
    if changed.is_empty() {
        return Ok(());
    }
    audit::record(
        conn,
        &audit::Entry {
            at: now,
            school: Some(school.id()),
            actor: actor.clone(),
            action: Action::SyncSettingsChanged,
            subject: changed.join(", "),
            person: None,
            request: None,
        },
    )
}
