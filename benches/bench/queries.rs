//! The queries of the Biographic page alone: through the crate's own functions, against `bare`'s prepared statements.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use crosswalk::clock::Clock;
use crosswalk::db::{DatabaseUrl, Db};
use crosswalk::error::AppError;
use crosswalk::people::{MemberType, Person, relationship};
use crosswalk::schools::CurrentSchool;
use crosswalk::security::{User, UserId, Visitor, hash_token, session};
use rusqlite::types::Value;

use super::bare::{self, Bare, Files, Known, Spoken};
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

/// Measures both sides in turn, on one thread. `key` is a live session's.
pub fn measure(url: &str, key: &str, user_id: &str, people: &[String], rounds: usize) -> Result<Vec<Line>> {
    let page = Page::open(url, key)?;
    let (user, school): (UserId, CurrentSchool) = page.db.read(|conn| {
        let user = User::by_user_id(conn, user_id)?.ok_or(AppError::NotFound)?;
        Ok((user.id, CurrentSchool::by_code(conn, "NFC")?.ok_or(AppError::NotFound)?))
    })?;
    let by_id = |id: &String| page.db.read(|c| Person::by_sonis_id(c, &school, id));
    let is_student = |id: &&String| by_id(id).is_ok_and(|p| p.bio.member_type == MemberType::Student);
    let student = by_id(people.iter().find(is_student).context("a student")?)?;
    let guardian = by_id(people.iter().find(|id| !is_student(id)).context("a guardian")?)?;

    let known = |person: &Person| Known {
        key_hash: hash_token(key),
        user,
        school: school.id(),
        sonis_id: person.sonis_id.clone(),
        person: person.id,
    };
    let hear = |person: &Person| -> Result<Vec<Spoken>> {
        bare::heard_while(&known(person), || {
            // Opening a database speaks too, and the first page may prepare what later ones do not.
            let page = Page::open(url, key)?;
            page.load(&person.sonis_id)?;
            bare::forget();
            page.load(&person.sonis_id)?;
            Ok(())
        })
    };
    let (of_student, of_guardian) = (hear(&student)?, hear(&guardian)?);
    let files = Files::open(url)?;
    let mut bare = Bare::prepare(&files, &of_student, &of_guardian, page.clock.now())?;

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
    println!(
        "  the {} queries of a page: {} us, bare {} us",
        of_student.len(),
        short(median(&ours)),
        short(median(&bares))
    );
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
