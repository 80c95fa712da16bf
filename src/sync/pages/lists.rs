//! The lists of a sync's preview and summary: who is created, updated, reactivated, blocked, and so on, page by page.
//! Leaves drawing them to `sync::pages::show`.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::{Backend, Conn};
use crate::error::AppError;
use crate::integration_ids::{IdValue, VisibleId};
use crate::people::{Field, FieldChange, MemberType, Person, PersonId};
use crate::runs::{Cause, GroupStep, Outcome, Problem, RelationStep, RunId, StoredChange, Verb};
use crate::schema::{changes, run_problems};
use crate::schools::CurrentSchool;
use crate::security::Sight;

crate::text_enum! {
    /// A list, by its code in addresses and its word.
    List {
        Created = "created", "Created";
        Updated = "updated", "Updated";
        Reactivated = "reactivated", "Reactivated";
        Gone = "gone", "No longer listed";
        Blocked = "blocked", "Blocked";
        Kept = "kept", "Kept";
        Excluded = "excluded", "Excluded";
        Unmatched = "unmatched", "No match";
    }
}

/// Causes that do not block a row.
const NOT_BLOCKED: [Cause; 6] =
    [Cause::Absent, Cause::Kept, Cause::Moved, Cause::NotListed, Cause::Unmatched, Cause::NoPerson];
/// A returning school and its extracts do not agree on these.
const UNMATCHED: [Cause; 3] = [Cause::NotListed, Cause::Unmatched, Cause::NoPerson];

