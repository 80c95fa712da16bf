//! One of the two records of a merge, with all that hangs on it.
//! Leaves which of it is kept to `merge::plan`.

use diesel::prelude::*;

use crate::db::Conn;
use crate::error::AppError;
use crate::groups::{GroupId, Placeholder, Why};
use crate::integration_ids::IdValue;
use crate::integrations::IntegrationId;
use crate::people::{Person, PersonId};
use crate::runs::{KeySpace, RunId};
use crate::schema::{groups, integration_ids, memberships, merged_keys, relationships, source_links};
use crate::schools::CurrentSchool;

#[derive(Debug, Clone)]
pub struct Side {
    pub person: Person,
    pub keys: Vec<Key>,
    pub members: Vec<Member>,
    pub ties: Vec<Tie>,
    /// The live ones, hidden until somebody's Sight reveals them.
    pub ids: Vec<OwnId>,
}

/// A source's key of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub space: KeySpace,
    pub norm: String,
    pub given: String,
    /// It came with a record that was merged, and the person's own key goes before it.
    pub follows: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub group: GroupId,
    pub placeholder: Option<Placeholder>,
    pub name: String,
    pub why: Why,
    pub run: RunId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    pub student: PersonId,
    pub guardian: PersonId,
    pub kind: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnId {
    pub integration: IntegrationId,
    pub value: IdValue,
    pub spec_version: Option<i32>,
}

impl Side {
    pub fn load(conn: &mut Conn, school: &CurrentSchool, person: Person) -> Result<Side, AppError> {
        let id = person.id;
        let followers: Vec<(KeySpace, String)> =
            merged_keys::of(school).select((merged_keys::source, merged_keys::key_norm)).load(conn)?;
        let keys: Vec<(KeySpace, String, String)> = source_links::of(school)
            .filter(source_links::person_id.eq(id))
            .order((source_links::source, source_links::key_norm))
            .select((source_links::source, source_links::key_norm, source_links::key_given))
            .load(conn)?;
        let keys = keys.into_iter().map(|(space, norm, given)| {
            let follows = followers.contains(&(space, norm.clone()));
            Key { space, norm, given, follows }
        });
        let members: Vec<(GroupId, Option<String>, String, Why, RunId)> = memberships::of(school)
            .inner_join(groups::beside(memberships::school_id, groups::id.eq(memberships::group_id)))
            .filter(memberships::person_id.eq(id))
            .order((memberships::group_id, memberships::why))
            .select((groups::id, groups::placeholder, groups::name, memberships::why, memberships::run_id))
            .load(conn)?;
        let members = members.into_iter().map(|(group, key, name, why, run)| {
            let placeholder = key.as_deref().and_then(Placeholder::parse);
            Member { group, placeholder, name, why, run }
        });
        let ties: Vec<(PersonId, PersonId, String)> = relationships::of(school)
            .filter(relationships::student_id.eq(id).or(relationships::guardian_id.eq(id)))
            .order((relationships::student_id, relationships::guardian_id))
            .select((relationships::student_id, relationships::guardian_id, relationships::kind))
            .load(conn)?;
        let ties = ties.into_iter().map(|(student, guardian, kind)| Tie { student, guardian, kind });
        let ids: Vec<(IntegrationId, IdValue, Option<i32>)> = integration_ids::of(school)
            .filter(integration_ids::person_id.eq(id))
            .filter(integration_ids::removed_at.is_null())
            .order(integration_ids::id)
            .select((integration_ids::integration_id, integration_ids::value, integration_ids::spec_version))
            .load(conn)?;
        let ids = ids.into_iter().map(|(integration, value, spec_version)| OwnId { integration, value, spec_version });
        Ok(Side { keys: keys.collect(), members: members.collect(), ties: ties.collect(), ids: ids.collect(), person })
    }

    pub fn is_in(&self, group: GroupId, why: Why) -> bool {
        self.members.iter().any(|m| m.group == group && m.why == why)
    }

    pub fn has_id(&self, integration: IntegrationId) -> bool {
        self.ids.iter().any(|i| i.integration == integration)
    }

    /// Its own key of a source, which goes before those that follow.
    pub fn has_own_key(&self, space: KeySpace) -> bool {
        self.keys.iter().any(|k| k.space == space && !k.follows)
    }
}
