//! `crosswalk user enable` and `disable`, by the same rules as the page of a user. Users of Support, whom no school's page
//! shows, are the operator's. Leaves the rules to `security::users`.

use chrono::NaiveDateTime;
use clap::Args;

use super::acting::Acting;
use super::{Desk, Done, Failure};
use crate::audit;
use crate::db::{Conn, Db};
use crate::error::AppError;
use crate::schools::CurrentSchool;
use crate::security::users::{Refusal, disable, enable, refused, set_state_of_support};
use crate::security::{Actor, User, session, tasks};

/// Enabling or disabling.
type Set =
    fn(&mut Conn, &CurrentSchool, &User, &Actor, NaiveDateTime, Option<&str>) -> Result<Result<(), Refusal>, AppError>;

#[derive(Args)]
pub struct State {
    user_id: String,
    #[command(flatten)]
    acting: Acting,
}

impl State {
    pub fn enable(&self, desk: &Desk) -> Result<Done, Failure> {
        let (_, user) = self.set(desk, true)?;
        println!("{} is enabled, with the Tasks that they had.", user.user_id);
        Ok(Done::Well)
    }

    pub fn disable(&self, desk: &Desk) -> Result<Done, Failure> {
        let (db, user) = self.set(desk, false)?;
        session::end_all(db.activity(), user.id, None)?;
        println!("{} is disabled. From the next click on they are signed out.", user.user_id);
        Ok(Done::Well)
    }

    fn set(&self, desk: &Desk, enabled: bool) -> Result<(Db, User), Failure> {
        let db = desk.open_existing()?;
        let unknown = || Failure(format!("There is no user {}.", self.user_id));
        let user = db.read(|conn| User::by_user_id(conn, &self.user_id))?.ok_or_else(unknown)?;
        let now = desk.clock.now();
        let Some(home) = user.school_id else {
            let Some(by) = self.acting.operator() else {
                return Err(Failure("Only the operator enables or disables users of Support: leave --as out.".into()));
            };
            db.write(|conn| set_state_of_support(conn, &user, enabled, &by, now))?;
            return Ok((db, user));
        };
        let school = db.read(CurrentSchool::every)?.into_iter().find(|s| s.id() == home).ok_or_else(unknown)?;
        let by = db.read(|conn| Ok(self.acting.actor::<tasks::AdministerSecurity>(conn, desk, Some(&school))))??;
        let (set, deed) = if enabled { (enable as Set, "enable") } else { (disable as Set, "disable") };
        let done = db.write(|conn| set(conn, &school, &user, &by, now, None))?;
        if let Err(refusal) = &done
            && refusal.is_of_rights()
        {
            let entry = refused(&school, &by, deed, &user.user_id, &refusal.to_string(), now, None);
            audit::note(db.activity(), entry)?;
        }
        done?;
        Ok((db, user))
    }
}
