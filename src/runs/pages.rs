//! `/runs` and `/runs/{run}`: the plan before, the receipt after, Undo.
//! Leaves making plans to the rooms that bring files.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Applied, ListStep, Problem, Refusal, Run, RunId, RunKind, RunState, StoredChange, Verb, Working};
use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::groups;
use crate::integration_ids::VisibleId;
use crate::integrations::{Integration, shown_at};
use crate::people::{FieldChange, Person, PersonId};
use crate::schools::CurrentSchool;
use crate::security::{Sight, tasks};
use crate::sync;
use crate::web::frame::RequestId;
use crate::web::{Chrome, Notice, Requires, SchoolForm, Seat, SignedIn, csv_safe, db, html, see_other};

#[derive(Template)]
#[template(path = "runs/list.html")]
struct ListPage {
    chrome: Chrome,
    runs: Vec<Run>,
    may_import: bool,
    page: i64,
    last_page: i64,
    total: i64,
}

#[derive(serde::Deserialize)]
pub struct Paging {
    #[serde(default)]
    page: String,
}

const ROWS: i64 = 50;

pub async fn list(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    SignedIn(visitor): SignedIn,
    paging: web::Query<Paging>,
) -> Result<HttpResponse, AppError> {
    let page = paging.page.parse().ok().filter(|p| (1..=100_000).contains(p)).unwrap_or(1);
    let sight = visitor.sight();
    let (runs, total) = db::read(&app, move |conn| {
        let sight = shown_at(conn, &school, sight)?;
        Run::list(conn, &school, &sight, page, ROWS)
    })
    .await?;
    let may_import = visitor.may::<tasks::ImportNames>();
    html(&ListPage { chrome, runs, may_import, page, last_page: (total + ROWS - 1) / ROWS, total })
}

#[derive(Template)]
#[template(path = "runs/show.html")]
struct RunPage {
    chrome: Chrome,
    run: Run,
    rows: Vec<Row>,
    problems: Vec<Problem>,
    more_rows: bool,
    more_problems: bool,
    may_import: bool,
    working: Option<Working>,
    may_run_sync: bool,
    may_manage_groups: bool,
    may_make_ids: bool,
    /// What a list does to each group.
    lists: Vec<groups::list::Figure>,
}

/// One change of the run as it is shown.
struct Row {
    change: i64,
    excluded_by: Option<String>,
    source_row: Option<i64>,
    source_key: Option<String>,
    person: Option<Person>,
    verb: Verb,
    fields: Vec<FieldChange>,
    /// Groups of the school's own that a list put the person into, or took them out of.
    lists: Vec<ListStep>,
    /// The integration and the value; None for the value where the visitor may not see it.
    id: Option<(String, Option<VisibleId>)>,
}

impl RunPage {
    fn is_import(&self) -> bool {
        self.run.kind == RunKind::NamesImport
    }
    fn is_list(&self) -> bool {
        self.run.kind == RunKind::GroupList
    }
    fn is_spec(&self) -> bool {
        self.run.kind == RunKind::IdSpec
    }
    fn is_waiting(&self) -> bool {
        self.run.state == RunState::Planned
    }
    fn may_exclude(&self) -> bool {
        self.may_import && self.is_import() && self.is_waiting()
    }
    /// Whether there is anything left to apply.
    fn has_changes(&self) -> bool {
        self.run.counts.created + self.run.counts.updated > 0
    }
    fn state_badge(&self) -> &'static str {
        match self.run.state {
            RunState::Planned | RunState::Held => "is-wait",
            RunState::Planning | RunState::Applying => "is-now",
            RunState::Applied => "is-ok",
            RunState::Abandoned => "",
        }
    }
    fn notes(&self) -> Vec<&str> {
        self.run.source_notes.as_deref().unwrap_or("").lines().collect()
    }
    fn has_counts(&self) -> bool {
        self.is_import() || self.is_spec() || self.run.kind == RunKind::Demo
    }
}

/// So many changes and problems are drawn; the file has them all.
const SHOWN: i64 = 200;

