//! `crosswalk backup` and `crosswalk restore`.
//! Leaves the copying to `db`.

use std::path::PathBuf;

use clap::Args;

use super::{Desk, Done, Failure};
use crate::db::{Db, backup, restore};

#[derive(Args)]
pub struct Backup {
    /// The file to write; it must not be there yet
    file: PathBuf,
}

#[derive(Args)]
pub struct Restore {
    /// A file that `crosswalk backup` wrote; the database it goes to must not be there yet
    file: PathBuf,
}

impl Backup {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        backup(&desk.url()?, &self.file)?;
        println!("{} holds the whole database.", self.file.display());
        Ok(Done::Well)
    }
}

impl Restore {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let url = desk.url()?;
        restore(&url, &self.file)?;
        // Opening brings an older backup to this program's schema, and refuses one of a newer program.
        Db::open(&url, 1)?;
        println!("{} is restored to {url}.", self.file.display());
        Ok(Done::Well)
    }
}
