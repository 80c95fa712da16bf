//! The key that seals the audit: a file outside of the database, made where there is none and nothing is sealed yet.
//! Leaves where the file is to `config`.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::seal::hmac;
use super::source::Source;
use super::stored;
use crate::db::Db;
use crate::error::AppError;
use crate::security::{hex, random_token};

/// Prints nothing, not even in a log.
#[derive(Clone)]
pub struct Key {
    bytes: Vec<u8>,
    fingerprint: String,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "The audit is sealed, but its key {0} is not there. Put the file back, or name its place as audit_key_file."
    )]
    Missing(PathBuf),
    #[error("The audit's key {0} is too short: it takes at least 32 random bytes, or 64 hexadecimal digits.")]
    TooShort(PathBuf),
    #[error("The audit's key {file} cannot be {what}: {why}")]
    Unusable { file: PathBuf, what: &'static str, why: std::io::Error },
    #[error(transparent)]
    App(#[from] AppError),
}

/// A shorter key could be guessed.
const SHORTEST: usize = 32;

impl Key {
    pub fn new(bytes: Vec<u8>) -> Option<Key> {
        let fingerprint = hex(hmac(&bytes, b"crosswalk audit key").get(..4).unwrap_or_default());
        (bytes.len() >= SHORTEST).then_some(Key { bytes, fingerprint })
    }

    /// The key in the file; None where there is no file.
    pub fn read(file: &Path) -> Result<Option<Key>, KeyError> {
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(KeyError::Unusable { file: file.to_owned(), what: "read", why }),
        };
        // A line end that an editor has left is not part of a key in hexadecimal; of a key in raw bytes it may be.
        let is_text = bytes.iter().all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace());
        let bytes = if is_text { bytes.trim_ascii().to_vec() } else { bytes };
        if is_text && bytes.len() < 2 * SHORTEST {
            return Err(KeyError::TooShort(file.to_owned()));
        }
        Key::new(bytes).map(Some).ok_or_else(|| KeyError::TooShort(file.to_owned()))
    }

    /// The key of a database. It is made only where nothing is sealed: a second key could not verify the first one's seals.
    pub fn open(db: &Db, file: &Path) -> Result<Key, KeyError> {
        if let Some(key) = Key::read(file)? {
            return Ok(key);
        }
        if is_sealed(db)? {
            return Err(KeyError::Missing(file.to_owned()));
        }
        make(file).map_err(|why| KeyError::Unusable { file: file.to_owned(), what: "written", why })?;
        Key::read(file)?.ok_or_else(|| KeyError::Missing(file.to_owned()))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Tells keys apart without telling anything of them.
    pub(super) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// Whether anything in the database was ever sealed.
pub fn is_sealed(db: &Db) -> Result<bool, AppError> {
    for &source in Source::ALL {
        if source.read(db, |conn| stored::has_sealed(conn, source))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Written beside its place and linked there whole: of two programs that make one at once, both read the first one's.
fn make(file: &Path) -> std::io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    let part = file.with_file_name(name);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&part).and_then(|mut out| {
        writeln!(out, "{}", random_token())?;
        out.sync_all()
    });
    let linked = written.and_then(|()| match std::fs::hard_link(&part, file) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    // Only the copy under the temporary name.
    let _ = std::fs::remove_file(&part);
    linked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_long_and_tells_nothing_but_its_fingerprint() {
        assert!(Key::new(vec![7; 31]).is_none());
        let (a, b) = (Key::new(vec![7; 32]), Key::new(vec![8; 32]));
        assert!(a.zip(b).is_some_and(|(a, b)| a.fingerprint != b.fingerprint && a.fingerprint.len() == 8));
    }
}
