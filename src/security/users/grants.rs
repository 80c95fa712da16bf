//! All grants that a user holds at a school, as the wizard shows them: what, in which way, for which integration, until when.
//! Leaves whether one counts at this moment to `security::grant`.

use std::collections::BTreeMap;

use chrono::{Days, Duration, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::IntegrationId;
use crate::schema::grants;
use crate::schools::CurrentSchool;
use crate::security::grant::holding;
use crate::security::{GrantKind, ProfileOf, TaskName, UserId};
use crate::web::when;

/// What a grant is about. A user holds each at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GrantKey {
    pub task: TaskName,
    pub kind: GrantKind,
    /// None is all integrations.
    pub integration: Option<IntegrationId>,
}

impl GrantKey {
    pub fn to_use(task: TaskName) -> GrantKey {
        GrantKey { task, kind: GrantKind::Use, integration: None }
    }
}

/// Each with its last day; without one it does not end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(GrantKey, Option<NaiveDate>)>", into = "Vec<(GrantKey, Option<NaiveDate>)>")]
pub struct Grants(pub BTreeMap<GrantKey, Option<NaiveDate>>);

impl From<Vec<(GrantKey, Option<NaiveDate>)>> for Grants {
    fn from(pairs: Vec<(GrantKey, Option<NaiveDate>)>) -> Grants {
        Grants(pairs.into_iter().collect())
    }
}

impl From<Grants> for Vec<(GrantKey, Option<NaiveDate>)> {
    fn from(grants: Grants) -> Self {
        grants.0.into_iter().collect()
    }
}

impl Grants {
    /// What a new user of the profile begins with.
    pub fn of_profile(profile: &ProfileOf) -> Grants {
        let given = profile.tasks().iter().map(|&t| GrantKey::to_use(t));
        let may =
            profile.may_grant().into_iter().map(|task| GrantKey { task, kind: GrantKind::MayGrant, integration: None });
        Grants(given.chain(may).map(|key| (key, None)).collect())
    }

    /// What the user holds at the school now.
    pub fn of(conn: &mut Conn, school: &CurrentSchool, user: UserId, now: NaiveDateTime) -> Result<Grants, AppError> {
        type Row = (TaskName, GrantKind, Option<IntegrationId>, Option<NaiveDateTime>);
        let rows: Vec<Row> = grants::table
            .filter(grants::user_id.eq(user))
            .filter(grants::school_id.eq(school.id()))
            .filter(holding(now))
            .select((grants::task, grants::kind, grants::integration_id, grants::ends_at))
            .load(conn)?;
        let mut all = Grants::default();
        for (task, kind, integration, ends_at) in rows {
            let until = ends_at.map(|at| last_day(at, school.time_zone()));
            let held = all.0.entry(GrantKey { task, kind, integration }).or_insert(until);
            // Of two on record the one that lasts longer counts, as it does for the user.
            *held = match (*held, until) {
                (Some(a), Some(b)) => Some(a.max(b)),
                _ => None,
            };
        }
        Ok(all)
    }

    /// A Task that works on everybody at once, if one may be used.
    pub fn bulk_task(&self) -> Option<TaskName> {
        self.0.keys().find(|k| k.kind == GrantKind::Use && k.task.is_bulk()).map(|k| k.task)
    }

    /// Whether User Security is theirs to use, or to grant, without an end.
    pub fn administers_for_good(&self, kind: GrantKind) -> bool {
        let key = GrantKey { task: TaskName::AdministerSecurity, kind, integration: None };
        self.0.get(&key) == Some(&None)
    }

    /// What is different, with the last day before and after: `None` outside is "not held".
    pub fn differences<'a>(
        &'a self,
        after: &'a Grants,
    ) -> impl Iterator<Item = (GrantKey, Option<Option<NaiveDate>>, Option<Option<NaiveDate>>)> + 'a {
        let gone = self.0.keys().filter(|k| !after.0.contains_key(k));
        after.0.keys().chain(gone).filter_map(|k| {
            let (before, after) = (self.0.get(k).copied(), after.0.get(k).copied());
            (before != after).then_some((*k, before, after))
        })
    }

    /// Puts what `mine` changed of `seen` on top of these.
    pub fn rebased(&self, seen: &Grants, mine: &Grants) -> Grants {
        let mut all = self.clone();
        for (key, _, after) in seen.differences(mine) {
            match after {
                Some(until) => all.0.insert(key, until),
                None => all.0.remove(&key),
            };
        }
        all
    }
}

/// The moment after the last day, in the school's zone.
pub fn end_of(day: NaiveDate, zone: Tz) -> NaiveDateTime {
    when::start_of(day.checked_add_days(Days::new(1)).unwrap_or(day), zone)
}

fn last_day(ends_at: NaiveDateTime, zone: Tz) -> NaiveDate {
    (ends_at - Duration::seconds(1)).and_utc().with_timezone(&zone).date_naive()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_grants() -> impl Strategy<Value = Grants> {
        let key =
            (0..TaskName::ALL.len(), any::<bool>(), proptest::option::of(1i64..3)).prop_map(|(t, may, i)| GrantKey {
                task: TaskName::ALL[t],
                kind: if may { GrantKind::MayGrant } else { GrantKind::Use },
                integration: i.map(IntegrationId),
            });
        let until =
            proptest::option::of((1u32..28).prop_map(|d| NaiveDate::from_ymd_opt(2026, 12, d).unwrap_or_default()));
        proptest::collection::btree_map(key, until, 0..8).prop_map(Grants)
    }

    proptest! {
        #[test]
        fn what_nobody_changed_stays_and_what_one_changed_is_as_they_wanted(seen in any_grants(), mine in any_grants(), now in any_grants()) {
            let rebased = now.rebased(&seen, &mine);
            for key in seen.0.keys().chain(mine.0.keys()).chain(now.0.keys()) {
                let (s, m, n, r) = (seen.0.get(key), mine.0.get(key), now.0.get(key), rebased.0.get(key));
                prop_assert_eq!(r, if s == m { n } else { m });
            }
        }

        #[test]
        fn on_what_was_seen_it_makes_what_was_wanted(seen in any_grants(), mine in any_grants()) {
            prop_assert_eq!(seen.rebased(&seen, &mine), mine);
        }

        #[test]
        fn it_is_the_same_after_being_stored(grants in any_grants()) {
            let stored = serde_json::to_string(&grants).unwrap_or_default();
            prop_assert_eq!(serde_json::from_str::<Grants>(&stored).ok(), Some(grants));
        }
    }

    #[test]
    fn a_grant_holds_through_its_last_day_where_the_school_is() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap_or_default();
        let end = end_of(day, Tz::America__Chicago);
        assert_eq!(end.to_string(), "2027-01-01 06:00:00");
        assert_eq!(last_day(end, Tz::America__Chicago), day);
    }
}
