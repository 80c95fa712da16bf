//! A specification as a school has it: the highest version counts, and each version stays as it was.
//! Leaves what a template means to `id_specs::template`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::template::Template;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::IntegrationId;
use crate::people::MemberType;
use crate::schema::id_specs;
use crate::schools::CurrentSchool;
use crate::security::Actor;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    pub version: i32,
    pub template: Template,
}

/// One for each member type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Specs {
    pub student: Spec,
    pub staff: Spec,
    pub parent: Spec,
}

impl Specs {
    pub fn of(&self, member_type: MemberType) -> &Spec {
        match member_type {
            MemberType::Student => &self.student,
            MemberType::Staff => &self.staff,
            MemberType::Parent => &self.parent,
        }
    }

    /// The specifications of an integration; what the school has not said yet is set as usual.
    pub fn load(
        conn: &mut Conn,
        school: &CurrentSchool,
        integration: IntegrationId,
        actor: &Actor,
        now: NaiveDateTime,
    ) -> Result<Specs, AppError> {
        let mut of = |member_type| match current(conn, school, integration, member_type)? {
            Some(spec) => Ok(spec),
            None => save(conn, school, integration, member_type, &Template::usual(member_type), actor, now),
        };
        Ok(Specs { student: of(MemberType::Student)?, staff: of(MemberType::Staff)?, parent: of(MemberType::Parent)? })
    }
}

fn current(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    member_type: MemberType,
) -> Result<Option<Spec>, AppError> {
    let found: Option<(i32, String)> = id_specs::of(school)
        .filter(id_specs::integration_id.eq(integration))
        .filter(id_specs::member_type.eq(member_type))
        .order(id_specs::version.desc())
        .limit(1)
        .select((id_specs::version, id_specs::template))
        .get_result(conn)
        .optional()?;
    found
        .map(|(version, text)| {
            let template =
                Template::parse(&text, member_type).map_err(|e| AppError::internal("reading a specification", &e))?;
            Ok(Spec { version, template })
        })
        .transpose()
}

/// Keeps a template as the next version.
pub fn save(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    member_type: MemberType,
    template: &Template,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<Spec, AppError> {
    let version = current(conn, school, integration, member_type)?.map_or(1, |s| s.version + 1);
    id_specs::insert()
        .values((
            id_specs::school_id.eq(school.id()),
            id_specs::integration_id.eq(integration),
            id_specs::member_type.eq(member_type),
            id_specs::version.eq(version),
            id_specs::template.eq(template.to_string()),
            id_specs::made_by.eq(actor.name()),
            id_specs::made_at.eq(now),
        ))
        .execute(conn)?;
    Ok(Spec { version, template: template.clone() })
}
