//! A specification as a school has it: the highest version counts, and each version stays as it was.
//! Leaves what a template means to `id_specs::language`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::key_template::KeyTemplate;
use super::language::{Source, Template};
use crate::audit::{self, Action};
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{Integration, IntegrationId};
use crate::people::MemberType;
use crate::schema::id_specs;
use crate::schools::{CurrentSchool, counter};
use crate::security::Actor;

/// Whose IDs: an integration's, of one member type.
#[derive(Debug, Clone)]
pub struct Place {
    pub integration: Integration,
    pub member_type: MemberType,
}

/// A version of a specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSpec {
    pub version: i32,
    pub template: Template,
    pub made_by: String,
    pub made_at: NaiveDateTime,
}

/// Why a specification was not kept.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error(
        "{0} has changed it meanwhile. What stands here is yours; the other is {1}. Submit again to put yours in its place"
    )]
    Meanwhile(String, String),
    #[error(
        "The roster sync makes these IDs, and can prove them apart only where letters stand around {{{0}}}: S{{{0}}}, for instance"
    )]
    OfTheSync(Source),
}

impl Place {
    /// The version that counts.
    pub fn current(&self, conn: &mut Conn, school: &CurrentSchool) -> Result<Option<StoredSpec>, AppError> {
        Ok(self.versions(conn, school)?.into_iter().next())
    }

    /// All versions, the newest first.
    pub fn versions(&self, conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<StoredSpec>, AppError> {
        let rows: Vec<(i32, String, String, NaiveDateTime)> = id_specs::of(school)
            .filter(id_specs::integration_id.eq(self.integration.id))
            .filter(id_specs::member_type.eq(self.member_type))
            .order(id_specs::version.desc())
            .select((id_specs::version, id_specs::template, id_specs::made_by, id_specs::made_at))
            .load(conn)?;
        rows.into_iter()
            .map(|(version, text, made_by, made_at)| {
                let template = Template::parse(&text, self.member_type)
                    .map_err(|e| AppError::internal("reading a specification", &e))?;
                Ok(StoredSpec { version, template, made_by, made_at })
            })
            .collect()
    }

    /// Whether the roster sync makes IDs here.
    pub fn is_of_the_sync(&self) -> bool {
        self.integration.code == SYNCED
    }

    /// Keeps a template as the next version. `seen`: the version that was on the page (0 for none).
    pub fn save(
        &self,
        conn: &mut Conn,
        school: &CurrentSchool,
        template: &Template,
        seen: i32,
        (actor, request, now): (&Actor, Option<&str>, NaiveDateTime),
    ) -> Result<Result<i32, SaveError>, AppError> {
        let text = template.to_string();
        if self.is_of_the_sync() && KeyTemplate::of(template, self.member_type).is_none() {
            return Ok(Err(SaveError::OfTheSync(Source::key_of(self.member_type))));
        }
        let held = self.current(conn, school)?;
        let version = held.as_ref().map_or(0, |h| h.version);
        if let Some(held) = held.filter(|_| version != seen) {
            return Ok(Err(SaveError::Meanwhile(held.made_by, held.template.to_string())));
        }
        let version = version + 1;
        store(conn, school, (self.integration.id, self.member_type), version, &text, actor, now)?;
        let said = format!("{}, {}: {text} (version {version})", self.integration.name, self.member_type);
        let entry = audit::Entry {
            at: now,
            school: Some(school.id()),
            actor: actor.clone(),
            action: Action::IdSpecChanged,
            subject: said,
            person: None,
            request: request.map(str::to_owned),
        };
        audit::record(conn, &entry)?;
        Ok(Ok(version))
    }

    fn series(&self) -> String {
        format!("id_spec.{}.{}", self.integration.code, self.member_type.code())
    }
}

/// The integration whose IDs the roster sync makes.
const SYNCED: &str = "vidigami";

/// The number that the school's counter of a place stands at.
pub(super) fn next_in_sequence(conn: &mut Conn, school: &CurrentSchool, place: &Place) -> Result<u64, AppError> {
    let next = counter::next_of(conn, school, &place.series())?;
    Ok(u64::try_from(next).unwrap_or(1))
}

/// Takes numbers from the counter; the answer is the first of them.
pub(super) fn take_sequence(
    conn: &mut Conn,
    school: &CurrentSchool,
    place: &Place,
    count: u64,
) -> Result<u64, AppError> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let first = counter::take_of(conn, school, &place.series(), count)?;
    Ok(u64::try_from(first).unwrap_or(1))
}

/// A specification as the roster sync uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    pub version: i32,
    pub template: KeyTemplate,
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
            None => {
                let template = KeyTemplate::usual(member_type);
                store(conn, school, (integration, member_type), 1, &template.to_string(), actor, now)?;
                Ok::<Spec, AppError>(Spec { version: 1, template })
            }
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
            let template = KeyTemplate::parse(&text, member_type).map_err(|e| {
                AppError::Conflict(format!(
                    "The roster sync cannot make IDs by the specification {text}: {e} Change it on the page ID specifications."
                ))
            })?;
            Ok(Spec { version, template })
        })
        .transpose()
}

fn store(
    conn: &mut Conn,
    school: &CurrentSchool,
    (integration, member_type): (IntegrationId, MemberType),
    version: i32,
    template: &str,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    id_specs::insert()
        .values((
            id_specs::school_id.eq(school.id()),
            id_specs::integration_id.eq(integration),
            id_specs::member_type.eq(member_type),
            id_specs::version.eq(version),
            id_specs::template.eq(template),
            id_specs::made_by.eq(actor.name()),
            id_specs::made_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}
