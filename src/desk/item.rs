//! An item of the desk as it is stored, and the lists of those that a visitor may know of.
//! Leaves its words to `desk::told`, opening and closing to `desk::look`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::finders::About;
use super::kind::{Kind, Owner, State};
use crate::db::{Backend, Conn};
use crate::error::AppError;
use crate::schema::{desk_items, desk_moves, people};
use crate::schools::CurrentSchool;
use crate::security::Sight;

crate::id_type! {
    /// An item's row; its number on pages.
    ItemId
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = desk_items)]
pub struct Item {
    pub id: ItemId,
    pub kind: Kind,
    #[diesel(embed)]
    pub about: About,
    pub owner: Owner,
    pub state: State,
    pub reason: Option<String>,
    pub opened_at: NaiveDateTime,
    pub closed_at: Option<NaiveDateTime>,
    pub changed_by: Option<String>,
    pub changed_at: Option<NaiveDateTime>,
    /// Raised by every change: an editor says which version they have seen.
    pub lock_version: i32,
}

crate::text_enum! {
    /// What became of an item.
    What {
        Changed = "changed", "Changed";
        Closed = "closed", "Closed by itself: the data is right";
        CameBack = "came_back", "Came back: it is wrong again";
    }
}

/// A line of an item's history.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = desk_moves)]
pub struct Move {
    pub what: What,
    pub owner: Owner,
    pub state: State,
    pub reason: Option<String>,
    pub moved_by: Option<String>,
    pub moved_at: NaiveDateTime,
}

/// Which items are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    pub kind: Option<Kind>,
    pub owner: Option<Owner>,
    pub state: Option<State>,
    /// Those that have closed, instead of those that are there.
    pub closed: bool,
}

/// The school's items that somebody may know of: about IDs only those of integrations that `sight` covers, and nothing about
/// people outside the limits, whose blocked rows are not there for them either.
fn visible<'a>(school: &CurrentSchool, sight: &Sight) -> desk_items::Boxed<'a, Backend> {
    let mut query = desk_items::of(school).into_boxed::<Backend>();
    if let Some(covered) = sight.only() {
        let covered = desk_items::integration_id.eq_any(covered.to_vec());
        query = query.filter(desk_items::integration_id.is_null().or(covered));
    }
    if school.limits().is_none() {
        return query;
    }
    let seen = || people::of(school).select(people::id.nullable());
    query
        .filter(desk_items::person_id.eq_any(seen()))
        .filter(desk_items::other_person_id.is_null().or(desk_items::other_person_id.eq_any(seen())))
}

fn filtered<'a>(school: &CurrentSchool, sight: &Sight, filter: &Filter) -> desk_items::Boxed<'a, Backend> {
    let mut query = visible(school, sight);
    query = match filter.closed {
        true => query.filter(desk_items::closed_at.is_not_null()),
        false => query.filter(desk_items::closed_at.is_null()),
    };
    if let Some(kind) = filter.kind {
        query = query.filter(desk_items::kind.eq(kind));
    }
    if let Some(owner) = filter.owner {
        query = query.filter(desk_items::owner.eq(owner));
    }
    if let Some(state) = filter.state {
        query = query.filter(desk_items::state.eq(state));
    }
    query
}

/// One page of items, the oldest first.
pub fn list(
    conn: &mut Conn,
    school: &CurrentSchool,
    sight: &Sight,
    filter: &Filter,
    (offset, limit): (i64, i64),
) -> Result<Vec<Item>, AppError> {
    Ok(filtered(school, sight, filter)
        .order((desk_items::opened_at, desk_items::id))
        .offset(offset)
        .limit(limit)
        .select(Item::as_select())
        .load(conn)?)
}

/// How many there are of each kind, whatever kind is asked for.
pub fn counts(
    conn: &mut Conn,
    school: &CurrentSchool,
    sight: &Sight,
    filter: &Filter,
) -> Result<Vec<(Kind, i64)>, AppError> {
    let mut counts = Vec::new();
    for kind in Kind::ALL {
        let of_kind = Filter { kind: Some(*kind), ..*filter };
        counts.push((*kind, filtered(school, sight, &of_kind).count().get_result(conn)?));
    }
    Ok(counts)
}

/// An item that the visitor may know of; the same `NotFound` for one that is not there.
pub fn one(conn: &mut Conn, school: &CurrentSchool, sight: &Sight, id: ItemId) -> Result<Item, AppError> {
    Ok(visible(school, sight).filter(desk_items::id.eq(id)).select(Item::as_select()).get_result(conn)?)
}

/// What became of it, newest first.
pub fn moves(conn: &mut Conn, school: &CurrentSchool, id: ItemId) -> Result<Vec<Move>, AppError> {
    Ok(desk_moves::of(school)
        .filter(desk_moves::item_id.eq(id))
        .order(desk_moves::id.desc())
        .select(Move::as_select())
        .load(conn)?)
}
