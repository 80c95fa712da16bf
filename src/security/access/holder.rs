//! Who can see or change integration IDs at the current school, by which grant: the rows of the access list.
//! Leaves drawing them to `list` and `csv`.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::held::{COLUMNS, Grant};
use super::member::Homes;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{Integration, IntegrationId};
use crate::schema::{grants, user_limits, users};
use crate::schools::{CurrentSchool, LimitField, Limits};
use crate::security::grant::holding;
use crate::security::{GrantKind, Task, TaskName, User, UserId, tasks};

/// A user with one of the grants that let them see integration IDs.
pub struct Holder {
    pub user: User,
    pub grant: Grant,
    pub home: String,
    pub limits: Limits,
}

impl Holder {
    pub fn is_disabled(&self) -> bool {
        self.user.disabled_at.is_some()
    }
}

/// The access list, and what it can be narrowed to.
pub struct Holders {
    pub all: Vec<Holder>,
    /// The whole catalogue, for the names of what is granted.
    pub integrations: Vec<Integration>,
    /// The school's live integrations, and those that somebody holds a grant for.
    pub choices: Vec<Integration>,
}

impl Holders {
    /// All who hold such a grant now; with `only`, a grant that covers this integration.
    pub fn read(conn: &mut Conn, school: &CurrentSchool, only: &str, now: NaiveDateTime) -> Result<Holders, AppError> {
        let rows: Vec<(User, Grant)> = grants::table
            .inner_join(users::table.on(users::id.eq(grants::user_id)))
            .filter(grants::school_id.eq(school.id()))
            .filter(grants::kind.eq(GrantKind::Use))
            .filter(grants::task.eq_any(tasks::SeeIntegrationIds::ANY_OF.to_vec()))
            .filter(holding(now))
            .order((users::name, users::user_key, grants::task, grants::granted_at, grants::id))
            .select((User::as_select(), COLUMNS))
            .load(conn)?;
        let integrations = Integration::all(conn)?;
        let mut shown: BTreeSet<IntegrationId> = rows.iter().filter_map(|(_, g)| g.integration).collect();
        shown.extend(Integration::live(conn, school)?.iter().map(|i| i.id));
        let choices: Vec<Integration> = integrations.iter().filter(|i| shown.contains(&i.id)).cloned().collect();
        let only = choices.iter().find(|i| i.code == only).map(|i| i.id);
        let homes = Homes::of(conn, &rows.iter().map(|(u, _)| u).collect::<Vec<_>>())?;
        let limits = limits(conn, rows.iter().map(|(u, _)| u))?;
        let holder = |(user, grant): (User, Grant)| Holder {
            home: homes.of_user(&user),
            limits: limits.get(&user.id).cloned().unwrap_or_default(),
            user,
            grant,
        };
        let covers = |g: &Grant| g.integration.is_none() || only.is_none() || g.integration == only;
        let all = rows.into_iter().filter(|(_, g)| covers(g)).map(holder).collect();
        Ok(Holders { all, integrations, choices })
    }

    /// "5 users can see integration IDs, 3 of them can change them". Whoever is disabled can neither.
    pub fn in_words(&self, of: Option<&Integration>) -> String {
        let count = |task: Option<TaskName>| {
            let counted = self.all.iter().filter(|h| !h.is_disabled() && task.is_none_or(|t| h.grant.task == t));
            counted.map(|h| h.user.id).collect::<BTreeSet<UserId>>().len()
        };
        let disabled = self.all.iter().filter(|h| h.is_disabled()).map(|h| h.user.id).collect::<BTreeSet<_>>().len();
        let of = of.map_or_else(|| "integration IDs".to_owned(), |i| format!("integration IDs of {}", i.name));
        let (see, change) = (count(None), count(Some(TaskName::ModifyIntegrationIds)));
        let mut words = match (see, change) {
            (0, _) => format!("Nobody can see {of}"),
            (1, 0) => format!("1 user can see {of}, but not change them"),
            (1, _) => format!("1 user can see and change {of}"),
            (_, 0) => format!("{see} users can see {of}, none of them can change them"),
            _ => format!("{see} users can see {of}, {change} of them can change them"),
        };
        match disabled {
            0 => {}
            1 => words.push_str(". 1 disabled user is shown and not counted"),
            _ => words.push_str(&format!(". {disabled} disabled users are shown and not counted")),
        }
        words
    }
}

/// The limits of those users who have any, in one look-up.
fn limits<'a>(conn: &mut Conn, of: impl Iterator<Item = &'a User>) -> Result<HashMap<UserId, Limits>, AppError> {
    let ids: Vec<UserId> = of.filter(|u| u.is_limited).map(|u| u.id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(UserId, LimitField, String)> = user_limits::table
        .filter(user_limits::user_id.eq_any(ids))
        .select((user_limits::user_id, user_limits::field, user_limits::value))
        .load(conn)?;
    let mut pairs: HashMap<UserId, Vec<(LimitField, String)>> = HashMap::new();
    for (user, field, value) in rows {
        pairs.entry(user).or_default().push((field, value));
    }
    Ok(pairs.into_iter().map(|(user, pairs)| (user, Limits::of(pairs))).collect())
}
