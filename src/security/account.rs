//! One's own account: password, sessions, keys, theme.
//! Leaves other people's users to the User Security wizard.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;

use super::throttle::{self, Guesser};
use super::{Theme, User, browser, password, session, user_key};
use crate::app::App;
use crate::audit::{self, Action, Entry};
use crate::error::AppError;
use crate::web::frame::RequestId;
use crate::web::{Arriving, Chrome, Notice, Seat, SignedIn, Wrongs, db, html, html_422, see_other};

#[derive(Template)]
#[template(path = "security/account.html")]
struct AccountPage {
    chrome: Chrome,
    name: String,
    user_id: String,
    sessions: Vec<OwnSession>,
}

struct OwnSession {
    key_hash: String,
    browser: String,
    created_at: NaiveDateTime,
    touched_at: NaiveDateTime,
    is_this: bool,
}

pub async fn account(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    SignedIn(visitor): SignedIn,
) -> Result<HttpResponse, AppError> {
    let this = Seat::of(&request).key_hash();
    let user = visitor.user();
    let rows =
        db::blocking(&app, move |app| app.db.activity().read(|conn| session::of_user(conn, user, app.clock.now())))
            .await?;
    let sessions = rows
        .into_iter()
        .map(|s| OwnSession {
            is_this: this.as_ref() == Some(&s.key_hash),
            browser: browser::in_words(&s.browser),
            key_hash: s.key_hash,
            created_at: s.created_at,
            touched_at: s.touched_at,
        })
        .collect();
    html(&AccountPage { chrome, name: visitor.name().to_owned(), user_id: visitor.user_id().to_owned(), sessions })
}

#[derive(Template)]
#[template(path = "security/password.html")]
struct PasswordPage {
    chrome: Chrome,
    must_change: bool,
    wrongs: Wrongs,
}

pub async fn password_page(chrome: Chrome, Arriving(visitor): Arriving) -> Result<HttpResponse, AppError> {
    html(&PasswordPage { chrome, must_change: visitor.must_change_password(), wrongs: Wrongs::default() })
}

#[derive(serde::Deserialize)]
pub struct NewPassword {
    old: String,
    new: String,
    again: String,
}

pub async fn change_password(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    id: RequestId,
    Arriving(visitor): Arriving,
    form: web::Form<NewPassword>,
) -> Result<HttpResponse, AppError> {
    let form = form.into_inner();
    let user = visitor.user();
    // Guesses at the old password are slowed as at the sign-in: a session left open must not give the password away.
    let guesser = Guesser {
        user_key: user_key(visitor.user_id()),
        address: String::new(),
        known_browser: Seat::of(&request).key_hash(),
    };
    let counted = guesser.clone();
    let held = db::blocking(&app, move |app| {
        let admitted = throttle::admit(app.db.activity(), &counted, app.clock.now())?;
        let held = app.db.read(|conn| User::password_hash(conn, user))?;
        Ok(Some(held).filter(|_| admitted))
    })
    .await?;
    let mut wrongs = Wrongs::default();
    let slowed = held.is_none();
    if app.hashing.verify(form.old.clone(), held).await? {
        db::blocking(&app, move |app| throttle::forgive(app.db.activity(), &guesser, app.clock.now())).await?;
    } else if slowed {
        wrongs.add("old", "Too many wrong tries. Wait a minute, then try again");
    } else {
        wrongs.add("old", "This is not your password until now");
    }
    if form.new == form.old {
        wrongs.add("new", "Take a password other than the one until now");
    } else if let Some(why) = password::weakness(&form.new, &[visitor.user_id(), visitor.name(), "crosswalk"]) {
        wrongs.add("new", why);
    } else if form.new != form.again {
        wrongs.add("again", "The two new passwords differ");
    }
    if !wrongs.is_empty() {
        return html_422(&PasswordPage { chrome, must_change: visitor.must_change_password(), wrongs });
    }
    let hash = app.hashing.hash(form.new).await?;
    let key = Seat::of(&request).key_hash();
    let entry = Entry {
        at: app.clock.now(),
        school: visitor.school().map(|s| s.id()),
        actor: visitor.actor(),
        action: Action::PasswordChanged,
        subject: visitor.user_id().to_owned(),
        person: None,
        request: Some(id.as_str().to_owned()),
    };
    db::blocking(&app, move |app| {
        app.db.write(|conn| {
            User::set_password(conn, user, &hash)?;
            audit::record(conn, &entry)
        })?;
        session::end_all(app.db.activity(), user, key.as_deref())
    })
    .await?;
    let seat = Seat::of(&request);
    seat.tell(&Notice {
        place: "/account".into(),
        text: "Your password is changed. Your other sessions have ended.".into(),
        run: None,
    })?;
    seat.renew();
    Ok(see_other("/account"))
}

#[derive(serde::Deserialize)]
pub struct EndSession {
    session: String,
}

pub async fn end_session(
    request: HttpRequest,
    app: web::Data<App>,
    SignedIn(visitor): SignedIn,
    form: web::Form<EndSession>,
) -> Result<HttpResponse, AppError> {
    let user = visitor.user();
    let this = Seat::of(&request).key_hash();
    let which = form.into_inner().session;
    db::blocking(&app, move |app| match which.as_str() {
        "others" => session::end_all(app.db.activity(), user, this.as_deref()),
        _ if which.bytes().all(|b| b.is_ascii_hexdigit()) => session::end_by_hash(app.db.activity(), which, Some(user)),
        _ => Ok(()),
    })
    .await?;
    Ok(see_other("/account"))
}

#[derive(serde::Deserialize)]
pub struct Keys {
    keys: String,
}

pub async fn set_keys(
    app: web::Data<App>,
    SignedIn(visitor): SignedIn,
    form: web::Form<Keys>,
) -> Result<HttpResponse, AppError> {
    let (user, on) = (visitor.user(), form.keys == "on");
    db::write(&app, move |conn| User::set_keys(conn, user, on)).await?;
    Ok(see_other("/account"))
}

#[derive(serde::Deserialize)]
pub struct ThemeForm {
    theme: String,
    back: String,
}

pub async fn set_theme(
    app: web::Data<App>,
    SignedIn(visitor): SignedIn,
    form: web::Form<ThemeForm>,
) -> Result<HttpResponse, AppError> {
    let theme = Theme::parse(&form.theme).ok_or_else(|| AppError::BadRequest("no such theme".into()))?;
    let user = visitor.user();
    db::write(&app, move |conn| User::set_theme(conn, user, theme)).await?;
    Ok(see_other(super::pages::place_here(&form.back)))
}

#[derive(serde::Deserialize)]
pub struct Back {
    back: String,
}

/// A banner stays until it is dismissed.
pub async fn dismiss(request: HttpRequest, _: SignedIn, form: web::Form<Back>) -> HttpResponse {
    Seat::of(&request).dismiss();
    see_other(super::pages::place_here(&form.back))
}
