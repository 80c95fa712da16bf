//! The session of a request: its row behind actix-session, and `Seat`, the typed way to what it holds.
//! Leaves the rows to `security::session`. Session keys stand here and nowhere else.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_session::{Session, SessionExt};
use actix_web::cookie::time::Duration as CookieDuration;
use actix_web::{HttpRequest, HttpResponse, dev::ServiceRequest, web};

use super::error_page::see_other;
use crate::app::App;
use crate::error::AppError;
use crate::runs::RunId;
use crate::schools::SchoolId;
use crate::security::{self, UserId, Visitor, random_token};

const USER: &str = "user";
const BROWSER: &str = "browser";
const NOTICE: &str = "notice";
/// The school that was chosen in the header, where it is not the one the user begins in.
const SCHOOL: &str = "school";
/// Not stored: read with the session.
const KEY_HASH: &str = "key_hash";

/// Our `SessionStore`: rows in the activity database, keys hashed. It reads the visitor along with the session,
/// so that a request makes one trip for both.
#[derive(Clone)]
pub struct Sessions {
    app: web::Data<App>,
}

impl Sessions {
    pub fn new(app: web::Data<App>) -> Sessions {
        Sessions { app }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        f: impl FnOnce(&App) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let app = self.app.clone();
        web::block(move || f(&app)).await.map_err(|e| AppError::internal("a session", &e))?
    }
}

type State = HashMap<String, String>;

/// A session's state, and whose it is.
type Found = (State, Option<Arc<Visitor>>);

fn user_of(state: &State) -> Option<UserId> {
    serde_json::from_str(state.get(USER)?).ok()
}

/// Only what was asked for: `Visitor` knows whether it is theirs.
fn chosen_school(state: &State) -> Option<SchoolId> {
    serde_json::from_str(state.get(SCHOOL)?).ok()
}

/// A state as its row keeps it: whose, in which browser, and the rest.
fn to_row(mut state: State) -> Result<(Option<UserId>, String, String), AppError> {
    state.remove(KEY_HASH);
    let user = user_of(&state);
    let browser = state.get(BROWSER).and_then(|b| serde_json::from_str(b).ok()).unwrap_or_default();
    let json = serde_json::to_string(&state).map_err(|e| AppError::internal("a session's state", &e))?;
    Ok((user, browser, json))
}

/// A session that has not ended, and whose it is. Nothing where its user is disabled or gone: it is worth nothing then.
fn find(app: &App, key: &str) -> Result<Option<Found>, AppError> {
    let Some(row) = security::session::find(app.db.activity(), key, app.clock.now())? else { return Ok(None) };
    let Ok(mut state) = serde_json::from_str::<State>(&row.state) else { return Ok(None) };
    state.insert(KEY_HASH.to_owned(), format!("\"{}\"", row.key_hash));
    let Some(user) = row.user_id else { return Ok(Some((state, None))) };
    let chosen = chosen_school(&state);
    let visitor = app.db.read(|conn| app.visitors.load(conn, user, chosen, &app.clock))?;
    Ok(visitor.map(|v| (state, Some(v))))
}

tokio::task_local! {
    /// Who makes the request that this task answers. A session's store has no other way to hand it over than as text.
    static SEATED: RefCell<Option<Arc<Visitor>>>;
}

/// Answers a request with a seat for whoever makes it.
pub async fn with_seat<T>(answering: impl Future<Output = T>) -> T {
    SEATED.scope(RefCell::new(None), answering).await
}

/// Outside of `with_seat` nobody sits anywhere.
fn seat(visitor: Option<Arc<Visitor>>) {
    if let Err(e) = SEATED.try_with(|seated| seated.replace(visitor)) {
        log::error!("a session was read outside of a request: {e}");
    }
}

fn seated() -> Option<Arc<Visitor>> {
    SEATED.try_with(|seated| seated.borrow().clone()).ok().flatten()
}

