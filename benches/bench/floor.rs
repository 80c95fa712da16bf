//! The floors of a page: constant bytes of its size on one route, from a server with the same workers and time-outs.
//! - `walls`: within Crosswalk's own walls: request id, log line, security headers, the walls of forms, the session's
//!   cookie looked for. The visitor has not signed in, so no database is asked. This is what the bar is on.
//! - `bare`: actix alone. Nothing that draws a page is as fast; shown so that nobody has to take the other's word.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use actix_session::SessionMiddleware;
use actix_web::cookie::Key;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::{Context, Result, bail};
use crosswalk::clock::Clock;
use crosswalk::config::Config;
use crosswalk::db::{DatabaseUrl, Db};
use crosswalk::instance::{Instance, Kind};
use crosswalk::server::BLOCKING_THREADS;
use crosswalk::web::{csrf, frame, keep_form, session::Sessions};

/// `floor bare|walls BYTES DIR`: serves until it is killed, and prints the address it took.
pub fn main(args: &[String]) -> Result<()> {
    let [kind, size, dir] = args else { bail!("wrong arguments") };
    let body = web::Bytes::from(vec![b'x'; size.parse()?]);
    let config = Config::new("127.0.0.1:0", None, Vec::new())?;
    let workers = config.workers;
    let constant = move || {
        let body = body.clone();
        web::get().to(move || {
            let body = body.clone();
            async move { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body) }
        })
    };
    macro_rules! serve {
        ($app:expr) => {{
            let server = HttpServer::new($app)
                .workers(workers)
                .worker_max_blocking_threads(BLOCKING_THREADS)
                .client_request_timeout(std::time::Duration::from_secs(10))
                .bind("127.0.0.1:0")?;
            println!("{}", server.addrs().first().context("an address")?);
            std::io::stdout().flush()?;
            server.run().await.context("the constant server")
        }};
    }
    actix_web::rt::System::new().block_on(async move {
        if kind == "bare" {
            return serve!(move || App::new().route("/constant", constant()));
        }
        let dir = Path::new(dir);
        let log = File::options().create(true).append(true).open(dir.join("floor.log"))?;
        env_logger::Builder::new()
            .parse_filters("info,actix_server=warn")
            .target(env_logger::Target::Pipe(Box::new(log)))
            .init();
        let db = Db::open(&DatabaseUrl::parse(&format!("sqlite:{}", dir.join("floor.db").display()))?, 1)?;
        let clock = Clock::default();
        db.write(|conn| Instance::begin(conn, Kind::Demo, clock.now()))?;
        let app = web::Data::new(crosswalk::app::App::new(config, db, clock)?);
        let key = Key::derive_from(app.instance.cookie_key.as_bytes());
        serve!(move || {
            App::new()
                .app_data(app.clone())
                .route("/constant", constant())
                .wrap(SessionMiddleware::builder(Sessions::new(app.clone()), key.clone()).build())
                .wrap(from_fn(keep_form))
                .wrap(from_fn(csrf::wall))
                .wrap(from_fn(frame::frame))
        })
    })
}
