//! A lease on a run: one node works on it, says how far it is, and can be told to stop. Whoever takes an expired lease
//! raises its fence, and what the former holder still writes is refused. Leaves the work itself to `runs::apply` and `runs::plan`.
//!
//! Leases stand among the activity tables: while a large run is applied, SQLite's main file takes no other writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::run::RunId;
use crate::db::{self, Conn, Db};
use crate::error::AppError;
use crate::schema::run_leases;
use crate::schools::{CurrentSchool, SchoolId};

/// A holder that has not been heard of for so long has lost the run.
pub(super) const TERM: TimeDelta = TimeDelta::seconds(10);
/// How often it is heard of, and hears that somebody wants it to stop.
const BEAT: Duration = Duration::from_millis(700);

/// No run at all: the lease of whoever takes a school's files from its folder (`sync::watch`).
pub const FOLDER: RunId = RunId(0);

/// The right to work on a run, for as long as this value lives.
pub struct Lease {
    db: Db,
    mark: Mark,
    shared: Arc<Shared>,
    /// Dropped to end the beat.
    stop: Option<Sender<()>>,
    beat: Option<JoinHandle<()>>,
}

#[derive(Debug, Clone)]
struct Mark {
    school: SchoolId,
    run: RunId,
    holder: String,
    fence: i64,
}

#[derive(Default)]
struct Shared {
    done: AtomicI64,
    total: AtomicI64,
    is_lost: AtomicBool,
    is_cancelled: AtomicBool,
}

/// How far the work on a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Progress {
    pub done: i64,
    pub total: i64,
    pub started_at: NaiveDateTime,
    pub until: NaiveDateTime,
    pub cancel_asked: bool,
}

impl Progress {
    /// How long it has been worked on, when it was last heard of.
    pub fn worked(&self) -> TimeDelta {
        self.until - TERM - self.started_at
    }

    #[allow(clippy::type_complexity)]
    const COLUMNS: (
        run_leases::done,
        run_leases::total,
        run_leases::started_at,
        run_leases::until,
        run_leases::cancel_asked,
    ) = (run_leases::done, run_leases::total, run_leases::started_at, run_leases::until, run_leases::cancel_asked);
}

/// Why work on a run ends early.
#[derive(Debug)]
pub enum Interrupted {
    /// Somebody asked for it.
    Cancelled,
    /// Another node has taken the run over.
    Lost,
}

macro_rules! row {
    ($mark:expr) => {
        run_leases::table
            .filter(run_leases::school_id.eq($mark.school))
            .filter(run_leases::run_id.eq($mark.run))
            .filter(run_leases::holder.eq($mark.holder.clone()))
            .filter(run_leases::fence.eq($mark.fence))
    };
}

