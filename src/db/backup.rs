//! Backups: one file that holds everything, made while the program runs, and its restoring.
//! Leaves the command line to `cli`.
//!
//! On SQLite it is a tar of both files, each copied in one read transaction (`VACUUM INTO`).
//! On PostgreSQL it is what `pg_dump` writes, which has to be installed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::conn::{Access, Conn, Manager};
use super::private;
use super::url::{DatabaseUrl, part_from_password};

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{file} is there already. Choose another name, or move it away.")]
    Exists { file: String },
    #[error("{file} is not a backup that Crosswalk made: {why}")]
    NotABackup { file: String, why: String },
    #[error("{what}: {why}")]
    Failed { what: String, why: String },
}

const MAIN: &str = "crosswalk.db";
const ACTIVITY: &str = "crosswalk-activity.db";

fn failed(what: &str) -> impl Fn(&dyn std::fmt::Display) -> BackupError {
    let what = what.to_owned();
    move |why| BackupError::Failed { what: what.clone(), why: why.to_string() }
}

fn exists(path: &Path) -> BackupError {
    BackupError::Exists { file: path.display().to_string() }
}

pub fn backup(url: &DatabaseUrl, to: &Path) -> Result<(), BackupError> {
    if to.exists() {
        return Err(exists(to));
    }
    match url {
        DatabaseUrl::Sqlite(_) => backup_sqlite(url, to),
        DatabaseUrl::Postgres(url) => {
            let part = beside(to, ".part");
            private::create(&part).map_err(|e| failed("The backup could not be written")(&e))?;
            let done = run(tool("pg_dump", url).arg("--format=custom").arg("--file").arg(&part), "pg_dump");
            let kept = done
                .and_then(|()| std::fs::rename(&part, to).map_err(|e| failed("The backup could not be written")(&e)));
            if kept.is_err() {
                // Half a dump is worse than none. It may not even have been begun.
                let _ = std::fs::remove_file(&part);
            }
            kept
        }
    }
}

/// A file beside another, of the same name with an ending.
fn beside(file: &Path, ending: &str) -> PathBuf {
    file.with_file_name(format!("{}{ending}", file.file_name().unwrap_or_default().to_string_lossy()))
}

fn backup_sqlite(url: &DatabaseUrl, to: &Path) -> Result<(), BackupError> {
    let wrong = failed("The backup could not be written");
    // Written beside its place and renamed when whole: a backup that is there is complete.
    let (part, main, activity) = (beside(to, ".part"), beside(to, ".main.part"), beside(to, ".activity.part"));
    for path in [&part, &main, &activity] {
        if path.exists() {
            std::fs::remove_file(path).map_err(|e| wrong(&e))?;
        }
    }
    copy(url, &main)?;
    copy(&url.activity(), &activity)?;
    let file = private::create(&part).map_err(|e| wrong(&e))?;
    let mut tar = tar::Builder::new(file);
    tar.append_path_with_name(&main, MAIN).map_err(|e| wrong(&e))?;
    tar.append_path_with_name(&activity, ACTIVITY).map_err(|e| wrong(&e))?;
    let file = tar.into_inner().map_err(|e| wrong(&e))?;
    file.sync_all().map_err(|e| wrong(&e))?;
    for path in [&main, &activity] {
        std::fs::remove_file(path).map_err(|e| wrong(&e))?;
    }
    std::fs::rename(&part, to).map_err(|e| wrong(&e))
}

/// A copy as of one moment; writers go on meanwhile.
fn copy(url: &DatabaseUrl, to: &Path) -> Result<(), BackupError> {
    let wrong = failed("The database could not be copied");
    if let Some(path) = url.sqlite_path().filter(|p| !p.exists()) {
        return Err(wrong(&format!("there is no database at {}", path.display())));
    }
    let mut conn = Manager { url: url.clone(), access: Access::Write }.open().map_err(|e| wrong(&e))?;
    // VACUUM INTO takes an empty file, too.
    private::create_new(to).map_err(|e| wrong(&e))?;
    match &mut conn {
        Conn::Sqlite(c) => diesel::sql_query("VACUUM INTO ?")
            .bind::<Text, _>(to.to_string_lossy().into_owned())
            .execute(c)
            .map(drop)
            .map_err(|e| wrong(&e)),
        Conn::Postgres(_) => Ok(()),
    }
}

/// Puts a backup where the database is expected; an existing database is never overwritten.
pub fn restore(url: &DatabaseUrl, from: &Path) -> Result<(), BackupError> {
    match url {
        DatabaseUrl::Sqlite(_) => restore_sqlite(url, from),
        DatabaseUrl::Postgres(url) => run(
            tool("pg_restore", url).args(["--no-owner", "--exit-on-error", "--single-transaction"]).arg(from),
            "pg_restore",
        ),
    }
}