pub async fn show(
    app: web::Data<App>,
    chrome: Chrome,
    request: RequestId,
    school: CurrentSchool,
    SignedIn(visitor): SignedIn,
    run: web::Path<i64>,
    asked: web::Query<sync::pages::show::Asked>,
) -> Result<HttpResponse, AppError> {
    let (sight, by, id, asked) = (visitor.sight(), visitor.actor(), RunId(run.into_inner()), asked.into_inner());
    let (of, sight_too) = (school.clone(), sight.clone());
    let run = db::read(&app, move |conn| {
        let sight = shown_at(conn, &of, sight_too)?;
        Run::visible(conn, &of, &sight, id)
    })
    .await?;
    if run.kind == RunKind::RosterSync {
        return sync::pages::show::page(app, chrome, request.as_str().to_owned(), school, visitor, run, asked).await;
    }
    if run.kind == RunKind::MatchList {
        let request = request.as_str().to_owned();
        return sync::pages::match_show::page(app, chrome, request, school, visitor, run, asked).await;
    }
    let working = Working::of(&app, &school, &run, &asked.still).await?;
    if chrome.is_partial {
        return working.map_or_else(|| Ok(Working::is_over()), |w| w.partial());
    }
    let (run, mut rows, mut problems) = db::blocking(&app, move |app| {
        let (run, rows, problems) = app.db.read(|conn| {
            let sight = shown_at(conn, &school, sight)?;
            let run = Run::visible(conn, &school, &sight, id)?;
            let rows = rows(conn, &school, &sight, id)?;
            Ok((run, rows, Problem::of_run(conn, &school, id, SHOWN + 1)?))
        })?;
        for row in &rows {
            if let (Some(person), Some((_, Some(_)))) = (&row.person, &row.id) {
                app.viewed(&school, &by, person, request.as_str())?;
            }
        }
        Ok((run, rows, problems))
    })
    .await?;
    let most = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let (more_rows, more_problems) = (rows.len() > most, problems.len() > most);
    rows.truncate(most);
    problems.truncate(most);
    let may_import = visitor.may::<tasks::ImportNames>();
    let may_run_sync = visitor.may::<tasks::RunRosterSync>();
    let may_manage_groups = visitor.may::<tasks::ManageGroups>();
    let reach = visitor.reach();
    let may_make_ids = visitor.may::<tasks::ManageIdSpecs>() && run.integration_id.is_some_and(|i| reach.covers(i));
    let lists = groups::list::figures(&run)?;
    html(&RunPage {
        chrome,
        run,
        rows,
        problems,
        more_rows,
        more_problems,
        may_import,
        working,
        may_run_sync,
        may_manage_groups,
        may_make_ids,
        lists,
    })
}

fn rows(conn: &mut Conn, school: &CurrentSchool, sight: &Sight, run: RunId) -> Result<Vec<Row>, AppError> {
    let changes = StoredChange::of_run(conn, school, run, 0, SHOWN + 1)?;
    let integrations = Integration::all(conn)?;
    let ids: Vec<PersonId> = changes.iter().filter_map(|c| c.person_id).collect();
    let people: HashMap<PersonId, Person> =
        Person::by_ids(conn, school, &ids)?.into_iter().map(|p| (p.id, p)).collect();
    let is_merge = Run::by_id(conn, school, run)?.kind == RunKind::Merge;
    changes
        .into_iter()
        // That there is an ID at all is not told of somebody who was merged.
        .filter(|c| !is_merge || c.integration_id.is_none_or(|i| sight.covers(i)))
        .map(|c| {
            let value = c.id_after.as_ref().or(c.id_before.as_ref());
            let id = c.integration_id.map(|i| {
                let name = integrations.iter().find(|x| x.id == i).map(|x| x.name.clone()).unwrap_or_default();
                (name, value.and_then(|v| v.reveal(sight, i)))
            });
            Ok(Row {
                change: c.id,
                excluded_by: c.outcome_by.clone(),
                source_row: c.source_row,
                source_key: c.source_key.clone(),
                person: c.person_id.and_then(|p| people.get(&p).cloned()),
                verb: c.verb,
                fields: c.fields()?,
                lists: c.lists()?,
                id,
            })
        })
        .collect()
}

