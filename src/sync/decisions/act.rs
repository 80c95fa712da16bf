//! Deciding on a case of the newest plan: who is named must be one of those it is about. The pages and the command go through here.
//! Leaves keeping the decision to `decisions::email` and `decisions::pair`.

use chrono::NaiveDateTime;

use super::{EmailDecision, EmailVerdict, Pair, PairDecision, PairKind, Verdict};
use crate::db::Conn;
use crate::error::AppError;
use crate::people::email_key;
use crate::schools::CurrentSchool;
use crate::security::Actor;
use crate::sync::cases::Case;

/// Decides on a shared e-mail, as far as the newest plan knows of one or it was decided before.
pub fn decide_email(
    conn: &mut Conn,
    school: &CurrentSchool,
    email: &str,
    verdict: EmailVerdict,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    let key = email_key(email).unwrap_or_default();
    let case = Case::of_email(conn, school, &key)?;
    let Some(case) = case else {
        let is_decided = EmailDecision::all(conn, school)?.iter().any(|d| d.email_key == key);
        if is_decided && !matches!(verdict, EmailVerdict::Give(_)) {
            return EmailDecision::decide(conn, school, &key, (verdict, None), actor, now);
        }
        return Err(AppError::Conflict(format!(
            "Nobody shares the e-mail {key:?} in the newest plan. Plan the sync again."
        )));
    };
    let name = match &verdict {
        EmailVerdict::Give(whom) => {
            let named = whom.to_string();
            let party = case.parties.iter().find(|p| p.whom == named || p.sonis_id.as_ref() == Some(&named));
            let Some(party) = party else {
                return Err(AppError::Conflict(format!(
                    "{named} is not one of those who share {key} in the newest plan."
                )));
            };
            Some(party.name.clone())
        }
        _ => None,
    };
    EmailDecision::decide(conn, school, &key, (verdict, name.as_deref()), actor, now)
}

/// Decides whether two are one.
pub fn decide_pair(
    conn: &mut Conn,
    school: &CurrentSchool,
    pair: &Pair,
    verdict: Verdict,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    let (one, other) = (pair.one.to_string(), pair.other.to_string());
    let case = Case::of_pair(conn, school, &one, &other)?;
    let fits = |c: &Case| (c.kind.code() == PairKind::Twin.code()) == (pair.kind == PairKind::Twin);
    let names = match case.filter(fits) {
        Some(case) => {
            let name = |whom: &str| case.parties.iter().find(|p| p.whom == whom).map(|p| p.name.clone());
            name(&one).zip(name(&other))
        }
        None => {
            let all = PairDecision::all(conn, school, pair.kind)?;
            all.into_iter().find(|d| d.pair == *pair).map(|d| d.names)
        }
    };
    let Some(names) = names else {
        return Err(AppError::Conflict(format!(
            "{one} and {other} do not wait for a decision any more: the sync was planned again since. Look at what is there now."
        )));
    };
    PairDecision::decide(conn, school, pair, verdict, (&names.0, &names.1), actor, now)
}
