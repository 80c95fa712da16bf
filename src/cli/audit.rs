//! `crosswalk audit head`: the last seal of each chain, to be kept where whoever can write the database cannot.
//! Leaves sealing and verifying to `audit`.

use clap::Subcommand;

use super::acting::school;
use super::{Desk, Done, Failure};
use crate::audit::{Key, heads, seal_all};
use crate::schools::CurrentSchool;

#[derive(Subcommand)]
pub enum Audit {
    /// Seal what is not sealed yet, then print the heads: keep them elsewhere, for `crosswalk check --audit-head FILE`
    Head {
        /// The school's code; without it, every school and the entries of none
        #[arg(long, value_name = "CODE")]
        school: Option<String>,
    },
}

impl Audit {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let Audit::Head { school: code } = self;
        let db = desk.open_existing()?;
        let Some(file) = desk.audit_key_file(db.url()) else {
            return Err(Failure(
                "The audit cannot be sealed: say where its key is, with --audit-key-file FILE or audit_key_file."
                    .into(),
            ));
        };
        let key = Key::open(&db, &file)?;
        let mut scopes = Vec::new();
        match code {
            Some(code) => {
                let school = db.read(|conn| Ok(school(conn, code)))??;
                scopes.push((school.code().to_owned(), Some(school.id())));
            }
            None => {
                let schools = db.read(CurrentSchool::every)?;
                scopes.extend(schools.iter().map(|s| (s.code().to_owned(), Some(s.id()))));
                scopes.push((crate::audit::NO_SCHOOL.to_owned(), None));
            }
        }
        seal_all(&db, &key)?;
        println!("# Audit of {}, {} UTC: school, table, number, seal", db.url(), desk.clock.now().format("%F %H:%M"));
        for (code, school) in scopes {
            for head in heads(&db, &code, school)? {
                println!("{head}");
            }
        }
        Ok(Done::Well)
    }
}
