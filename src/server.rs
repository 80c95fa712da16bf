//! The server: the app, its routes and the walls around them, on a given listener.
//! Leaves what every request shares to `app`, and which routes there are to `routes`.

use std::net::TcpListener;

use actix_session::SessionMiddleware;
use actix_session::config::{CookieContentSecurity, PersistentSession};
use actix_web::cookie::{Key, SameSite};
use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{HttpServer, web};

use crate::app::App;
use crate::web::{csrf, frame, keep_form, session::Sessions};

/// Threads that wait for the database, in each worker. More only makes them queue for the same two cores:
/// measured, the default halves the requests a second, and 3 hold more page caches than 2 for no more answers.
pub const BLOCKING_THREADS: usize = 2;

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
            .app_data(web::PayloadConfig::new(crate::web::form::LONGEST))
            .configure(crate::routes::configure)
            .default_service(web::to(crate::web::error_page::no_such_page))
            .wrap(from_fn(crate::routes::deny_by_default))
            .wrap(from_fn(crate::web::error_page::draw_within))
            .wrap(session)
            .wrap(from_fn(keep_form))
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
