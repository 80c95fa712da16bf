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
use crate::web::frame::RequestId;
use crate::web::{Requires, csv_safe, db};

/// So many rows are read and written at a time.
const BATCH: i64 = 1000;

fn read_cells(problem: &Problem) -> Vec<String> {
    // Written by the planner as a list of texts; a row that is not one is given back empty, with its reason.
    problem.cells.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// One line of the file: the cells under their titles, then why.
fn line(cells: Vec<String>, width: usize, reason: String) -> Vec<String> {
    let mut line = cells;
    line.resize(width, String::new());
    line.push(reason);
    line
}

fn reason_of(p: &Problem) -> String {
    let column = p.source_column.as_deref().map(|c| format!("{c}: ")).unwrap_or_default();
    let found = if p.found.is_empty() { String::new() } else { format!("{:?} ", p.found) };
    format!("{column}{found}{}", p.reason)
}

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
            let sight = shown_at(conn, &school_too, sight)?;
            let run = Run::visible(conn, &school_too, &sight, id)?;
            let file = StoredFile::of_run(conn, &school_too, id)?.into_iter().find(|f| f.slot == slot_too);
            let Some(file) = file.filter(|_| run.kind == RunKind::RosterSync) else { return Err(AppError::NotFound) };
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
    let header = file.header();
    let width = header.len();
    let head: Vec<&str> = header.iter().map(String::as_str).chain(["Reason"]).collect();
    let parts = stream::try_unfold((Some(0_i64), None::<(i64, Vec<String>, String)>), move |(after, open)| {
        let (app, school, slot, request) = (app.clone(), school.clone(), slot.clone(), request.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let part = db::read(&app, move |conn| {
                let found = lists::problems_after(conn, &school, id, (List::Blocked, Some(&slot)), after, BATCH)?;
                let last = found.last().map(|(n, _)| *n);
                let (mut out, mut open) = (csv_safe::Writer::of_rows(), open);
                let mut put = |row: Option<(i64, Vec<String>, String)>| -> Result<(), AppError> {
                    let Some((_, cells, reason)) = row else { return Ok(()) };
                    let line = line(cells, width, reason);
                    out.row(&line.iter().map(String::as_str).collect::<Vec<_>>())
                };
                for (_, p) in found {
                    match &mut open {
                        // A row that has several things wrong stands once, with all of them.
                        Some((row, _, reason)) if *row == p.source_row && p.source_row > 0 => {
                            reason.push_str(" / ");
                            reason.push_str(&reason_of(&p));
                        }
                        _ => {
                            put(open.take())?;
                            open = Some((p.source_row, read_cells(&p), reason_of(&p)));
                        }
                    }
                }
                if last.is_none() {
                    put(open.take())?;
                }
                Ok((web::Bytes::from(out.finish()?), last, open))
            })
            .await;
            part.map(|(bytes, last, open)| Some((bytes, (last, open)))).inspect_err(|e| broke_off(&request, e))
        }
    });
    csv_safe::streamed(&format!("run-{id}-blocked-{}.csv", file.slot), &head, parts)
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
            if run.kind != RunKind::RosterSync {
                return Err(AppError::NotFound);
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
