//! The one hop of a request off the async threads: everything a page needs, in one closure.
//! Leaves the queries to the rooms.

use actix_web::web;

use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;

/// Runs `f` where waiting for a database is allowed.
pub async fn blocking<T: Send + 'static>(
    app: &web::Data<App>,
    f: impl FnOnce(&App) -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let app = app.clone();
    web::block(move || f(&app)).await.map_err(|e| AppError::internal("a request", &e))?
}

pub async fn read<T: Send + 'static>(
    app: &web::Data<App>,
    f: impl FnOnce(&mut Conn) -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    blocking(app, |app| app.db.read(f)).await
}

pub async fn write<T: Send + 'static>(
    app: &web::Data<App>,
    f: impl FnOnce(&mut Conn) -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    blocking(app, |app| app.db.write(f)).await
}
