//! `/people/{sonis_id}/merge`: choosing the other record, both side by side, which value is kept, and taking a merge back.
//! Leaves the rules to `people::merge`, writing to the kernel.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids::VisibleId;
use crate::integrations::IntegrationId;
use crate::people::merge::{self, Choice, Keeps, MergeError, Merger, Pair, Side};
use crate::people::{Field, FieldChange, Person, PersonId, Search, Status, StatusFilter};
use crate::runs::{Run, RunId};
use crate::schools::CurrentSchool;
use crate::security::Sight;
use crate::security::tasks::MergePeople;
use crate::web::frame::RequestId;
use crate::web::{Chrome, Notice, Requires, SchoolForm, Seat, Wrongs, db, html, html_422, html_as, see_other};

#[derive(Template)]
#[template(path = "people/merge_choose.html")]
struct ChoosePage {
    chrome: Chrome,
    person: Person,
    typed: String,
    found: Vec<Person>,
    wrongs: Wrongs,
}

#[derive(Template)]
#[template(path = "people/merge.html")]
struct MergePage {
    chrome: Chrome,
    ends: Person,
    stays: Person,
    fields: Vec<FieldRow>,
    /// Fields that are the same in both.
    same: Vec<(&'static str, String)>,
    ids: Vec<IdRow>,
    along: Vec<String>,
    /// What is lacking to merge them; then nothing can be pressed.
    lacking: Option<MergeError>,
    wrongs: Wrongs,
}

/// A field in which the two differ.
struct FieldRow {
    field: Field,
    of_staying: Option<String>,
    of_ending: Option<String>,
    takes_ending: bool,
}

/// The IDs of an integration. `is_open`: both have one, and one has to go.
struct IdRow {
    code: String,
    name: String,
    of_staying: Vec<VisibleId>,
    of_ending: Vec<VisibleId>,
    is_open: bool,
    chosen: Option<Keeps>,
}

impl IdRow {
    fn keeps(&self, ending: bool) -> bool {
        self.chosen == Some(if ending { Keeps::OfEnding } else { Keeps::OfStaying })
    }
}

#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The other record: its SONIS ID, or a name to look for.
    with: String,
}

#[derive(serde::Deserialize)]
pub struct MergeForm {
    #[serde(default)]
    with: String,
    #[serde(default)]
    ends_version: i32,
    #[serde(default)]
    stays_version: i32,
    /// Fields by their code, integrations as `id-` and their code: `stays` or `ends`.
    #[serde(flatten)]
    chosen: HashMap<String, String>,
}

impl MergeForm {
    fn choice(&self, pair: &Pair) -> Choice {
        let is = |name: &str, what: &str| self.chosen.get(name).is_some_and(|v| v == what);
        let fields = pair.differing().into_iter().map(|c| c.field).filter(|f| is(f.code(), "ends")).collect();
        let ids = pair.clashes().into_iter().filter_map(|i| {
            let name = format!("id-{}", i.code);
            let keeps = if is(&name, "ends") { Keeps::OfEnding } else { Keeps::OfStaying };
            (is(&name, "ends") || is(&name, "stays")).then_some((i.id, keeps))
        });
        Choice { fields, ids: ids.collect() }
    }
}

impl MergePage {
    fn of(chrome: Chrome, pair: &Pair, choice: &Choice, sight: &Sight, along: Vec<String>) -> MergePage {
        let words = |c: &FieldChange| (c.before_in_words().map(str::to_owned), c.after_in_words().map(str::to_owned));
        let differing = pair.differing();
        let (ends, stays) = (&pair.ends.person, &pair.stays.person);
        let same = Field::ALL.iter().filter(|f| !differing.iter().any(|c| c.field == **f)).filter_map(|f| {
            let as_change = FieldChange { field: *f, before: stays.bio.get(*f), after: None };
            Some((f.word(), as_change.before_in_words()?.to_owned()))
        });
        let lacking = pair.lacking(sight);
        let open: Vec<IntegrationId> = pair.clashes().into_iter().map(|i| i.id).collect();
        let shown = |side: &Side, id: IntegrationId| -> Vec<VisibleId> {
            let own = side.ids.iter().filter(|i| i.integration == id);
            own.filter_map(|i| i.value.reveal(sight, id)).collect()
        };
        let ids = pair.integrations.iter().filter(|_| lacking.is_none()).map(|i| IdRow {
            code: i.code.clone(),
            name: i.name.clone(),
            of_staying: shown(&pair.stays, i.id),
            of_ending: shown(&pair.ends, i.id),
            is_open: open.contains(&i.id),
            chosen: choice.ids.get(&i.id).copied(),
        });
        MergePage {
            chrome,
            same: same.collect(),
            ids: ids.filter(|r| !r.of_staying.is_empty() || !r.of_ending.is_empty()).collect(),
            fields: differing
                .iter()
                .map(|c| {
                    let (of_staying, of_ending) = words(c);
                    FieldRow { field: c.field, of_staying, of_ending, takes_ending: choice.fields.contains(&c.field) }
                })
                .collect(),
            ends: ends.clone(),
            stays: stays.clone(),
            along,
            lacking,
            wrongs: Wrongs::default(),
        }
    }

