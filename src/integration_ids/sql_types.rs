//! The SQL type of an integration ID's column: text to the database, but no String to the program.
//! Leaves the value itself to `integration_ids::value`.

use diesel::sql_types::{HasSqlType, SqlType};

use crate::db::Backend;

/// Text in both databases. Only `IdValue` and `IdKey` can be read from it or compared with it.
#[derive(Debug, Clone, Copy, Default, SqlType, diesel::query_builder::QueryId)]
#[diesel(sqlite_type(name = "Text"), postgres_type(oid = 25, array_oid = 1009))]
pub struct IdText;

impl HasSqlType<IdText> for Backend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        Backend::lookup_sql_type::<IdText>(lookup)
    }
}
