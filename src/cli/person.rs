//! `crosswalk person`: merging two records of one person, and taking that back.
//! Leaves the rules to `people::merge`.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::acting::{Acting, school};
use super::{Desk, Done, Failure};
use crate::db::{Conn, Db};
use crate::error::AppError;
use crate::integrations::Integration;
use crate::people::merge::{self, Choice, Keeps, MergeError, Merger, Pair};
use crate::people::{Field, Person};
use crate::runs::{Problem, Run, RunId};
use crate::schools::CurrentSchool;
use crate::security::{Actor, Sight, tasks};

const CODES: &str = "Exit codes: 0 done, 1 undone and some things were kept, 2 could not.\n\
    With --json, one object is printed; docs/merging.md says what its fields mean.";

#[derive(Subcommand)]
pub enum PersonCommand {
    /// Make one record of two that are the same person
    #[command(after_help = CODES)]
    Merge(MergeTwo),
    /// Make two records of the merged one again
    #[command(after_help = CODES)]
    Unmerge(Unmerge),
}

#[derive(Args)]
pub struct MergeTwo {
    /// The SONIS ID of the record that ends
    ends: String,
    /// The SONIS ID of the record that stays
    #[arg(long, value_name = "SONIS_ID")]
    into: String,
    #[arg(long, value_name = "CODE")]
    school: String,
    /// Fields whose value is taken from the record that ends: last_name, email, grade_level ... Without it, those that the
    /// other lacks
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    take: Option<Vec<String>>,
    /// Where both have an ID of an integration: which record's stays, as INTEGRATION=SONIS_ID
    #[arg(long = "keep-id", value_name = "INTEGRATION=SONIS_ID", value_delimiter = ',')]
    keep_ids: Vec<String>,
    /// Only show both side by side; nothing is changed
    #[arg(long)]
    plan: bool,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
pub struct Unmerge {
    /// The SONIS ID of the record that was merged
    ended: String,
    #[arg(long, value_name = "CODE")]
    school: String,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    acting: Acting,
}

/// What a merge comes to. Integration IDs are never in it.
#[derive(Serialize)]
struct Told {
    run: Option<RunId>,
    ends: String,
    stays: String,
    /// Fields in which the two differ.
    fields: Vec<ToldField>,
    /// Integrations of which both have an ID and one goes.
    ids_to_choose: Vec<String>,
    keys: usize,
    relationships: usize,
    groups: usize,
}

#[derive(Serialize)]
struct ToldField {
    field: &'static str,
    of_staying: Option<String>,
    of_ending: Option<String>,
    takes: &'static str,
}

#[derive(Serialize)]
struct ToldBack {
    run: RunId,
    kept: Vec<String>,
}

struct Hand {
    db: Db,
    school: CurrentSchool,
    actor: Actor,
    reach: Sight,
}

fn begin(desk: &Desk, code: &str, acting: &Acting) -> Result<Hand, Failure> {
    let db = desk.open_existing()?;
    let school = db.read(|conn| Ok(school(conn, code)))??;
    let actor = db.read(|conn| Ok(acting.actor::<tasks::MergePeople>(conn, desk, Some(&school))))??;
    let reach = db.read(|conn| Ok(acting.reach(conn, desk, &school)))??;
    Ok(Hand { db, school, actor, reach })
}

fn refused(why: &MergeError) -> Failure {
    Failure(match why {
        MergeError::Undecided(name) => {
            format!(
                "Both records have a {name} ID, and one of the two has to go. Say which stays: --keep-id INTEGRATION=SONIS_ID."
            )
        }
        why => format!("{why}."),
    })
}

fn known(conn: &mut Conn, hand_school: &CurrentSchool, sonis_id: &str) -> Result<Result<Person, Failure>, AppError> {
    match Person::by_sonis_id(conn, hand_school, &sonis_id.trim().to_ascii_uppercase()) {
        Ok(person) => Ok(Ok(person)),
        Err(AppError::NotFound) => {
            Ok(Err(Failure(format!("There is nobody with the SONIS ID {sonis_id} at {}.", hand_school.name()))))
        }
        Err(e) => Err(e),
    }
}

impl PersonCommand {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        match self {
            PersonCommand::Merge(c) => c.run(desk),
            PersonCommand::Unmerge(c) => c.run(desk),
        }
    }
}

