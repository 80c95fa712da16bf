//! Adding an integration to the catalogue and editing one. What an edit would do to IDs on record is shown first;
//! of two editors at once the second is told. Leaves the rules to `integrations::draft` and `integrations::consequences`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::ids_in_words;
use crate::app::App;
use crate::error::AppError;
use crate::integrations::{self, CaseRule, CatalogueEntry, Consequences, Draft, Mover, SaveError, Typed};
use crate::security::tasks::ManageCatalogue;
use crate::web::frame::RequestId;
use crate::web::{Chrome, Requires, Seat, Wrongs, db, html, html_422, html_as};

#[derive(Template)]
#[template(path = "support/edit.html")]
struct EditPage {
    chrome: Chrome,
    /// None for a new one.
    entry: Option<CatalogueEntry>,
    typed: Typed,
    wrongs: Wrongs,
    step: Step,
    consequences: Consequences,
}

/// Where an edit stands.
#[derive(PartialEq, Eq)]
enum Step {
    Form,
    /// The edit would make live IDs wrong: that has to be confirmed.
    Confirm,
    /// IDs would clash: nothing to confirm.
    Refused,
    /// Somebody else saved it meanwhile.
    Meanwhile,
}

impl EditPage {
    fn title(&self) -> String {
        self.entry.as_ref().map_or_else(|| "New integration".into(), |e| format!("Edit {}", e.name))
    }
    fn misfits(&self) -> String {
        ids_in_words(self.consequences.misfits(), "live")
    }
    fn is_confirming(&self) -> bool {
        self.step == Step::Confirm
    }
    fn is_meanwhile(&self) -> bool {
        self.step == Step::Meanwhile
    }
    fn is_wrong(&self) -> bool {
        !self.wrongs.is_empty() || self.step == Step::Meanwhile
    }
    /// The shape by example or pattern, and everything else that goes along with a confirmation.
    fn fields(&self) -> [(&'static str, String); 11] {
        let t = &self.typed;
        [
            ("name", t.name.clone()),
            ("vendor", t.vendor.clone()),
            ("purpose", t.purpose.clone()),
            ("example", t.example.clone()),
            ("fits", t.fits.clone()),
            ("pattern", t.pattern.clone()),
            ("min_length", t.min_length.clone()),
            ("max_length", t.max_length.clone()),
            ("case_rule", t.case_rule.clone()),
            ("many", t.many.clone()),
            ("version", t.version.to_string()),
        ]
    }
}

fn wrongs(all: Vec<(&'static str, String)>) -> Wrongs {
    let mut wrongs = Wrongs::default();
    for (field, message) in all {
        wrongs.add(field, message);
    }
    wrongs
}

fn form_page(chrome: Chrome, entry: Option<CatalogueEntry>, typed: Typed, wrongs: Wrongs) -> EditPage {
    EditPage { chrome, entry, typed, wrongs, step: Step::Form, consequences: Consequences::default() }
}

pub async fn new_page(chrome: Chrome, _: Requires<ManageCatalogue>) -> Result<HttpResponse, AppError> {
    html(&form_page(chrome, None, Typed::blank(), Wrongs::default()))
}

pub async fn create(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    id: RequestId,
    actor: Requires<ManageCatalogue>,
    form: web::Form<Typed>,
) -> Result<HttpResponse, AppError> {
    let typed = form.into_inner();
    let (code, draft) = (typed.code(), typed.draft());
    let (code, draft) = match (code, draft) {
        (Ok(code), Ok(draft)) => (code, draft),
        (code, draft) => {
            let mut all: Vec<_> = code.err().map(|message| ("code", message)).into_iter().collect();
            all.extend(draft.err().unwrap_or_default());
            return html_422(&form_page(chrome, None, typed, wrongs(all)));
        }
    };
    let (by, now) = (actor.actor(), app.clock.now());
    let name = draft.name.clone();
    let added = db::blocking(&app, move |app| {
        let mover = Mover { actor: &by, request: Some(id.as_str()), now };
        let add = || app.db.write(|conn| integrations::add(conn, &code, &draft, &mover));
        match add() {
            // Two editors at once: the second look finds the other's.
            Err(e) if e.is_unique_violation() => add(),
            result => result,
        }
    })
    .await?;
    if let Err(e) = added {
        return html_422(&form_page(chrome, None, typed, taken(&e)));
    }
    let place = "/support/integrations";
    let text = format!("{name} is in the catalogue. No school has it yet.");
    Seat::of(&request).lead(place, text)
}

fn taken(e: &SaveError) -> Wrongs {
    match e {
        SaveError::CodeTaken => Wrongs::one("code", "There is an integration with this code already"),
        SaveError::NameTaken => Wrongs::one("name", "There is an integration with this name already"),
        SaveError::Changed => Wrongs::default(),
    }
}

pub async fn edit_page(
    app: web::Data<App>,
    chrome: Chrome,
    _: Requires<ManageCatalogue>,
    code: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let entry = db::read(&app, move |conn| CatalogueEntry::by_code(conn, &code)).await?;
    let typed = Typed::of(&entry);
    html(&form_page(chrome, Some(entry), typed, Wrongs::default()))
}

enum Outcome {
    Saved(bool),
    Shown(Step, Wrongs, Consequences),
}

pub async fn save(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    id: RequestId,
    actor: Requires<ManageCatalogue>,
    code: web::Path<String>,
    form: web::Form<Typed>,
) -> Result<HttpResponse, AppError> {
    let mut typed = form.into_inner();
    let entry = db::read(&app, move |conn| CatalogueEntry::by_code(conn, &code)).await?;
    typed.code.clone_from(&entry.code);
    let draft = match typed.draft() {
        Ok(draft) => draft,
        Err(all) => return html_422(&form_page(chrome, Some(entry), typed, wrongs(all))),
    };
    let (by, now, seen, confirmed) = (actor.actor(), app.clock.now(), typed.version, typed.confirmed.clone());
    let (held, wanted) = (entry.clone(), draft.clone());
    let outcome = db::blocking(&app, move |app| {
        let mover = Mover { actor: &by, request: Some(id.as_str()), now };
        try_save(app, &held, seen, &wanted, &confirmed, &mover)
    })
    .await?;
    let (step, wrongs, consequences) = match outcome {
        Outcome::Saved(changed) => {
            let place = "/support/integrations";
            let name = &draft.name;
            let text = if changed {
                format!("{name} is saved.")
            } else {
                format!("{name} is as it was: nothing was changed.")
            };
            return Seat::of(&request).lead(place, text);
        }
        Outcome::Shown(step, wrongs, consequences) => (step, wrongs, consequences),
    };
    let status = match step {
        Step::Confirm => StatusCode::OK,
        Step::Meanwhile => StatusCode::CONFLICT,
        Step::Form | Step::Refused => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let entry = match step {
        // Sent again, the form is saved on top of what the page now tells.
        Step::Meanwhile => {
            let code = entry.code.clone();
            let now = db::read(&app, move |conn| CatalogueEntry::by_code(conn, &code)).await?;
            typed.version = now.lock_version;
            now
        }
        _ => entry,
    };
    html_as(status, &EditPage { chrome, entry: Some(entry), typed, wrongs, step, consequences })
}

fn try_save(
    app: &App,
    held: &CatalogueEntry,
    seen: i32,
    draft: &Draft,
    confirmed: &str,
    mover: &Mover<'_>,
) -> Result<Outcome, AppError> {
    if held.lock_version != seen {
        return Ok(Outcome::Shown(Step::Meanwhile, Wrongs::default(), Consequences::default()));
    }
    let consequences = app.db.read(|conn| Consequences::of(conn, held, draft))?;
    match refused(draft, consequences) {
        Some(Err((wrongs, consequences))) => Ok(Outcome::Shown(Step::Refused, wrongs, consequences)),
        // What was confirmed is what was shown: another number has to be shown first.
        Some(Ok(consequences)) if consequences.misfits().to_string() != confirmed => {
            Ok(Outcome::Shown(Step::Confirm, Wrongs::default(), consequences))
        }
        _ => write(app, held, seen, draft, mover),
    }
}

/// What stands in the way of an edit: IDs that would clash (Err), or IDs that would be wrong (Ok); None: nothing.
fn refused(draft: &Draft, consequences: Consequences) -> Option<Result<Consequences, (Wrongs, Consequences)>> {
    let mut wrongs = Wrongs::default();
    if consequences.clashes() > 0 {
        let n = ids_in_words(consequences.clashes(), "live");
        let rule =
            if draft.case_rule == CaseRule::Ignore { "upper and lower case are the same" } else { "case counts" };
        wrongs.add("case_rule", format!("{n} would clash with another one if {rule}. Change those IDs first: the desk of each school lists them under IDs that are nearly the same"));
    }
    if consequences.several() > 0 {
        let n = crate::people::pages::list::thousands(consequences.several());
        let people = if consequences.several() == 1 { "person has" } else { "people have" };
        wrongs.add("many", format!("{n} {people} more than one ID. Delete the others first"));
    }
    if !wrongs.is_empty() {
        return Some(Err((wrongs, consequences)));
    }
    (consequences.misfits() > 0).then_some(Ok(consequences))
}

fn write(app: &App, held: &CatalogueEntry, seen: i32, draft: &Draft, mover: &Mover<'_>) -> Result<Outcome, AppError> {
    match app.db.write(|conn| integrations::save(conn, held, seen, draft, mover)) {
        Ok(Ok(changed)) => Ok(Outcome::Saved(changed)),
        Ok(Err(SaveError::Changed)) => Ok(Outcome::Shown(Step::Meanwhile, Wrongs::default(), Consequences::default())),
        Ok(Err(e)) => Ok(Outcome::Shown(Step::Form, taken(&e), Consequences::default())),
        // An ID was added meanwhile that clashes: nothing is kept.
        Err(e) if e.is_unique_violation() => {
            let consequences = app.db.read(|conn| Consequences::of(conn, held, draft))?;
            match refused(draft, consequences) {
                Some(Err((wrongs, c))) => Ok(Outcome::Shown(Step::Refused, wrongs, c)),
                _ => Err(AppError::Conflict("An ID was added while you saved. Open the page again.".into())),
            }
        }
        Err(e) => Err(e),
    }
}
