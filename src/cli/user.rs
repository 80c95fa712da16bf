//! `crosswalk user`: adding a user with a profile, and the way to its other commands. The password is asked for or read from standard input, never an argument.
//! Leaves the rules to `security`.

use std::io::{BufRead, IsTerminal};

use clap::Subcommand;

use super::acting::{Acting, school};
use super::user_grant::Grant;
use super::user_limit::Limit;
use super::user_state::State;
use super::{Desk, Done, Failure};
use crate::audit::{self, Action, Entry};
use crate::error::AppError;
use crate::security::{
    GrantKind, NewUser, NewUserError, Profile, TaskName, UserName, every_school_task, give, name_fault, password, tasks,
};

#[derive(Subcommand)]
pub enum User {
    /// Add a user; the first of a school may grant every Task
    Add {
        user_id: String,
        /// The school's code; none for Support
        #[arg(long, value_name = "CODE", required_unless_present = "support", conflicts_with = "support")]
        school: Option<String>,
        /// registrar, viewer, clerk or security
        #[arg(long, required_unless_present = "support")]
        profile: Option<String>,
        /// A user of Support, who belongs to no school
        #[arg(long)]
        support: bool,
        /// The name on pages and in the history [default: the User ID]
        #[arg(long)]
        name: Option<String>,
        /// The password has to be changed at the first sign-in
        #[arg(long)]
        temporary: bool,
        #[command(flatten)]
        acting: Acting,
    },
    /// Limit which people a user sees
    Limit(Limit),
    /// Gives a Task to a user, or takes it away
    Grant(Grant),
    /// Disables a user, who cannot sign in then and is out at the next click
    Disable(State),
    /// Enables a disabled user, with the Tasks that they had
    Enable(State),
}

impl User {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let (user_id, code, profile, support, name, temporary, acting) = match self {
            User::Limit(limit) => return limit.run(desk),
            User::Grant(grant) => return grant.run(desk),
            User::Disable(state) => return state.disable(desk),
            User::Enable(state) => return state.enable(desk),
            User::Add { user_id, school, profile, support, name, temporary, acting } => {
                (user_id, school, profile, support, name, temporary, acting)
            }
        };
        let profile = match (support, profile) {
            (true, _) => Profile::Support,
            (false, text) => {
                let text = text.as_deref().unwrap_or_default();
                Profile::parse(text).filter(|p| !matches!(p, Profile::Support | Profile::Own)).ok_or_else(|| {
                    Failure(format!("{text} is not a profile. Profiles are registrar, viewer, clerk and security."))
                })?
            }
        };
        let user_id = UserName::parse(user_id)?;
        let name = name.clone().unwrap_or_else(|| user_id.as_str().to_owned());
        if let Some(fault) = name_fault(&name) {
            return Err(Failure(format!("{name:?} is not a name. {fault}.")));
        }
        let now = desk.clock.now();
        let db = desk.open()?;
        let school = match code {
            Some(code) => Some(db.read(|conn| Ok(school(conn, code)))??),
            None => None,
        };
        let actor = db.read(|conn| Ok(acting.actor::<tasks::AdministerSecurity>(conn, desk, school.as_ref())))??;
        let given: Vec<TaskName> = profile.tasks().iter().copied().chain(profile.may_grant()).collect();
        db.read(|conn| Ok(acting.may_grant(conn, desk, school.as_ref(), &given)))??;
        let typed = read_password(user_id.as_str())?;
        if let Some(why) = password::weakness(&typed, &[user_id.as_str(), &name, "crosswalk"]) {
            return Err(Failure(format!("{why}.")));
        }
        let new = NewUser {
            user_id,
            name,
            school_id: school.as_ref().map(|s| s.id()),
            profile,
            password_hash: password::hash_now(&typed)?,
            must_change: *temporary,
        };
        let is_first = db.write(|conn| {
            let is_first = match new.school_id {
                Some(id) => NewUser::is_first_of(conn, id)?,
                None => false,
            };
            let id = match new.add(conn, actor.name(), now) {
                Ok(id) => id,
                Err(NewUserError::App(e)) => return Err(e),
                Err(e) => return Ok(Err(e)),
            };
            for &task in profile.tasks() {
                give(conn, id, new.school_id, task, GrantKind::Use, actor.name(), now)?;
            }
            let may_grant = if is_first { every_school_task() } else { profile.may_grant() };
            for task in may_grant {
                give(conn, id, new.school_id, task, GrantKind::MayGrant, actor.name(), now)?;
            }
            let subject = format!("{}, profile {profile}", new.user_id.as_str());
            let entry = Entry {
                at: now,
                school: new.school_id,
                actor,
                action: Action::UserAdded,
                subject,
                person: None,
                request: None,
            };
            audit::record(conn, &entry)?;
            Ok::<_, AppError>(Ok(is_first))
        })??;
        let more = if is_first { " As the first user of the school, they may grant every Task." } else { "" };
        println!("{} is added with the profile {profile}.{more}", new.user_id.as_str());
        Ok(Done::Well)
    }
}

fn read_password(user_id: &str) -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let first = rpassword::prompt_password(format!("Password for {user_id}: "))?;
    let again = rpassword::prompt_password("The same again: ")?;
    if first == again { Ok(first) } else { Err(Failure("The two passwords differ. Nobody was added.".into())) }
}
