//! A run: one bulk change or one edit, with who made it, when, and what came of it.
//! Leaves what it changed to `runs::change`.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::{Backend, Conn};
use crate::error::AppError;
use crate::integrations::IntegrationId;
use crate::schema::{changes, people, runs};
use crate::schools::CurrentSchool;
use crate::security::{Actor, Sight, UserId};

crate::id_type! {
    /// A run's row; its number on pages.
    RunId
}

crate::text_enum! {
    /// What brought the change.
    RunKind {
        NamesImport = "names_import", "Import of names";
        RosterSync = "roster_sync", "Roster sync";
        MatchList = "match_list", "Match list";
        GroupList = "group_list", "Group Membership list";
        IdSpec = "id_spec", "IDs by a specification";
        AddId = "add_id", "Integration ID added by hand";
        DeleteId = "delete_id", "Integration ID deleted by hand";
        NewPerson = "new_person", "Person added by hand";
        EditPerson = "edit_person", "Person edited by hand";
        Merge = "merge", "Two people merged";
        Undo = "undo", "Undo";
        Demo = "demo", "Demo data";
    }
}

crate::text_enum! {
    RunState {
        Planning = "planning", "Being planned";
        Planned = "planned", "Planned";
        Held = "held", "Held";
        Applying = "applying", "Applying";
        Applied = "applied", "Applied";
        Abandoned = "abandoned", "Abandoned";
    }
}

impl RunKind {
    /// Whether such a run can take IDs away: those go first, over the whole run.
    pub(super) fn takes_ids_away(self) -> bool {
        matches!(self, RunKind::DeleteId | RunKind::Merge | RunKind::Undo | RunKind::MatchList)
    }

    /// Made from files, looked at as a plan, applied later.
    pub fn is_bulk(self) -> bool {
        matches!(
            self,
            RunKind::NamesImport | RunKind::RosterSync | RunKind::MatchList | RunKind::GroupList | RunKind::IdSpec
        )
    }

    /// Whether the buttons of the sync work on it, with its Task.
    pub fn is_of_sync(self) -> bool {
        matches!(self, RunKind::RosterSync | RunKind::MatchList)
    }

    /// Kinds whose very existence may tell that a person has an integration ID.
    const OF_ONE_ID: [RunKind; 3] = [RunKind::AddId, RunKind::DeleteId, RunKind::Undo];
    /// Kinds that somebody who sees a part of the school may know of: the others are about everybody.
    const OF_SOME: [RunKind; 6] =
        [RunKind::AddId, RunKind::DeleteId, RunKind::NewPerson, RunKind::EditPerson, RunKind::Merge, RunKind::Undo];

    /// Kinds whose values somebody chose by hand: a sync keeps them.
    pub(super) const BY_HAND: [RunKind; 2] = [RunKind::EditPerson, RunKind::Merge];
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = runs)]
pub struct Run {
    pub id: RunId,
    pub kind: RunKind,
    pub state: RunState,
    pub actor_user_id: Option<UserId>,
    pub actor_name: String,
    pub planned_at: NaiveDateTime,
    pub applied_at: Option<NaiveDateTime>,
    pub source_name: Option<String>,
    pub source_notes: Option<String>,
    #[diesel(embed)]
    pub counts: Counts,
    pub reason: Option<String>,
    pub undoes_run_id: Option<RunId>,
    pub undone_by_run_id: Option<RunId>,
    /// The integration whose IDs it gives.
    pub integration_id: Option<IntegrationId>,
    /// What the planner counted, as JSON of its own.
    pub figures: Option<String>,
    pub applied_by_user_id: Option<UserId>,
    pub applied_by: Option<String>,
    pub fingerprint: Option<String>,
    pub generation: Option<i64>,
}

/// What a run comes to, in people or rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = runs)]
pub struct Counts {
    pub rows_read: i32,
    pub created: i32,
    pub updated: i32,
    pub unchanged: i32,
    /// Rows that could not be taken, each with a problem that says why.
    pub refused: i32,
    /// Fields left as they were because somebody set them by hand.
    pub kept: i32,
    /// Of the updated: people who were gone and are back.
    pub reactivated: i32,
    /// People of the school whom a full list does not hold any more.
    pub absent: i32,
    /// Of the absent: people who become inactive, where the school wants that.
    pub deactivated: i32,
    /// Changes that somebody took out of the plan.
    pub excluded: i32,
}

