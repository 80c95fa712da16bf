//! The queries of the Biographic page alone: through the crate's own functions, and the same SQL, word for word, through
//! bare prepared statements. The SQL is taken from the crate as it runs, so that the two cannot drift apart.

use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use chrono::NaiveDateTime;
use crosswalk::clock::Clock;
use crosswalk::db::{DatabaseUrl, Db};
use crosswalk::error::AppError;
use crosswalk::people::{MemberType, Person, relationship};
use crosswalk::schools::CurrentSchool;
use crosswalk::security::{User, UserId, Visitor, hash_token, session};
use diesel::connection::{InstrumentationEvent, set_default_instrumentation};
use rusqlite::types::Value;

use super::figures::{Line, median, ratio, short};

/// One page: the look-up of the session, the visitor with their Tasks, the person, and whom they belong to.
/// As in the server, the first two are one trip and the last two another.
struct Page {
    db: Db,
    clock: Clock,
    key: String,
}

impl Page {
    /// With one connection a pool, so that which one runs a query is no matter of chance.
    fn open(url: &str, key: &str) -> Result<Page> {
        Ok(Page { db: Db::open(&DatabaseUrl::parse(url)?, 1)?, clock: Clock::default(), key: key.to_owned() })
    }

    /// How many people are on it: the person and the relatives.
    fn load(&self, sonis_id: &str) -> Result<usize, AppError> {
        let row = session::find(self.db.activity(), &self.key, self.clock.now())?.ok_or(AppError::SignedOut)?;
        let user = row.user_id.ok_or(AppError::SignedOut)?;
        let visitor = self.db.read(|conn| Visitor::load(conn, user, &self.clock))?.ok_or(AppError::SignedOut)?;
        let school = visitor.school().ok_or(AppError::NotFound)?;
        self.db.read(|conn| {
            let person = Person::by_sonis_id(conn, &school, sonis_id)?;
            let is_student = person.bio.member_type == MemberType::Student;
            Ok(1 + relationship::relatives(conn, &school, person.id, is_student)?.len())
        })
    }
}

static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn listen(event: InstrumentationEvent<'_>) {
    if let InstrumentationEvent::StartQuery { query, .. } = event {
        let text = query.to_string();
        let sql = text.split(" -- binds:").next().unwrap_or_default().trim().to_owned();
        if let Ok(mut heard) = HEARD.lock() {
            heard.push(sql);
        }
    }
}

fn heard() -> Vec<String> {
    HEARD.lock().map(|mut h| std::mem::take(&mut *h)).unwrap_or_default()
}

/// The same statements, prepared once, with nothing around them.
struct Bare<'c> {
    session: rusqlite::Statement<'c>,
    visitor: rusqlite::Statement<'c>,
    grants: rusqlite::Statement<'c>,
    person: rusqlite::Statement<'c>,
    guardians: rusqlite::Statement<'c>,
    students: rusqlite::Statement<'c>,
    key_hash: String,
    user: i64,
    school: i64,
    now: String,
}

/// Runs a statement and reads every column of every row, as it lies there.
fn read(statement: &mut rusqlite::Statement<'_>, binds: &[&dyn rusqlite::ToSql]) -> Result<(usize, usize)> {
    for (n, bind) in binds.iter().enumerate() {
        statement.raw_bind_parameter(n + 1, bind)?;
    }
    let columns = statement.column_count();
    let (mut count, mut bytes) = (0, 0);
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        count += 1;
        for n in 0..columns {
            bytes += match row.get_ref(n)? {
                rusqlite::types::ValueRef::Text(t) => t.len(),
                _ => 8,
            };
        }
    }
    Ok((count, std::hint::black_box(bytes)))
}

impl Bare<'_> {
    fn load(&mut self, sonis_id: &str) -> Result<usize> {
        read(&mut self.session, &[&self.key_hash])?;
        read(&mut self.visitor, &[&self.user])?;
        read(&mut self.grants, &[&self.user, &"use", &self.now])?;
        let person = {
            self.person.raw_bind_parameter(1, self.school)?;
            self.person.raw_bind_parameter(2, sonis_id)?;
            let columns = self.person.column_count();
            let mut rows = self.person.raw_query();
            let row = rows.next()?.context("a person")?;
            let mut bytes = 0;
            for n in 0..columns {
                bytes += usize::from(!matches!(row.get_ref(n)?, rusqlite::types::ValueRef::Null));
            }
            std::hint::black_box(bytes);
            (row.get_ref(0)?.as_i64()?, row.get_ref(2)?.as_str()? == "student")
        };
        let statement = if person.1 { &mut self.guardians } else { &mut self.students };
        Ok(1 + read(statement, &[&self.school, &person.0])?.0)
    }
}

