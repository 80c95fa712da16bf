//! The pages of the desk: the list, the same as a file, and an item with its form. They look at the data first, where they changed.
//! Leaves the rows to the files above.

pub mod act;
pub mod csv;
pub mod list;
pub mod show;

use actix_web::web;

use super::{is_fresh, look};
use crate::app::App;
use crate::error::AppError;
use crate::runs::RunId;
use crate::schools::CurrentSchool;
use crate::web::db;
use crate::web::work::{self, Told};

const LOOKING: &str = "desk";

/// Looks at the data if they have changed; false when what stands on the desk may be older, because the look takes long or
/// something large is being written.
pub(super) async fn looked(app: &web::Data<App>, school: &CurrentSchool) -> Result<bool, AppError> {
    let here = school.clone();
    if db::read(app, move |conn| is_fresh(conn, &here)).await? {
        return Ok(true);
    }
    if app.works.told(school.id(), LOOKING).is_some() {
        return Ok(false);
    }
    let (looking, school) = (app.clone(), school.clone());
    let done = work::begin(
        move || {
            let _seat = Looking::begin(&looking, &school);
            look(&looking.db, &school, looking.clock.now())
        },
        |late| {
            if let Err(e) = late {
                log::warn!("the desk could not look at the data: {e}");
            }
        },
    )
    .await?;
    match done {
        Some(Ok(())) => Ok(true),
        None | Some(Err(AppError::Busy)) => Ok(false),
        Some(Err(e)) => Err(e),
    }
}

/// That a look goes on, so that each page does not begin one of its own. Gone with the look, however that ends.
struct Looking<'a>(&'a App, &'a CurrentSchool);

impl<'a> Looking<'a> {
    fn begin(app: &'a App, school: &'a CurrentSchool) -> Looking<'a> {
        app.works.tell(school.id(), LOOKING, Told::Working { after: RunId(0) });
        Looking(app, school)
    }
}

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        self.0.works.forget(self.1.id(), LOOKING);
    }
}
