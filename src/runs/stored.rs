//! A change as it is kept with its run: the history. Leaves what it means to `runs::change`.

use std::borrow::Cow;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::change::{Change, GroupStep, IdStep, ListStep, RelationStep, Verb, Who};
use super::key::SourceKey;
use super::merge::Merge;
use super::run::RunId;
use crate::bulk_load;
use crate::db::Conn;
use crate::error::AppError;
use crate::groups::{Category, Placeholder};
use crate::integration_ids::IdValue;
use crate::integrations::IntegrationId;
use crate::people::{Biographic, Field, FieldChange, PersonId};
use crate::schema::changes;
use crate::schools::{CurrentSchool, SchoolId};

/// The ID columns stay hidden until somebody's Sight reveals them.
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
    memberships: Option<String>,
    relations: Option<String>,
    row_hash: Option<i64>,
    spec_version: Option<i32>,
    /// Set where the change is not carried out with its run.
    pub outcome: Option<Outcome>,
    pub outcome_by: Option<String>,
    pub unit: Option<i64>,
    merge: Option<String>,
}

crate::text_enum! {
    Outcome {
        Excluded = "excluded", "Excluded";
    }
}

#[derive(Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
pub(super) struct ChangeRow {
    school_id: SchoolId,
    run_id: RunId,
    person_id: Option<PersonId>,
    verb: Verb,
    fields: Option<String>,
    integration_id: Option<IntegrationId>,
    id_before: Option<IdValue>,
    id_after: Option<IdValue>,
    source: Option<&'static str>,
    source_key: Option<String>,
    source_row: Option<i64>,
    memberships: Option<String>,
    relations: Option<String>,
    row_hash: Option<i64>,
    spec_version: Option<i32>,
    unit: Option<i64>,
    merge: Option<String>,
}

/// How the name of a group of the school's own begins where memberships are kept; no placeholder's key does.
const LIST: &str = "list:";

/// A field's step as it stands in the JSON column.
#[derive(Serialize, Deserialize)]
struct Step<'a> {
    f: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    b: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    a: Option<Cow<'a, str>>,
}

/// A relationship's step: added or removed, the student's key, the kind.
type Relation<'a> = (bool, Cow<'a, str>, Cow<'a, str>);

fn write<T: Serialize>(steps: &T) -> Result<String, AppError> {
    serde_json::to_string(steps).map_err(|e| AppError::internal("writing a change", &e))
}

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, AppError> {
    serde_json::from_str(json).map_err(|e| AppError::internal("reading a change", &e))
}

fn write_fields(fields: &[FieldChange]) -> Result<String, AppError> {
    let steps: Vec<Step<'_>> = fields
        .iter()
        .map(|c| Step {
            f: c.field.code().into(),
            b: c.before.as_deref().map(Into::into),
            a: c.after.as_deref().map(Into::into),
        })
        .collect();
    write(&steps)
}

impl ChangeRow {
    /// `row` is the row of the source file that the change came from.
    pub fn of(change: &Change, school: &CurrentSchool, run: RunId, row: Option<i64>) -> Result<ChangeRow, AppError> {
        let fields = match &change.who {
            Who::New(bio) => {
                let mut told = Biographic::default().difference(bio);
                // The member type and status are always told, even where they are the default.
                for field in [Field::MemberType, Field::Status] {
                    told.retain(|c| c.field != field);
                    told.push(FieldChange { field, before: None, after: bio.get(field) });
                }
                Some(write_fields(&told)?)
            }
            Who::Held(_) if change.fields.is_empty() => None,
            Who::Held(_) => Some(write_fields(&change.fields)?),
        };
        let memberships = if change.groups.is_empty() && change.lists.is_empty() {
            None
        } else {
            let lists = change.lists.iter().map(|l| (l.joins, format!("{LIST}{}:{}", l.category.code(), l.name)));
            let steps: Vec<(bool, String)> =
                change.groups.iter().map(|g| (g.joins, g.group.key())).chain(lists).collect();
            Some(write(&steps)?)
        };
        let relations = if change.relations.is_empty() {
            None
        } else {
            let steps: Vec<Relation<'_>> =
                change.relations.iter().map(|r| (r.adds, r.student.as_str().into(), r.kind.as_str().into())).collect();
            Some(write(&steps)?)
        };
        Ok(ChangeRow {
            school_id: school.id(),
            run_id: run,
            person_id: change.held(),
            verb: change.verb(),
            fields,
            integration_id: change.id.as_ref().map(|i| i.integration),
            id_before: change.id.as_ref().and_then(|i| i.before.clone()),
            id_after: change.id.as_ref().and_then(|i| i.after.clone()),
            source: change.key.as_ref().map(|k| k.space.code()),
            source_key: change.key.as_ref().map(|k| k.given.clone()),
            source_row: row,
            memberships,
            relations,
            row_hash: change.row_hash,
            spec_version: change.id.as_ref().and_then(|i| i.spec_version),
            unit: change.unit,
            merge: change.merge.as_ref().map(write).transpose()?,
        })
    }

