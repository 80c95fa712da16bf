//! Applying a run, all or nothing: an edit as soon as it is made, a stored plan under a lease.
//! Leaves carrying out the changes to `runs::batch`, and who may apply what to the rooms that ask.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::batch::{self, Hand, Known, Refusal, Refused};
use super::change::Change;
use super::hold;
use super::lease::{Interrupted, Lease};
use super::problem::Problem;
use super::run::{Counts, NewRun, Run, RunId, RunKind, RunState, move_state};
use super::stored::{ChangeRow, StoredChange};
use crate::db::{self, Conn, Db};
use crate::error::AppError;
use crate::integrations::{Stage, stage_at};
use crate::schema::runs;
use crate::schools::{CurrentSchool, next_generation};
use crate::security::{Actor, UserId};

/// So many changes are carried out at a time. Between two batches somebody may stop the run.
const BATCH: i64 = 1000;

/// From so many new people on, their names are put into the index at the end.
const MANY_NEW: i32 = 2000;

/// A stale plan tells of so many of its changes; more are not read one by one anyway.
const REFUSED_TOLD: usize = 500;

/// What came of applying a plan.
#[derive(Debug)]
pub enum Applied {
    Done,
    /// The school has moved on: these changes do not fit any more. Nothing was changed; the run waits again.
    Stale(Vec<Refused>),
    /// Somebody stopped it. Nothing was changed; the run waits again.
    Cancelled,
    /// Another node has taken the run over.
    Elsewhere,
}

/// Why the work on a run ended without a result; its transaction is rolled back.
enum Stop {
    Refused(Vec<Refused>),
    Interrupted(Interrupted),
    Failed(AppError),
}

impl From<AppError> for Stop {
    fn from(e: AppError) -> Stop {
        Stop::Failed(e)
    }
}
impl From<diesel::result::Error> for Stop {
    fn from(e: diesel::result::Error) -> Stop {
        Stop::Failed(e.into())
    }
}
impl From<Interrupted> for Stop {
    fn from(i: Interrupted) -> Stop {
        Stop::Interrupted(i)
    }
}

/// Stores a run that is applied as it is made: an edit of one person, or a small undo. All or nothing.
pub fn apply_now(
    conn: &mut Conn,
    school: &CurrentSchool,
    new: &NewRun<'_>,
    changes: &[Change],
    now: NaiveDateTime,
) -> Result<Result<RunId, Refusal>, AppError> {
    let applied = conn.transaction(|conn| {
        let run = new.store(conn, school, now)?;
        let rows = changes.iter().map(|c| ChangeRow::of(c, school, run, None)).collect::<Result<Vec<_>, AppError>>()?;
        ChangeRow::store_all(conn, rows)?;
        let mut counts = new.counts;
        for change in changes {
            match change.held() {
                None => counts.created += 1,
                Some(_) => counts.updated += 1,
            }
        }
        diesel::update(runs::of(school).filter(runs::id.eq(run))).set(counts).execute(conn)?;
        let hand = Hand { school, actor: new.actor, run, now, reason: new.reason.as_deref(), keeps_pins: false };
        work(conn, &hand, new.kind, false, |_| Ok(()))?;
        finish(conn, &hand, new.undoes)?;
        Ok(run)
    });
    match applied {
        Ok(run) => Ok(Ok(run)),
        Err(Stop::Refused(refused)) => {
            Ok(Err(refused.into_iter().next().map_or(Refusal::Moved { person: None }, |r| r.refusal)))
        }
        Err(Stop::Interrupted(_)) => Err(AppError::Internal("an edit was interrupted".into())),
        Err(Stop::Failed(e)) => Err(e),
    }
}

