//! The figures of the portal over HTTP: making a demo, starting, the Biographic page, search, sign-in, View.
//! Leaves the servers to `server`, the load to `client`.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use crosswalk::clock::Clock;
use crosswalk::db::{DatabaseUrl, Db};
use crosswalk::error::AppError;
use crosswalk::schema::people;
use crosswalk::schools::CurrentSchool;
use crosswalk::security::{User, random_token, session};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::client::{Load, Outcome, gets, post, write_requests};
use super::figures::{Line, median, ratio, short};
use super::server::{Server, sign_in_form};
use super::{Options, queries};

/// A demo that was just made.
pub struct Prepared {
    pub url: String,
    pub made: Line,
}

pub fn prepare(o: &Options, url: &str, people: u64, ids: Option<u64>) -> Result<Prepared> {
    let kind = if url.starts_with("sqlite:") { "SQLite" } else { "PostgreSQL" };
    println!("Making a demo of {people} people on {kind}");
    let mut command = Command::new(&o.crosswalk);
    command.args(["demo", "--prepare", "--people", &people.to_string(), "--file", url]);
    if let Some(ids) = ids {
        command.args(["--ids", &ids.to_string()]);
    }
    let begun = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    ensure!(status.success(), "the demo cannot be made");
    let line = Line::plain(format!("{kind}: demo of {people} people"), "s", begun.elapsed().as_secs_f64());
    Ok(Prepared { url: url.to_owned(), made: line })
}

/// Start to first answer, on a database that is there.
pub fn start(o: &Options, url: &str, lines: &mut Vec<Line>) -> Result<()> {
    let log = o.dir.join("server.log");
    let times: Result<Vec<f64>> =
        (0..o.rounds.max(5)).map(|_| Ok(Server::timed(&o.crosswalk, url, &log)?.1.as_secs_f64() * 1000.0)).collect();
    lines.push(Line::plain("SQLite: start to first answer", "ms", median(&times?)).bar(100.0, 50.0));
    Ok(())
}

/// A running server on a database, with somebody signed in.
pub struct Portal<'a> {
    o: &'a Options,
    name: &'static str,
    url: String,
    server: Server,
    /// The header line of a signed-in registrar.
    cookie: String,
    sonis_ids: Vec<String>,
    terms: Terms,
}

/// Three letters to search for.
struct Terms {
    /// As somebody types a name: the first letters of a last name, common ones more often.
    typed: Vec<String>,
    /// The twenty that most people have in their names.
    broad: Vec<String>,
    /// The two hundred that fewest people have.
    narrow: Vec<String>,
}

impl Terms {
    fn of(names: &[(String, String)]) -> Terms {
        let is_plain = |t: &str| t.len() == 3 && t.bytes().all(|b| b.is_ascii_lowercase());
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for (_, search_name) in names {
            let bytes = search_name.len();
            let mut seen: Vec<&str> = (0..bytes.saturating_sub(2)).filter_map(|n| search_name.get(n..n + 3)).collect();
            seen.sort_unstable();
            seen.dedup();
            for part in seen.into_iter().filter(|p| is_plain(p)) {
                *counts.entry(part).or_default() += 1;
            }
        }
        let mut all: Vec<(&str, u32)> = counts.into_iter().collect();
        all.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        Terms {
            typed: names
                .iter()
                .step_by((names.len() / 500).max(1))
                .filter_map(|(sort_name, _)| sort_name.get(..3).filter(|t| is_plain(t)))
                .map(str::to_owned)
                .collect(),
            broad: all.iter().take(20).map(|t| t.0.to_owned()).collect(),
            narrow: all.iter().rev().take(200).map(|t| t.0.to_owned()).collect(),
        }
    }
}

