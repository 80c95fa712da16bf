//! Settings: a file of `name = value` (TOML), environment and options, typed; an unknown name refuses to start.
//! Leaves what they do to whoever reads them.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::db::{DatabaseUrl, UnusableUrl};
use crate::mail::MailSettings;

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("The settings file {file} cannot be read: {why}")]
    Unreadable { file: String, why: String },
    #[error("The settings file {file} cannot be used: {why}")]
    Wrong { file: String, why: String },
    #[error("{0:?} is not a public_url. Write the address that browsers use, for example https://crosswalk.example.")]
    PublicUrl(String),
    #[error("{0:?} is not an address to listen on. Write ADDRESS:PORT, for example 127.0.0.1:8080.")]
    Listen(String),
    #[error(transparent)]
    Database(#[from] UnusableUrl),
}

/// The settings file, every name optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsFile {
    pub database_url: Option<String>,
    pub listen: Option<String>,
    /// The address that browsers use: it tells our own forms from foreign ones and makes cookies `Secure`.
    pub public_url: Option<String>,
    /// Addresses whose X-Forwarded-For is believed.
    pub trusted_proxies: Option<Vec<IpAddr>>,
    pub workers: Option<usize>,
    /// Where e-mail goes out; none: no e-mail is sent.
    pub smtp_url: Option<String>,
    /// The address that e-mail comes from.
    pub mail_from: Option<String>,
    /// Whether the server takes extracts from the schools' folders by itself.
    pub watch: Option<bool>,
    /// The key that seals the audit, which must not be in the database.
    pub audit_key_file: Option<PathBuf>,
}

impl SettingsFile {
    pub fn read(path: &Path) -> Result<SettingsFile, ConfigError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|e| ConfigError::Unreadable { file: file.clone(), why: e.to_string() })?;
        toml::from_str(&text).map_err(|e| ConfigError::Wrong { file, why: one_line(&text, &e) })
    }
}

/// What is wrong and the line it stands in; toml's own words draw the place over several lines.
fn one_line(text: &str, e: &toml::de::Error) -> String {
    let what = e.message().replace('\n', " ");
    let start = e.span().map_or(0, |s| s.start);
    let before = text.get(..start).unwrap_or_default();
    let number = before.matches('\n').count() + 1;
    // The name alone: a value may hold a password.
    let name = text.lines().nth(number - 1).and_then(|l| l.split('=').next()).unwrap_or_default().trim();
    format!("line {number}, {name}: {what}")
}

#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub public_url: Option<PublicUrl>,
    pub trusted_proxies: Vec<IpAddr>,
    pub workers: usize,
    pub mail: Option<MailSettings>,
}

/// An origin: scheme, host and perhaps a port, without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    pub fn parse(text: &str) -> Result<PublicUrl, ConfigError> {
        let wrong = || ConfigError::PublicUrl(text.to_owned());
        let origin = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).ok_or_else(wrong)?;
        let plain = !host.is_empty()
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
        if plain { Ok(PublicUrl(origin)) } else { Err(wrong()) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without scheme and port.
    pub fn host(&self) -> &str {
        let host = self.0.split_once("://").map_or(self.0.as_str(), |(_, host)| host);
        if host.starts_with('[') { host } else { host.split(':').next().unwrap_or(host) }
    }
}

pub const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
pub const DEFAULT_DATABASE: &str = "sqlite:crosswalk.db";

impl Config {
    pub fn new(listen: &str, public_url: Option<&str>, trusted_proxies: Vec<IpAddr>) -> Result<Config, ConfigError> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Config {
            listen: listen.parse().map_err(|_| ConfigError::Listen(listen.to_owned()))?,
            public_url: public_url.map(PublicUrl::parse).transpose()?,
            trusted_proxies,
            workers: cores.clamp(1, 8),
            mail: None,
        })
    }

    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|u| u.0.starts_with("https://"))
    }

    /// `__Host-` binds a cookie to exactly this host, which browsers allow over TLS only.
    pub fn session_cookie(&self) -> &'static str {
        if self.is_https() { "__Host-crosswalk" } else { "crosswalk" }
    }

    pub fn browser_cookie(&self) -> &'static str {
        if self.is_https() { "__Host-crosswalk-browser" } else { "crosswalk-browser" }
    }

    /// So many connections are enough for the threads that wait for the database.
    pub fn connections(&self) -> u32 {
        u32::try_from(self.workers * 4 + 2).unwrap_or(16)
    }
}

/// The database named by option or environment (clap reads both), else by the file, else the default.
pub fn database_url(given: Option<&str>, file: &SettingsFile) -> Result<DatabaseUrl, ConfigError> {
    let url = given.or(file.database_url.as_deref()).unwrap_or(DEFAULT_DATABASE);
    Ok(DatabaseUrl::parse(url)?)
}

/// Where the audit's key is: as it was said, or beside a SQLite file. On PostgreSQL there is no place that goes without saying.
pub fn audit_key_file(given: Option<&Path>, file: &SettingsFile, url: &DatabaseUrl) -> Option<PathBuf> {
    given.map(Path::to_owned).or_else(|| file.audit_key_file.clone()).or_else(|| url.audit_key())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_setting_is_refused_by_its_name() {
        let parsed: Result<SettingsFile, _> = toml::from_str("listne = \"127.0.0.1:1\"");
        assert!(parsed.is_err_and(|e| e.to_string().contains("listne")));
    }

    #[test]
    fn a_public_url_is_an_origin() {
        assert!(
            PublicUrl::parse("https://Ids.School.example/").is_ok_and(|u| u.as_str() == "https://ids.school.example")
        );
        for bad in ["ids.school.example", "https://", "https://x/path", "ftp://x", "https://a b"] {
            assert!(PublicUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn cookies_are_bound_to_the_host_over_tls_only() {
        let tls = Config::new(DEFAULT_LISTEN, Some("https://x.example"), vec![]);
        assert!(tls.is_ok_and(|c| c.is_https() && c.session_cookie().starts_with("__Host-")));
        let plain = Config::new(DEFAULT_LISTEN, None, vec![]);
        assert!(plain.is_ok_and(|c| !c.is_https() && !c.session_cookie().starts_with("__Host-")));
    }
}
