//! The page for every error: what happened and what to do, in words, with a reference number. No SQL, no panic text.
//! Leaves which error it is to `error`.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;

use super::chrome::Chrome;
use super::frame::RequestId;
use super::kept_form::KeptForm;
use super::session::Seat;
use crate::app::App;
use crate::audit;
use crate::error::AppError;
use crate::security::TaskName;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    chrome: Chrome,
    title: &'static str,
    what: String,
    to_do: String,
    reference: String,
    /// What was typed, to be sent again.
    kept: Option<KeptForm>,
}

/// Anything that no route answers.
pub async fn no_such_page() -> Result<HttpResponse, AppError> {
    Err(AppError::NotFound)
}

/// Draws the page of an error inside the session, which gives up what it holds when it ends: the page has the visitor's
/// own head, theme and keys. What fails outside, `web::frame` draws without them.
pub async fn draw_within(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let answer = next.call(request).await?.map_into_boxed_body();
    if answer.response().error().is_none() {
        return Ok(answer);
    }
    let id = RequestId::of(answer.request());
    Ok(draw(answer, &id))
}

/// Replaces the body of a failed answer.
pub fn draw(answer: ServiceResponse<BoxBody>, id: &RequestId) -> ServiceResponse<BoxBody> {
    let request = answer.request().clone();
    let mut foreign = None;
    let error = match answer.response().error().and_then(|e| e.as_error::<AppError>()) {
        Some(e) => e,
        // An error of the framework's: a body cut short, a header that cannot be read.
        None => {
            let (status, text) = match answer.response().error() {
                Some(e) => (e.as_response_error().status_code(), e.to_string()),
                None => return answer,
            };
            &*foreign.insert(if status.is_server_error() {
                AppError::Internal(text)
            } else if status == actix_web::http::StatusCode::PAYLOAD_TOO_LARGE {
                AppError::TooLarge("The form or file is larger than this page takes.".into())
            } else if status == actix_web::http::StatusCode::NOT_FOUND {
                AppError::NotFound
            } else {
                AppError::BadRequest(text)
            })
        }
    };
    let response = page(&request, error, id);
    answer.into_response(response)
}

fn page(request: &HttpRequest, error: &AppError, id: &RequestId) -> HttpResponse {
    let mut kept = KeptForm::of(request);
    match error {
        AppError::SignedOut if kept.is_none() => return to_sign_in(request),
        AppError::SignedOut | AppError::Busy | AppError::Database(_) | AppError::Internal(_) => {}
        // In the other cases sending the same again would end the same way.
        _ => kept = None,
    }
    match error {
        AppError::MustChangePassword => return see_other("/account/password"),
        AppError::Database(_) | AppError::Internal(_) => log::error!("{} {error}", id.as_str()),
        AppError::NotFound => not_there(request, id, "nothing there for this user"),
        AppError::OtherSchool { .. } => not_there(request, id, "a form of another school"),
        AppError::ForeignRequest => log::warn!("{} a request of another site was refused", id.as_str()),
        _ => {}
    }
    let (title, what, to_do) = words(error, &reader_of(request));
    let drawn =
        ErrorPage { chrome: Chrome::of(request), title, what, to_do, reference: id.as_str().to_owned(), kept }.render();
    // A signed-out visitor is sent to sign in, but a form that was on its way stays here.
    let status = if matches!(error, AppError::SignedOut) { StatusCode::UNAUTHORIZED } else { error.status_code() };
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .body(drawn.unwrap_or_else(|_| format!("Crosswalk cannot show this page. Reference {}", id.as_str())))
}

/// Somebody signed in asked for a record that is not there for them, perhaps another school's: that is on record, by the
/// kind of address alone. Whether the record is anywhere is not looked up.
fn not_there(request: &HttpRequest, id: &RequestId, why: &str) {
    let pattern = request.match_pattern().filter(|p| p.contains('{') && !p.starts_with("/static/"));
    let (Some(pattern), Some(visitor), Some(app)) =
        (pattern, Seat::of(request).visitor(), request.app_data::<web::Data<App>>())
    else {
        return;
    };
    audit::note_later(
        app.db.activity(),
        audit::Entry {
            at: app.clock.now(),
            school: visitor.school().map(|s| s.id()),
            actor: visitor.actor(),
            action: audit::Action::Refused,
            subject: format!("{} {pattern}: {why}", request.method()),
            person: None,
            request: Some(id.as_str().to_owned()),
        },
    );
}