impl SessionStore for Sessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let key = key.as_ref().to_owned();
        let found = self.blocking(move |app| find(app, &key)).await.map_err(|e| LoadError::Other(e.into()))?;
        Ok(found.map(|(state, visitor)| {
            seat(visitor);
            state
        }))
    }

    async fn save(&self, state: State, _ttl: &CookieDuration) -> Result<SessionKey, SaveError> {
        let key = random_token();
        let fresh = key.clone();
        self.blocking(move |app| {
            let (user, browser, json) = to_row(state)?;
            security::session::begin(app.db.activity(), &fresh, user, &json, &browser, app.clock.now())
        })
        .await
        .map_err(|e| SaveError::Other(e.into()))?;
        SessionKey::try_from(key).map_err(|e| SaveError::Other(anyhow::anyhow!("{e}")))
    }

    async fn update(&self, key: SessionKey, state: State, _ttl: &CookieDuration) -> Result<SessionKey, UpdateError> {
        let held = key.as_ref().to_owned();
        self.blocking(move |app| {
            let (_, _, json) = to_row(state)?;
            security::session::keep_state(app.db.activity(), &held, &json)
        })
        .await
        .map_err(|e| UpdateError::Other(e.into()))?;
        Ok(key)
    }

    async fn update_ttl(&self, _key: &SessionKey, _ttl: &CookieDuration) -> Result<(), anyhow::Error> {
        // Touched by `security::session::find`, once a minute at most.
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let key = key.as_ref().to_owned();
        Ok(self.blocking(move |app| security::session::end(app.db.activity(), &key)).await?)
    }
}

/// What a page tells until it is dismissed. Integration IDs are never in it: the page reads them anew, with a proof.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Notice {
    /// The address it belongs to; on other pages it does not show.
    pub place: String,
    pub text: String,
    /// The run that **Undo** on the notice takes back.
    pub run: Option<RunId>,
}

/// Where a visitor sits: the typed way to the session.
pub struct Seat(Session, Option<Arc<Visitor>>);

impl Seat {
    pub fn of(request: &HttpRequest) -> Seat {
        Seat(request.get_session(), seated())
    }

    pub fn of_service(request: &ServiceRequest) -> Seat {
        Seat(request.get_session(), seated())
    }

    pub fn visitor(&self) -> Option<Arc<Visitor>> {
        self.1.clone()
    }

    /// The stored hash of this session's key, by which it is told from one's others.
    pub fn key_hash(&self) -> Option<String> {
        self.0.get(KEY_HASH).ok().flatten()
    }

    /// Begins a session under a new key; what an older session in this browser held is gone.
    pub fn sign_in(&self, user: UserId, browser: &str) -> Result<(), AppError> {
        self.0.clear();
        self.0.renew();
        let browser: String = browser.chars().take(200).collect();
        self.put(USER, &user)?;
        self.put(BROWSER, &browser)
    }

    /// A new key for the same session: after a change of password.
    pub fn renew(&self) {
        self.0.renew();
    }

    pub fn sign_out(&self) {
        self.0.purge();
    }

    /// From the next request on the session is in this school; with None, where its user begins.
    pub fn choose_school(&self, school: Option<SchoolId>) -> Result<(), AppError> {
        match school {
            Some(id) => self.put(SCHOOL, &id),
            None => {
                self.0.remove(SCHOOL);
                Ok(())
            }
        }
    }

    pub fn tell(&self, notice: &Notice) -> Result<(), AppError> {
        self.put(NOTICE, notice)
    }

    /// The redirect after a form that did its work: the page it leads to says this once.
    pub fn lead(&self, place: &str, text: String) -> Result<HttpResponse, AppError> {
        self.tell(&Notice { place: place.to_owned(), text, run: None })?;
        Ok(see_other(place))
    }

    /// As `lead`, to a part of a page: its second page, say.
    pub fn lead_within(&self, address: &str, place: &str, text: String) -> Result<HttpResponse, AppError> {
        self.tell(&Notice { place: place.to_owned(), text, run: None })?;
        Ok(see_other(address))
    }

    /// The notice that belongs to an address.
    pub fn notice_at(&self, place: &str) -> Option<Notice> {
        self.0.get::<Notice>(NOTICE).ok().flatten().filter(|n| n.place == place)
    }

    pub fn dismiss(&self) {
        self.0.remove(NOTICE);
    }

    fn put(&self, key: &str, value: &impl serde::Serialize) -> Result<(), AppError> {
        self.0.insert(key, value).map_err(|e| AppError::internal("a session", &e))
    }
}
