//! A posted form, kept while it is handled: a page that could not do its work gives back what was typed.
//! Leaves which errors do so to `web::error_page`. Pages are not stored by browsers, so going back would lose it.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};
use futures_util::stream;

use super::form::LONGEST;
use crate::error::AppError;

/// Where a form was going, and its fields in their order.
#[derive(Debug, Clone)]
pub struct KeptForm {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

impl KeptForm {
    pub fn of(request: &HttpRequest) -> Option<KeptForm> {
        request.extensions().get::<KeptForm>().cloned()
    }
}

/// Passwords are never given back, and where nothing is typed there is nothing to give back.
const NOT_KEPT: [&str; 6] =
    ["/sign-in", "/account/password", "/sign-out", "/school", "/settings/theme", "/notice/dismiss"];

pub async fn keep(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let is_form = request.method() == Method::POST && content_type.starts_with("application/x-www-form-urlencoded");
    if is_form && !NOT_KEPT.contains(&request.path()) {
        let bytes = match request.extract::<web::Bytes>().await {
            Ok(bytes) if bytes.len() <= LONGEST => bytes,
            _ => {
                let too_large = AppError::TooLarge(format!("A form holds at most {} KB.", LONGEST / 1024));
                return Ok(request.error_response(too_large));
            }
        };
        let mut fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes).unwrap_or_default();
        fields.retain(|(name, _)| name != "password");
        let action = request.uri().path().to_owned();
        request.extensions_mut().insert(KeptForm { action, fields });
        request.set_payload(Payload::Stream { payload: Box::pin(stream::once(async move { Ok(bytes) })) });
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}
