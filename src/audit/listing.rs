//! The entries of a school from both tables as one list, newest first, filtered, page by page.
//! Leaves reading the address to `query` and drawing to `pages`.

use std::fmt;

use chrono::{DateTime, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::Action;
use super::source::{Source, of_source};
use super::stored::{StoredEntry, columns};
use crate::db::portable::escape_like;
use crate::db::{Conn, Db};
use crate::error::AppError;
use crate::people::PersonId;
use crate::schema::activity_entries;
use crate::schools::CurrentSchool;

diesel::define_sql_function! {
    /// SQLite's knows the letters A to Z only.
    fn lower(text: Text) -> Text;
}

/// What somebody looks for. The parts narrow each other.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub person: Option<PersonId>,
    /// Part of the name of who did it.
    pub actor: String,
    pub action: Option<Action>,
    pub from: Option<NaiveDateTime>,
    pub until: Option<NaiveDateTime>,
}

impl Filter {
    /// Letters beyond A to Z stand for any letter: the databases do not agree on their upper and lower case.
    fn actor_like(&self) -> Option<String> {
        let plain = escape_like(&self.actor.to_lowercase());
        let any = plain.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect::<String>();
        (!self.actor.is_empty()).then(|| format!("%{any}%"))
    }
}

/// Where an entry stands in the list. Of two entries of the same moment the table, then the row decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub at: NaiveDateTime,
    pub source: Source,
    pub id: i64,
}

impl Place {
    pub fn parse(text: &str) -> Option<Place> {
        let mut parts = text.splitn(3, '.');
        let at = DateTime::from_timestamp_micros(parts.next()?.parse().ok()?)?.naive_utc();
        Some(Place { at, source: Source::parse(parts.next()?)?, id: parts.next()?.parse().ok()? })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.at.and_utc().timestamp_micros(), self.source.code(), self.id)
    }
}

/// Which part of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Newest,
    Before(Place),
    After(Place),
}

/// A part of the list, newest first, and whether there is more on either side.
#[derive(Debug, Default)]
pub struct Listing {
    pub entries: Vec<(Source, StoredEntry)>,
    pub has_newer: bool,
    pub has_older: bool,
}

impl Listing {
    pub fn first(&self) -> Option<Place> {
        self.entries.first().map(place)
    }

    pub fn last(&self) -> Option<Place> {
        self.entries.last().map(place)
    }
}

fn place((source, e): &(Source, StoredEntry)) -> Place {
    Place { at: e.at, source: *source, id: e.id }
}

/// Whose entries: a school's, or those of no school, which are Support's own and the operator's.
#[derive(Clone, Copy)]
pub enum Whose<'a> {
    School(&'a CurrentSchool),
    NoSchool,
}

/// At most `limit` entries. Each table gives as many and one more, so that nothing is counted and little is read.
pub fn list(db: &Db, whose: Whose<'_>, filter: &Filter, part: Part, limit: usize) -> Result<Listing, AppError> {
    let mut entries = Vec::new();
    for &source in Source::ALL {
        let most = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
        let found = source.read(db, |conn| load(conn, source, whose, filter, part, most))?;
        entries.extend(found.into_iter().map(|e| (source, e)));
    }
    entries.sort_by_key(|e| std::cmp::Reverse(place(e)));
    let has_more = entries.len() > limit;
    match part {
        Part::After(_) if has_more => {
            // Next to the place, which is the end of the list here.
            entries.drain(..entries.len() - limit);
            Ok(Listing { entries, has_newer: true, has_older: true })
        }
        // The first page is full, whatever has come since.
        Part::After(_) => list(db, whose, filter, Part::Newest, limit),
        Part::Newest | Part::Before(_) => {
            entries.truncate(limit);
            Ok(Listing { entries, has_newer: part != Part::Newest, has_older: has_more })
        }
    }
}

fn load(
    conn: &mut Conn,
    source: Source,
    whose: Whose<'_>,
    filter: &Filter,
    part: Part,
    limit: i64,
) -> Result<Vec<StoredEntry>, AppError> {
    of_source!(source, |t| {
        let mut query = match whose {
            Whose::School(school) => t::table.filter(t::school_id.eq(school.id())).into_boxed(),
            Whose::NoSchool => t::table.filter(t::school_id.is_null()).into_boxed(),
        };
        if let Some(person) = filter.person {
            query = query.filter(t::person_id.eq(person));
        }
        if let Some(action) = filter.action {
            query = query.filter(t::action.eq(action));
        }
        if let Some(like) = filter.actor_like() {
            query = query.filter(lower(t::actor_name).like(like).escape('\\'));
        }
        if let Some(from) = filter.from {
            query = query.filter(t::at.ge(from));
        }
        if let Some(until) = filter.until {
            query = query.filter(t::at.lt(until));
        }
        // The plain bound on the time is what the index is entered by.
        query = match part {
            Part::Newest => query,
            Part::Before(p) if source < p.source => query.filter(t::at.le(p.at)),
            Part::Before(p) if source > p.source => query.filter(t::at.lt(p.at)),
            Part::Before(p) => query.filter(t::at.le(p.at)).filter(t::at.lt(p.at).or(t::id.lt(p.id))),
            Part::After(p) if source > p.source => query.filter(t::at.ge(p.at)),
            Part::After(p) if source < p.source => query.filter(t::at.gt(p.at)),
            Part::After(p) => query.filter(t::at.ge(p.at)).filter(t::at.gt(p.at).or(t::id.gt(p.id))),
        };
        query = match part {
            Part::After(_) => query.order((t::at, t::id)),
            _ => query.order((t::at.desc(), t::id.desc())),
        };
        Ok(query.limit(limit).select(columns!(t)).load(conn)?)
    })
}

/// Who saw a person's integration IDs, newest first.
pub fn seen_by(
    conn: &mut Conn,
    school: &CurrentSchool,
    person: PersonId,
    limit: i64,
) -> Result<Vec<(String, NaiveDateTime)>, AppError> {
    Ok(activity_entries::table
        .filter(activity_entries::school_id.eq(school.id()))
        .filter(activity_entries::person_id.eq(person))
        .filter(activity_entries::action.eq(Action::IdsViewed))
        .order((activity_entries::at.desc(), activity_entries::id.desc()))
        .limit(limit)
        .select((activity_entries::actor_name, activity_entries::at))
        .load(conn)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let at = DateTime::from_timestamp_micros(1_764_041_319_123_456).unwrap_or_default().naive_utc();
        let place = Place { at, source: Source::Activity, id: 17 };
        assert_eq!(place.to_string(), "1764041319123456.activity.17");
        assert_eq!(Place::parse(&place.to_string()), Some(place));
        for bad in ["", "x.audit.1", "1.nothing.1", "1.audit", "99999999999999999999.audit.1"] {
            assert_eq!(Place::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_part_of_a_name_is_looked_for_in_any_case_and_without_wildcards() {
        let like = |actor: &str| Filter { actor: actor.into(), ..Filter::default() }.actor_like();
        assert_eq!(like("O%KAFOR"), Some("%o\\%kafor%".into()));
        assert_eq!(like("Núñez"), Some("%n__ez%".into()));
        assert_eq!(like(""), None);
    }
}
