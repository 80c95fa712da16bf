//! `/people/{sonis_id}/integration-ids`: the IDs on record, the form to add one, and the life of each value.
//! Leaves the rules to `integration_ids::add`, the field on the Biographic page to `people`.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::life::{Life, lives};
use super::{AddError, Editor, Record, RecordId, VisibleId, add as add_id, delete as delete_id, of_person};
use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{Integration, shown_at};
use crate::people::{Person, Status};
use crate::runs::{self, Refusal, Run, RunId, RunKind, StoredChange};
use crate::schools::CurrentSchool;
use crate::security::{Sight, Visitor, tasks};
use crate::web::frame::RequestId;
use crate::web::{Chrome, Notice, Requires, SchoolForm, Seat, Wrongs, db, html, html_as, see_other};

#[derive(Template)]
#[template(path = "integration_ids/list.html")]
struct IdsPage {
    chrome: Chrome,
    person: Person,
    on_record: Vec<Record>,
    lives: Vec<Life>,
    /// The runs that the visitor may open, of those that the page names.
    opens: BTreeSet<RunId>,
    may_modify: bool,
    /// What may be added: live at the school and within the visitor's reach.
    integrations: Vec<Integration>,
    banner: Option<Banner>,
    wrongs: Wrongs,
    holder: Option<Holder>,
    typed: Typed,
}

/// What happened last on this page, with the way to take it back.
struct Banner {
    verb: &'static str,
    integration: String,
    value: VisibleId,
    by: String,
    at: chrono::NaiveDateTime,
    extra: String,
    undo: Option<RunId>,
}

/// Who has the value already, where the visitor may open that person.
struct Holder {
    name: String,
    sonis_id: String,
}

#[derive(Default)]
struct Typed {
    integration: String,
    value: String,
}

struct Loaded {
    person: Person,
    records: Vec<Record>,
    opens: BTreeSet<RunId>,
    live: Vec<Integration>,
    banner: Option<Banner>,
}

fn load(
    conn: &mut Conn,
    school: &CurrentSchool,
    sight: &Sight,
    sonis_id: &str,
    notice: Option<&Notice>,
) -> Result<Loaded, AppError> {
    let person = Person::by_sonis_id(conn, school, sonis_id)?;
    let sight = &shown_at(conn, school, sight.clone())?;
    let records = of_person(conn, school, sight, person.id)?;
    let removals = records.iter().filter_map(|r| r.removed.as_ref()?.run);
    let opens = Run::within(conn, school, records.iter().map(|r| r.run).chain(removals))?;
    let live = Integration::live(conn, school)?;
    let banner = match notice.and_then(|n| n.run.map(|run| (n, run))) {
        Some((notice, run)) => banner(conn, school, sight, notice, run)?,
        None => None,
    };
    Ok(Loaded { person, records, opens, live, banner })
}

/// The notice names a run; what it did is read anew, and only printed to somebody who may see it.
fn banner(
    conn: &mut Conn,
    school: &CurrentSchool,
    sight: &Sight,
    notice: &Notice,
    run: RunId,
) -> Result<Option<Banner>, AppError> {
    let run = Run::by_id(conn, school, run)?;
    let Some(change) = StoredChange::of_run(conn, school, run.id, 0, 1)?.pop() else { return Ok(None) };
    let value = change.id_after.as_ref().or(change.id_before.as_ref());
    let Some((integration, value)) = change.integration_id.zip(value) else { return Ok(None) };
    let Some(visible) = value.reveal(sight, integration) else { return Ok(None) };
    let name = Integration::all(conn)?.into_iter().find(|i| i.id == integration).map(|i| i.name).unwrap_or_default();
    let verb = match (run.kind, change.id_after.is_some()) {
        (RunKind::Undo, true) => "is back",
        (RunKind::Undo, false) => "is taken off again",
        (_, true) => "added",
        (_, false) => "deleted",
    };
    Ok(Some(Banner {
        verb,
        integration: name,
        value: visible,
        by: run.actor_name.clone(),
        at: run.planned_at,
        extra: notice.text.clone(),
        undo: run.can_be_undone().then_some(run.id),
    }))
}