/// Where the rows of a run came from.
#[derive(Debug, Clone, Default)]
pub struct SourceFile {
    pub name: Option<String>,
    pub hash: Option<String>,
    pub notes: Option<String>,
}

/// A run about to be stored.
#[derive(Clone)]
pub struct NewRun<'a> {
    pub kind: RunKind,
    pub state: RunState,
    pub actor: &'a Actor,
    pub source: SourceFile,
    pub counts: Counts,
    pub reason: Option<String>,
    pub undoes: Option<RunId>,
    pub integration: Option<IntegrationId>,
    pub fingerprint: Option<String>,
}

impl<'a> NewRun<'a> {
    /// An edit that is applied as soon as it is made.
    pub fn edit(kind: RunKind, actor: &'a Actor) -> NewRun<'a> {
        NewRun {
            kind,
            state: RunState::Applying,
            actor,
            source: SourceFile::default(),
            counts: Counts::default(),
            reason: None,
            undoes: None,
            integration: None,
            fingerprint: None,
        }
    }

    /// A plan that is about to be made from files.
    pub fn plan(kind: RunKind, actor: &'a Actor, source: SourceFile) -> NewRun<'a> {
        NewRun { state: RunState::Planning, source, ..NewRun::edit(kind, actor) }
    }

    pub fn store(&self, conn: &mut Conn, school: &CurrentSchool, now: NaiveDateTime) -> Result<RunId, AppError> {
        let stored: Result<RunId, AppError> = runs::insert()
            .values((
                (
                    runs::school_id.eq(school.id()),
                    runs::kind.eq(self.kind),
                    runs::state.eq(self.state),
                    runs::actor_user_id.eq(self.actor.user()),
                    runs::actor_name.eq(self.actor.name()),
                    runs::planned_at.eq(now),
                ),
                (
                    runs::source_name.eq(&self.source.name),
                    runs::source_hash.eq(&self.source.hash),
                    runs::source_notes.eq(&self.source.notes),
                    runs::reason.eq(&self.reason),
                    runs::undoes_run_id.eq(self.undoes),
                ),
                (runs::integration_id.eq(self.integration), runs::fingerprint.eq(&self.fingerprint)),
                self.counts,
            ))
            .returning(runs::id)
            .get_result(conn)
            .map_err(AppError::from);
        match stored {
            // A large run of the school is being applied: an edit has to wait until it is done.
            Err(e) if self.state == RunState::Applying && e.is_unique_violation() => Err(AppError::Busy),
            stored => stored,
        }
    }
}

impl Run {
    pub fn by_id(conn: &mut Conn, school: &CurrentSchool, id: RunId) -> Result<Run, AppError> {
        Ok(runs::of(school).filter(runs::id.eq(id)).select(Run::as_select()).get_result(conn)?)
    }

    /// The school's runs, newest first. An edit of an ID that `sight` does not cover is left out:
    /// that there was one would tell that there is an ID.
    pub fn list(
        conn: &mut Conn,
        school: &CurrentSchool,
        sight: &Sight,
        page: i64,
        rows: i64,
    ) -> Result<(Vec<Run>, i64), AppError> {
        let visible = || {
            let query = within_limits(school);
            match sight.only() {
                None => query,
                Some(covered) => query.filter(of_seen_spec(covered)).filter(
                    runs::kind.ne_all(RunKind::OF_ONE_ID).or(diesel::dsl::not(diesel::dsl::exists(
                        changes::of(school)
                            .filter(changes::run_id.eq(runs::id))
                            .filter(changes::integration_id.is_not_null())
                            .filter(changes::integration_id.ne_all(covered.to_vec())),
                    ))),
                ),
            }
        };
        let total = visible().count().get_result(conn)?;
        let list = visible()
            .order((runs::planned_at.desc(), runs::id.desc()))
            .offset((page - 1) * rows)
            .limit(rows)
            .select(Run::as_select())
            .load(conn)?;
        Ok((list, total))
    }

    /// A run that the visitor may know of; the same `NotFound` for one that is not there.
    pub fn visible(conn: &mut Conn, school: &CurrentSchool, sight: &Sight, id: RunId) -> Result<Run, AppError> {
        let run: Run = within_limits(school).filter(runs::id.eq(id)).select(Run::as_select()).get_result(conn)?;
        // It tells of everybody who has an ID and who has none, also where it changes nothing.
        let is_unseen = !run.integration_id.is_some_and(|i| sight.covers(i));
        if run.kind == RunKind::IdSpec && is_unseen {
            return Err(AppError::NotFound);
        }
        let Some(covered) = sight.only().filter(|_| RunKind::OF_ONE_ID.contains(&run.kind)) else { return Ok(run) };
        let hidden: i64 = changes::of(school)
            .filter(changes::run_id.eq(id))
            .filter(changes::integration_id.is_not_null())
            .filter(changes::integration_id.ne_all(covered.to_vec()))
            .count()
            .get_result(conn)?;
        if hidden > 0 { Err(AppError::NotFound) } else { Ok(run) }
    }

    /// Which of these runs the visitor's limits let them open: a page that names one leads there only then.
    pub fn within(
        conn: &mut Conn,
        school: &CurrentSchool,
        ids: impl Iterator<Item = RunId>,
    ) -> Result<BTreeSet<RunId>, AppError> {
        let ids: BTreeSet<RunId> = ids.collect();
        if school.limits().is_none() || ids.is_empty() {
            return Ok(ids);
        }
        let wanted: Vec<RunId> = ids.into_iter().collect();
        let open: Vec<RunId> = within_limits(school).filter(runs::id.eq_any(wanted)).select(runs::id).load(conn)?;
        Ok(open.into_iter().collect())
    }

    /// Whether **Undo** is offered: applied, not itself undone, and no undo of an undo (redo by doing it again).
    pub fn can_be_undone(&self) -> bool {
        self.state == RunState::Applied
            && self.undone_by_run_id.is_none()
            && !matches!(self.kind, RunKind::Undo | RunKind::Demo)
    }
}

/// Runs of specifications for integrations that somebody may see, and all other runs.
type OfSeenSpec = diesel::dsl::Or<
    diesel::dsl::NotEq<runs::kind, RunKind>,
    diesel::dsl::AssumeNotNull<diesel::dsl::EqAny<runs::integration_id, Vec<Option<IntegrationId>>>>,
>;

fn of_seen_spec(covered: &[IntegrationId]) -> OfSeenSpec {
    let covered: Vec<Option<IntegrationId>> = covered.iter().copied().map(Some).collect();
    runs::kind.ne(RunKind::IdSpec).or(runs::integration_id.eq_any(covered).assume_not_null())
}

/// The school's runs that touch nobody outside the visitor's limits.
fn within_limits<'a>(school: &CurrentSchool) -> runs::Boxed<'a, Backend> {
    let query = runs::of(school).into_boxed::<Backend>();
    if school.limits().is_none() {
        return query;
    }
    let here = || changes::of(school).filter(changes::run_id.eq(runs::id));
    let seen = people::of(school).select(people::id.nullable());
    query
        .filter(runs::kind.eq_any(RunKind::OF_SOME))
        .filter(diesel::dsl::exists(here()))
        .filter(diesel::dsl::not(diesel::dsl::exists(here().filter(changes::person_id.ne_all(seen)))))
}

/// Moves a run from one state to another; false when somebody else moved it first.
pub(super) fn move_state(
    conn: &mut Conn,
    school: &CurrentSchool,
    id: RunId,
    from: RunState,
    to: RunState,
) -> Result<bool, AppError> {
    let moved = diesel::update(runs::of(school).filter(runs::id.eq(id)).filter(runs::state.eq(from)))
        .set(runs::state.eq(to))
        .execute(conn)?;
    Ok(moved == 1)
}

/// Puts a plan aside that nobody will apply.
pub fn abandon(conn: &mut Conn, school: &CurrentSchool, id: RunId) -> Result<(), AppError> {
    for waiting in [RunState::Planned, RunState::Held] {
        if move_state(conn, school, id, waiting, RunState::Abandoned)? {
            return Ok(());
        }
    }
    Err(AppError::Conflict(format!("Run {id} is not waiting any more: somebody has applied or abandoned it.")))
}