/// Applies a stored plan, all or nothing, in a transaction of its own. Pages go on reading meanwhile.
pub fn apply(
    db: &Db,
    school: &CurrentSchool,
    id: RunId,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<Applied, AppError> {
    let run = db.read(|conn| Run::by_id(conn, school, id))?;
    let Some(lease) = Lease::take(db, school, id, run.counts.changes())? else {
        return Err(AppError::Conflict(format!("Run {id} is being applied already. Its page shows how far it is.")));
    };
    let was_left = begin(db, school, &run, actor).map_err(|e| {
        if e.is_unique_violation() {
            AppError::Conflict(
                "Another run of this school is being applied. Wait until it is done, then apply this one.".into(),
            )
        } else {
            e
        }
    })?;
    if was_left {
        db.read(|conn| db::end_work_of_another(conn, id.0))?;
    }
    carry_through(db, school, &run, actor, now, &lease)
}

/// Goes on with a run whose node is gone: from the start, as nothing of it was kept.
pub(super) fn take_over(
    db: &Db,
    school: &CurrentSchool,
    run: &Run,
    now: NaiveDateTime,
) -> Result<Option<Applied>, AppError> {
    let Some(lease) = Lease::take(db, school, run.id, run.counts.changes())? else { return Ok(None) };
    // Whoever had it may have finished just now.
    let run = db.read(|conn| Run::by_id(conn, school, run.id))?;
    if run.state != RunState::Applying {
        return Ok(None);
    }
    db.read(|conn| db::end_work_of_another(conn, run.id.0))?;
    let actor = Actor::again(run.applied_by_user_id, run.applied_by.as_deref().unwrap_or(&run.actor_name));
    carry_through(db, school, &run, &actor, now, &lease).map(Some)
}

/// Marks the run as being applied, if it may be; says whether its process died in the middle of applying it before.
fn begin(db: &Db, school: &CurrentSchool, run: &Run, actor: &Actor) -> Result<bool, AppError> {
    db.write(|conn| {
        if let Some(integration) = run.integration_id
            && stage_at(conn, school, integration)? != Some(Stage::Live)
        {
            return Err(AppError::Conflict(
                "The integration is not Live at this school: a sync can be planned, and applied once Support has switched it on."
                    .into(),
            ));
        }
        hold::check_hand(conn, school, run, actor)?;
        // Nobody else has the lease: whoever was applying it is gone, and nothing of it was kept.
        let state = Run::by_id(conn, school, run.id)?.state;
        let was_left = state == RunState::Applying;
        if !was_left && !move_state(conn, school, run.id, RunState::Planned, RunState::Applying)? {
            return Err(AppError::Conflict(match state {
                RunState::Held => format!("Run {} is held. Somebody else has to release it first.", run.id),
                _ => format!(
                    "Run {} is not waiting to be applied: somebody has applied or abandoned it. Open the run to see its summary.",
                    run.id
                ),
            }));
        }
        diesel::update(runs::of(school).filter(runs::id.eq(run.id)))
            .set((runs::applied_by_user_id.eq(actor.user()), runs::applied_by.eq(actor.name())))
            .execute(conn)?;
        Ok(was_left)
    })
}

fn carry_through(
    db: &Db,
    school: &CurrentSchool,
    run: &Run,
    actor: &Actor,
    now: NaiveDateTime,
    lease: &Lease,
) -> Result<Applied, AppError> {
    let hand = Hand { school, actor, run: run.id, now, reason: run.reason.as_deref(), keeps_pins: run.kind.is_bulk() };
    let mut stop = None;
    let worked = db.write_much(|conn| {
        let result = (|| {
            db::end_when_idle(conn)?;
            db::mark_work(conn, run.id.0)?;
            work(conn, &hand, run.kind, run.counts.created >= MANY_NEW, |done| lease.at(done))?;
            finish(conn, &hand, run.undoes_run_id)?;
            if lease.still_held(conn)? { Ok(()) } else { Err(Stop::Interrupted(Interrupted::Lost)) }
        })();
        // The transaction is rolled back by an error; which one it was is told beside it.
        result.map_err(|e| {
            stop = Some(e);
            AppError::Busy
        })
    });
    let applied = match (worked, stop) {
        (Ok(()), _) => {
            tell_planner(db, run);
            return Ok(Applied::Done);
        }
        // Whoever took the run over has ended the transaction, or has left nothing to do.
        (Err(_), _) if !is_held(db, lease) => return Ok(Applied::Elsewhere),
        (Err(_), Some(Stop::Refused(refused))) => Ok(Applied::Stale(refused)),
        (Err(_), Some(Stop::Interrupted(Interrupted::Cancelled))) => Ok(Applied::Cancelled),
        (Err(_), Some(Stop::Interrupted(Interrupted::Lost))) => return Ok(Applied::Elsewhere),
        (Err(_), Some(Stop::Failed(e))) | (Err(e), None) => Err(e),
    };
    wait_again(db, school, run, lease, applied.as_ref().ok())?;
    applied
}

/// After many changes the database's own figures of its tables are old, and it would look things up the long way.
fn tell_planner(db: &Db, run: &Run) {
    const MANY: i64 = 5000;
    if run.counts.changes() >= MANY
        && let Err(e) = db.write(|conn| Ok(db::bulk::analyze_changed(conn)?))
    {
        log::warn!("the figures of the tables were not renewed: {e}");
    }
}

/// Whether the lease is this process's still; yes where that cannot be found out.
fn is_held(db: &Db, lease: &Lease) -> bool {
    db.write(|conn| lease.still_held(conn)).unwrap_or(true)
}

/// Nothing was changed: the run waits as before, and says which of its rows moved.
fn wait_again(
    db: &Db,
    school: &CurrentSchool,
    run: &Run,
    lease: &Lease,
    applied: Option<&Applied>,
) -> Result<(), AppError> {
    db.write(|conn| {
        if !lease.still_held(conn)? {
            return Ok(());
        }
        if !move_state(conn, school, run.id, RunState::Applying, RunState::Planned)? {
            return Ok(());
        }
        diesel::update(runs::of(school).filter(runs::id.eq(run.id)))
            .set((runs::applied_by_user_id.eq(None::<UserId>), runs::applied_by.eq(None::<String>)))
            .execute(conn)?;
        Problem::forget_moved(conn, school, run.id)?;
        if let Some(Applied::Stale(refused)) = applied {
            for r in refused.iter().take(REFUSED_TOLD) {
                Problem::moved(conn, school, run.id, r)?.store(conn, school, run.id)?;
            }
        }
        Ok(())
    })
}

/// Carries out the changes of a run, batch by batch.
fn work(
    conn: &mut Conn,
    hand: &Hand<'_>,
    kind: RunKind,
    many_new: bool,
    mut go_on: impl FnMut(i64) -> Result<(), Interrupted>,
) -> Result<(), Stop> {
    let (mut known, mut refused) = (Known::default(), Vec::new());
    if kind.takes_ids_away() {
        let mut after = 0;
        while let Some((batch, last)) = next_batch(conn, hand, after)? {
            after = last;
            batch::remove_ids(conn, hand, &batch, &mut refused)?;
            go_on(0)?;
        }
    }
    let put_off = if many_new { Some(db::bulk::put_off_indexing(conn)?) } else { None };
    let (mut after, mut done, mut count_at) = (0, 0, BATCH);
    while let Some((batch, last)) = next_batch(conn, hand, after)? {
        after = last;
        done += i64::try_from(batch.len()).unwrap_or(0);
        batch::carry_out(conn, hand, &mut known, batch, &mut refused)?;
        if refused.len() >= REFUSED_TOLD {
            break;
        }
        if done >= count_at {
            count_at = done.saturating_mul(10);
            db::bulk::count_while_loading(conn)?;
        }
        go_on(done)?;
    }
    if !refused.is_empty() {
        return Err(Stop::Refused(refused));
    }
    let mut unindexed = put_off;
    while let Some(after) = unindexed {
        unindexed = db::bulk::index_some_names(conn, after)?;
        go_on(done)?;
    }
    Ok(())
}

/// Changes with their numbers, and the number of the last one looked at.
type Batch = (Vec<(i64, Change)>, i64);

/// The next changes that are not excluded, with the last id looked at.
fn next_batch(conn: &mut Conn, hand: &Hand<'_>, after: i64) -> Result<Option<Batch>, AppError> {
    let stored = StoredChange::of_run(conn, hand.school, hand.run, after, BATCH)?;
    let Some(last) = stored.last().map(|c| c.id) else { return Ok(None) };
    let batch = stored
        .iter()
        .filter(|c| c.outcome.is_none())
        .map(|c| Ok((c.id, c.to_change()?)))
        .collect::<Result<Vec<_>, AppError>>()?;
    Ok(Some((batch, last)))
}

/// The run is applied, and whatever was planned before is of an older roster.
fn finish(conn: &mut Conn, hand: &Hand<'_>, undoes: Option<RunId>) -> Result<(), AppError> {
    let generation = next_generation(conn, hand.school)?;
    let marked =
        diesel::update(runs::of(hand.school).filter(runs::id.eq(hand.run)).filter(runs::state.eq(RunState::Applying)))
            .set((runs::state.eq(RunState::Applied), runs::applied_at.eq(hand.now), runs::generation.eq(generation)))
            .execute(conn)?;
    if marked == 0 {
        return Err(AppError::Conflict(format!("Run {} is not being applied any more.", hand.run)));
    }
    if let Some(undone) = undoes {
        let marked =
            diesel::update(runs::of(hand.school).filter(runs::id.eq(undone)).filter(runs::undone_by_run_id.is_null()))
                .set(runs::undone_by_run_id.eq(hand.run))
                .execute(conn)?;
        if marked == 0 {
            return Err(AppError::Conflict(format!("Somebody has undone run {undone} meanwhile.")));
        }
    }
    Ok(())
}

impl Counts {
    /// How many changes a run has, about: for showing how far it is.
    pub fn changes(&self) -> i64 {
        i64::from(self.created) + i64::from(self.updated) + i64::from(self.deactivated)
    }
}

/// What a page says when a single edit was refused in general terms.
pub fn moved_message(kind: RunKind) -> String {
    format!("{kind}: somebody changed the same record meanwhile. Open it again and look at what is there now.")
}