    fn id_field(&self, row: &IdRow) -> String {
        format!("id-{}", row.code)
    }

    fn shows_ids(&self) -> bool {
        !self.ids.is_empty()
    }
}

/// What goes along without a choice, in words.
fn along(conn: &mut Conn, school: &CurrentSchool, pair: &Pair) -> Result<Vec<String>, AppError> {
    let mut told = Vec::new();
    for key in &pair.ends.keys {
        told.push(format!("{} {} leads to {} from then on", key.space, key.given, pair.stays.person.sonis_id));
    }
    let others: Vec<_> = pair
        .ends
        .ties
        .iter()
        .map(|t| if t.student == pair.ends.person.id { (t.guardian, &t.kind) } else { (t.student, &t.kind) })
        .collect();
    let ids: Vec<_> = others.iter().map(|(id, _)| *id).collect();
    for other in Person::by_ids(conn, school, &ids)? {
        let kind = others.iter().find(|(id, _)| *id == other.id).map_or("", |(_, kind)| kind.as_str());
        told.push(format!("The relationship to {} ({}): {kind}", other.bio.full_name(), other.sonis_id));
    }
    told.extend(pair.ends.members.iter().map(|m| format!("The group {}: {}", m.name, m.why)));
    Ok(told)
}

fn led(place: &Person) -> HttpResponse {
    see_other(&format!("/people/{}", place.sonis_id))
}

/// What the first page comes to.
enum Found {
    Choose(Box<Person>, Vec<Person>, Wrongs),
    Both(Box<Pair>, Vec<String>),
    Led(Box<Person>),
}

