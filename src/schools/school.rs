//! A school, and `CurrentSchool`: the scope that every query of the school's rows takes.
//! Leaves who may enter a school to `security`.

use std::sync::Arc;

use chrono_tz::Tz;
use diesel::prelude::*;

use super::limits::{Limits, Part, Whole, Within};
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::schools;

crate::id_type! {
    /// A school's row.
    SchoolId
}

/// The one school that a request or a command works on. It cannot be made from a number: only from a visitor's session
/// (`security::Visitor`) or, on the command line, from a school's code. Every query takes it.
#[derive(Debug, Clone)]
pub struct CurrentSchool {
    id: SchoolId,
    code: String,
    name: String,
    time_zone: Tz,
    limits: Arc<Limits>,
}

#[derive(Queryable)]
struct Row {
    id: SchoolId,
    code: String,
    name: String,
    time_zone: String,
}

impl CurrentSchool {
    pub fn id(&self) -> SchoolId {
        self.id
    }
    pub fn code(&self) -> &str {
        &self.code
    }
    pub fn name(&self) -> &str {
        &self.name
    }
    pub fn time_zone(&self) -> Tz {
        self.time_zone
    }

    /// The part of the school's people that is seen. Queries take it from `people::of`; nobody has to remember it.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
    /// For a query that reaches people by a join instead of by `people::of`.
    pub fn within(&self) -> Within {
        Within(self.limits.clone())
    }

    /// For `in_part!`: the whole school, or what is within its limits.
    pub fn part(&self) -> Part {
        if self.limits.is_none() { Part::Whole(Whole(())) } else { Part::Within(self.within()) }
    }

    /// The school that an operator names on the command line.
    pub fn by_code(conn: &mut Conn, code: &str) -> Result<Option<CurrentSchool>, AppError> {
        let row: Option<Row> = schools::table
            .filter(schools::code.eq(code.trim().to_uppercase()))
            .select((schools::id, schools::code, schools::name, schools::time_zone))
            .first(conn)
            .optional()?;
        Ok(row.map(CurrentSchool::from))
    }

    /// Every school, for the operator's check of the whole database.
    pub fn every(conn: &mut Conn) -> Result<Vec<CurrentSchool>, AppError> {
        let rows: Vec<Row> = schools::table
            .order(schools::code)
            .select((schools::id, schools::code, schools::name, schools::time_zone))
            .load(conn)?;
        Ok(rows.into_iter().map(CurrentSchool::from).collect())
    }

    /// The school of a session that has been checked.
    pub(crate) fn of_session(id: SchoolId, code: String, name: String, time_zone: &str) -> CurrentSchool {
        let time_zone = time_zone.parse().unwrap_or(Tz::UTC);
        CurrentSchool { id, code, name, time_zone, limits: Arc::default() }
    }

    /// The same school, as far as somebody may see it.
    pub(crate) fn limited(mut self, limits: Limits) -> CurrentSchool {
        self.limits = Arc::new(limits);
        self
    }
}

impl From<Row> for CurrentSchool {
    fn from(row: Row) -> CurrentSchool {
        CurrentSchool::of_session(row.id, row.code, row.name, &row.time_zone)
    }
}
