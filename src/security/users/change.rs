//! Changing a user: every rule of User Security in one place, for the wizard and the command line.
//! Leaves who is asked what to `security::wizard`.
//!
//! Source: what was seen and what is wanted of it. Guard: the rules, asked inside the transaction, with the school's row
//! locked, so that two administrators cannot each leave the other to be the last. Receipt: what was changed, in words.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::editor::Editor;
use super::grants::{GrantKey, end_of};
use super::picture::{Names, Picture};
use crate::audit::{self, Action, Entry};
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::{grants, schools, users};
use crate::schools::CurrentSchool;
use crate::security::{Actor, GrantKind, NewUser, NewUserError, TaskName, User, UserId, UserName, limit};

/// What is wanted of a user.
pub struct Wish<'a> {
    /// None for somebody who is not there yet.
    pub subject: Option<UserId>,
    pub seen: &'a Picture,
    pub seen_version: i32,
    pub wanted: &'a Picture,
    /// The temporary password of a new user.
    pub password_hash: Option<&'a str>,
}

pub struct Changed {
    pub user_id: String,
    /// A line for each difference; none where everything was so already.
    pub words: Vec<String>,
}

/// Why a user is not changed. Nothing is written then.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("Nobody changes their own Tasks or limits. Another security administrator can.")]
    Own,
    #[error("You may not grant {what}. Somebody who may grant it has to do this.")]
    MayNotGrant { key: GrantKey, what: String },
    #[error(
        "{user_id} is the last security administrator of the school. First give somebody else the Task {} and the right to grant it, without an end date and without limits.",
        TaskName::AdministerSecurity
    )]
    LastAdministrator {
        user_id: String,
        /// What they would lack then: the Task, the right to grant it, or neither.
        lacks: Option<GrantKind>,
    },
    #[error(
        "{task} works on everybody at once, so it cannot be together with limited access. Take the Task away or leave the user without limits."
    )]
    BulkWithLimits { task: TaskName },
    #[error("There is a user {0} already. User IDs are the same in upper and lower case.")]
    Taken(String),
    #[error("{user_id} belongs to another school or to Support: only their Tasks at this school can be changed here.")]
    NotHome { user_id: String },
    #[error("{user_id} holds {what}, which you may not grant. Somebody who may grant it has to do this.")]
    Outranked { user_id: String, what: String },
    #[error(
        "Your own access is limited ({own}), so the access of others lies within that. Choose of it, or ask somebody without limits."
    )]
    BeyondOwnLimits { own: String },
    #[error("The user was changed by {by} meanwhile.")]
    Meanwhile { by: String, version: i32, now: Box<Picture>, words: Vec<String> },
}