impl<'a> Portal<'a> {
    pub fn open(o: &'a Options, name: &'static str, url: &str) -> Result<Portal<'a>> {
        let db = Db::open(&DatabaseUrl::parse(url)?, 1)?;
        let names: Vec<(String, String, String)> = db.read(|conn| {
            let school = CurrentSchool::by_code(conn, "NFC")?.ok_or(AppError::NotFound)?;
            Ok(people::of(&school).select((people::sonis_id, people::sort_name, people::search_name)).load(conn)?)
        })?;
        let sonis_ids = names.iter().step_by((names.len() / 20_000).max(1)).map(|n| n.0.clone()).collect();
        let terms = Terms::of(&names.into_iter().map(|n| (n.1, n.2)).collect::<Vec<_>>());
        ensure!(!terms.narrow.is_empty() && !terms.typed.is_empty(), "the names of this demo are too few to search");
        let server = Server::crosswalk(&o.crosswalk, url, &o.dir.join("server.log"))?;
        // At rest: started, and asked for one page.
        let cookie = server.sign_in("registrar")?;
        std::thread::sleep(Duration::from_secs(1));
        Ok(Portal { o, name, url: url.to_owned(), server, cookie, sonis_ids, terms })
    }

    pub fn memory(&self, when: &str) -> Result<Line> {
        Ok(Line::plain(format!("{}: {when}", self.name), "MB", self.server.memory()?))
    }

    fn file(&self, name: &str, requests: &[String]) -> Result<PathBuf> {
        let file = self.o.dir.join(format!("{name}.requests"));
        write_requests(&file, requests)?;
        Ok(file)
    }

    fn load(&self, requests: &std::path::Path, connections: usize, status: u16) -> Result<Outcome> {
        Load { to: self.server.address, connections, seconds: self.o.seconds, status, requests }.run()
    }

    fn pages(&self) -> Result<PathBuf> {
        let addresses: Vec<String> = self.sonis_ids.iter().map(|id| format!("/people/{id}")).collect();
        let requests = gets(&addresses, std::slice::from_ref(&self.cookie));
        let first = self.server.ask(&requests[0])?;
        ensure!(
            first.starts_with("HTTP/1.1 200") && first.contains(&self.sonis_ids[0]) && first.contains("Integration ID"),
            "this is no Biographic page:\n{first}"
        );
        self.file("pages", &requests)
    }

    /// The queries alone, in this process. The server rests.
    pub fn queries(&self) -> Result<Vec<Line>> {
        let db = Db::open(&DatabaseUrl::parse(&self.url)?, 1)?;
        let user = db.read(|conn| User::by_user_id(conn, "registrar"))?.context("the registrar")?;
        let key = random_token();
        let state = format!("{{\"user\":\"{}\"}}", user.id.0);
        session::begin(db.activity(), &key, Some(user.id), &state, "bench", Clock::default().now())?;
        queries::measure(&self.url, &key, &user.user_id, &self.sonis_ids, self.o.rounds)
    }

    /// The Biographic page against constant bytes of the same size.
    pub fn page(&self, lines: &mut Vec<Line>) -> Result<()> {
        let pages = self.pages()?;
        let size = self.load(&pages, 1, 200)?.body;
        let constant = self.file("constant", &gets(&["/constant"], &[]))?;
        let floors =
            [Server::floor("walls", size as usize, &self.o.dir)?, Server::floor("bare", size as usize, &self.o.dir)?];
        let floor_load = |floor: &Server| {
            Load { to: floor.address, connections: 64, seconds: self.o.seconds, status: 200, requests: &constant }.run()
        };
        println!("{}: the Biographic page has {size:.0} bytes", self.name);
        // Rates and costs: of the constant bytes within the walls, of the bare ones, of the page.
        let (mut rates, mut costs) = ([const { Vec::new() }; 3], [const { Vec::new() }; 3]);
        let (mut busy, mut alone) = (Vec::new(), Vec::new());
        for round in 1..=self.o.rounds {
            let page = costed(&self.server, || self.load(&pages, 64, 200))?;
            let measured =
                [costed(&floors[0], || floor_load(&floors[0]))?, costed(&floors[1], || floor_load(&floors[1]))?, page];
            for (n, (outcome, cost)) in measured.iter().enumerate() {
                rates[n].push(outcome.per_second);
                costs[n].push(*cost);
            }
            busy.push(page.0.p99);
            alone.push(self.load(&pages, 1, 200)?.p99);
            println!(
                "  round {round}: constant {}/s, bare {}/s, page {}/s, p99 {} ms, alone {} ms",
                short(measured[0].0.per_second),
                short(measured[1].0.per_second),
                short(page.0.per_second),
                short(page.0.p99),
                short(alone[round - 1])
            );
        }
        let line = |work: &str| format!("{}: {work}", self.name);
        let against = |work: &str, floor: usize| {
            Line::against(line(work), "1/s", median(&rates[2]), median(&rates[floor]), ratio(&rates[floor], &rates[2]))
        };
        lines
            .push(against("Biographic page, 64 connections: the same server's constant bytes / page", 0).bar(3.5, 2.5));
        lines.push(against("the same against constant bytes from actix alone", 1));
        // The generator shares the machine and costs the same on all sides; without it the ratio is larger.
        lines.push(Line::against(
            line("the same, processor time of the server alone"),
            "us",
            median(&costs[2]),
            median(&costs[0]),
            ratio(&costs[2], &costs[0]),
        ));
        lines.push(Line::plain(line("Biographic page, 64 connections, p99"), "ms", median(&busy)).bar(30.0, 20.0));
        lines.push(Line::plain(line("Biographic page, 1 connection, p99"), "ms", median(&alone)));
        Ok(())
    }

    /// Search as you type against the Biographic page, at the same number of connections.
    pub fn search(&self, lines: &mut Vec<Line>) -> Result<()> {
        let pages = self.pages()?;
        let headers = [self.cookie.clone(), "HX-Request: true".to_owned()];
        for (what, terms) in
            [("typed", &self.terms.typed), ("broad", &self.terms.broad), ("narrow", &self.terms.narrow)]
        {
            let addresses: Vec<String> = terms.iter().map(|t| format!("/people?q={t}")).collect();
            let searches = self.file("searches", &gets(&addresses, &headers))?;
            for connections in [1, 64] {
                let (mut searched, mut paged) = (Vec::new(), Vec::new());
                for _ in 0..self.o.rounds {
                    paged.push(self.load(&pages, connections, 200)?);
                    searched.push(self.load(&searches, connections, 200)?);
                }
                let (mine, page) = (p99(&searched), p99(&paged));
                let work = format!("{}: search, 3 letters, {what}, {connections} connections, p99 / page", self.name);
                println!("  {work}: {} ms, page {} ms", short(median(&mine)), short(median(&page)));
                let line = Line::against(work, "ms", median(&mine), median(&page), ratio(&mine, &page));
                lines.push(line.bar(2.0, 1.2));
            }
        }
        Ok(())
    }

    /// Signing in, and **View**, at rest.
    pub fn ids(&self, lines: &mut Vec<Line>) -> Result<()> {
        let addresses: Vec<String> = self.sonis_ids.iter().map(|id| format!("/people/{id}/integration-ids")).collect();
        let views = self.file("views", &gets(&addresses, std::slice::from_ref(&self.cookie)))?;
        let signing = self.file("signing", &[post("/sign-in", &sign_in_form("viewer"))])?;
        let asking = self.file("asking", &gets(&["/sign-in"], &[]))?;
        for (what, file, status) in
            [("sign-in page", &asking, 200), ("signing in", &signing, 303), ("View, disclosure committed", &views, 200)]
        {
            let all: Result<Vec<Outcome>> = (0..self.o.rounds).map(|_| self.load(file, 1, status)).collect();
            let all = all?;
            let p50 = median(&all.iter().map(|o| o.p50).collect::<Vec<_>>());
            println!("  {what}: p50 {} ms, p99 {} ms", short(p50), short(median(&p99(&all))));
            lines.push(Line::plain(format!("{}: {what}, 1 connection, p99", self.name), "ms", median(&p99(&all))));
        }
        Ok(())
    }
}

