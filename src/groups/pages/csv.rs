//! `/groups/{group}/members.csv`: the members of a group as a file, with why each is in it.
//! Leaves writing it batch by batch to the file of the list of people.

use actix_web::{HttpResponse, web};

use super::show::{Asked, read_id};
use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::groups::{Group, GroupId, Members, reasons};
use crate::people::pages::csv::{HEAD, cells, streamed};
use crate::people::pages::list::plural_title;
use crate::people::{Person, PersonId};
use crate::schools::CurrentSchool;
use crate::security::tasks;
use crate::web::frame::RequestId;
use crate::web::{SignedIn, csv_safe, db};

pub async fn csv(
    app: web::Data<App>,
    request: RequestId,
    school: CurrentSchool,
    SignedIn(visitor): SignedIn,
    id: web::Path<String>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, AppError> {
    let (group, member_type, of, noted) = (read_id(&id)?, asked.member_type(), school.clone(), request.clone());
    let ids = db::blocking(&app, move |app| {
        let (held, ids) = app.db.read(|conn| {
            let held = Group::one(conn, &of, group, visitor.may::<tasks::ManageGroups>())?;
            Ok((held, Members { group, member_type }.everybody(conn, &of)?))
        })?;
        let who = member_type.map_or("members", plural_title);
        let what = format!("The group {}, {}: {} rows", held.name, who.to_lowercase(), ids.len());
        app.exported(&of, &visitor.actor(), what, noted.as_str())?;
        Ok(ids)
    })
    .await?;
    let name = format!("group-{group}-{}.csv", school.code().to_lowercase());
    let head: Vec<&str> = HEAD.into_iter().chain(["Why"]).collect();
    streamed(app, request, school, &name, &head, ids, move |conn, school, ids| rows(conn, school, group, ids))
}

/// These people, in this order. Who has left the group meanwhile has no reason any more.
fn rows(conn: &mut Conn, school: &CurrentSchool, group: GroupId, ids: &[PersonId]) -> Result<Vec<u8>, AppError> {
    let reasons = reasons(conn, school, group, ids)?;
    let mut out = csv_safe::Writer::of_rows();
    for person in Person::in_order(conn, school, ids)? {
        let why: Vec<&str> = reasons.get(&person.id).into_iter().flatten().map(|(why, _)| why.word()).collect();
        let why = why.join(", ");
        let cells = cells(&person);
        let row: Vec<&str> = cells.iter().map(String::as_str).chain([why.as_str()]).collect();
        out.row(&row)?;
    }
    out.finish()
}
