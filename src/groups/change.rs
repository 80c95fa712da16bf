//! Renaming a group, hiding it and showing it again: a setting of the school, written with its audit.
//! Leaves who may to the handlers, and what the next sync makes of it to `groups::store`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::group::{Group, name_key};
use super::store::hold;
use crate::audit::{self, Action, Entry};
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::groups;
use crate::schools::CurrentSchool;
use crate::security::{Actor, name_fault};

/// What fits a line of the directory.
pub const LONGEST_NAME: usize = 60;

/// Who changes it, and by which request.
pub struct Manager<'a> {
    pub actor: &'a Actor,
    pub request: &'a str,
    pub now: NaiveDateTime,
}

/// What is to become of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Name(GroupName),
    Hidden,
    Shown,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    #[error("There is a group {0} in this category already. Choose another name")]
    Taken(String),
    #[error(
        "Somebody else, or a sync, changed this group meanwhile. What stands on this page is how it is now: look at it, then send again"
    )]
    Meanwhile,
}

/// The name of a group, as it was typed and found fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupName(String);

impl GroupName {
    pub fn parse(typed: &str) -> Result<GroupName, String> {
        let name = typed.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return Err("Type a name for the group, for example Grade 3".into());
        }
        if let Some(fault) = name_fault(&name) {
            return Err(fault.into());
        }
        let length = name.chars().count();
        if length > LONGEST_NAME {
            return Err(format!("A name of a group has at most {LONGEST_NAME} letters, this one has {length}"));
        }
        Ok(GroupName(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Changes a group as the visitor saw it; false when it is so already.
pub fn change(
    conn: &mut Conn,
    school: &CurrentSchool,
    seen: &Group,
    wanted: &Wanted,
    by: &Manager<'_>,
) -> Result<Result<bool, ChangeError>, AppError> {
    let all = hold(conn, school)?;
    let held = all.iter().find(|h| h.id == seen.id).ok_or(AppError::NotFound)?;
    let is_so = match wanted {
        Wanted::Name(name) => held.name == name.0,
        Wanted::Hidden => held.hidden_at.is_some(),
        Wanted::Shown => held.hidden_at.is_none(),
    };
    if is_so {
        return Ok(Ok(false));
    }
    if held.lock_version != seen.lock_version {
        return Ok(Err(ChangeError::Meanwhile));
    }
    let name = match wanted {
        Wanted::Name(name) => {
            let key = name_key(&name.0);
            let is_taken =
                all.iter().any(|h| h.id != held.id && h.category == held.category && name_key(&h.name) == key);
            if is_taken {
                return Ok(Err(ChangeError::Taken(name.0.clone())));
            }
            name.0.as_str()
        }
        Wanted::Hidden | Wanted::Shown => held.name.as_str(),
    };
    let hidden_at = match wanted {
        Wanted::Name(_) => held.hidden_at,
        Wanted::Hidden => Some(by.now),
        Wanted::Shown => None,
    };
    diesel::update(groups::of(school).filter(groups::id.eq(held.id)))
        .set((
            groups::name.eq(name),
            groups::name_key.eq(name_key(name)),
            groups::hidden_at.eq(hidden_at),
            groups::lock_version.eq(held.lock_version + 1),
        ))
        .execute(conn)?;
    let told = match wanted {
        Wanted::Name(name) => format!("renamed to {}", name.0),
        Wanted::Hidden => "hidden".into(),
        Wanted::Shown => "shown again".into(),
    };
    audit::record(
        conn,
        &Entry {
            at: by.now,
            school: Some(school.id()),
            actor: by.actor.clone(),
            action: Action::GroupChanged,
            subject: format!("{} in {}: {told}", held.name, held.category),
            person: None,
            request: Some(by.request.to_owned()),
        },
    )?;
    Ok(Ok(true))
}

/// Why a group is not deleted; None where nothing but its people stands against it.
pub fn why_kept(group: &Group) -> Option<String> {
    group.placeholder.map(|_| {
        format!(
            "{} is not deleted. It is a placeholder group: each roster sync puts people into it, and would make it again. Until the next sync it can be hidden",
            group.name
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_that_everybody_can_read() {
        let parse = |typed: &str| GroupName::parse(typed).map(|n| n.0);
        assert_eq!(parse("  Third   form ").as_deref(), Ok("Third form"));
        assert!(parse(&"ä".repeat(60)).is_ok());
        for bad in ["", "   ", "a\u{0}b", "a\nb", "a\u{202e}b", &"ä".repeat(61)] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
