//! The answer to HEAD: that of GET, with its length and without its body.
//! Leaves which routes answer it to `routes`.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::web::Bytes;

/// A body that says how long it would be. It is not drawn at all: a file that is written as it is read costs nothing.
struct Unsent(BodySize);

impl MessageBody for Unsent {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.0
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}

pub fn without_body(answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    answer.map_body(|_, body| BoxBody::new(Unsent(body.size())))
}
