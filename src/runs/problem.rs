//! A problem of a run: a row that could not be taken or a thing that was kept, in words a clerk can act on.
//! Leaves finding the problems to the sources and planners.

use diesel::prelude::*;

use super::batch::{Refusal, Refused};
use super::run::RunId;
use crate::bulk_load;
use crate::db::Conn;
use crate::error::AppError;
use crate::people::{Person, PersonId};
use crate::schema::{changes, run_problems};
use crate::schools::{CurrentSchool, SchoolId};

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = run_problems)]
pub struct Problem {
    /// The row as a spreadsheet numbers it (the header is row 1); 0 where there is no file.
    pub source_row: i64,
    pub source_column: Option<String>,
    pub found: String,
    pub reason: String,
    /// Which file of the run.
    pub slot: Option<String>,
    pub cause: Option<Cause>,
    /// The row as it came, as a JSON list of its cells.
    pub cells: Option<String>,
}

crate::text_enum! {
    /// What kind of problem it is, for counting.
    Cause {
        Unreadable = "unreadable", "Cannot be read";
        Doubled = "doubled", "The same number twice";
        SharedEmail = "shared_email", "Shared e-mail";
        Twin = "twin", "One person, two records";
        LikelyMatch = "likely_match", "Likely match";
        HostIdTaken = "host_id_taken", "Host ID taken";
        WrongType = "wrong_type", "Another member type";
        NoStudent = "no_student", "No such student";
        NoParent = "no_parent", "No such parent";
        Absent = "absent", "No longer listed";
        Kept = "kept", "Kept as set by hand";
        Moved = "moved", "Changed since the plan";
        Twice = "twice", "Listed twice";
        Unknown = "unknown", "Unknown ID";
        Taken = "taken", "Taken by somebody else";
        Misfit = "misfit", "Cannot be an ID";
        NotListed = "not_listed", "Not on the match list";
        Unmatched = "unmatched", "Matches nobody in the extracts";
        NoPerson = "no_person", "Matches nobody at the school";
    }
}

#[derive(Insertable)]
#[diesel(table_name = run_problems, treat_none_as_default_value = false)]
struct ProblemRow {
    school_id: SchoolId,
    run_id: RunId,
    source_row: i64,
    source_column: Option<String>,
    found: String,
    reason: String,
    slot: Option<String>,
    cause: Option<Cause>,
    cells: Option<String>,
}

impl Problem {
    /// Of no file.
    pub fn new(cause: Cause, found: impl Into<String>, reason: impl Into<String>) -> Problem {
        Problem {
            source_row: 0,
            source_column: None,
            found: found.into(),
            reason: reason.into(),
            slot: None,
            cause: Some(cause),
            cells: None,
        }
    }

    /// Something an undo left alone, because somebody changed it since.
    pub fn kept(sonis_id: &str, field: Option<&str>, who: &str) -> Problem {
        let what = field.map_or_else(|| "the person".to_owned(), |f| format!("the field {f}"));
        Problem {
            source_column: field.map(str::to_owned),
            ..Problem::new(Cause::Kept, sonis_id, format!("Kept {what}: changed since by {who}."))
        }
    }

    /// A change of a stale plan that does not fit any more.
    pub(super) fn moved(
        conn: &mut Conn,
        school: &CurrentSchool,
        run: RunId,
        refused: &Refused,
    ) -> Result<Problem, AppError> {
        let row: Option<(Option<i64>, Option<PersonId>)> = changes::of(school)
            .filter(changes::run_id.eq(run))
            .filter(changes::id.eq(refused.change))
            .select((changes::source_row, changes::person_id))
            .get_result(conn)
            .optional()?;
        let (row, of_change) = row.unwrap_or((None, None));
        let (person, reason) = match &refused.refusal {
            Refusal::Moved { person } => {
                (*person, "has changed since the plan was made. Make the plan again, or leave this row out.")
            }
            Refusal::ValueTaken { holder } => (
                Some(*holder),
                "has been given the ID that this row wants. Make the plan again, or leave this row out.",
            ),
            Refusal::HasOne => (None, "has an ID of this integration now. Make the plan again, or leave this row out."),
        };
        let who = match person.or(of_change) {
            Some(id) => Person::by_id(conn, school, id).map(|p| format!("{} ({})", p.bio.full_name(), p.sonis_id))?,
            None => "Somebody".to_owned(),
        };
        Ok(Problem { source_row: row.unwrap_or(0), ..Problem::new(Cause::Moved, who, reason) })
    }

    /// The first row of a stale plan that does not fit any more.
    pub(super) fn first_moved(
        conn: &mut Conn,
        school: &CurrentSchool,
        run: RunId,
    ) -> Result<Option<Problem>, AppError> {
        Ok(run_problems::of(school)
            .filter(run_problems::run_id.eq(run))
            .filter(run_problems::cause.eq(Cause::Moved))
            .order(run_problems::id)
            .limit(1)
            .select(Problem::as_select())
            .get_result(conn)
            .optional()?)
    }

    /// What was said of an earlier try to apply the plan.
    pub(super) fn forget_moved(conn: &mut Conn, school: &CurrentSchool, run: RunId) -> Result<(), AppError> {
        diesel::delete(
            run_problems::of(school).filter(run_problems::run_id.eq(run)).filter(run_problems::cause.eq(Cause::Moved)),
        )
        .execute(conn)?;
        Ok(())
    }

    pub(super) fn store(self, conn: &mut Conn, school: &CurrentSchool, run: RunId) -> Result<(), AppError> {
        Problem::store_all(conn, school, run, vec![self])
    }

    pub(super) fn store_all(
        conn: &mut Conn,
        school: &CurrentSchool,
        run: RunId,
        problems: Vec<Problem>,
    ) -> Result<(), AppError> {
        let rows = problems
            .into_iter()
            .map(|p| ProblemRow {
                school_id: school.id(),
                run_id: run,
                source_row: p.source_row,
                source_column: p.source_column,
                found: p.found,
                reason: p.reason,
                slot: p.slot,
                cause: p.cause,
                cells: p.cells,
            })
            .collect();
        Ok(bulk_load!(conn, run_problems, ProblemRow, rows)?)
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
