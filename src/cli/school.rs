//! `crosswalk school`: adding a school, and moving its integrations from stage to stage.
//! Leaves the rules to `schools` and `integrations`.

use clap::Subcommand;

use super::acting::{Acting, school};
use super::{Desk, Done, Failure};
use crate::audit::{self, Action, Entry};
use crate::integrations::{Integration, Stage, set_stage};
use crate::schools::NewSchool;
use crate::security::tasks;

#[derive(Subcommand)]
pub enum School {
    /// Add a school
    Add {
        /// 1 to 10 letters or digits, never changed
        code: String,
        #[arg(long)]
        name: String,
        /// The two letters that begin its SONIS IDs
        #[arg(long, value_name = "XX")]
        letters: String,
        /// As America/Chicago
        #[arg(long, value_name = "ZONE", default_value = "UTC")]
        time_zone: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Move an integration of a school to a stage
    Stage {
        /// The school's code
        code: String,
        /// The integration's code: perceptive, jrm, vidigami, canvas
        integration: String,
        /// requested, testing, ready, live or off
        stage: String,
        #[command(flatten)]
        acting: Acting,
    },
}

impl School {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let now = desk.clock.now();
        let db = desk.open()?;
        match self {
            School::Add { code, name, letters, time_zone, acting } => {
                let new = NewSchool::parse(code, name, letters, time_zone)?;
                let actor = db.read(|conn| Ok(acting.actor::<tasks::SetStages>(conn, desk, None)))??;
                let added = db.write(|conn| {
                    let added = match new.add(conn, now) {
                        Ok(added) => added,
                        Err(e) => return Ok(Err(e)),
                    };
                    let subject = format!("{} ({})", added.name(), added.code());
                    let school = Some(added.id());
                    audit::record(
                        conn,
                        &Entry {
                            at: now,
                            school,
                            actor,
                            action: Action::SchoolAdded,
                            subject,
                            person: None,
                            request: None,
                        },
                    )?;
                    Ok(Ok(added))
                })??;
                println!("{} ({}) is added.", added.name(), added.code());
            }
            School::Stage { code, integration, stage, acting } => {
                let stage = Stage::parse(&stage.to_lowercase()).ok_or_else(|| {
                    Failure(format!("{stage} is not a stage. Stages are requested, testing, ready, live and off."))
                })?;
                let school = db.read(|conn| Ok(school(conn, code)))??;
                let Some(held) = db.read(|conn| Integration::by_code(conn, integration))? else {
                    let codes: Vec<String> = db.read(Integration::all)?.into_iter().map(|i| i.code).collect();
                    return Err(Failure(format!(
                        "There is no integration {integration}. There are: {}.",
                        codes.join(", ")
                    )));
                };
                let actor = db.read(|conn| Ok(acting.actor::<tasks::SetStages>(conn, desk, Some(&school))))??;
                let changed = db.write(|conn| {
                    let changed = set_stage(conn, &school, held.id, stage, actor.name(), now)?;
                    if changed {
                        let subject = format!("{} to {stage}", held.name);
                        let school = Some(school.id());
                        let entry = Entry {
                            at: now,
                            school,
                            actor,
                            action: Action::StageMoved,
                            subject,
                            person: None,
                            request: None,
                        };
                        audit::record(conn, &entry)?;
                    }
                    Ok(changed)
                })?;
                let name = &held.name;
                if changed {
                    println!("{name} is {stage} at {}.", school.name());
                } else {
                    println!("{name} was {stage} at {} already.", school.name());
                }
            }
        }
        Ok(Done::Well)
    }
}
