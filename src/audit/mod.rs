//! Who changed settings, users and grants, and who signed in, was refused or saw integration IDs.
//! Leaves the history of people and their IDs to `runs`: a stored change is its own history.
//!
//! Entries are written here and read by `listing`; `sealer` chains them, `chain` finds what was changed afterwards.

mod chain;
mod check;
mod head;
mod key;
mod listing;
pub mod pages;
mod query;
mod seal;
mod sealer;
mod source;
mod stored;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::{Activity, Conn};
use crate::error::AppError;
use crate::people::{Person, PersonId};
use crate::schema::{activity_entries, audit_entries};
use crate::schools::{CurrentSchool, SchoolId};
use crate::security::Actor;

pub use chain::{Broken, Chain, verify};
pub use check::{Report, check};
pub use head::{Head, NO_SCHOOL, heads};
pub use key::{Key, KeyError};
pub use listing::{Filter, Listing, Part, Place, Whose, list, seen_by};
pub use sealer::{seal_all, seal_in_background};
pub use source::Source;
pub use stored::{StoredEntry, sealed};

crate::text_enum! {
    Action {
        SchoolAdded = "school_added", "added a school";
        StageMoved = "stage_moved", "moved an integration to another stage";
        NextStepSet = "next_step_set", "said who owns the next step";
        IntegrationAdded = "integration_added", "added an integration to the catalogue";
        IntegrationChanged = "integration_changed", "changed an integration of the catalogue";
        IntegrationRetired = "integration_retired", "retired an integration";
        IntegrationTakenBack = "integration_taken_back", "took a retired integration back";
        MailSent = "mail_sent", "caused an e-mail";
        MailFailed = "mail_failed", "caused an e-mail that could not be sent";
        UserAdded = "user_added", "added a user";
        UserChanged = "user_changed", "changed a user";
        TasksChanged = "tasks_changed", "granted or took away Tasks";
        UserDisabled = "user_disabled", "disabled a user";
        UserEnabled = "user_enabled", "enabled a user";
        SessionsEnded = "sessions_ended", "ended the sessions of a user";
        PasswordSet = "password_set", "set a temporary password";
        UserLookedUp = "user_looked_up", "looked for a user from elsewhere";
        ProfileChanged = "profile_changed", "changed a profile";
        GroupChanged = "group_changed", "changed a group";
        LimitsChanged = "limits_changed", "limited the access of a user";
        PasswordChanged = "password_changed", "changed the own password";
        SignedIn = "signed_in", "signed in";
        SignInFailed = "sign_in_failed", "failed to sign in";
        SignedOut = "signed_out", "signed out";
        Refused = "refused", "was refused";
        SchoolSwitched = "school_switched", "switched to another school";
        SyncSettingsChanged = "sync_settings_changed", "changed the settings of the sync";
        IdSpecChanged = "id_spec_changed", "changed an ID creation specification";
        SyncDecided = "sync_decided", "decided what a sync must not guess";
        DeskItemChanged = "desk_item_changed", "changed an item of the desk";
        RunReleased = "run_released", "released a held run";
        WentOnAnyway = "went_on_anyway", "said to go on though IDs and extracts do not agree";
        SeenAs = "seen_as", "looked at a page as another user sees it";
        IdsViewed = "ids_viewed", "saw integration IDs";
        Exported = "exported", "downloaded a list";
    }
}

/// One entry. `subject` is in words and never holds an integration ID.
#[derive(Debug, Clone)]
pub struct Entry {
    pub at: NaiveDateTime,
    pub school: Option<SchoolId>,
    pub actor: Actor,
    pub action: Action,
    pub subject: String,
    pub person: Option<PersonId>,
    pub request: Option<String>,
}

/// Writes an entry in the transaction of the change it tells of.
pub fn record(conn: &mut Conn, e: &Entry) -> Result<(), AppError> {
    diesel::insert_into(audit_entries::table)
        .values((
            audit_entries::school_id.eq(e.school),
            audit_entries::at.eq(e.at),
            audit_entries::actor_user_id.eq(e.actor.user()),
            audit_entries::actor_name.eq(e.actor.name()),
            audit_entries::action.eq(e.action),
            audit_entries::subject.eq(&e.subject),
            audit_entries::person_id.eq(e.person),
            audit_entries::request_id.eq(&e.request),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes what was seen, tried or refused. Returns when it is committed: an answer that shows an ID waits for it.
pub fn note(activity: &Activity, entry: Entry) -> Result<(), AppError> {
    activity.write(move |conn| insert(conn, &entry))
}

/// Somebody is about to see integration IDs of a person: on record before the answer leaves.
pub fn note_ids_viewed(
    activity: &Activity,
    school: &CurrentSchool,
    actor: &Actor,
    person: &Person,
    request: &str,
    at: NaiveDateTime,
) -> Result<(), AppError> {
    note(
        activity,
        Entry {
            at,
            school: Some(school.id()),
            actor: actor.clone(),
            action: Action::IdsViewed,
            subject: person.sonis_id.clone(),
            person: Some(person.id),
            request: Some(request.to_owned()),
        },
    )
}

/// Somebody is about to get a list as a file. `what` says which list, how filtered and how long, and names nobody.
pub fn note_exported(
    activity: &Activity,
    school: &CurrentSchool,
    actor: &Actor,
    what: String,
    request: &str,
    at: NaiveDateTime,
) -> Result<(), AppError> {
    note(
        activity,
        Entry {
            at,
            school: Some(school.id()),
            actor: actor.clone(),
            action: Action::Exported,
            subject: what,
            person: None,
            request: Some(request.to_owned()),
        },
    )
}

/// Writes an entry without waiting, for what discloses nothing.
pub fn note_later(activity: &Activity, entry: Entry) {
    activity.write_later(move |conn| insert(conn, &entry));
}

fn insert(conn: &mut Conn, e: &Entry) -> Result<(), AppError> {
    diesel::insert_into(activity_entries::table)
        .values((
            activity_entries::school_id.eq(e.school),
            activity_entries::at.eq(e.at),
            activity_entries::actor_user_id.eq(e.actor.user()),
            activity_entries::actor_name.eq(e.actor.name()),
            activity_entries::action.eq(e.action),
            activity_entries::subject.eq(&e.subject),
            activity_entries::person_id.eq(e.person),
            activity_entries::request_id.eq(&e.request),
        ))
        .execute(conn)?;
    Ok(())
}
