//! The plan of a match list: the file, and who has which ID -> a stored plan, looked at before anything happens.
//! Leaves checking to `match_list::check`, applying to `runs`.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDateTime;

use super::check::{self, Checked, Move, Wanted, Wrong};
use super::figures::ListFigures;
use super::held;
use crate::db::Db;
use crate::error::AppError;
use crate::id_specs::Specs;
use crate::integration_ids::{IdKey, IdValue};
use crate::integrations::{Fit, Integration};
use crate::people::{MemberType, Person, PersonId, active_by_type};
use crate::runs::{
    Cause, Change, Counts, IdStep, NewRun, PlanWriter, Problem, RunId, RunKind, SourceFile, Tally, Who, Whole, held_for,
};
use crate::schools::{CurrentSchool, generation};
use crate::security::{Actor, hash_token, sha256};
use crate::sources::{FileProblem, MatchListFile, MatchRow, Slot};
use crate::sync::asked::ready_integration;
use crate::sync::files::FileOf;
use crate::sync::settings::Settings;
use crate::sync::stored;

/// The name of its place among the files of a run.
pub const SLOT: &str = "match_list";

/// So many people are asked for at a time.
const ASKED: usize = 500;

/// A match list as it was given.
pub struct GivenList {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Makes the plan. `Err` inside: the file cannot be used at all, and there is no plan.
pub fn plan(
    db: &Db,
    school: &CurrentSchool,
    given: &GivenList,
    integration: &str,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<Result<RunId, FileProblem>, AppError> {
    let integration = db.read(|conn| ready_integration(conn, school, integration))?;
    let list = match MatchListFile::open(&given.bytes) {
        Ok(list) => list,
        Err(problem) => return Ok(Err(problem)),
    };
    let (settings, specs, generation) = db.write(|conn| {
        Ok((
            Settings::load(conn, school)?,
            Specs::load(conn, school, integration.id, actor, now)?,
            generation(conn, school)?,
        ))
    })?;
    let hash = sha256(&given.bytes);
    let source = SourceFile { name: Some(given.name.clone()), hash: Some(hash.clone()), notes: None };
    let mut new = NewRun::plan(RunKind::MatchList, actor, source);
    new.integration = Some(integration.id);
    new.fingerprint = Some(hash_token(&format!("{hash}{settings:?}{specs:?}|{generation}")));
    let rows = i64::try_from(list.row_count()).unwrap_or(i64::MAX);
    let writer = PlanWriter::begin(db, school, &new, rows, now)?;
    let run = writer.run();
    let file = FileOf {
        // Kept under a name of its own: a match list is none of the extracts.
        slot: Slot::Students,
        name: given.name.clone(),
        hash,
        length: i64::try_from(given.bytes.len()).unwrap_or(i64::MAX),
        rows,
        header: list.header().to_vec(),
        shape: list.shape(),
        notes: list.notes().to_vec(),
        holds_ids: true,
    };
    let planned = db.write(|conn| stored::keep_file(conn, school, run, SLOT, &file)).and_then(|()| {
        let planning = Planning { db, school, integration: &integration, list: &list, writer };
        planning.work(&settings, &specs, now)
    });
    match planned {
        Ok(run) => Ok(Ok(run)),
        Err(e) => {
            crate::runs::give_up_plan(db, school, run)?;
            Err(e)
        }
    }
}

struct Planning<'a> {
    db: &'a Db,
    school: &'a CurrentSchool,
    integration: &'a Integration,
    list: &'a MatchListFile<'a>,
    writer: PlanWriter<'a>,
}

impl Planning<'_> {
    fn work(mut self, settings: &Settings, specs: &Specs, now: NaiveDateTime) -> Result<RunId, AppError> {
        let shape = self.integration.shape();
        let fit = Fit::new(&shape);
        let rows: Vec<Wanted> = self.list.rows.iter().map(|r| self.wanted(r, &fit, specs)).collect();
        let keys: HashSet<IdKey> = rows.iter().flat_map(|r| [r.old.clone(), r.new.clone()]).collect();
        let held = self.db.read(|conn| held::load(conn, self.school, self.integration.id, &keys))?;
        let checked = check::check(&rows, &held);
        let others = self.db.read(|conn| {
            held::others(conn, self.school, self.integration.id, |person| checked.listed.contains(&person))
        })?;
        self.tell_refused(&checked)?;
        for person in &others {
            self.writer.problem(Problem::new(
                Cause::NotListed,
                name(person),
                format!("has an ID of {} and is not on the list. It stays as it is.", self.integration.name),
            ))?;
        }
        for m in &checked.moves {
            self.writer.change(i64::try_from(m.row).ok(), &self.change(m))?;
        }
        let unreadable = i32::try_from(self.list.problems.rows()).unwrap_or(i32::MAX);
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        let counts = Counts {
            rows_read: i32::try_from(self.list.row_count()).unwrap_or(i32::MAX),
            updated: count(checked.moves.len()),
            unchanged: count(checked.unchanged),
            refused: count(checked.refused.len()).saturating_add(unreadable),
            ..Counts::default()
        };
        let figures = ListFigures::of(&checked.units, i64::try_from(others.len()).unwrap_or(i64::MAX));
        let figures = serde_json::to_string(&figures).map_err(|e| AppError::internal("writing figures", &e))?;
        let today = now.and_utc().with_timezone(&self.school.time_zone()).date_naive();
        let held_for = held_for(settings.limits_on(today), &self.tallies(&checked, &held)?, &[]);
        self.writer.at(i64::from(counts.rows_read))?;
        self.writer.finish(Whole { counts, figures: Some(figures), held_for })
    }

