//! The schools of a user, and which of them is the current one: the home school, and each where a Task may be used now.
//! Leaves keeping the choice to `web::session`, and making it to `security::switching`.

use diesel::prelude::*;

use super::grant::Held;
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::schools;
use crate::schools::SchoolId;

#[derive(Debug, Clone, Queryable)]
pub(super) struct School {
    pub id: SchoolId,
    pub code: String,
    pub name: String,
    pub time_zone: String,
}

/// A school to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub id: SchoolId,
    pub code: String,
    pub name: String,
    /// Where the user begins.
    pub is_home: bool,
}

/// Where a user sits now, and where they could.
pub(super) struct Seats {
    pub school: Option<School>,
    pub schools: Vec<Choice>,
}

impl Seats {
    /// Grants tell which schools there are, so a user of one school costs no look-up. Who has several costs one.
    pub fn of(
        conn: &mut Conn,
        home: Option<School>,
        held: &[Held],
        chosen: Option<SchoolId>,
    ) -> Result<Seats, AppError> {
        let home_id = home.as_ref().map(|s| s.id);
        let mut ids: Vec<SchoolId> = held.iter().filter_map(|h| h.school).filter(|id| Some(*id) != home_id).collect();
        if ids.is_empty() {
            return Ok(Seats { school: home, schools: Vec::new() });
        }
        ids.sort_unstable();
        ids.dedup();
        let mut all: Vec<School> = schools::table
            .filter(schools::id.eq_any(ids))
            .select((schools::id, schools::code, schools::name, schools::time_zone))
            .load(conn)?;
        all.extend(home.clone());
        all.sort_by(|a, b| (&a.name, &a.code).cmp(&(&b.name, &b.code)));
        let choice = |s: &School| Choice {
            id: s.id,
            code: s.code.clone(),
            name: s.name.clone(),
            is_home: Some(s.id) == home_id,
        };
        let choices = all.iter().map(choice).collect();
        // A grant that ended has taken its school along: the choice is of no account then.
        let school = all.into_iter().find(|s| Some(s.id) == chosen).or(home);
        Ok(Seats { school, schools: choices })
    }
}
