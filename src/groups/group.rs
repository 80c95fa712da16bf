//! A group of the directory: its row, and how one is found.
//! Leaves who is in it to `groups::member`, changing it to `groups::change`, and what the sync does to `groups::store`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::category::Category;
use super::placeholder::Placeholder;
use crate::db::Conn;
use crate::error::AppError;
use crate::on_each;
use crate::people::PersonId;
use crate::schema::{groups, memberships};
use crate::schools::CurrentSchool;

crate::id_type! {
    /// A group's row; its number in addresses.
    GroupId
}

crate::text_enum! {
    /// Why somebody is in a group. What one put there, another does not take away.
    Why {
        Sync = "sync", "Roster sync";
        List = "list", "Group Membership list";
        Hand = "hand", "By hand";
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub id: GroupId,
    pub category: Category,
    pub name: String,
    /// None for a custom group, which no sync touches.
    pub placeholder: Option<Placeholder>,
    pub hidden_at: Option<NaiveDateTime>,
    /// Raised by every change: a form says which version it has seen.
    pub lock_version: i32,
}

type Row = (GroupId, Category, String, Option<String>, Option<NaiveDateTime>, i32);

const COLUMNS: (
    groups::id,
    groups::category,
    groups::name,
    groups::placeholder,
    groups::hidden_at,
    groups::lock_version,
) = (groups::id, groups::category, groups::name, groups::placeholder, groups::hidden_at, groups::lock_version);

fn of_row((id, category, name, placeholder, hidden_at, lock_version): Row) -> Result<Group, AppError> {
    let placeholder = placeholder.as_deref().map(read_key).transpose()?;
    Ok(Group { id, category, name, placeholder, hidden_at, lock_version })
}

pub(super) fn read_key(key: &str) -> Result<Placeholder, AppError> {
    Placeholder::parse(key).ok_or_else(|| AppError::Internal(format!("a group has the key {key:?}")))
}

/// Names are the same in upper and lower case, and however many blanks stand between their words.
pub(crate) fn name_key(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Group {
    /// Placeholders first, in their own order, then the school's own groups by name.
    fn place(&self) -> (Category, bool, Option<Placeholder>, String) {
        (self.category, self.placeholder.is_none(), self.placeholder, name_key(&self.name))
    }

    /// The groups of the school, as the directory shows them. Hidden ones are there for whoever manages groups.
    pub fn all(conn: &mut Conn, school: &CurrentSchool, sees_hidden: bool) -> Result<Vec<Group>, AppError> {
        let rows: Vec<Row> = groups::of(school).select(COLUMNS).load(conn)?;
        let mut all: Vec<Group> = rows.into_iter().map(of_row).collect::<Result<_, _>>()?;
        all.retain(|g| sees_hidden || g.hidden_at.is_none());
        all.sort_by_cached_key(Group::place);
        Ok(all)
    }

    pub fn one(conn: &mut Conn, school: &CurrentSchool, id: GroupId, sees_hidden: bool) -> Result<Group, AppError> {
        let row: Row = groups::of(school).filter(groups::id.eq(id)).select(COLUMNS).get_result(conn)?;
        let group = of_row(row)?;
        if group.hidden_at.is_some() && !sees_hidden { Err(AppError::NotFound) } else { Ok(group) }
    }

    /// The groups that a person is in, for whichever reasons.
    pub fn of_person(
        conn: &mut Conn,
        school: &CurrentSchool,
        person: PersonId,
        sees_hidden: bool,
    ) -> Result<Vec<Group>, AppError> {
        let rows: Vec<Row> = on_each!(conn, |c| memberships::of(school)
            .filter(memberships::person_id.eq(person))
            .inner_join(groups::beside(memberships::school_id, groups::id.eq(memberships::group_id)))
            .select(COLUMNS)
            .distinct()
            .load(c))?;
        let mut all: Vec<Group> = rows.into_iter().map(of_row).collect::<Result<_, _>>()?;
        all.retain(|g| sees_hidden || g.hidden_at.is_none());
        all.sort_by_cached_key(Group::place);
        Ok(all)
    }
}
