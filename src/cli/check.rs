//! `crosswalk check`: looks for faults in the database and says each in a line.
//! Leaves mending them to people.

use clap::Args;
use diesel::prelude::*;

use super::{Desk, Done, Failure};
use crate::db::{Conn, check_search_index, integrity};
use crate::error::AppError;
use crate::schema::{counters, integration_ids, people, runs, school_integrations, schools};
use crate::schools::SchoolId;

#[derive(Args)]
pub struct Check {}

impl Check {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let db = desk.open()?;
        let mut found = db.read(|conn| Ok(integrity(conn)?))?;
        found.extend(db.activity().read(|conn| Ok(integrity(conn)?))?);
        found.extend(db.read(rules)?);
        if let Err(e) = db.write(|conn| Ok(check_search_index(conn)?)) {
            found.push(format!("the index of names does not agree with the names: {e}"));
        }
        if found.is_empty() {
            println!("No faults found in {}.", db.url());
            return Ok(Done::Well);
        }
        Err(Failure(found.join("\n")))
    }
}

/// Rules that the tables themselves cannot hold.
fn rules(conn: &mut Conn) -> Result<Vec<String>, AppError> {
    let mut found = Vec::new();
    let all: Vec<(SchoolId, String, String)> =
        schools::table.select((schools::id, schools::code, schools::letters)).load(conn)?;
    for (id, code, letters) in all {
        let last: Option<String> = people::table
            .filter(people::school_id.eq(id))
            .select(diesel::dsl::max(people::sonis_id))
            .get_result(conn)?;
        let next: Option<i64> =
            counters::table.find((id, "sonis_id")).select(counters::next_value).get_result(conn).optional()?;
        let used = last.as_deref().and_then(|l| l.strip_prefix(letters.as_str())).and_then(|n| n.parse::<i64>().ok());
        if used.is_some_and(|used| next.is_none_or(|next| next <= used)) {
            found.push(format!("{code}: the next SONIS ID would be one that is given already"));
        }
        let unplaced: i64 = integration_ids::table
            .left_join(
                school_integrations::table.on(school_integrations::school_id
                    .eq(integration_ids::school_id)
                    .and(school_integrations::integration_id.eq(integration_ids::integration_id))),
            )
            .filter(integration_ids::school_id.eq(id))
            .filter(school_integrations::stage.nullable().is_null())
            .count()
            .get_result(conn)?;
        if unplaced > 0 {
            found.push(format!("{code}: {unplaced} integration IDs are of an integration that the school never had"));
        }
        let applying: i64 =
            runs::table.filter(runs::school_id.eq(id)).filter(runs::state.eq("applying")).count().get_result(conn)?;
        if applying > 0 {
            found.push(format!("{code}: a run says that it is applying"));
        }
    }
    Ok(found)
}
