//! `/security/profiles`: the profiles of the school, and its own ones made, changed and retired.
//! Leaves what a profile gives a new user to the wizard.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::own_profile::{OwnProfile, OwnProfileError, OwnProfileId};
use super::profile::{Profile, every_school_task};
use super::task::TaskName;
use super::tasks::AdministerSecurity;
use super::user::name_fault;
use crate::app::App;
use crate::audit::{self, Action, Entry};
use crate::error::AppError;
use crate::schools::CurrentSchool;
use crate::web::frame::RequestId;
use crate::web::{Chrome, Requires, SchoolForm, Seat, Wrongs, db, html, html_422};

#[derive(Template)]
#[template(path = "security/profiles.html")]
struct ListPage {
    chrome: Chrome,
    built: Vec<Profile>,
    own: Vec<OwnProfile>,
}

pub async fn list(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    _: Requires<AdministerSecurity>,
) -> Result<HttpResponse, AppError> {
    let own = db::read(&app, move |conn| OwnProfile::all(conn, &school)).await?;
    let built = Profile::ALL.iter().copied().filter(|p| !matches!(p, Profile::Support | Profile::Own)).collect();
    html(&ListPage { chrome, built, own })
}

#[derive(Template)]
#[template(path = "security/profile.html")]
struct EditPage {
    chrome: Chrome,
    /// None for a new one.
    held: Option<OwnProfile>,
    name: String,
    chosen: Vec<String>,
    wrongs: Wrongs,
}

impl EditPage {
    fn tasks(&self) -> Vec<TaskName> {
        every_school_task()
    }

    fn has(&self, task: &TaskName) -> bool {
        self.chosen.iter().any(|c| c == task.code())
    }

    fn title(&self) -> String {
        self.held.as_ref().map_or_else(|| "New profile".into(), |p| p.name.clone())
    }
}

pub async fn new_page(
    chrome: Chrome,
    _: CurrentSchool,
    _: Requires<AdministerSecurity>,
) -> Result<HttpResponse, AppError> {
    html(&EditPage { chrome, held: None, name: String::new(), chosen: Vec::new(), wrongs: Wrongs::default() })
}

pub async fn edit_page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    _: Requires<AdministerSecurity>,
    id: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let id = read_id(&id)?;
    let held = db::read(&app, move |conn| OwnProfile::one(conn, &school, id)).await?;
    let chosen = held.tasks.iter().map(|t| t.code().to_owned()).collect();
    html(&EditPage { chrome, name: held.name.clone(), held: Some(held), chosen, wrongs: Wrongs::default() })
}

fn read_id(text: &str) -> Result<OwnProfileId, AppError> {
    text.parse().map(OwnProfileId).map_err(|_| AppError::NotFound)
}

/// A form as it was sent, and what it says.
struct Sent {
    name: String,
    chosen: Vec<String>,
    tasks: Vec<TaskName>,
    version: i32,
    wrongs: Wrongs,
}

fn read(pairs: Vec<(String, String)>) -> Sent {
    let (mut name, mut chosen, mut version) = (String::new(), Vec::new(), 0);
    for (field, value) in pairs {
        match field.as_str() {
            "name" => name = value,
            "task" => chosen.push(value),
            "version" => version = value.parse().unwrap_or(0),
            _ => {}
        }
    }
    let mut wrongs = Wrongs::default();
    let trimmed = name.trim();
    if trimmed.is_empty() {
        wrongs.add("name", "Type a name for the profile, for example Front office");
    } else if trimmed.chars().count() > 60 || trimmed.contains(char::is_control) {
        wrongs.add("name", "A name of a profile has at most 60 letters, on one line");
    }
    if wrongs.is_empty()
        && let Some(fault) = name_fault(trimmed)
    {
        wrongs.add("name", fault);
    }
    let tasks = every_school_task().into_iter().filter(|t| chosen.iter().any(|c| c == t.code())).collect();
    Sent { name, chosen, tasks, version, wrongs }
}

