//! What was answered on one page, as it came: shown again, right or wrong. Leaves reading it to the steps.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(pub Vec<(String, String)>);

/// A draft is not a store: what is longer is cut off, and told by the step that reads it.
const LONGEST_VALUE: usize = 2_000;
const MOST: usize = 2_000;

impl Fields {
    /// Of a posted form, without what belongs to the wizard itself. A password is not an answer to be kept.
    pub fn of_form(pairs: Vec<(String, String)>) -> Fields {
        let ours = |name: &str| !matches!(name, "school" | "turn" | "go" | "password" | "gives");
        let short = |(name, value): (String, String)| (name, value.chars().take(LONGEST_VALUE).collect());
        Fields(pairs.into_iter().filter(|(n, _)| ours(n) && n.len() < 100).take(MOST).map(short).collect())
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Fields {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    pub fn holds(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(n, v)| n == name && v == value)
    }
}
