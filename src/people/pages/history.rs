//! `/people/{sonis_id}/history`: every change of a person, who made it and when; IDs only to those who may see them.
//! Leaves keeping the history to `runs`: a stored change is the history.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;

use crate::app::App;
use crate::audit;
use crate::error::AppError;
use crate::integration_ids::VisibleId;
use crate::integrations::{Integration, shown_at};
use crate::people::{FieldChange, Person};
use crate::runs::{Run, RunId, StoredChange, Verb, history};
use crate::schools::CurrentSchool;
use crate::security::{Sight, tasks};
use crate::web::frame::RequestId;
use crate::web::{Chrome, SignedIn, db, html};

#[derive(Template)]
#[template(path = "people/history.html")]
struct HistoryPage {
    chrome: Chrome,
    person: Person,
    entries: Vec<Entry>,
    /// The runs that the visitor may open.
    opens: BTreeSet<RunId>,
    is_cut: bool,
    /// Who saw the person's integration IDs and when, for somebody who may view the audit.
    seen: Option<Vec<(String, NaiveDateTime)>>,
}

struct Entry {
    run: Run,
    verb: Verb,
    fields: Vec<FieldChange>,
    /// Set for a change of an ID that the visitor may see.
    id: Option<(String, VisibleId)>,
}

/// So many changes on one page; more than a person gets in a school's life.
const MOST: i64 = 500;

/// So many views; the audit has them all.
const VIEWS: i64 = 50;

pub async fn history(
    app: web::Data<App>,
    chrome: Chrome,
    id: RequestId,
    school: CurrentSchool,
    SignedIn(visitor): SignedIn,
    sonis_id: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let (sight, by) = (visitor.sight(), visitor.actor());
    let audits = visitor.may::<tasks::ViewAudit>();
    let (person, entries, opens, is_cut, seen) = db::blocking(&app, move |app| {
        let (sight, person, integrations, changes, opens) = app.db.read(|conn| {
            let sight = shown_at(conn, &school, sight)?;
            let person = Person::by_sonis_id(conn, &school, &sonis_id)?;
            let changes = history::of_person(conn, &school, person.id, MOST)?;
            let opens = Run::within(conn, &school, changes.iter().map(|(_, run)| run.id))?;
            Ok((sight, person, Integration::all(conn)?, changes, opens))
        })?;
        let is_cut = i64::try_from(changes.len()).unwrap_or(MOST) >= MOST;
        let entries = changes
            .into_iter()
            .filter_map(|(change, run)| entry(change, run, &sight, &integrations).transpose())
            .collect::<Result<Vec<Entry>, AppError>>()?;
        let seen = if audits {
            Some(app.db.activity().read(|conn| audit::seen_by(conn, &school, person.id, VIEWS))?)
        } else {
            None
        };
        if entries.iter().any(|e| e.id.is_some()) {
            app.viewed(&school, &by, &person, id.as_str())?;
        }
        Ok((person, entries, opens, is_cut, seen))
    })
    .await?;
    html(&HistoryPage { chrome, person, entries, opens, is_cut, seen })
}

/// A change of an ID is not even mentioned to somebody who may not see it: that would tell that there is one.
fn entry(
    change: StoredChange,
    run: Run,
    sight: &Sight,
    integrations: &[Integration],
) -> Result<Option<Entry>, AppError> {
    let fields = change.fields()?;
    let mut id = None;
    if matches!(change.verb, Verb::AddId | Verb::RemoveId) {
        let value = change.id_after.as_ref().or(change.id_before.as_ref());
        let shown = change.integration_id.zip(value).and_then(|(i, v)| {
            let name = integrations.iter().find(|x| x.id == i)?.name.clone();
            Some((name, v.reveal(sight, i)?))
        });
        match shown {
            Some(shown) => id = Some(shown),
            None => return Ok(None),
        }
    }
    Ok(Some(Entry { run, verb: change.verb, fields, id }))
}