/// "Front office: View integration IDs, Edit people".
fn in_words(name: &str, tasks: &[TaskName]) -> String {
    let words: Vec<&str> = tasks.iter().map(|t| t.word()).collect();
    format!("{name}: {}", if words.is_empty() { "no Tasks".to_owned() } else { words.join(", ") })
}

pub async fn create(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<AdministerSecurity>,
    id: RequestId,
    SchoolForm(pairs): SchoolForm<Vec<(String, String)>>,
) -> Result<HttpResponse, AppError> {
    store(Storing { request, app, chrome, school, actor, id }, None, read(pairs)).await
}

#[allow(clippy::too_many_arguments)]
pub async fn save(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<AdministerSecurity>,
    id: RequestId,
    profile: web::Path<String>,
    SchoolForm(pairs): SchoolForm<Vec<(String, String)>>,
) -> Result<HttpResponse, AppError> {
    let profile = read_id(&profile)?;
    let here = school.clone();
    let held = db::read(&app, move |conn| OwnProfile::one(conn, &here, profile)).await?;
    store(Storing { request, app, chrome, school, actor, id }, Some(held), read(pairs)).await
}

struct Storing {
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<AdministerSecurity>,
    id: RequestId,
}

async fn store(on: Storing, held: Option<OwnProfile>, sent: Sent) -> Result<HttpResponse, AppError> {
    let Storing { request, app, chrome, school, actor, id } = on;
    let Sent { name, chosen, tasks, version, mut wrongs } = sent;
    if wrongs.is_empty() {
        let entry = Entry {
            at: app.clock.now(),
            school: Some(school.id()),
            actor: actor.actor(),
            action: Action::ProfileChanged,
            subject: in_words(name.trim(), &tasks),
            person: None,
            request: Some(id.as_str().to_owned()),
        };
        let (wanted, seen) = (name.trim().to_owned(), held.clone().map(|h| OwnProfile { lock_version: version, ..h }));
        let stored = db::write(&app, move |conn| {
            let stored = match &seen {
                Some(seen) => OwnProfile::save(conn, &school, seen, &wanted, &tasks)?,
                None => OwnProfile::add(conn, &school, &wanted, &tasks)?.map(drop),
            };
            if stored.is_ok() {
                audit::record(conn, &entry)?;
            }
            Ok(stored)
        })
        .await?;
        match stored {
            Ok(()) => {
                let text =
                    format!("The profile {} is saved. Users who have it keep the Tasks that they have.", name.trim());
                return Seat::of(&request).lead("/security/profiles", text);
            }
            Err(e @ (OwnProfileError::Taken(_) | OwnProfileError::Meanwhile)) => wrongs.add("name", e.to_string()),
        }
    }
    html_422(&EditPage { chrome, held, name, chosen, wrongs })
}

#[derive(serde::Deserialize)]
pub struct Nothing {}

#[allow(clippy::too_many_arguments)]
pub async fn retire(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<AdministerSecurity>,
    id: RequestId,
    profile: web::Path<String>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (profile, now, by) = (read_id(&profile)?, app.clock.now(), actor.actor());
    let name = db::write(&app, move |conn| {
        let held = OwnProfile::one(conn, &school, profile)?;
        if OwnProfile::retire(conn, &school, profile, now)? {
            audit::record(
                conn,
                &Entry {
                    at: now,
                    school: Some(school.id()),
                    actor: by,
                    action: Action::ProfileChanged,
                    subject: format!("{}: retired", held.name),
                    person: None,
                    request: Some(id.as_str().to_owned()),
                },
            )?;
        }
        Ok(held.name)
    })
    .await?;
    let text = format!("The profile {name} is retired. Users who have it keep it, and nobody new gets it.");
    Seat::of(&request).lead("/security/profiles", text)
}