/// How a change of status stands among the stored fields. No typed text can look so: its quotes are escaped.
const BACK: [&str; 2] =
    [r#"%{"f":"status","b":"inactive","a":"active"}%"#, r#"%{"f":"status","b":"withdrawn","a":"active"}%"#];
const GONE: [&str; 2] =
    [r#"%{"f":"status","b":"active","a":"inactive"}%"#, r#"%{"f":"status","b":"applicant","a":"inactive"}%"#];

impl List {
    /// Whether its rows are changes; the others are told as problems.
    pub fn is_of_changes(self) -> bool {
        matches!(self, List::Created | List::Updated | List::Reactivated | List::Excluded)
    }
}

/// One change as it is shown.
pub struct Row {
    pub change: i64,
    pub source_row: Option<i64>,
    pub source_key: Option<String>,
    pub person: Option<Person>,
    pub name: String,
    pub member_type: Option<MemberType>,
    pub is_new: bool,
    pub fields: Vec<FieldChange>,
    /// What becomes of the ID; the value is None where the visitor may not see it.
    pub id: Option<Option<VisibleId>>,
    /// The ID before, likewise.
    pub id_before: Option<Option<VisibleId>>,
    pub unit: Option<i64>,
    pub groups: Vec<GroupStep>,
    pub relations: Vec<RelationStep>,
    pub excluded_by: Option<String>,
}

fn of_list<'a>(school: &CurrentSchool, run: RunId, list: List) -> changes::Boxed<'a, Backend> {
    let query = changes::of(school).filter(changes::run_id.eq(run)).into_boxed::<Backend>();
    let carried = changes::outcome.is_null();
    match list {
        List::Excluded => query.filter(changes::outcome.eq(Outcome::Excluded)),
        List::Created => query.filter(carried).filter(changes::verb.eq(Verb::Create)),
        List::Reactivated => query
            .filter(carried)
            .filter(changes::verb.eq(Verb::Update))
            .filter(changes::fields.like(BACK[0]).or(changes::fields.like(BACK[1]))),
        _ => query.filter(carried).filter(changes::verb.ne(Verb::Create)).filter(
            changes::fields.is_null().or(changes::fields
                .not_like(BACK[0])
                .and(changes::fields.not_like(BACK[1]))
                .and(changes::fields.not_like(GONE[0]))
                .and(changes::fields.not_like(GONE[1]))),
        ),
    }
}

fn problems_of<'a>(school: &CurrentSchool, run: RunId, list: List) -> run_problems::Boxed<'a, Backend> {
    let query = run_problems::of(school).filter(run_problems::run_id.eq(run)).into_boxed::<Backend>();
    match list {
        List::Gone => query.filter(run_problems::cause.eq(Cause::Absent)),
        List::Kept => query.filter(run_problems::cause.eq(Cause::Kept)),
        List::Unmatched => query.filter(run_problems::cause.eq_any(UNMATCHED)),
        _ => query.filter(run_problems::cause.is_null().or(run_problems::cause.ne_all(NOT_BLOCKED))),
    }
}

/// How long a list is.
pub fn length(conn: &mut Conn, school: &CurrentSchool, run: RunId, list: List) -> Result<i64, AppError> {
    if list.is_of_changes() {
        return Ok(of_list(school, run, list).count().get_result(conn)?);
    }
    Ok(problems_of(school, run, list).count().get_result(conn)?)
}

/// One page of a list of changes.
pub fn rows(
    conn: &mut Conn,
    school: &CurrentSchool,
    sight: &Sight,
    run: RunId,
    list: List,
    (offset, limit): (i64, i64),
) -> Result<Vec<Row>, AppError> {
    let found: Vec<StoredChange> = of_list(school, run, list)
        .order(changes::id)
        .offset(offset)
        .limit(limit)
        .select(StoredChange::as_select())
        .load(conn)?;
    read(conn, school, sight, found)
}

/// The next changes of a list after a given one: for files, which are written as they are read.
pub fn rows_after(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: RunId,
    list: List,
    after: i64,
    limit: i64,
) -> Result<Vec<Row>, AppError> {
    let found: Vec<StoredChange> = of_list(school, run, list)
        .filter(changes::id.gt(after))
        .order(changes::id)
        .limit(limit)
        .select(StoredChange::as_select())
        .load(conn)?;
    read(conn, school, &Sight::none(), found)
}

fn read(
    conn: &mut Conn,
    school: &CurrentSchool,
    sight: &Sight,
    found: Vec<StoredChange>,
) -> Result<Vec<Row>, AppError> {
    let ids: Vec<PersonId> = found.iter().filter_map(|c| c.person_id).collect();
    let mut people: HashMap<PersonId, Person> =
        Person::by_ids(conn, school, &ids)?.into_iter().map(|p| (p.id, p)).collect();
    found
        .into_iter()
        .map(|c| {
            let fields = c.fields()?;
            let person = c.person_id.and_then(|id| people.remove(&id));
            let told = |f: Field| fields.iter().find(|c| c.field == f).and_then(|c| c.after.clone());
            let name = person.as_ref().map_or_else(
                || {
                    let parts = [told(Field::LastName), told(Field::FirstName)];
                    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
                },
                |p| p.bio.list_name(),
            );
            let member_type = match &person {
                Some(p) => Some(p.bio.member_type),
                None => told(Field::MemberType).and_then(|m| MemberType::parse(&m)),
            };
            let see = |value: Option<&IdValue>| Some(value?.reveal(sight, c.integration_id?));
            let (id, id_before) = (see(c.id_after.as_ref()), see(c.id_before.as_ref()));
            Ok(Row {
                change: c.id,
                source_row: c.source_row,
                source_key: c.source_key.clone(),
                name,
                member_type,
                is_new: c.verb == Verb::Create,
                id,
                id_before,
                unit: c.unit,
                groups: c.groups()?,
                relations: c.relations()?,
                excluded_by: c.outcome_by.clone(),
                person,
                fields,
            })
        })
        .collect()
}

/// One page of a list of problems.
pub fn problems(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: RunId,
    list: List,
    (offset, limit): (i64, i64),
) -> Result<Vec<Problem>, AppError> {
    Ok(problems_of(school, run, list)
        .order(run_problems::id)
        .offset(offset)
        .limit(limit)
        .select(Problem::as_select())
        .load(conn)?)
}

/// The rows of a stale plan that do not fit any more.
pub fn moved(conn: &mut Conn, school: &CurrentSchool, run: RunId, limit: i64) -> Result<Vec<Problem>, AppError> {
    Ok(run_problems::of(school)
        .filter(run_problems::run_id.eq(run))
        .filter(run_problems::cause.eq(Cause::Moved))
        .order(run_problems::id)
        .limit(limit)
        .select(Problem::as_select())
        .load(conn)?)
}

/// The next problems of a list after a given one, each with its number, of one file or of all: for files, which are
/// written as they are read.
pub fn problems_after(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: RunId,
    (list, slot): (List, Option<&str>),
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Problem)>, AppError> {
    let query = problems_of(school, run, list).filter(run_problems::id.gt(after));
    let query = match slot {
        Some(slot) => query.filter(run_problems::slot.eq(slot.to_owned())),
        None => query,
    };
    Ok(query.order(run_problems::id).limit(limit).select((run_problems::id, Problem::as_select())).load(conn)?)
}

/// The files that have blocked rows.
pub fn blocked_slots(conn: &mut Conn, school: &CurrentSchool, run: RunId) -> Result<Vec<String>, AppError> {
    let slots: Vec<Option<String>> =
        problems_of(school, run, List::Blocked).select(run_problems::slot).distinct().load(conn)?;
    Ok(slots.into_iter().flatten().collect())
}

/// How many rows of one file are blocked, each counted once for each of its problems.
pub fn blocked_in(conn: &mut Conn, school: &CurrentSchool, run: RunId, slot: &str) -> Result<i64, AppError> {
    Ok(problems_of(school, run, List::Blocked)
        .filter(run_problems::slot.eq(slot.to_owned()))
        .count()
        .get_result(conn)?)
}