impl MergeTwo {
    fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let hand = begin(desk, &self.school, &self.acting)?;
        let now = desk.clock.now();
        let (ends, stays) = hand
            .db
            .read(|conn| Ok((known(conn, &hand.school, &self.ends)?, known(conn, &hand.school, &self.into)?)))?;
        let (ends, stays) = (ends?.sonis_id, stays?.sonis_id);
        let pair = hand.db.read(|conn| Pair::load(conn, &hand.school, &ends, &stays))?.map_err(|why| refused(&why))?;
        if let Some(why) = pair.lacking(&hand.reach) {
            return Err(refused(&why));
        }
        let choice = self.choice(&pair)?;
        let mut told = tell(&pair, &choice);
        if !self.plan {
            let by = Merger { school: &hand.school, actor: &hand.actor, reach: &hand.reach, now };
            let seen = Some((pair.ends.person.lock_version, pair.stays.person.lock_version));
            let merged = hand.db.write(|conn| merge::merge(conn, &by, &ends, &stays, seen, &choice))?;
            told.run = Some(merged.map_err(|why| refused(&why))?.run);
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            told.print();
        }
        Ok(Done::Well)
    }

    fn choice(&self, pair: &Pair) -> Result<Choice, Failure> {
        let mut choice = pair.usual();
        if let Some(fields) = &self.take {
            let read = |code: &String| {
                Field::parse(code.trim()).filter(|f| *f != Field::MemberType).ok_or_else(|| {
                    let all: Vec<&str> =
                        Field::ALL.iter().filter(|f| **f != Field::MemberType).map(|f| f.code()).collect();
                    Failure(format!("--take: there is no field {code:?}. The fields are: {}.", all.join(", ")))
                })
            };
            choice.fields = fields.iter().map(read).collect::<Result<_, _>>()?;
        }
        for typed in &self.keep_ids {
            let shape = || {
                Failure(format!(
                    "--keep-id: {typed:?} is not INTEGRATION=SONIS_ID, for example vidigami={}.",
                    pair.stays.person.sonis_id
                ))
            };
            let (code, whose) = typed.split_once('=').ok_or_else(shape)?;
            let found: Option<&Integration> = pair.integrations.iter().find(|i| i.code == code.trim().to_lowercase());
            let integration =
                found.ok_or_else(|| Failure(format!("--keep-id: no integration {code:?} is live at the school.")))?;
            let whose = whose.trim().to_ascii_uppercase();
            let keeps = if whose == pair.stays.person.sonis_id {
                Keeps::OfStaying
            } else if whose == pair.ends.person.sonis_id {
                Keeps::OfEnding
            } else {
                return Err(shape());
            };
            choice.ids.insert(integration.id, keeps);
        }
        Ok(choice)
    }
}

fn tell(pair: &Pair, choice: &Choice) -> Told {
    let fields = pair.differing().into_iter().map(|c| ToldField {
        field: c.field.code(),
        takes: if choice.fields.contains(&c.field) { "ending" } else { "staying" },
        of_staying: c.before,
        of_ending: c.after,
    });
    Told {
        run: None,
        ends: pair.ends.person.sonis_id.clone(),
        stays: pair.stays.person.sonis_id.clone(),
        fields: fields.collect(),
        ids_to_choose: pair.clashes().into_iter().map(|i| i.code.clone()).collect(),
        keys: pair.ends.keys.len(),
        relationships: pair.ends.ties.len(),
        groups: pair.ends.members.len(),
    }
}

impl Told {
    fn print(&self) {
        for f in &self.fields {
            let text = |t: &Option<String>| t.clone().unwrap_or_else(|| "none".into());
            let (taken, left) = if f.takes == "ending" {
                (
                    format!("{} of {}", text(&f.of_ending), self.ends),
                    format!("{} of {}", text(&f.of_staying), self.stays),
                )
            } else {
                (
                    format!("{} of {}", text(&f.of_staying), self.stays),
                    format!("{} of {}", text(&f.of_ending), self.ends),
                )
            };
            println!("{}: {taken}, not {left}", f.field);
        }
        for code in &self.ids_to_choose {
            println!("{code}: both have an ID, and one goes: --keep-id {code}=SONIS_ID");
        }
        println!(
            "{} source keys, {} relationships, {} group memberships go along with the integration IDs.",
            self.keys, self.relationships, self.groups
        );
        match self.run {
            Some(run) => println!("{} is merged into {}, run {run}.", self.ends, self.stays),
            None => println!("Nothing is changed yet. Without --plan, {} is merged into {}.", self.ends, self.stays),
        }
    }
}

impl Unmerge {
    fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let hand = begin(desk, &self.school, &self.acting)?;
        let by = Merger { school: &hand.school, actor: &hand.actor, reach: &hand.reach, now: desk.clock.now() };
        let ended = hand.db.read(|conn| known(conn, &hand.school, &self.ended))??;
        let run = hand.db.read(|conn| merge::run_of(conn, &hand.school, &ended))?;
        let run = run.ok_or_else(|| Failure(format!("{} was not merged into another record.", ended.sonis_id)))?;
        let undone = hand.db.write(|conn| merge::separate(conn, &by, run))?.map_err(|why| refused(&why))?;
        let (counts, kept) = hand.db.read(|conn| {
            Ok((Run::by_id(conn, &hand.school, undone)?.counts, Problem::of_run(conn, &hand.school, undone, i64::MAX)?))
        })?;
        let told = ToldBack { run: undone, kept: kept.iter().map(|p| format!("{}: {}", p.found, p.reason)).collect() };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            told.kept.iter().for_each(|k| println!("{k}"));
            println!("The merge of {} is undone, run {undone}: both records are there again.", ended.sonis_id);
        }
        Ok(if counts.kept > 0 { Done::WithRefusals } else { Done::Well })
    }
}
