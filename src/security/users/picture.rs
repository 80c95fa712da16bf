//! A picture of a user: all that User Security says of one, as it is, as it was seen, or as it is wanted.
//! Leaves bringing one about to `users::change`.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use super::grants::{GrantKey, Grants};
use super::standing::Standing;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{Integration, IntegrationId};
use crate::people::pages::columns::Columns;
use crate::people::{MemberType, SortBy, StatusFilter};
use crate::schools::{CurrentSchool, Limits};
use crate::security::{GrantKind, Profile, ProfileOf, User, limits_of};
use crate::web::when;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    pub user_id: String,
    pub name: String,
    /// Empty: none.
    pub email: String,
    pub profile: ProfileOf,
    /// The filters that the list of people starts with, as in its address.
    pub start_query: String,
    pub limits: Limits,
    pub grants: Grants,
}

impl Picture {
    /// Somebody who is not there yet.
    pub fn of_nobody() -> Picture {
        let profile = ProfileOf::built(Profile::Clerk);
        Picture {
            user_id: String::new(),
            name: String::new(),
            email: String::new(),
            grants: Grants::of_profile(&profile),
            profile,
            start_query: String::new(),
            limits: Limits::none(),
        }
    }

    /// The user as they are at the school.
    pub fn of(conn: &mut Conn, school: &CurrentSchool, user: &User, now: NaiveDateTime) -> Result<Picture, AppError> {
        Ok(Picture {
            user_id: user.user_id.clone(),
            name: user.name.clone(),
            email: user.email.clone().unwrap_or_default(),
            profile: ProfileOf::of(conn, school, user)?,
            start_query: user.start_query.clone(),
            limits: limits_of(conn, user.id)?,
            grants: Grants::of(conn, school, user.id, now)?,
        })
    }

    pub fn standing(&self) -> Standing {
        Standing::of(&self.grants, &self.limits)
    }

    /// Puts what `mine` changed of `seen` on top of this one.
    pub fn rebased(&self, seen: &Picture, mine: &Picture) -> Picture {
        fn pick<T: PartialEq + Clone>(seen: &T, mine: &T, now: &T) -> T {
            if seen == mine { now.clone() } else { mine.clone() }
        }
        Picture {
            user_id: pick(&seen.user_id, &mine.user_id, &self.user_id),
            name: pick(&seen.name, &mine.name, &self.name),
            email: pick(&seen.email, &mine.email, &self.email),
            profile: pick(&seen.profile, &mine.profile, &self.profile),
            start_query: pick(&seen.start_query, &mine.start_query, &self.start_query),
            limits: pick(&seen.limits, &mine.limits, &self.limits),
            grants: self.grants.rebased(&seen.grants, &mine.grants),
        }
    }

    /// Whether only the grants differ: all that may be changed of a user of another school, or of Support.
    pub fn differs_only_in_grants(&self, other: &Picture) -> bool {
        Picture { grants: self.grants.clone(), ..other.clone() } == *self
    }

    /// What became different about the user, but for limits and Tasks.
    pub fn about_the_user(&self, after: &Picture) -> Vec<String> {
        let mut words = Vec::new();
        let mut say = |what: &str, before: &str, after: &str| {
            if before != after {
                let or_none = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
                words.push(format!("{what}: {}, before {}", or_none(after), or_none(before)));
            }
        };
        say("Name", &self.name, &after.name);
        say("E-mail", &self.email, &after.email);
        say("Profile", self.profile.word(), after.profile.word());
        say("Search options", &search_in_words(&self.start_query), &search_in_words(&after.start_query));
        words
    }

    pub fn about_limits(&self, after: &Picture) -> Option<String> {
        (self.limits != after.limits)
            .then(|| format!("Limiting access: {}, before {}", after.limits.in_words(), self.limits.in_words()))
    }

    pub fn about_tasks(&self, after: &Picture, names: &Names) -> Vec<String> {
        let mut words = Vec::new();
        for (key, before, after) in self.grants.differences(&after.grants) {
            let what = names.of(&key);
            words.push(match (before, after) {
                (None, Some(until)) => format!("Granted: {what}{}", until_in_words(until)),
                (Some(_), None) => format!("Taken away: {what}"),
                (_, after) => format!(
                    "Changed: {what}{}",
                    until_in_words(after.flatten()).replace(", without end", ", now without end")
                ),
            });
        }
        words
    }

    /// Everything that became different, a line each.
    pub fn differences(&self, after: &Picture, names: &Names) -> Vec<String> {
        let mut words = self.about_the_user(after);
        words.extend(self.about_limits(after));
        words.extend(self.about_tasks(after, names));
        words
    }
}

/// ", until 31 December 2026".
pub fn until_in_words(until: Option<NaiveDate>) -> String {
    until.map_or_else(|| ", without end".into(), |day| format!(", until {}", when::day(&day)))
}

/// "grade 11, campus Main Campus", or nothing.
fn search_in_words(start_query: &str) -> String {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(start_query).unwrap_or_default();
    let words: Vec<String> = pairs.iter().map(|(name, value)| choice_in_words(name, value)).collect();
    words.join(", ")
}

/// A filter of the list, in the words of its page.
fn choice_in_words(name: &str, value: &str) -> String {
    let (label, word) = match name {
        "member" => ("Member type", MemberType::parse(value).map(MemberType::word)),
        "grade" => ("Grade", None),
        "campus" => ("Campus", None),
        "division" => ("Division", None),
        "level" => ("Level", None),
        "status" => ("Status", StatusFilter::parse(value).map(StatusFilter::word)),
        "sort" => ("Sorted by", SortBy::parse(value).map(SortBy::word)),
        "columns" => ("Columns", Columns::parse(value).map(Columns::word)),
        "rows" => ("Rows on a page", None),
        other => (other, None),
    };
    format!("{label} {}", word.unwrap_or(value))
}

/// The names of integrations, for words.
pub struct Names(HashMap<IntegrationId, String>);

impl Names {
    pub fn load(conn: &mut Conn) -> Result<Names, AppError> {
        Ok(Names(Integration::all(conn)?.into_iter().map(|i| (i.id, i.name)).collect()))
    }

    /// What somebody holds or is given: "View integration IDs, for JRM", "the right to grant Edit people".
    pub fn thing(&self, key: &GrantKey) -> String {
        match key.kind {
            GrantKind::Use => self.of(key),
            GrantKind::MayGrant => {
                let used = GrantKey { kind: GrantKind::Use, ..*key };
                format!("the right to grant {}", self.of(&used))
            }
        }
    }

    /// A line of a list: "View integration IDs, for JRM", "may grant Edit people".
    pub fn of(&self, key: &GrantKey) -> String {
        let scope = match key.integration {
            None => String::new(),
            Some(id) => format!(", for {}", self.0.get(&id).map_or("an integration that is gone", String::as_str)),
        };
        match key.kind {
            GrantKind::Use => format!("{}{scope}", key.task),
            GrantKind::MayGrant => format!("may grant {}{scope}", key.task),
        }
    }
}
