//! A look: what the finders find, against the items there are. What is new is opened, what is right is closed, what is wrong again
//! comes back. Leaves finding to `desk::finders`.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::finders::{About, Finder, Finding};
use super::item::{ItemId, What};
use super::kind::{Kind, Owner, State};
use crate::bulk_load;
use crate::db::{Conn, Db};
use crate::error::AppError;
use crate::integration_ids::RecordId;
use crate::integrations::IntegrationId;
use crate::people::PersonId;
use crate::runs::RunId;
use crate::schema::{desk_items, desk_looks, desk_moves};
use crate::schools::{CurrentSchool, Limits, SchoolId};

/// So many items of a finder are open at most: a person works through them one by one. The rest opens as they are closed.
const MOST_OPEN: usize = 5000;

/// The data changed while they were looked at: so often a look begins anew.
const TRIES: usize = 3;

/// Whether the newest look saw the data as they are now.
pub fn is_fresh(conn: &mut Conn, school: &CurrentSchool) -> Result<bool, AppError> {
    Ok(stale(conn, school)?.is_empty())
}

/// Whether there is more than is opened at once.
pub fn is_cut(conn: &mut Conn, school: &CurrentSchool) -> Result<bool, AppError> {
    Ok(desk_looks::of(school).filter(desk_looks::is_cut.eq(true)).count().get_result::<i64>(conn)? > 0)
}

fn stale(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<Finder>, AppError> {
    let seen: HashMap<Finder, String> = desk_looks::of(school)
        .select((desk_looks::finder, desk_looks::mark))
        .load::<(Finder, String)>(conn)?
        .into_iter()
        .collect();
    let mut stale = Vec::new();
    for finder in Finder::ALL {
        if seen.get(finder) != Some(&finder.mark(conn, school)?) {
            stale.push(*finder);
        }
    }
    Ok(stale)
}

/// Looks at what has changed since the last look. All of the school is looked at, whoever asks.
pub fn look(db: &Db, school: &CurrentSchool, now: NaiveDateTime) -> Result<(), AppError> {
    let school = &school.clone().limited(Limits::none());
    for finder in db.read(|conn| stale(conn, school))? {
        let mut is_done = false;
        for _ in 0..TRIES {
            let (mark, found) = db.read(|conn| Ok((finder.mark(conn, school)?, finder.find(conn, school)?)))?;
            is_done = match db.write(|conn| keep(conn, school, finder, &mark, &found, now)) {
                // Somebody else has just kept their first look.
                Err(e) if e.is_unique_violation() => false,
                kept => kept?,
            };
            if is_done {
                break;
            }
        }
        if !is_done {
            log::info!("{}: the data changed while the desk looked at them; it looks again later", school.code());
        }
    }
    Ok(())
}

/// Keeps what was found; false when the data are not as they were found any more.
fn keep(
    conn: &mut Conn,
    school: &CurrentSchool,
    finder: Finder,
    mark: &str,
    found: &[Finding],
    now: NaiveDateTime,
) -> Result<bool, AppError> {
    let here = || desk_looks::of(school).filter(desk_looks::finder.eq(finder));
    // This row is the lock: one look at a time.
    let held = diesel::update(here()).set(desk_looks::looked_at.eq(now)).execute(conn)?;
    if finder.mark(conn, school)? != mark {
        return Ok(false);
    }
    let items: Vec<Held> = desk_items::of(school)
        .filter(desk_items::kind.eq_any(finder.kinds().to_vec()))
        .select(Held::as_select())
        .load(conn)?;
    let differing = differ(found, &items, MOST_OPEN);
    write(conn, school, found, &differing, now)?;
    if held == 0 {
        desk_looks::insert()
            .values((
                desk_looks::school_id.eq(school.id()),
                desk_looks::finder.eq(finder),
                desk_looks::mark.eq(mark),
                desk_looks::looked_at.eq(now),
                desk_looks::is_cut.eq(differing.is_cut),
            ))
            .execute(conn)?;
    } else {
        diesel::update(here())
            .set((desk_looks::mark.eq(mark), desk_looks::is_cut.eq(differing.is_cut)))
            .execute(conn)?;
    }
    Ok(true)
}

/// An item as a look needs it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = desk_items)]
struct Held {
    id: ItemId,
    kind: Kind,
    item_key: String,
    owner: Owner,
    state: State,
    reason: Option<String>,
    closed_at: Option<NaiveDateTime>,
    #[diesel(embed)]
    about: About,
}

/// What a look does. Findings are named by their place.
#[derive(Debug, Default, PartialEq, Eq)]
struct Differing {
    open: Vec<usize>,
    back: Vec<(Moving, usize)>,
    close: Vec<Moving>,
    /// Still wrong, and told of other rows: of a newer plan, say.
    point: Vec<(ItemId, usize)>,
    is_cut: bool,
}

/// An item that is closed or comes back, as its history tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Moving {
    id: ItemId,
    owner: Owner,
    state: State,
    reason: Option<String>,
}

