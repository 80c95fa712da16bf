//! `crosswalk id-specs`: ID creation specifications on the command line: list, preview, set, make, apply, undo.
//! Leaves the language and the making to `id_specs`.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::acting::{Acting, school};
use super::{Desk, Done, Failure};
use crate::db::Db;
use crate::id_specs::{self, Outcome, Place, Planner, Preview, Template, preview};
use crate::integrations::{Integration, stages};
use crate::people::MemberType;
use crate::runs::{Problem, Run, RunId, RunState};
use crate::schools::CurrentSchool;
use crate::security::{Actor, Sight, tasks};

const CODES: &str = "Exit codes: 0 done, 1 done and some people get no ID, 2 could not.\n\
    With --json, one object is printed; docs/id-specs.md says what its fields mean, and how a specification is written.";

#[derive(Subcommand)]
pub enum IdSpecs {
    /// The specifications of a school
    List(List),
    /// What a specification would make of everybody; nothing is kept
    #[command(after_help = CODES)]
    Preview(Look),
    /// Keep a template as the specification from now on; IDs that exist stay
    Set(Set),
    /// Give an ID to everybody who has none
    #[command(after_help = CODES)]
    Make(Make),
    /// Apply a plan that was made with --plan
    #[command(after_help = CODES)]
    Apply(One),
    /// Take back the IDs that a run made
    #[command(after_help = CODES)]
    Undo(One),
}

#[derive(Args)]
pub struct List {
    #[arg(long, value_name = "CODE")]
    school: String,
    #[command(flatten)]
    acting: Acting,
}

/// Which specification.
#[derive(Args)]
struct Where {
    #[arg(long, value_name = "CODE")]
    school: String,
    /// The integration's code, for example canvas
    #[arg(long, value_name = "CODE")]
    integration: String,
    /// student, staff or parent
    #[arg(long, value_name = "TYPE")]
    member_type: String,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
pub struct Look {
    /// The template to look at, in place of the one that counts
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,
    /// So many people are told, those who get no ID first
    #[arg(long, value_name = "N", default_value_t = 20)]
    lines: usize,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

#[derive(Args)]
pub struct Set {
    /// For example {last_name:1..4|ascii|upper}{sequence:5}
    template: String,
    #[command(flatten)]
    at: Where,
}

#[derive(Args)]
pub struct Make {
    /// Only make the plan; nothing is changed
    #[arg(long)]
    plan: bool,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
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

/// A preview as JSON. Counts are people.
#[derive(Serialize)]
struct Seen {
    template: String,
    people: usize,
    have_one: usize,
    made: usize,
    numbered: usize,
    blank: usize,
    misfit: usize,
    taken: usize,
    lines: Vec<SeenLine>,
}

#[derive(Serialize)]
struct SeenLine {
    sonis_id: String,
    name: String,
    /// Null where there is none.
    id: Option<String>,
    why: Option<String>,
}

/// A run as JSON.
#[derive(Serialize)]
struct Told {
    run: RunId,
    state: RunState,
    people: i32,
    had_one: i32,
    made: i32,
    not_made: i32,
    problems: Vec<String>,
}

/// The database, the school, and who acts there.
struct Hand {
    db: Db,
    school: CurrentSchool,
    actor: Actor,
    sight: Sight,
    reach: Sight,
}

fn begin(desk: &Desk, code: &str, acting: &Acting) -> Result<Hand, Failure> {
    let db = desk.open_existing()?;
    let school = db.read(|conn| Ok(school(conn, code)))??;
    let actor = db.read(|conn| Ok(acting.actor::<tasks::ManageIdSpecs>(conn, desk, Some(&school))))??;
    let sight = db.read(|conn| Ok(acting.sight(conn, desk, &school)))??;
    let reach = db.read(|conn| Ok(acting.reach(conn, desk, &school)))??;
    Ok(Hand { db, school, actor, sight, reach })
}

impl Where {
    fn open(&self, desk: &Desk) -> Result<(Hand, Place), Failure> {
        let hand = begin(desk, &self.school, &self.acting)?;
        let text = &self.member_type;
        let member_type = MemberType::parse(&text.to_lowercase()).ok_or_else(|| {
            Failure(format!("{text} is not a member type. Member types are student, staff and parent."))
        })?;
        let found = hand.db.read(|conn| Integration::by_code(conn, &self.integration))?;
        let code = &self.integration;
        let integration = found.ok_or_else(|| Failure(format!("There is no integration {code} in the catalogue.")))?;
        Ok((hand, Place { integration, member_type }))
    }
}

fn read(text: &str, place: &Place) -> Result<Template, Failure> {
    Template::parse(text.trim(), place.member_type).map_err(|e| Failure(format!("{text}: {e}")))
}

impl IdSpecs {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        match self {
            IdSpecs::List(c) => c.run(desk),
            IdSpecs::Preview(c) => c.run(desk),
            IdSpecs::Set(c) => c.run(desk),
            IdSpecs::Make(c) => c.run(desk),
            IdSpecs::Apply(c) => {
                let hand = begin(desk, &c.school, &c.acting)?;
                hand.apply(desk, RunId(c.run))?;
                hand.print(RunId(c.run), c.json)
            }
            IdSpecs::Undo(c) => {
                let hand = begin(desk, &c.school, &c.acting)?;
                let undone =
                    id_specs::undo(&hand.db, &hand.planner(desk), RunId(c.run)).map_err(|e| hand.about(&e, c.run))?;
                println!("Run {} is undone by run {undone}.", c.run);
                Ok(Done::Well)
            }
        }
    }
}

impl List {
    fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let hand = begin(desk, &self.school, &self.acting)?;
        hand.db.read(|conn| {
            for (id, stage) in stages(conn, &hand.school)? {
                let Some(integration) = Integration::all(conn)?.into_iter().find(|i| i.id == id) else { continue };
                for &member_type in MemberType::ALL {
                    let place = Place { integration: integration.clone(), member_type };
                    let spec = place.current(conn, &hand.school)?;
                    let said = spec.map_or("none".to_owned(), |s| format!("{} (version {})", s.template, s.version));
                    println!("{} ({stage}), {}: {said}", integration.code, member_type.code());
                }
            }
            Ok(())
        })?;
        Ok(Done::Well)
    }
}

impl Look {
    fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let (hand, place) = self.at.open(desk)?;
        if !hand.sight.covers(place.integration.id) {
            return Err(Failure(format!(
                "Who has an ID of {} is told with the Task View integration IDs. A security administrator can grant it.",
                place.integration.name
            )));
        }
        let template = match &self.template {
            Some(text) => read(text, &place)?,
            None => {
                let spec = hand.db.read(|conn| place.current(conn, &hand.school))?;
                spec.ok_or_else(|| Failure("There is no specification yet: say one with --template.".into()))?.template
            }
        };
        let found = hand.db.read(|conn| preview(conn, &hand.school, &place, &template, self.lines))?;
        let seen = Seen::of(&template, &found, &hand.sight, &place);
        if self.json {
            println!("{}", serde_json::to_string_pretty(&seen)?);
        } else {
            for l in &seen.lines {
                let id = l.id.as_deref().unwrap_or("no ID");
                let why = l.why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
                println!("{} {}: {id}{why}", l.sonis_id, l.name);
            }
            println!(
                "{}: {} people, {} have an ID, {} would get one ({} with a number), {} taken, {} blank, {} of a wrong shape.",
                seen.template,
                seen.people,
                seen.have_one,
                seen.made,
                seen.numbered,
                seen.taken,
                seen.blank,
                seen.misfit
            );
        }
        let none = seen.taken + seen.blank + seen.misfit;
        Ok(if none > 0 { Done::WithRefusals } else { Done::Well })
    }
}

