//! A problem of a run: a row that could not be taken or a thing that was kept, in words a clerk can act on.
//! Leaves finding the problems to the sources and planners.

use diesel::prelude::*;

use super::run::RunId;
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::run_problems;
use crate::schools::CurrentSchool;

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = run_problems)]
pub struct Problem {
    /// The row as a spreadsheet numbers it (the header is row 1); 0 where there is no file.
    pub source_row: i64,
    pub source_column: Option<String>,
    pub found: String,
    pub reason: String,
}

impl Problem {
    /// Something an undo left alone, because somebody changed it since.
    pub fn kept(sonis_id: &str, field: Option<&str>, who: &str) -> Problem {
        let what = field.map_or_else(|| "the person".to_owned(), |f| format!("the field {f}"));
        Problem {
            source_row: 0,
            source_column: field.map(str::to_owned),
            found: sonis_id.to_owned(),
            reason: format!("Kept {what}: changed since by {who}."),
        }
    }

    pub fn store(&self, conn: &mut Conn, school: &CurrentSchool, run: RunId) -> Result<(), AppError> {
        run_problems::insert()
            .values((
                run_problems::school_id.eq(school.id()),
                run_problems::run_id.eq(run),
                run_problems::source_row.eq(self.source_row),
                run_problems::source_column.eq(&self.source_column),
                run_problems::found.eq(&self.found),
                run_problems::reason.eq(&self.reason),
            ))
            .execute(conn)?;
        Ok(())
    }

    pub fn of_run(conn: &mut Conn, school: &CurrentSchool, run: RunId, limit: i64) -> Result<Vec<Problem>, AppError> {
        Ok(run_problems::of(school)
            .filter(run_problems::run_id.eq(run))
            .order(run_problems::id)
            .limit(limit)
            .select(Problem::as_select())
            .load(conn)?)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.source_row > 0 {
            write!(f, "Row {}", self.source_row)?;
            if let Some(column) = &self.source_column {
                write!(f, ", column {column}")?;
            }
            f.write_str(": ")?;
        }
        if !self.found.is_empty() {
            write!(f, "{:?} ", self.found)?;
        }
        f.write_str(&self.reason)
    }
}