/// Pure: the order of what is found decides what is opened first, and nothing else.
fn differ(found: &[Finding], items: &[Held], most: usize) -> Differing {
    let mut places: BTreeMap<(Kind, &str), usize> = BTreeMap::new();
    for (place, f) in found.iter().enumerate() {
        places.entry((f.kind, f.key.as_str())).or_insert(place);
    }
    let mut differing = Differing::default();
    let mut is_open = 0;
    for item in items {
        let place = places.remove(&(item.kind, item.item_key.as_str()));
        let moving = |state| Moving { id: item.id, owner: item.owner, state, reason: item.reason.clone() };
        match (place, item.closed_at) {
            (Some(place), None) => {
                is_open += 1;
                if found.get(place).is_some_and(|f| f.about != item.about) {
                    differing.point.push((item.id, place));
                }
            }
            // What somebody left as it is stays so; what was waited for begins anew.
            (Some(place), Some(_)) => {
                is_open += 1;
                let state = if item.state == State::Left { State::Left } else { State::Open };
                differing.back.push((moving(state), place));
            }
            (None, None) => differing.close.push(moving(item.state)),
            (None, Some(_)) => {}
        }
    }
    let mut fresh: Vec<usize> = places.into_values().collect();
    fresh.sort_unstable();
    let room = most.saturating_sub(is_open);
    differing.is_cut = fresh.len() > room;
    fresh.truncate(room);
    differing.open = fresh;
    differing
}

#[derive(Insertable)]
#[diesel(table_name = desk_items, treat_none_as_default_value = false)]
struct NewItem {
    school_id: SchoolId,
    kind: Kind,
    item_key: String,
    person_id: Option<PersonId>,
    other_person_id: Option<PersonId>,
    integration_id: Option<IntegrationId>,
    record_id: Option<RecordId>,
    other_record_id: Option<RecordId>,
    run_id: Option<RunId>,
    problem_id: Option<i64>,
    owner: Owner,
    state: State,
    opened_at: NaiveDateTime,
    lock_version: i32,
}

#[derive(Insertable)]
#[diesel(table_name = desk_moves, treat_none_as_default_value = false)]
struct NewMove {
    school_id: SchoolId,
    item_id: ItemId,
    what: What,
    owner: Owner,
    state: State,
    reason: Option<String>,
    moved_by: Option<String>,
    moved_at: NaiveDateTime,
}

fn write(
    conn: &mut Conn,
    school: &CurrentSchool,
    found: &[Finding],
    differing: &Differing,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    let fresh: Vec<NewItem> = differing
        .open
        .iter()
        .filter_map(|place| found.get(*place))
        .map(|f| NewItem {
            school_id: school.id(),
            kind: f.kind,
            item_key: f.key.clone(),
            person_id: f.about.person,
            other_person_id: f.about.other_person,
            integration_id: f.about.integration,
            record_id: f.about.record,
            other_record_id: f.about.other_record,
            run_id: f.about.run,
            problem_id: f.about.problem,
            owner: f.kind.first_owner(),
            state: State::Open,
            opened_at: now,
            lock_version: 1,
        })
        .collect();
    bulk_load!(conn, desk_items, NewItem, fresh)?;
    let one = |id: ItemId| desk_items::of(school).filter(desk_items::id.eq(id));
    for (id, place) in differing.point.iter().copied().chain(differing.back.iter().map(|(m, place)| (m.id, *place))) {
        let Some(finding) = found.get(place) else { continue };
        diesel::update(one(id)).set(finding.about).execute(conn)?;
    }
    for (moving, _) in &differing.back {
        diesel::update(one(moving.id))
            .set((
                desk_items::closed_at.eq(None::<NaiveDateTime>),
                desk_items::state.eq(moving.state),
                desk_items::lock_version.eq(desk_items::lock_version + 1),
            ))
            .execute(conn)?;
    }
    for some in differing.close.chunks(500) {
        let ids: Vec<ItemId> = some.iter().map(|m| m.id).collect();
        diesel::update(desk_items::of(school).filter(desk_items::id.eq_any(ids)))
            .set((desk_items::closed_at.eq(Some(now)), desk_items::lock_version.eq(desk_items::lock_version + 1)))
            .execute(conn)?;
    }
    let closed = differing.close.iter().map(|m| (m, What::Closed));
    let moves: Vec<NewMove> = closed
        .chain(differing.back.iter().map(|(m, _)| (m, What::CameBack)))
        .map(|(m, what)| NewMove {
            school_id: school.id(),
            item_id: m.id,
            what,
            owner: m.owner,
            state: m.state,
            reason: m.reason.clone(),
            moved_by: None,
            moved_at: now,
        })
        .collect();
    Ok(bulk_load!(conn, desk_moves, NewMove, moves)?)
}

#[cfg(test)]
#[path = "look_tests.rs"]
mod tests;
