//! Limiting Access: the part of a school's people that somebody sees. It is in every query that begins with `people::of`.
//! Leaves who is limited, and to what, to `security`.

use std::sync::Arc;

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, NonAggregate, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text};

use crate::people::{Biographic, Field};

crate::text_enum! {
    /// What people can be limited by.
    LimitField {
        Campus = "campus", "Campus";
        Department = "department", "Department";
        Division = "division", "Division";
        Level = "level", "Level";
        MemberType = "member_type", "Member type";
    }
}

impl LimitField {
    fn column(self) -> &'static str {
        match self {
            LimitField::Campus => "people.campus",
            LimitField::Department => "people.department",
            LimitField::Division => "people.division",
            LimitField::Level => "people.level",
            LimitField::MemberType => "people.member_type",
        }
    }

    /// The field of a person that it looks at.
    pub fn of_person(self) -> Field {
        match self {
            LimitField::Campus => Field::Campus,
            LimitField::Department => Field::Department,
            LimitField::Division => Field::Division,
            LimitField::Level => Field::Level,
            LimitField::MemberType => Field::MemberType,
        }
    }
}

/// Only people whose field has one of the values, in every field that is limited. Nobody is meant by a field without values.
/// Who has nothing in a limited field is outside.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits(Vec<(String, Vec<String>)>);

impl Limits {
    pub fn none() -> Limits {
        Limits::default()
    }

    /// From (field, value) pairs, in any order.
    pub fn of(pairs: impl IntoIterator<Item = (LimitField, String)>) -> Limits {
        let mut all: Vec<(LimitField, String)> = pairs.into_iter().collect();
        all.sort();
        all.dedup();
        let mut limits: Vec<(String, Vec<String>)> = Vec::new();
        for (field, value) in all {
            match limits.last_mut().filter(|(f, _)| f == field.code()) {
                Some((_, values)) => values.push(value),
                None => limits.push((field.code().to_owned(), vec![value])),
            }
        }
        Limits(limits)
    }

    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    pub fn each(&self) -> impl Iterator<Item = (LimitField, &[String])> {
        self.0.iter().filter_map(|(f, values)| Some((LimitField::parse(f)?, values.as_slice())))
    }

    pub fn values(&self, field: LimitField) -> &[String] {
        self.0.iter().find(|(f, _)| f == field.code()).map_or(&[], |(_, values)| values)
    }

    /// Whether a person with this page is inside.
    pub fn allow(&self, bio: &Biographic) -> bool {
        self.each().all(|(field, values)| bio.get(field.of_person()).is_some_and(|v| values.contains(&v)))
    }

    /// Whether whoever is inside these is inside `outer` too, for certain.
    pub fn is_within(&self, outer: &Limits) -> bool {
        outer.each().all(|(field, allowed)| {
            let own = self.values(field);
            !own.is_empty() && own.iter().all(|v| allowed.contains(v))
        })
    }

    /// "Campus: Main Campus; Level: Middle, Upper", or that there are none.
    pub fn in_words(&self) -> String {
        let words: Vec<String> =
            self.each().map(|(field, values)| format!("{}: {}", field.word(), values.join(", "))).collect();
        if words.is_empty() { "no limits".into() } else { words.join("; ") }
    }
}

/// True for a row of `people` inside the limits. Without limits it is true for every row.
#[derive(Debug, Clone)]
pub struct Within(pub(super) Arc<Limits>);

impl Expression for Within {
    type SqlType = Bool;
}
// It names its columns with their table, so it can stand beside whatever that table is joined with.
impl<From> AppearsOnTable<From> for Within {}
impl<From> SelectableExpression<From> for Within {}
impl ValidGrouping<()> for Within {
    type IsAggregate = is_aggregate::No;
}
impl QueryId for Within {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB> QueryFragment<DB> for Within
where
    DB: Backend + HasSqlType<Text>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(1=1");
        for (field, values) in &self.0.0 {
            let Some(column) = LimitField::parse(field).map(LimitField::column) else { continue };
            out.push_sql(" AND ");
            out.push_sql(column);
            out.push_sql(" IN (");
            for (i, value) in values.iter().enumerate() {
                if i > 0 {
                    out.push_sql(", ");
                }
                out.push_bind_param::<Text, String>(value)?;
            }
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }
}

/// True for every row, of a school that is seen whole: only such a school gives one.
#[derive(Debug, Clone, Copy)]
pub struct Whole(pub(super) ());

impl Expression for Whole {
    type SqlType = Bool;
}
impl<From> AppearsOnTable<From> for Whole {}
impl<From> SelectableExpression<From> for Whole {}
impl ValidGrouping<()> for Whole {
    type IsAggregate = is_aggregate::No;
}
impl QueryId for Whole {
    type QueryId = Whole;
}

impl<DB: Backend> QueryFragment<DB> for Whole {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("1=1");
        Ok(())
    }
}

/// What somebody sees of a school, by its type: the text of a query of a whole school does not depend on values, so
/// that its statement is found ready by its type, which for limits it cannot be.
#[derive(Debug, Clone)]
pub enum Part {
    Whole(Whole),
    Within(Within),
}

/// `Whole` or `Within`.
pub trait SeenPart: Expression<SqlType = Bool> + AppearsOnTable<crate::schema::people::table> + NonAggregate {}
impl SeenPart for Whole {}
impl SeenPart for Within {}

/// Writes a query of people once, and compiles it for those who see the whole school and for those who see a part.
/// Worth it for what every page runs; anything else begins with `people::of`.
#[macro_export]
macro_rules! in_part {
    ($school:expr, |$part:ident| $query:expr) => {
        match $school.part() {
            $crate::schools::Part::Whole($part) => $query,
            $crate::schools::Part::Within($part) => $query,
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        let pairs = [(LimitField::Level, "Upper"), (LimitField::Campus, "Main Campus"), (LimitField::Level, "Middle")];
        Limits::of(pairs.map(|(f, v)| (f, v.to_owned())))
    }

    #[test]
    fn a_person_is_inside_only_when_every_limited_field_has_one_of_its_values() {
        let inside =
            Biographic { campus: Some("Main Campus".into()), level: Some("Upper".into()), ..Biographic::default() };
        assert!(limits().allow(&inside) && Limits::none().allow(&inside));
        for outside in [
            Biographic { level: Some("Lower".into()), ..inside.clone() },
            Biographic { campus: None, ..inside.clone() },
            Biographic { campus: Some("main campus".into()), ..inside },
        ] {
            assert!(!limits().allow(&outside) && Limits::none().allow(&outside));
        }
    }

    #[test]
    fn limits_are_told_in_words() {
        assert_eq!(limits().in_words(), "Campus: Main Campus; Level: Middle, Upper");
        assert_eq!(Limits::none().in_words(), "no limits");
    }
}