/// What decides which way on is worth telling.
struct Reader {
    /// Only who is in a school can search for people.
    is_in_school: bool,
    is_support: bool,
}

fn reader_of(request: &HttpRequest) -> Reader {
    let visitor = Seat::of(request).visitor();
    Reader {
        is_in_school: visitor.as_ref().is_some_and(|v| v.school().is_some()),
        is_support: visitor.is_some_and(|v| v.is_support()),
    }
}

/// Who can give a Task that is lacking.
fn who_can_grant(task: TaskName, reader: &Reader) -> &'static str {
    match (task.is_of_support(), reader.is_support) {
        (false, _) => {
            "A security administrator of your school can grant it. It counts from your next click on, without signing in again."
        }
        (true, true) => {
            "It is one of Support’s Tasks: whoever runs Crosswalk can grant it. It counts from your next click on, without signing in again."
        }
        (true, false) => "It is one of Support’s Tasks: no school can grant it. Ask Support for what you need there.",
    }
}

fn words(error: &AppError, reader: &Reader) -> (&'static str, String, String) {
    let say = |title, what: &str, to_do: &str| (title, what.to_owned(), to_do.to_owned());
    match error {
        AppError::NotFound => say(
            "Not found",
            "There is nothing at this address that you can open.",
            if reader.is_in_school {
                "Check the address, or search for the person."
            } else {
                "Check the address, or go on from the start page."
            },
        ),
        AppError::Unauthorized { task } => {
            ("Unauthorized", format!("This page needs the Task {task}."), who_can_grant(*task, reader).into())
        }
        AppError::ForeignRequest => say(
            "Refused",
            "The request did not come from a page of Crosswalk, so nothing was done.",
            "Open the page in Crosswalk and send the form from there.",
        ),
        AppError::OtherSchool { form, current } => (
            "Another school",
            format!(
                "The form belongs to the school {form}, but you are working in {current} now, perhaps in another tab. Nothing was changed."
            ),
            "Switch back to that school, or open the page again.".into(),
        ),
        AppError::Conflict(text) => ("Somebody was quicker", text.clone(), "Nothing of this request was kept.".into()),
        AppError::BadRequest(_) => say(
            "Cannot be read",
            "The request lacks something that the page's form sends, so nothing was done.",
            "Go back, open the page again and send the form.",
        ),
        AppError::TooLarge(text) => ("Too large", text.clone(), "Nothing was kept. Send it in smaller parts.".into()),
        AppError::Busy => say(
            "Busy",
            "Another large change is being written just now, and yours waited five seconds for it. Nothing was changed.",
            "Send it again in a moment: what you typed is kept on this page.",
        ),
        AppError::SignedOut => say(
            "Signed out",
            "You were signed out, because nothing happened for a while or the session was ended. Nothing was changed, and what you typed is kept on this page.",
            "Sign in in another tab, come back here and send it again.",
        ),
        AppError::MustChangePassword | AppError::Database(_) | AppError::Internal(_) => say(
            "Something went wrong",
            "Crosswalk could not do this. Nothing was half done.",
            "Try again. If it happens again, tell whoever runs Crosswalk the reference below.",
        ),
    }
}

/// After signing in, people return to the page they wanted.
fn to_sign_in(request: &HttpRequest) -> HttpResponse {
    let wanted = request.uri().path_and_query().map(|p| p.as_str()).unwrap_or("/");
    if request.method().is_safe() && wanted != "/" {
        let query = serde_urlencoded::to_string([("then", wanted)]).unwrap_or_default();
        return see_other(&format!("/sign-in?{query}"));
    }
    see_other("/sign-in")
}

/// A redirect after a form: the browser asks for the page with GET.
pub fn see_other(address: &str) -> HttpResponse {
    let mut answer = HttpResponse::SeeOther();
    if let Ok(value) = HeaderValue::from_str(address) {
        answer.insert_header((header::LOCATION, value));
    }
    answer.finish()
}
