//! `crosswalk desk`: what needs a person, and whose turn it is, on the command line.
//! Leaves looking and changing to `desk`. No integration ID is printed.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::acting::{Acting, school};
use super::{Desk, Done, Failure};
use crate::db::Db;
use crate::desk::{self, By, Filter, Item, ItemId, Kind, Owner, State, Told, Wanted};
use crate::error::AppError;
use crate::schools::CurrentSchool;
use crate::security::{Actor, Sight, tasks};

const CODES: &str =
    "Exit codes: 0 done, 2 could not. With --json, one object is printed; docs/desk.md says what its fields mean.";

#[derive(Subcommand)]
pub enum Items {
    /// Look at the data, then list what needs a person, the oldest first
    #[command(after_help = CODES)]
    List(List),
    /// Say whose turn it is
    #[command(after_help = CODES)]
    Assign(Assign),
    /// Leave an item as it is, and say why
    #[command(after_help = CODES)]
    Leave(Leave),
    /// Say that an item waits for its owner
    #[command(after_help = CODES)]
    Wait(One),
    /// Open an item again that waits or was left as it is
    #[command(after_help = CODES)]
    Reopen(One),
}

fn kind(text: &str) -> Result<Kind, String> {
    Kind::parse(text).ok_or_else(|| one_of(Kind::ALL.iter().map(|k| k.code())))
}

fn owner(text: &str) -> Result<Owner, String> {
    Owner::parse(text).ok_or_else(|| one_of(Owner::ALL.iter().map(|o| o.code())))
}

fn state(text: &str) -> Result<State, String> {
    State::parse(text).ok_or_else(|| one_of(State::ALL.iter().map(|s| s.code())))
}

fn one_of<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    format!("say one of {}", codes.collect::<Vec<_>>().join(", "))
}

#[derive(Args)]
pub struct List {
    #[arg(long, value_name = "CODE")]
    school: String,
    /// Only items of this kind, by its code
    #[arg(long, value_parser = kind)]
    kind: Option<Kind>,
    /// Only items of this owner: school, support or vendor
    #[arg(long, value_parser = owner)]
    owner: Option<Owner>,
    /// Only items in this state: open, waiting or left
    #[arg(long, value_parser = state)]
    state: Option<State>,
    /// Those that have closed by themselves instead
    #[arg(long, conflicts_with = "state")]
    closed: bool,
    #[command(flatten)]
    out: Out,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
pub struct One {
    /// The number of the item
    item: i64,
    #[arg(long, value_name = "CODE")]
    school: String,
    #[command(flatten)]
    out: Out,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
pub struct Assign {
    #[command(flatten)]
    one: One,
    /// Whose turn it is: school, support or vendor
    #[arg(long, value_parser = owner)]
    owner: Owner,
}

#[derive(Args)]
pub struct Leave {
    #[command(flatten)]
    one: One,
    /// Why it is left as it is
    #[arg(long)]
    reason: String,
}

#[derive(Args)]
struct Out {
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
}

/// Where and as whom a command works.
struct At {
    db: Db,
    school: CurrentSchool,
    actor: Actor,
    /// Which items there are for the actor; what is printed holds no ID anyway.
    sight: Sight,
}

impl At {
    fn of(desk: &Desk, code: &str, acting: &Acting) -> Result<At, Failure> {
        let db = desk.open_existing()?;
        let (actor, school, sight) = db.read(|conn| {
            let begun = school(conn, code).and_then(|school| acting.seat::<tasks::WorkTheDesk>(conn, desk, school));
            Ok(begun)
        })??;
        Ok(At { db, school, actor, sight })
    }