impl Row {
    /// Who it is, also before the person exists.
    fn name(&self) -> String {
        if let Some(person) = &self.person {
            return person.bio.list_name();
        }
        let part = |f: crate::people::Field| {
            self.fields.iter().find(|c| c.field == f).and_then(|c| c.after.clone()).unwrap_or_default()
        };
        let (last, first) = (part(crate::people::Field::LastName), part(crate::people::Field::FirstName));
        match (last.is_empty(), first.is_empty()) {
            (false, false) => format!("{last}, {first}"),
            _ => format!("{last}{first}"),
        }
    }
}

/// The rows that could not be taken, as a file.
pub async fn problems_csv(
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<tasks::ImportNames>,
    run: web::Path<i64>,
) -> Result<HttpResponse, AppError> {
    let (sight, id) = (actor.sight(), RunId(run.into_inner()));
    let body = db::read(&app, move |conn| {
        let run = Run::visible(conn, &school, &sight, id)?;
        if run.kind.is_of_sync() {
            // Its rows can hold Host IDs; it has files of its own.
            return Err(AppError::NotFound);
        }
        let mut out = csv_safe::Writer::new(&["Row", "Column", "Found", "Reason"])?;
        for p in Problem::of_run(conn, &school, id, i64::MAX)? {
            out.row(&[&p.source_row.to_string(), p.source_column.as_deref().unwrap_or(""), &p.found, &p.reason])?;
        }
        out.finish()
    })
    .await?;
    Ok(csv_safe::answer(&format!("run-{id}-problems.csv"), body))
}

#[derive(serde::Deserialize)]
pub struct Nothing {}

pub async fn apply(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<tasks::ImportNames>,
    run: web::Path<i64>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (by, sight, now, id) = (actor.actor(), actor.sight(), app.clock.now(), RunId(run.into_inner()));
    db::blocking(&app, move |app| {
        let run = app.db.read(|conn| Run::visible(conn, &school, &sight, id))?;
        if run.kind != RunKind::NamesImport {
            return Err(AppError::NotFound);
        }
        let applied = super::apply(&app.db, &school, id, &by, now)?;
        app.db.read(|conn| told(conn, &school, id, &applied))
    })
    .await?;
    let place = format!("/runs/{id}");
    Seat::of(&request).tell(&Notice { place: place.clone(), text: format!("Run {id} is applied."), run: None })?;
    Ok(see_other(&place))
}

/// What a visitor reads where a run was not applied. Its page has all the rows.
pub fn told(conn: &mut Conn, school: &CurrentSchool, run: RunId, applied: &Applied) -> Result<(), AppError> {
    match applied {
        Applied::Done | Applied::Elsewhere => Ok(()),
        Applied::Stale(rows) => {
            let first = Problem::first_moved(conn, school, run)?;
            let more = match rows.len() {
                0 | 1 => String::new(),
                n => format!(" So do {} more.", n - 1),
            };
            Err(AppError::Conflict(format!(
                "The plan is out of date, and nothing was changed. {}{more} Open the run to see which rows these are.",
                first.map_or_else(String::new, |p| format!("{} {}", p.found, p.reason))
            )))
        }
        Applied::Cancelled => Err(AppError::Conflict("The run was stopped. Nothing was changed.".into())),
    }
}

/// A plan that does not fit any more: which person moved, and what to do.
pub fn stale(conn: &mut Conn, school: &CurrentSchool, refusal: &Refusal) -> AppError {
    let person = match refusal {
        Refusal::Moved { person } => *person,
        Refusal::ValueTaken { holder } => Some(*holder),
        Refusal::HasOne => None,
    };
    let who = person
        .and_then(|id| Person::by_id(conn, school, id).ok())
        .map_or_else(|| "Somebody in it".to_owned(), |p| format!("{} ({})", p.bio.full_name(), p.sonis_id));
    AppError::Conflict(format!(
        "The plan is out of date: {who} has changed since it was made. Import the file again: the new plan shows what is different."
    ))
}