impl Lease {
    /// Takes a run to work on; None where another node is working on it.
    pub fn take(db: &Db, school: &CurrentSchool, run: RunId, total: i64) -> Result<Option<Lease>, AppError> {
        let holder = crate::security::random_token();
        let (school, holder_too) = (school.id(), holder.clone());
        let fence = db.activity().write(move |conn| {
            let now = db::now(conn)?;
            let until = now + TERM;
            let of_run =
                || run_leases::table.filter(run_leases::school_id.eq(school)).filter(run_leases::run_id.eq(run));
            let held: Option<(i64, NaiveDateTime)> =
                of_run().select((run_leases::fence, run_leases::until)).get_result(conn).optional()?;
            let values = (
                run_leases::holder.eq(holder_too.clone()),
                run_leases::until.eq(until),
                run_leases::done.eq(0_i64),
                run_leases::total.eq(total),
                run_leases::started_at.eq(now),
                run_leases::cancel_asked.eq(false),
            );
            match held {
                Some((_, until)) if until > now => Ok(None),
                Some((fence, _)) => {
                    // Two takers at once: the fence tells the second that it came late.
                    let taken = diesel::update(of_run().filter(run_leases::fence.eq(fence)))
                        .set((values, run_leases::fence.eq(fence + 1)))
                        .execute(conn)?;
                    Ok((taken == 1).then_some(fence + 1))
                }
                None => {
                    diesel::insert_into(run_leases::table)
                        .values((
                            run_leases::school_id.eq(school),
                            run_leases::run_id.eq(run),
                            run_leases::fence.eq(1_i64),
                            values,
                        ))
                        .execute(conn)?;
                    Ok(Some(1))
                }
            }
        });
        let fence = match fence {
            // Two first takers at once.
            Err(e) if e.is_unique_violation() => return Ok(None),
            fence => fence?,
        };
        let Some(fence) = fence else { return Ok(None) };
        let mark = Mark { school, run, holder, fence };
        let shared = Arc::new(Shared::default());
        shared.total.store(total, Ordering::Relaxed);
        let (stop, stopped) = channel();
        let (db_too, mark_too, shared_too) = (db.clone(), mark.clone(), shared.clone());
        let beat = std::thread::Builder::new()
            .name("run-lease".into())
            .spawn(move || {
                while stopped.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                    match renew(&db_too, &mark_too, &shared_too) {
                        Ok(true) => {}
                        Ok(false) => {
                            shared_too.is_lost.store(true, Ordering::Relaxed);
                            return;
                        }
                        Err(e) => log::warn!("the lease of run {} was not renewed: {e}", mark_too.run),
                    }
                }
            })
            .map_err(|e| AppError::internal("starting the beat of a lease", &e))?;
        Ok(Some(Lease { db: db.clone(), mark, shared, stop: Some(stop), beat: Some(beat) }))
    }

    /// Says how far the work is; the answer says whether to go on.
    pub fn at(&self, done: i64) -> Result<(), Interrupted> {
        self.shared.done.store(done, Ordering::Relaxed);
        if self.shared.is_lost.load(Ordering::Relaxed) {
            return Err(Interrupted::Lost);
        }
        if self.shared.is_cancelled.load(Ordering::Relaxed) {
            return Err(Interrupted::Cancelled);
        }
        Ok(())
    }

    /// The last question before a commit. On PostgreSQL the row stays locked until then, so nobody takes the run meanwhile.
    pub fn still_held(&self, conn: &mut Conn) -> Result<bool, AppError> {
        let held: Option<i64> = match conn {
            Conn::Sqlite(_) => self
                .db
                .activity()
                .read(|conn| Ok(row!(self.mark).select(run_leases::fence).get_result(conn).optional()?))?,
            Conn::Postgres(c) => row!(self.mark).select(run_leases::fence).for_update().get_result(c).optional()?,
        };
        Ok(held.is_some())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(beat) = self.beat.take() {
            // A beat that panicked has logged it; the lease ends all the same.
            let _ = beat.join();
        }
        let mark = self.mark.clone();
        let run = mark.run;
        // Waited for: the run may be taken again at once. Where it fails, the lease runs out.
        let given_back = self.db.activity().write(move |conn| Ok(diesel::delete(row!(mark)).execute(conn)?));
        if let Err(e) = given_back {
            log::warn!("the lease of run {run} was not given back: {e}");
        }
    }
}

fn renew(db: &Db, mark: &Mark, shared: &Arc<Shared>) -> Result<bool, AppError> {
    let (mark, done, total) = (mark.clone(), shared.done.load(Ordering::Relaxed), shared.total.load(Ordering::Relaxed));
    let asked: Option<bool> = db.activity().write(move |conn| {
        let until = db::now(conn)? + TERM;
        Ok(diesel::update(row!(mark))
            .set((run_leases::until.eq(until), run_leases::done.eq(done), run_leases::total.eq(total)))
            .returning(run_leases::cancel_asked)
            .get_result(conn)
            .optional()?)
    })?;
    if asked == Some(true) {
        shared.is_cancelled.store(true, Ordering::Relaxed);
    }
    Ok(asked.is_some())
}

/// How far the work on a run is; None where nobody works on it.
pub fn progress(db: &Db, school: &CurrentSchool, run: RunId) -> Result<Option<Progress>, AppError> {
    db.activity().read(|conn| {
        let now = db::now(conn)?;
        Ok(run_leases::table
            .filter(run_leases::school_id.eq(school.id()))
            .filter(run_leases::run_id.eq(run))
            .filter(run_leases::until.gt(now))
            .select(Progress::COLUMNS)
            .get_result(conn)
            .optional()?)
    })
}

/// How far the work on whichever run of the school is; None where nobody works on one.
pub fn work_at(db: &Db, school: &CurrentSchool) -> Result<Option<Progress>, AppError> {
    db.activity().read(|conn| {
        let now = db::now(conn)?;
        Ok(run_leases::table
            .filter(run_leases::school_id.eq(school.id()))
            .filter(run_leases::until.gt(now))
            .filter(run_leases::run_id.ne(FOLDER))
            .order(run_leases::run_id.desc())
            .limit(1)
            .select(Progress::COLUMNS)
            .get_result(conn)
            .optional()?)
    })
}

/// Asks whoever works on a run to stop; false where nobody does.
pub fn ask_to_stop(db: &Db, school: &CurrentSchool, run: RunId) -> Result<bool, AppError> {
    let school = school.id();
    db.activity().write(move |conn| {
        let asked = diesel::update(
            run_leases::table.filter(run_leases::school_id.eq(school)).filter(run_leases::run_id.eq(run)),
        )
        .set(run_leases::cancel_asked.eq(true))
        .execute(conn)?;
        Ok(asked > 0)
    })
}
