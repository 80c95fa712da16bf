//! The installation: whether it is a demo, and the key that signs its cookies. One row, made with the database.
//! Leaves the schools in it to `schools`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::Conn;
use crate::error::AppError;
use crate::schema::instance;
use crate::security::random_token;

crate::text_enum! {
    Kind {
        Real = "real", "real";
        Demo = "demo", "demo";
    }
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = instance)]
pub struct Instance {
    pub kind: Kind,
    /// Shared by every node on the database; session keys are random and stored hashed all the same.
    pub cookie_key: String,
}

impl Instance {
    pub fn load(conn: &mut Conn) -> Result<Instance, AppError> {
        Ok(instance::table.find(1).select(Instance::as_select()).get_result(conn)?)
    }

    /// None in a database that nobody has begun to use.
    pub fn find(conn: &mut Conn) -> Result<Option<Instance>, AppError> {
        Ok(instance::table.find(1).select(Instance::as_select()).get_result(conn).optional()?)
    }

    /// The instance's row, made now where the database is new. Two nodes starting at once make one.
    pub fn begin(conn: &mut Conn, kind: Kind, now: NaiveDateTime) -> Result<Instance, AppError> {
        if let Some(held) = Instance::find(conn)? {
            return Ok(held);
        }
        diesel::insert_into(instance::table)
            .values((
                instance::id.eq(1),
                instance::kind.eq(kind),
                instance::cookie_key.eq(random_token()),
                instance::created_at.eq(now),
            ))
            .execute(conn)?;
        crate::integrations::begin_catalogue(conn)?;
        Instance::load(conn)
    }

    pub fn is_demo(&self) -> bool {
        self.kind == Kind::Demo
    }
}
