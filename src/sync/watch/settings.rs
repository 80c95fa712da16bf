//! What a school has decided about its sync by itself: when, what for, how far it goes alone, who is told.
//! Leaves the form to the pages. The folder is set by whoever runs the server alone: a page must not open the server's files.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schedule::Times;
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::school_settings;
use crate::schools::CurrentSchool;
use crate::security::Actor;
use crate::sync::asked::Scope;
use crate::sync::settings::keep;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchSettings {
    pub is_on: bool,
    /// An absolute path on the server; empty where nobody has set one.
    pub folder: String,
    pub when: When,
    /// The times, also while it goes on arrival: they come back.
    pub times: Times,
    pub integration: String,
    pub scope: Scope,
    /// Whether a plan with blocked rows is applied without a person: the rows stay out.
    pub applies_blocked: bool,
    pub tells_runners: bool,
    pub tells_releasers: bool,
    /// The User ID of the user in whose name it goes.
    pub user_id: String,
}

crate::text_enum! {
    When {
        OnArrival = "on_arrival", "As soon as files are there";
        AtTimes = "at_times", "At set times";
    }
}

impl Default for WatchSettings {
    fn default() -> WatchSettings {
        WatchSettings {
            is_on: false,
            folder: String::new(),
            when: When::OnArrival,
            times: Times::default(),
            integration: "vidigami".into(),
            scope: Scope::Full,
            applies_blocked: false,
            tells_runners: true,
            tells_releasers: true,
            user_id: String::new(),
        }
    }
}

const NAMES: [&str; 10] = [
    "sync.watch",
    "sync.watch_folder",
    "sync.watch_when",
    "sync.watch_times",
    "sync.watch_integration",
    "sync.watch_scope",
    "sync.watch_applies_blocked",
    "sync.watch_tells_runners",
    "sync.watch_tells_releasers",
    "sync.watch_user",
];

impl WatchSettings {
    /// The settings, and since when they are as they are: what was due before does not count.
    pub fn load(conn: &mut Conn, school: &CurrentSchool) -> Result<(WatchSettings, Option<NaiveDateTime>), AppError> {
        let rows: Vec<(String, String, NaiveDateTime)> = school_settings::of(school)
            .filter(school_settings::name.eq_any(NAMES))
            .select((school_settings::name, school_settings::value, school_settings::set_at))
            .load(conn)?;
        let find = |name: &str| rows.iter().find(|(n, ..)| n == name).map(|(_, v, _)| v.as_str());
        let [on, folder, when, times, integration, scope, blocked, runners, releasers, user] = NAMES.map(find);
        let usual = WatchSettings::default();
        let yes = |text: Option<&str>, usual: bool| text.map_or(usual, |v| v == "yes");
        let text = |text: Option<&str>, usual: String| text.map_or(usual, str::to_owned);
        let settings = WatchSettings {
            is_on: yes(on, usual.is_on),
            folder: text(folder, usual.folder),
            when: when.and_then(When::parse).unwrap_or(usual.when),
            times: times.and_then(|t| Times::parse(t).ok()).unwrap_or_default(),
            integration: text(integration, usual.integration),
            scope: scope.and_then(Scope::parse).unwrap_or(usual.scope),
            applies_blocked: yes(blocked, usual.applies_blocked),
            tells_runners: yes(runners, usual.tells_runners),
            tells_releasers: yes(releasers, usual.tells_releasers),
            user_id: text(user, usual.user_id),
        };
        let of_time = ["sync.watch", "sync.watch_when", "sync.watch_times"];
        let since = rows.iter().filter(|(n, ..)| of_time.contains(&n.as_str())).map(|(.., at)| *at).max();
        Ok((settings, since))
    }

    fn values(&self) -> [(&'static str, String); 10] {
        let yes = |b: bool| if b { "yes" } else { "no" }.to_owned();
        let [on, folder, when, times, integration, scope, blocked, runners, releasers, user] = NAMES;
        [
            (on, yes(self.is_on)),
            (folder, self.folder.clone()),
            (when, self.when.code().to_owned()),
            (times, self.times.in_words()),
            (integration, self.integration.clone()),
            (scope, self.scope.code().to_owned()),
            (blocked, yes(self.applies_blocked)),
            (runners, yes(self.tells_runners)),
            (releasers, yes(self.tells_releasers)),
            (user, self.user_id.clone()),
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
        let (before, _) = WatchSettings::load(conn, school)?;
        let before = before.values().map(|(_, was)| was);
        keep(conn, school, self.values().into_iter().zip(before), actor, now)
    }

    /// What keeps it from going, in words; none where it can.
    pub fn lacks(&self) -> Option<&'static str> {
        if self.folder.is_empty() {
            Some(
                "No folder is set. Whoever runs the server sets it: crosswalk sync watch set --school CODE --folder FOLDER.",
            )
        } else if self.when == When::AtTimes && self.times.is_empty() {
            Some("No time is set.")
        } else if self.user_id.is_empty() {
            Some("Nobody has said in whose name it goes.")
        } else {
            None
        }
    }

    /// "As soon as files are there", or "At 06:00, 18:30".
    pub fn when_in_words(&self) -> String {
        match self.when {
            When::OnArrival => self.when.word().to_owned(),
            When::AtTimes => format!("At {}", self.times.in_words()),
        }
    }
}
