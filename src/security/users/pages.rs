//! `/security`: the list of users, one user, and what is done to one at once: disable, enable, end sessions,
//! a temporary password. Leaves Tasks and limits to the wizard.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::picture::until_in_words;
use super::{GrantKey, Listed, Names, Picture, Refusal, disable, enable, listed, one, refused, set_temporary_password};
use crate::app::App;
use crate::audit::{self, Action, Entry};
use crate::error::AppError;
use crate::schema::grants;
use crate::schools::CurrentSchool;
use crate::security::tasks::AdministerSecurity;
use crate::security::{User, UserId, Visitor, password, session};
use crate::web::csv_safe;
use crate::web::frame::RequestId;
use crate::web::{Chrome, Requires, SchoolForm, Seat, Wrongs, db, html, html_422};

#[derive(Template)]
#[template(path = "security/users.html")]
struct ListPage {
    chrome: Chrome,
    q: String,
    users: Vec<Listed>,
    me: UserId,
    wrongs: Wrongs,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct ListQuery {
    q: String,
}

pub async fn list(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<AdministerSecurity>,
    query: web::Query<ListQuery>,
) -> Result<HttpResponse, AppError> {
    let q: String = query.into_inner().q.chars().take(100).collect();
    let asked = q.clone();
    let users = db::blocking(&app, move |app| listed(app, &school, &asked)).await?;
    html(&ListPage { chrome, q, users, me: actor.visitor.user(), wrongs: Wrongs::default() })
}

/// The list with something wrong: 422.
pub async fn list_with(
    app: &web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    visitor: &Visitor,
    wrongs: Wrongs,
) -> Result<HttpResponse, AppError> {
    let users = db::blocking(app, move |app| listed(app, &school, "")).await?;
    html_422(&ListPage { chrome, q: String::new(), users, me: visitor.user(), wrongs })
}

pub async fn csv(
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<AdministerSecurity>,
    request: RequestId,
) -> Result<HttpResponse, AppError> {
    let (by, now) = (actor.actor(), app.clock.now());
    let name = format!("users-{}.csv", school.code().to_lowercase());
    let users = db::blocking(&app, move |app| {
        let users = listed(app, &school, "")?;
        let what = format!("the list of users, {}", users.len());
        audit::note_exported(app.db.activity(), &school, &by, what, request.as_str(), now)?;
        Ok(users)
    })
    .await?;
    let mut out =
        csv_safe::Writer::new(&["User ID", "Name", "Profile", "School", "Last sign-in (UTC)", "State", "Tasks"])?;
    for u in users {
        let tasks: Vec<&str> = u.tasks.iter().map(|t| t.word()).collect();
        let last = u.last_sign_in.map(|at| at.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
        out.row(&[
            &u.user.user_id,
            &u.user.name,
            &u.profile,
            u.home.as_deref().unwrap_or("Support"),
            &last,
            u.state(),
            &tasks.join("; "),
        ])?;
    }
    Ok(csv_safe::answer(&name, out.finish()?))
}

#[derive(Template)]
#[template(path = "security/user.html")]
struct UserPage {
    chrome: Chrome,
    user: User,
    state: &'static str,
    home: Option<String>,
    last_sign_in: Option<NaiveDateTime>,
    picture: Picture,
    held: Vec<HeldLine>,
    sessions: usize,
    is_me: bool,
    is_home: bool,
    wrongs: Wrongs,
}

struct HeldLine {
    what: String,
    until: String,
    by: String,
    since: NaiveDateTime,
}

async fn page_of(
    app: &web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    visitor: &Visitor,
    user_id: String,
    wrongs: Wrongs,
) -> Result<UserPage, AppError> {
    let me = visitor.user();
    db::blocking(app, move |app| {
        let now = app.clock.now();
        let (user, picture, held) = app.db.read(|conn| {
            let user = one(conn, &school, &user_id, now)?;
            let picture = Picture::of(conn, &school, &user, now)?;
            let names = Names::load(conn)?;
            let mut from: HashMap<GrantKey, (String, NaiveDateTime)> = HashMap::new();
            for (task, kind, integration, by, since) in grants::table
                .filter(grants::user_id.eq(user.id))
                .filter(grants::school_id.eq(school.id()))
                .filter(grants::revoked_at.is_null())
                .order(grants::granted_at)
                .select((grants::task, grants::kind, grants::integration_id, grants::granted_by, grants::granted_at))
                .load::<(_, _, _, String, NaiveDateTime)>(conn)?
            {
                from.insert(GrantKey { task, kind, integration }, (by, since));
            }
            let held = picture.grants.0.iter().filter_map(|(key, until)| {
                let (by, since) = from.get(key)?.clone();
                Some(HeldLine { what: names.of(key), until: until_in_words(*until), by, since })
            });
            let held = held.collect();
            Ok::<_, AppError>((user, picture, held))
        })?;
        let sessions = app.db.activity().read(|conn| session::of_user(conn, user.id, now))?.len();
        let listed = listed(app, &school, &user.user_id)?
            .into_iter()
            .find(|l| l.user.id == user.id)
            .ok_or(AppError::NotFound)?;
        Ok(UserPage {
            chrome,
            state: listed.state(),
            home: listed.home,
            last_sign_in: listed.last_sign_in,
            picture,
            held,
            sessions,
            is_me: user.id == me,
            is_home: user.school_id == Some(school.id()),
            user,
            wrongs,
        })
    })
    .await
}

pub async fn show(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<AdministerSecurity>,
    user_id: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    html(&page_of(&app, chrome, school, &actor.visitor, user_id.into_inner(), Wrongs::default()).await?)
}

#[derive(serde::Deserialize)]
pub struct Nothing {}

/// What is done to a user at once.
enum Deed {
    Disable,
    Enable,
    EndSessions,
    Password(String),
}

impl Deed {
    /// As the audit says that it was refused: "to disable rosa".
    fn word(&self) -> &'static str {
        match self {
            Deed::Disable => "disable",
            Deed::Enable => "enable",
            Deed::EndSessions => "end the sessions of",
            Deed::Password(_) => "set a temporary password of",
        }
    }
}

pub struct Asking {
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<AdministerSecurity>,
    user_id: String,
    id: RequestId,
}

impl Asking {
    async fn does(self, deed: Deed) -> Result<HttpResponse, AppError> {
        let Asking { request, app, chrome, school, actor, user_id, id } = self;
        let (by, now, here, asked) = (actor.actor(), app.clock.now(), school.clone(), user_id.clone());
        let done = db::blocking(&app, move |app| {
            let user = app.db.read(|conn| one(conn, &here, &asked, now))?;
            let request = Some(id.as_str());
            let (done, words) = match &deed {
                Deed::Disable => {
                    let done = app.db.write(|conn| disable(conn, &here, &user, &by, now, request))?;
                    (done, format!("{} is disabled. From the next click on they are signed out.", user.user_id))
                }
                Deed::Enable => {
                    let done = app.db.write(|conn| enable(conn, &here, &user, &by, now, request))?;
                    (done, format!("{} is enabled, with the Tasks that they had.", user.user_id))
                }
                Deed::Password(hash) => {
                    let done =
                        app.db.write(|conn| set_temporary_password(conn, &here, &user, hash, &by, now, request))?;
                    (
                        done,
                        format!(
                            "{} has the temporary password now, and has to change it at the next sign-in.",
                            user.user_id
                        ),
                    )
                }
                Deed::EndSessions if user.school_id != Some(here.id()) => {
                    (Err(Refusal::NotHome { user_id: user.user_id.clone() }), String::new())
                }
                Deed::EndSessions => {
                    let entry = Entry {
                        at: now,
                        school: Some(here.id()),
                        actor: by.clone(),
                        action: Action::SessionsEnded,
                        subject: user.user_id.clone(),
                        person: None,
                        request: Some(id.as_str().to_owned()),
                    };
                    app.db.write(|conn| audit::record(conn, &entry))?;
                    (Ok(()), format!("{} is signed out everywhere.", user.user_id))
                }
            };
            if let Err(refusal) = &done
                && refusal.is_of_rights()
            {
                let why = refusal.to_string();
                let entry = refused(&here, &by, deed.word(), &user.user_id, &why, now, Some(id.as_str()));
                audit::note_later(app.db.activity(), entry);
            }
            if done.is_ok() && !matches!(deed, Deed::Enable) {
                session::end_all(app.db.activity(), user.id, None)?;
            }
            Ok(done.map(|()| words))
        })
        .await?;
        match done {
            Ok(text) => {
                let place = format!("/security/users/{user_id}");
                Seat::of(&request).lead(&place, text)
            }
            Err(refusal) => {
                let wrongs = Wrongs::one("main", refusal.to_string());
                html_422(&page_of(&app, chrome, school, &actor.visitor, user_id, wrongs).await?)
            }
        }
    }
}

macro_rules! deed {
    ($name:ident, $deed:expr) => {
        pub async fn $name(
            request: HttpRequest,
            app: web::Data<App>,
            chrome: Chrome,
            school: CurrentSchool,
            actor: Requires<AdministerSecurity>,
            user_id: web::Path<String>,
            id: RequestId,
            _: SchoolForm<Nothing>,
        ) -> Result<HttpResponse, AppError> {
            let user_id = user_id.into_inner();
            Asking { request, app, chrome, school, actor, user_id, id }.does($deed).await
        }
    };
}

deed!(disable_user, Deed::Disable);
deed!(enable_user, Deed::Enable);
deed!(end_sessions, Deed::EndSessions);

#[derive(serde::Deserialize)]
pub struct Temporary {
    password: String,
}

#[allow(clippy::too_many_arguments)]
pub async fn set_password(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<AdministerSecurity>,
    user_id: web::Path<String>,
    id: RequestId,
    SchoolForm(form): SchoolForm<Temporary>,
) -> Result<HttpResponse, AppError> {
    let user_id = user_id.into_inner();
    let (here, asked, now) = (school.clone(), user_id.clone(), app.clock.now());
    let user = db::read(&app, move |conn| one(conn, &here, &asked, now)).await?;
    if let Some(why) = password::weakness(&form.password, &[&user.user_id, &user.name, "crosswalk"]) {
        let wrongs = Wrongs::one("password", why);
        return html_422(&page_of(&app, chrome, school, &actor.visitor, user_id, wrongs).await?);
    }
    let hash = app.hashing.hash(form.password).await?;
    Asking { request, app, chrome, school, actor, user_id, id }.does(Deed::Password(hash)).await
}
