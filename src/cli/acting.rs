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
            let who = match T::ANY_OF[0].is_of_support() {
                true => "It is one of Support’s: only the operator grants it, and to nobody of a school",
                false => "A security administrator can grant it",
            };
            return Err(Failure(format!("{user_id} lacks the Task {}. {who}.", T::ANY_OF[0])));
        }
        Ok(visitor.actor())
    }
}

impl Acting {
    /// Over which integrations' IDs the actor may decide at a school: the operator over all.
    pub fn reach(&self, conn: &mut Conn, desk: &Desk, school: &CurrentSchool) -> Result<Sight, Failure> {
        Ok(self.visitor(conn, desk, school)?.map_or_else(|| self.of_nobody(), |v| v.reach()))
    }

    /// Which integrations' IDs the actor may see at a school: the operator all.
    pub fn sight(&self, conn: &mut Conn, desk: &Desk, school: &CurrentSchool) -> Result<Sight, Failure> {
        Ok(self.visitor(conn, desk, school)?.map_or_else(|| self.of_nobody(), |v| v.sight()))
    }

    /// The operator sees everything; a user who is not there nothing.
    fn of_nobody(&self) -> Sight {
        if self.acting_as.is_none() { Sight::of_operator() } else { Sight::none() }
    }

    fn visitor(&self, conn: &mut Conn, desk: &Desk, school: &CurrentSchool) -> Result<Option<Visitor>, Failure> {
        let Some(user_id) = &self.acting_as else { return Ok(None) };
        let Some(user) = User::by_user_id(conn, user_id)? else { return Ok(None) };
        Ok(Visitor::load_in(conn, user.id, Some(school.id()), &desk.clock)?)
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

/// The account of the operating system, for the record: whose process it is, which no variable of the environment changes.
#[cfg(unix)]
fn account() -> String {
    let uid = nix::unistd::Uid::current();
    let name = match nix::unistd::User::from_uid(uid) {
        Ok(Some(user)) => user.name,
        _ => format!("account {uid}"),
    };
    named(&name, uid.is_root(), std::env::var("SUDO_USER").ok().as_deref())
}

/// Elsewhere only the environment says it.
#[cfg(not(unix))]
fn account() -> String {
    std::env::var("USERNAME").ok().filter(|name| is_account(name)).unwrap_or_else(|| "unknown account".into())
}

/// root may say for whom it acts, as sudo does: it could write what it likes in any case. Nobody else is asked.
fn named(account: &str, is_root: bool, sudo_user: Option<&str>) -> String {
    match sudo_user.filter(|name| is_root && *name != account && is_account(name)) {
        Some(name) => format!("{account}, for {name}"),
        None => account.to_owned(),
    }
}

/// Only so much that what is on record cannot read as something else.
fn is_account(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '\\' | '$' | '+');
    (1..=64).contains(&name.chars().count()) && name.chars().all(fits)
}

/// The school that a command names.
pub fn school(conn: &mut Conn, code: &str) -> Result<CurrentSchool, Failure> {
    CurrentSchool::by_code(conn, code)?.ok_or_else(|| {
        Failure(format!(
            "There is no school with the code {code}. Add it with: crosswalk school add {code} --name NAME --letters XX"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_root_is_asked_for_whom_it_acts() {
        assert_eq!(named("root", true, Some("anna")), "root, for anna");
        assert_eq!(named("root", true, Some("root")), "root");
        assert_eq!(named("root", true, None), "root");
        assert_eq!(named("anna", false, Some("mallory")), "anna");
        for odd in ["", "a b", "x) did (y", "line\nend", &"x".repeat(65)] {
            assert_eq!(named("root", true, Some(odd)), "root", "{odd:?}");
        }
    }
}
