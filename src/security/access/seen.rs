//! `/security/access/{user}`: the Biographic page of a person as that user would see it, without becoming the user.
//! The page is the real one, read with the user's own Tasks and limits; leaves drawing it to `people::pages::biographic`.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;

use super::member;
use crate::app::App;
use crate::audit::{self, Action, Entry};
use crate::db::Conn;
use crate::error::AppError;
use crate::people::Person;
use crate::people::pages::biographic::{SeenAs, Sheet};
use crate::schools::{CurrentSchool, Limits};
use crate::security::{User, Visitor, limits_of, tasks};
use crate::web::frame::RequestId;
use crate::web::{Chrome, Requires, Wrongs, db, html, html_422};

#[derive(Template)]
#[template(path = "security/access_user.html")]
struct UserPage {
    chrome: Chrome,
    user: User,
    limits: Limits,
    person: String,
    wrongs: Wrongs,
    /// Why the user does not come to the person's page.
    barred: Option<String>,
}

#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A SONIS ID.
    person: String,
}

/// What becomes of the user's way to the person.
enum Way {
    /// Nobody was asked for.
    NotAsked,
    /// Nobody whom the administrator may open has the number.
    Nobody,
    /// The user does not come to the page, and why.
    Barred(String),
    Page(Box<Sheet>),
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    id: RequestId,
    school: CurrentSchool,
    actor: Requires<tasks::AdministerSecurity>,
    user_id: web::Path<String>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, AppError> {
    let typed = asked.into_inner().person.trim().to_owned();
    let by = actor.actor();
    let is_narrowed = !actor.visitor.limits().is_none();
    let sonis_id = typed.to_uppercase();
    let (user, limits, way) = db::blocking(&app, move |app| {
        let now = app.clock.now();
        let (user, limits, way, person) = app.db.read(|conn| {
            let user = member::find(conn, &school, &user_id, now)?;
            let limits = limits_of(conn, user.id)?;
            let (way, person) = match known(conn, &school, &sonis_id)? {
                Some(person) => (way(app, conn, &school, &user, &person, now)?, Some(person.id)),
                None if sonis_id.is_empty() => (Way::NotAsked, None),
                None => (Way::Nobody, None),
            };
            Ok::<_, AppError>((user, limits, way, person))
        })?;
        if let Some(person) = person {
            let entry = Entry {
                at: now,
                school: Some(school.id()),
                actor: by,
                action: Action::SeenAs,
                subject: subject(&user, &way),
                person: Some(person),
                request: Some(id.as_str().to_owned()),
            };
            audit::note(app.db.activity(), entry)?;
        }
        Ok((user, limits, way))
    })
    .await?;
    let mut page = UserPage { chrome, user, limits, person: typed, wrongs: Wrongs::default(), barred: None };
    match way {
        Way::Page(sheet) => {
            let UserPage { chrome, user, .. } = page;
            sheet.draw(chrome, Some(SeenAs { user_id: user.user_id, name: user.name, is_narrowed }))
        }
        Way::NotAsked => html(&page),
        Way::Barred(why) => {
            page.barred = Some(why);
            html(&page)
        }
        Way::Nobody => {
            page.wrongs =
                Wrongs::one("person", "Nobody whom you may open has this SONIS ID. Check it, or search under People");
            html_422(&page)
        }
    }
}

/// The person, as far as the administrator may see: their own limits hold here too.
fn known(conn: &mut Conn, school: &CurrentSchool, sonis_id: &str) -> Result<Option<Person>, AppError> {
    match Person::by_sonis_id(conn, school, sonis_id) {
        Ok(person) => Ok(Some(person)),
        Err(AppError::NotFound) => Ok(None),
        Err(e) => Err(e),
    }
}

/// The same steps as those of a request of the user: who they are now, which school they are in, what is there for them.
fn way(
    app: &App,
    conn: &mut Conn,
    school: &CurrentSchool,
    user: &User,
    person: &Person,
    now: NaiveDateTime,
) -> Result<Way, AppError> {
    let Some(visitor) = Visitor::load_in(conn, user.id, Some(school.id()), &app.clock)? else {
        return Ok(Way::Barred(format!("{} is disabled and cannot sign in.", user.name)));
    };
    let Some(theirs) = visitor.school().filter(|s| s.id() == school.id()) else {
        let why = "may use no Task here, so this school is not among those that they can choose.";
        return Ok(Way::Barred(format!("{} {why}", user.name)));
    };
    let sheet = match Sheet::read(conn, &theirs, &visitor, &person.sonis_id, now) {
        Ok(sheet) => sheet,
        Err(AppError::NotFound) => {
            let limits = visitor.limits().in_words();
            return Ok(Way::Barred(format!(
                "{} would not find this person: the address is answered with Not found, as if nobody had the number. Access is limited to {limits}.",
                user.name
            )));
        }
        Err(e) => return Err(e),
    };
    Ok(Way::Page(Box::new(narrowed(conn, school, sheet)?)))
}

/// The relatives whom the administrator may open as well: what others see must not lead past one's own limits.
fn narrowed(conn: &mut Conn, school: &CurrentSchool, mut sheet: Sheet) -> Result<Sheet, AppError> {
    if school.limits().is_none() {
        return Ok(sheet);
    }
    let mut kept = Vec::new();
    for relative in std::mem::take(&mut sheet.relatives) {
        if known(conn, school, &relative.sonis_id)?.is_some() {
            kept.push(relative);
        }
    }
    sheet.relatives = kept;
    let mut twins = Vec::new();
    for twin in std::mem::take(&mut sheet.twins) {
        if known(conn, school, &twin.sonis_id)?.is_some() {
            twins.push(twin);
        }
    }
    sheet.twins = twins;
    sheet.is_limited = true;
    Ok(sheet)
}

/// For the record, which names the administrator and the person beside it.
fn subject(user: &User, way: &Way) -> String {
    let found = match way {
        Way::Page(sheet) if sheet.sees_ids => "View",
        Way::Page(_) => "Unauthorized",
        Way::Barred(_) | Way::Nobody | Way::NotAsked => "no page",
    };
    format!("as {} sees it: {found}", user.user_id)
}