    fn wanted(&self, r: &MatchRow, fit: &Fit<'_>, specs: &Specs) -> Wanted {
        let (rule, member_type) = (self.integration.case_rule, member_type(r.of));
        let misfit = match fit.check(&r.new) {
            Err(e) => {
                let why = format!(
                    "cannot be an ID of {}. {e}. Correct it, then upload the list again.",
                    self.integration.name
                );
                Some((Cause::Misfit, why))
            }
            Ok(()) => of_another(&r.new, member_type, specs).map(|why| (Cause::WrongType, why)),
        };
        Wanted {
            row: r.row,
            member_type,
            old: IdKey::of(&r.old, rule),
            new: IdKey::of(&r.new, rule),
            value: IdValue::new(r.new.as_str()),
            misfit,
        }
    }

    fn change(&self, m: &Move) -> Change {
        let id = IdStep {
            integration: self.integration.id,
            before: Some(m.before.clone()),
            after: Some(m.after.clone()),
            spec_version: None,
        };
        Change { id: Some(id), unit: Some(m.unit), ..Change::of(Who::Held(m.person)) }
    }

    /// How many active people of each member type get another ID: the guard's figures.
    fn tallies(&self, checked: &Checked, held: &check::Held) -> Result<Vec<Tally>, AppError> {
        if checked.moves.is_empty() {
            return Ok(Vec::new());
        }
        let active = self.db.read(|conn| active_by_type(conn, self.school))?;
        let rule = self.integration.case_rule;
        let mut moved: BTreeMap<MemberType, HashSet<PersonId>> = BTreeMap::new();
        for m in &checked.moves {
            if let Some(holder) = held.live.get(&m.before.key(rule)) {
                moved.entry(holder.member_type).or_default().insert(m.person);
            }
        }
        let tally = |(member_type, who): (MemberType, HashSet<PersonId>)| Tally {
            member_type,
            held: active.get(&member_type).copied().unwrap_or(0),
            updated: i64::try_from(who.len()).unwrap_or(i64::MAX),
            deactivated: 0,
            rows: None,
        };
        Ok(moved.into_iter().map(tally).collect())
    }

