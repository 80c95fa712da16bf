//! Signing in and out, the front door and the help.
//! Leaves one's own account to `security::account`, other people's to the User Security wizard.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::throttle::{self, Guesser};
use super::{Actor, User, random_token, tasks, user_key};
use crate::app::App;
use crate::audit::{self, Action, Entry};
use crate::demo::{DEMO_PASSWORD, DEMO_USERS, DemoUser};
use crate::error::AppError;
use crate::web::frame::RequestId;
use crate::web::{Arriving, Chrome, Seat, SignedIn, address, db, html, html_as, see_other};

pub async fn front_door(request: HttpRequest) -> HttpResponse {
    match Seat::of(&request).visitor() {
        None => see_other("/sign-in"),
        Some(v) if v.school().is_some() => see_other("/people"),
        Some(v) if v.may::<tasks::SetStages>() => see_other("/support/schools"),
        Some(v) if v.may::<tasks::ManageCatalogue>() => see_other("/support/integrations"),
        Some(_) => see_other("/account"),
    }
}

/// For a load balancer: the server answers and its database does too.
pub async fn health(app: web::Data<App>) -> Result<HttpResponse, AppError> {
    db::read(&app, |conn| crate::instance::Instance::load(conn).map(drop)).await?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n"))
}

#[derive(Template)]
#[template(path = "security/help.html")]
struct HelpPage {
    chrome: Chrome,
}

pub async fn help(_: SignedIn, chrome: Chrome) -> Result<HttpResponse, AppError> {
    html(&HelpPage { chrome })
}

#[derive(Template)]
#[template(path = "security/sign_in.html")]
struct SignInPage {
    chrome: Chrome,
    failed: bool,
    user_id: String,
    then: String,
    demo_password: &'static str,
    demo_users: &'static [DemoUser],
}

#[derive(serde::Deserialize)]
pub struct Wanted {
    #[serde(default)]
    then: String,
}

pub async fn sign_in_page(chrome: Chrome, wanted: web::Query<Wanted>) -> Result<HttpResponse, AppError> {
    html(&sign_in_form(chrome, false, String::new(), wanted.into_inner().then))
}

fn sign_in_form(chrome: Chrome, failed: bool, user_id: String, then: String) -> SignInPage {
    SignInPage { chrome, failed, user_id, then, demo_password: DEMO_PASSWORD, demo_users: DEMO_USERS }
}

#[derive(serde::Deserialize)]
pub struct SignIn {
    user_id: String,
    password: String,
    #[serde(default)]
    then: String,
}

/// Wrong, unknown, disabled and slowed down all do the same work and get the same answer.
pub async fn sign_in(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    id: RequestId,
    form: web::Form<SignIn>,
) -> Result<HttpResponse, AppError> {
    let form = form.into_inner();
    let from = address::of(&request, &app.config);
    let browser = request.cookie(app.config.browser_cookie()).map(|c| c.value().to_owned());
    let key = user_key(&form.user_id);
    let (user, hash, guesser) = {
        let (key, browser) = (key.clone(), browser.clone());
        db::blocking(&app, move |app| {
            let user = app.db.read(|conn| User::by_user_id(conn, &key))?;
            let known = match (&user, &browser) {
                (Some(user), Some(token)) => throttle::knows_browser(app.db.activity(), user.id, token)?,
                _ => false,
            };
            let known_browser = browser.filter(|_| known).map(|b| super::hash_token(&b));
            let guesser = Guesser { user_key: key, address: from, known_browser };
            let admitted = throttle::admit(app.db.activity(), &guesser, app.clock.now())?;
            let hash = match user.as_ref().filter(|u| admitted && u.disabled_at.is_none()) {
                Some(user) => Some(app.db.read(|conn| User::password_hash(conn, user.id))?),
                None => None,
            };
            Ok((user, hash, guesser))
        })
        .await?
    };
    let right = app.hashing.verify(form.password, hash).await?;
    let named = user.clone();
    let user = user.filter(|_| right);
    let told = user.clone();
    let token = browser.unwrap_or_else(random_token);
    {
        let token = token.clone();
        db::blocking(&app, move |app| {
            let now = app.clock.now();
            if let Some(user) = &told {
                throttle::forgive(app.db.activity(), &guesser, now)?;
                throttle::remember_browser(app.db.activity(), user.id, &token, now)?;
            }
            audit::note(app.db.activity(), entry(named.as_ref(), right, &id, now))
        })
        .await?;
    }
    let Some(user) = user else {
        return html_as(StatusCode::UNPROCESSABLE_ENTITY, &sign_in_form(chrome, true, form.user_id, form.then));
    };
    let agent = request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or("A browser");
    Seat::of(&request).sign_in(user.id, agent)?;
    let mut answer = see_other(if user.must_change { "/account/password" } else { place_here(&form.then) });
    let cookie = Cookie::build(app.config.browser_cookie(), token)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.config.is_https())
        .max_age(Duration::days(400))
        .finish();
    answer.add_cookie(&cookie).map_err(|e| AppError::internal("the browser's cookie", &e))?;
    Ok(answer)
}

/// A failed try is told to the school of the User ID that was typed, if it is anybody's. Otherwise nothing of it is kept,
/// not even its length: it may be a password typed into the wrong field.
fn entry(user: Option<&User>, right: bool, id: &RequestId, at: chrono::NaiveDateTime) -> Entry {
    let (actor, action, subject) = match user {
        Some(user) if right => (Actor::of_user(user), Action::SignedIn, user.user_id.clone()),
        Some(user) => (Actor::stranger(), Action::SignInFailed, user.user_id.clone()),
        None => (Actor::stranger(), Action::SignInFailed, "an unknown User ID".into()),
    };
    Entry {
        at,
        school: user.and_then(|u| u.school_id),
        actor,
        action,
        subject,
        person: None,
        request: Some(id.as_str().to_owned()),
    }
}

/// Only addresses of our own pages are followed after signing in.
pub(crate) fn place_here(then: &str) -> &str {
    let plain =
        then.starts_with('/') && !then.starts_with("//") && !then.contains('\\') && !then.contains(char::is_control);
    if plain { then } else { "/" }
}

pub async fn sign_out(
    request: HttpRequest,
    app: web::Data<App>,
    id: RequestId,
    Arriving(visitor): Arriving,
) -> Result<HttpResponse, AppError> {
    audit::note_later(
        app.db.activity(),
        Entry {
            at: app.clock.now(),
            school: visitor.school().map(|s| s.id()),
            actor: visitor.actor(),
            action: Action::SignedOut,
            subject: visitor.user_id().to_owned(),
            person: None,
            request: Some(id.as_str().to_owned()),
        },
    );
    Seat::of(&request).sign_out();
    Ok(see_other("/sign-in"))
}

#[cfg(test)]
mod tests {
    use super::place_here;

    #[test]
    fn after_signing_in_only_our_own_pages_are_followed() {
        assert_eq!(place_here("/people?q=ama"), "/people?q=ama");
        for foreign in ["https://x.example", "//x.example", "/\\x.example", "", "javascript:1", "/a\r\nb"] {
            assert_eq!(place_here(foreign), "/", "{foreign:?}");
        }
    }
}
