//! The address of the audit: filters and place, read from it and written back into links.
//! Leaves finding the entries to `listing`.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

use super::{Action, Filter, Part, Place};
use crate::web::when;

/// The query string, as it comes. Whatever cannot be read counts as not said.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    pub actor: String,
    pub person: String,
    pub action: String,
    pub from: String,
    pub to: String,
    pub before: String,
    pub after: String,
    pub rows: String,
}

impl AuditQuery {
    /// All but the person, who has to be looked up. Days are days of the school.
    pub fn filter(&self, zone: Tz) -> Filter {
        Filter {
            person: None,
            actor: self.actor(),
            action: self.action(),
            from: self.first_day().map(|day| when::start_of(day, zone)),
            until: self.last_day().and_then(|day| day.checked_add_days(Days::new(1))).map(|d| when::start_of(d, zone)),
        }
    }

    pub fn actor(&self) -> String {
        self.actor.trim().chars().filter(|c| !c.is_control()).take(200).collect()
    }

    pub fn person(&self) -> String {
        self.person.trim().chars().filter(|c| !c.is_control()).take(40).collect::<String>().to_uppercase()
    }

    pub fn action(&self) -> Option<Action> {
        Action::parse(&self.action)
    }

    pub fn first_day(&self) -> Option<NaiveDate> {
        day(&self.from)
    }

    pub fn last_day(&self) -> Option<NaiveDate> {
        day(&self.to)
    }

    pub fn part(&self) -> Part {
        match (Place::parse(&self.before), Place::parse(&self.after)) {
            (Some(place), _) => Part::Before(place),
            (None, Some(place)) => Part::After(place),
            (None, None) => Part::Newest,
        }
    }

    pub fn rows(&self) -> usize {
        self.rows.parse().ok().filter(|r| [25, 50, 100].contains(r)).unwrap_or(50)
    }

    pub fn is_filtered(&self) -> bool {
        !self.in_words().is_empty()
    }

    /// The filter as a reader would say it.
    pub fn in_words(&self) -> String {
        let (actor, person) = (self.actor(), self.person());
        let mut words = Vec::new();
        if !actor.is_empty() {
            words.push(format!("who has “{actor}”"));
        }
        if !person.is_empty() {
            words.push(format!("person is {person}"));
        }
        self.chosen(words)
    }

    /// The filter for the record: whatever was typed freely could be anything, even a password, and is not kept.
    pub fn in_safe_words(&self) -> String {
        let mut words = Vec::new();
        if !self.actor().is_empty() {
            words.push("by a part of a name".to_owned());
        }
        if !self.person().is_empty() {
            words.push("of one person".to_owned());
        }
        self.chosen(words)
    }

    fn chosen(&self, mut words: Vec<String>) -> String {
        if let Some(action) = self.action() {
            words.push(format!("what is “{action}”"));
        }
        if let Some(day) = self.first_day() {
            words.push(format!("from {}", when::day(&day)));
        }
        if let Some(day) = self.last_day() {
            words.push(format!("to {}", when::day(&day)));
        }
        words.join(", ")
    }

    /// The address of the same list with one thing changed; it begins at the newest unless a place is the change.
    pub fn with(&self, name: &str, value: &str) -> String {
        let mut all = vec![
            ("actor", self.actor.as_str()),
            ("person", &self.person),
            ("action", &self.action),
            ("from", &self.from),
            ("to", &self.to),
            ("rows", &self.rows),
            ("before", ""),
            ("after", ""),
        ];
        for pair in &mut all {
            if pair.0 == name {
                pair.1 = value;
            }
        }
        all.retain(|(_, v)| !v.is_empty());
        let query = serde_urlencoded::to_string(&all).unwrap_or_default();
        if query.is_empty() { "/audit".into() } else { format!("/audit?{query}") }
    }

    /// The whole of the filter, for the CSV.
    pub fn as_csv_address(&self) -> String {
        self.with("rows", "").replacen("/audit", "/audit.csv", 1)
    }
}

/// A day as a date field writes it, of a year that a clock can show.
fn day(text: &str) -> Option<NaiveDate> {
    use chrono::Datelike;
    text.trim().parse::<NaiveDate>().ok().filter(|d| (1900..=9000).contains(&d.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_changes_one_thing_and_begins_at_the_newest() {
        let query = AuditQuery { actor: "o’k & co".into(), before: "1.audit.2".into(), ..AuditQuery::default() };
        assert_eq!(query.with("action", "refused"), "/audit?actor=o%E2%80%99k+%26+co&action=refused");
        assert_eq!(query.with("actor", ""), "/audit");
        assert_eq!(query.as_csv_address(), "/audit.csv?actor=o%E2%80%99k+%26+co");
    }

    #[test]
    fn what_cannot_be_read_counts_as_not_said() {
        let query = AuditQuery {
            action: "drop".into(),
            from: "yesterday".into(),
            to: "99999-01-01".into(),
            before: "x".into(),
            rows: "7".into(),
            ..AuditQuery::default()
        };
        assert_eq!((query.part(), query.rows(), query.is_filtered()), (Part::Newest, 50, false));
    }

    #[test]
    fn days_are_days_of_the_school() {
        let query = AuditQuery { from: "2026-03-08".into(), to: "2026-03-08".into(), ..AuditQuery::default() };
        let filter = query.filter(Tz::America__Chicago);
        // The night on which clocks go forward: that day has 23 hours.
        let hours = filter.until.zip(filter.from).map(|(until, from)| (until - from).num_hours());
        assert_eq!(hours, Some(23));
        assert_eq!(filter.from.map(|f| f.to_string()), Some("2026-03-08 06:00:00".into()));
    }
}
