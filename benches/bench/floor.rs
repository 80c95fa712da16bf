//! The floor of a page: an actix server set up as Crosswalk's is (workers, threads, time-outs), answering constant bytes
//! on one route, with no middleware, no session, no log and no database around it. Nothing that draws a page is faster.

use std::io::Write;

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::{Context, Result};

/// `floor BYTES`: serves until it is killed, and prints the address it took.
pub fn main(args: &[String]) -> Result<()> {
    let size: usize = args.first().context("how many bytes")?.parse()?;
    let body = web::Bytes::from(vec![b'x'; size]);
    let workers = crosswalk::config::Config::new("127.0.0.1:0", None, Vec::new())?.workers;
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            let body = body.clone();
            App::new().route(
                "/constant",
                web::get().to(move || {
                    let body = body.clone();
                    async move { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body) }
                }),
            )
        })
        .workers(workers)
        .worker_max_blocking_threads(3)
        .client_request_timeout(std::time::Duration::from_secs(10))
        .bind("127.0.0.1:0")?;
        println!("{}", server.addrs().first().context("an address")?);
        std::io::stdout().flush()?;
        server.run().await.context("the constant server")
    })
}
