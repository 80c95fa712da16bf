//! The sealer: numbers the entries that have no seal yet, school by school, and chains them.
//! Leaves the seal itself to `seal`. Any number of nodes may run it: of two that seal at once, one does nothing.

use std::time::Duration;

use super::key::Key;
use super::seal::seal;
use super::source::Source;
use super::stored;
use crate::db::{Conn, Db};
use crate::error::AppError;
use crate::schools::SchoolId;

/// So many entries share one transaction: few enough that nobody who waits for the writer notices.
const BATCH: i64 = 200;

/// Long enough to cost nothing, short enough that what is unsealed is hardly worth changing.
const PAUSE: Duration = Duration::from_secs(5);

/// Seals in a thread of its own as long as the program runs.
pub fn seal_in_background(db: Db, key: Key) {
    let work = move || {
        let mut told = String::new();
        loop {
            let trouble = match seal_all(&db, &key) {
                Ok(_) => String::new(),
                Err(e) => e.to_string(),
            };
            // Once, not every few seconds.
            if trouble != told && !trouble.is_empty() {
                log::error!("the audit is not sealed: {trouble}");
            }
            told = trouble;
            std::thread::sleep(PAUSE);
        }
    };
    if let Err(e) = std::thread::Builder::new().name("audit-sealer".into()).spawn(work) {
        log::error!("the audit is not sealed: {e}");
    }
}

/// Seals whatever is unsealed now; says how many entries.
pub fn seal_all(db: &Db, key: &Key) -> Result<usize, AppError> {
    let mut sealed = 0;
    for &source in Source::ALL {
        for school in source.read(db, |conn| stored::schools_with_unsealed(conn, source))? {
            loop {
                let key = key.clone();
                let done = source.write(db, move |conn| seal_some(conn, &key, source, school));
                let done = match done {
                    // Another node was quicker: what it has sealed is sealed, and it goes on with the rest.
                    Err(e) if e.is_unique_violation() || matches!(e, AppError::Busy) => 0,
                    done => done?,
                };
                sealed += done;
                if done == 0 {
                    break;
                }
            }
        }
    }
    Ok(sealed)
}

fn seal_some(conn: &mut Conn, key: &Key, source: Source, school: Option<SchoolId>) -> Result<usize, AppError> {
    let (mut number, mut before) = match stored::last_sealed(conn, source, school)? {
        Some((number, mac)) => (number, mac.unwrap_or_default()),
        None => (0, String::new()),
    };
    if number > 0 && !before.starts_with(key.fingerprint()) {
        return Err(AppError::Internal(format!("{source} is sealed with another key than that in the key file")));
    }
    let mut done = 0;
    for entry in stored::unsealed(conn, source, school, BATCH)? {
        number += 1;
        before = seal(key, source, &before, number, &entry);
        if !stored::write_seal(conn, source, entry.id, number, &before)? {
            return Err(AppError::Busy);
        }
        done += 1;
    }
    Ok(done)
}
