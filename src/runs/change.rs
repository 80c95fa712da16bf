//! A change: one person's step of a run, with before and after. Stored, it is the history.
//! Leaves carrying it out to `runs::apply`.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::run::RunId;
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids::IdValue;
use crate::integrations::IntegrationId;
use crate::people::{Biographic, Field, FieldChange, PersonId};
use crate::schema::changes;
use crate::schools::CurrentSchool;

/// A source's own key of a person: which source, as it matches and as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceKey {
    pub source: &'static str,
    pub norm: String,
    pub given: String,
}

/// What is to be done to one person. It says what it expects to find, so that a plan gone stale is noticed.
#[derive(Debug, Clone)]
pub enum Change {
    Create { bio: Box<Biographic>, key: Option<SourceKey> },
    Update { person: PersonId, fields: Vec<FieldChange> },
    AddId { person: PersonId, integration: IntegrationId, value: IdValue },
    RemoveId { person: PersonId, integration: IntegrationId, value: IdValue },
}

crate::text_enum! {
    Verb {
        Create = "create", "Added the person";
        Update = "update", "Changed";
        AddId = "add_id", "Added an ID";
        RemoveId = "remove_id", "Removed an ID";
    }
}

/// A change as it is kept. The ID columns stay hidden until somebody's Sight reveals them.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = changes)]
pub struct StoredChange {
    pub id: i64,
    pub run_id: RunId,
    pub person_id: Option<PersonId>,
    pub verb: Verb,
    fields: Option<String>,
    pub integration_id: Option<IntegrationId>,
    pub id_before: Option<IdValue>,
    pub id_after: Option<IdValue>,
    pub source: Option<String>,
    pub source_key: Option<String>,
    pub source_row: Option<i64>,
}

/// A field's step as it stands in the JSON column.
#[derive(Serialize, Deserialize)]
struct Step<'a> {
    f: std::borrow::Cow<'a, str>,
    b: Option<std::borrow::Cow<'a, str>>,
    a: Option<std::borrow::Cow<'a, str>>,
}

fn to_json(fields: &[FieldChange]) -> Result<String, AppError> {
    let steps: Vec<Step<'_>> = fields
        .iter()
        .map(|c| Step {
            f: c.field.code().into(),
            b: c.before.as_deref().map(Into::into),
            a: c.after.as_deref().map(Into::into),
        })
        .collect();
    serde_json::to_string(&steps).map_err(|e| AppError::internal("writing a change", &e))
}

impl StoredChange {
    /// The fields it touched, as text from and to.
    pub fn fields(&self) -> Result<Vec<FieldChange>, AppError> {
        let Some(json) = &self.fields else { return Ok(Vec::new()) };
        let steps: Vec<Step<'_>> =
            serde_json::from_str(json).map_err(|e| AppError::internal("reading a change", &e))?;
        steps
            .into_iter()
            .map(|s| {
                let field = Field::parse(&s.f).ok_or_else(|| AppError::Internal(format!("no field {:?}", s.f)))?;
                Ok(FieldChange { field, before: s.b.map(Into::into), after: s.a.map(Into::into) })
            })
            .collect()
    }

    /// The change as something that can be carried out.
    pub fn to_change(&self) -> Result<Change, AppError> {
        let broken = || AppError::Internal(format!("change {} lacks what its verb needs", self.id));
        let person = || self.person_id.ok_or_else(broken);
        let integration = || self.integration_id.ok_or_else(broken);
        Ok(match self.verb {
            Verb::Create => {
                let mut bio = Biographic::default();
                for c in self.fields()? {
                    bio.put(c.field, c.after.as_deref().unwrap_or("")).map_err(AppError::Internal)?;
                }
                let key = match (&self.source, &self.source_key) {
                    (Some(source), Some(given)) => Some(SourceKey::read(source, given)?),
                    _ => None,
                };
                Change::Create { bio: Box::new(bio), key }
            }
            Verb::Update => Change::Update { person: person()?, fields: self.fields()? },
            Verb::AddId => Change::AddId {
                person: person()?,
                integration: integration()?,
                value: self.id_after.clone().ok_or_else(broken)?,
            },
            Verb::RemoveId => Change::RemoveId {
                person: person()?,
                integration: integration()?,
                value: self.id_before.clone().ok_or_else(broken)?,
            },
        })
    }

    /// The changes of a run in the order they were planned, after a given one.
    pub fn of_run(
        conn: &mut Conn,
        school: &CurrentSchool,
        run: RunId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<StoredChange>, AppError> {
        Ok(changes::of(school)
            .filter(changes::run_id.eq(run))
            .filter(changes::id.gt(after))
            .order(changes::id)
            .limit(limit)
            .select(StoredChange::as_select())
            .load(conn)?)
    }
}

impl SourceKey {
    /// PowerSchool's Student_Number. Keys that look like numbers match as numbers.
    pub const POWERSCHOOL_STUDENTS: &'static str = "powerschool.students";

    pub fn number(source: &'static str, given: &str) -> SourceKey {
        let norm = given.trim_start_matches('0');
        SourceKey { source, norm: if norm.is_empty() { "0".into() } else { norm.to_owned() }, given: given.to_owned() }
    }

    fn read(source: &str, given: &str) -> Result<SourceKey, AppError> {
        match source {
            Self::POWERSCHOOL_STUDENTS => Ok(Self::number(Self::POWERSCHOOL_STUDENTS, given)),
            _ => Err(AppError::Internal(format!("no source {source:?}"))),
        }
    }
}

impl Change {
    fn verb(&self) -> Verb {
        match self {
            Change::Create { .. } => Verb::Create,
            Change::Update { .. } => Verb::Update,
            Change::AddId { .. } => Verb::AddId,
            Change::RemoveId { .. } => Verb::RemoveId,
        }
    }

    /// Stores the change with its run; `row` is the row of the source file it came from.
    pub(super) fn store(
        &self,
        conn: &mut Conn,
        school: &CurrentSchool,
        run: RunId,
        row: Option<i64>,
    ) -> Result<i64, AppError> {
        let (mut person, mut fields, mut integration) = (None, None, None);
        let (mut before, mut after, mut key) = (None, None, None);
        match self {
            Change::Create { bio, key: k } => {
                let blank = Biographic::default();
                // The member type and status are always told, even where they are the default.
                let mut told: Vec<FieldChange> = blank.difference(bio);
                for field in [Field::MemberType, Field::Status] {
                    told.retain(|c| c.field != field);
                    told.push(FieldChange { field, before: None, after: bio.get(field) });
                }
                fields = Some(to_json(&told)?);
                key = k.as_ref();
            }
            Change::Update { person: p, fields: f } => {
                person = Some(*p);
                fields = Some(to_json(f)?);
            }
            Change::AddId { person: p, integration: i, value } => {
                (person, integration, after) = (Some(*p), Some(*i), Some(value));
            }
            Change::RemoveId { person: p, integration: i, value } => {
                (person, integration, before) = (Some(*p), Some(*i), Some(value));
            }
        }
        Ok(changes::insert()
            .values((
                changes::school_id.eq(school.id()),
                changes::run_id.eq(run),
                changes::person_id.eq(person),
                changes::verb.eq(self.verb()),
                changes::fields.eq(fields),
                changes::integration_id.eq(integration),
                changes::id_before.eq(before),
                changes::id_after.eq(after),
                changes::source.eq(key.map(|k| k.source)),
                changes::source_key.eq(key.map(|k| k.given.as_str())),
                changes::source_row.eq(row),
            ))
            .returning(changes::id)
            .get_result(conn)?)
    }
}