/// Makes the user what is wanted, or says why not.
pub fn change(
    conn: &mut Conn,
    school: &CurrentSchool,
    wish: &Wish<'_>,
    by: &Actor,
    now: NaiveDateTime,
    request: Option<&str>,
) -> Result<Result<Changed, Refusal>, AppError> {
    lock(conn, school)?;
    let editor = Editor::load(conn, school, by, now)?;
    let names = Names::load(conn)?;
    let held = match wish.subject {
        Some(id) => Some(users::table.find(id).select(User::as_select()).get_result::<User>(conn)?),
        None => None,
    };
    let before = match &held {
        Some(user) => Picture::of(conn, school, user, now)?,
        None => wish.seen.clone(),
    };
    if let Some(user) = &held
        && user.lock_version != wish.seen_version
    {
        let by = users::table.find(user.id).select(users::changed_by).get_result::<Option<String>>(conn)?;
        let words = wish.seen.differences(&before, &names);
        return Ok(Err(Refusal::Meanwhile {
            by: by.unwrap_or_else(|| "somebody".into()),
            version: user.lock_version,
            now: Box::new(before),
            words,
        }));
    }
    // A grant that ended since it was seen is not wanted back by somebody who left it as it was.
    let after = before.rebased(wish.seen, wish.wanted);
    if let Some(refusal) = refuses(conn, school, held.as_ref(), &before, &after, &editor, &names)? {
        return Ok(Err(refusal));
    }
    let id = match (&held, UserName::parse(&after.user_id)) {
        (Some(user), _) => {
            if user.school_id == Some(school.id()) {
                update(conn, user.id, &after, by, now)?;
            } else {
                touch(conn, user.id, by, now)?;
            }
            user.id
        }
        (None, Ok(user_id)) => {
            let new = NewUser {
                user_id,
                name: after.name.clone(),
                school_id: Some(school.id()),
                profile: after.profile.built,
                password_hash: wish.password_hash.unwrap_or_default().to_owned(),
                must_change: true,
            };
            let id = match new.add(conn, by.name(), now) {
                Ok(id) => id,
                Err(NewUserError::App(e)) => return Err(e),
                Err(_) => return Ok(Err(Refusal::Taken(after.user_id))),
            };
            update(conn, id, &after, by, now)?;
            id
        }
        (None, Err(e)) => return Err(AppError::internal("a new user", &e)),
    };
    if held.is_none() || before.limits != after.limits {
        limit::replace(conn, id, &after.limits)?;
    }
    // A new user begins with nothing: what the profile gives is granted like the rest.
    let before = Picture { grants: if held.is_some() { before.grants.clone() } else { Default::default() }, ..before };
    regrant(conn, school, id, &before, &after, by, now)?;
    Ok(Ok(tell(conn, school, held.is_none(), &before, &after, &names, by, now, request)?))
}

/// Until the end of the transaction nobody else changes the users of the school.
pub(in crate::security) fn lock(conn: &mut Conn, school: &CurrentSchool) -> Result<(), AppError> {
    diesel::update(schools::table.find(school.id())).set(schools::name.eq(schools::name)).execute(conn)?;
    Ok(())
}

fn refuses(
    conn: &mut Conn,
    school: &CurrentSchool,
    held: Option<&User>,
    before: &Picture,
    after: &Picture,
    editor: &Editor,
    names: &Names,
) -> Result<Option<Refusal>, AppError> {
    if held.is_some_and(|user| editor.actor.user() == Some(user.id)) {
        return Ok(Some(Refusal::Own));
    }
    let is_home = held.is_none_or(|user| user.school_id == Some(school.id()));
    if !is_home && !before.differs_only_in_grants(after) {
        return Ok(Some(Refusal::NotHome { user_id: after.user_id.clone() }));
    }
    let none = Default::default();
    let begins_with = if held.is_some() { &before.grants } else { &none };
    for (key, _, _) in begins_with.differences(&after.grants) {
        if !editor.may_grant(key.task, key.integration) {
            return Ok(Some(Refusal::MayNotGrant { key, what: names.thing(&key) }));
        }
    }
    // Whoever sees a part of the school gives nothing to somebody who sees more than that.
    if *before != *after && !after.limits.is_within(&editor.limits) {
        return Ok(Some(Refusal::BeyondOwnLimits { own: editor.limits.in_words() }));
    }
    if !after.limits.is_none()
        && let Some(task) = after.grants.bulk_task()
    {
        return Ok(Some(Refusal::BulkWithLimits { task }));
    }
    let (stood, stands) = (before.standing(), after.standing());
    if let Some(user) = held
        && stood.leaves_a_gap(conn, school, user, stands)?
    {
        let lacks = GrantKind::ALL.iter().copied().find(|kind| !after.grants.administers_for_good(*kind));
        return Ok(Some(Refusal::LastAdministrator { user_id: user.user_id.clone(), lacks }));
    }
    Ok(None)
}

fn update(conn: &mut Conn, id: UserId, after: &Picture, by: &Actor, now: NaiveDateTime) -> Result<(), AppError> {
    let email = Some(after.email.as_str()).filter(|e| !e.is_empty());
    diesel::update(users::table.find(id))
        .set((
            users::name.eq(&after.name),
            users::email.eq(email),
            users::profile.eq(after.profile.built),
            users::own_profile_id.eq(after.profile.own.as_ref().map(|o| o.id)),
            users::start_query.eq(&after.start_query),
        ))
        .execute(conn)?;
    touch(conn, id, by, now)
}

