//! Who changes a user, and which Tasks they may grant. It is read in the transaction of the change:
//! a right to grant that has ended meanwhile does not count.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::grants::{GrantKey, Grants};
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::IntegrationId;
use crate::schema::grants;
use crate::schools::{CurrentSchool, Limits};
use crate::security::grant::holding;
use crate::security::{Actor, GrantKind, TaskName, limits_of};

pub struct Editor {
    pub actor: Actor,
    /// None for the operator, who may grant everything.
    may: Option<Vec<(TaskName, Option<IntegrationId>)>>,
    /// Their own limits: what they give others lies within.
    pub limits: Limits,
}

impl Editor {
    pub fn load(
        conn: &mut Conn,
        school: &CurrentSchool,
        actor: &Actor,
        now: NaiveDateTime,
    ) -> Result<Editor, AppError> {
        let Some(user) = actor.user() else {
            return Ok(Editor { actor: actor.clone(), may: None, limits: Limits::none() });
        };
        let may = grants::table
            .filter(grants::user_id.eq(user))
            .filter(grants::school_id.eq(school.id()))
            .filter(grants::kind.eq(GrantKind::MayGrant))
            .filter(holding(now))
            .select((grants::task, grants::integration_id))
            .load(conn)?;
        Ok(Editor { actor: actor.clone(), may: Some(may), limits: limits_of(conn, user)? })
    }

    /// Something that somebody holds and the editor may not grant: who could sign in as them would have it.
    pub fn outranked_by(&self, held: &Grants) -> Option<GrantKey> {
        held.0.keys().copied().find(|k| !self.may_grant(k.task, k.integration))
    }

    /// For all integrations (None) or one. Who may grant for all may grant for one.
    pub fn may_grant(&self, task: TaskName, integration: Option<IntegrationId>) -> bool {
        // Support's own Tasks are for all schools: no school gives them.
        !task.is_of_support()
            && self
                .may
                .as_ref()
                .is_none_or(|may| may.iter().any(|(t, scope)| *t == task && (scope.is_none() || *scope == integration)))
    }
}
