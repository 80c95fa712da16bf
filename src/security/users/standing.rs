//! How far somebody carries the User Security of a school, so that no change leaves a school with nobody who does.
//! Leaves locking the school's row, without which two changes at once could each spare the other, to `users::change`.

use diesel::prelude::*;

use super::grants::Grants;
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::{grants, users};
use crate::schools::{CurrentSchool, Limits};
use crate::security::{GrantKind, TaskName, User, UserId};

/// Only what has no end counts: a school does not wait for a day on which nobody is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    None,
    /// Administers users, but cannot make another administrator of anybody: not without the right to grant it,
    /// and, being limited, not without limits.
    Administers,
    /// Administers users, sees the whole school and may grant that to others.
    PassesOn,
}

impl Standing {
    pub fn of(held: &Grants, limits: &Limits) -> Standing {
        let for_good = |kind| held.administers_for_good(kind);
        Standing::new(for_good(GrantKind::Use), for_good(GrantKind::MayGrant) && limits.is_none())
    }

    fn new(administers: bool, passes_on: bool) -> Standing {
        match (administers, passes_on) {
            (true, true) => Standing::PassesOn,
            (true, false) => Standing::Administers,
            (false, _) => Standing::None,
        }
    }

    /// Whether the school would be worse off if the user fell from this standing to that: nobody else stands as high.
    pub fn leaves_a_gap(
        self,
        conn: &mut Conn,
        school: &CurrentSchool,
        user: &User,
        after: Standing,
    ) -> Result<bool, AppError> {
        if self <= after || user.school_id != Some(school.id()) || user.disabled_at.is_some() {
            return Ok(false);
        }
        Ok(highest_of_others(conn, school, user.id)? < self)
    }
}

/// The highest standing among the other enabled users of the school.
fn highest_of_others(conn: &mut Conn, school: &CurrentSchool, user: UserId) -> Result<Standing, AppError> {
    let rows: Vec<(UserId, GrantKind, bool)> = grants::table
        .inner_join(users::table.on(users::id.eq(grants::user_id)))
        .filter(grants::school_id.eq(school.id()))
        .filter(grants::task.eq(TaskName::AdministerSecurity))
        .filter(grants::integration_id.is_null())
        .filter(grants::revoked_at.is_null())
        .filter(grants::ends_at.is_null())
        .filter(users::school_id.eq(school.id()))
        .filter(users::disabled_at.is_null())
        .filter(users::id.ne(user))
        .select((grants::user_id, grants::kind, users::is_limited))
        .load(conn)?;
    let holds = |id: UserId, kind: GrantKind| rows.iter().any(|(u, k, _)| *u == id && *k == kind);
    let of = |(id, _, is_limited): &(UserId, GrantKind, bool)| {
        Standing::new(holds(*id, GrantKind::Use), holds(*id, GrantKind::MayGrant) && !is_limited)
    };
    Ok(rows.iter().map(of).max().unwrap_or(Standing::None))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::grants::GrantKey;
    use super::*;
    use crate::schools::LimitField;

    #[test]
    fn only_what_has_no_end_and_no_limits_lets_somebody_make_another_administrator() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 31);
        let standing = |pairs: &[(GrantKind, Option<NaiveDate>)], limits: &Limits| {
            let key = |kind| GrantKey { task: TaskName::AdministerSecurity, kind, integration: None };
            Standing::of(&Grants(pairs.iter().map(|(k, d)| (key(*k), *d)).collect()), limits)
        };
        let (both, none) = ([(GrantKind::Use, None), (GrantKind::MayGrant, None)], Limits::none());
        assert_eq!(standing(&both, &none), Standing::PassesOn);
        assert_eq!(standing(&both, &Limits::of([(LimitField::Campus, "North".to_owned())])), Standing::Administers);
        assert_eq!(standing(&[(GrantKind::Use, None), (GrantKind::MayGrant, day)], &none), Standing::Administers);
        assert_eq!(standing(&[(GrantKind::Use, day), (GrantKind::MayGrant, None)], &none), Standing::None);
        assert_eq!(standing(&[(GrantKind::MayGrant, None)], &none), Standing::None);
    }
}
