//! What is known of a school's folder on every node: the last look, the last run, why it waits.
//! Leaves looking to `sync::watch::look`. It stands among the activity tables, which are written while a large run is applied.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use crate::db::{Conn, Db};
use crate::error::AppError;
use crate::runs::RunId;
use crate::schema::watch_states;
use crate::schools::{CurrentSchool, SchoolId};

/// A look that found nothing new is put on record so often.
const NOTED: TimeDelta = TimeDelta::seconds(30);
/// A node that has looked so lately is there still.
const LATELY: TimeDelta = TimeDelta::minutes(2);

#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = watch_states, treat_none_as_null = true)]
pub struct WatchState {
    pub looked_at: Option<NaiveDateTime>,
    /// Why nothing is taken just now.
    pub stopped: Option<String>,
    /// The set time that has been seen to.
    pub due_done: Option<NaiveDateTime>,
    /// The last run that was made.
    pub run_id: Option<RunId>,
    /// Why what was taken waits for a person.
    pub note: Option<String>,
    /// The run that the note is about.
    pub note_run_id: Option<RunId>,
    /// What was last written about.
    pub told: Option<String>,
    /// Files that were seen to and are still there.
    pub taken: Option<String>,
}

impl WatchState {
    pub fn load(db: &Db, school: &CurrentSchool) -> Result<WatchState, AppError> {
        let state = db.activity().read(|conn| {
            Ok(watch_states::table
                .filter(watch_states::school_id.eq(school.id()))
                .select(WatchState::as_select())
                .get_result(conn)
                .optional()?)
        })?;
        Ok(state.unwrap_or_default())
    }

    /// Whether some node has looked lately and was not stopped.
    pub fn is_seen_elsewhere(&self, now: NaiveDateTime) -> bool {
        self.stopped.is_none() && self.looked_at.is_some_and(|at| now - at < LATELY)
    }

    /// Keeps all of it: for whoever holds the folder's lease.
    pub fn keep(&self, db: &Db, school: &CurrentSchool, now: NaiveDateTime) -> Result<(), AppError> {
        let (school, state) = (school.id(), WatchState { looked_at: Some(now), ..self.clone() });
        db.activity().write(move |conn| {
            begin(conn, school)?;
            diesel::update(watch_states::table.find(school)).set(state.clone()).execute(conn)?;
            Ok(())
        })
    }

    /// Keeps that somebody looked, why nothing is taken, and what was written of it: the rest may be another node's by now.
    pub fn keep_look(
        &self,
        db: &Db,
        school: &CurrentSchool,
        before: &WatchState,
        now: NaiveDateTime,
    ) -> Result<(), AppError> {
        let is_old = before.looked_at.is_none_or(|at| now - at >= NOTED || at > now);
        if self == before && !is_old {
            return Ok(());
        }
        let (school, stopped, told) = (school.id(), self.stopped.clone(), self.told.clone());
        let is_same = self == before;
        db.activity().write(move |conn| {
            begin(conn, school)?;
            let here = diesel::update(watch_states::table.find(school));
            if is_same {
                here.set(watch_states::looked_at.eq(now)).execute(conn)?;
            } else {
                here.set((
                    watch_states::looked_at.eq(now),
                    watch_states::stopped.eq(stopped.clone()),
                    watch_states::told.eq(told.clone()),
                ))
                .execute(conn)?;
            }
            Ok(())
        })
    }
}

/// The school's row, empty at first. Two nodes at once: the second finds the first's when it tries again.
fn begin(conn: &mut Conn, school: SchoolId) -> Result<(), AppError> {
    let here: i64 = watch_states::table.find(school).count().get_result(conn)?;
    if here == 0 {
        diesel::insert_into(watch_states::table).values(watch_states::school_id.eq(school)).execute(conn)?;
    }
    Ok(())
}
