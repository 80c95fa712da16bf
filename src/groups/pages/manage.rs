//! What whoever manages groups does on the page of one: renaming, hiding, showing again, and what becomes of deleting it.
//! Leaves the rules to `groups::change`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::show::{Asked, GroupPage, read_id};
use crate::app::App;
use crate::error::AppError;
use crate::groups::{ChangeError, Group, GroupId, GroupName, Manager, Wanted, change, why_kept};
use crate::schools::CurrentSchool;
use crate::security::tasks::ManageGroups;
use crate::web::frame::RequestId;
use crate::web::{Chrome, Notice, Requires, SchoolForm, Seat, Wrongs, db, html_as, see_other};

/// Who asks, for which group, and how its page is drawn again.
pub struct Asking {
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<ManageGroups>,
    id: RequestId,
    group: GroupId,
}

impl Asking {
    /// The page again, with what is wrong and what was typed.
    async fn again(self, status: StatusCode, typed: Option<String>, wrongs: Wrongs) -> Result<HttpResponse, AppError> {
        let Asking { app, chrome, school, actor, group, .. } = self;
        let mut page = GroupPage::read(&app, chrome, school, &actor.visitor, group, &Asked::default()).await?;
        if let Some(typed) = typed {
            page.name = typed;
        }
        page.wrongs = wrongs;
        html_as(status, &page)
    }

    async fn does(self, version: i32, wanted: Wanted) -> Result<HttpResponse, AppError> {
        let (by, now, here, group, id) =
            (self.actor.actor(), self.app.clock.now(), self.school.clone(), self.group, self.id.clone());
        let asked = wanted.clone();
        let (before, done) = db::write(&self.app, move |conn| {
            let group = Group::one(conn, &here, group, true)?;
            let seen = Group { lock_version: version, ..group.clone() };
            let by = Manager { actor: &by, request: id.as_str(), now };
            Ok((group, change(conn, &here, &seen, &asked, &by)?))
        })
        .await?;
        let typed = match &wanted {
            Wanted::Name(name) => Some(name.as_str().to_owned()),
            Wanted::Hidden | Wanted::Shown => None,
        };
        let is_changed = match done {
            Ok(is_changed) => is_changed,
            Err(e) => {
                let status = match e {
                    ChangeError::Taken(_) => StatusCode::UNPROCESSABLE_ENTITY,
                    ChangeError::Meanwhile => StatusCode::CONFLICT,
                };
                let field = if typed.is_some() { "name" } else { "hide" };
                return self.again(status, typed, Wrongs::one(field, e.to_string())).await;
            }
        };
        let mut text = match &wanted {
            _ if !is_changed => "Nothing was changed: the group is so already.".to_owned(),
            Wanted::Name(name) => format!("{} is called {} now.", before.name, name.as_str()),
            Wanted::Hidden => format!("{} is hidden: only those who manage groups see it.", before.name),
            Wanted::Shown => format!("{} is shown again.", before.name),
        };
        if is_changed && before.placeholder.is_some() && wanted != Wanted::Shown {
            text.push_str(" The next roster sync puts it back as it was.");
        }
        let place = format!("/groups/{}", self.group);
        Seat::of(&self.request).tell(&Notice { place: place.clone(), text, run: None })?;
        Ok(see_other(&place))
    }
}

#[derive(serde::Deserialize)]
pub struct Renaming {
    #[serde(default)]
    version: i32,
    name: String,
}

#[allow(clippy::too_many_arguments)]
pub async fn rename(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<ManageGroups>,
    id: RequestId,
    group: web::Path<String>,
    SchoolForm(form): SchoolForm<Renaming>,
) -> Result<HttpResponse, AppError> {
    let asking = Asking { request, app, chrome, school, actor, id, group: read_id(&group)? };
    match GroupName::parse(&form.name) {
        Ok(name) => asking.does(form.version, Wanted::Name(name)).await,
        Err(fault) => asking.again(StatusCode::UNPROCESSABLE_ENTITY, Some(form.name), Wrongs::one("name", fault)).await,
    }
}

#[derive(serde::Deserialize)]
pub struct Seen {
    #[serde(default)]
    version: i32,
}

macro_rules! switch {
    ($name:ident, $wanted:expr) => {
        #[allow(clippy::too_many_arguments)]
        pub async fn $name(
            request: HttpRequest,
            app: web::Data<App>,
            chrome: Chrome,
            school: CurrentSchool,
            actor: Requires<ManageGroups>,
            id: RequestId,
            group: web::Path<String>,
            SchoolForm(form): SchoolForm<Seen>,
        ) -> Result<HttpResponse, AppError> {
            let asking = Asking { request, app, chrome, school, actor, id, group: read_id(&group)? };
            asking.does(form.version, $wanted).await
        }
    };
}

switch!(hide, Wanted::Hidden);
switch!(show_again, Wanted::Shown);

/// A placeholder group stays, and the page says why. Groups of the school's own there are none yet.
#[allow(clippy::too_many_arguments)]
pub async fn delete(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<ManageGroups>,
    id: RequestId,
    group: web::Path<String>,
    _: SchoolForm<Seen>,
) -> Result<HttpResponse, AppError> {
    let asking = Asking { request, app, chrome, school, actor, id, group: read_id(&group)? };
    let (here, group) = (asking.school.clone(), asking.group);
    let held = db::read(&asking.app, move |conn| Group::one(conn, &here, group, true)).await?;
    let why = why_kept(&held).ok_or(AppError::NotFound)?;
    asking.again(StatusCode::UNPROCESSABLE_ENTITY, None, Wrongs::one("delete", why)).await
}
