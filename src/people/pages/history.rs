//! `/people/{sonis_id}/history`: every change of a person, who made it and when; IDs only to those who may see them.
//! Leaves keeping the history to `runs`: a stored change is the history.

use std::collections::{BTreeSet, HashMap};

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;

use crate::app::App;
use crate::audit;
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids::VisibleId;
use crate::integrations::{Integration, shown_at};
use crate::people::{FieldChange, Person, PersonId, Status, merge};
use crate::runs::{Merge, Run, RunId, StoredChange, Verb, history};
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
    /// The record it is of, where the person has had several.
    record: Option<String>,
    /// For a merge: the record that ended and the one that stayed.
    merged: Option<(String, String)>,
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
        let (sight, person, integrations, changes, opens, records, others) = app.db.read(|conn| {
            let sight = shown_at(conn, &school, sight)?;
            let person = Person::by_sonis_id(conn, &school, &sonis_id)?;
            let records = merge::records_of(conn, &school, &person)?;
            let ids: Vec<PersonId> = records.iter().map(|(id, _)| *id).collect();
            let changes = history::of_people(conn, &school, &ids, MOST)?;
            let other = names_of_others(conn, &school, &changes)?;
            let opens = Run::within(conn, &school, changes.iter().map(|(_, run)| run.id))?;
            Ok((sight, person, Integration::all(conn)?, changes, opens, records, other))
        })?;
        let is_cut = i64::try_from(changes.len()).unwrap_or(MOST) >= MOST;
        let entries = changes
            .into_iter()
            // The record that stays tells of a merge; the other's part of it says the same.
            .filter(|(change, _)| match change.merge() {
                Ok(Some(Merge::Ends(moves))) => !records.iter().any(|(id, _)| *id == moves.into),
                _ => true,
            })
            .filter_map(|(change, run)| {
                let record = records.iter().filter(|_| records.len() > 1).find(|(id, _)| Some(*id) == change.person_id);
                let record = record.map(|(_, sonis_id)| sonis_id.clone());
                let merged = match change.merge() {
                    Ok(Some(merge)) => {
                        let name = |id: PersonId| {
                            let known = records.iter().find(|(r, _)| *r == id).map(|(_, s)| s.clone());
                            known.or_else(|| others.get(&id).cloned()).unwrap_or_default()
                        };
                        let own = name(change.person_id?);
                        Some(match &merge {
                            Merge::Stays { other, .. } => (name(*other), own),
                            Merge::Ends(moves) => (own, name(moves.into)),
                        })
                    }
                    _ => None,
                };
                let told = entry(change, run, &sight, &integrations).transpose()?;
                Some(told.map(|e| Entry { record, merged, ..e }))
            })
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

/// The SONIS IDs of records that were merged and are separate again.
fn names_of_others(
    conn: &mut Conn,
    school: &CurrentSchool,
    changes: &[(StoredChange, Run)],
) -> Result<HashMap<PersonId, String>, AppError> {
    let others: Vec<PersonId> =
        changes.iter().filter_map(|(c, _)| c.merge().ok().flatten()).map(|m| m.other()).collect();
    Ok(Person::by_ids(conn, school, &others)?.into_iter().map(|p| (p.id, p.sonis_id)).collect())
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
    Ok(Some(Entry { run, verb: change.verb, fields, id, record: None, merged: None }))
}
