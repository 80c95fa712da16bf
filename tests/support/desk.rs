//! The program on the command line: a folder and an empty database of its own, what a command printed, a server as a child.
//! Leaves the server inside the test's own process to `support::world`.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crosswalk::db::{DatabaseUrl, Db};

use super::postgres;
use super::world::{Database, Visitor, folder, next};

/// Writes each test once for both databases: `at_both_desks! { fn a_school_is_added(desk) { ... } }`
#[macro_export]
macro_rules! at_both_desks {
    ($($(#[$meta:meta])* fn $name:ident($desk:ident) $body:block)+) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn test($desk: $crate::support::Desk) $body

            #[test]
            fn sqlite() {
                test($crate::support::Desk::new($crate::support::Database::Sqlite));
            }

            #[test]
            fn postgres() {
                if $crate::support::postgres::server().is_some() {
                    test($crate::support::Desk::new($crate::support::Database::Postgres));
                }
            }
        })+
    };
}

pub struct Desk {
    dir: tempfile::TempDir,
    pub database: Database,
    /// An empty database; commands get it as DATABASE_URL.
    pub url: String,
    others: Mutex<Vec<String>>,
}

/// A command that has ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Desk {
    pub fn new(database: Database) -> Desk {
        let dir = folder();
        let mut desk = Desk { dir, database, url: String::new(), others: Mutex::default() };
        desk.url = desk.another_url("crosswalk");
        desk
    }

    /// Another database: not there yet on SQLite, empty on PostgreSQL.
    pub fn another_url(&self, name: &str) -> String {
        match self.database {
            Database::Sqlite => format!("sqlite:{}", self.path(&format!("{name}.db")).display()),
            Database::Postgres => {
                let server = postgres::server().expect("PostgreSQL");
                let name = format!("desk_{}_{}", std::process::id(), next());
                postgres::execute(&server, &format!("CREATE DATABASE {name}"));
                let url = postgres::database(&server, &name);
                self.others.lock().expect("a list").push(name);
                url
            }
        }
    }

    pub fn folder(&self) -> &Path {
        self.dir.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("a file");
        path.to_string_lossy().into_owned()
    }

    /// The names in the folder.
    pub fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.folder())
            .expect("the folder")
            .map(|e| e.expect("a file").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    pub fn db(&self) -> Db {
        open(&self.url)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crosswalk"));
        command
            .args(args)
            .current_dir(self.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for name in [
            "RUST_LOG",
            "RUST_BACKTRACE",
            "CROSSWALK_LISTEN",
            "CROSSWALK_PUBLIC_URL",
            "CROSSWALK_AUDIT_KEY_FILE",
            "SMTP_URL",
            "CROSSWALK_MAIL_FROM",
        ] {
            command.env_remove(name);
        }
        command.env("DATABASE_URL", &self.url);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ended {
        self.run_in(args, "", |_| {})
    }

    /// Runs a command with something on its standard input.
    pub fn run_with(&self, args: &[&str], input: &str) -> Ended {
        self.run_in(args, input, |_| {})
    }

    /// Runs a command in another environment.
    pub fn run_in(&self, args: &[&str], input: &str, change: impl FnOnce(&mut Command)) -> Ended {
        let mut command = self.command(args);
        if !input.is_empty() {
            command.stdin(Stdio::piped());
        }
        change(&mut command);
        let mut child = command.spawn().expect("the program");
        if let Some(mut stdin) = child.stdin.take() {
            // A command that refuses before it reads has closed the pipe already.
            let _ = stdin.write_all(input.as_bytes());
        }
        let output = child.wait_with_output().expect("its end");
        Ended {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Begins a command that may be ended before its end.
    pub fn spawn(&self, args: &[&str], change: impl FnOnce(&mut Command)) -> Child {
        let mut command = self.command(args);
        change(&mut command);
        command.spawn().expect("the program")
    }

    /// Runs a command that has to succeed.
    pub fn done(&self, args: &[&str]) -> Ended {
        let ended = self.run(args);
        assert_eq!(ended.code, 0, "{args:?}: {ended:?}");
        ended
    }

    /// A school with a registrar, a clerk and a security administrator, whose password is `PASSWORD`.
    pub fn furnish(&self) {
        self.done(&["school", "add", "NFC", "--name", "Northfield College", "--letters", "NC"]);
        self.done(&["school", "stage", "NFC", "canvas", "live"]);
        for (user, profile) in [("sec", "security"), ("reg", "registrar"), ("cle", "clerk")] {
            let ended = self.run_with(&["user", "add", user, "--school", "NFC", "--profile", profile], PASSWORD);
            assert_eq!(ended.code, 0, "{ended:?}");
        }
    }

    /// Starts a server as a child and waits until it tells its address.
    pub fn start(&self, args: &[&str], log: &str) -> Served {
        let mut child = self.command(args).env("RUST_LOG", log).spawn().expect("the program");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (out, err) = (child.stdout.take().expect("stdout"), child.stderr.take().expect("stderr"));
        let streams: [Box<dyn std::io::Read + Send>; 2] = [Box::new(out), Box::new(err)];
        for stream in streams {
            let lines = lines.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    lines.lock().expect("the lines").push(line);
                }
            });
        }
        let mut served = Served { child, lines, address: String::new() };
        let begun = Instant::now();
        while served.address.is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(60), "no address: {:?}", served.lines());
            assert!(served.child.try_wait().expect("the child").is_none(), "it ended: {:?}", served.lines());
            std::thread::sleep(Duration::from_millis(20));
            let found = served
                .lines()
                .iter()
                .find_map(|l| l.split_once("http://").map(|(_, a)| format!("http://{}", a.trim())));
            served.address = found.unwrap_or_default();
        }
        served
    }
}

pub const PASSWORD: &str = "velvet tractor omelette nine";

pub fn open(url: &str) -> Db {
    Db::open(&DatabaseUrl::parse(url).expect("a URL"), 2).expect("a database")
}

impl Drop for Desk {
    fn drop(&mut self) {
        for name in self.others.lock().expect("a list").drain(..) {
            let server = postgres::server().expect("PostgreSQL");
            postgres::execute(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

impl Ended {
    /// Could not: exit code 2 and one plain line that holds the text.
    pub fn assert_refused(&self, text: &str) -> &Ended {
        assert_eq!(self.code, 2, "{self:?}");
        assert!(self.err.contains(text), "{text:?} is not in {self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
        self
    }

    pub fn assert_plain_line(&self) {
        assert_eq!(self.err.trim_end().lines().count(), 1, "not one plain line: {}", self.err);
    }

    pub fn assert_says(&self, code: i32, text: &str) -> &Ended {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.out.contains(text), "{text:?} is not in {self:?}");
        self
    }
}

/// A server as a child of the test; it ends with it.
pub struct Served {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    pub address: String,
}

impl Served {
    /// What it has printed so far, on both streams.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().expect("the lines").clone()
    }

    /// The first line that holds a text, as soon as it is printed.
    pub fn wait_for(&self, text: &str) -> String {
        let begun = Instant::now();
        loop {
            if let Some(line) = self.lines().into_iter().find(|l| l.contains(text)) {
                return line;
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "{text:?} is not in {:?}", self.lines());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn visitor(&self) -> Visitor {
        let client = reqwest::Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Visitor { client, address: self.address.clone(), school: "NFC".into() }
    }

    /// Asks the server to end, as a service manager does, and gives its exit code.
    pub fn end(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(15) {
            if let Some(status) = self.child.try_wait().expect("the child") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a visitor's steps from a test that is not itself asynchronous.
pub fn block_on<T>(future: impl std::future::Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}
