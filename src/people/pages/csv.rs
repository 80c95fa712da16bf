//! `/people.csv`: the people of a list as a file, written while it is read, so that a large school takes no more memory.
//! Leaves finding them to `people::search`.

use actix_web::{HttpResponse, web};
use futures_util::stream;

use super::list::exported;
use super::query::ListQuery;
use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::Integration;
use crate::people::{Person, PersonId};
use crate::schools::CurrentSchool;
use crate::web::frame::RequestId;
use crate::web::{SignedIn, csv_safe, db};

pub const HEAD: [&str; 11] = [
    "SONIS ID",
    "Last name",
    "First name",
    "Middle name",
    "Member type",
    "Status",
    "Grade level",
    "Grad year",
    "Division",
    "Campus",
    "E-mail",
];

/// So many people are read at once.
const BATCH: usize = 500;

/// The same filter as a file, whole. No integration IDs are in it; who takes it is on record before it leaves.
pub async fn csv(
    app: web::Data<App>,
    request: RequestId,
    school: CurrentSchool,
    SignedIn(visitor): SignedIn,
    query: web::Query<ListQuery>,
) -> Result<HttpResponse, AppError> {
    let (query, sight, of) = (query.into_inner(), visitor.sight(), school.clone());
    // Who is in the file is settled first, a number for each person: nobody is in it twice or left out because
    // somebody is renamed while it is written.
    let (by, id) = (visitor.actor(), request.clone());
    let ids = db::blocking(&app, move |app| {
        let (search, live, ids) = app.db.read(|conn| {
            let live = Integration::live(conn, &of)?;
            let search = query.search(&live, &sight);
            let ids = search.everybody(conn, &of, &sight)?;
            Ok((search, live, ids))
        })?;
        app.exported(&of, &by, exported(&search, &live, ids.len()), id.as_str())?;
        Ok(ids)
    })
    .await?;
    let name = format!("people-{}.csv", school.code().to_lowercase());
    streamed(app, request, school, &name, &HEAD, ids, rows)
}

/// A file of people, read and written batch by batch, so that a large school takes no more memory.
pub fn streamed(
    app: web::Data<App>,
    request: RequestId,
    school: CurrentSchool,
    name: &str,
    head: &[&str],
    ids: Vec<PersonId>,
    rows: impl Fn(&mut Conn, &CurrentSchool, &[PersonId]) -> Result<Vec<u8>, AppError> + Clone + Send + 'static,
) -> Result<HttpResponse, AppError> {
    let batches = stream::try_unfold(ids.into_iter(), move |mut rest| {
        let (app, school, request, rows) = (app.clone(), school.clone(), request.clone(), rows.clone());
        async move {
            let ids: Vec<PersonId> = rest.by_ref().take(BATCH).collect();
            if ids.is_empty() {
                return Ok(None);
            }
            match db::read(&app, move |conn| rows(conn, &school, &ids)).await {
                Ok(bytes) => Ok(Some((web::Bytes::from(bytes), rest))),
                Err(e) => {
                    log::error!("{} a file broke off: {e:?}", request.as_str());
                    Err(e)
                }
            }
        }
    });
    csv_safe::streamed(name, head, batches)
}

/// These people, in this order.
fn rows(conn: &mut Conn, school: &CurrentSchool, ids: &[PersonId]) -> Result<Vec<u8>, AppError> {
    let mut out = csv_safe::Writer::of_rows();
    for person in Person::in_order(conn, school, ids)? {
        out.row(&cells(&person).each_ref().map(String::as_str))?;
    }
    out.finish()
}

/// One row of the file, under `HEAD`.
pub fn cells(p: &Person) -> [String; HEAD.len()] {
    let number = |n: Option<i32>| n.map(|n| n.to_string()).unwrap_or_default();
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    [
        p.sonis_id.clone(),
        p.bio.last_name.clone(),
        p.bio.first_name.clone(),
        text(&p.bio.middle_name),
        p.bio.member_type.word().to_owned(),
        p.bio.status.word().to_owned(),
        number(p.bio.grade_level),
        number(p.bio.grad_year),
        text(&p.bio.division),
        text(&p.bio.campus),
        text(&p.bio.email),
    ]
}
