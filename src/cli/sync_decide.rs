//! `crosswalk sync emails` and `crosswalk sync matches`: what a plan must not guess, on the command line.
//! Leaves deciding to `sync::decisions`.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::acting::Acting;
use super::sync::begin;
use super::{Desk, Done, Failure};
use crate::db::Db;
use crate::people::Field;
use crate::schools::CurrentSchool;
use crate::security::{Actor, tasks};
use crate::sync::cases::{Case, FoundKind};
use crate::sync::decisions::{
    EmailDecision, EmailVerdict, Pair, PairDecision, PairKind, Verdict, Whom, decide_email, decide_pair,
};
use crate::sync::pages::emails::row_of;
use crate::sync::pages::letters::{HEAD, Letter, lines};
use crate::web::csv_safe;

const WHOM: &str =
    "Somebody is named as the list names them: students:NUMBER, users:NUMBER, persons:NUMBER, or a SONIS ID.";

#[derive(Subcommand)]
pub enum Emails {
    /// The shared e-mails of the newest plan, who shares each, and what was decided
    List(Listing),
    /// Decide what is to be of a shared e-mail; it counts from the next plan on
    #[command(after_help = WHOM)]
    Decide(DecideEmail),
    /// Take a decision back
    TakeBack(OneEmail),
    /// The same as a CSV file, on standard output
    Csv(Of),
    /// Letters to those who share one, as plain text on standard output
    Letters(Of),
}

#[derive(Subcommand)]
pub enum Matches {
    /// Likely twins and likely matches of the newest plan, and what was decided
    List(Listing),
    /// Say that two are the same person; it counts from the next plan on
    #[command(after_help = WHOM)]
    Same(Two),
    /// Say that two are not the same person
    #[command(after_help = WHOM)]
    NotSame(Two),
    /// Take a decision back
    #[command(after_help = WHOM)]
    TakeBack(Two),
}

