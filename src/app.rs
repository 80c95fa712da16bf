//! What every request shares: settings, database, clock.
//! Leaves serving to `server`, and which routes there are to `routes`.

use crate::audit;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::AppError;
use crate::instance::Instance;
use crate::mail::{Letter, Postman};
use crate::people::Person;
use crate::schools::CurrentSchool;
use crate::security::password::Hashing;
use crate::security::{Actor, Visitors};
use crate::web::work::Works;

/// Shared by all threads of the server.
pub struct App {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub hashing: Hashing,
    pub instance: Instance,
    pub visitors: Visitors,
    /// What came of work that nobody waited for.
    pub works: Works,
    postman: Option<Postman>,
}

impl App {
    /// Puts on record that somebody is about to see a person's integration IDs.
    pub fn viewed(&self, school: &CurrentSchool, by: &Actor, person: &Person, request: &str) -> Result<(), AppError> {
        audit::note_ids_viewed(self.db.activity(), school, by, person, request, self.clock.now())
    }

    /// Puts on record that somebody is about to get a list as a file: which, how filtered, how long; nobody's name.
    pub fn exported(&self, school: &CurrentSchool, by: &Actor, what: String, request: &str) -> Result<(), AppError> {
        audit::note_exported(self.db.activity(), school, by, what, request, self.clock.now())
    }

    pub fn sends_mail(&self) -> bool {
        self.postman.is_some()
    }

    /// Sends letters after their change is committed; nobody waits for them.
    pub fn post(&self, letters: Vec<Letter>) {
        if let Some(postman) = &self.postman {
            postman.take(letters);
        }
    }

    pub fn new(config: Config, db: Db, clock: Clock) -> Result<App, AppError> {
        let instance = db.read(Instance::load)?;
        let postman = match config.mail.clone() {
            Some(mail) => Some(
                Postman::start(mail, db.clone(), clock.clone())
                    .map_err(|e| AppError::internal("starting the mail", &e))?,
            ),
            None => None,
        };
        let (hashing, visitors, works) = (Hashing::default(), Visitors::default(), Works::default());
        Ok(App { config, db, clock, hashing, instance, visitors, works, postman })
    }
}
