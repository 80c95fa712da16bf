//! What a person has decided where a plan must not guess: whose a shared e-mail is, whether two records are one human,
//! whether a newcomer is somebody the school has. Remembered until it is taken back; it counts from the next plan on.
//! Leaves finding what is to be decided to `sync::shared` and `sync::matches`, showing it to `sync::cases`.

mod act;
mod decided;
mod email;
mod pair;
mod whom;

pub use act::{decide_email, decide_pair};
pub(super) use decided::{Decided, ForEmail, Id, Known, id_of_key};
pub use email::{EmailDecision, EmailVerdict};
pub use pair::{Pair, PairDecision, PairKind, twins_of};
pub use whom::Whom;

use chrono::NaiveDateTime;

use crate::audit::{self, Action};
use crate::db::Conn;
use crate::error::AppError;
use crate::schools::CurrentSchool;
use crate::security::Actor;

crate::text_enum! {
    /// Whether two are one.
    Verdict {
        Same = "same", "The same person";
        NotSame = "not_same", "Not the same person";
    }
}

/// All decisions of a school.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    pub emails: Vec<EmailDecision>,
    pub twins: Vec<PairDecision>,
    pub matches: Vec<PairDecision>,
}

impl Decisions {
    pub fn load(conn: &mut Conn, school: &CurrentSchool) -> Result<Decisions, AppError> {
        Ok(Decisions {
            emails: EmailDecision::all(conn, school)?,
            twins: PairDecision::all(conn, school, PairKind::Twin)?,
            matches: PairDecision::all(conn, school, PairKind::Match)?,
        })
    }

    /// What a plan's fingerprint takes in: what was decided, whoever did so.
    pub fn digest(&self) -> String {
        let emails = self.emails.iter().map(|d| format!("{}={}", d.email_key, d.verdict));
        let pairs = self.twins.iter().chain(&self.matches).map(|d| format!("{}={}", d.pair, d.verdict.code()));
        emails.chain(pairs).collect::<Vec<_>>().join("|")
    }
}

/// A decision, or that it was taken back, goes on record in the same transaction.
fn record(
    conn: &mut Conn,
    school: &CurrentSchool,
    actor: &Actor,
    now: NaiveDateTime,
    subject: String,
) -> Result<(), AppError> {
    let (school, actor) = (Some(school.id()), actor.clone());
    let action = Action::SyncDecided;
    audit::record(conn, &audit::Entry { at: now, school, actor, action, subject, person: None, request: None })
}
