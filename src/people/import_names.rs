//! An import of names from file to stored plan, for the page and the command line alike.
//! Leaves comparing to the planner in `people::import`, applying to `runs`.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use sha2::{Digest, Sha256};

use super::import::{Import, plan_import};
use crate::db::Conn;
use crate::error::AppError;
use crate::runs::{RunId, RunKind, SourceFile};
use crate::schools::CurrentSchool;
use crate::security::{Actor, hex};
use crate::sources::{FileProblem, StudentsFile, read_students};

/// A file that has been read.
pub struct Source {
    file: StudentsFile,
    name: String,
    hash: String,
}

/// Reads a Students extract. The error is for the clerk: the file as a whole cannot be used.
pub fn read(bytes: &[u8], name: &str) -> Result<Source, FileProblem> {
    let file = read_students(bytes)?;
    Ok(Source { file, name: name.to_owned(), hash: hex(&Sha256::digest(bytes)) })
}

impl Source {
    /// Compares the file with the school and stores the plan as a run that waits.
    pub fn plan(
        &self,
        conn: &mut Conn,
        school: &CurrentSchool,
        actor: &Actor,
        now: NaiveDateTime,
    ) -> Result<RunId, AppError> {
        let import = Import::load(conn, school, &self.file, school_year_ends(now.date()))?;
        let mut notes = vec![self.file.shape.to_string()];
        notes.extend(self.file.notes.iter().cloned());
        let source =
            SourceFile { name: Some(self.name.clone()), hash: Some(self.hash.clone()), notes: Some(notes.join("\n")) };
        plan_import(&self.file, &import).store(conn, school, RunKind::NamesImport, source, actor, now)
    }
}

/// The school year turns in July: a grade in September 2026 belongs to the year that ends in 2027.
fn school_year_ends(today: NaiveDate) -> i32 {
    if today.month() >= 7 { today.year() + 1 } else { today.year() }
}
