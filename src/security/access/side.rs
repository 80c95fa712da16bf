//! One of two users who stand side by side: profile, limits and Tasks, each as the words of a cell.
//! Leaves which cells differ to `compare`.

use chrono::NaiveDateTime;

use super::held::Grant;
use super::member::Homes;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::Integration;
use crate::people::MemberType;
use crate::schools::{CurrentSchool, LimitField, Limits};
use crate::security::{GrantKind, TaskName, User, limits_of};

pub struct Side {
    pub user: User,
    home: String,
    limits: Limits,
    grants: Vec<Grant>,
}

impl Side {
    pub fn read(conn: &mut Conn, school: &CurrentSchool, user: User, now: NaiveDateTime) -> Result<Side, AppError> {
        Ok(Side {
            home: Homes::of(conn, &[&user])?.of_user(&user),
            limits: limits_of(conn, user.id)?,
            grants: Grant::of_user(conn, school, user.id, now)?,
            user,
        })
    }

    pub fn profile(&self) -> Vec<String> {
        vec![self.user.profile.word().to_owned()]
    }

    pub fn home(&self) -> Vec<String> {
        vec![self.home.clone()]
    }

    pub fn state(&self) -> Vec<String> {
        vec![if self.user.disabled_at.is_some() { "Disabled: cannot sign in".into() } else { "Enabled".into() }]
    }

    /// "Any" where the field is not limited.
    pub fn limit(&self, field: LimitField) -> Vec<String> {
        match self.limits.values(field) {
            [] => vec!["Any".into()],
            values => values.iter().map(|v| in_words(field, v)).collect(),
        }
    }

    pub fn holds(&self, task: TaskName) -> bool {
        self.grants.iter().any(|g| g.task == task)
    }

    /// What the user holds of a Task, a line a grant: use first, then may grant.
    pub fn task(&self, task: TaskName, school: &CurrentSchool, integrations: &[Integration]) -> Vec<String> {
        let mut lines = Vec::new();
        for kind in [GrantKind::Use, GrantKind::MayGrant] {
            for grant in self.grants.iter().filter(|g| g.task == task && g.kind == kind) {
                lines.push(self.line(grant, school, integrations));
            }
        }
        lines.sort_by_key(|line| !line.starts_with("May use"));
        lines.dedup();
        if lines.is_empty() { vec!["No".into()] } else { lines }
    }

    fn line(&self, grant: &Grant, school: &CurrentSchool, integrations: &[Integration]) -> String {
        let is_use = grant.kind == GrantKind::Use;
        let mut line = if is_use { "May use".to_owned() } else { "May grant".to_owned() };
        let is_of_ids = matches!(grant.task, TaskName::ModifyIntegrationIds | TaskName::ViewIntegrationIds);
        if is_of_ids || grant.integration.is_some() {
            line.push_str(&format!(", {}", grant.scope(integrations).replacen("All", "all", 1)));
        }
        if let Some(until) = grant.until(school.time_zone()) {
            line.push_str(&format!(", until {until}"));
        }
        if is_use && grant.task.is_bulk() && !self.limits.is_none() {
            line.push_str("; does not count while access is limited");
        }
        line
    }
}

fn in_words(field: LimitField, value: &str) -> String {
    match field {
        LimitField::MemberType => MemberType::parse(value).map_or_else(|| value.to_owned(), |m| m.word().to_owned()),
        _ => value.to_owned(),
    }
}
