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
    fn a_url_without_a_known_scheme_is_refused() {
        for url in ["crosswalk.db", "sqlite:", "sqlite::memory:", "mysql://x", ""] {
            assert!(DatabaseUrl::parse(url).is_err(), "{url}");
        }
    }
}
