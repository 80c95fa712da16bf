//! The wall against forms of other sites: an unsafe request has to come from our own pages.
//! Leaves who the visitor is to the session.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::app::App;
use crate::error::AppError;

pub async fn wall(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let let_in = request.method().is_safe() || (is_ours(&request) && is_a_form(&request));
    if !let_in {
        return Ok(request.error_response(AppError::ForeignRequest));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Browsers say where a request comes from; a request that says nothing is no browser's and has no form of ours.
fn is_ours(request: &ServiceRequest) -> bool {
    let text = |name: HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    let public = request.app_data::<web::Data<App>>().and_then(|app| app.config.public_url.clone());
    match public {
        Some(url) => origin.eq_ignore_ascii_case(url.as_str()),
        None => {
            let host = text(header::HOST).unwrap_or_default();
            !host.is_empty() && origin.split_once("://").is_some_and(|(_, o)| o.eq_ignore_ascii_case(host))
        }
    }
}

/// A page of another site can send text/plain without asking; our forms never do.
fn is_a_form(request: &ServiceRequest) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") || kind.eq_ignore_ascii_case("multipart/form-data")
}