/// A change of the user: whoever saw an earlier version is told.
pub(super) fn touch(conn: &mut Conn, id: UserId, by: &Actor, now: NaiveDateTime) -> Result<(), AppError> {
    diesel::update(users::table.find(id))
        .set((
            users::lock_version.eq(users::lock_version + 1),
            users::changed_at.eq(now),
            users::changed_by.eq(by.name()),
        ))
        .execute(conn)?;
    Ok(())
}

/// A grant is never edited: what is different about it ends it and begins another, so that the record says who did what.
fn regrant(
    conn: &mut Conn,
    school: &CurrentSchool,
    user: UserId,
    before: &Picture,
    after: &Picture,
    by: &Actor,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    for (key, was, is) in before.grants.differences(&after.grants) {
        if was.is_some() {
            let held = grants::table
                .filter(grants::user_id.eq(user))
                .filter(grants::school_id.eq(school.id()))
                .filter(grants::task.eq(key.task))
                .filter(grants::kind.eq(key.kind))
                .filter(grants::revoked_at.is_null());
            match key.integration {
                Some(i) => diesel::update(held.filter(grants::integration_id.eq(i)))
                    .set(grants::revoked_at.eq(now))
                    .execute(conn)?,
                None => diesel::update(held.filter(grants::integration_id.is_null()))
                    .set(grants::revoked_at.eq(now))
                    .execute(conn)?,
            };
        }
        if let Some(until) = is {
            diesel::insert_into(grants::table)
                .values((
                    grants::user_id.eq(user),
                    grants::school_id.eq(school.id()),
                    grants::task.eq(key.task),
                    grants::kind.eq(key.kind),
                    grants::integration_id.eq(key.integration),
                    grants::granted_by.eq(by.name()),
                    grants::granted_at.eq(now),
                    grants::ends_at.eq(until.map(|day| end_of(day, school.time_zone()))),
                ))
                .execute(conn)?;
        }
    }
    Ok(())
}

#[allow(clippy::too_many_arguments)]
fn tell(
    conn: &mut Conn,
    school: &CurrentSchool,
    is_new: bool,
    before: &Picture,
    after: &Picture,
    names: &Names,
    by: &Actor,
    now: NaiveDateTime,
    request: Option<&str>,
) -> Result<Changed, AppError> {
    let about = if is_new { Vec::new() } else { before.about_the_user(after) };
    let limits: Vec<String> = before.about_limits(after).into_iter().collect();
    let tasks = before.about_tasks(after, names);
    let mut words = Vec::new();
    if is_new {
        let added = format!("User {} is added, {}, with the profile {}", after.user_id, after.name, after.profile);
        record(
            conn,
            school,
            Action::UserAdded,
            format!("{}, profile {}", after.user_id, after.profile),
            by,
            now,
            request,
        )?;
        words.push(added);
    }
    for (action, lines) in
        [(Action::UserChanged, about), (Action::LimitsChanged, limits), (Action::TasksChanged, tasks)]
    {
        if !lines.is_empty() {
            let subject = format!("{}: {}", after.user_id, lines.join("; "));
            record(conn, school, action, subject, by, now, request)?;
            words.extend(lines);
        }
    }
    Ok(Changed { user_id: after.user_id.clone(), words })
}

pub(super) fn record(
    conn: &mut Conn,
    school: &CurrentSchool,
    action: Action,
    subject: String,
    by: &Actor,
    at: NaiveDateTime,
    request: Option<&str>,
) -> Result<(), AppError> {
    let request = request.map(str::to_owned);
    audit::record(
        conn,
        &Entry { at, school: Some(school.id()), actor: by.clone(), action, subject, person: None, request },
    )
}
