//! `/security/access.csv`: the access list as a file, on record as an export.
//! Leaves the rows to `holder`.

use actix_web::{HttpResponse, web};
use chrono::{NaiveDateTime, SecondsFormat};

use super::holder::{Holder, Holders};
use super::list::AccessQuery;
use crate::app::App;
use crate::error::AppError;
use crate::schools::CurrentSchool;
use crate::security::tasks;
use crate::web::frame::RequestId;
use crate::web::{Requires, csv_safe, db};

const HEAD: [&str; 10] =
    ["User ID", "Name", "Belongs to", "State", "Limits", "Task", "Integrations", "Granted by", "Since", "Until"];

pub async fn csv(
    app: web::Data<App>,
    id: RequestId,
    school: CurrentSchool,
    actor: Requires<tasks::AdministerSecurity>,
    query: web::Query<AccessQuery>,
) -> Result<HttpResponse, AppError> {
    let query = query.into_inner();
    let name = format!("access-{}.csv", school.code().to_lowercase());
    let by = actor.actor();
    let body = db::blocking(&app, move |app| {
        let now = app.clock.now();
        let holders = app.db.read(|conn| Holders::read(conn, &school, &query.integration, now))?;
        let mut out = csv_safe::Writer::new(&HEAD)?;
        for holder in &holders.all {
            write(&mut out, holder, &holder.grant.scope(&holders.integrations), &school)?;
        }
        let filter = query.chosen(&holders).map_or_else(String::new, |i| format!(", of {}", i.name));
        let what = format!("Access to integration IDs{filter}: {} rows", holders.all.len());
        app.exported(&school, &by, what, id.as_str())?;
        out.finish()
    })
    .await?;
    Ok(csv_safe::answer(&name, body))
}

fn write(out: &mut csv_safe::Writer, h: &Holder, scope: &str, school: &CurrentSchool) -> Result<(), AppError> {
    let time = |at: &NaiveDateTime| {
        at.and_utc().with_timezone(&school.time_zone()).to_rfc3339_opts(SecondsFormat::Secs, false)
    };
    out.row(&[
        &h.user.user_id,
        &h.user.name,
        &h.home,
        if h.is_disabled() { "disabled" } else { "active" },
        &h.limits.in_words(),
        h.grant.task.word(),
        scope,
        &h.grant.granted_by,
        &time(&h.grant.granted_at),
        &h.grant.ends_at.as_ref().map_or_else(String::new, time),
    ])
}