#[derive(Args)]
pub struct Of {
    #[arg(long, value_name = "CODE")]
    school: String,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
pub struct Listing {
    #[command(flatten)]
    of: Of,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct OneEmail {
    /// The e-mail; upper and lower case do not matter
    email: String,
    #[command(flatten)]
    of: Of,
}

#[derive(Args)]
#[group(id = "verdict", required = true, multiple = false, args = ["give", "without", "block"])]
pub struct DecideEmail {
    /// The e-mail; upper and lower case do not matter
    email: String,
    /// Give it to this one; the others come without
    #[arg(long, value_name = "WHOM")]
    give: Option<String>,
    /// Import whoever is new without it
    #[arg(long)]
    without: bool,
    /// Block whoever is new
    #[arg(long)]
    block: bool,
    #[command(flatten)]
    of: Of,
}

#[derive(Args)]
pub struct Two {
    /// The record of staff, or the newcomer
    one: String,
    /// The parent's record, or whom the school has
    other: String,
    #[command(flatten)]
    of: Of,
}

#[derive(Serialize)]
struct CaseReport {
    kind: FoundKind,
    email: Option<String>,
    decision: Option<String>,
    parties: Vec<PartyReport>,
}

#[derive(Serialize)]
struct PartyReport {
    whom: String,
    name: String,
    member_type: &'static str,
    birth_date: Option<String>,
    children: Vec<String>,
    stands_in: String,
    fate: &'static str,
}

#[derive(Serialize)]
struct DecisionReport {
    about: String,
    decision: String,
    by: String,
    at: chrono::NaiveDateTime,
}

#[derive(Serialize)]
struct Listed {
    cases: Vec<CaseReport>,
    decisions: Vec<DecisionReport>,
}

fn whom(text: &str) -> Result<Whom, Failure> {
    Whom::parse(text).ok_or_else(|| Failure(format!("{text:?} names nobody. {WHOM}")))
}

impl Of {
    fn open(&self, desk: &Desk) -> Result<(Db, CurrentSchool, Actor), Failure> {
        begin::<tasks::RunRosterSync>(desk, &self.school, &self.acting)
    }
}

impl Emails {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let now = desk.clock.now();
        match self {
            Emails::List(c) => {
                let (db, school, _) = c.of.open(desk)?;
                let decisions = db.read(|conn| EmailDecision::all(conn, &school))?;
                let cases = cases(&db, &school, FoundKind::Email)?;
                let of = |case: &Case| {
                    decisions
                        .iter()
                        .find(|d| Some(&d.email_key) == case.email_key.as_ref())
                        .map(EmailDecision::in_words)
                };
                let told = decisions.iter().map(|d| DecisionReport {
                    about: d.email_key.clone(),
                    decision: d.in_words(),
                    by: d.decided_by.clone(),
                    at: d.decided_at,
                });
                print(cases.iter().map(|case| report(case, of(case))).collect(), told.collect(), c.json)
            }
            Emails::Decide(c) => {
                let verdict = match &c.give {
                    Some(to) => EmailVerdict::Give(whom(to)?),
                    None if c.without => EmailVerdict::Without,
                    None => EmailVerdict::Block,
                };
                let (db, school, actor) = c.of.open(desk)?;
                db.write(|conn| decide_email(conn, &school, &c.email, verdict, &actor, now))?;
                println!("Decided on {}. It counts from the next plan on.", c.email.trim());
                Ok(Done::Well)
            }
            Emails::TakeBack(c) => {
                let (db, school, actor) = c.of.open(desk)?;
                gone(db.write(|conn| EmailDecision::take_back(conn, &school, &c.email, &actor, now)), &c.email)
            }
            Emails::Csv(c) => {
                let (db, school, _) = c.open(desk)?;
                let decisions = db.read(|conn| EmailDecision::all(conn, &school))?;
                let mut out = csv_safe::Writer::new(&HEAD)?;
                for line in cases(&db, &school, FoundKind::Email)?.iter().flat_map(|case| lines(case, &decisions)) {
                    out.row(&line.each_ref().map(String::as_str))?;
                }
                print!("{}", String::from_utf8_lossy(&out.finish()?));
                Ok(Done::Well)
            }
            Emails::Letters(c) => {
                let (db, school, _) = c.open(desk)?;
                for case in cases(&db, &school, FoundKind::Email)? {
                    print!("{}", letter(&Letter::of(&case), school.name()));
                }
                Ok(Done::Well)
            }
        }
    }
}

impl Matches {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let now = desk.clock.now();
        match self {
            Matches::List(c) => {
                let (db, school, _) = c.of.open(desk)?;
                let mut decisions = db.read(|conn| PairDecision::all(conn, &school, PairKind::Twin))?;
                decisions.extend(db.read(|conn| PairDecision::all(conn, &school, PairKind::Match))?);
                let mut all = cases(&db, &school, FoundKind::Twin)?;
                all.extend(cases(&db, &school, FoundKind::Match)?);
                let of = |case: &Case| {
                    let [one, other] = case.parties.as_slice() else { return None };
                    let is_it = |d: &&PairDecision| {
                        d.pair.one.to_string() == one.whom && d.pair.other.to_string() == other.whom
                    };
                    decisions.iter().find(is_it).map(|d| d.verdict.word().to_owned())
                };
                let told = decisions.iter().map(|d| DecisionReport {
                    about: format!("{} ({}) and {} ({})", d.names.0, d.pair.one, d.names.1, d.pair.other),
                    decision: d.verdict.word().to_owned(),
                    by: d.decided_by.clone(),
                    at: d.decided_at,
                });
                print(all.iter().map(|case| report(case, of(case))).collect(), told.collect(), c.json)
            }
            Matches::Same(c) => c.decide(desk, Verdict::Same),
            Matches::NotSame(c) => c.decide(desk, Verdict::NotSame),
            Matches::TakeBack(c) => {
                let pair = c.pair()?;
                let (db, school, actor) = c.of.open(desk)?;
                let what = format!("{} and {}", c.one, c.other);
                let take = |kind| {
                    let pair = Pair { kind, ..pair.clone() };
                    db.write(|conn| PairDecision::take_back(conn, &school, &pair, &actor, now))
                };
                // A number and a SONIS ID may have been a match or a twin.
                let taken = match take(pair.kind) {
                    Err(crate::error::AppError::NotFound) => take(PairKind::Twin),
                    taken => taken,
                };
                gone(taken, &what)
            }
        }
    }
}

