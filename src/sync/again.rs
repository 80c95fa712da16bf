//! The same files again: where a plan of them changed nothing, and nothing that decides on a plan has changed since,
//! the new plan says what that one said, without a row being read. Leaves making any other plan to `planner`.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::asked::Asked;
use super::decisions::Decisions;
use super::files::GivenFile;
use super::settings::Settings;
use crate::db::Conn;
use crate::error::AppError;
use crate::id_specs::Specs;
use crate::integrations::IntegrationId;
use crate::on_each;
use crate::runs::{Run, RunId, RunKind, RunState};
use crate::schema::{changes, run_files, run_groups, run_overlaps, run_problems, runs};
use crate::schools::CurrentSchool;

/// Raised by whoever changes what a plan says of the same files: plans made by the rules before are no answer then.
const RULES: u32 = 5;

/// What a plan depends on, in one text: files, question, settings, specifications, decisions and the roster itself.
pub(super) struct Basis<'a> {
    pub given: &'a [GivenFile],
    pub asked: &'a Asked,
    pub integration: IntegrationId,
    pub settings: &'a Settings,
    pub decisions: &'a Decisions,
    pub specs: &'a Specs,
    /// Of the school year: a grade tells a graduation year by it.
    pub year: i32,
    /// The roster's generation, which every edit, apply and undo raises.
    pub generation: i64,
}

impl Basis<'_> {
    pub fn fingerprint(&self) -> String {
        // Files are large, and each keeps what it comes to.
        std::thread::scope(|scope| self.given.iter().for_each(|file| drop(scope.spawn(|| file.hash()))));
        let mut files: Vec<String> = self.given.iter().map(|f| format!("{}={}", f.slot.code(), f.hash())).collect();
        files.sort();
        let Basis { asked, integration, settings, decisions, specs, year, generation, .. } = self;
        crate::security::hash_token(&format!(
            "{RULES}|{}|{}|{integration}|{settings:?}|{}|{specs:?}|{:?}|{:?}|{year}|{generation}",
            env!("CARGO_PKG_VERSION"),
            files.join("|"),
            decisions.digest(),
            asked.scope,
            asked.map,
        ))
    }
}

/// The newest plan, where it has the same basis and changed nothing. An older one is no answer: what a plan keeps for the
/// school (`sync::cases`) is that of the newest.
pub(super) fn last(conn: &mut Conn, school: &CurrentSchool, fingerprint: &str) -> Result<Option<Run>, AppError> {
    let newest: Option<Run> = runs::of(school)
        .filter(runs::kind.eq(RunKind::RosterSync))
        .order(runs::id.desc())
        .limit(1)
        .select(Run::as_select())
        .get_result(conn)
        .optional()?;
    let is_same = |run: &Run| run.fingerprint.as_deref() == Some(fingerprint);
    // A held one is somebody's question; an abandoned one may have lost its changes.
    let is_whole = |run: &Run| matches!(run.state, RunState::Planned | RunState::Applied);
    let Some(newest) = newest.filter(|run| is_same(run) && is_whole(run)) else { return Ok(None) };
    let changed: bool =
        diesel::select(exists(changes::of(school).filter(changes::run_id.eq(newest.id)))).get_result(conn)?;
    Ok((!changed).then_some(newest))
}

/// Everything that `last` said, said by `run` as well, with the files under the names that they have now.
pub(super) fn repeat(
    conn: &mut Conn,
    school: &CurrentSchool,
    last: &Run,
    run: RunId,
    given: &[GivenFile],
) -> Result<(), AppError> {
    let this = || run.0.into_sql::<diesel::sql_types::BigInt>();
    on_each!(conn, |c| {
        use run_problems as p;
        let of_last = p::of(school).filter(p::run_id.eq(last.id)).order(p::id);
        let row =
            (p::school_id, this(), p::source_row, p::source_column, p::found, p::reason, p::slot, p::cause, p::cells);
        p::insert()
            .values(of_last.select(row))
            .into_columns((
                p::school_id,
                p::run_id,
                p::source_row,
                p::source_column,
                p::found,
                p::reason,
                p::slot,
                p::cause,
                p::cells,
            ))
            .execute(c)?;
        use run_overlaps as o;
        o::insert()
            .values(o::of(school).filter(o::run_id.eq(last.id)).select((
                o::school_id,
                this(),
                o::number,
                o::student_id,
                o::staff_id,
                o::parent_id,
            )))
            .into_columns((o::school_id, o::run_id, o::number, o::student_id, o::staff_id, o::parent_id))
            .execute(c)?;
        use run_groups as g;
        g::insert()
            .values(g::of(school).filter(g::run_id.eq(last.id)).select((
                g::school_id,
                this(),
                g::placeholder,
                g::members,
                g::joins,
                g::leaves,
                g::is_new,
            )))
            .into_columns((g::school_id, g::run_id, g::placeholder, g::members, g::joins, g::leaves, g::is_new))
            .execute(c)?;
        use run_files as f;
        f::insert()
            .values(f::of(school).filter(f::run_id.eq(last.id)).select((
                f::school_id,
                this(),
                f::slot,
                f::name,
                f::hash,
                f::length,
                f::rows_read,
                f::header,
                f::shape,
                f::notes,
                f::holds_ids,
            )))
            .into_columns((
                f::school_id,
                f::run_id,
                f::slot,
                f::name,
                f::hash,
                f::length,
                f::rows_read,
                f::header,
                f::shape,
                f::notes,
                f::holds_ids,
            ))
            .execute(c)?;
        for file in given {
            diesel::update(f::of(school).filter(f::run_id.eq(run)).filter(f::slot.eq(file.slot.code())))
                .set(f::name.eq(&file.name))
                .execute(c)?;
        }
        diesel::update(runs::of(school).filter(runs::id.eq(run))).set(runs::figures.eq(&last.figures)).execute(c)
    })?;
    Ok(())
}
