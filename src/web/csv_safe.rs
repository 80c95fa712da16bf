//! CSV that a spreadsheet can open without running anything: a cell that would begin a formula gets an apostrophe before it.
//! Leaves which rows to the rooms.

use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder, web};
use futures_util::{Stream, StreamExt, future, stream};

use crate::error::AppError;

pub struct Writer(csv::Writer<Vec<u8>>);

impl Writer {
    pub fn new(head: &[&str]) -> Result<Writer, AppError> {
        // A BOM, without which Excel reads UTF-8 as something else.
        let mut out = Writer::after("\u{feff}".as_bytes());
        out.0
            .write_record(head.iter().map(|c| safe(c).into_owned()))
            .map_err(|e| AppError::internal("writing CSV", &e))?;
        Ok(out)
    }

    /// A part of a file, without its head.
    pub fn of_rows() -> Writer {
        Writer::after(&[])
    }

    fn after(begun: &[u8]) -> Writer {
        Writer(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(begun.to_vec()))
    }

    pub fn row(&mut self, cells: &[&str]) -> Result<(), AppError> {
        self.0
            .write_record(cells.iter().map(|c| safe(c).into_owned()))
            .map_err(|e| AppError::internal("writing CSV", &e))
    }

    pub fn finish(self) -> Result<Vec<u8>, AppError> {
        self.0.into_inner().map_err(|e| AppError::internal("writing CSV", &e))
    }
}

fn safe(cell: &str) -> std::borrow::Cow<'_, str> {
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{cell}").into(),
        _ => cell.into(),
    }
}

/// A download.
pub fn answer(name: &str, body: Vec<u8>) -> HttpResponse {
    download(name).body(body)
}

/// A download that is written as it is read. A part that fails ends the connection without the end of the body, so that
/// a browser does not take the file for a whole one.
pub fn streamed(
    name: &str,
    head: &[&str],
    parts: impl Stream<Item = Result<web::Bytes, AppError>> + 'static,
) -> Result<HttpResponse, AppError> {
    let head = web::Bytes::from(Writer::new(head)?.finish()?);
    Ok(download(name).streaming(stream::once(future::ready(Ok(head))).chain(parts)))
}

fn download(name: &str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_would_run_is_made_safe_and_others_stay() {
        for (cell, shown) in
            [("=1+1", "'=1+1"), ("-2", "'-2"), ("@x", "'@x"), ("O’Connor", "O’Connor"), ("", ""), ("0049", "0049")]
        {
            assert_eq!(safe(cell), shown);
        }
    }
}
