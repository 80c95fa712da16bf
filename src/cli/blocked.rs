//! `crosswalk sync blocked`: the blocked rows of one file of a sync, as the page's download has them.
//! Leaves which rows they are to `sync::blocked`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::acting::Acting;
use super::sync::begin;
use super::{Desk, Done, Failure};
use crate::audit::{self, Action, Entry};
use crate::runs::{Run, RunId, RunKind};
use crate::security::tasks;
use crate::sources::Slot;
use crate::sync::StoredFile;
use crate::sync::blocked::{BlockedRows, file_name};
use crate::web::csv_safe;

#[derive(Args)]
pub struct Blocked {
    /// The number of the run
    run: i64,
    #[arg(long, value_name = "CODE")]
    school: String,
    /// Which file: students, teachers, parents or relationships
    #[arg(long, value_name = "LIST")]
    list: String,
    /// Where to write it [default: run-NUMBER-blocked-LIST.csv in this folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    acting: Acting,
}

impl Blocked {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let slot = Slot::parse(&self.list).ok_or_else(|| {
            Failure(format!("{:?} is no list. Write students, teachers, parents or relationships.", self.list))
        })?;
        let (db, school, actor) = begin::<tasks::RunRosterSync>(desk, &self.school, &self.acting)?;
        let id = RunId(self.run);
        let file = db.read(|conn| {
            let run = match Run::by_id(conn, &school, id) {
                Err(crate::error::AppError::NotFound) => return Ok(None),
                run => run?,
            };
            let files = StoredFile::of_run(conn, &school, id)?;
            Ok(files.into_iter().find(|f| f.slot == slot.code()).filter(|_| run.kind == RunKind::RosterSync))
        })?;
        let file = file.ok_or_else(|| Failure(format!("There is no sync with the number {id} and a file {slot}.")))?;
        if file.holds_ids && self.acting.operator().is_none() {
            return Err(Failure(
                "The rows of this file hold Host IDs. Download them in the portal, with View integration IDs.".into(),
            ));
        }
        let (mut rows, head) = BlockedRows::of(id, &file);
        let head: Vec<&str> = head.iter().map(String::as_str).collect();
        let path = self.out.clone().unwrap_or_else(|| PathBuf::from(file_name(id, &file.slot)));
        let cannot = |e: std::io::Error| Failure(format!("{} cannot be written: {e}", path.display()));
        let what = format!("The blocked rows of run {id}, {}, by command", file.slot);
        let entry = Entry {
            at: desk.clock.now(),
            school: Some(school.id()),
            actor,
            action: Action::Exported,
            subject: what,
            person: None,
            request: None,
        };
        audit::note(db.activity(), entry)?;
        let mut out = std::fs::File::create(&path).map_err(cannot)?;
        out.write_all(&csv_safe::Writer::new(&head)?.finish()?).map_err(cannot)?;
        while let Some(part) = db.read(|conn| rows.next(conn, &school))? {
            out.write_all(&part).map_err(cannot)?;
        }
        println!("The blocked rows of {slot} are in {}.", path.display());
        Ok(Done::Well)
    }
}
