//! `crosswalk import names`: a PowerSchool Students extract into a school, planned and applied.
//! Leaves reading to `sources`, planning to `people`, applying to `runs`.

use std::path::PathBuf;

use clap::Subcommand;

use super::acting::{Acting, school};
use super::{Desk, Done, Failure};
use crate::people::import_names;
use crate::runs::{Applied, Problem, Run, RunId, apply};
use crate::security::tasks;

#[derive(Subcommand)]
pub enum Import {
    /// People from a PowerSchool Students extract: created, updated or unchanged; a line for each row that cannot be taken
    #[command(after_help = "Exit codes: 0 every row was taken, 1 some rows were not, 2 could not.")]
    Names {
        file: PathBuf,
        #[arg(long, value_name = "CODE")]
        school: String,
        /// Only make the plan; the page /runs shows it and applies it
        #[arg(long)]
        plan: bool,
        #[command(flatten)]
        acting: Acting,
    },
}

impl Import {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let Import::Names { file, school: code, plan, acting } = self;
        let now = desk.clock.now();
        let bytes = std::fs::read(file).map_err(|e| Failure(format!("{} cannot be read: {e}", file.display())))?;
        let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let db = desk.open()?;
        let school = db.read(|conn| Ok(school(conn, code)))??;
        let actor = db.read(|conn| Ok(acting.actor::<tasks::ImportNames>(conn, desk, Some(&school))))??;
        let source = import_names::read(&bytes, &name).map_err(|e| Failure(format!("{}: {e}", file.display())))?;
        let id = source.plan(&db, &school, &actor, now)?;
        if !plan {
            applied(&apply(&db, &school, id, &actor, now)?, id)?;
        }
        let (run, problems) =
            db.read(|conn| Ok((Run::by_id(conn, &school, id)?, Problem::of_run(conn, &school, id, i64::MAX)?)))?;
        for problem in &problems {
            println!("{problem}");
        }
        let c = run.counts;
        let did = if *plan { "Planned" } else { "Done" };
        println!(
            "{did}, run {id}: {} rows read, {} created, {} updated, {} unchanged, {} not taken.",
            c.rows_read, c.created, c.updated, c.unchanged, c.refused
        );
        if c.kept > 0 {
            println!("{} fields were kept as somebody set them by hand.", c.kept);
        }
        Ok(if c.refused > 0 { Done::WithRefusals } else { Done::Well })
    }
}

/// What came of applying a run, where it is not applied: a plain line.
pub(super) fn applied(applied: &Applied, run: RunId) -> Result<(), Failure> {
    match applied {
        Applied::Done => Ok(()),
        Applied::Stale(rows) => Err(Failure(format!(
            "Run {run} is out of date: {} of its rows do not fit any more, and nothing was changed. Plan it again.",
            rows.len()
        ))),
        Applied::Cancelled => Err(Failure(format!("Run {run} was stopped. Nothing was changed."))),
        Applied::Elsewhere => Err(Failure(format!("Another process has taken run {run} over. Look at it later."))),
    }
}
