//! What the form of an item does: whose it is now, whether it waits or is left as it is.
//! Leaves the rules to `desk::change`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::show::{ItemPage, Typed, read_id};
use crate::app::App;
use crate::desk::{By, ChangeError, Owner, State, Wanted, change};
use crate::error::AppError;
use crate::schools::CurrentSchool;
use crate::security::tasks::WorkTheDesk;
use crate::web::frame::RequestId;
use crate::web::{Chrome, Requires, SchoolForm, Seat, Wrongs, db, html_as};

fn read(typed: &Typed) -> Result<Wanted, Wrongs> {
    let mut wrongs = Wrongs::default();
    let owner = Owner::parse(&typed.owner);
    if owner.is_none() {
        wrongs.add("owner", "Choose whose it is");
    }
    let state = State::parse(&typed.state);
    if state.is_none() {
        wrongs.add("state-open", "Choose a state");
    }
    let (Some(owner), Some(state)) = (owner, state) else { return Err(wrongs) };
    Wanted::read(owner, state, &typed.reason).map_err(|fault| Wrongs::one("reason", fault))
}

#[allow(clippy::too_many_arguments)]
pub async fn save(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<WorkTheDesk>,
    request_id: RequestId,
    id: web::Path<String>,
    SchoolForm(typed): SchoolForm<Typed>,
) -> Result<HttpResponse, AppError> {
    let id = read_id(&id)?;
    let (status, wrongs) = match read(&typed) {
        Err(wrongs) => (StatusCode::UNPROCESSABLE_ENTITY, wrongs),
        Ok(wanted) => {
            let (here, by, sight, now) = (school.clone(), actor.actor(), actor.sight(), app.clock.now());
            let (asked, seen, noted) = (wanted.clone(), typed.version, request_id.clone());
            let done = db::write(&app, move |conn| {
                let by = By { actor: &by, request: Some(noted.as_str()), now };
                change(conn, &here, &sight, (id, seen), &asked, &by)
            })
            .await?;
            match done {
                Ok(is_changed) => {
                    let text = if is_changed {
                        format!("Saved: {}, {}.", wanted.owner, wanted.state)
                    } else {
                        "Nothing was changed: it is so already.".into()
                    };
                    return Seat::of(&request).lead(&format!("/desk/{id}"), text);
                }
                Err(e @ (ChangeError::Meanwhile(_) | ChangeError::Closed)) => {
                    (StatusCode::CONFLICT, Wrongs::one("owner", e.to_string()))
                }
            }
        }
    };
    let mut page = ItemPage::read(&app, chrome, school, &actor.visitor, id, request_id).await?;
    // What was typed stays; what was seen is now how it is.
    page.typed = Typed { version: page.typed.version, ..typed };
    page.wrongs = wrongs;
    html_as(status, &page)
}