    fn tell_refused(&mut self, checked: &Checked) -> Result<(), AppError> {
        for p in self.list.problems.iter() {
            self.tell(p.row, p.column.clone(), p.found.clone(), p.reason.clone(), Cause::Unreadable)?;
        }
        let named = self.named(checked)?;
        let who = |id: &PersonId| named.get(id).cloned().unwrap_or_else(|| "somebody".into());
        let cells: HashMap<u64, &MatchRow> = self.list.rows.iter().map(|r| (r.row, r)).collect();
        for (row, wrong) in &checked.refused {
            let Some(r) = cells.get(row) else { continue };
            let (old, new, of) = (
                (&self.list.old_title, &r.old),
                (&self.list.new_title, &r.new),
                (&self.list.type_title, &member_type(r.of).word().to_owned()),
            );
            let ((column, found), cause, reason) = match wrong {
                Wrong::OldTwice(rows) => (old, Cause::Twice, twice(rows, "has one new ID")),
                Wrong::NewTwice(rows) => (new, Cause::Twice, twice(rows, "goes to one person")),
                Wrong::Unknown => (
                    old,
                    Cause::Unknown,
                    format!(
                        "is nobody’s ID of {} at this school. Correct it, or take the row out.",
                        self.integration.name
                    ),
                ),
                Wrong::OtherType(person) => (
                    of,
                    Cause::WrongType,
                    format!("is not the member type of {}, who has the old ID. Correct one of the two.", who(person)),
                ),
                Wrong::Misfit(cause, why) => (new, *cause, why.clone()),
                Wrong::Taken { by, row: None } => (
                    new,
                    Cause::Taken,
                    format!(
                        "is the ID of {}, who keeps it. Give that person another one in a row of the list.",
                        who(by)
                    ),
                ),
                Wrong::Taken { by, row: Some(other) } => (
                    new,
                    Cause::Taken,
                    format!("is the ID of {}, whose own row {other} is refused. Correct that row first.", who(by)),
                ),
            };
            self.tell(*row, Some(column.clone()), found.clone(), reason, cause)?;
        }
        Ok(())
    }

    /// Who is spoken of in refusals.
    fn named(&self, checked: &Checked) -> Result<HashMap<PersonId, String>, AppError> {
        let ids: Vec<PersonId> = checked
            .refused
            .iter()
            .filter_map(|(_, wrong)| match wrong {
                Wrong::OtherType(person) | Wrong::Taken { by: person, .. } => Some(*person),
                _ => None,
            })
            .collect();
        let mut named = HashMap::new();
        for some in ids.chunks(ASKED) {
            let people = self.db.read(|conn| Person::by_ids(conn, self.school, some))?;
            named.extend(people.iter().map(|p| (p.id, name(p))));
        }
        Ok(named)
    }

    fn tell(
        &mut self,
        row: u64,
        column: Option<String>,
        found: String,
        reason: String,
        cause: Cause,
    ) -> Result<(), AppError> {
        let cells = self.list.cells_of_row(row);
        let cells = serde_json::to_string(&cells).map_err(|e| AppError::internal("keeping a row", &e))?;
        self.writer.problem(Problem {
            source_row: i64::try_from(row).unwrap_or(i64::MAX),
            source_column: column,
            slot: Some(SLOT.to_owned()),
            cells: Some(cells),
            ..Problem::new(cause, found, reason)
        })
    }
}

pub(in crate::sync) fn name(person: &Person) -> String {
    format!("{} ({})", person.bio.full_name(), person.sonis_id)
}

fn member_type(of: Slot) -> MemberType {
    match of {
        Slot::Teachers => MemberType::Staff,
        Slot::Parents => MemberType::Parent,
        Slot::Students | Slot::Relationships => MemberType::Student,
    }
}

/// An ID that is made as those of another member type are would match somebody else in the next sync.
fn of_another(new: &str, member_type: MemberType, specs: &Specs) -> Option<String> {
    let fits = |m: MemberType| specs.of(m).template.number_in(new).is_some();
    let other = MemberType::ALL.iter().copied().find(|m| *m != member_type && fits(*m) && !fits(member_type))?;
    Some(format!(
        "looks like the ID of a {} ({}), and the row says {}. Correct one of the two.",
        other.word(),
        specs.of(other).template,
        member_type.word()
    ))
}

fn twice(rows: &[u64], rule: &str) -> String {
    /// Enough to see what is going on.
    const TOLD: usize = 5;
    let told: Vec<String> = rows.iter().take(TOLD).map(u64::to_string).collect();
    let more = if rows.len() > TOLD { format!(" and {} more", rows.len() - TOLD) } else { String::new() };
    let rows = if rows.len() == 1 { "row" } else { "rows" };
    format!("stands in {rows} {}{more} too, and an ID {rule}. Leave one of the rows.", told.join(", "))
}
