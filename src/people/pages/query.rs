//! The list's address: filters, sort and page, read from it and written back into links.
//! Leaves searching to `people::search`.

use super::columns::Columns;
use crate::integrations::Integration;
use crate::people::{MemberType, Search, SortBy, StatusFilter};
use crate::security::Sight;

/// The query string, as it comes. Whatever cannot be read counts as not said.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct ListQuery {
    pub q: String,
    pub member: String,
    pub grade: String,
    pub campus: String,
    pub division: String,
    pub level: String,
    pub status: String,
    pub no_id: String,
    pub sort: String,
    pub page: String,
    pub rows: String,
    pub columns: String,
}

impl ListQuery {
    /// The search it asks for. "No ID for" counts only for integrations whose IDs the visitor may see:
    /// otherwise the filter would tell who has one.
    pub fn search(&self, live: &[Integration], sight: &Sight) -> Search {
        let some = |s: &str| (!s.is_empty() && !s.contains(char::is_control)).then(|| s.to_owned());
        let (sort, descending) = match self.sort.strip_prefix('-') {
            Some(sort) => (sort, true),
            None => (self.sort.as_str(), false),
        };
        Search {
            text: self.q.trim().chars().take(200).filter(|c| !c.is_control()).collect(),
            member_type: MemberType::parse(&self.member),
            status: StatusFilter::parse(&self.status).unwrap_or(StatusFilter::Current),
            grade: self.grade.parse().ok(),
            campus: some(&self.campus),
            division: some(&self.division),
            level: some(&self.level),
            no_id: live.iter().find(|i| i.code == self.no_id && sight.covers(i.id)).map(|i| i.id),
            sort: SortBy::parse(sort).unwrap_or(SortBy::Name),
            descending,
        }
    }

    pub fn page(&self) -> i64 {
        self.page.parse().ok().filter(|p| (1..=100_000).contains(p)).unwrap_or(1)
    }

    pub fn rows(&self) -> i64 {
        self.rows.parse().ok().filter(|r| [25, 50, 100].contains(r)).unwrap_or(25)
    }

    pub fn columns(&self) -> Columns {
        Columns::parse(&self.columns).unwrap_or(Columns::All)
    }

    /// The address of the same list with one thing changed; the page goes back to the first unless it is the change.
    pub fn with(&self, name: &str, value: &str) -> String {
        let mut all = vec![
            ("q", self.q.as_str()),
            ("member", &self.member),
            ("grade", &self.grade),
            ("campus", &self.campus),
            ("division", &self.division),
            ("level", &self.level),
            ("status", &self.status),
            ("no_id", &self.no_id),
            ("sort", &self.sort),
            ("rows", &self.rows),
            ("columns", &self.columns),
            ("page", ""),
        ];
        for pair in &mut all {
            if pair.0 == name {
                pair.1 = value;
            }
        }
        all.retain(|(_, v)| !v.is_empty());
        let query = serde_urlencoded::to_string(&all).unwrap_or_default();
        if query.is_empty() { "/people".into() } else { format!("/people?{query}") }
    }

    /// The query as it stands, for the CSV of the same filter.
    pub fn as_csv_address(&self) -> String {
        self.with("page", "").replacen("/people", "/people.csv", 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_changes_one_thing_and_goes_back_to_the_first_page() {
        let query = ListQuery { q: "o’k & co".into(), grade: "11".into(), page: "3".into(), ..ListQuery::default() };
        assert_eq!(query.with("grade", ""), "/people?q=o%E2%80%99k+%26+co");
        assert_eq!(query.with("page", "4"), "/people?q=o%E2%80%99k+%26+co&grade=11&page=4");
    }

    #[test]
    fn what_cannot_be_read_counts_as_not_said() {
        let query = ListQuery {
            page: "-1".into(),
            rows: "7".into(),
            grade: "x".into(),
            sort: "-drop".into(),
            ..ListQuery::default()
        };
        assert_eq!((query.page(), query.rows()), (1, 25));
        let search = query.search(&[], &Sight::none());
        assert_eq!((search.grade, search.sort), (None, SortBy::Name));
    }
}
