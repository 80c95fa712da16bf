//! Those who look at the data, one file each: what they find, and by what they know that nothing has changed since.
//! Leaves what becomes of a finding to `desk::look`.

mod blocked;
mod families;
mod ids;
mod twice;

use diesel::prelude::*;

use super::kind::Kind;
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids::RecordId;
use crate::integrations::IntegrationId;
use crate::people::PersonId;
use crate::runs::RunId;
use crate::schema::desk_items;
use crate::schools::{CurrentSchool, generation};

/// Something that is wrong. The same wrong has the same key each time it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub kind: Kind,
    pub key: String,
    pub about: About,
}

/// The rows that a finding is about. No value of an ID is among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = desk_items, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct About {
    #[diesel(column_name = person_id)]
    pub person: Option<PersonId>,
    #[diesel(column_name = other_person_id)]
    pub other_person: Option<PersonId>,
    #[diesel(column_name = integration_id)]
    pub integration: Option<IntegrationId>,
    #[diesel(column_name = record_id)]
    pub record: Option<RecordId>,
    #[diesel(column_name = other_record_id)]
    pub other_record: Option<RecordId>,
    #[diesel(column_name = run_id)]
    pub run: Option<RunId>,
    #[diesel(column_name = problem_id)]
    pub problem: Option<i64>,
}

crate::text_enum! {
    /// A way of looking.
    Finder {
        Blocked = "blocked", "Blocked rows";
        Twice = "twice", "People";
        Ids = "ids", "Integration IDs";
        Families = "families", "Families";
    }
}

impl Finder {
    pub fn kinds(self) -> &'static [Kind] {
        match self {
            Finder::Blocked => &blocked::KINDS,
            Finder::Twice => &[Kind::SamePerson],
            Finder::Ids => &[Kind::DoubleId, Kind::UnfitId],
            Finder::Families => &[Kind::Dangling],
        }
    }

    /// Equal marks say that looking again would find the same.
    pub fn mark(self, conn: &mut Conn, school: &CurrentSchool) -> Result<String, AppError> {
        match self {
            Finder::Blocked => blocked::mark(conn, school),
            Finder::Twice | Finder::Families => Ok(generation(conn, school)?.to_string()),
            Finder::Ids => ids::mark(conn, school),
        }
    }

    /// Looks at all of the school, whoever asks.
    pub fn find(self, conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<Finding>, AppError> {
        match self {
            Finder::Blocked => blocked::find(conn, school),
            Finder::Twice => twice::find(conn, school),
            Finder::Ids => ids::find(conn, school),
            Finder::Families => families::find(conn, school),
        }
    }
}
