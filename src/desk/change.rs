//! What people do to an item: say whose it is, that it waits, that it is left as it is and why. With its history and the audit.
//! Leaves closing to `desk::look`: nobody closes an item but the data.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::item::{self, Item, ItemId, What};
use super::kind::{Owner, State};
use crate::audit::{self, Action};
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::{desk_items, desk_moves};
use crate::schools::CurrentSchool;
use crate::security::{Actor, Sight};

pub const LONGEST_REASON: usize = 500;

/// What an item is to be like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub owner: Owner,
    pub state: State,
    reason: Option<String>,
}

impl Wanted {
    /// From what was typed. Who leaves it as it is says why.
    pub fn read(owner: Owner, state: State, typed: &str) -> Result<Wanted, String> {
        let reason = typed.trim();
        let length = reason.chars().count();
        if length > LONGEST_REASON {
            return Err(format!("The reason has {length} letters; at most {LONGEST_REASON} are kept"));
        }
        if reason.contains('\0') {
            return Err(
                "The reason holds a character that cannot be kept. Type it by hand instead of pasting it".into()
            );
        }
        if reason.is_empty() && state == State::Left {
            return Err("Say why it is left as it is, for whoever meets it next".into());
        }
        Ok(Wanted { owner, state, reason: (!reason.is_empty()).then(|| reason.to_owned()) })
    }

    fn is_so(&self, item: &Item) -> bool {
        (self.owner, self.state, &self.reason) == (item.owner, item.state, &item.reason)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    #[error("{0} changed this item meanwhile. What stands on this page is how it is now: look at it, then send again")]
    Meanwhile(String),
    #[error("This item has closed by itself meanwhile: the data is right. There is nothing to change any more")]
    Closed,
}

/// Who changes it, and by which request.
pub struct By<'a> {
    pub actor: &'a Actor,
    pub request: Option<&'a str>,
    pub now: NaiveDateTime,
}

/// Changes an item as the visitor saw it; false when it is so already.
pub fn change(
    conn: &mut Conn,
    school: &CurrentSchool,
    sight: &Sight,
    (id, seen): (ItemId, i32),
    wanted: &Wanted,
    by: &By<'_>,
) -> Result<Result<bool, ChangeError>, AppError> {
    let held = item::one(conn, school, sight, id)?;
    if held.closed_at.is_some() {
        return Ok(Err(ChangeError::Closed));
    }
    if wanted.is_so(&held) {
        return Ok(Ok(false));
    }
    let meanwhile = |who: Option<String>| ChangeError::Meanwhile(who.unwrap_or_else(|| "A look at the data".into()));
    // On PostgreSQL two may come this far at once: the row decides.
    let changed =
        diesel::update(desk_items::of(school).filter(desk_items::id.eq(id)).filter(desk_items::lock_version.eq(seen)))
            .set((
                desk_items::owner.eq(wanted.owner),
                desk_items::state.eq(wanted.state),
                desk_items::reason.eq(&wanted.reason),
                desk_items::changed_by.eq(Some(by.actor.name())),
                desk_items::changed_at.eq(Some(by.now)),
                desk_items::lock_version.eq(seen.saturating_add(1)),
            ))
            .execute(conn)?;
    if changed == 0 {
        return Ok(Err(meanwhile(held.changed_by)));
    }
    desk_moves::insert()
        .values((
            desk_moves::school_id.eq(school.id()),
            desk_moves::item_id.eq(id),
            desk_moves::what.eq(What::Changed),
            desk_moves::owner.eq(wanted.owner),
            desk_moves::state.eq(wanted.state),
            desk_moves::reason.eq(&wanted.reason),
            desk_moves::moved_by.eq(Some(by.actor.name())),
            desk_moves::moved_at.eq(by.now),
        ))
        .execute(conn)?;
    // The reason is typed, and may hold anything: it stands in the item's history alone.
    let subject = format!("item {id}, {}: {}, {}", held.kind, wanted.owner, wanted.state);
    audit::record(
        conn,
        &audit::Entry {
            at: by.now,
            school: Some(school.id()),
            actor: by.actor.clone(),
            action: Action::DeskItemChanged,
            subject,
            person: held.about.person,
            request: by.request.map(str::to_owned),
        },
    )?;
    Ok(Ok(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_leaves_an_item_as_it_is_says_why() {
        assert!(Wanted::read(Owner::School, State::Left, "  ").is_err());
        assert!(Wanted::read(Owner::School, State::Left, "a\0b").is_err());
        assert!(Wanted::read(Owner::School, State::Open, &"x".repeat(LONGEST_REASON + 1)).is_err());
        let left = Wanted::read(Owner::School, State::Left, " Cousins. ").unwrap();
        assert_eq!(left.reason.as_deref(), Some("Cousins."));
        assert_eq!(Wanted::read(Owner::Vendor, State::Waiting, "").unwrap().reason, None);
    }
}
