//! Forms: reading one with its school checked, and telling what is wrong with it.
//! Leaves what is right to the domain types.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;

use super::session::Seat;
use crate::error::AppError;

/// No form of ours is longer; uploads have a limit of their own.
pub const LONGEST: usize = 256 * 1024;

pub fn limits() -> web::FormConfig {
    web::FormConfig::default().limit(LONGEST)
}

/// A posted form that was drawn for the school the session is in. Two tabs in two schools end in a 409 that says so.
pub struct SchoolForm<T>(pub T);

#[derive(serde::Deserialize)]
struct OfSchool {
    school: String,
}

impl<T: DeserializeOwned + 'static> FromRequest for SchoolForm<T> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = web::Bytes::from_request(request, payload);
        let school = Seat::of(request).visitor().and_then(|v| v.school());
        Box::pin(async move {
            let body = body.await.map_err(|e| AppError::BadRequest(e.to_string()))?;
            if body.len() > LONGEST {
                return Err(AppError::TooLarge(format!("A form holds at most {} KB.", LONGEST / 1024)));
            }
            let current = school.ok_or(AppError::NotFound)?;
            let of: OfSchool = read(&body)?;
            if of.school != current.code() {
                return Err(AppError::OtherSchool { form: of.school, current: current.name().to_owned() });
            }
            Ok(SchoolForm(read(&body)?))
        })
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, AppError> {
    serde_urlencoded::from_bytes(body).map_err(|e| AppError::BadRequest(e.to_string()))
}

/// One thing wrong with a form: at which field (its id on the page) and what, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub field: Cow<'static, str>,
    pub message: String,
}

/// What is wrong with a form, in the order of its fields.
#[derive(Debug, Clone, Default)]
pub struct Wrongs(pub Vec<Wrong>);

impl Wrongs {
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, message: impl Into<String>) {
        self.0.push(Wrong { field: field.into(), message: message.into() });
    }

    pub fn one(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Wrongs {
        Wrongs(vec![Wrong { field: field.into(), message: message.into() }])
    }

    /// In the order of the page, where they were found in another; a field that is not named comes last.
    pub fn sort_as(&mut self, fields: &[&str]) {
        self.0.sort_by_key(|w| fields.iter().position(|f| *f == w.field).unwrap_or(fields.len()));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Wrong> {
        self.0.iter()
    }

    /// The message at a field, if there is one.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|w| w.field == field).map(|w| w.message.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_in_the_order_of_the_page() {
        let mut wrongs = Wrongs::default();
        for field in ["more", "email", "user_id", "email"] {
            wrongs.add(field, format!("{field} is wrong"));
        }
        wrongs.sort_as(&["user_id", "name", "email"]);
        let order: Vec<&str> = wrongs.iter().map(|w| w.field.as_ref()).collect();
        assert_eq!(order, ["user_id", "email", "email", "more"]);
    }
}
