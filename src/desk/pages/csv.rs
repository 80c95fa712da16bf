//! `/desk.csv`: the items of the same filter as a file. No IDs are in it, whoever asks: files leave the school.
//! Leaves the list to `desk::pages::list`.

use actix_web::{HttpResponse, web};

use super::list::Asked;
use super::looked;
use crate::app::App;
use crate::desk::{Item, list, tell};
use crate::error::AppError;
use crate::schools::CurrentSchool;
use crate::security::Sight;
use crate::security::tasks::WorkTheDesk;
use crate::web::frame::RequestId;
use crate::web::{Requires, csv_safe, db, when};

const HEAD: [&str; 12] = [
    "Item",
    "Kind",
    "About",
    "SONIS ID",
    "Other SONIS ID",
    "What is wrong",
    "Owner",
    "State",
    "Reason",
    "Since",
    "Closed",
    "What to do",
];

/// So many items are read at a time.
const PORTION: i64 = 1000;

pub async fn csv(
    app: web::Data<App>,
    request: RequestId,
    school: CurrentSchool,
    actor: Requires<WorkTheDesk>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, AppError> {
    looked(&app, &school).await?;
    let (filter, sight, by) = (asked.filter(), actor.sight(), actor.actor());
    let name = format!("desk-{}.csv", school.code().to_lowercase());
    let body = db::blocking(&app, move |app| {
        let mut out = csv_safe::Writer::new(&HEAD)?;
        let zone = school.time_zone();
        let mut count = 0;
        loop {
            let items: Vec<Item> = app.db.read(|conn| list(conn, &school, &sight, &filter, (count, PORTION)))?;
            let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
            for told in app.db.read(|conn| tell(conn, &school, &Sight::none(), items))? {
                let sonis =
                    |p: &Option<crate::people::Person>| p.as_ref().map(|p| p.sonis_id.clone()).unwrap_or_default();
                let item = &told.item;
                out.row(&[
                    &item.id.to_string(),
                    item.kind.word(),
                    &told.subject(),
                    &sonis(&told.person),
                    &sonis(&told.other_person),
                    &told.summary(),
                    item.owner.word(),
                    item.state.word(),
                    item.reason.as_deref().unwrap_or_default(),
                    &when::time(&item.opened_at, zone),
                    &item.closed_at.map(|at| when::time(&at, zone)).unwrap_or_default(),
                    item.kind.remedy(),
                ])?;
            }
            count += length;
            if length < PORTION {
                break;
            }
        }
        app.exported(&school, &by, format!("The desk: {count} rows"), request.as_str())?;
        out.finish()
    })
    .await?;
    Ok(csv_safe::answer(&name, body))
}
