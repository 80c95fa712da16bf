//! Who acts on the command line: a user named by `--as`, with that user's Tasks, or the operator.
//! Leaves which Task a command needs to the command.

use clap::Args;

use super::{Desk, Failure};
use crate::db::Conn;
use crate::schools::CurrentSchool;
use crate::security::{Actor, Sight, Task, TaskName, User, Visitor, may_grant};

#[derive(Args)]
pub struct Acting {
    /// Act as this user, with that user's Tasks; otherwise as the operator, recorded with the account of the operating system
    #[arg(long = "as", value_name = "USER_ID")]
    acting_as: Option<String>,
}

impl Acting {
    /// The user who acts; none for the operator.
    pub fn user_id(&self) -> Option<&str> {
        self.acting_as.as_deref()
    }

    /// The operator, unless somebody acts as a user.
    pub fn operator(&self) -> Option<Actor> {
        self.acting_as.is_none().then(|| Actor::operator(&account()))
    }

    /// The actor, who holds the Task `T` at the school where one is named.
    pub fn actor<T: Task>(
        &self,
        conn: &mut Conn,
        desk: &Desk,
        school: Option<&CurrentSchool>,
    ) -> Result<Actor, Failure> {
        let Some(user_id) = &self.acting_as else { return Ok(Actor::operator(&account())) };
        let unknown = || Failure(format!("There is no user {user_id} who could act, or that user is disabled."));
        let user = User::by_user_id(conn, user_id)?.ok_or_else(unknown)?;
        let visitor =
            Visitor::load_in(conn, user.id, school.map(CurrentSchool::id), &desk.clock)?.ok_or_else(unknown)?;
        if visitor.must_change_password() {
            return Err(Failure(format!(
                "{user_id} has a temporary password, which has to be changed in the portal first."
            )));
        }
        let at_home = match (school, visitor.school()) {
            (Some(asked), Some(own)) => asked.id() == own.id(),
            (Some(_), None) => visitor.is_support(),
            (None, _) => true,
        };
        if !at_home || !visitor.may::<T>() {
            return Err(Failure(format!(
                "{user_id} lacks the Task {}. A security administrator can grant it.",
                T::ANY_OF[0]
            )));
        }
        Ok(visitor.actor())
    }
}

impl Acting {
    /// Which integrations' IDs whoever acts may see.
    pub fn sight(&self, conn: &mut Conn, desk: &Desk, school: &CurrentSchool) -> Result<Sight, Failure> {
        let Some(user_id) = &self.acting_as else { return Ok(Sight::of_operator()) };
        let unknown = || Failure(format!("There is no user {user_id} who could act, or that user is disabled."));
        let user = User::by_user_id(conn, user_id)?.ok_or_else(unknown)?;
        let visitor = Visitor::load_in(conn, user.id, Some(school.id()), &desk.clock)?.ok_or_else(unknown)?;
        Ok(visitor.sight())
    }

    /// The actor with the Task `T` at a school, the part of it that the actor sees, and of which integrations the IDs.
    pub fn seat<T: Task>(
        &self,
        conn: &mut Conn,
        desk: &Desk,
        school: CurrentSchool,
    ) -> Result<(Actor, CurrentSchool, Sight), Failure> {
        let actor = self.actor::<T>(conn, desk, Some(&school))?;
        let Some(user) = actor.user() else { return Ok((actor, school, Sight::of_operator())) };
        let visitor = Visitor::load_in(conn, user, Some(school.id()), &desk.clock)?;
        let seat = visitor.and_then(|v| Some((v.school()?, v.sight())));
        let (school, sight) = seat.ok_or_else(|| Failure(format!("{} has no school.", actor.name())))?;
        Ok((actor, school, sight))
    }

    /// What a user who acts may not grant is not theirs to give to a new user. The operator may give everything.
    pub fn may_grant(
        &self,
        conn: &mut Conn,
        desk: &Desk,
        school: Option<&CurrentSchool>,
        tasks: &[TaskName],
    ) -> Result<(), Failure> {
        let Some(user_id) = &self.acting_as else { return Ok(()) };
        let (Some(user), Some(school)) = (User::by_user_id(conn, user_id)?, school) else {
            return Err(Failure(format!("{user_id} may not add users of Support: only the operator does.")));
        };
        for &task in tasks {
            if !may_grant(conn, user.id, school.id(), task, desk.clock.now())? {
                return Err(Failure(format!("{user_id} may not grant the Task {task}, so nobody was added.")));
            }
        }
        Ok(())
    }
}

/// The account of the operating system, for the record.
fn account() -> String {
    ["SUDO_USER", "USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
        .unwrap_or_else(|| "unknown account".into())
}

/// The school that a command names.
pub fn school(conn: &mut Conn, code: &str) -> Result<CurrentSchool, Failure> {
    CurrentSchool::by_code(conn, code)?.ok_or_else(|| {
        Failure(format!(
            "There is no school with the code {code}. Add it with: crosswalk school add {code} --name NAME --letters XX"
        ))
    })
}
