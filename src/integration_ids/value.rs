//! The value of an integration ID. It has no Display, no Serialize and no way to its text outside this room:
//! what prints is a `VisibleId`, made from a value and a proof.

use std::fmt;

use diesel::backend::Backend as DieselBackend;
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{IsNull, Output, ToSql};
use diesel::sql_types::Text;

use super::sql_types::IdText;
use crate::db::Backend;
use crate::integrations::{CaseRule, Fit, IntegrationId, ShapeError};
use crate::security::Sight;

/// A value as the third-party program shows it, leading zeros and all.
#[derive(Clone, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = IdText)]
pub struct IdValue(String);

/// A value under its integration's case rule: two values with one key are the same ID.
#[derive(Clone, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = IdText)]
pub struct IdKey(String);

/// The only form in which a page, a file or the API can print an integration ID.
#[derive(Clone, PartialEq, Eq)]
pub struct VisibleId(String);

impl IdValue {
    /// From what somebody typed or a file held, already trimmed and checked by `integrations::Shape`.
    pub fn new(text: impl Into<String>) -> IdValue {
        IdValue(text.into())
    }

    pub fn key(&self, rule: CaseRule) -> IdKey {
        IdKey(rule.key(&self.0))
    }

    /// A fingerprint that is the same for values which differ in letter case alone: for proving that IDs differ.
    pub(crate) fn folded(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.0.to_lowercase().hash(&mut hasher);
        hasher.finish()
    }

    /// Whether it has a shape: for counting, which shows no value.
    pub(super) fn fits(&self, fit: &Fit<'_>) -> bool {
        fit.check(&self.0).is_ok()
    }

    /// A fingerprint that is the same for values which look alike.
    pub(super) fn alike(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        super::alike::bare(&self.0).hash(&mut hasher);
        hasher.finish()
    }

    /// What is wrong with its shape; it tells of the value, so only for who may see that.
    pub(super) fn misfit(&self, fit: &Fit<'_>) -> Option<ShapeError> {
        fit.check(&self.0).err()
    }

    /// Prints the value to somebody who may see IDs of this integration; to others there is nothing to print.
    pub fn reveal(&self, sight: &Sight, integration: IntegrationId) -> Option<VisibleId> {
        sight.covers(integration).then(|| VisibleId(self.0.clone()))
    }
}

impl IdKey {
    /// The key of a text somebody looks for.
    pub fn of(text: &str, rule: CaseRule) -> IdKey {
        IdKey(rule.key(text))
    }
}

impl fmt::Display for VisibleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// A value must not reach a log by way of `{:?}` either.
impl fmt::Debug for IdValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdValue(hidden)")
    }
}
impl fmt::Debug for IdKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdKey(hidden)")
    }
}

macro_rules! id_text_column {
    ($name:ident) => {
        impl<DB: DieselBackend> FromSql<IdText, DB> for $name
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                Ok($name(String::from_sql(bytes)?))
            }
        }
        impl ToSql<IdText, Backend> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Backend>) -> diesel::serialize::Result {
                out.set_value((IdText, self));
                Ok(IsNull::No)
            }
        }
        impl ToSql<IdText, diesel::sqlite::Sqlite> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> diesel::serialize::Result {
                <str as ToSql<Text, diesel::sqlite::Sqlite>>::to_sql(&self.0, out)
            }
        }
        impl ToSql<IdText, diesel::pg::Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {
                <str as ToSql<Text, diesel::pg::Pg>>::to_sql(&self.0, out)
            }
        }
    };
}
id_text_column!(IdValue);
id_text_column!(IdKey);
