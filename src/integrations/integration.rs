//! A third-party program of the catalogue, as the rest of the program needs it.
//! Leaves the shape of its IDs to `integrations::shape`, the stages to `integrations::stage`, editing to `integrations::entry`.

use diesel::prelude::*;

use super::shape::{CaseRule, Shape};
use super::stage::Stage;
use crate::db::Conn;
use crate::error::AppError;
use crate::on_each;
use crate::schema::{integrations, school_integrations};
use crate::schools::CurrentSchool;

crate::id_type! {
    /// An integration's row in the catalogue.
    IntegrationId
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
    pub min_length: i32,
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
        Shape::of(&self.name, self.pattern.as_deref(), &self.example, (self.min_length, self.max_length))
    }
}
