//! `/audit`: who granted, changed, saw, downloaded and signed in at the school, filtered, and the same as CSV.
//! Leaves finding the entries to `listing`. No integration ID is in an entry, so none is on these pages.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::SecondsFormat;

use super::listing::{Listing, Part, Whose, list};
use super::query::AuditQuery;
use super::{Action, Filter, StoredEntry};
use crate::app::App;
use crate::error::AppError;
use crate::people::{Person, PersonId};
use crate::schools::CurrentSchool;
use crate::security::tasks;
use crate::web::frame::RequestId;
use crate::web::{Chrome, Requires, csv_safe, db, html};

#[derive(Template)]
#[template(path = "audit/list.html")]
struct AuditPage {
    chrome: Chrome,
    query: AuditQuery,
    rows: Vec<Row>,
    range: String,
    newer: Option<String>,
    older: Option<String>,
    /// A SONIS ID was typed that nobody has.
    nobody: bool,
    /// Whether these are the entries of no school, which name no person and have no file.
    of_support: bool,
}

struct Row {
    entry: StoredEntry,
    what: String,
    /// SONIS ID and name of whom it is about.
    person: Option<(String, String)>,
}

type Names = HashMap<PersonId, (String, String)>;

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    _: Requires<tasks::ViewAudit>,
    query: web::Query<AuditQuery>,
) -> Result<HttpResponse, AppError> {
    let query = query.into_inner();
    let asked = query.clone();
    let found = db::blocking(&app, move |app| {
        let Some(filter) = filter(app, &school, &asked)? else { return Ok(None) };
        let listing = list(&app.db, Whose::School(&school), &filter, asked.part(), asked.rows())?;
        let names = names(app, &school, &listing)?;
        Ok(Some((listing, names)))
    })
    .await?;
    let nobody = found.is_none();
    let (listing, names) = found.unwrap_or_default();
    drawn(chrome, query, listing, &names, nobody, false)
}

/// What was done by Support and by the operator, and belongs to no school: the catalogue, Support's own users and sign-ins.
pub async fn of_support(
    app: web::Data<App>,
    chrome: Chrome,
    _: Requires<tasks::BeOfSupport>,
    query: web::Query<AuditQuery>,
) -> Result<HttpResponse, AppError> {
    let query = AuditQuery { person: String::new(), ..query.into_inner() };
    let asked = query.clone();
    let listing = db::blocking(&app, move |app| {
        let filter = asked.filter(chrono_tz::Tz::UTC);
        list(&app.db, Whose::NoSchool, &filter, asked.part(), asked.rows())
    })
    .await?;
    drawn(chrome, query, listing, &Names::new(), false, true)
}

fn drawn(
    chrome: Chrome,
    query: AuditQuery,
    listing: Listing,
    names: &Names,
    nobody: bool,
    of_support: bool,
) -> Result<HttpResponse, AppError> {
    let link =
        |name: &str, place: Option<super::Place>| place.map(|p| at(of_support, query.with(name, &p.to_string())));
    html(&AuditPage {
        newer: if listing.has_newer { link("after", listing.first()) } else { None },
        older: if listing.has_older { link("before", listing.last()) } else { None },
        range: range(&chrome, &listing),
        rows: rows(listing, names),
        nobody,
        of_support,
        chrome,
        query,
    })
}

/// The same page at the other of its two addresses.
fn at(of_support: bool, address: String) -> String {
    if of_support { address.replacen("/audit", "/support/audit", 1) } else { address }
}

impl AuditPage {
    fn with_rows(&self, n: &usize) -> String {
        at(self.of_support, self.query.with("rows", &n.to_string()))
    }
}

