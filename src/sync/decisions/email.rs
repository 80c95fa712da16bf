//! Whose a shared e-mail is to be. Leaves what a plan makes of it to `sync::emails`.

use std::fmt;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{Whom, record};
use crate::db::Conn;
use crate::error::AppError;
use crate::people::email_key;
use crate::schema::email_decisions;
use crate::schools::CurrentSchool;
use crate::security::Actor;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EmailVerdict {
    /// To one of those who share it; the others are imported without.
    Give(Whom),
    /// Everybody is imported, nobody with it.
    Without,
    /// Nobody new is imported with it or without it.
    Block,
}

impl EmailVerdict {
    fn code(&self) -> &'static str {
        match self {
            EmailVerdict::Give(_) => "give",
            EmailVerdict::Without => "without",
            EmailVerdict::Block => "block",
        }
    }
}

impl fmt::Display for EmailVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EmailVerdict::Give(whom) => write!(f, "give:{whom}"),
            other => f.write_str(other.code()),
        }
    }
}

#[derive(Debug, Clone)]
pub struct EmailDecision {
    pub email_key: String,
    pub verdict: EmailVerdict,
    /// Of the one whom it is given to.
    pub name: Option<String>,
    pub decided_by: String,
    pub decided_at: NaiveDateTime,
}

type Row = (String, String, Option<String>, Option<String>, String, NaiveDateTime);

fn read((email_key, verdict, to, name, decided_by, decided_at): Row) -> Result<EmailDecision, AppError> {
    let verdict = match (verdict.as_str(), to.as_deref().and_then(Whom::parse)) {
        ("give", Some(whom)) => EmailVerdict::Give(whom),
        ("without", _) => EmailVerdict::Without,
        ("block", _) => EmailVerdict::Block,
        _ => return Err(AppError::Internal(format!("no verdict {verdict:?}"))),
    };
    Ok(EmailDecision { email_key, verdict, name, decided_by, decided_at })
}

impl EmailDecision {
    pub fn all(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<EmailDecision>, AppError> {
        let rows: Vec<Row> = email_decisions::of(school)
            .order(email_decisions::email_key)
            .select((
                email_decisions::email_key,
                email_decisions::verdict,
                email_decisions::given_to,
                email_decisions::given_name,
                email_decisions::decided_by,
                email_decisions::decided_at,
            ))
            .load(conn)?;
        rows.into_iter().map(read).collect()
    }

    /// Remembers it, in the place of what was decided of the same e-mail before.
    pub fn decide(
        conn: &mut Conn,
        school: &CurrentSchool,
        email: &str,
        (verdict, name): (EmailVerdict, Option<&str>),
        actor: &Actor,
        now: NaiveDateTime,
    ) -> Result<(), AppError> {
        let Some(key) = email_key(email) else {
            return Err(AppError::Conflict("Say which e-mail it is about: a blank one is nobody's.".into()));
        };
        diesel::delete(email_decisions::of(school).filter(email_decisions::email_key.eq(&key))).execute(conn)?;
        let to = match &verdict {
            EmailVerdict::Give(whom) => Some(whom.to_string()),
            _ => None,
        };
        email_decisions::insert()
            .values((
                email_decisions::school_id.eq(school.id()),
                email_decisions::email_key.eq(&key),
                email_decisions::verdict.eq(verdict.code()),
                email_decisions::given_to.eq(to),
                email_decisions::given_name.eq(name),
                email_decisions::decided_by.eq(actor.name()),
                email_decisions::decided_at.eq(now),
            ))
            .execute(conn)?;
        record(conn, school, actor, now, format!("{key}: {}", in_words(&verdict, name)))
    }

    /// Forgets it: the e-mail is as any other shared one again. `NotFound` where nothing was decided.
    pub fn take_back(
        conn: &mut Conn,
        school: &CurrentSchool,
        email: &str,
        actor: &Actor,
        now: NaiveDateTime,
    ) -> Result<(), AppError> {
        let key = email_key(email).unwrap_or_default();
        let gone =
            diesel::delete(email_decisions::of(school).filter(email_decisions::email_key.eq(&key))).execute(conn)?;
        if gone == 0 {
            return Err(AppError::NotFound);
        }
        record(conn, school, actor, now, format!("{key}: taken back"))
    }

    pub fn in_words(&self) -> String {
        in_words(&self.verdict, self.name.as_deref())
    }
}

fn in_words(verdict: &EmailVerdict, name: Option<&str>) -> String {
    match verdict {
        EmailVerdict::Give(whom) => format!("given to {} ({whom})", name.unwrap_or("somebody")),
        EmailVerdict::Without => "everybody is imported without it".into(),
        EmailVerdict::Block => "whoever is new is blocked".into(),
    }
}
