//! An import of names from file to stored plan, for the page and the command line alike.
//! Leaves comparing to the planner in `people::import`, applying to `runs`.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use sha2::{Digest, Sha256};

use super::import::{Import, plan_import};
use crate::db::Db;
use crate::error::AppError;
use crate::runs::{NewRun, PlanWriter, RunId, RunKind, SourceFile, Whole};
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
    pub fn plan(&self, db: &Db, school: &CurrentSchool, actor: &Actor, now: NaiveDateTime) -> Result<RunId, AppError> {
        let mut notes = vec![self.file.shape.to_string()];
        notes.extend(self.file.notes.iter().cloned());
        let source =
            SourceFile { name: Some(self.name.clone()), hash: Some(self.hash.clone()), notes: Some(notes.join("\n")) };
        let new = NewRun::plan(RunKind::NamesImport, actor, source);
        let rows = i64::try_from(self.file.rows).unwrap_or(i64::MAX);
        let mut writer = PlanWriter::begin(db, school, &new, rows, now)?;
        let import = db.read(|conn| Import::load(conn, school, &self.file, school_year_ends(now.date())))?;
        let plan = plan_import(&self.file, &import);
        for (row, change) in &plan.changes {
            writer.change(Some(*row), change)?;
        }
        for problem in plan.problems {
            writer.problem(problem)?;
        }
        writer.finish(Whole { counts: plan.counts, ..Whole::default() })
    }
}

/// The school year turns in July: a grade in September 2026 belongs to the year that ends in 2027.
pub fn school_year_ends(today: NaiveDate) -> i32 {
    if today.month() >= 7 { today.year() + 1 } else { today.year() }
}