pub async fn abandon(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<tasks::ImportNames>,
    run: web::Path<i64>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (sight, id) = (actor.sight(), RunId(run.into_inner()));
    db::write(&app, move |conn| {
        let run = Run::visible(conn, &school, &sight, id)?;
        if run.kind != RunKind::NamesImport {
            return Err(AppError::NotFound);
        }
        super::run::abandon(conn, &school, run.id)
    })
    .await?;
    let place = format!("/runs/{id}");
    Seat::of(&request).tell(&Notice {
        place: place.clone(),
        text: "The plan is abandoned. Nothing was changed.".into(),
        run: None,
    })?;
    Ok(see_other(&place))
}

/// An import of names that the visitor may know of.
fn import(conn: &mut Conn, school: &CurrentSchool, sight: &Sight, id: RunId) -> Result<Run, AppError> {
    let run = Run::visible(conn, school, sight, id)?;
    if run.kind == RunKind::NamesImport { Ok(run) } else { Err(AppError::NotFound) }
}

/// Leaves a row out of an import that waits.
pub async fn exclude(
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<tasks::ImportNames>,
    of: web::Path<(i64, i64)>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    set(app, school, actor, of.into_inner(), true).await
}

pub async fn include(
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<tasks::ImportNames>,
    of: web::Path<(i64, i64)>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    set(app, school, actor, of.into_inner(), false).await
}

async fn set(
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<tasks::ImportNames>,
    (run, change): (i64, i64),
    out: bool,
) -> Result<HttpResponse, AppError> {
    let (by, sight, id) = (actor.actor(), actor.sight(), RunId(run));
    db::write(&app, move |conn| {
        import(conn, &school, &sight, id)?;
        if out { super::exclude(conn, &school, id, change, &by) } else { super::include(conn, &school, id, change) }
    })
    .await?;
    Ok(see_other(&format!("/runs/{id}#changes")))
}

/// Asks whoever applies an import, or takes it back, to stop.
pub async fn cancel(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<tasks::ImportNames>,
    run: web::Path<i64>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (sight, id) = (actor.sight(), RunId(run.into_inner()));
    let asked = db::blocking(&app, move |app| {
        app.db.read(|conn| {
            let run = Run::visible(conn, &school, &sight, id)?;
            import(conn, &school, &sight, run.undoes_run_id.unwrap_or(id))
        })?;
        super::ask_to_stop(&app.db, &school, id)
    })
    .await?;
    let said = if asked {
        format!("Run {id} is asked to stop.")
    } else {
        format!("Nobody is working on run {id} any more: there is nothing to stop.")
    };
    Seat::of(&request).lead(&format!("/runs/{id}"), said)
}

/// Undoes an import. Single edits are undone on their own page, with their own Task.
pub async fn undo_import(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<tasks::ImportNames>,
    run: web::Path<i64>,
    _: SchoolForm<Nothing>,
) -> Result<HttpResponse, AppError> {
    let (by, sight, now, id) = (actor.actor(), actor.sight(), app.clock.now(), RunId(run.into_inner()));
    let undone = db::blocking(&app, move |app| {
        let run = app.db.read(|conn| Run::visible(conn, &school, &sight, id))?;
        if run.kind != RunKind::NamesImport {
            return Err(AppError::NotFound);
        }
        match super::undo(&app.db, &school, &run, &by, now)? {
            Ok(undone) => Ok(undone),
            Err(refusal) => app.db.read(|conn| Err(stale(conn, &school, &refusal))),
        }
    })
    .await?;
    let place = format!("/runs/{undone}");
    Seat::of(&request).tell(&Notice { place: place.clone(), text: format!("Run {id} is undone."), run: None })?;
    Ok(see_other(&place))
}
