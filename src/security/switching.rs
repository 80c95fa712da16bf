//! `POST /school`: a user of several schools chooses the current one, Support also none.
//! Leaves which schools are theirs to `security::seats`.

use actix_web::{HttpRequest, HttpResponse, web};

use super::Choice;
use crate::app::App;
use crate::audit::{self, Action, Entry};
use crate::error::AppError;
use crate::web::frame::RequestId;
use crate::web::{Seat, SignedIn, see_other};

#[derive(serde::Deserialize)]
pub struct Switch {
    /// A school's code; empty for the place where the user begins: at home, Support in no school.
    to: String,
}

/// No `SchoolForm`: the header of a page that was drawn in another school switches as well.
pub async fn switch(
    request: HttpRequest,
    app: web::Data<App>,
    id: RequestId,
    SignedIn(visitor): SignedIn,
    form: web::Form<Switch>,
) -> Result<HttpResponse, AppError> {
    let seat = Seat::of(&request);
    let before = visitor.school();
    let to: Option<&Choice> = match form.to.as_str() {
        "" => visitor.schools().iter().find(|s| s.is_home),
        code => Some(visitor.schools().iter().find(|s| s.code == code).ok_or(AppError::NotFound)?),
    };
    let is_same = to.map(|s| s.id) == before.as_ref().map(|s| s.id());
    // Who has one school only has nothing to choose, and stays in it.
    if visitor.schools().is_empty() || is_same {
        return Ok(see_other("/"));
    }
    seat.choose_school(to.filter(|s| !s.is_home).map(|s| s.id))?;
    seat.dismiss();
    let name = |name: Option<&str>| name.unwrap_or("no school").to_owned();
    audit::note_later(
        app.db.activity(),
        Entry {
            at: app.clock.now(),
            // Told where the user comes in; who leaves for no school is told where they were.
            school: to.map(|s| s.id).or(before.as_ref().map(|s| s.id())),
            actor: visitor.actor(),
            action: Action::SchoolSwitched,
            subject: format!("{}, from {}", name(to.map(|s| s.name.as_str())), name(before.as_ref().map(|s| s.name()))),
            person: None,
            request: Some(id.as_str().to_owned()),
        },
    );
    // What the old page showed may not be in the new school: the front door leads to a page that is.
    Ok(see_other("/"))
}
