//! The catalogue as one school has it: each integration with its stage, and Ready notices for those who asked.
//! Leaves moving them to `integrations::moves`.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::entry::CatalogueEntry;
use super::integration::IntegrationId;
use super::moves::Held;
use super::stage::Stage;
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids;
use crate::on_each;
use crate::schema::{integrations, ready_dismissals, school_integrations};
use crate::schools::CurrentSchool;
use crate::security::UserId;

/// One integration at a school. `held` is None where the school never had it.
pub struct AtSchool {
    pub entry: CatalogueEntry,
    pub held: Option<Held>,
    /// IDs on record, shown or hidden.
    pub ids: i64,
}

impl AtSchool {
    pub fn stage(&self) -> Option<Stage> {
        self.held.as_ref().map(|h| h.stage)
    }

    pub fn has_hidden(&self) -> bool {
        self.ids > 0 && self.stage() != Some(Stage::Live)
    }

    /// A school asks for what it never had, or has no more.
    pub fn can_be_requested(&self) -> bool {
        self.entry.retired_at.is_none() && matches!(self.stage(), None | Some(Stage::Off))
    }
}

/// Every integration of the catalogue as the school has it, by name; a retired one only where the school had it.
pub fn at_school(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<AtSchool>, AppError> {
    let rows: Vec<(IntegrationId, Held)> =
        school_integrations::of(school).select((school_integrations::integration_id, Held::as_select())).load(conn)?;
    let mut held: HashMap<IntegrationId, Held> = rows.into_iter().collect();
    let ids = integration_ids::live_counts(conn, school)?;
    let mut all = Vec::new();
    for entry in CatalogueEntry::all(conn)? {
        let held = held.remove(&entry.id);
        if entry.retired_at.is_none() || held.is_some() {
            all.push(AtSchool { ids: ids.get(&entry.id).copied().unwrap_or(0), held, entry });
        }
    }
    Ok(all)
}

/// The stages of a school, for counting.
pub fn stage_at(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
) -> Result<Option<Stage>, AppError> {
    Ok(school_integrations::of(school)
        .filter(school_integrations::integration_id.eq(integration))
        .select(school_integrations::stage)
        .get_result(conn)
        .optional()?)
}

pub fn stages(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<(IntegrationId, Stage)>, AppError> {
    Ok(school_integrations::of(school)
        .select((school_integrations::integration_id, school_integrations::stage))
        .load(conn)?)
}

/// What a user who requests integrations is told on every page until it is dismissed or Live.
#[derive(Debug, Clone)]
pub struct ReadyNotice {
    pub code: String,
    pub name: String,
}

/// The integrations that have become Ready and that the user has not dismissed since.
pub fn ready_notices(conn: &mut Conn, school: &CurrentSchool, user: UserId) -> Result<Vec<ReadyNotice>, AppError> {
    let ready: Vec<(IntegrationId, String, String, NaiveDateTime)> =
        on_each!(conn, |c| school_integrations::of(school)
            .inner_join(integrations::table.on(integrations::id.eq(school_integrations::integration_id)))
            .filter(school_integrations::stage.eq(Stage::Ready))
            .order(integrations::name)
            .select((integrations::id, integrations::code, integrations::name, school_integrations::moved_at))
            .load(c))?;
    if ready.is_empty() {
        return Ok(Vec::new());
    }
    let dismissed: HashMap<IntegrationId, NaiveDateTime> = ready_dismissals::of(school)
        .filter(ready_dismissals::user_id.eq(user))
        .select((ready_dismissals::integration_id, ready_dismissals::dismissed_at))
        .load::<(IntegrationId, NaiveDateTime)>(conn)?
        .into_iter()
        .collect();
    let is_new = |id: &IntegrationId, since: &NaiveDateTime| dismissed.get(id).is_none_or(|at| at < since);
    Ok(ready
        .into_iter()
        .filter(|(id, .., since)| is_new(id, since))
        .map(|(_, code, name, _)| ReadyNotice { code, name })
        .collect())
}

/// The user has read that it is Ready.
pub fn dismiss_ready(
    conn: &mut Conn,
    school: &CurrentSchool,
    user: UserId,
    integration: IntegrationId,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    use ready_dismissals as rd;
    let here = rd::of(school).filter(rd::integration_id.eq(integration)).filter(rd::user_id.eq(user));
    if diesel::update(here).set(rd::dismissed_at.eq(now)).execute(conn)? == 0 {
        rd::insert()
            .values((
                rd::school_id.eq(school.id()),
                rd::integration_id.eq(integration),
                rd::user_id.eq(user),
                rd::dismissed_at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}
