//! The rows of placeholder groups and of memberships by the sync, written by the kernel only (`runs::apply`).
//! Leaves who joins and leaves to the sync's planner, and renaming or hiding a group by hand to `groups::change`.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::category::Category;
use super::group::{GroupId, Why, name_key, read_key};
use super::placeholder::Placeholder;
use crate::db::Conn;
use crate::error::AppError;
use crate::people::PersonId;
use crate::runs::RunId;
use crate::schema::{groups, memberships};
use crate::schools::{CurrentSchool, SchoolId};
use crate::{bulk_load, on_each};

/// So many people are named in one statement.
const AT_ONCE: usize = 500;

/// A group as far as its name, its lock and its being hidden go.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub(super) struct Held {
    pub(super) id: GroupId,
    pub(super) category: Category,
    pub(super) name: String,
    pub(super) placeholder: Option<String>,
    pub(super) hidden_at: Option<NaiveDateTime>,
    pub(super) lock_version: i32,
}

/// All groups of the school. On PostgreSQL they stay as they are until the end of the transaction, so that two who give
/// names come one after the other; on SQLite there is one writer.
pub(super) fn hold(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<Held>, AppError> {
    let query = groups::of(school).order(groups::id).select((
        groups::id,
        groups::category,
        groups::name,
        groups::placeholder,
        groups::hidden_at,
        groups::lock_version,
    ));
    Ok(match conn {
        Conn::Sqlite(c) => query.load(c)?,
        Conn::Postgres(c) => query.for_update().load(c)?,
    })
}

/// Makes the placeholder groups that are missing. One that was renamed gets its name back, wanted or not; one that is
/// wanted and was hidden is shown again. A name that a group of the school's own has is left to it.
pub(crate) fn ensure(
    conn: &mut Conn,
    school: &CurrentSchool,
    wanted: &[Placeholder],
    now: NaiveDateTime,
) -> Result<HashMap<Placeholder, GroupId>, AppError> {
    let (mut there, mut own) = (HashMap::new(), HashSet::new());
    for held in hold(conn, school)? {
        match held.placeholder.as_deref() {
            Some(key) => {
                there.insert(read_key(key)?, held);
            }
            None => {
                own.insert((held.category, name_key(&held.name)));
            }
        }
    }
    let names = names(there.keys().chain(wanted), own);
    let is_misnamed = |p: &Placeholder, h: &Held| names.get(p).is_some_and(|name| *name != h.name);
    // Two may have taken each other's name: all let go first. No name that is typed begins so.
    for held in there.iter().filter(|(p, h)| is_misnamed(p, h)).map(|(_, h)| h) {
        diesel::update(groups::of(school).filter(groups::id.eq(held.id)))
            .set(groups::name_key.eq(format!("\u{1}{}", held.id)))
            .execute(conn)?;
    }
    let wanted: HashSet<Placeholder> = wanted.iter().copied().collect();
    for (placeholder, held) in &there {
        let is_back = wanted.contains(placeholder) && held.hidden_at.is_some();
        if let Some(name) = names.get(placeholder).filter(|_| is_back || is_misnamed(placeholder, held)) {
            diesel::update(groups::of(school).filter(groups::id.eq(held.id)))
                .set((
                    groups::name.eq(name),
                    groups::name_key.eq(name_key(name)),
                    groups::hidden_at.eq(if is_back { None } else { held.hidden_at }),
                    groups::lock_version.eq(held.lock_version + 1),
                ))
                .execute(conn)?;
        }
    }
    let mut ids = HashMap::new();
    for placeholder in wanted {
        let id = match (there.get(&placeholder), names.get(&placeholder)) {
            (Some(held), _) => held.id,
            (None, Some(name)) => insert(conn, school, placeholder, name, now)?,
            (None, None) => continue,
        };
        ids.insert(placeholder, id);
    }
    Ok(ids)
}

fn insert(
    conn: &mut Conn,
    school: &CurrentSchool,
    placeholder: Placeholder,
    name: &str,
    now: NaiveDateTime,
) -> Result<GroupId, AppError> {
    Ok(groups::insert()
        .values((
            groups::school_id.eq(school.id()),
            groups::category.eq(placeholder.category()),
            groups::name.eq(name),
            groups::name_key.eq(name_key(name)),
            groups::placeholder.eq(placeholder.key()),
            groups::lock_version.eq(1),
            groups::created_at.eq(now),
        ))
        .returning(groups::id)
        .get_result(conn)?)
}

/// What each placeholder group is to be called: its own name, or where a group of the school's own has it, one beside it.
fn names<'a>(
    placeholders: impl Iterator<Item = &'a Placeholder>,
    mut taken: HashSet<(Category, String)>,
) -> HashMap<Placeholder, String> {
    let mut all: Vec<Placeholder> = placeholders.copied().collect();
    all.sort_unstable();
    all.dedup();
    let mut names = HashMap::new();
    for placeholder in all {
        let (category, own) = (placeholder.category(), placeholder.name());
        let others = (1..).map(|n| match n {
            1 => format!("{own} (roster sync)"),
            n => format!("{own} (roster sync {n})"),
        });
        let mut free = std::iter::once(own.clone()).chain(others).filter(|n| !taken.contains(&(category, name_key(n))));
        if let Some(name) = free.next() {
            taken.insert((category, name_key(&name)));
            names.insert(placeholder, name);
        }
    }
    names
}