    fn told(&self, items: Vec<Item>) -> Result<Vec<Told>, Failure> {
        Ok(self.db.read(|conn| desk::tell(conn, &self.school, &Sight::none(), items))?)
    }
}

impl Items {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        match self {
            Items::List(c) => c.run(desk),
            Items::Assign(c) => c.one.change(desk, |item| (c.owner, item.state, item.reason.clone())),
            Items::Leave(c) => c.one.change(desk, |item| (item.owner, State::Left, Some(c.reason.clone()))),
            Items::Wait(c) => c.change(desk, |item| (item.owner, State::Waiting, item.reason.clone())),
            Items::Reopen(c) => c.change(desk, |item| (item.owner, State::Open, item.reason.clone())),
        }
    }
}

/// So many items are listed; the portal has them page by page.
const MOST: i64 = 10_000;

impl List {
    fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let at = At::of(desk, &self.school, &self.acting)?;
        let now = desk.clock.now();
        desk::look(&at.db, &at.school, now)?;
        let filter = Filter { kind: self.kind, owner: self.owner, state: self.state, closed: self.closed };
        let items = at.db.read(|conn| desk::list(conn, &at.school, &at.sight, &filter, (0, MOST)))?;
        let lines: Vec<Line> = at.told(items)?.iter().map(Line::of).collect();
        if self.out.json {
            println!("{}", serde_json::to_string_pretty(&serde_json::json!({ "items": lines }))?);
            return Ok(Done::Well);
        }
        for line in &lines {
            line.print();
        }
        println!("{} {}.", lines.len(), if lines.len() == 1 { "item" } else { "items" });
        Ok(Done::Well)
    }
}

impl One {
    fn change(&self, desk: &Desk, wanted: impl Fn(&Item) -> (Owner, State, Option<String>)) -> Result<Done, Failure> {
        let at = At::of(desk, &self.school, &self.acting)?;
        let id = ItemId(self.item);
        let find = || {
            at.db.read(|conn| match desk::one(conn, &at.school, &at.sight, id) {
                Ok(item) => Ok(Some(item)),
                Err(AppError::NotFound) => Ok(None),
                Err(e) => Err(e),
            })
        };
        let missing = || Failure(format!("There is no item with the number {id} at {}.", at.school.name()));
        let item = find()?.ok_or_else(missing)?;
        let (owner, state, reason) = wanted(&item);
        let wanted = Wanted::read(owner, state, reason.as_deref().unwrap_or_default()).map_err(Failure)?;
        let by = By { actor: &at.actor, request: None, now: desk.clock.now() };
        at.db
            .write(|conn| desk::change(conn, &at.school, &at.sight, (id, item.lock_version), &wanted, &by))?
            .map_err(|e| Failure(e.to_string()))?;
        let item = find()?.ok_or_else(missing)?;
        for line in at.told(vec![item])?.iter().map(Line::of) {
            if self.out.json {
                println!("{}", serde_json::to_string_pretty(&line)?);
            } else {
                line.print();
            }
        }
        Ok(Done::Well)
    }
}

#[derive(Serialize)]
struct Line {
    item: ItemId,
    kind: Kind,
    about: String,
    sonis_ids: Vec<String>,
    what: String,
    owner: Owner,
    state: State,
    reason: Option<String>,
    since: chrono::NaiveDateTime,
    closed_at: Option<chrono::NaiveDateTime>,
    to_do: &'static str,
}

impl Line {
    fn of(told: &Told) -> Line {
        let item = &told.item;
        Line {
            item: item.id,
            kind: item.kind,
            about: told.subject(),
            sonis_ids: told.people().map(|p| p.sonis_id.clone()).collect(),
            what: told.summary(),
            owner: item.owner,
            state: item.state,
            reason: item.reason.clone(),
            since: item.opened_at,
            closed_at: item.closed_at,
            to_do: item.kind.remedy(),
        }
    }

    fn print(&self) {
        let since = self.since.format("%Y-%m-%d");
        println!(
            "{}: {}, {}: {} [{}, {}, since {since}]",
            self.item,
            self.kind.word(),
            self.about,
            self.what,
            self.owner.word(),
            self.state.word()
        );
        if let Some(reason) = &self.reason {
            println!("    {reason}");
        }
    }
}
