//! The frame around every answer: a request id, one log line, the security headers, and a page for every error.
//! Leaves who may do what to `routes` and `web::guard`.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError, dev::Payload};
use std::future::{Ready, ready};

use super::session::with_seat;
use super::{error_page, head};
use crate::security::random_token;

/// What ties an answer, a log line and an audit entry together; the reference number of an error page.
#[derive(Debug, Clone)]
pub struct RequestId(String);

impl RequestId {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn of(request: &HttpRequest) -> RequestId {
        request.extensions().get::<RequestId>().cloned().unwrap_or_else(|| RequestId("none".into()))
    }
}

impl FromRequest for RequestId {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(RequestId::of(request)))
    }
}

pub async fn frame(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    with_seat(framed(request, next)).await
}

async fn framed(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = Instant::now();
    let id = RequestId(random_token()[..12].to_owned());
    request.extensions_mut().insert(id.clone());
    let method = request.method().clone();
    let mut answer = match next.call(request).await {
        Ok(answer) => answer.map_into_boxed_body(),
        // The session could not be read or kept: the request is gone, so the page is a bare one.
        Err(e) => {
            log::error!("{} {e:?}", id.as_str());
            return Err(Bare { id }.into());
        }
    };
    if answer.response().error().is_some() {
        answer = error_page::draw(answer, &id);
    }
    if method == Method::HEAD {
        answer = head::without_body(answer);
    }
    harden(answer.headers_mut());
    // The pattern, not the path: addresses hold SONIS IDs and searches hold names.
    let place = answer.request().match_pattern().unwrap_or_else(|| "-".into());
    log::info!(
        "{} {method} {place} {} {:.1}ms",
        id.as_str(),
        answer.status().as_u16(),
        begun.elapsed().as_secs_f64() * 1000.0
    );
    Ok(answer)
}

/// A failure around the handlers, which leaves nothing to draw a page with.
#[derive(Debug)]
struct Bare {
    id: RequestId,
}

impl std::fmt::Display for Bare {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a failure around the handlers")
    }
}

impl ResponseError for Bare {
    fn error_response(&self) -> HttpResponse {
        let body = format!(
            "<!doctype html><html lang=\"en\"><title>Something went wrong – Crosswalk</title><h1>Something went wrong</h1>\
             <p>Crosswalk could not do this. Nothing was half done. Try again in a moment.</p><p>Reference {}</p></html>",
            self.id.as_str()
        );
        let mut answer = HttpResponse::InternalServerError().content_type("text/html; charset=utf-8").body(body);
        harden(answer.headers_mut());
        answer
    }
}

const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                   form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

fn harden(headers: &mut HeaderMap) {
    let mut put = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    put(header::CONTENT_SECURITY_POLICY, CSP);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "same-origin");
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    // Whatever does not say that it may be kept holds somebody's record.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
