//! The run that gives everybody without an ID the one that the specification makes. It holds what the preview shows,
//! value for value, and never touches an ID that exists. Leaves applying and undoing to `runs`.

use chrono::NaiveDateTime;

use super::language::Template;
use super::maker::Outcome;
use super::preview::each;
use super::spec::{Place, next_in_sequence, take_sequence};
use crate::db::Db;
use crate::error::AppError;
use crate::integration_ids::IdValue;
use crate::integrations::{IntegrationId, Stage, stage_at};
use crate::people::PersonId;
use crate::runs::{
    self, Applied, Cause, Change, Counts, IdStep, NewRun, PlanWriter, Problem, Run, RunId, RunKind, SourceFile, Who,
    Whole,
};
use crate::schools::CurrentSchool;
use crate::security::{Actor, Sight};

/// Who plans, and whose IDs they may change.
pub struct Planner<'a> {
    pub school: &'a CurrentSchool,
    pub actor: &'a Actor,
    /// From `Visitor::reach` or the operator.
    pub reach: &'a Sight,
    pub now: NaiveDateTime,
}

impl Planner<'_> {
    fn check(&self, db: &Db, place: &Place) -> Result<(), AppError> {
        let i = &place.integration;
        if !self.reach.covers(i.id) {
            return Err(AppError::Conflict(format!(
                "Making IDs needs the Task View/modify integration IDs for {}. Somebody who has it can make them.",
                i.name
            )));
        }
        self.check_live(db, i.id)
    }

    /// When the plan is made, and again when it is applied: Support may have switched the integration off between.
    fn check_live(&self, db: &Db, integration: IntegrationId) -> Result<(), AppError> {
        match db.read(|conn| stage_at(conn, self.school, integration))? {
            Some(Stage::Live) => Ok(()),
            _ => Err(AppError::Conflict(
                "The integration is not Live at this school: IDs can be looked at, and made once Support has set it Live."
                    .into(),
            )),
        }
    }
}

type Planned = (Vec<(PersonId, IdValue)>, Vec<Problem>, usize, usize, u64);

/// Plans the IDs of everybody who has none, by the specification that counts.
pub fn plan(db: &Db, by: &Planner<'_>, place: &Place) -> Result<RunId, AppError> {
    by.check(db, place)?;
    let spec = db.read(|conn| place.current(conn, by.school))?.ok_or_else(|| {
        AppError::Conflict("There is no specification yet. Write one and submit it, then make the IDs.".into())
    })?;
    let made = if spec.template.counts() {
        // The numbers are taken from the school's counter before anybody else can: looked at first, to know how many.
        let from = db.read(|conn| next_in_sequence(conn, by.school, place))?;
        let upto = look(db, by, place, &spec.template, from)?.4;
        let from = db.write(|conn| take_sequence(conn, by.school, place, upto - from))?;
        look(db, by, place, &spec.template, from)?
    } else {
        look(db, by, place, &spec.template, 0)?
    };
    let (ids, problems, people, have_one, _) = made;
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let counts = Counts {
        rows_read: count(people),
        updated: count(ids.len()),
        unchanged: count(have_one),
        refused: count(problems.len()),
        ..Counts::default()
    };
    let notes =
        format!("{}, {}: {} (version {})", place.integration.name, place.member_type, spec.template, spec.version);
    let source = SourceFile { notes: Some(notes), ..SourceFile::default() };
    let new = NewRun { integration: Some(place.integration.id), ..NewRun::plan(RunKind::IdSpec, by.actor, source) };
    let mut writer = PlanWriter::begin(db, by.school, &new, i64::try_from(people).unwrap_or(i64::MAX), by.now)?;
    for (person, value) in ids {
        let id = IdStep {
            integration: place.integration.id,
            before: None,
            after: Some(value),
            spec_version: Some(spec.version),
        };
        writer.change(None, &Change { id: Some(id), ..Change::of(Who::Held(person)) })?;
    }
    for problem in problems {
        writer.problem(problem)?;
    }
    writer.finish(Whole { counts, ..Whole::default() })
}

fn look(db: &Db, by: &Planner<'_>, place: &Place, template: &Template, from: u64) -> Result<Planned, AppError> {
    let (mut ids, mut problems) = (Vec::new(), Vec::new());
    let (people, have_one, upto) = db.read(|conn| {
        each(conn, by.school, place, template, from, |somebody, outcome| {
            let r = somebody.record;
            let mut problem = |cause, reason: String| {
                problems.push(Problem::new(
                    cause,
                    format!("{} {} ({})", r.first_name, r.last_name, r.sonis_id),
                    reason,
                ));
            };
            match outcome {
                Outcome::Makes { value, .. } => ids.push((r.id, value)),
                Outcome::Blank(blank) => problem(Cause::Unreadable, format!("gets no ID: {blank}.")),
                Outcome::Misfit(why) => problem(Cause::Misfit, format!("gets no ID. {why}.")),
                Outcome::Taken(_) => problem(
                    Cause::Taken,
                    "gets no ID: somebody else has it, or had it. Put {#} into the specification, or add an ID by hand."
                        .into(),
                ),
            }
            Ok(())
        })
    })?;
    Ok((ids, problems, people, have_one, upto))
}

/// A run of a specification; any other is not there.
pub fn one(db: &Db, school: &CurrentSchool, run: RunId) -> Result<Run, AppError> {
    let run = db.read(|conn| Run::by_id(conn, school, run))?;
    if run.kind == RunKind::IdSpec { Ok(run) } else { Err(AppError::NotFound) }
}

impl Planner<'_> {
    /// A run of a specification whose IDs may be changed.
    fn reached(&self, db: &Db, run: RunId) -> Result<Run, AppError> {
        let run = one(db, self.school, run)?;
        if run.integration_id.is_some_and(|i| self.reach.covers(i)) {
            return Ok(run);
        }
        Err(AppError::Conflict(
            "Making IDs, and taking them back, needs the Task View/modify integration IDs for their integration."
                .into(),
        ))
    }
}

/// Applies a plan of a specification.
pub fn apply(db: &Db, by: &Planner<'_>, run: RunId) -> Result<Applied, AppError> {
    let run = by.reached(db, run)?;
    if let Some(integration) = run.integration_id {
        by.check_live(db, integration)?;
    }
    runs::apply(db, by.school, run.id, by.actor, by.now)
}

/// Takes back the IDs that a run made, as far as they are as it made them.
pub fn undo(db: &Db, by: &Planner<'_>, run: RunId) -> Result<RunId, AppError> {
    let run = by.reached(db, run)?;
    match runs::undo(db, by.school, &run, by.actor, by.now)? {
        Ok(undone) => Ok(undone),
        Err(refusal) => db.read(|conn| Err(runs::pages::stale(conn, by.school, &refusal))),
    }
}