/// The filter of an address; None when it names a person whom the school does not have.
fn filter(app: &App, school: &CurrentSchool, query: &AuditQuery) -> Result<Option<Filter>, AppError> {
    let filter = query.filter(school.time_zone());
    let sonis_id = query.person();
    if sonis_id.is_empty() {
        return Ok(Some(filter));
    }
    match app.db.read(|conn| Person::by_sonis_id(conn, school, &sonis_id)) {
        Ok(person) => Ok(Some(Filter { person: Some(person.id), ..filter })),
        Err(AppError::NotFound) => Ok(None),
        Err(e) => Err(e),
    }
}

fn names(app: &App, school: &CurrentSchool, listing: &Listing) -> Result<Names, AppError> {
    let mut ids: Vec<PersonId> = listing.entries.iter().filter_map(|(_, e)| e.person).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = app.db.read(|conn| Person::by_ids(conn, school, &ids))?;
    Ok(people.into_iter().map(|p| (p.id, (p.sonis_id, p.bio.list_name()))).collect())
}

fn rows(listing: Listing, names: &Names) -> Vec<Row> {
    let row = |entry: StoredEntry| Row {
        what: words(&entry.action),
        person: entry.person.and_then(|id| names.get(&id).cloned()),
        entry,
    };
    listing.entries.into_iter().map(|(_, entry)| row(entry)).collect()
}

/// An action's words; its code where a newer program has written it.
fn words(action: &str) -> String {
    Action::parse(action).map_or_else(|| action.to_owned(), |a| a.word().to_owned())
}

fn range(chrome: &Chrome, listing: &Listing) -> String {
    match (listing.first(), listing.last()) {
        (Some(first), Some(last)) if listing.entries.len() > 1 => {
            format!("{} entries, {} back to {}", listing.entries.len(), chrome.time(&first.at), chrome.time(&last.at))
        }
        (Some(_), _) => "1 entry".into(),
        _ => "No entries".into(),
    }
}

/// A file holds the newest of so many: years of a school, and bounded memory.
const MOST: usize = 50_000;

/// So many are loaded at a time.
const PORTION: usize = 1000;

pub async fn csv(
    app: web::Data<App>,
    id: RequestId,
    school: CurrentSchool,
    actor: Requires<tasks::ViewAudit>,
    query: web::Query<AuditQuery>,
) -> Result<HttpResponse, AppError> {
    let query = query.into_inner();
    let name = format!("audit-{}.csv", school.code().to_lowercase());
    let by = actor.actor();
    let body = db::blocking(&app, move |app| {
        let mut out = csv_safe::Writer::new(&["When", "Who", "What", "About", "SONIS ID", "Reference"])?;
        let mut count = 0;
        if let Some(filter) = filter(app, &school, &query)? {
            let mut part = Part::Newest;
            while count < MOST {
                let listing = list(&app.db, Whose::School(&school), &filter, part, PORTION.min(MOST - count))?;
                let names = names(app, &school, &listing)?;
                let last = listing.last();
                let is_end = !listing.has_older;
                count += listing.entries.len();
                for row in rows(listing, &names) {
                    write(&mut out, &row, &school)?;
                }
                match last {
                    Some(last) if !is_end => part = Part::Before(last),
                    _ => break,
                }
            }
        }
        let filter = query.in_safe_words();
        let what = format!("Audit{}{filter}: {count} rows", if filter.is_empty() { "" } else { ", " });
        app.exported(&school, &by, what, id.as_str())?;
        out.finish()
    })
    .await?;
    Ok(csv_safe::answer(&name, body))
}

fn write(out: &mut csv_safe::Writer, row: &Row, school: &CurrentSchool) -> Result<(), AppError> {
    let at = row.entry.at.and_utc().with_timezone(&school.time_zone()).to_rfc3339_opts(SecondsFormat::Secs, false);
    out.row(&[
        &at,
        &row.entry.actor_name,
        &row.what,
        &row.entry.subject,
        row.person.as_ref().map_or("", |(sonis_id, _)| sonis_id),
        row.entry.request.as_deref().unwrap_or(""),
    ])
}
