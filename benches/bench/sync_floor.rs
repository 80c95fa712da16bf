//! What a sync is compared with: the same final rows loaded raw into the same tables with the same indexes, and the same
//! files read, parsed and hashed. Leaves the sync itself to `sync`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::Options;
use super::portal::PostgresDatabase;
use super::roster::Roster;

/// In an order in which every row finds those that it points to.
const TABLES: [&str; 12] = [
    "id_specs",
    "runs",
    "people",
    "source_links",
    "groups",
    "memberships",
    "integration_ids",
    "relationships",
    "changes",
    "run_problems",
    "run_overlaps",
    "run_groups",
];

/// Rows a statement.
const ROWS: usize = 50;
/// Rows read at a time, outside the time that counts.
const READ: usize = 20_000;

/// Seconds for reading the files, cutting them, hashing every row, and each file as a whole (SHA-256, as the receipt has it).
pub fn reading(roster: &Roster) -> Result<f64> {
    let begun = Instant::now();
    let mut total = 0_u64;
    for file in [&roster.students, &roster.teachers, &roster.parents, &roster.relationships] {
        let bytes = std::fs::read(file)?;
        ensure!(crosswalk::security::sha256(&bytes).len() == 64, "no hash");
        let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').quoting(false).from_reader(bytes.as_slice());
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record)? {
            let mut hasher = DefaultHasher::new();
            record.iter().for_each(|cell| cell.hash(&mut hasher));
            total ^= hasher.finish();
        }
    }
    ensure!(total != 0, "nothing was hashed");
    Ok(begun.elapsed().as_secs_f64())
}

/// Seconds for loading the rows of a database into an empty one with prepared statements, in one transaction.
pub fn sqlite(o: &Options, dir: &Path, from: &Path) -> Result<f64> {
    let floor = dir.join("floor.db");
    make_empty(o, &format!("sqlite:{}", floor.display()))?;
    let source = Connection::open(from)?;
    let target = Connection::open(&floor)?;
    target.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -163840; BEGIN IMMEDIATE",
    )?;
    let mut spent = Duration::ZERO;
    for table in TABLES {
        spent += copy(&source, &target, table)?;
    }
    let begun = Instant::now();
    target.execute_batch("COMMIT")?;
    drop(target);
    spent += begun.elapsed();
    std::fs::remove_file(&floor)?;
    Ok(spent.as_secs_f64())
}

fn make_empty(o: &Options, url: &str) -> Result<()> {
    let status = Command::new(&o.crosswalk)
        .args(["--database-url", url, "school", "add", "NFC", "--name", "Northfield College", "--letters", "NC"])
        .stdout(Stdio::null())
        .status()?;
    ensure!(status.success(), "no empty database");
    Ok(())
}

fn copy(source: &Connection, target: &Connection, table: &str) -> Result<Duration> {
    let mut select = source.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = select.column_count();
    let one = format!("({})", vec!["?"; columns].join(", "));
    let many = format!("INSERT INTO {table} VALUES {}", vec![one.as_str(); ROWS].join(", "));
    let mut many = target.prepare(&many)?;
    let mut single = target.prepare(&format!("INSERT INTO {table} VALUES {one}"))?;
    let mut spent = Duration::ZERO;
    let mut rows = select.query([])?;
    let mut held: Vec<Value> = Vec::with_capacity(READ * columns);
    let mut is_over = false;
    while !is_over {
        held.clear();
        while held.len() < READ * columns {
            let Some(row) = rows.next()? else {
                is_over = true;
                break;
            };
            for column in 0..columns {
                held.push(row.get(column)?);
            }
        }
        let begun = Instant::now();
        let mut statements = held.chunks_exact(columns * ROWS);
        for values in &mut statements {
            many.execute(rusqlite::params_from_iter(values))?;
        }
        for values in statements.remainder().chunks_exact(columns) {
            single.execute(rusqlite::params_from_iter(values))?;
        }
        spent += begun.elapsed();
    }
    Ok(spent)
}

/// Seconds for COPY of the rows of a database into an empty one.
pub fn postgres(o: &Options, dir: &Path, server: &str, from: &str) -> Result<f64> {
    let empty = PostgresDatabase::create(server, "floor")?;
    make_empty(o, empty.url())?;
    let mut spent = Duration::ZERO;
    for table in TABLES {
        let file = dir.join(format!("{table}.copy"));
        psql(
            from,
            &format!("COPY {table} TO STDOUT (FORMAT binary)"),
            Stdio::null(),
            std::fs::File::create(&file)?.into(),
        )?;
        let begun = Instant::now();
        psql(
            empty.url(),
            &format!("COPY {table} FROM STDIN (FORMAT binary)"),
            std::fs::File::open(&file)?.into(),
            Stdio::null(),
        )?;
        spent += begun.elapsed();
        std::fs::remove_file(&file)?;
    }
    Ok(spent.as_secs_f64())
}

fn psql(url: &str, sql: &str, stdin: Stdio, stdout: Stdio) -> Result<()> {
    let status = Command::new("psql")
        .args(["--no-psqlrc", "--quiet", url, "-c", sql])
        .stdin(stdin)
        .stdout(stdout)
        .status()
        .context("psql cannot be started: it comes with PostgreSQL's client programs")?;
    ensure!(status.success(), "psql: {sql}");
    Ok(())
}
