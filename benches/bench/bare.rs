//! The floor of the page's queries: the same SQL, word for word, through bare prepared statements with the same values.
//! Both are heard from the crate as it runs, so that the two sides cannot drift apart: a query more, or another
//! condition in one, is in the floor too. A value whose meaning is not known here stops the bench.

use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context, Result, bail, ensure};
use chrono::NaiveDateTime;
use crosswalk::db::DatabaseUrl;
use crosswalk::integrations::Stage;
use crosswalk::people::PersonId;
use crosswalk::schools::SchoolId;
use crosswalk::security::{GrantKind, UserId};
use diesel::connection::{InstrumentationEvent, set_default_instrumentation};
use rusqlite::types::ValueRef;

/// What the values of a page's queries can be.
pub struct Known {
    pub key_hash: String,
    pub user: UserId,
    pub school: SchoolId,
    pub sonis_id: String,
    pub person: PersonId,
}

/// A value of a query, by what it is: the last two differ from page to page.
#[derive(Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    Number(i64),
    Now,
    SonisId,
    Person,
}

impl Value {
    /// From the way Diesel shows a bound value, which is its type's `Debug`.
    fn read(shown: &str, known: &Known) -> Option<Value> {
        let is = |value: &dyn std::fmt::Debug| shown == format!("{value:?}");
        Some(match shown {
            _ if is(&known.sonis_id) => Value::SonisId,
            _ if is(&known.person) => Value::Person,
            _ if is(&known.key_hash) => Value::Text(known.key_hash.clone()),
            _ if is(&known.user) => Value::Number(known.user.0),
            _ if is(&known.school) => Value::Number(known.school.0),
            _ if shown.parse::<NaiveDateTime>().is_ok() => Value::Now,
            _ => Value::Text(code_of(shown).or_else(|| quoted(shown))?),
        })
    }
}

/// The code that the database keeps for one of the crate's words.
fn code_of(shown: &str) -> Option<String> {
    let stages = Stage::ALL.iter().map(|s| (format!("{s:?}"), s.code()));
    let kinds = GrantKind::ALL.iter().map(|k| (format!("{k:?}"), k.code()));
    stages.chain(kinds).find(|(word, _)| word == shown).map(|(_, code)| code.to_owned())
}

/// A text as `Debug` shows it; one that had to be escaped is none.
fn quoted(shown: &str) -> Option<String> {
    let text = shown.strip_prefix('"')?.strip_suffix('"')?;
    (!text.contains(['"', '\\'])).then(|| text.to_owned())
}

/// A query as the crate sent it.
#[derive(PartialEq, Eq)]
pub struct Spoken {
    sql: String,
    values: Vec<Value>,
}

impl Spoken {
    /// From Diesel's text of a query: `SQL -- binds: [A, B]`.
    fn read(text: &str, known: &Known) -> Result<Spoken> {
        let (sql, binds) = text.split_once(" -- binds: ").unwrap_or((text, "[]"));
        let inside = binds.trim().strip_prefix('[').and_then(|b| b.strip_suffix(']'));
        let values = split(inside.with_context(|| format!("the values of a query: {binds}"))?)
            .into_iter()
            .map(|shown| {
                Value::read(shown, known)
                    .with_context(|| format!("a query of the page takes {shown}, unknown here: {sql}"))
            })
            .collect::<Result<_>>()?;
        Ok(Spoken { sql: sql.trim().to_owned(), values })
    }
}

