//! What somebody tried on a user and may not: for the audit, with the user that was meant.
//! Leaves a Task that lacks to `web::guard`, and what is only a form to be filled in again to its page.

use chrono::NaiveDateTime;

use super::change::Refusal;
use crate::audit::{Action, Entry};
use crate::schools::CurrentSchool;
use crate::security::Actor;

impl Refusal {
    /// Whether it was tried to get, give or take what is not theirs to.
    pub fn is_of_rights(&self) -> bool {
        match self {
            Refusal::Own
            | Refusal::MayNotGrant { .. }
            | Refusal::LastAdministrator { .. }
            | Refusal::NotHome { .. }
            | Refusal::Outranked { .. }
            | Refusal::BeyondOwnLimits { .. } => true,
            Refusal::BulkWithLimits { .. } | Refusal::Taken(_) | Refusal::Meanwhile { .. } => false,
        }
    }
}

/// The entry for what was refused: "to disable rosa: ...".
pub fn refused(
    school: &CurrentSchool,
    by: &Actor,
    deed: &str,
    user_id: &str,
    why: &str,
    at: NaiveDateTime,
    request: Option<&str>,
) -> Entry {
    Entry {
        at,
        school: Some(school.id()),
        actor: by.clone(),
        action: Action::Refused,
        subject: format!("to {deed} {user_id}: {why}"),
        person: None,
        request: request.map(str::to_owned),
    }
}
