//! `crosswalk groups`: a Group Membership list on the command line: load, back, undo.
//! Leaves planning to `groups::list`, applying to `runs`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::acting::{Acting, school};
use super::{Desk, Done, Failure};
use crate::db::Db;
use crate::groups::list::{self, Figure, Given, Planner};
use crate::runs::{self, Problem, Run, RunId, RunState};
use crate::schools::CurrentSchool;
use crate::security::{Actor, Sight, tasks};

const CODES: &str = "Exit codes: 0 done, 1 done and some rows were not taken, 2 could not.\n\
    With --json, one object is printed; docs/groups.md says what its fields mean.";

#[derive(Subcommand)]
pub enum Groups {
    /// Load a Group Membership list: groups of the school's own, which no sync touches
    #[command(after_help = CODES)]
    Load(Load),
    /// Take everybody out of the groups that lists put them into
    #[command(after_help = CODES)]
    Back(Back),
    /// Apply a plan that was made with --plan
    #[command(after_help = CODES)]
    Apply(One),
    /// Take an applied list back
    #[command(after_help = CODES)]
    Undo(One),
}

#[derive(Args)]
pub struct Load {
    /// The list, or Vidigami's Membership sheet
    file: PathBuf,
    /// Vidigami's sheet of groups, where the list names groups by their Group ID
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
pub struct Back {
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
struct How {
    #[arg(long, value_name = "CODE")]
    school: String,
    /// Only make the plan; nothing is changed
    #[arg(long)]
    plan: bool,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
pub struct One {
    /// The number of the run
    run: i64,
    #[arg(long, value_name = "CODE")]
    school: String,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Serialize)]
struct Told {
    run: RunId,
    state: RunState,
    rows_read: i32,
    /// People who join or leave a group.
    people: i32,
    not_taken: i32,
    groups: Vec<Figure>,
    problems: Vec<String>,
}

struct Hand {
    db: Db,
    school: CurrentSchool,
    actor: Actor,
    sight: Sight,
}

fn begin(desk: &Desk, code: &str, acting: &Acting) -> Result<Hand, Failure> {
    let db = desk.open_existing()?;
    let school = db.read(|conn| Ok(school(conn, code)))??;
    let actor = db.read(|conn| Ok(acting.actor::<tasks::ManageGroups>(conn, desk, Some(&school))))??;
    let sight = db.read(|conn| Ok(acting.sight(conn, desk, &school)))??;
    Ok(Hand { db, school, actor, sight })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|e| Failure(format!("{} cannot be read: {e}", path.display())))
}

impl Groups {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        match self {
            Groups::Load(c) => {
                let given = Given {
                    name: c.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
                    list: read(&c.file)?,
                    sheet: c.sheet.as_deref().map(read).transpose()?,
                };
                c.how.carry(desk, |hand, by| {
                    list::plan(&hand.db, by, &given)?.map_err(|e| Failure(format!("{}: {e}", c.file.display())))
                })
            }
            Groups::Back(c) => c.how.carry(desk, |hand, by| Ok(list::plan_back(&hand.db, by)?)),
            Groups::Apply(c) => {
                let hand = begin(desk, &c.school, &c.acting)?;
                hand.apply(desk, RunId(c.run))?;
                hand.print(RunId(c.run), c.json)
            }
            Groups::Undo(c) => {
                let hand = begin(desk, &c.school, &c.acting)?;
                let run = list::one(&hand.db, &hand.school, RunId(c.run))
                    .map_err(|_| Failure(format!("There is no list with the number {}.", c.run)))?;
                let undone =
                    runs::undo(&hand.db, &hand.school, &run, &hand.actor, desk.clock.now())?.map_err(|_| {
                        Failure(format!(
                            "Run {} was not undone: somebody changed the same people meanwhile. Try again.",
                            c.run
                        ))
                    })?;
                hand.print(undone, c.json)
            }
        }
    }
}

impl How {
    fn carry(
        &self,
        desk: &Desk,
        plan: impl FnOnce(&Hand, &Planner<'_>) -> Result<RunId, Failure>,
    ) -> Result<Done, Failure> {
        let hand = begin(desk, &self.school, &self.acting)?;
        let by = Planner { school: &hand.school, actor: &hand.actor, sight: &hand.sight, now: desk.clock.now() };
        let run = plan(&hand, &by)?;
        if !self.plan {
            hand.apply(desk, run)?;
        }
        hand.print(run, self.json)
    }
}

impl Hand {
    fn apply(&self, desk: &Desk, run: RunId) -> Result<(), Failure> {
        let by = Planner { school: &self.school, actor: &self.actor, sight: &self.sight, now: desk.clock.now() };
        super::import::applied(&list::apply(&self.db, &by, run)?, run)
    }

    fn print(&self, run: RunId, json: bool) -> Result<Done, Failure> {
        let (run, problems) = self.db.read(|conn| {
            Ok((Run::by_id(conn, &self.school, run)?, Problem::of_run(conn, &self.school, run, i64::MAX)?))
        })?;
        let told = Told {
            run: run.id,
            state: run.state,
            rows_read: run.counts.rows_read,
            people: run.counts.updated,
            not_taken: run.counts.refused,
            groups: list::figures(&run)?,
            problems: problems.iter().map(ToString::to_string).collect(),
        };
        if json {
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            told.problems.iter().for_each(|p| println!("{p}"));
            for g in &told.groups {
                let new = if g.is_new { " (new)" } else { "" };
                println!(
                    "{}: {}{new}: {} join, {} leave, {} members",
                    g.category, g.group, g.joins, g.leaves, g.members
                );
            }
            println!(
                "Run {}, {}: {} rows read, {} people change groups, {} rows not taken.",
                told.run, told.state, told.rows_read, told.people, told.not_taken
            );
            if told.state == RunState::Planned {
                println!("Apply it with: crosswalk groups apply {}", told.run);
            }
        }
        Ok(if told.not_taken > 0 { Done::WithRefusals } else { Done::Well })
    }
}