impl Portal<'_> {
    /// Signing in, and **View**, at rest and while something else goes on: `begin` starts it, and it ends by itself.
    pub fn ids_beside(&self, what: &str, begin: impl FnOnce() -> Result<Child>, lines: &mut Vec<Line>) -> Result<()> {
        let addresses: Vec<String> = self.sonis_ids.iter().map(|id| format!("/people/{id}/integration-ids")).collect();
        let views = self.file("views", &gets(&addresses, std::slice::from_ref(&self.cookie)))?;
        let signing = self.file("signing", &[post("/sign-in", &sign_in_form("viewer"))])?;
        let loads = [("signing in", &signing, 303), ("View", &views, 200)];
        let mut rest = Vec::new();
        for (_, file, status) in loads {
            let all: Result<Vec<Outcome>> = (0..self.o.rounds).map(|_| self.load(file, 1, status)).collect();
            rest.push(median(&p99(&all?)));
        }
        let mut child = begin()?;
        let mut beside = [Vec::new(), Vec::new()];
        while child.try_wait()?.is_none() {
            for (n, (_, file, status)) in loads.iter().enumerate() {
                beside[n].push(self.load(file, 1, *status)?.p99);
            }
        }
        ensure!(child.wait()?.code().is_some_and(|c| c <= 1), "{what} failed");
        for (n, (page, _, _)) in loads.iter().enumerate() {
            let (busy, rest) = (median(&beside[n]), rest[n]);
            let line = format!("{}: {page} {what}, 1 connection, p99 / at rest", self.name);
            lines.push(Line::against(line, "ms", busy, rest, busy / rest).bar(3.0, 2.0));
        }
        Ok(())
    }
}

fn p99(all: &[Outcome]) -> Vec<f64> {
    all.iter().map(|o| o.p99).collect()
}

/// A load, and the processor time that the server spent on each answer of it, in microseconds.
fn costed(server: &Server, load: impl FnOnce() -> Result<Outcome>) -> Result<(Outcome, f64)> {
    let before = server.processor()?;
    let outcome = load()?;
    // The warming up before it is a tenth on top.
    let cost = (server.processor()? - before) / 1.1 / outcome.answers as f64 * 1e6;
    Ok((outcome, cost))
}

/// A database of the bench's own on a PostgreSQL server; it goes when it is dropped.
pub struct PostgresDatabase {
    server: String,
    name: String,
    url: String,
}

impl PostgresDatabase {
    pub fn create(server: &str, what: &str) -> Result<PostgresDatabase> {
        let name = format!("crosswalk_{what}_{}", std::process::id());
        let (base, _) = server.rsplit_once('/').context("a PostgreSQL URL with a database")?;
        PgConnection::establish(server)?.batch_execute(&format!("CREATE DATABASE {name}"))?;
        Ok(PostgresDatabase { server: server.to_owned(), url: format!("{base}/{name}"), name })
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        let dropped = PgConnection::establish(&self.server).map_err(|e| e.to_string()).and_then(|mut c| {
            c.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)).map_err(|e| e.to_string())
        });
        if let Err(e) = dropped {
            eprintln!("the database {} is still there: {e}", self.name);
        }
    }
}