fn page(chrome: Chrome, visitor: &Visitor, loaded: Loaded) -> IdsPage {
    let reach = visitor.reach();
    let (on_record, lives) = (on_record(&loaded.records), lives(loaded.records));
    IdsPage {
        chrome,
        person: loaded.person,
        on_record,
        lives,
        opens: loaded.opens,
        may_modify: visitor.may::<tasks::ModifyIntegrationIds>(),
        integrations: loaded.live.into_iter().filter(|i| reach.covers(i.id)).collect(),
        banner: loaded.banner,
        wrongs: Wrongs::default(),
        holder: None,
        typed: Typed::default(),
    }
}

impl IdsPage {
    fn status_badge(&self) -> &'static str {
        if self.person.bio.status == Status::Active { "is-ok" } else { "is-wait" }
    }
}

fn on_record(records: &[Record]) -> Vec<Record> {
    let mut live: Vec<Record> = records.iter().filter(|r| r.removed.is_none()).cloned().collect();
    live.sort_by(|a, b| a.integration.cmp(&b.integration).then(a.id.cmp(&b.id)));
    live
}

pub async fn list(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    id: RequestId,
    actor: Requires<tasks::SeeIntegrationIds>,
    sonis_id: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let (sight, notice) = (actor.sight(), chrome.notice.clone());
    let by = actor.actor();
    let loaded = db::blocking(&app, move |app| {
        let loaded = app.db.read(|conn| load(conn, &school, &sight, &sonis_id, notice.as_ref()))?;
        if let Some(into) = app.db.read(|conn| crate::people::merge::survivor(conn, &school, &loaded.person))? {
            return Ok(Err(into.sonis_id));
        }
        app.viewed(&school, &by, &loaded.person, id.as_str())?;
        Ok(Ok(loaded))
    })
    .await?;
    let loaded = match loaded {
        Ok(loaded) => loaded,
        // The IDs went along with the merge.
        Err(into) => return Ok(see_other(&format!("/people/{into}/integration-ids"))),
    };
    html(&page(chrome, &actor.visitor, loaded))
}

#[derive(serde::Deserialize)]
pub struct AddForm {
    #[serde(default)]
    integration: String,
    #[serde(default)]
    value: String,
}

enum Outcome {
    Added(Notice),
    Wrong(Box<Loaded>, AddError),
}

