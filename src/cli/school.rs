//! `crosswalk school`: adding a school, listing schools, and moving the integrations of one from stage to stage.
//! Leaves the rules to `schools` and `integrations`.

use clap::Subcommand;

use super::acting::{Acting, school};
use super::{Desk, Done, Failure};
use crate::audit::{self, Action, Entry};
use crate::config::PublicUrl;
use crate::db::Db;
use crate::integration_ids::live_count;
use crate::integrations::{self, Integration, Mover, NextStep, Stage, Wanted, move_stage, stage_at};
use crate::mail;
use crate::schools::{CurrentSchool, NewSchool};
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
    /// List the schools with the integrations that each has
    List {
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
        /// Who owns the next step: school, support, vendor or nobody [default: as usual for the stage]
        #[arg(long, value_name = "WHO")]
        next: Option<String>,
        /// What was done and what comes next, for the history
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
        /// Switch it off though IDs are hidden by that; without it, how many is told and nothing is done
        #[arg(long)]
        yes: bool,
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
            School::List { acting } => list(&db, desk, acting)?,
            School::Stage { code, integration, stage, next, note, yes, acting } => {
                let stage = Stage::parse(&stage.to_lowercase()).ok_or_else(|| {
                    Failure(format!("{stage} is not a stage. Stages are requested, testing, ready, live and off."))
                })?;
                let next = match next {
                    Some(text) => Some(NextStep::parse(&text.to_lowercase()).ok_or_else(|| {
                        Failure(format!("{text} owns no next step. Say school, support, vendor or nobody."))
                    })?),
                    None => None,
                };
                let school = db.read(|conn| Ok(school(conn, code)))??;
                let Some(integration) = db.read(|conn| Integration::by_code(conn, integration))? else {
                    let codes: Vec<String> = db.read(Integration::all)?.into_iter().map(|i| i.code).collect();
                    return Err(Failure(format!(
                        "There is no integration {integration}. There are: {}.",
                        codes.join(", ")
                    )));
                };
                let actor = db.read(|conn| Ok(acting.actor::<tasks::SetStages>(conn, desk, Some(&school))))??;
                let hides = db.read(|conn| {
                    let is_live = stage_at(conn, &school, integration.id)? == Some(Stage::Live);
                    if is_live && stage != Stage::Live { live_count(conn, &school, integration.id) } else { Ok(0) }
                })?;
                if hides > 0 && !yes {
                    return Err(Failure(format!(
                        "{} has {hides} IDs at {}. They would be hidden, and kept: they come back as they are when it is Live \
                         again. Say --yes to set it to {stage}.",
                        integration.name,
                        school.name()
                    )));
                }
                let public_url = desk.settings.public_url.as_deref().map(PublicUrl::parse).transpose()?;
                let mail = desk.mail(public_url.as_ref())?;
                let wanted = Wanted { stage, next, note: note.clone(), seen: None };
                let mover = Mover { actor: &actor, request: None, now };
                let (name, at) = (&integration.name, school.name());
                let Some(moved) = move_stage(&db, &school, &integration, &wanted, &mover)?? else {
                    println!("{name} was {stage} at {at} already.");
                    return Ok(Done::Well);
                };
                let ids = match (moved.ids, moved.after) {
                    (0, _) => String::new(),
                    (n, Stage::Live) => format!(" IDs that show: {n}."),
                    (n, _) => format!(" IDs that are hidden now, and kept: {n}."),
                };
                println!("{name} is {stage} at {at}.{ids}");
                if let Some(mail) = mail.filter(|_| moved.has_become_ready()) {
                    let url = public_url.as_ref().map(PublicUrl::as_str);
                    let letters =
                        db.read(|conn| integrations::ready::letters(conn, &school, name, &actor, url, now))?;
                    let failed = letters.iter().filter(|letter| !mail::send(&mail, &db, letter, now)).count();
                    if failed > 0 {
                        eprintln!("{failed} of {} e-mails could not be sent; the audit says why.", letters.len());
                    }
                }
            }
        }
        Ok(Done::Well)
    }
}

/// A line a school: code, name, and its integrations with their stages.
fn list(db: &Db, desk: &Desk, acting: &Acting) -> Result<(), Failure> {
    db.read(|conn| Ok(acting.actor::<tasks::SetStages>(conn, desk, None)))??;
    let lines = db.read(|conn| {
        let mut lines = Vec::new();
        for school in CurrentSchool::every(conn)? {
            let of = integrations::at_school(conn, &school)?;
            let stages: Vec<String> =
                of.iter().filter_map(|i| Some(format!("{} {}", i.entry.code, i.stage()?.code()))).collect();
            let stages = if stages.is_empty() { "no integrations".into() } else { stages.join(", ") };
            lines.push(format!("{}\t{}\t{stages}", school.code(), school.name()));
        }
        Ok(lines)
    })?;
    for line in &lines {
        println!("{line}");
    }
    if lines.is_empty() {
        println!("There is no school yet.");
    }
    Ok(())
}
