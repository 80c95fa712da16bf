//! A grant: a user may use a Task, or may grant it, for all integrations or one, perhaps until a day.
//! Leaves asking for a Task to `web::guard`, and the pages to the User Security wizard.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::task::TaskName;
use super::user::UserId;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::IntegrationId;
use crate::on_each;
use crate::schema::{grants, users};
use crate::schools::{CurrentSchool, SchoolId};

crate::text_enum! {
    GrantKind {
        Use = "use", "use";
        MayGrant = "may_grant", "may grant";
    }
}

/// A grant that holds now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub task: String,
    pub school: Option<SchoolId>,
    pub integration: Option<IntegrationId>,
    pub ends_at: Option<NaiveDateTime>,
}

/// The one rule for whether a grant counts at a moment: it is not taken back, and has not ended.
#[diesel::dsl::auto_type]
pub fn holding(now: NaiveDateTime) -> _ {
    grants::revoked_at.is_null().and(grants::ends_at.is_null().or(grants::ends_at.gt(now)))
}

/// The Tasks that the user may use now, in every school. An ended grant is simply not among them.
pub fn held_by(conn: &mut Conn, user: UserId, now: NaiveDateTime) -> Result<Vec<Held>, AppError> {
    type Row = (String, Option<SchoolId>, Option<IntegrationId>, Option<NaiveDateTime>);
    let rows: Vec<Row> = on_each!(conn, |c| grants::table
        .filter(grants::user_id.eq(user))
        .filter(grants::kind.eq(GrantKind::Use))
        .filter(holding(now))
        .select((grants::task, grants::school_id, grants::integration_id, grants::ends_at))
        .load(c))?;
    Ok(rows
        .into_iter()
        .map(|(task, school, integration, ends_at)| Held { task, school, integration, ends_at })
        .collect())
}

pub fn give(
    conn: &mut Conn,
    user: UserId,
    school: Option<SchoolId>,
    task: TaskName,
    kind: GrantKind,
    by: &str,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    diesel::insert_into(grants::table)
        .values((
            grants::user_id.eq(user),
            grants::school_id.eq(if task.is_of_support() { None } else { school }),
            grants::task.eq(task),
            grants::kind.eq(kind),
            grants::granted_by.eq(by),
            grants::granted_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whether the user may grant a Task at a school now.
pub fn may_grant(
    conn: &mut Conn,
    user: UserId,
    school: SchoolId,
    task: TaskName,
    now: NaiveDateTime,
) -> Result<bool, AppError> {
    let held: i64 = grants::table
        .filter(grants::user_id.eq(user))
        .filter(grants::school_id.eq(school))
        .filter(grants::task.eq(task))
        .filter(grants::kind.eq(GrantKind::MayGrant))
        .filter(holding(now))
        .count()
        .get_result(conn)?;
    Ok(held > 0)
}

/// Names of the people who may grant a Task at a school: whom to ask, for somebody who lacks it. At most three.
pub fn who_grants(
    conn: &mut Conn,
    school: SchoolId,
    task: TaskName,
    now: NaiveDateTime,
) -> Result<Vec<String>, AppError> {
    Ok(grants::table
        .inner_join(users::table.on(users::id.eq(grants::user_id)))
        .filter(grants::school_id.eq(school))
        .filter(grants::task.eq(task))
        .filter(grants::kind.eq(GrantKind::MayGrant))
        .filter(holding(now))
        .filter(users::disabled_at.is_null())
        .order(users::name)
        .select(users::name)
        .distinct()
        .limit(3)
        .load(conn)?)
}

/// How many users of a school hold a Task for this one integration.
pub fn only_for(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    now: NaiveDateTime,
) -> Result<i64, AppError> {
    Ok(grants::table
        .filter(grants::school_id.eq(school.id()))
        .filter(grants::integration_id.eq(integration))
        .filter(grants::kind.eq(GrantKind::Use))
        .filter(holding(now))
        .select(diesel::dsl::count(grants::user_id).aggregate_distinct())
        .get_result(conn)?)
}
