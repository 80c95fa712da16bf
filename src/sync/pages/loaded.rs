//! What the page of a sync shows, read in one go, and whose IDs it shows put on record.
//! Leaves drawing it to `sync::pages::show`.

use super::lists::{self, List, Row};
use super::show::Asked;
use crate::app::App;
use crate::audit::{self, Action};
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids::{IdValue, VisibleId};
use crate::integrations::{Integration, Stage, shown_at, stage_at};
use crate::runs::{Hold, Problem, Run, RunState};
use crate::schools::CurrentSchool;
use crate::security::{Actor, Sight};
use crate::sync::{Figures, GoOn, StoredFile, StoredGroup, StoredOverlap, figures};

/// So many rows of a list stand on a page.
pub const ROWS: i64 = 50;
/// Numbers of the overlap on a page.
pub const OVERLAPS: i64 = 10;
/// Rows of a stale plan that are told.
pub const MOVED: i64 = 50;

pub struct Loaded {
    pub integration: Option<Integration>,
    pub stage: Option<Stage>,
    pub figures: Option<Figures>,
    pub hold: Option<Hold>,
    pub files: Vec<StoredFile>,
    pub groups: Vec<StoredGroup>,
    pub overlaps: Vec<Overlap>,
    pub overlap_page: i64,
    pub moved: Vec<Problem>,
    pub list: List,
    pub rows: Vec<Row>,
    pub problems: Vec<Problem>,
    pub page: i64,
    pub length: i64,
    pub blocked_slots: Vec<String>,
    pub kept: i64,
    pub sees_ids: bool,
    /// Of a returning school whose two sides do not agree: who said to go on.
    pub went_on: Option<GoOn>,
    /// The visitor may see the integration's IDs, and nobody does until it is Live.
    pub is_hidden: bool,
}

pub struct Overlap {
    pub number: i64,
    /// For students, teachers, parents: None where the number is not used there; the value is None where it may not be seen.
    pub ids: [Option<Option<VisibleId>>; 3],
}

fn number(text: &str) -> i64 {
    text.parse().ok().filter(|p| (1..=1_000_000).contains(p)).unwrap_or(1)
}

pub fn load(
    conn: &mut Conn,
    school: &CurrentSchool,
    sight: Sight,
    run: &Run,
    asked: &Asked,
) -> Result<Loaded, AppError> {
    let may_see = run.integration_id.is_some_and(|i| sight.covers(i));
    let sight = shown_at(conn, school, sight)?;
    let integration = match run.integration_id {
        Some(id) => Integration::all(conn)?.into_iter().find(|i| i.id == id),
        None => None,
    };
    let stage = match &integration {
        Some(i) => stage_at(conn, school, i.id)?,
        None => None,
    };
    let c = run.counts;
    let first = match () {
        () if run.state == RunState::Applied && c.refused > 0 => List::Blocked,
        () if c.created > 0 => List::Created,
        () if c.updated - c.reactivated - c.deactivated > 0 => List::Updated,
        () if c.reactivated > 0 => List::Reactivated,
        () if c.refused > 0 => List::Blocked,
        () if c.absent > 0 => List::Gone,
        () => List::Created,
    };
    let list = List::parse(&asked.kind).unwrap_or(first);
    let length = lists::length(conn, school, run.id, list)?;
    let page = number(&asked.page).min(((length + ROWS - 1) / ROWS).max(1));
    let part = ((page - 1) * ROWS, ROWS);
    let (rows, problems) = if list.is_of_changes() {
        (lists::rows(conn, school, &sight, run.id, list, part)?, Vec::new())
    } else {
        // Who stands in the list of those without a match has an ID: that alone is not everybody's to know.
        let is_shown = may_see || list != List::Unmatched;
        (Vec::new(), if is_shown { lists::problems(conn, school, run.id, list, part)? } else { Vec::new() })
    };
    let figures = figures(run)?;
    let went_on = match figures.as_ref().and_then(|f| f.handshake.as_ref()) {
        Some(found) => GoOn::on(conn, school, found)?,
        None => None,
    };
    let all = figures.as_ref().map_or(0, |f| f.overlaps);
    let overlap_page = number(&asked.overlap).min(((all + OVERLAPS - 1) / OVERLAPS).max(1));
    let overlaps = StoredOverlap::of_run(conn, school, run.id, (overlap_page - 1) * OVERLAPS, OVERLAPS)?;
    let see = |value: Option<IdValue>| value.map(|v| integration.as_ref().and_then(|i| v.reveal(&sight, i.id)));
    Ok(Loaded {
        stage,
        figures,
        went_on,
        hold: Hold::of(conn, school, run.id)?,
        files: StoredFile::of_run(conn, school, run.id)?,
        groups: StoredGroup::of_run(conn, school, run.id)?,
        overlaps: overlaps
            .into_iter()
            .map(|o| Overlap { number: o.number, ids: [see(o.student_id), see(o.staff_id), see(o.parent_id)] })
            .collect(),
        overlap_page,
        moved: lists::moved(conn, school, run.id, MOVED)?,
        blocked_slots: lists::blocked_slots(conn, school, run.id)?,
        list,
        rows,
        problems,
        page,
        length,
        kept: if c.kept > 0 { lists::length(conn, school, run.id, List::Kept)? } else { 0 },
        is_hidden: may_see && !run.integration_id.is_some_and(|i| sight.covers(i)),
        sees_ids: integration.as_ref().is_some_and(|i| sight.covers(i.id)),
        integration,
    })
}

/// Whose IDs the visitor is about to see is on record before the answer leaves; of numbers of the overlap, that they were seen.
pub fn note_seen(
    app: &App,
    school: &CurrentSchool,
    by: &Actor,
    run: &Run,
    loaded: &Loaded,
    request: &str,
) -> Result<(), AppError> {
    for row in &loaded.rows {
        if let (Some(person), Some(Some(_))) = (&row.person, &row.id) {
            app.viewed(school, by, person, request)?;
        }
    }
    let new = loaded.rows.iter().filter(|r| r.person.is_none() && matches!(r.id, Some(Some(_)))).count();
    let overlaps = loaded.overlaps.iter().filter(|o| o.ids.iter().flatten().any(Option::is_some)).count();
    if new + overlaps == 0 {
        return Ok(());
    }
    audit::note(
        app.db.activity(),
        audit::Entry {
            at: app.clock.now(),
            school: Some(school.id()),
            actor: by.clone(),
            action: Action::IdsViewed,
            subject: format!(
                "run {}: IDs of {new} people who are to be added, {overlaps} numbers of the overlap",
                run.id
            ),
            person: None,
            request: Some(request.to_owned()),
        },
    )
}
