//! Titles that a school's clerks have mapped by hand, remembered for its next files.
//! Leaves applying a map to `sources`, asking for one to the pages and the command line.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::audit::{self, Action};
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::header_maps;
use crate::schools::CurrentSchool;
use crate::security::Actor;
use crate::sources::{HeaderMap, Slot};

/// One title as it is remembered.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = header_maps)]
pub struct Remembered {
    pub slot: Slot,
    pub title_key: String,
    pub title: String,
    pub means: String,
    pub mapped_by: String,
    pub mapped_at: NaiveDateTime,
}

pub fn remembered(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<Remembered>, AppError> {
    Ok(header_maps::of(school)
        .order((header_maps::slot, header_maps::means, header_maps::title_key))
        .select(Remembered::as_select())
        .load(conn)?)
}

/// What is remembered, with `over` laid on top: a title that `over` speaks of means what it says there.
pub fn with(conn: &mut Conn, school: &CurrentSchool, over: &HeaderMap) -> Result<HeaderMap, AppError> {
    let mut map = over.clone();
    for r in remembered(conn, school)? {
        let is_said = over.entries().iter().any(|e| e.slot == r.slot && HeaderMap::title_key(&e.title) == r.title_key);
        // A column that the program does not know any more is passed over.
        if !is_said && let Err(reason) = map.set(r.slot, &r.title, &r.means) {
            log::warn!("a remembered title is passed over: {reason}");
        }
    }
    Ok(map)
}

/// Keeps what a clerk has said, in the place of what was said of the same titles, and puts it on record.
pub fn remember(
    conn: &mut Conn,
    school: &CurrentSchool,
    map: &HeaderMap,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    let before = remembered(conn, school)?;
    let mut said = Vec::new();
    for e in map.entries() {
        let key = HeaderMap::title_key(&e.title);
        let same = |r: &&Remembered| r.slot == e.slot && r.title_key == key;
        if before.iter().find(same).is_some_and(|r| r.means == e.means) {
            continue;
        }
        diesel::delete(one(school, e.slot, &key)).execute(conn)?;
        header_maps::insert()
            .values((
                header_maps::school_id.eq(school.id()),
                header_maps::slot.eq(e.slot),
                header_maps::title_key.eq(&key),
                header_maps::title.eq(&e.title),
                header_maps::means.eq(e.means),
                header_maps::mapped_by.eq(actor.name()),
                header_maps::mapped_at.eq(now),
            ))
            .execute(conn)?;
        said.push(format!("{}: the title {:?} means {}", e.slot, e.title, e.means));
    }
    if said.is_empty() { Ok(()) } else { record(conn, school, actor, now, said.join(", ")) }
}

/// Forgets what a title was said to mean; `NotFound` where nothing was.
pub fn forget(
    conn: &mut Conn,
    school: &CurrentSchool,
    slot: Slot,
    key: &str,
    actor: &Actor,
    now: NaiveDateTime,
) -> Result<(), AppError> {
    let r: Remembered = one(school, slot, key).select(Remembered::as_select()).get_result(conn)?;
    diesel::delete(one(school, slot, key)).execute(conn)?;
    record(conn, school, actor, now, format!("{slot}: the title {:?} no longer means {}", r.title, r.means))
}

type One = diesel::dsl::Filter<
    diesel::dsl::Filter<header_maps::Of, diesel::dsl::Eq<header_maps::slot, Slot>>,
    diesel::dsl::Eq<header_maps::title_key, String>,
>;

fn one(school: &CurrentSchool, slot: Slot, key: &str) -> One {
    header_maps::of(school).filter(header_maps::slot.eq(slot)).filter(header_maps::title_key.eq(key.to_owned()))
}

fn record(
    conn: &mut Conn,
    school: &CurrentSchool,
    actor: &Actor,
    now: NaiveDateTime,
    subject: String,
) -> Result<(), AppError> {
    audit::record(
        conn,
        &audit::Entry {
            at: now,
            school: Some(school.id()),
            actor: actor.clone(),
            action: Action::SyncSettingsChanged,
            subject,
            person: None,
            request: None,
        },
    )
}
