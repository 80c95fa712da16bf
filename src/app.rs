//! What every request shares, and the server built from it on a given listener.
//! Leaves which routes there are to `routes`.

use std::net::TcpListener;

use actix_session::SessionMiddleware;
use actix_session::config::{CookieContentSecurity, PersistentSession};
use actix_web::cookie::{Key, SameSite};
use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{HttpServer, web};

use crate::audit;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::AppError;
use crate::instance::Instance;
use crate::people::Person;
use crate::schools::CurrentSchool;
use crate::security::Actor;
use crate::security::password::Hashing;
use crate::web::frame::RequestId;
use crate::web::{csrf, frame, session::Sessions};

/// Shared by all threads of the server.
pub struct App {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub hashing: Hashing,
    pub instance: Instance,
}

impl App {
    /// Puts on record that somebody is about to see a person's integration IDs.
    pub fn viewed(&self, school: &CurrentSchool, by: &Actor, person: &Person, id: &RequestId) -> Result<(), AppError> {
        audit::note_ids_viewed(self.db.activity(), school, by, person, id.as_str(), self.clock.now())
    }

    pub fn new(config: Config, db: Db, clock: Clock) -> Result<App, AppError> {
        let instance = db.read(Instance::load)?;
        Ok(App { config, db, clock, hashing: Hashing::default(), instance })
    }
}

/// Threads that wait for the database, in each worker. More only makes them queue for the same two cores:
/// measured, the default halves the requests a second.
const BLOCKING_THREADS: usize = 3;

/// The server, bound to `listener` (port 0 in tests). It runs when awaited, and ends on SIGTERM after its requests.
pub fn build(app: App, listener: TcpListener) -> std::io::Result<Server> {
    let app = web::Data::new(app);
    let workers = app.config.workers;
    let key = Key::derive_from(app.instance.cookie_key.as_bytes());
    let server = HttpServer::new(move || {
        let secure = app.config.is_https();
        let session = SessionMiddleware::builder(Sessions::new(app.clone()), key.clone())
            .cookie_name(app.config.session_cookie().to_owned())
            .cookie_secure(secure)
            .cookie_http_only(true)
            .cookie_same_site(SameSite::Lax)
            .cookie_path("/".into())
            // The key is random and stored hashed; the signature only spares a look-up for invented ones.
            .cookie_content_security(CookieContentSecurity::Signed)
            .session_lifecycle(PersistentSession::default())
            .build();
        actix_web::App::new()
            .app_data(app.clone())
            .app_data(crate::web::form::limits())
            .configure(crate::routes::configure)
            .default_service(web::to(crate::web::error_page::no_such_page))
            .wrap(from_fn(crate::routes::deny_by_default))
            .wrap(session)
            .wrap(from_fn(csrf::wall))
            .wrap(from_fn(frame::frame))
    });
    Ok(server
        .workers(workers)
        .worker_max_blocking_threads(BLOCKING_THREADS)
        .shutdown_timeout(10)
        .client_request_timeout(std::time::Duration::from_secs(10))
        .listen(listener)?
        .run())
}
