//! Files of a sync: the blocked rows as they came, with the reason, to be mended and uploaded again; and its lists.
//! Leaves which rows they are to `sync::pages::lists`.

use actix_web::{HttpResponse, web};
use futures_util::stream;

use super::lists::{self, List, Row};
use crate::app::App;
use crate::error::AppError;
use crate::integrations::shown_at;
use crate::runs::{Problem, Run, RunId, RunKind};
use crate::schools::CurrentSchool;
use crate::security::{TaskName, tasks};
use crate::sync::StoredFile;
use crate::sync::blocked::{BlockedRows, file_name};
use crate::web::frame::RequestId;
use crate::web::{Requires, csv_safe, db};

/// So many rows are read and written at a time.
const BATCH: i64 = 1000;

/// The blocked rows of one file with its own columns.
pub async fn blocked(
    app: web::Data<App>,
    request: RequestId,
    school: CurrentSchool,
    actor: Requires<tasks::RunRosterSync>,
    of: web::Path<(i64, String)>,
) -> Result<HttpResponse, AppError> {
    let (run, slot) = of.into_inner();
    let (id, sight, by) = (RunId(run), actor.sight(), actor.actor());
    let (school_too, slot_too, noted) = (school.clone(), slot.clone(), request.clone());
    let file = db::blocking(&app, move |app| {
        let (file, rows) = app.db.read(|conn| {
            let run = Run::visible(conn, &school_too, &sight, id)?;
            // A match list's rows are the clerk's own; they are given back before the integration is Live too.
            let is_list = run.kind == RunKind::MatchList;
            let sight = if is_list { sight } else { shown_at(conn, &school_too, sight)? };
            let file = StoredFile::of_run(conn, &school_too, id)?.into_iter().find(|f| f.slot == slot_too);
            let Some(file) = file.filter(|_| run.kind.is_of_sync()) else { return Err(AppError::NotFound) };
            if file.holds_ids && !run.integration_id.is_some_and(|i| sight.covers(i)) {
                return Err(AppError::Unauthorized { task: TaskName::ViewIntegrationIds });
            }
            let rows = lists::blocked_in(conn, &school_too, id, &slot_too)?;
            Ok((file, rows))
        })?;
        let what = format!("The blocked rows of run {id}, {}: {rows} rows", file.slot);
        app.exported(&school_too, &by, what, noted.as_str())?;
        Ok(file)
    })
    .await?;
    let (rows, head) = BlockedRows::of(id, &file);
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let parts = stream::try_unfold(rows, move |mut rows| {
        let (app, school, request) = (app.clone(), school.clone(), request.clone());
        async move {
            let part =
                db::read(&app, move |conn| Ok(rows.next(conn, &school)?.map(|bytes| (web::Bytes::from(bytes), rows))));
            part.await.inspect_err(|e| broke_off(&request, e))
        }
    });
    csv_safe::streamed(&file_name(id, &file.slot), &head, parts)
}

/// The query string.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    kind: String,
}

/// A list: one line a person. Integration IDs are not in it.
pub async fn changes(
    app: web::Data<App>,
    request: RequestId,
    school: CurrentSchool,
    actor: Requires<tasks::RunRosterSync>,
    run: web::Path<i64>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, AppError> {
    // Blocked rows have files of their own, one for each file that they came from.
    let list = List::parse(&asked.kind).filter(|l| *l != List::Blocked).unwrap_or(List::Created);
    let (id, sight, by) = (RunId(run.into_inner()), actor.sight(), actor.actor());
    let (school_too, noted) = (school.clone(), request.clone());
    db::blocking(&app, move |app| {
        let rows = app.db.read(|conn| {
            let run = Run::visible(conn, &school_too, &sight, id)?;
            if !run.kind.is_of_sync() {
                return Err(AppError::NotFound);
            }
            // Who is on a match list has an ID, and so has who matches nobody.
            let tells = run.kind == RunKind::MatchList || list == List::Unmatched;
            if tells && !run.integration_id.is_some_and(|i| sight.covers(i)) {
                return Err(AppError::Unauthorized { task: TaskName::ViewIntegrationIds });
            }
            lists::length(conn, &school_too, id, list)
        })?;
        let what = format!("Run {id}, {}: {rows} rows", list.word().to_lowercase());
        app.exported(&school_too, &by, what, noted.as_str())
    })
    .await?;
    let head: &[&str] = if list.is_of_changes() {
        &["Name", "Member type", "SONIS ID", "Number", "Row", "What changes"]
    } else {
        &["Person", "Field", "What to know"]
    };
    let parts = stream::try_unfold(Some(0_i64), move |after| {
        let (app, school, request) = (app.clone(), school.clone(), request.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let part = db::read(&app, move |conn| {
                if list.is_of_changes() {
                    lines_of_changes(&lists::rows_after(conn, &school, id, list, after, BATCH)?)
                } else {
                    lines_of_problems(&lists::problems_after(conn, &school, id, (list, None), after, BATCH)?)
                }
            });
            part.await.map(Some).inspect_err(|e| broke_off(&request, e))
        }
    });
    csv_safe::streamed(&format!("run-{id}-{}.csv", list.code()), head, parts)
}

/// A part of a file, and where the next one begins.
type Part = (web::Bytes, Option<i64>);

fn lines_of_problems(told: &[(i64, Problem)]) -> Result<Part, AppError> {
    let mut out = csv_safe::Writer::of_rows();
    for (_, p) in told {
        out.row(&[&p.found, p.source_column.as_deref().unwrap_or(""), &p.reason])?;
    }
    Ok((web::Bytes::from(out.finish()?), told.last().map(|(n, _)| *n)))
}

fn lines_of_changes(rows: &[Row]) -> Result<Part, AppError> {
    let mut out = csv_safe::Writer::of_rows();
    for r in rows {
        let fields = r.fields.iter().filter(|_| !r.is_new).map(|c| {
            let (before, after) = (c.before_in_words().unwrap_or("None"), c.after_in_words().unwrap_or("None"));
            format!("{}: {before} -> {after}", c.field.word())
        });
        let groups =
            r.groups.iter().map(|g| format!("{} {}", if g.joins { "joins" } else { "leaves" }, g.group.name()));
        let what: Vec<String> = fields.chain(groups).collect();
        out.row(&[
            &r.name,
            r.member_type.map_or("", |m| m.word()),
            r.person.as_ref().map_or("", |p| p.sonis_id.as_str()),
            r.source_key.as_deref().unwrap_or(""),
            &r.source_row.map(|n| n.to_string()).unwrap_or_default(),
            &what.join("; "),
        ])?;
    }
    Ok((web::Bytes::from(out.finish()?), rows.last().map(|r| r.change)))
}

/// The browser sees that the file did not come to its end; the log says why.
fn broke_off(request: &RequestId, e: &AppError) {
    log::error!("{} a file broke off: {e:?}", request.as_str());
}
