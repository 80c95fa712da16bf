//! A grant that holds now, told in words: for which integrations, until when, and whether it ends soon.
//! Leaves whose it is to `holder` and `side`.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use diesel::prelude::*;

use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{Integration, IntegrationId};
use crate::schema::grants;
use crate::schools::CurrentSchool;
use crate::security::grant::holding;
use crate::security::{GrantKind, TaskName, UserId};
use crate::web::when;

/// Whoever ends within so many days is marked.
const SOON: i64 = 14;

#[derive(Debug, Clone, Queryable)]
pub struct Grant {
    pub task: TaskName,
    pub kind: GrantKind,
    pub integration: Option<IntegrationId>,
    pub granted_by: String,
    pub granted_at: NaiveDateTime,
    pub ends_at: Option<NaiveDateTime>,
}

pub const COLUMNS: (
    grants::task,
    grants::kind,
    grants::integration_id,
    grants::granted_by,
    grants::granted_at,
    grants::ends_at,
) = (grants::task, grants::kind, grants::integration_id, grants::granted_by, grants::granted_at, grants::ends_at);

impl Grant {
    /// What a user holds at the school now; Support's own Tasks are for every school.
    pub fn of_user(
        conn: &mut Conn,
        school: &CurrentSchool,
        user: UserId,
        now: NaiveDateTime,
    ) -> Result<Vec<Grant>, AppError> {
        Ok(grants::table
            .filter(grants::user_id.eq(user))
            .filter(grants::school_id.eq(school.id()).or(grants::school_id.is_null()))
            .filter(holding(now))
            .order((grants::granted_at, grants::id))
            .select(COLUMNS)
            .load(conn)?)
    }

    /// "All integrations", or the name of the one.
    pub fn scope(&self, integrations: &[Integration]) -> String {
        match self.integration {
            None => "All integrations".into(),
            Some(id) => integrations.iter().find(|i| i.id == id).map_or_else(String::new, |i| i.name.clone()),
        }
    }

    /// "ends in 3 days", for a grant that ends soon. Days are days of the school.
    pub fn ends_soon(&self, now: NaiveDateTime, zone: Tz) -> Option<String> {
        let today = now.and_utc().with_timezone(&zone).date_naive();
        let days = (self.last_day(zone)? - today).num_days();
        match days {
            ..=0 => Some("ends today".into()),
            1 => Some("ends tomorrow".into()),
            2..=SOON => Some(format!("ends in {days} days")),
            _ => None,
        }
    }

    /// The last day on which it counts: it ends with that day.
    fn last_day(&self, zone: Tz) -> Option<NaiveDate> {
        let last_moment = self.ends_at?.checked_sub_signed(TimeDelta::microseconds(1))?;
        Some(last_moment.and_utc().with_timezone(&zone).date_naive())
    }

    /// "1 December 2026", as the wizard says it.
    pub fn until(&self, zone: Tz) -> Option<String> {
        self.last_day(zone).as_ref().map(when::day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ending(ends_at: Option<&str>) -> Grant {
        Grant {
            task: TaskName::ViewIntegrationIds,
            kind: GrantKind::Use,
            integration: None,
            granted_by: String::new(),
            granted_at: NaiveDateTime::default(),
            ends_at: ends_at.and_then(|t| t.parse().ok()),
        }
    }

    #[test]
    fn a_grant_that_ends_within_two_weeks_of_the_schools_days_says_so() {
        let now = "2026-03-02T18:00:00".parse().unwrap_or_default();
        let words = |ends| ending(ends).ends_soon(now, Tz::America__Chicago);
        assert_eq!(words(None), None);
        assert_eq!(words(Some("2026-03-02T18:30:00")).as_deref(), Some("ends today"));
        // Past midnight in Greenwich, but not yet in Chicago.
        assert_eq!(words(Some("2026-03-03T04:00:00")).as_deref(), Some("ends today"));
        assert_eq!(words(Some("2026-03-04T04:00:00")).as_deref(), Some("ends tomorrow"));
        assert_eq!(words(Some("2026-03-16T18:00:00")).as_deref(), Some("ends in 14 days"));
        assert_eq!(words(Some("2026-03-17T18:00:00")), None);
    }
}
