//! The world of one test, and its visitors: types that know how to sign in and what a browser sends.
//! Leaves the databases' details to `support::postgres`.

use std::future::Future;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::dev::ServerHandle;
use crosswalk::app::App;
use crosswalk::clock::Clock;
use crosswalk::config::Config;
use crosswalk::db::{DatabaseUrl, Db};
use crosswalk::demo::{DEMO_PASSWORD, Size, load};
use crosswalk::server::build;
use reqwest::{StatusCode, header};

use super::postgres;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// A demo school of this many people stands in every world; the second school has its 300.
const PEOPLE: u64 = 120;

pub struct World {
    /// `http://127.0.0.1:PORT`
    pub address: String,
    pub db: Db,
    /// The server's clock: `clock.advance(...)` moves it.
    pub clock: Clock,
    pub database: Database,
    pub database_url: String,
    server: ServerHandle,
    /// Holds the SQLite files; goes with the world.
    dir: Option<tempfile::TempDir>,
    postgres: Option<(String, String)>,
}

/// Runs a test in a world of its own.
pub fn run<F, Fut>(database: Database, test: F)
where
    F: FnOnce(World) -> Fut,
    Fut: Future<Output = ()>,
{
    if database == Database::Postgres && postgres::server().is_none() {
        return;
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async { test(World::start(database).await).await });
}

impl World {
    pub async fn start(database: Database) -> World {
        World::start_with(database, |config| config).await
    }

    /// A world whose settings differ: `public_url`, `trusted_proxies`.
    pub async fn start_with(database: Database, change: impl FnOnce(Config) -> Config) -> World {
        let (url, dir, postgres) = match database {
            Database::Sqlite => {
                let dir = folder();
                for (file, bytes) in FILES.iter().zip(sqlite_template()) {
                    std::fs::write(dir.path().join(file), bytes).expect("a copy of the template");
                }
                (format!("sqlite:{}", dir.path().join("crosswalk.db").display()), Some(dir), None)
            }
            Database::Postgres => {
                let server = postgres::server().expect("PostgreSQL");
                let name = format!("world_{}_{}", std::process::id(), next());
                postgres::execute(&server, &format!("CREATE DATABASE {name} TEMPLATE {}", postgres_template()));
                (postgres::database(&server, &name), None, Some((server, name)))
            }
        };
        let config = change(Config::new("127.0.0.1:0", None, Vec::new()).expect("a config"));
        let db = Db::open(&DatabaseUrl::parse(&url).expect("a URL"), 8).expect("a database");
        let clock = Clock::default();
        let app = App::new(config, db.clone(), clock.clone()).expect("an app");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let (ready, handle) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = build(app, listener).expect("a server");
                ready.send(server.handle()).expect("somebody waits");
                server.await.expect("a server that ends well");
            });
        });
        let server = handle.recv().expect("a server");
        World { address, db, clock, database, database_url: url, server, dir, postgres }
    }

    /// The folder of the SQLite files.
    pub fn folder(&self) -> PathBuf {
        self.dir.as_ref().expect("a world on SQLite").path().to_owned()
    }

    /// Somebody who has not signed in.
    pub fn anonymous(&self) -> Visitor {
        let client = reqwest::Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Visitor { client, address: self.address.clone(), school: "NFC".into() }
    }

    /// A demo user, signed in: registrar, viewer, clerk, security, support, registrar2.
    pub async fn signed_in(&self, user_id: &str) -> Visitor {
        let mut visitor = self.anonymous();
        if user_id == "registrar2" {
            visitor.school = "HAR".into();
        }
        let answer = visitor.post("/sign-in", &[("user_id", user_id), ("password", DEMO_PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{user_id} cannot sign in: {}", answer.body);
        visitor
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // Not awaited: the test is over, and connections of its own may still be open.
        drop(self.server.stop(false));
        if let Some((server, name)) = self.postgres.take() {
            postgres::execute(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// A browser of its own, with its cookies; it follows no redirect by itself.
#[derive(Clone)]
pub struct Visitor {
    pub client: reqwest::Client,
    pub address: String,
    /// The code that forms carry.
    pub school: String,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub body: String,
}

impl Visitor {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(self.url(path))).await
    }

    /// Sends a form of ours as a browser would; the school's code goes with it.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = vec![("school", self.school.as_str())];
        form.extend_from_slice(fields);
        self.send(self.client.post(self.url(path)).header("sec-fetch-site", "same-origin").form(&form)).await
    }

    /// Sends a form and follows the redirect, as a browser does.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(path, fields).await;
        match answer.location() {
            Some(next) => self.get(&next).await,
            None => answer,
        }
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.text().await.expect("a body") }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

impl Answer {
    pub fn location(&self) -> Option<String> {
        self.headers.get(header::LOCATION).map(|v| v.to_str().expect("text").to_owned())
    }

    pub fn has(&self, text: &str) -> bool {
        self.body.contains(text)
    }

    /// Fails with the page when a text is not on it.
    pub fn assert_has(&self, text: &str) -> &Answer {
        assert!(self.has(text), "{text:?} is not on the page ({}):\n{}", self.status, self.body);
        self
    }

    pub fn assert_lacks(&self, text: &str) -> &Answer {
        assert!(!self.has(text), "{text:?} is on the page ({}):\n{}", self.status, self.body);
        self
    }

    pub fn assert_status(&self, status: u16) -> &Answer {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }
}

pub(super) fn next() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A folder for a test's files: in memory where the machine has that, so that nobody waits for a disk at each commit.
pub(super) fn folder() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    match tempfile::tempdir_in(memory) {
        Ok(dir) => dir,
        Err(_) => tempfile::tempdir().expect("a folder"),
    }
}

fn fill(url: &str) {
    let db = Db::open(&DatabaseUrl::parse(url).expect("a URL"), 2).expect("a database");
    load(&db, Size { people: PEOPLE, ids: None }, Clock::default().now(), |_| {}).expect("a demo");
}

const FILES: [&str; 2] = ["crosswalk.db", "crosswalk-activity.db"];

/// What stands in the files that every world on SQLite starts from, made once a test run. Nothing runs at the end of it
/// that could remove files, so none are kept.
fn sqlite_template() -> &'static [Vec<u8>; 2] {
    static TEMPLATE: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a folder");
        fill(&format!("sqlite:{}", dir.path().join(FILES[0]).display()));
        FILES.map(|file| {
            use diesel::connection::SimpleConnection;
            // VACUUM INTO leaves a whole file without a WAL beside it.
            let (from, to) = (dir.path().join(file), dir.path().join("whole.db"));
            let mut conn =
                <diesel::SqliteConnection as diesel::Connection>::establish(&from.to_string_lossy()).expect("a file");
            conn.batch_execute(&format!("VACUUM INTO '{}'", to.display())).expect("a copy");
            let bytes = std::fs::read(&to).expect("the copy");
            std::fs::remove_file(&to).expect("a place for the next one");
            bytes
        })
    })
}

fn postgres_template() -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let server = postgres::server().expect("PostgreSQL");
        let name = format!("template_{}", std::process::id());
        postgres::execute(&server, &format!("CREATE DATABASE {name}"));
        fill(&postgres::database(&server, &name));
        name
    })
}