fn find(conn: &mut Conn, school: &CurrentSchool, sonis_id: &str, with: &str) -> Result<Found, AppError> {
    let person = Person::by_sonis_id(conn, school, sonis_id)?;
    if let Some(into) = merge::survivor(conn, school, &person)? {
        return Ok(Found::Led(Box::new(into)));
    }
    let with = with.trim();
    let mut wrongs = Wrongs::default();
    if !with.is_empty() {
        match Person::by_sonis_id(conn, school, &with.to_ascii_uppercase()) {
            Ok(other) => match Pair::load(conn, school, sonis_id, &other.sonis_id)? {
                Ok(pair) => {
                    let along = along(conn, school, &pair)?;
                    return Ok(Found::Both(Box::new(pair), along));
                }
                Err(why) => wrongs.add("with", why.to_string()),
            },
            Err(AppError::NotFound) => {}
            Err(e) => return Err(e),
        }
    }
    // Somebody of the same name is the likeliest; a name that was typed goes before.
    let text = if with.is_empty() || !wrongs.is_empty() { person.bio.full_name() } else { with.to_owned() };
    let search =
        Search { text, member_type: Some(person.bio.member_type), status: StatusFilter::Any, ..Search::default() };
    let ids: Vec<PersonId> =
        search.run(conn, school, &Sight::none(), 1, 20, None)?.people.into_iter().map(|p| p.id).collect();
    let mut found = Person::by_ids(conn, school, &ids)?;
    found.sort_by_key(|p| ids.iter().position(|id| *id == p.id));
    found.retain(|p| p.id != person.id && p.bio.status != Status::Merged);
    if !with.is_empty() && found.is_empty() && wrongs.is_empty() {
        wrongs.add("with", format!("Nobody else of the member type {} is called {with:?} or has that SONIS ID. Check it, or type a part of the name", person.bio.member_type));
    }
    Ok(Found::Choose(Box::new(person), found, wrongs))
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    id: RequestId,
    school: CurrentSchool,
    actor: Requires<MergePeople>,
    sonis_id: web::Path<String>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, AppError> {
    let (here, with) = (school.clone(), asked.with.clone());
    let found = db::read(&app, move |conn| find(conn, &here, &sonis_id, &with)).await?;
    match found {
        Found::Led(into) => Ok(led(&into)),
        Found::Choose(person, found, wrongs) => {
            let typed = asked.into_inner().with;
            let is_wrong = !wrongs.is_empty();
            let page = ChoosePage { chrome, person: *person, typed, found, wrongs };
            if is_wrong { html_422(&page) } else { html(&page) }
        }
        Found::Both(pair, along) => {
            let page = MergePage::of(chrome, &pair, &pair.usual(), &actor.reach(), along);
            show(&app, id, &school, &actor, page, StatusCode::OK).await
        }
    }
}

/// Draws the two side by side. Whoever sees IDs by it is put on record first.
async fn show(
    app: &web::Data<App>,
    id: RequestId,
    school: &CurrentSchool,
    actor: &Requires<MergePeople>,
    page: MergePage,
    status: StatusCode,
) -> Result<HttpResponse, AppError> {
    if page.shows_ids() {
        let (by, school) = (actor.actor(), school.clone());
        let both = [page.ends.clone(), page.stays.clone()];
        db::blocking(app, move |app| both.iter().try_for_each(|p| app.viewed(&school, &by, p, id.as_str()))).await?;
    }
    html_as(status, &page)
}

pub async fn submit(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    id: RequestId,
    school: CurrentSchool,
    actor: Requires<MergePeople>,
    sonis_id: web::Path<String>,
    SchoolForm(form): SchoolForm<MergeForm>,
) -> Result<HttpResponse, AppError> {
    let (by, reach, now, here) = (actor.actor(), actor.reach(), app.clock.now(), school.clone());
    let done = db::write(&app, move |conn| {
        let with = form.with.trim().to_ascii_uppercase();
        let pair = match Pair::load(conn, &here, &sonis_id, &with)? {
            Ok(pair) => pair,
            Err(why) => return Ok(Err((why, None))),
        };
        let choice = form.choice(&pair);
        let merger = Merger { school: &here, actor: &by, reach: &reach, now };
        let seen = Some((form.ends_version, form.stays_version));
        match merge::merge(conn, &merger, &sonis_id, &with, seen, &choice)? {
            Ok(merged) => Ok(Ok(merged)),
            Err(why) => {
                let along = along(conn, &here, &pair)?;
                Ok(Err((why, Some((Box::new(pair), choice, along)))))
            }
        }
    })
    .await?;
    match done {
        Ok(merged) => {
            let place = format!("/people/{}", merged.stayed.sonis_id);
            let text = format!(
                "{} is merged into {}: its SONIS ID leads here from now on.",
                merged.ended.sonis_id, merged.stayed.sonis_id
            );
            Seat::of(&request).tell(&Notice { place: place.clone(), text, run: Some(merged.run) })?;
            Ok(see_other(&place))
        }
        Err((why, None)) => Err(AppError::Conflict(format!("{why}."))),
        Err((why, Some((pair, choice, along)))) => {
            let mut page = MergePage::of(chrome, &pair, &choice, &actor.reach(), along);
            let status = match &why {
                MergeError::Meanwhile => StatusCode::CONFLICT,
                MergeError::Reach(_) => StatusCode::FORBIDDEN,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            page.wrongs = match &why {
                MergeError::Undecided(_) => wrongs_of(&page),
                _ => Wrongs::one("merge", why.to_string()),
            };
            show(&app, id, &school, &actor, page, status).await
        }
    }
}

/// One message for each integration that waits for a choice, at its place.
fn wrongs_of(page: &MergePage) -> Wrongs {
    let mut wrongs = Wrongs::default();
    for row in page.ids.iter().filter(|r| r.is_open && r.chosen.is_none()) {
        wrongs.add(format!("id-{}", row.code), MergeError::Undecided(row.name.clone()).to_string());
    }
    wrongs
}

#[derive(serde::Deserialize)]
pub struct UndoForm {
    run: i64,
}

pub async fn undo(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<MergePeople>,
    sonis_id: web::Path<String>,
    SchoolForm(form): SchoolForm<UndoForm>,
) -> Result<HttpResponse, AppError> {
    let (by, reach, now) = (actor.actor(), actor.reach(), app.clock.now());
    let place = format!("/people/{sonis_id}");
    let (run, kept) = db::write(&app, move |conn| {
        let person = Person::by_sonis_id(conn, &school, &sonis_id)?;
        // Only a merge into this very person.
        let ended = merge::merged_into(conn, &school, person.id)?;
        let run = ended.iter().map(|e| e.run.id).find(|r| *r == RunId(form.run)).ok_or(AppError::NotFound)?;
        let merger = Merger { school: &school, actor: &by, reach: &reach, now };
        let undone = merge::separate(conn, &merger, run)?.map_err(|why| AppError::Conflict(format!("{why}.")))?;
        Ok((undone, Run::by_id(conn, &school, undone)?.counts.kept))
    })
    .await?;
    let kept = match kept {
        0 => String::new(),
        1 => format!(" One thing was kept because somebody changed it since: run {run} says what."),
        n => format!(" {n} things were kept because somebody changed them since: run {run} says which."),
    };
    let text = format!("The merge is undone: both records are there again.{kept}");
    Seat::of(&request).lead(&place, text)
}
