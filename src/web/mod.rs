//! The web floor: session, guards, chrome, forms, errors, static files. It knows actix; domain files do not.
//! Leaves the pages to their rooms, and which pages there are to `routes`.

pub mod address;
pub mod assets;
pub mod chrome;
pub mod csrf;
pub mod csv_safe;
pub mod db;
pub mod error_page;
pub mod form;
pub mod frame;
pub mod guard;
mod head;
mod kept_form;
pub mod session;
pub mod when;
pub mod work;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use askama::Template;

use crate::error::AppError;

pub use chrome::Chrome;
pub use error_page::see_other;
pub use form::{SchoolForm, Wrongs};
pub use guard::{Arriving, Requires, SignedIn};
pub use kept_form::keep as keep_form;
pub use session::{Notice, Seat};

/// Draws a page.
pub fn html(page: &impl Template) -> Result<HttpResponse, AppError> {
    html_as(StatusCode::OK, page)
}

/// Draws a page that shows a form again with what is wrong: 422.
pub fn html_422(page: &impl Template) -> Result<HttpResponse, AppError> {
    html_as(StatusCode::UNPROCESSABLE_ENTITY, page)
}

pub fn html_as(status: StatusCode, page: &impl Template) -> Result<HttpResponse, AppError> {
    let body = page.render().map_err(|e| AppError::internal("drawing a page", &e))?;
    Ok(HttpResponse::build(status).insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8")).body(body))
}