/// The parts between the commas that stand in no quotes and no brackets.
fn split(list: &str) -> Vec<&str> {
    let (mut parts, mut from, mut depth, mut quoted, mut escaped) = (Vec::new(), 0, 0_i32, false, false);
    for (at, c) in list.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(list[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(list[from..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn listen(event: InstrumentationEvent<'_>) {
    if let (InstrumentationEvent::StartQuery { query, .. }, Ok(mut heard)) = (event, HEARD.lock()) {
        heard.push(query.to_string());
    }
}

fn heard() -> Vec<String> {
    HEARD.lock().map(|mut h| std::mem::take(&mut *h)).unwrap_or_default()
}

/// What was heard until now does not count.
pub fn forget() {
    heard();
}

/// The queries of connections that are opened within `work`.
pub fn heard_while(known: &Known, work: impl FnOnce() -> Result<()>) -> Result<Vec<Spoken>> {
    set_default_instrumentation(|| Some(Box::new(listen)))?;
    let done = work();
    set_default_instrumentation(|| None)?;
    done?;
    heard().iter().map(|text| Spoken::read(text, known)).collect()
}

/// The two files of a database on SQLite, each with a connection of its own.
pub struct Files {
    main: rusqlite::Connection,
    beside: rusqlite::Connection,
}

impl Files {
    pub fn open(url: &str) -> Result<Files> {
        let url = DatabaseUrl::parse(url)?;
        let connect = |path: &Path| -> Result<rusqlite::Connection> {
            let conn = rusqlite::Connection::open(path)?;
            conn.execute_batch("PRAGMA busy_timeout = 5000; PRAGMA cache_size = -8000; PRAGMA query_only = ON;")?;
            Ok(conn)
        };
        Ok(Files {
            main: connect(&url.sqlite_path().context("SQLite")?)?,
            beside: connect(&url.activity().sqlite_path().context("SQLite")?)?,
        })
    }

    /// No table is in both files, so a query can be prepared in one alone.
    fn prepare(&self, spoken: &Spoken) -> Result<Step<'_>> {
        let statement = match self.main.prepare(&spoken.sql) {
            Ok(statement) => statement,
            Err(not_here) => self.beside.prepare(&spoken.sql).context(not_here)?,
        };
        let wanted = statement.parameter_count();
        ensure!(
            wanted == spoken.values.len(),
            "a query takes {wanted} values, not {}: {}",
            spoken.values.len(),
            spoken.sql
        );
        Ok(Step { statement, values: spoken.values.clone() })
    }
}

struct Step<'c> {
    statement: rusqlite::Statement<'c>,
    values: Vec<Value>,
}

/// The values that a page gives to its queries.
struct Given<'a> {
    now: &'a str,
    sonis_id: &'a str,
    person: i64,
}

impl Step<'_> {
    fn bind(&mut self, given: &Given<'_>) -> Result<()> {
        for (n, value) in self.values.iter().enumerate() {
            let n = n + 1;
            match value {
                Value::Text(text) => self.statement.raw_bind_parameter(n, text)?,
                Value::Number(number) => self.statement.raw_bind_parameter(n, number)?,
                Value::Now => self.statement.raw_bind_parameter(n, given.now)?,
                Value::SonisId => self.statement.raw_bind_parameter(n, given.sonis_id)?,
                Value::Person => self.statement.raw_bind_parameter(n, given.person)?,
            }
        }
        Ok(())
    }

    /// Reads every column of every row, as it lies there. How many rows.
    fn read(&mut self, given: &Given<'_>) -> Result<usize> {
        self.bind(given)?;
        let columns = self.statement.column_count();
        let (mut count, mut bytes) = (0, 0);
        let mut rows = self.statement.raw_query();
        while let Some(row) = rows.next()? {
            count += 1;
            bytes += weigh(row, columns)?;
        }
        std::hint::black_box(bytes);
        Ok(count)
    }

    /// Reads the one row of a person: whose it is, and whether of a student.
    fn read_person(&mut self, given: &Given<'_>) -> Result<(i64, bool)> {
        self.bind(given)?;
        let columns = self.statement.column_count();
        let (id, member_type) = (self.statement.column_index("id")?, self.statement.column_index("member_type")?);
        let mut rows = self.statement.raw_query();
        let row = rows.next()?.context("a person")?;
        std::hint::black_box(weigh(row, columns)?);
        Ok((row.get_ref(id)?.as_i64()?, row.get_ref(member_type)?.as_str()? == "student"))
    }
}

fn weigh(row: &rusqlite::Row<'_>, columns: usize) -> Result<usize> {
    let mut bytes = 0;
    for n in 0..columns {
        bytes += match row.get_ref(n)? {
            ValueRef::Text(text) => text.len(),
            _ => 8,
        };
    }
    Ok(bytes)
}

/// The statements of a page, prepared once, with nothing around them.
pub struct Bare<'c> {
    before: Vec<Step<'c>>,
    person: Step<'c>,
    after_student: Vec<Step<'c>>,
    after_guardian: Vec<Step<'c>>,
    now: String,
}

impl<'c> Bare<'c> {
    /// From the queries of a student's page and of a guardian's, which part ways after the person.
    pub fn prepare(files: &'c Files, student: &[Spoken], guardian: &[Spoken], now: NaiveDateTime) -> Result<Bare<'c>> {
        let asks_for_person = |spoken: &Spoken| spoken.values.contains(&Value::SonisId);
        let Some(at) = student.iter().position(asks_for_person) else {
            bail!("no query of the page asks for a person")
        };
        ensure!(guardian.starts_with(&student[..=at]), "the pages of a student and of a guardian begin otherwise");
        let all = |spoken: &[Spoken]| spoken.iter().map(|s| files.prepare(s)).collect::<Result<Vec<_>>>();
        Ok(Bare {
            before: all(&student[..at])?,
            person: files.prepare(&student[at])?,
            after_student: all(&student[at + 1..])?,
            after_guardian: all(&guardian[at + 1..])?,
            now: now.format("%F %T%.f").to_string(),
        })
    }

    /// How many people are on the page of this one: the person, and the rows of what is read after.
    pub fn load(&mut self, sonis_id: &str) -> Result<usize> {
        let mut given = Given { now: &self.now, sonis_id, person: 0 };
        for step in &mut self.before {
            step.read(&given)?;
        }
        let (person, is_student) = self.person.read_person(&given)?;
        given.person = person;
        let mut found = 1;
        for step in if is_student { &mut self.after_student } else { &mut self.after_guardian } {
            found += step.read(&given)?;
        }
        Ok(found)
    }
}
