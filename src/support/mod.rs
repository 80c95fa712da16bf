//! Support's pages: the catalogue of integrations, and the stage of each at each school.
//! Leaves the rules to `integrations`. Support belongs to no school: it opens one by its code, as a command does, and
//! only stages and counts are read there, never a person's record.

pub mod catalogue;
pub mod edit;
pub mod retire;
pub mod schools;
pub mod stage;

use crate::db::Conn;
use crate::error::AppError;
use crate::schools::CurrentSchool;

fn school(conn: &mut Conn, code: &str) -> Result<CurrentSchool, AppError> {
    // Nothing else can be a code, and a NUL would be a failure to PostgreSQL.
    if !code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
        return Err(AppError::NotFound);
    }
    CurrentSchool::by_code(conn, code)?.ok_or(AppError::NotFound)
}

/// "1 ID", "1,204 IDs"
fn ids_in_words(n: i64, of: &str) -> String {
    let ids = if n == 1 { "ID" } else { "IDs" };
    format!("{} {of} {ids}", crate::people::pages::list::thousands(n))
}
