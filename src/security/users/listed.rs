//! The list of users of a school: its own, and those of other schools or Support who hold a Task there.
//! Leaves what each may do in detail to `users::picture`.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::{exists, max};
use diesel::prelude::*;

use crate::app::App;
use crate::audit::Action;
use crate::db::Conn;
use crate::error::AppError;
use crate::on_each;
use crate::schema::{activity_entries, grants, schools, users};
use crate::schools::CurrentSchool;
use crate::security::grant::holding;
use crate::security::{GrantKind, OwnProfile, TaskName, User, UserId, user_key};

/// One user of the list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub user: User,
    /// The name of the school that they belong to; None for Support.
    pub home: Option<String>,
    pub profile: String,
    pub last_sign_in: Option<NaiveDateTime>,
    /// The Tasks that they may use at the school now.
    pub tasks: Vec<TaskName>,
}

impl Listed {
    pub fn state(&self) -> &'static str {
        match (self.user.disabled_at, self.user.must_change) {
            (Some(_), _) => "Disabled",
            (None, true) => "Temporary password",
            (None, false) => "Enabled",
        }
    }
}

/// Everybody whom the school's administrators can see, by User ID.
pub fn listed(app: &App, school: &CurrentSchool, q: &str) -> Result<Vec<Listed>, AppError> {
    let now = app.clock.now();
    let (rows, tasks, own) = app.db.read(|conn| {
        Ok((everybody(conn, school, now)?, tasks_at(conn, school, now)?, OwnProfile::names(conn, school)?))
    })?;
    let wanted = q.trim().to_lowercase();
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|(u, _)| {
            wanted.is_empty() || user_key(&u.user_id).contains(&wanted) || u.name.to_lowercase().contains(&wanted)
        })
        .collect();
    let ids: Vec<UserId> = rows.iter().map(|(u, _)| u.id).collect();
    let seen = app.db.activity().read(|conn| last_sign_ins(conn, &ids))?;
    Ok(rows
        .into_iter()
        .map(|(user, home)| Listed {
            last_sign_in: seen.get(&user.id).copied(),
            profile: user
                .own_profile_id
                .and_then(|id| own.get(&id).cloned())
                .unwrap_or_else(|| user.profile.word().to_owned()),
            tasks: tasks.get(&user.id).cloned().unwrap_or_default(),
            user,
            home,
        })
        .collect())
}

/// One of them by User ID; somebody of another school without a Task here is not there.
pub fn one(conn: &mut Conn, school: &CurrentSchool, user_id: &str, now: NaiveDateTime) -> Result<User, AppError> {
    let key = user_key(user_id);
    let here = everybody(conn, school, now)?;
    here.into_iter().map(|(u, _)| u).find(|u| user_key(&u.user_id) == key).ok_or(AppError::NotFound)
}

fn everybody(
    conn: &mut Conn,
    school: &CurrentSchool,
    now: NaiveDateTime,
) -> Result<Vec<(User, Option<String>)>, AppError> {
    let id = school.id();
    Ok(on_each!(conn, |c| users::table
        .left_join(schools::table.on(users::school_id.eq(schools::id.nullable())))
        .filter(users::school_id.eq(id).or(exists(
            grants::table.filter(grants::user_id.eq(users::id)).filter(grants::school_id.eq(id)).filter(holding(now)),
        )))
        .order(users::user_key)
        .select((User::as_select(), schools::name.nullable()))
        .load(c))?)
}

fn tasks_at(
    conn: &mut Conn,
    school: &CurrentSchool,
    now: NaiveDateTime,
) -> Result<HashMap<UserId, Vec<TaskName>>, AppError> {
    let rows: Vec<(UserId, TaskName)> = grants::table
        .filter(grants::school_id.eq(school.id()))
        .filter(grants::kind.eq(GrantKind::Use))
        .filter(holding(now))
        .select((grants::user_id, grants::task))
        .distinct()
        .load(conn)?;
    let mut tasks: HashMap<UserId, Vec<TaskName>> = HashMap::new();
    for (user, task) in rows {
        tasks.entry(user).or_default().push(task);
    }
    for list in tasks.values_mut() {
        list.sort();
    }
    Ok(tasks)
}

fn last_sign_ins(conn: &mut Conn, users: &[UserId]) -> Result<HashMap<UserId, NaiveDateTime>, AppError> {
    let mut all = HashMap::new();
    // SQLite takes a limited number of values in one query.
    for some in users.chunks(500) {
        let rows: Vec<(Option<UserId>, Option<NaiveDateTime>)> = on_each!(conn, |c| activity_entries::table
            .filter(activity_entries::action.eq(Action::SignedIn))
            .filter(activity_entries::actor_user_id.eq_any(some))
            .group_by(activity_entries::actor_user_id)
            .select((activity_entries::actor_user_id, max(activity_entries::at)))
            .load(c))?;
        all.extend(rows.into_iter().filter_map(|(user, at)| Some((user?, at?))));
    }
    Ok(all)
}
