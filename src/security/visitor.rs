//! A visitor: the signed-in user of one request, the current school and the Tasks that hold at this moment.
//! It is looked up for each request, so that a grant or its end counts from the next click on, on every node.
//! Leaves remembering it between two requests to `visitors`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::grant::{self, Held};
use super::limit::limits_of;
use super::profile::Profile;
use super::seats::{Choice, School, Seats};
use super::sight::{Scope, Sight};
use super::task::{Task, TaskName, tasks};
use super::user::{Theme, User, UserId};
use crate::clock::Clock;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{IntegrationId, ReadyNotice, ready_notices};
use crate::on_each;
use crate::schema::{schools, users};
use crate::schools::{CurrentSchool, Limits, SchoolId};

/// Who did something: a user, or the operator at the command line.
#[derive(Debug, Clone)]
pub struct Actor {
    user: Option<UserId>,
    name: String,
}

impl Actor {
    pub fn of_user(user: &User) -> Actor {
        Actor { user: Some(user.id), name: user.name.clone() }
    }

    /// Commands without `--as` are the operator's, named by the account of the operating system.
    pub fn operator(account: &str) -> Actor {
        Actor { user: None, name: format!("operator ({account})") }
    }

    /// Whoever began what is taken up again, as it was put on record then.
    pub(crate) fn again(user: Option<UserId>, name: &str) -> Actor {
        Actor { user, name: name.to_owned() }
    }

    /// Somebody who has not signed in.
    pub fn stranger() -> Actor {
        Actor { user: None, name: "somebody not signed in".into() }
    }

    pub fn user(&self) -> Option<UserId> {
        self.user
    }
    pub fn name(&self) -> &str {
        &self.name
    }
}

#[derive(Debug, Clone)]
pub struct Visitor {
    user: UserId,
    user_id: String,
    name: String,
    is_support: bool,
    must_change: bool,
    dark: bool,
    keys_on: bool,
    start_query: String,
    school: Option<School>,
    /// The schools to choose from, by name; empty where there is nothing to choose.
    schools: Vec<Choice>,
    held: Vec<Held>,
    limits: Limits,
    /// Integrations that have become Ready, told on every page to those who may request them.
    ready: Vec<ReadyNotice>,
}

impl Visitor {
    /// Reads the user of a session, in the school where they begin; None when they are disabled or gone.
    pub fn load(conn: &mut Conn, user: UserId, clock: &Clock) -> Result<Option<Visitor>, AppError> {
        Visitor::load_in(conn, user, None, clock)
    }

    /// The same in the school that they chose, as long as it is one of theirs; otherwise in the one where they begin.
    pub fn load_in(
        conn: &mut Conn,
        user: UserId,
        chosen: Option<SchoolId>,
        clock: &Clock,
    ) -> Result<Option<Visitor>, AppError> {
        type Home = (Option<SchoolId>, Option<String>, Option<String>, Option<String>);
        let row: Option<(User, Home)> = on_each!(conn, |c| users::table
            .left_join(schools::table.on(users::school_id.eq(schools::id.nullable())))
            .filter(users::id.eq(user))
            .select((
                User::as_select(),
                (
                    schools::id.nullable(),
                    schools::code.nullable(),
                    schools::name.nullable(),
                    schools::time_zone.nullable(),
                ),
            ))
            .get_result(c))
        .optional()?;
        let Some((user, home)) = row.filter(|(u, _)| u.disabled_at.is_none()) else { return Ok(None) };
        let home = match home {
            (Some(id), Some(code), Some(name), Some(time_zone)) => Some(School { id, code, name, time_zone }),
            _ => None,
        };
        let held = grant::held_by(conn, user.id, clock.now())?;
        let limits = if user.is_limited { limits_of(conn, user.id)? } else { Limits::none() };
        let Seats { school, schools } = Seats::of(conn, home, &held, chosen)?;
        let mut visitor = Visitor {
            user: user.id,
            user_id: user.user_id,
            name: user.name,
            is_support: user.profile == Profile::Support,
            must_change: user.must_change,
            dark: user.theme == Theme::Dark,
            keys_on: user.keys_on,
            start_query: user.start_query,
            school,
            schools,
            held,
            limits,
            ready: Vec::new(),
        };
        if visitor.may::<tasks::RequestIntegrations>()
            && let Some(school) = visitor.school()
        {
            visitor.ready = ready_notices(conn, &school, visitor.user)?;
        }
        Ok(Some(visitor))
    }

    pub fn user(&self) -> UserId {
        self.user
    }
    pub fn user_id(&self) -> &str {
        &self.user_id
    }
    pub fn name(&self) -> &str {
        &self.name
    }
    pub fn is_support(&self) -> bool {
        self.is_support
    }
    pub fn must_change_password(&self) -> bool {
        self.must_change
    }
    pub fn is_dark(&self) -> bool {
        self.dark
    }
    pub fn keys_on(&self) -> bool {
        self.keys_on
    }

    /// Where the list of people begins for the visitor: with the filters that User Security chose.
    pub fn people_address(&self) -> String {
        if self.start_query.is_empty() { "/people".into() } else { format!("/people?{}", self.start_query) }
    }

    pub fn ready(&self) -> &[ReadyNotice] {
        &self.ready
    }

    pub fn actor(&self) -> Actor {
        Actor { user: Some(self.user), name: self.name.clone() }
    }

    /// The school whose records the visitor works on; none for Support.
    pub fn school(&self) -> Option<CurrentSchool> {
        let s = self.school.as_ref()?;
        let school = CurrentSchool::of_session(s.id, s.code.clone(), s.name.clone(), &s.time_zone);
        Some(school.limited(self.limits.clone()))
    }

    /// The schools that the visitor may choose from, by name; empty where there is nothing to choose.
    pub fn schools(&self) -> &[Choice] {
        &self.schools
    }

    /// The visitor's limits, which hold in every school.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The first moment at which one of the grants has ended.
    pub(super) fn grants_until(&self) -> Option<NaiveDateTime> {
        self.held.iter().filter_map(|h| h.ends_at).min()
    }

    /// Whether the visitor may use one of the Tasks in the current school.
    pub fn may<T: Task>(&self) -> bool {
        let usable = |t: &TaskName| self.limits.is_none() || !t.is_bulk();
        self.held.iter().any(|h| self.counts(h) && T::ANY_OF.iter().any(|t| t.code() == h.task && usable(t)))
    }

    /// Which integrations' IDs the visitor may see.
    pub fn sight(&self) -> Sight {
        self.scope(tasks::SeeIntegrationIds::ANY_OF)
    }

    /// Which integrations' IDs the visitor may change.
    pub fn reach(&self) -> Sight {
        self.scope(tasks::ModifyIntegrationIds::ANY_OF)
    }

    fn scope(&self, any_of: &[TaskName]) -> Sight {
        let mut some: Vec<IntegrationId> = Vec::new();
        for h in self.held.iter().filter(|h| self.counts(h) && any_of.iter().any(|t| t.code() == h.task)) {
            match h.integration {
                None => return Sight::new(Scope::All),
                Some(id) => some.push(id),
            }
        }
        Sight::new(Scope::Only(some))
    }

    /// A grant counts in its own school; Support's own Tasks count everywhere.
    fn counts(&self, held: &Held) -> bool {
        match (held.school, &self.school) {
            (None, _) => true,
            (Some(id), Some(current)) => id == current.id,
            (Some(_), None) => false,
        }
    }
}