impl Two {
    /// Staff and parent are a twin; anything else is a match.
    fn pair(&self) -> Result<Pair, Failure> {
        let (one, other) = (whom(&self.one)?, whom(&self.other)?);
        let is_match = matches!((&one, &other), (Whom::Key(..), Whom::Person(_)));
        let is_parent = matches!(other, Whom::Key(crate::runs::KeySpace::Persons, _));
        let kind = if is_match && !is_parent { PairKind::Match } else { PairKind::Twin };
        Ok(Pair { kind, one, other })
    }

    fn decide(&self, desk: &Desk, verdict: Verdict) -> Result<Done, Failure> {
        let pair = self.pair()?;
        let (db, school, actor) = self.of.open(desk)?;
        // A record of staff and somebody of the school may be a twin as well as a match: what waits tells.
        let case = db.read(|conn| Case::of_pair(conn, &school, &pair.one.to_string(), &pair.other.to_string()))?;
        let is_twin = case.is_some_and(|c| c.kind == FoundKind::Twin);
        let pair = if is_twin { Pair { kind: PairKind::Twin, ..pair } } else { pair };
        let now = desk.clock.now();
        db.write(|conn| decide_pair(conn, &school, &pair, verdict, &actor, now))?;
        println!("{}. It counts from the next plan on.", verdict.word());
        Ok(Done::Well)
    }
}

fn gone(taken_back: Result<(), crate::error::AppError>, what: &str) -> Result<Done, Failure> {
    match taken_back {
        Ok(()) => {
            println!("Taken back: {what}. It counts from the next plan on.");
            Ok(Done::Well)
        }
        Err(crate::error::AppError::NotFound) => Err(Failure(format!("Nothing was decided of {what}."))),
        Err(e) => Err(e.into()),
    }
}

fn cases(db: &Db, school: &CurrentSchool, kind: FoundKind) -> Result<Vec<Case>, Failure> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let some = db.read(|conn| Case::after(conn, school, kind, after, 500))?;
        let Some(last) = some.last() else { return Ok(all) };
        after = last.number;
        all.extend(some);
    }
}

fn report(case: &Case, decision: Option<String>) -> CaseReport {
    let party = |p: &crate::sync::cases::Party| PartyReport {
        whom: p.sonis_id.clone().filter(|_| p.slot.is_none()).unwrap_or_else(|| p.whom.clone()),
        name: p.name.clone(),
        member_type: p.member_type.code(),
        birth_date: p.get(Field::BirthDate),
        children: p.children(),
        stands_in: row_of(p),
        fate: p.fate.code(),
    };
    let parties = case.parties.iter().map(party).collect();
    CaseReport { kind: case.kind, email: case.email_key.clone(), decision, parties }
}

fn print(cases: Vec<CaseReport>, decisions: Vec<DecisionReport>, json: bool) -> Result<Done, Failure> {
    if json {
        println!("{}", serde_json::to_string_pretty(&Listed { cases, decisions })?);
        return Ok(Done::Well);
    }
    if cases.is_empty() {
        println!("The newest plan leaves nothing to decide.");
    }
    for case in &cases {
        let decision = case.decision.as_deref().unwrap_or("not decided");
        match &case.email {
            Some(email) => println!("{}, {email}: {decision}", case.kind),
            None => println!("{}: {decision}", case.kind),
        }
        for p in &case.parties {
            let children =
                if p.children.is_empty() { String::new() } else { format!(", children: {}", p.children.join(", ")) };
            println!("  {} {} ({}), {}{children}: {}", p.whom, p.name, p.member_type, p.stands_in, p.fate);
        }
    }
    for d in &decisions {
        println!("Decided: {}: {}, by {}", d.about, d.decision, d.by);
    }
    Ok(Done::Well)
}

fn letter(l: &Letter, school: &str) -> String {
    let children =
        if l.children.is_empty() { String::new() } else { format!("Children: {}\n\n", l.children.join(", ")) };
    let lines: String = l.names.iter().map(|name| format!("{name}: ______________________________\n\n")).collect();
    format!(
        "{school}\n\nDear {},\n\nin our records you share one e-mail address: {}. Each of you is to have an account of your own,\n\
         and an account needs an e-mail address that nobody else uses.\n\n{children}\
         Please write down which address each of you wants to use, and give this letter back to the school office,\n\
         or change your addresses yourselves on the school's portal.\n\n{lines}Thank you.\n\u{c}\n",
        l.to(),
        l.email
    )
}
