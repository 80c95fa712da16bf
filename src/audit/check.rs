//! Verifies the seals of everything that is stored, and says what is not sealed.
//! Leaves walking a chain to `chain`, and the other faults of a database to `cli::check`.

use std::path::Path;

use super::chain::Chain;
use super::head::{Head, NO_SCHOOL};
use super::key::{Key, KeyError, is_sealed};
use super::source::Source;
use super::stored;
use crate::db::Db;
use crate::error::AppError;
use crate::schools::{CurrentSchool, SchoolId};

/// What was found, each a line.
#[derive(Debug, Default)]
pub struct Report {
    pub faults: Vec<String>,
    /// Worth knowing, and no fault.
    pub notes: Vec<String>,
}

/// So many entries are in memory at once.
const PORTION: i64 = 2000;

/// Nothing is sealed or written here. `exported` are heads that were kept elsewhere.
pub fn check(db: &Db, key_file: Option<&Path>, exported: &[Head]) -> Result<Report, AppError> {
    let mut report = Report::default();
    let key = match key_file.map(Key::read).transpose() {
        Ok(key) => key.flatten(),
        Err(e) => {
            report.faults.push(e.to_string());
            return Ok(report);
        }
    };
    let Some(key) = key else {
        return without_key(db, key_file, exported);
    };
    let mut scopes: Vec<(String, Option<SchoolId>)> = vec![(NO_SCHOOL.into(), None)];
    let schools = db.read(CurrentSchool::every)?;
    scopes.extend(schools.iter().map(|s| (s.code().to_owned(), Some(s.id()))));
    for head in exported {
        if !scopes.iter().any(|(code, _)| *code == head.school) {
            report.faults.push(format!("{}: there is no such school, but its audit was sealed", head.school));
        }
    }
    for (code, school) in &scopes {
        for &source in Source::ALL {
            let head = exported.iter().find(|h| h.school == *code && h.source == source);
            walk(db, &key, source, *school, head, name(code), &mut report)?;
            let (count, since) = source.read(db, |conn| stored::count_unsealed(conn, source, *school))?;
            if let Some(since) = since {
                let since = since.format("%-d %b %Y, %H:%M");
                report
                    .notes
                    .push(format!("{}: {count} of {source} not sealed yet, the oldest of {since} UTC.", name(code)));
            }
        }
    }
    Ok(report)
}

fn name(code: &str) -> &str {
    if code == NO_SCHOOL { "no school" } else { code }
}

fn walk(
    db: &Db,
    key: &Key,
    source: Source,
    school: Option<SchoolId>,
    head: Option<&Head>,
    name: &str,
    report: &mut Report,
) -> Result<(), AppError> {
    let mut chain = Chain::new(key, source, head);
    let mut broken = None;
    // From below: a number that the sealer never gives must not hide an entry.
    let mut after = i64::MIN;
    'walk: loop {
        let portion = source.read(db, |conn| stored::sealed(conn, source, school, after, PORTION))?;
        for entry in &portion {
            if let Err(found) = chain.next(entry) {
                broken = Some(found);
                break 'walk;
            }
        }
        if portion.is_empty() {
            break;
        }
        after = chain.number();
    }
    if let Some(broken) = broken.or_else(|| chain.end().err()) {
        report.faults.push(format!("{name}: the audit was changed: {broken}"));
    }
    if let Some((count, first)) = &chain.late {
        report.notes.push(format!(
            "{name}: {count} of {source} came more than an hour after the time that they name; the first is {first}."
        ));
    }
    Ok(())
}

/// Without its key a sealed audit cannot be verified, which is a fault; one that nobody has sealed is only unsealed.
fn without_key(db: &Db, key_file: Option<&Path>, exported: &[Head]) -> Result<Report, AppError> {
    let mut report = Report::default();
    if is_sealed(db)? || !exported.is_empty() {
        report.faults.push(match key_file {
            Some(file) => KeyError::Missing(file.to_owned()).to_string(),
            None => "The audit cannot be verified: say where its key is, as audit_key_file.".into(),
        });
    } else {
        report.notes.push("The audit is not sealed.".into());
    }
    Ok(report)
}