fn restore_sqlite(url: &DatabaseUrl, from: &Path) -> Result<(), BackupError> {
    let mut parts = Vec::new();
    let restored = unpack(url, from, &mut parts);
    if restored.is_err() {
        // What was begun goes; a part that cannot be removed is overwritten by the next try.
        for (part, _) in &parts {
            let _ = std::fs::remove_file(part);
        }
    }
    restored
}

/// Writes each file beside its place, then moves all of them there. `parts` tells what was begun.
fn unpack(url: &DatabaseUrl, from: &Path, parts: &mut Vec<(PathBuf, PathBuf)>) -> Result<(), BackupError> {
    let wrong = failed("The backup could not be restored");
    let not_a_backup = |why: &dyn std::fmt::Display| BackupError::NotABackup {
        file: from.display().to_string(),
        why: why.to_string(),
    };
    let places: Vec<(&str, PathBuf)> = [(MAIN, url.clone()), (ACTIVITY, url.activity())]
        .into_iter()
        .filter_map(|(name, url)| url.sqlite_path().map(|p| (name, p)))
        .collect();
    for (_, place) in &places {
        if place.exists() {
            return Err(exists(place));
        }
    }
    let file = File::open(from).map_err(|e| wrong(&e))?;
    let mut tar = tar::Archive::new(file);
    for entry in tar.entries().map_err(|e| not_a_backup(&e))? {
        let mut entry = entry.map_err(|e| not_a_backup(&e))?;
        let name = entry.path().map_err(|e| not_a_backup(&e))?.to_string_lossy().into_owned();
        // Only the two names that we write, each to its own place: an archive cannot say where files go.
        let Some((_, place)) = places.iter().find(|(n, _)| *n == name) else {
            return Err(not_a_backup(&format!("it holds {name:?}")));
        };
        let part = place.with_extension("restoring");
        parts.push((part.clone(), place.clone()));
        let mut out = private::create(&part).map_err(|e| wrong(&e))?;
        std::io::copy(&mut entry, &mut out).map_err(|e| not_a_backup(&e))?;
        out.sync_all().map_err(|e| wrong(&e))?;
    }
    if parts.len() != places.len() {
        return Err(not_a_backup(&"it does not hold both files"));
    }
    for (part, place) in parts {
        std::fs::rename(part, place).map_err(|e| wrong(&e))?;
    }
    Ok(())
}

/// One of PostgreSQL's programs, told which database. Everybody on the machine can read its arguments, so the password
/// goes by its environment.
fn tool(name: &str, url: &str) -> Command {
    let (url, password) = part_from_password(url);
    let mut command = Command::new(name);
    command.arg("--dbname").arg(url);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

fn run(command: &mut Command, name: &str) -> Result<(), BackupError> {
    let wrong = failed(name);
    let done = command
        .output()
        .map_err(|e| wrong(&format!("it could not be started ({e}); install PostgreSQL's client programs")))?;
    if done.status.success() { Ok(()) } else { Err(wrong(&String::from_utf8_lossy(&done.stderr).trim())) }
}

/// What a check of the database found, each a line; empty when all is well.
pub fn integrity(conn: &mut Conn) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        integrity_check: String,
    }
    let Conn::Sqlite(c) = conn else { return Ok(Vec::new()) };
    let lines: Vec<Line> = diesel::sql_query("PRAGMA integrity_check").load(c)?;
    let mut found: Vec<String> = lines.into_iter().map(|l| l.integrity_check).filter(|l| l != "ok").collect();
    #[derive(QueryableByName)]
    struct Orphan {
        #[diesel(sql_type = Text)]
        table: String,
    }
    let orphans: Vec<Orphan> = diesel::sql_query("SELECT \"table\" FROM pragma_foreign_key_check").load(c)?;
    found.extend(orphans.into_iter().map(|o| format!("a row of {} points at nothing", o.table)));
    Ok(found)
}

/// Whether the index of names agrees with the names. It writes nothing, but SQLite asks for it as an insert.
pub fn check_search_index(conn: &mut Conn) -> QueryResult<()> {
    if let Conn::Sqlite(c) = conn {
        c.batch_execute("INSERT INTO people_search (people_search, rank) VALUES ('integrity-check', 1)")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_argument_of_postgresqls_programs_holds_the_password() {
        for url in ["postgres://ann:se%20cret@db/crosswalk", "postgres://ann@db/crosswalk?password=se%20cret"] {
            let command = tool("pg_dump", url);
            let args: Vec<_> = command.get_args().collect();
            assert_eq!(args, ["--dbname", "postgres://ann@db/crosswalk"]);
            let told: Vec<_> = command.get_envs().filter_map(|(name, value)| Some((name, value?))).collect();
            assert_eq!(told, [("PGPASSWORD".as_ref(), "se cret".as_ref())]);
        }
        assert_eq!(tool("pg_dump", "postgres://ann@db/crosswalk").get_envs().count(), 0);
    }
}