impl Seen {
    fn of(template: &Template, found: &Preview, sight: &Sight, place: &Place) -> Seen {
        let line = |l: &id_specs::Line| {
            let (id, why) = match &l.outcome {
                Outcome::Makes { value, .. } => (value.reveal(sight, place.integration.id), None),
                Outcome::Blank(blank) => (None, Some(blank.to_string())),
                Outcome::Misfit(why) => (None, Some(why.to_string())),
                Outcome::Taken(_) => (None, Some("somebody else has it, or had it".to_owned())),
            };
            SeenLine { sonis_id: l.sonis_id.clone(), name: l.name.clone(), id: id.map(|v| v.to_string()), why }
        };
        Seen {
            template: template.to_string(),
            people: found.people,
            have_one: found.have_one,
            made: found.made,
            numbered: found.numbered,
            blank: found.blank,
            misfit: found.misfit,
            taken: found.taken,
            lines: found.lines.iter().map(line).collect(),
        }
    }
}

impl Set {
    fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let (hand, place) = self.at.open(desk)?;
        let template = read(&self.template, &place)?;
        let (now, actor) = (desk.clock.now(), &hand.actor);
        let version = hand.db.write(|conn| {
            let seen = place.current(conn, &hand.school)?.map_or(0, |s| s.version);
            place.save(conn, &hand.school, &template, seen, (actor, None, now))
        })??;
        println!(
            "{}, {}: {template} is the specification now (version {version}). IDs that exist stay.",
            place.integration.name, place.member_type
        );
        Ok(Done::Well)
    }
}

impl Make {
    fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let (hand, place) = self.at.open(desk)?;
        let run = id_specs::plan(&hand.db, &hand.planner(desk), &place)?;
        if !self.plan {
            hand.apply(desk, run)?;
        }
        hand.print(run, self.json)
    }
}

impl Hand {
    fn planner(&self, desk: &Desk) -> Planner<'_> {
        Planner { school: &self.school, actor: &self.actor, reach: &self.reach, now: desk.clock.now() }
    }

    fn about(&self, e: &crate::error::AppError, run: i64) -> Failure {
        match e {
            crate::error::AppError::NotFound => {
                Failure(format!("There is no run of a specification with the number {run} at {}.", self.school.name()))
            }
            e => Failure(e.to_string()),
        }
    }

    fn apply(&self, desk: &Desk, run: RunId) -> Result<(), Failure> {
        let applied = id_specs::apply(&self.db, &self.planner(desk), run).map_err(|e| self.about(&e, run.0))?;
        super::import::applied(&applied, run)
    }

    fn print(&self, run: RunId, json: bool) -> Result<Done, Failure> {
        let (run, problems) = self.db.read(|conn| {
            Ok((Run::by_id(conn, &self.school, run)?, Problem::of_run(conn, &self.school, run, i64::MAX)?))
        })?;
        let told = Told {
            run: run.id,
            state: run.state,
            people: run.counts.rows_read,
            had_one: run.counts.unchanged,
            made: run.counts.updated,
            not_made: run.counts.refused,
            problems: problems.iter().map(ToString::to_string).collect(),
        };
        if json {
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            told.problems.iter().for_each(|p| println!("{p}"));
            println!(
                "Run {}, {}: {} people, {} had an ID, {} IDs made, {} people get none.",
                told.run, told.state, told.people, told.had_one, told.made, told.not_made
            );
            if told.state == RunState::Planned {
                println!("Apply it with: crosswalk id-specs apply {} --school {}", told.run, self.school.code());
            }
        }
        Ok(if told.not_made > 0 { Done::WithRefusals } else { Done::Well })
    }
}
