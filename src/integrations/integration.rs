//! A third-party program of the catalogue, and at which stage a school has it.
//! Leaves the shape of its IDs to `integrations::shape`, and people's IDs to `integration_ids`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::shape::{CaseRule, Shape};
use crate::db::Conn;
use crate::error::AppError;
use crate::on_each;
use crate::schema::{integrations, school_integrations};
use crate::schools::CurrentSchool;
use crate::security::Sight;

crate::id_type! {
    /// An integration's row in the catalogue.
    IntegrationId
}

crate::text_enum! {
    /// How far a school has an integration. Only Live ones appear in the drop-down; Off hides their IDs and keeps them.
    Stage {
        Requested = "requested", "Requested";
        Testing = "testing", "Testing";
        Ready = "ready", "Ready";
        Live = "live", "Live";
        Off = "off", "Off";
    }
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = integrations)]
pub struct Integration {
    pub id: IntegrationId,
    /// Never changed: files and commands name the integration by it.
    pub code: String,
    pub name: String,
    pub pattern: Option<String>,
    pub example: String,
    pub max_length: i32,
    pub case_rule: CaseRule,
    pub many_per_person: bool,
}

impl Integration {
    /// The integrations that the school has live: what its drop-down offers, by name.
    pub fn live(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<Integration>, AppError> {
        Ok(on_each!(conn, |c| school_integrations::of(school)
            .inner_join(integrations::table.on(integrations::id.eq(school_integrations::integration_id)))
            .filter(school_integrations::stage.eq(Stage::Live))
            .filter(integrations::retired_at.is_null())
            .order(integrations::name)
            .select(Integration::as_select())
            .load(c))?)
    }

    pub fn by_code(conn: &mut Conn, code: &str) -> Result<Option<Integration>, AppError> {
        Ok(integrations::table
            .filter(integrations::code.eq(code.trim().to_lowercase()))
            .select(Integration::as_select())
            .first(conn)
            .optional()?)
    }

    pub fn all(conn: &mut Conn) -> Result<Vec<Integration>, AppError> {
        Ok(integrations::table.order(integrations::name).select(Integration::as_select()).load(conn)?)
    }

    pub fn shape(&self) -> Shape {
        Shape {
            name: self.name.clone(),
            pattern: self.pattern.clone(),
            example: self.example.clone(),
            max_length: usize::try_from(self.max_length).unwrap_or(0),
        }
    }
}

/// What remains of a sight at a school that has switched integrations off: their IDs are hidden from everybody, and kept.
pub fn shown_at(conn: &mut Conn, school: &CurrentSchool, sight: Sight) -> Result<Sight, AppError> {
    let stages: Vec<(IntegrationId, Stage)> = school_integrations::of(school)
        .select((school_integrations::integration_id, school_integrations::stage))
        .load(conn)?;
    let all: Vec<IntegrationId> = stages.iter().map(|(i, _)| *i).collect();
    let hidden: Vec<IntegrationId> = stages.iter().filter(|(_, s)| *s == Stage::Off).map(|(i, _)| *i).collect();
    Ok(sight.without(&hidden, &all))
}

/// Moves a school's integration to a stage; says whether that changed anything.
pub fn set_stage(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    stage: Stage,
    by: &str,
    now: NaiveDateTime,
) -> Result<bool, AppError> {
    let here = || school_integrations::of(school).filter(school_integrations::integration_id.eq(integration));
    let held: Option<Stage> = here().select(school_integrations::stage).get_result(conn).optional()?;
    match held {
        Some(held) if held == stage => return Ok(false),
        Some(_) => {
            diesel::update(here())
                .set((
                    school_integrations::stage.eq(stage),
                    school_integrations::moved_by.eq(by),
                    school_integrations::moved_at.eq(now),
                ))
                .execute(conn)?;
        }
        None => {
            school_integrations::insert()
                .values((
                    school_integrations::school_id.eq(school.id()),
                    school_integrations::integration_id.eq(integration),
                    school_integrations::stage.eq(stage),
                    school_integrations::moved_by.eq(by),
                    school_integrations::moved_at.eq(now),
                ))
                .execute(conn)?;
        }
    }
    Ok(true)
}
