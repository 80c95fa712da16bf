//! Where e-mail goes out and in whose name: `smtp_url` and `mail_from`, checked at the start.
//! Leaves sending to `mail`.

use std::time::Duration;

use lettre::SmtpTransport;
use lettre::message::Mailbox;

use crate::config::PublicUrl;

#[derive(Debug, thiserror::Error)]
pub enum MailSettingsError {
    // The URL may hold a password and is not repeated.
    #[error(
        "smtp_url cannot be used. Write smtps://USER:PASSWORD@HOST, smtp://HOST:PORT?tls=required, or smtp://HOST:25 inside a network of your own."
    )]
    Url,
    #[error("{0:?} is not a mail_from. Write an e-mail address, for example crosswalk@school.example.")]
    From(String),
}

#[derive(Clone)]
pub struct MailSettings {
    pub(super) transport: SmtpTransport,
    pub(super) from: Mailbox,
}

/// A server that says nothing must not keep the others waiting for ever.
const PATIENCE: Duration = Duration::from_secs(20);

impl MailSettings {
    pub fn parse(
        url: &str,
        from: Option<&str>,
        public_url: Option<&PublicUrl>,
    ) -> Result<MailSettings, MailSettingsError> {
        let host = public_url.map_or("localhost", PublicUrl::host);
        let from = from.map_or_else(|| format!("Crosswalk <crosswalk@{host}>"), str::to_owned);
        Ok(MailSettings {
            transport: SmtpTransport::from_url(url.trim())
                .map_err(|_| MailSettingsError::Url)?
                .timeout(Some(PATIENCE))
                .build(),
            from: from.parse().map_err(|_| MailSettingsError::From(from.clone()))?,
        })
    }
}

impl std::fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailSettings(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_is_named_by_a_url_and_a_wrong_one_is_not_repeated() {
        for good in ["smtp://127.0.0.1:2525", "smtps://ann:secret@mail.example", "smtp://mail.example?tls=required"] {
            assert!(MailSettings::parse(good, None, None).is_ok(), "{good}");
        }
        for bad in ["", "mail.example", "http://ann:secret@mail.example"] {
            let told = MailSettings::parse(bad, None, None).map_err(|e| e.to_string());
            assert!(told.is_err_and(|e| !e.contains("secret")), "{bad}");
        }
        assert!(MailSettings::parse("smtp://127.0.0.1", Some("nobody"), None).is_err());
    }
}