/// The SQL of a page of a student and of a guardian.
fn spoken(url: &str, key: &str, student: &str, guardian: &str) -> Result<[String; 6]> {
    set_default_instrumentation(|| Some(Box::new(listen)))?;
    let page = Page::open(url, key)?;
    set_default_instrumentation(|| None)?;
    // Opening a database speaks too, and the first page may prepare what later ones do not.
    page.load(student)?;
    heard();
    page.load(student)?;
    let of_student = heard();
    page.load(guardian)?;
    let of_guardian = heard();
    ensure!(
        of_student.len() == 5 && of_guardian.len() == 5,
        "the page has other queries than this bench knows:\n{}",
        of_student.join("\n")
    );
    let [session, visitor, grants, person, guardians]: [String; 5] =
        of_student.try_into().ok().context("five queries")?;
    let students = of_guardian.into_iter().next_back().context("a query")?;
    Ok([session, visitor, grants, person, guardians, students])
}

/// Measures both sides in turn, on one thread. `key` is a live session's.
pub fn measure(url: &str, key: &str, user_id: &str, people: &[String], rounds: usize) -> Result<Vec<Line>> {
    let parsed = DatabaseUrl::parse(url)?;
    let (main, beside) = (parsed.sqlite_path().context("SQLite")?, parsed.activity().sqlite_path().context("SQLite")?);
    let page = Page::open(url, key)?;
    let (user, school): (UserId, CurrentSchool) = page.db.read(|conn| {
        let user = User::by_user_id(conn, user_id)?.ok_or(AppError::NotFound)?;
        Ok((user.id, CurrentSchool::by_code(conn, "NFC")?.ok_or(AppError::NotFound)?))
    })?;
    let is_student = |id: &&String| {
        page.db.read(|c| Person::by_sonis_id(c, &school, id)).is_ok_and(|p| p.bio.member_type == MemberType::Student)
    };
    let student = people.iter().find(is_student).context("a student")?;
    let guardian = people.iter().find(|id| !is_student(id)).context("a guardian")?;
    let sql = spoken(url, key, student, guardian)?;

    let connect = |path: &std::path::Path| -> Result<rusqlite::Connection> {
        let conn = rusqlite::Connection::open(path)?;
        conn.execute_batch("PRAGMA busy_timeout = 5000; PRAGMA cache_size = -8000; PRAGMA query_only = ON;")?;
        Ok(conn)
    };
    let (main, beside) = (connect(&main)?, connect(&beside)?);
    let now: NaiveDateTime = page.clock.now();
    let mut bare = Bare {
        session: beside.prepare(&sql[0])?,
        visitor: main.prepare(&sql[1])?,
        grants: main.prepare(&sql[2])?,
        person: main.prepare(&sql[3])?,
        guardians: main.prepare(&sql[4])?,
        students: main.prepare(&sql[5])?,
        key_hash: hash_token(key),
        user: user.0,
        school: school.id().0,
        now: now.format("%F %T%.f").to_string(),
    };
    let wants = [&bare.session, &bare.visitor, &bare.grants, &bare.person, &bare.guardians, &bare.students]
        .map(rusqlite::Statement::parameter_count);
    ensure!(wants == [1, 1, 3, 2, 2, 2], "the page's queries take other values than this bench knows: {wants:?}");

    let sample: Vec<&String> = people.iter().step_by((people.len() / 5000).max(1)).collect();
    let (mut ours, mut bares) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let begun = Instant::now();
        let mut found = 0;
        for id in &sample {
            found += page.load(id)?;
        }
        let our = begun.elapsed().as_secs_f64() * 1e6 / sample.len() as f64;
        let begun = Instant::now();
        let mut found_bare = 0;
        for id in &sample {
            found_bare += bare.load(id)?;
        }
        let raw = begun.elapsed().as_secs_f64() * 1e6 / sample.len() as f64;
        ensure!(found == found_bare, "the two sides found {found} and {found_bare} people");
        // The first round fills the caches.
        if round > 0 {
            ours.push(our);
            bares.push(raw);
        }
    }
    println!("  queries of a page: {} us, bare {} us", short(median(&ours)), short(median(&bares)));
    let line = Line::against(
        "the page's queries alone / bare prepared statements",
        "us",
        median(&ours),
        median(&bares),
        ratio(&ours, &bares),
    );
    Ok(vec![line.bar(2.2, 1.5)])
}

/// What the bundled SQLite was built with: QPSG keeps a bound LIMIT from preparing its statement anew each time.
pub fn has_qpsg() -> Result<bool> {
    let conn = rusqlite::Connection::open_in_memory()?;
    let mut statement = conn.prepare("PRAGMA compile_options")?;
    let options: Vec<Value> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(options.contains(&Value::Text("ENABLE_QPSG".into())))
}
