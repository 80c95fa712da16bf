//! E-mail by SMTP, where `smtp_url` is set: sent after the commit, by a thread of its own, and put on record.
//! Leaves what is said and to whom to the rooms. A letter that cannot be sent fails nothing.

mod settings;

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use chrono::NaiveDateTime;
use lettre::message::header::ContentType;
use lettre::{Message, SmtpTransport, Transport};

use crate::audit::{self, Action, Entry};
use crate::clock::Clock;
use crate::db::Db;
use crate::schools::SchoolId;
use crate::security::Actor;

pub use settings::{MailSettings, MailSettingsError};

/// A letter to one user.
#[derive(Debug, Clone)]
pub struct Letter {
    pub school: SchoolId,
    /// The User ID, by which the record names who was written to.
    pub user_id: String,
    pub address: String,
    /// What it is about, in a few words for the record.
    pub about: String,
    pub subject: String,
    pub body: String,
    /// Whose doing it tells of.
    pub by: Actor,
}

/// Why a letter was not sent, in words that name nobody: a server's own words may hold an address.
fn why(e: &lettre::transport::smtp::Error) -> String {
    match e.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if e.is_timeout() => "the mail server did not answer in time".into(),
        None if e.is_tls() => "no safe connection to the mail server".into(),
        None => "the mail server cannot be reached".into(),
    }
}

fn compose(settings: &MailSettings, letter: &Letter) -> Result<Message, String> {
    let to = letter.address.parse().map_err(|_| "the address cannot be read".to_owned())?;
    Message::builder()
        .from(settings.from.clone())
        .to(to)
        .subject(&letter.subject)
        .header(ContentType::TEXT_PLAIN)
        .body(letter.body.clone())
        .map_err(|_| "the letter cannot be written".to_owned())
}

/// Sends one letter, waiting for the server, and puts on record how that went. True when it was taken.
pub fn send(settings: &MailSettings, db: &Db, letter: &Letter, now: NaiveDateTime) -> bool {
    let transport: &SmtpTransport = &settings.transport;
    let sent = compose(settings, letter).and_then(|m| transport.send(&m).map(drop).map_err(|e| why(&e)));
    let (action, subject) = match &sent {
        Ok(()) => (Action::MailSent, format!("{}, to {}", letter.about, letter.user_id)),
        Err(why) => {
            log::warn!("an e-mail could not be sent: {why}");
            (Action::MailFailed, format!("{}, to {}: {why}", letter.about, letter.user_id))
        }
    };
    let school = Some(letter.school);
    let entry = Entry { at: now, school, actor: letter.by.clone(), action, subject, person: None, request: None };
    if let Err(e) = audit::note(db.activity(), entry) {
        log::error!("an e-mail is not on record: {e}");
    }
    sent.is_ok()
}

/// The thread that sends, while a server runs.
#[derive(Clone)]
pub struct Postman(SyncSender<Letter>);

/// So many letters wait at most; each takes the server's time.
const WAITING: usize = 1000;

impl Postman {
    pub fn start(settings: MailSettings, db: Db, clock: Clock) -> std::io::Result<Postman> {
        let (queue, letters) = sync_channel(WAITING);
        std::thread::Builder::new().name("mail".into()).spawn(move || deliver(&settings, &db, &clock, &letters))?;
        Ok(Postman(queue))
    }

    /// Takes letters to be sent; returns at once.
    pub fn take(&self, letters: Vec<Letter>) {
        for letter in letters {
            if self.0.try_send(letter).is_err() {
                log::error!("an e-mail was not sent: too many are waiting");
            }
        }
    }
}

fn deliver(settings: &MailSettings, db: &Db, clock: &Clock, letters: &Receiver<Letter>) {
    while let Ok(letter) = letters.recv() {
        send(settings, db, &letter, clock.now());
    }
}