    pub fn store_all(conn: &mut Conn, rows: Vec<ChangeRow>) -> Result<(), AppError> {
        Ok(bulk_load!(conn, changes, ChangeRow, rows)?)
    }
}

impl StoredChange {
    /// The fields it touched, as text from and to.
    pub fn fields(&self) -> Result<Vec<FieldChange>, AppError> {
        let Some(json) = &self.fields else { return Ok(Vec::new()) };
        read::<Vec<Step<'_>>>(json)?
            .into_iter()
            .map(|s| {
                let field = Field::parse(&s.f).ok_or_else(|| AppError::Internal(format!("no field {:?}", s.f)))?;
                Ok(FieldChange { field, before: s.b.map(Into::into), after: s.a.map(Into::into) })
            })
            .collect()
    }

    /// The groups it joined and left.
    pub fn groups(&self) -> Result<Vec<GroupStep>, AppError> {
        let Some(json) = &self.memberships else { return Ok(Vec::new()) };
        read::<Vec<(bool, Cow<'_, str>)>>(json)?
            .into_iter()
            .filter(|(_, key)| !key.starts_with(LIST))
            .map(|(joins, key)| {
                let group = Placeholder::parse(&key).ok_or_else(|| AppError::Internal(format!("no group {key:?}")))?;
                Ok(GroupStep { joins, group })
            })
            .collect()
    }

    /// The groups of the school's own that it joined and left.
    pub fn lists(&self) -> Result<Vec<ListStep>, AppError> {
        let Some(json) = &self.memberships else { return Ok(Vec::new()) };
        let steps = read::<Vec<(bool, Cow<'_, str>)>>(json)?;
        let lists = steps.iter().filter_map(|(joins, key)| Some((*joins, key.strip_prefix(LIST)?.split_once(':')?)));
        lists
            .map(|(joins, (code, name))| {
                let category =
                    Category::parse(code).ok_or_else(|| AppError::Internal(format!("no category {code:?}")))?;
                Ok(ListStep { joins, category, name: name.to_owned() })
            })
            .collect()
    }

    pub fn relations(&self) -> Result<Vec<RelationStep>, AppError> {
        let Some(json) = &self.relations else { return Ok(Vec::new()) };
        let steps: Vec<Relation<'_>> = read(json)?;
        Ok(steps
            .into_iter()
            .map(|(adds, student, kind)| RelationStep { adds, student: student.into(), kind: kind.into() })
            .collect())
    }

    /// The two records that became one by it, or are two again.
    pub fn merge(&self) -> Result<Option<Merge>, AppError> {
        self.merge.as_deref().map(read).transpose()
    }

    /// The change as something that can be carried out.
    pub fn to_change(&self) -> Result<Change, AppError> {
        let fields = self.fields()?;
        let (who, fields) = match (self.verb, self.person_id) {
            (Verb::Create, _) => {
                let mut bio = Biographic::default();
                for c in fields {
                    bio.put(c.field, c.after.as_deref().unwrap_or("")).map_err(AppError::Internal)?;
                }
                (Who::New(Box::new(bio)), Vec::new())
            }
            (_, Some(person)) => (Who::Held(person), fields),
            (_, None) => return Err(AppError::Internal(format!("change {} is of nobody", self.id))),
        };
        let key = match (&self.source, &self.source_key) {
            (Some(source), Some(given)) => Some(SourceKey::read(source, given)?),
            _ => None,
        };
        let id = self.integration_id.map(|integration| IdStep {
            integration,
            before: self.id_before.clone(),
            after: self.id_after.clone(),
            spec_version: self.spec_version,
        });
        Ok(Change {
            who,
            fields,
            key,
            row_hash: self.row_hash,
            id,
            groups: self.groups()?,
            relations: self.relations()?,
            unit: self.unit,
            lists: self.lists()?,
            merge: self.merge()?.map(Box::new),
        })
    }

    /// The changes of a run in the order they were planned, after a given one; excluded ones too.
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

    /// All changes of one unit of a run, in the order they were planned.
    pub fn of_unit(
        conn: &mut Conn,
        school: &CurrentSchool,
        run: RunId,
        unit: i64,
    ) -> Result<Vec<StoredChange>, AppError> {
        Ok(changes::of(school)
            .filter(changes::run_id.eq(run))
            .filter(changes::unit.eq(unit))
            .order(changes::id)
            .select(StoredChange::as_select())
            .load(conn)?)
    }

    /// As `of_run`, from the last backwards: an undo goes that way.
    pub(super) fn of_run_backwards(
        conn: &mut Conn,
        school: &CurrentSchool,
        run: RunId,
        before: i64,
        limit: i64,
    ) -> Result<Vec<StoredChange>, AppError> {
        Ok(changes::of(school)
            .filter(changes::run_id.eq(run))
            .filter(changes::id.lt(before))
            .order(changes::id.desc())
            .limit(limit)
            .select(StoredChange::as_select())
            .load(conn)?)
    }
}
