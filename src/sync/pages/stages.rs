//! Which integrations of the school a sync can be planned for, and how many of its people have an ID of each.
//! Leaves moving them between stages to `integrations`.

use chrono::NaiveDateTime;

use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{IntegrationId, Stage, at_school};
use crate::schools::CurrentSchool;

/// The integration that a roster sync is usually for.
const USUAL: &str = "vidigami";

/// An integration at Testing, Ready or Live.
pub struct Usable {
    pub id: IntegrationId,
    pub code: String,
    pub name: String,
    pub stage: Stage,
    pub moved_by: String,
    pub moved_at: NaiveDateTime,
    /// IDs on record.
    pub ids: i64,
}

impl Usable {
    pub fn is_live(&self) -> bool {
        self.stage == Stage::Live
    }
}

/// The integrations that a sync can be planned for, the usual one first.
pub fn usable(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<Usable>, AppError> {
    let mut all: Vec<Usable> = at_school(conn, school)?
        .into_iter()
        .filter(|i| i.entry.retired_at.is_none())
        .filter_map(|i| {
            let held = i.held?;
            matches!(held.stage, Stage::Testing | Stage::Ready | Stage::Live).then_some(Usable {
                id: i.entry.id,
                code: i.entry.code,
                name: i.entry.name,
                stage: held.stage,
                moved_by: held.moved_by,
                moved_at: held.moved_at,
                ids: i.ids,
            })
        })
        .collect();
    all.sort_by_key(|i| i.code != USUAL);
    Ok(all)
}
