//! Files that hold people and their IDs: made so that only their owner reads them. A file that is there keeps the mode
//! that somebody gave it. SQLite gives the files beside a database (its WAL) the mode of the database.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// A new, empty file, where none is.
pub fn create_new(path: &Path) -> io::Result<File> {
    options().create_new(true).open(path)
}

/// A new file, or one that is there, emptied.
pub fn create(path: &Path) -> io::Result<File> {
    options().create(true).truncate(true).open(path)
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