/// A membership, in the shape of the table, for loading many at once.
#[derive(Insertable)]
#[diesel(table_name = memberships, treat_none_as_default_value = false)]
struct MembershipRow {
    school_id: SchoolId,
    group_id: GroupId,
    person_id: PersonId,
    why: Why,
    run_id: RunId,
}

/// Puts people into groups because of the sync. Who is there already because of it must not be among them.
pub(crate) fn join(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: RunId,
    rows: Vec<(GroupId, PersonId)>,
) -> Result<(), AppError> {
    let rows = in_order(rows).into_iter().map(|(group_id, person_id)| MembershipRow {
        school_id: school.id(),
        group_id,
        person_id,
        why: Why::Sync,
        run_id: run,
    });
    Ok(bulk_load!(conn, memberships, MembershipRow, rows.collect())?)
}

/// Takes people out of groups, as far as the sync put them there; says how many it took.
pub(crate) fn leave(
    conn: &mut Conn,
    school: &CurrentSchool,
    rows: Vec<(GroupId, PersonId)>,
) -> Result<usize, AppError> {
    let mut gone = 0;
    for of_group in in_order(rows).chunk_by(|a, b| a.0 == b.0) {
        for chunk in of_group.chunks(AT_ONCE) {
            let Some((group, _)) = chunk.first() else { continue };
            let people: Vec<PersonId> = chunk.iter().map(|(_, person)| *person).collect();
            gone += on_each!(conn, |c| diesel::delete(
                memberships::of(school)
                    .filter(memberships::group_id.eq(group))
                    .filter(memberships::why.eq(Why::Sync))
                    .filter(memberships::person_id.eq_any(people)),
            )
            .execute(c))?;
        }
    }
    Ok(gone)
}

/// In the order of the table's key, which is quickest to write; twice the same is once.
fn in_order(mut rows: Vec<(GroupId, PersonId)>) -> Vec<(GroupId, PersonId)> {
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// The placeholder groups of the school, by number.
fn placeholders(conn: &mut Conn, school: &CurrentSchool) -> Result<HashMap<GroupId, Placeholder>, AppError> {
    let rows: Vec<(GroupId, Option<String>)> = groups::of(school)
        .filter(groups::placeholder.is_not_null())
        .select((groups::id, groups::placeholder))
        .load(conn)?;
    rows.into_iter().filter_map(|(id, key)| Some((id, key?))).map(|(id, key)| Ok((id, read_key(&key)?))).collect()
}

/// In which placeholder groups the sync has put these people, in order. Who is in none is not in the answer.
pub(crate) fn held_of(
    conn: &mut Conn,
    school: &CurrentSchool,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Vec<Placeholder>>, AppError> {
    let placeholders = placeholders(conn, school)?;
    let mut held: HashMap<PersonId, Vec<Placeholder>> = HashMap::new();
    for chunk in people.chunks(AT_ONCE) {
        let rows: Vec<(PersonId, GroupId)> = on_each!(conn, |c| memberships::of(school)
            .filter(memberships::person_id.eq_any(chunk.to_vec()))
            .filter(memberships::why.eq(Why::Sync))
            .select((memberships::person_id, memberships::group_id))
            .load(c))?;
        for (person, group) in rows {
            if let Some(placeholder) = placeholders.get(&group) {
                held.entry(person).or_default().push(*placeholder);
            }
        }
    }
    for all in held.values_mut() {
        all.sort_unstable();
        // Somebody may be named twice in the question.
        all.dedup();
    }
    Ok(held)
}

/// How many people the sync has put into each placeholder group; 0 where nobody.
pub(crate) fn sizes(conn: &mut Conn, school: &CurrentSchool) -> Result<HashMap<Placeholder, i64>, AppError> {
    let rows: Vec<(GroupId, i64)> = memberships::of(school)
        .filter(memberships::why.eq(Why::Sync))
        .group_by(memberships::group_id)
        .select((memberships::group_id, diesel::dsl::count_star()))
        .load(conn)?;
    let counts: HashMap<GroupId, i64> = rows.into_iter().collect();
    Ok(placeholders(conn, school)?.into_iter().map(|(id, p)| (p, counts.get(&id).copied().unwrap_or(0))).collect())
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