pub async fn add(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    id: RequestId,
    school: CurrentSchool,
    actor: Requires<tasks::ModifyIntegrationIds>,
    sonis_id: web::Path<String>,
    SchoolForm(form): SchoolForm<AddForm>,
) -> Result<HttpResponse, AppError> {
    let place = format!("/people/{sonis_id}/integration-ids");
    let (by, reach, sight, now) = (actor.actor(), actor.reach(), actor.sight(), app.clock.now());
    let typed = Typed { integration: form.integration, value: form.value };
    let (integration, value, here) = (typed.integration.clone(), typed.value.clone(), place.clone());
    let outcome = db::blocking(&app, move |app| {
        let person = app.db.read(|conn| Person::by_sonis_id(conn, &school, &sonis_id))?;
        let editor = Editor { school: &school, actor: &by, reach: &reach, now };
        match add_id(&app.db, &editor, person.id, &integration, &value)? {
            Ok(added) => {
                let text = if added.trimmed { "The spaces around what you typed were removed." } else { "" };
                Ok(Outcome::Added(Notice { place: here, text: text.into(), run: Some(added.run) }))
            }
            Err(wrong) => {
                let loaded = app.db.read(|conn| load(conn, &school, &sight, &sonis_id, None))?;
                app.viewed(&school, &by, &loaded.person, id.as_str())?;
                Ok(Outcome::Wrong(Box::new(loaded), wrong))
            }
        }
    })
    .await?;
    match outcome {
        Outcome::Added(notice) => {
            Seat::of(&request).tell(&notice)?;
            Ok(see_other(&place))
        }
        Outcome::Wrong(loaded, wrong) => {
            let mut page = page(chrome, &actor.visitor, *loaded);
            tell_wrong(&mut page, wrong, typed);
            html_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

fn tell_wrong(page: &mut IdsPage, wrong: AddError, typed: Typed) {
    let value = typed.value.trim().to_owned();
    page.wrongs = match wrong {
        AddError::NoIntegration => Wrongs::one("integration", "Choose an integration"),
        AddError::NotLive => Wrongs::one(
            "integration",
            "This integration is not live at your school any more, or not among those you may change. Choose another",
        ),
        AddError::Shape(e) => Wrongs::one("value", e.to_string()),
        AddError::Same { integration } => {
            Wrongs::one("value", format!("{value} is on record already: it is this person’s {integration} ID"))
        }
        AddError::HasOne { integration } => Wrongs::one(
            "integration",
            format!("This person has a {integration} ID already, and {integration} allows one. Delete that one first"),
        ),
        AddError::Taken { integration, holder: None } => Wrongs::one(
            "value",
            format!("{value} is taken: somebody whom you may not open has it as their {integration} ID"),
        ),
        AddError::Taken { integration, holder: Some(holder) } => {
            let name = holder.bio.full_name();
            let message = format!("{value} is the {integration} ID of {name}");
            page.holder = Some(Holder { name, sonis_id: holder.sonis_id });
            Wrongs::one("value", message)
        }
    };
    page.typed = typed;
}

#[derive(serde::Deserialize)]
pub struct DeleteForm {
    #[serde(default)]
    delete: String,
}

pub async fn delete(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    id: RequestId,
    school: CurrentSchool,
    actor: Requires<tasks::ModifyIntegrationIds>,
    sonis_id: web::Path<String>,
    SchoolForm(form): SchoolForm<DeleteForm>,
) -> Result<HttpResponse, AppError> {
    let place = format!("/people/{sonis_id}/integration-ids");
    let (by, reach, sight, now) = (actor.actor(), actor.reach(), actor.sight(), app.clock.now());
    if form.delete.is_empty() {
        let loaded = db::blocking(&app, move |app| {
            let loaded = app.db.read(|conn| load(conn, &school, &sight, &sonis_id, None))?;
            app.viewed(&school, &by, &loaded.person, id.as_str())?;
            Ok(loaded)
        })
        .await?;
        let mut page = page(chrome, &actor.visitor, loaded);
        page.wrongs = Wrongs::one("del-none", "Nothing is chosen. Choose Delete beside one of the IDs first");
        return html_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let record = RecordId(form.delete.parse().map_err(|_| AppError::BadRequest("no such ID".into()))?);
    let run = db::blocking(&app, move |app| {
        let person = app.db.read(|conn| Person::by_sonis_id(conn, &school, &sonis_id))?;
        let editor = Editor { school: &school, actor: &by, reach: &reach, now };
        delete_id(&app.db, &editor, person.id, record)
    })
    .await?;
    Seat::of(&request).tell(&Notice { place: place.clone(), text: String::new(), run: Some(run) })?;
    Ok(see_other(&place))
}

#[derive(serde::Deserialize)]
pub struct UndoForm {
    run: i64,
}

/// Takes back an ID that was added or deleted by hand.
pub async fn undo(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<tasks::ModifyIntegrationIds>,
    sonis_id: web::Path<String>,
    SchoolForm(form): SchoolForm<UndoForm>,
) -> Result<HttpResponse, AppError> {
    let place = format!("/people/{sonis_id}/integration-ids");
    let (by, reach, now) = (actor.actor(), actor.reach(), app.clock.now());
    let run = db::write(&app, move |conn| {
        let person = Person::by_sonis_id(conn, &school, &sonis_id)?;
        let run = Run::by_id(conn, &school, RunId(form.run))?;
        let reach = shown_at(conn, &school, reach)?;
        // Only a run of one change, of this person, in an integration that the visitor may change.
        let changes = StoredChange::of_run(conn, &school, run.id, 0, 2)?;
        let own = match changes.as_slice() {
            [one] => one.person_id == Some(person.id) && one.integration_id.is_some_and(|i| reach.covers(i)),
            _ => false,
        };
        if !own {
            return Err(AppError::NotFound);
        }
        runs::undo_small(conn, &school, &run, &by, now)?.map_err(|refusal| match refusal {
            Refusal::ValueTaken { .. } | Refusal::HasOne => AppError::Conflict(
                "The ID cannot come back: meanwhile somebody gave it to another person, or gave this person another one. \
                 Open the page again to see what is there."
                    .into(),
            ),
            Refusal::Moved { .. } => AppError::Conflict(runs::moved_message(RunKind::Undo)),
        })
    })
    .await?;
    Seat::of(&request).tell(&Notice { place: place.clone(), text: String::new(), run: Some(run) })?;
    Ok(see_other(&place))
}
