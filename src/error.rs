//! What can go wrong on the way to an answer, and which status and words a visitor gets for it.
//! Leaves drawing the page to `web::error_page`, and problems of a form or a file to their own types.
//!
//! Which error goes where:
//! - another school's record, a record outside the visitor's limits, a missing record: `NotFound`, all the same page;
//! - the visitor lacks a Task: `Unauthorized`, which names it;
//! - somebody else was quicker: `Conflict`, with what to do;
//! - the form is wrong: no error at all, but a 422 page drawn by its handler, with what was typed;
//! - a database or a disk failed: `Database` or `Internal`: logged in full, shown with a reference number only.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::security::TaskName;

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("not found")]
    NotFound,
    #[error("not signed in")]
    SignedOut,
    #[error("a temporary password must be changed first")]
    MustChangePassword,
    #[error("lacks the Task {task}")]
    Unauthorized { task: TaskName },
    #[error("the request came from another site")]
    ForeignRequest,
    #[error("the form belongs to the school {form}, the session to {current}")]
    OtherSchool { form: String, current: String },
    #[error("{0}")]
    Conflict(String),
    #[error("the request cannot be read: {0}")]
    BadRequest(String),
    #[error("{0}")]
    TooLarge(String),
    #[error("busy")]
    Busy,
    #[error("database: {0}")]
    Database(diesel::result::Error),
    #[error("{0}")]
    Internal(String),
}

impl AppError {
    /// Somebody else wrote the same unique value first.
    pub fn is_unique_violation(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error};
        matches!(self, AppError::Database(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
    }

    pub fn internal(what: &str, e: &dyn std::fmt::Display) -> AppError {
        AppError::Internal(format!("{what}: {e}"))
    }
}

impl From<diesel::result::Error> for AppError {
    fn from(e: diesel::result::Error) -> AppError {
        use diesel::result::{DatabaseErrorKind, Error};
        match &e {
            Error::NotFound => AppError::NotFound,
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => AppError::Busy,
            Error::DatabaseError(_, info)
                if ["database is locked", "lock timeout", "deadlock detected"]
                    .iter()
                    .any(|m| info.message().contains(m)) =>
            {
                AppError::Busy
            }
            // See `db::end_when_idle`: the machine gave the work no turn for so long that another node could take it over.
            Error::DatabaseError(_, info) if info.message().contains("idle-in-transaction timeout") => {
                AppError::Conflict(
                    "The database ended this work because nothing was heard of it for 15 seconds: the machine is too busy. \
                     Nothing was half done. Try again when less is going on."
                        .into(),
                )
            }
            _ => AppError::Database(e),
        }
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            AppError::NotFound => StatusCode::NOT_FOUND,
            AppError::SignedOut | AppError::MustChangePassword => StatusCode::SEE_OTHER,
            AppError::Unauthorized { .. } | AppError::ForeignRequest => StatusCode::FORBIDDEN,
            AppError::OtherSchool { .. } | AppError::Conflict(_) => StatusCode::CONFLICT,
            AppError::BadRequest(_) => StatusCode::BAD_REQUEST,
            AppError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            AppError::Busy => StatusCode::SERVICE_UNAVAILABLE,
            AppError::Database(_) | AppError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Only the status: `web::error_page` draws the page, which needs the request.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
