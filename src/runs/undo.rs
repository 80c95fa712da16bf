//! Undo: the inverse of a run, planned against what is there now and applied as a run of its own.
//! What somebody has edited since is kept and named. Leaves offering it to the pages.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::apply::{self, Applied, apply_now};
use super::batch::Refusal;
use super::change::{Change, GroupStep, IdStep, ListStep, RelationStep, Verb, Who};
use super::key::KeySpace;
use super::merge::{self, Merge};
use super::plan::{PlanWriter, Whole};
use super::problem::{Cause, Problem};
use super::run::{Counts, NewRun, Run, RunId, RunKind, RunState, SourceFile, move_state};
use super::stored::StoredChange;
use super::unit;
use crate::db::{Conn, Db};
use crate::error::AppError;
use crate::groups;
use crate::integration_ids;
use crate::people::{self, Field, FieldChange, Person, PersonId, Status};
use crate::schema::{changes, merges, runs};
use crate::schools::CurrentSchool;
use crate::security::Actor;

/// A run of so many changes is undone in one go; a larger one is planned in pieces first.
const IN_ONE_GO: i64 = 500;

/// Undoes a run. The new run says what was reversed and, as problems, what was kept and why.
/// Where nothing is left to reverse there is no new run: a conflict says so and why.
pub fn undo(
    db: &Db,
    school: &CurrentSchool,
    run: &Run,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<Result<RunId, Refusal>, AppError> {
    let long = db.read(|conn| {
        Ok(StoredChange::of_run(conn, school, run.id, 0, IN_ONE_GO + 1)?.len()
            > usize::try_from(IN_ONE_GO).unwrap_or(0))
    })?;
    if long {
        return undo_large(db, school, run, actor, now);
    }
    db.write(|conn| undo_small(conn, school, run, actor, now))
}

/// Undoes a run of few changes inside the transaction of whoever asks.
pub fn undo_small(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: &Run,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<Result<RunId, Refusal>, AppError> {
    check(run)?;
    check_merge(conn, school, run)?;
    let (mut inverse, mut kept) = (Vec::new(), Vec::new());
    let mut before = i64::MAX;
    while let Some(last) = next(conn, school, run, &mut before, &mut inverse, &mut kept)? {
        before = last;
    }
    if inverse.is_empty() {
        return Err(AppError::Conflict(nothing_left(run, &kept)));
    }
    let mut new = NewRun::edit(RunKind::Undo, actor);
    new.undoes = Some(run.id);
    new.integration = run.integration_id;
    new.counts.kept = i32::try_from(kept.len()).unwrap_or(i32::MAX);
    let undone = match apply_now(conn, school, &new, &inverse, now)? {
        Ok(id) => id,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Problem::store_all(conn, school, undone, kept)?;
    if RunKind::BY_HAND.contains(&run.kind) {
        unpin(conn, school, run, &inverse)?;
    }
    Ok(Ok(undone))
}

fn undo_large(
    db: &Db,
    school: &CurrentSchool,
    run: &Run,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<Result<RunId, Refusal>, AppError> {
    check(run)?;
    let mut new = NewRun::plan(RunKind::Undo, actor, SourceFile::default());
    new.undoes = Some(run.id);
    let total = i64::from(run.counts.created) + i64::from(run.counts.updated);
    let mut writer = PlanWriter::begin(db, school, &new, total, now)?;
    let mut counts = Counts::default();
    let (mut before, mut done) = (i64::MAX, 0);
    let mut told = Vec::new();
    loop {
        let (mut inverse, mut kept) = (Vec::new(), Vec::new());
        let last = db.read(|conn| next(conn, school, run, &mut before, &mut inverse, &mut kept))?;
        done += i64::try_from(inverse.len()).unwrap_or(0);
        counts.updated += i32::try_from(inverse.len()).unwrap_or(i32::MAX);
        counts.kept += i32::try_from(kept.len()).unwrap_or(i32::MAX);
        for change in &inverse {
            writer.change(None, change)?;
        }
        for problem in kept {
            if told.len() < 4 {
                told.push(problem.clone());
            }
            writer.problem(problem)?;
        }
        writer.at(done)?;
        match last {
            Some(last) => before = last,
            None => break,
        }
    }
    if counts.updated == 0 {
        writer.give_up()?;
        return Err(AppError::Conflict(nothing_left(run, &told)));
    }
    let undo = writer.finish(Whole { counts, ..Whole::default() })?;
    let applied = apply::apply(db, school, undo, actor, now);
    if !matches!(applied, Ok(Applied::Done | Applied::Elsewhere)) {
        // It is made anew when somebody asks again: a plan to undo that lies about would only be in the way.
        db.write(|conn| move_state(conn, school, undo, RunState::Planned, RunState::Abandoned))?;
    }
    match applied? {
        Applied::Done | Applied::Elsewhere => Ok(Ok(undo)),
        Applied::Stale(refused) => {
            Ok(Err(refused.into_iter().next().map_or(Refusal::Moved { person: None }, |r| r.refusal)))
        }
        Applied::Cancelled => Err(AppError::Conflict("The undo was stopped. Nothing was changed.".into())),
    }
}

fn check(run: &Run) -> Result<(), AppError> {
    if run.can_be_undone() {
        return Ok(());
    }
    Err(AppError::Conflict(format!("Run {} cannot be undone, or somebody has undone it already.", run.id)))
}

/// A merge whose record that stayed was merged itself since is taken back after that one.
fn check_merge(conn: &mut Conn, school: &CurrentSchool, run: &Run) -> Result<(), AppError> {
    if run.kind != RunKind::Merge {
        return Ok(());
    }
    let into: Option<PersonId> =
        merges::of(school).filter(merges::run_id.eq(run.id)).select(merges::into_id).get_result(conn).optional()?;
    let into =
        into.ok_or_else(|| AppError::Conflict(format!("Run {} is no merge that could be taken back.", run.id)))?;
    let Some(last) = merge::leads_to(conn, school, into)? else { return Ok(()) };
    let (into, last) = (Person::by_id(conn, school, into)?, Person::by_id(conn, school, last)?);
    Err(AppError::Conflict(format!(
        "{} was merged into {} since. Undo that merge first, then this one.",
        into.sonis_id, last.sonis_id
    )))
}

/// Plans the inverse of the next changes, from the last backwards: last done, first undone. The answer is where to go on.
fn next(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: &Run,
    before: &mut i64,
    inverse: &mut Vec<Change>,
    kept: &mut Vec<Problem>,
) -> Result<Option<i64>, AppError> {
    let batch = StoredChange::of_run_backwards(conn, school, run.id, *before, IN_ONE_GO)?;
    let Some(last) = batch.last().map(|c| c.id) else { return Ok(None) };
    inverse.extend(unit::inverses(conn, school, run, &batch, kept)?);
    let is_single = |c: &&StoredChange| c.unit.is_none() && c.outcome.is_none() && c.person_id.is_some();
    let done: Vec<&StoredChange> = batch.iter().filter(is_single).collect();
    let ids: Vec<PersonId> = done.iter().filter_map(|c| c.person_id).collect();
    let now = Now::load(conn, school, run, &ids)?;
    for stored in done {
        if let Some(change) = now.inverse(conn, school, stored, kept)? {
            inverse.push(change);
        }
    }
    Ok(Some(last))
}

/// Why an undo would do nothing: what would have to be kept, or that all is as before already.
fn nothing_left(run: &Run, kept: &[Problem]) -> String {
    /// Enough to see what is going on; the rest is counted.
    const TOLD: usize = 3;
    if kept.is_empty() {
        return format!("Nothing of run {} is left to undo: whatever it did has been taken back since.", run.id);
    }
    let told: Vec<String> = kept.iter().take(TOLD).map(|p| format!("{}: {}", p.found, p.reason)).collect();
    let more = match kept.len() - told.len() {
        0 => String::new(),
        more => format!(" And {more} more."),
    };
    format!("Nothing of run {} can be undone. {}{more}", run.id, told.join(" "))
}

/// The people of a batch as they are now.
struct Now {
    people: HashMap<PersonId, Person>,
    /// Who changed them after the run, and when, in words.
    changed: HashMap<PersonId, String>,
    groups: HashMap<PersonId, HashSet<groups::Placeholder>>,
    relations: HashMap<(PersonId, PersonId), String>,
    /// Numbers of students who were to be added by the run and were left out: no relationship to them was made.
    left_out: HashSet<String>,
    /// Groups of the school's own that a list put them into.
    lists: HashMap<PersonId, HashSet<(groups::Category, String)>>,
    /// The run is a merge: it alone can change a record that is merged.
    is_merge: bool,
}

impl Now {
    fn load(conn: &mut Conn, school: &CurrentSchool, run: &Run, ids: &[PersonId]) -> Result<Now, AppError> {
        let people = Person::by_ids(conn, school, ids)?.into_iter().map(|p| (p.id, p)).collect();
        let changed = changed_since(conn, school, run, ids)?;
        let groups = groups::store::held_of(conn, school, ids)?
            .into_iter()
            .map(|(person, groups)| (person, groups.into_iter().collect()))
            .collect();
        let relations = people::store::relations_of(conn, school, ids.to_vec())?;
        let left_out = if run.counts.excluded > 0 { left_out(conn, school, run)? } else { HashSet::new() };
        let lists = groups::list_store::listed_of(conn, school, ids)?;
        Ok(Now { people, changed, groups, lists, relations, left_out, is_merge: run.kind == RunKind::Merge })
    }

    /// The change that takes one back; None where nothing of it is left, or where all of it has to be kept.
    fn inverse(
        &self,
        conn: &mut Conn,
        school: &CurrentSchool,
        stored: &StoredChange,
        kept: &mut Vec<Problem>,
    ) -> Result<Option<Change>, AppError> {
        let Some(person) = stored.person_id.and_then(|id| self.people.get(&id)) else { return Ok(None) };
        let change = stored.to_change()?;
        if person.bio.status == Status::Merged && !self.is_merge {
            let reason = "Kept as it is: the record was merged into another one since. Undo the merge first.";
            kept.push(Problem::new(Cause::Kept, &person.sonis_id, reason));
            return Ok(None);
        }
        let mut back = Change::of(Who::Held(person.id));
        match &change.who {
            // Nothing is erased: a person who should not have been added is withdrawn, and a rerun revives them.
            Who::New(_) => {
                if person.bio.status == Status::Withdrawn {
                    return Ok(None);
                }
                if let Some(who) = self.changed.get(&person.id) {
                    kept.push(Problem::kept(&person.sonis_id, None, who));
                    return Ok(None);
                }
                back.fields.push(FieldChange {
                    field: Field::Status,
                    before: person.bio.get(Field::Status),
                    after: Some(Status::Withdrawn.code().to_owned()),
                });
            }
            Who::Held(_) => {
                for c in &change.fields {
                    let is = person.bio.get(c.field);
                    if is == c.before {
                        // Back already.
                    } else if is == c.after {
                        back.fields.push(FieldChange { field: c.field, before: is, after: c.before.clone() });
                    } else {
                        let who = self.changed.get(&person.id).map_or("a later change", String::as_str);
                        kept.push(Problem::kept(&person.sonis_id, Some(c.field.word()), who));
                    }
                }
            }
        }
        if let Some(id) = &change.id {
            back.id = self.id_back(conn, school, person.id, id)?;
        }
        let is_in = |group| self.groups.get(&person.id).is_some_and(|g| g.contains(group));
        back.groups = match change.who {
            // Who is withdrawn is in no group, whichever sync put them there.
            Who::New(_) => {
                let held = self.groups.get(&person.id).into_iter().flatten();
                held.map(|group| GroupStep { joins: false, group: *group }).collect()
            }
            Who::Held(_) => change
                .groups
                .iter()
                .filter(|g| is_in(&g.group) == g.joins)
                .map(|g| GroupStep { joins: !g.joins, group: g.group })
                .collect(),
        };
        back.groups.sort_unstable();
        let is_listed = |l: &ListStep| {
            let place = (l.category, groups::name_key(&l.name));
            self.lists.get(&person.id).is_some_and(|all| all.contains(&place))
        };
        let still = change.lists.iter().filter(|l| is_listed(l) == l.joins);
        back.lists = still.map(|l| ListStep { joins: !l.joins, ..l.clone() }).collect();
        back.relations = self.relations_back(conn, school, person, &change.relations, kept)?;
        back.merge = match change.merge.as_deref() {
            None => None,
            Some(Merge::Stays { other, .. }) => Some(Box::new(Merge::Stays { other: *other, is_back: true })),
            Some(Merge::Ends(moves)) => {
                let tell = |reason| kept.push(Problem::new(Cause::Kept, &person.sonis_id, reason));
                Some(Box::new(Merge::Ends(moves.back(conn, school, person.id, tell)?)))
            }
        };
        Ok((!back.is_nothing()).then_some(back))
    }

    /// An ID that was added is taken away, if it is still there; one that was taken away comes back, if it is not.
    fn id_back(
        &self,
        conn: &mut Conn,
        school: &CurrentSchool,
        person: PersonId,
        id: &IdStep,
    ) -> Result<Option<IdStep>, AppError> {
        let mut is_live = |value| integration_ids::store::is_live(conn, school, person, id.integration, value);
        let before = match &id.after {
            Some(value) if is_live(value)? => Some(value.clone()),
            _ => None,
        };
        let after = match &id.before {
            Some(value) if !is_live(value)? => Some(value.clone()),
            _ => None,
        };
        if before.is_none() && after.is_none() {
            return Ok(None);
        }
        Ok(Some(IdStep { integration: id.integration, before, after, spec_version: None }))
    }

    fn relations_back(
        &self,
        conn: &mut Conn,
        school: &CurrentSchool,
        guardian: &Person,
        relations: &[RelationStep],
        kept: &mut Vec<Problem>,
    ) -> Result<Vec<RelationStep>, AppError> {
        if relations.is_empty() {
            return Ok(Vec::new());
        }
        let norms = relations.iter().map(|r| r.student.clone()).collect();
        let students = people::store::linked(conn, school, KeySpace::Students, norms)?;
        let mut back = Vec::new();
        for r in relations.iter().filter(|r| !self.left_out.contains(&r.student)) {
            let held = students.get(&r.student).and_then(|s| self.relations.get(&(guardian.id, *s)));
            // As the run left it: what it added is there, and nothing where it ended one.
            let left = relations.iter().find(|o| o.adds && o.student == r.student).map(|o| &o.kind);
            if held == left {
                back.push(RelationStep { adds: !r.adds, ..r.clone() });
            } else if held.is_some() && held != Some(&r.kind) {
                let reason = format!("Kept the relationship to the student {}: it was changed since.", r.student);
                kept.push(Problem::new(Cause::Kept, &guardian.sonis_id, reason));
            } else if held.is_none() && !r.adds {
                // Neither what was there nor what came after it: it comes back.
                back.push(RelationStep { adds: true, ..r.clone() });
            }
        }
        Ok(back)
    }
}

fn left_out(conn: &mut Conn, school: &CurrentSchool, run: &Run) -> Result<HashSet<String>, AppError> {
    let out: Vec<StoredChange> = changes::of(school)
        .filter(changes::run_id.eq(run.id))
        .filter(changes::verb.eq(Verb::Create))
        .filter(changes::outcome.is_not_null())
        .filter(changes::source.eq(KeySpace::Students.code()))
        .select(StoredChange::as_select())
        .load(conn)?;
    let mut norms = HashSet::new();
    for change in out {
        norms.extend(change.to_change()?.key.map(|k| k.norm));
    }
    Ok(norms)
}

/// What an edit pinned is free again when the edit is taken back, unless another edit pins it as well.
fn unpin(conn: &mut Conn, school: &CurrentSchool, run: &Run, inverse: &[Change]) -> Result<(), AppError> {
    for (person, back) in inverse.iter().filter_map(|c| Some((c.held()?, c))) {
        let edits: Vec<StoredChange> = changes::of(school)
            .inner_join(runs::beside(changes::school_id, runs::id.eq(changes::run_id)))
            .filter(changes::person_id.eq(person))
            .filter(runs::state.eq(RunState::Applied))
            .filter(runs::kind.eq_any(RunKind::BY_HAND))
            .filter(runs::undone_by_run_id.is_null())
            .filter(runs::id.ne(run.id))
            .select(StoredChange::as_select())
            .load(conn)?;
        let mut still = HashSet::new();
        for edit in edits {
            still.extend(edit.fields()?.into_iter().map(|c| c.field));
        }
        for c in back.fields.iter().filter(|c| !still.contains(&c.field)) {
            people::pin::unpin(conn, school, person, c.field)?;
        }
    }
    Ok(())
}

/// Who changed people after a run was applied, in words.
fn changed_since(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: &Run,
    ids: &[PersonId],
) -> Result<HashMap<PersonId, String>, AppError> {
    let since = run.generation.unwrap_or(0);
    // What was taken back since has left no trace, and taking it back is no edit either.
    let taken_back: Vec<RunId> = runs::of(school)
        .filter(runs::generation.gt(since))
        .filter(runs::undone_by_run_id.is_not_null())
        .select(runs::id)
        .load(conn)?;
    let later: Vec<(Option<PersonId>, String, NaiveDateTime)> = changes::of(school)
        .inner_join(runs::beside(changes::school_id, runs::id.eq(changes::run_id)))
        .filter(changes::person_id.eq_any(ids.to_vec()))
        .filter(runs::state.eq(RunState::Applied))
        .filter(runs::generation.gt(since))
        .filter(changes::outcome.is_null())
        .filter(runs::undone_by_run_id.is_null())
        .filter(runs::undoes_run_id.is_null().or(runs::undoes_run_id.ne_all(taken_back)))
        // An ID that was added since is no edit of the person, and a clerk must not learn of it here.
        .filter(changes::verb.eq_any(Verb::EDITS))
        .order((runs::generation, changes::id))
        .select((changes::person_id, runs::actor_name, runs::planned_at))
        .load(conn)?;
    // The last one counts.
    Ok(later
        .into_iter()
        .filter_map(|(person, name, at)| {
            let at = at.and_utc().with_timezone(&school.time_zone());
            Some((person?, format!("{name} on {}", at.format("%-d %b %Y at %H:%M"))))
        })
        .collect())
}
