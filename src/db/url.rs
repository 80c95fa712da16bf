//! A database URL, parsed once: `sqlite:FILE` or `postgres://...`.
//! Leaves opening it to `db::conn`.

use std::fmt;
use std::path::{Path, PathBuf};

#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// Path of the main file; the activity file stands beside it.
    Sqlite(String),
    Postgres(String),
}

#[derive(Debug, thiserror::Error)]
#[error(
    "The database URL {0:?} cannot be used. Write sqlite:FILE (for example sqlite:crosswalk.db) or postgres://USER@HOST/DATABASE."
)]
pub struct UnusableUrl(String);

impl DatabaseUrl {
    pub fn parse(text: &str) -> Result<DatabaseUrl, UnusableUrl> {
        let text = text.trim();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(DatabaseUrl::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:"));
        match path {
            // An in-memory database would be another one for each connection.
            Some(path) if !path.is_empty() && !path.contains(":memory:") && !path.contains('?') => {
                Ok(DatabaseUrl::Sqlite(path.to_owned()))
            }
            _ => Err(UnusableUrl(hide_password(text))),
        }
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self, DatabaseUrl::Sqlite(_))
    }

    /// The database that holds what people who only read write all day.
    pub fn activity(&self) -> DatabaseUrl {
        match self {
            DatabaseUrl::Sqlite(path) => {
                let path = Path::new(path);
                let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
                let file = match path.extension() {
                    Some(ext) => format!("{stem}-activity.{}", ext.to_string_lossy()),
                    None => format!("{stem}-activity"),
                };
                DatabaseUrl::Sqlite(path.with_file_name(file).to_string_lossy().into_owned())
            }
            DatabaseUrl::Postgres(url) => DatabaseUrl::Postgres(url.clone()),
        }
    }

    /// Where the audit's key stands unless somebody says otherwise: `crosswalk.db` -> `crosswalk-audit.key`.
    pub fn audit_key(&self) -> Option<PathBuf> {
        let path = self.sqlite_path()?;
        let stem = path.file_stem()?.to_string_lossy().into_owned();
        Some(path.with_file_name(format!("{stem}-audit.key")))
    }

    pub fn sqlite_path(&self) -> Option<PathBuf> {
        match self {
            DatabaseUrl::Sqlite(path) => Some(PathBuf::from(path)),
            DatabaseUrl::Postgres(_) => None,
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatabaseUrl::Sqlite(path) => write!(f, "sqlite:{path}"),
            DatabaseUrl::Postgres(url) => f.write_str(&hide_password(url)),
        }
    }
}

/// A URL for a log or a message: the password, if any, is replaced.
fn hide_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:***@{host}")
        }
        None => url.to_owned(),
    }
}

/// A PostgreSQL URL without its password, and the password: for programs whose arguments everybody on the machine can read.
pub(super) fn part_from_password(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.to_owned(), None) };
    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
    let (user, mut password) = user.split_once(':').map_or((user, None), |(user, password)| (user, Some(password)));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            // libpq takes it here too, and the last one counts.
            Some(("password", value)) => password = Some(value),
            _ => kept.push(pair),
        }
    }
    let at = if user.is_empty() { "" } else { "@" };
    let question = if kept.is_empty() { "" } else { "?" };
    let password = password.filter(|p| !p.is_empty());
    (
        format!("{scheme}://{user}{at}{host}{path}{question}{}", kept.join("&")),
        password.map(|p| percent_encoding::percent_decode_str(p).decode_utf8_lossy().into_owned()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_activity_file_stands_beside_the_main_file() {
        let url = DatabaseUrl::parse("sqlite:data/crosswalk.db").unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(url.activity().to_string(), "sqlite:data/crosswalk-activity.db");
        assert_eq!(url.audit_key(), Some(PathBuf::from("data/crosswalk-audit.key")));
    }

    #[test]
    fn a_password_in_a_url_is_never_shown() {
        let url = DatabaseUrl::parse("postgres://ann:secret@db/crosswalk").unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(url.to_string(), "postgres://ann:***@db/crosswalk");
        let refused = DatabaseUrl::parse("mysql://ann:secret@db/x").map(|u| u.to_string());
        assert!(refused.is_err_and(|e| !e.to_string().contains("secret")));
    }

    #[test]
    fn a_url_is_parted_from_its_password_wherever_it_stands() {
        for (url, without, password) in [
            (
                "postgres://ann:s%40c%2Fret@db:5433/x?sslmode=require",
                "postgres://ann@db:5433/x?sslmode=require",
                "s@c/ret",
            ),
            (
                "postgres://ann@db/x?password=se%26cret&sslmode=require",
                "postgres://ann@db/x?sslmode=require",
                "se&cret",
            ),
            ("postgresql:///x?host=/run/pg&password=secret", "postgresql:///x?host=/run/pg", "secret"),
            ("postgres://:secret@db?password=later", "postgres://db", "later"),
        ] {
            assert_eq!(part_from_password(url), (without.to_owned(), Some(password.to_owned())));
        }
        for url in ["postgres://ann@db/x", "postgres://db", "postgres:///x?host=/run/pg", "postgres://ann@h1:1,h2:2/x"]
        {
            assert_eq!(part_from_password(url), (url.to_owned(), None));
        }
    }

    #[test]
    fn a_url_without_a_known_scheme_is_refused() {
        for url in ["crosswalk.db", "sqlite:", "sqlite::memory:", "mysql://x", ""] {
            assert!(DatabaseUrl::parse(url).is_err(), "{url}");
        }
    }
}
