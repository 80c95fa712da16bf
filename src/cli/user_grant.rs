//! `crosswalk user grant`: gives a Task or takes it away, by the same rules as the wizard.
//! Leaves the rules to `security::users`.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use clap::Args;
use diesel::prelude::*;

use super::acting::{Acting, school};
use super::{Desk, Done, Failure};
use crate::audit::{self, Action, Entry};
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{Integration, IntegrationId};
use crate::schema::grants;
use crate::schools::CurrentSchool;
use crate::security::users::{GrantKey, Picture, Refusal, Wish, change, refused};
use crate::security::{Actor, GrantKind, Profile, TaskName, User, give, tasks};

#[derive(Args)]
pub struct Grant {
    /// The User ID of who gets the Task, or loses it
    user_id: String,
    /// The Task, by its words or its code: "View integration IDs", or view_integration_ids
    #[arg(long, value_name = "TASK")]
    task: String,
    /// The school where it counts. Support's own Tasks count everywhere and need none
    #[arg(long, value_name = "CODE")]
    school: Option<String>,
    /// Only for this integration, by its code
    #[arg(long, value_name = "CODE")]
    integration: Option<String>,
    /// To grant the Task to others, not to use it
    #[arg(long)]
    may_grant: bool,
    /// The last day, as 2027-06-30. Without it there is no end
    #[arg(long, value_name = "DATE", conflicts_with = "take_away")]
    until: Option<NaiveDate>,
    /// Takes it away instead
    #[arg(long)]
    take_away: bool,
    #[command(flatten)]
    acting: Acting,
}

impl Grant {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let task = task(&self.task)?;
        let kind = if self.may_grant { GrantKind::MayGrant } else { GrantKind::Use };
        let db = desk.open_existing()?;
        let unknown = || Failure(format!("There is no user {}.", self.user_id));
        let user = db.read(|conn| User::by_user_id(conn, &self.user_id))?.ok_or_else(unknown)?;
        if task.is_of_support() {
            return self.of_support(desk, &user, task, kind);
        }
        let code = self
            .school
            .as_deref()
            .ok_or_else(|| Failure(format!("{task} counts school by school: say which school, with --school CODE.")))?;
        let at = db.read(|conn| Ok(school(conn, code)))??;
        let integration = db.read(|conn| Ok(self.integration(conn, task)))??;
        let by = db.read(|conn| Ok(self.acting.actor::<tasks::AdministerSecurity>(conn, desk, Some(&at))))??;
        let now = desk.clock.now();
        let today = now.and_utc().with_timezone(&at.time_zone()).date_naive();
        if let Some(day) = self.until.filter(|d| *d < today) {
            return Err(Failure(format!("{day} is over at the school. Nothing was granted.")));
        }
        if self.until.is_some_and(|d| d.year() > 2999) {
            return Err(Failure(
                "The last day has to be before the year 3000. Without --until there is no end.".into(),
            ));
        }
        let key = GrantKey { task, kind, integration };
        let done = db.write(|conn| self.change(conn, &at, &user, key, &by, now))?;
        if let Err(refusal) = &done
            && refusal.is_of_rights()
        {
            let entry = refused(&at, &by, "change", &user.user_id, &refusal.to_string(), now, None);
            audit::note(db.activity(), entry)?;
        }
        let done = done?;
        if done.is_empty() {
            println!("{}: everything was so already.", user.user_id);
        }
        for line in done {
            println!("{}: {line}", user.user_id);
        }
        Ok(Done::Well)
    }

    fn change(
        &self,
        conn: &mut Conn,
        at: &CurrentSchool,
        user: &User,
        key: GrantKey,
        by: &Actor,
        now: NaiveDateTime,
    ) -> Result<Result<Vec<String>, Refusal>, AppError> {
        let seen = Picture::of(conn, at, user, now)?;
        let mut wanted = seen.clone();
        if self.take_away {
            wanted.grants.0.remove(&key);
        } else {
            wanted.grants.0.insert(key, self.until);
        }
        let wish = Wish {
            subject: Some(user.id),
            seen: &seen,
            seen_version: user.lock_version,
            wanted: &wanted,
            password_hash: None,
        };
        Ok(change(conn, at, &wish, by, now, None)?.map(|c| c.words))
    }

    fn integration(&self, conn: &mut Conn, task: TaskName) -> Result<Option<IntegrationId>, Failure> {
        let Some(code) = &self.integration else { return Ok(None) };
        if !task.is_by_integration() {
            return Err(Failure(format!("{task} is not about the IDs of an integration: leave --integration out.")));
        }
        let integration = Integration::by_code(conn, code)?;
        integration.map(|i| Some(i.id)).ok_or_else(|| Failure(format!("There is no integration with the code {code}.")))
    }

    /// Support's own Tasks belong to no school, so no school's administrator gives them.
    fn of_support(&self, desk: &Desk, user: &User, task: TaskName, kind: GrantKind) -> Result<Done, Failure> {
        if self.school.is_some() || self.until.is_some() || self.may_grant {
            return Err(Failure(format!(
                "{task} counts everywhere and has no end: leave --school, --until and --may-grant out."
            )));
        }
        if user.profile != Profile::Support {
            return Err(Failure(format!("{} is not of Support, so {task} cannot be theirs.", user.user_id)));
        }
        let Some(by) = self.acting.operator() else {
            return Err(Failure(format!("Only the operator grants {task}: leave --as out.")));
        };
        let now = desk.clock.now();
        let db = desk.open_existing()?;
        let words = if self.take_away { "Taken away" } else { "Granted" };
        db.write(|conn| {
            let held = grants::table
                .filter(grants::user_id.eq(user.id))
                .filter(grants::task.eq(task))
                .filter(grants::revoked_at.is_null());
            diesel::update(held).set(grants::revoked_at.eq(now)).execute(conn)?;
            if !self.take_away {
                give(conn, user.id, None, task, kind, by.name(), now)?;
            }
            let subject = format!("{}: {words}: {task}", user.user_id);
            audit::record(
                conn,
                &Entry {
                    at: now,
                    school: None,
                    actor: by.clone(),
                    action: Action::TasksChanged,
                    subject,
                    person: None,
                    request: None,
                },
            )
        })?;
        println!("{}: {words}: {task}", user.user_id);
        Ok(Done::Well)
    }
}

fn task(text: &str) -> Result<TaskName, Failure> {
    let wanted = text.trim().to_lowercase();
    let found = TaskName::ALL.iter().copied().find(|t| t.code() == wanted || t.word().to_lowercase() == wanted);
    found.ok_or_else(|| {
        let all: Vec<&str> = TaskName::ALL.iter().map(|t| t.word()).collect();
        Failure(format!("{text} is not a Task. Tasks are: {}.", all.join("; ")))
    })
}
