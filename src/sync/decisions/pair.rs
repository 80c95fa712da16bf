//! Whether two are one: a record of staff and one of a parent (a twin), or a newcomer and somebody of the school (a match).
//! Leaves what a plan makes of it to the planner.

use std::fmt;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{Verdict, Whom, record};
use crate::db::Conn;
use crate::error::AppError;
use crate::people::PersonId;
use crate::people::merge::merged_into;
use crate::runs::KeySpace;
use crate::runs::merge::leads_to;
use crate::schema::{match_decisions, people, person_links, source_links};
use crate::schools::CurrentSchool;
use crate::security::Actor;

crate::text_enum! {
    PairKind {
        Twin = "twin", "Likely twin";
        Match = "match", "Likely match";
    }
}

/// The record of staff and the parent's; or the newcomer and whom the school has.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pair {
    pub kind: PairKind,
    pub one: Whom,
    pub other: Whom,
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}+{}", self.kind.code(), self.one, self.other)
    }
}

#[derive(Debug, Clone)]
pub struct PairDecision {
    pub pair: Pair,
    pub verdict: Verdict,
    pub names: (String, String),
    pub decided_by: String,
    pub decided_at: NaiveDateTime,
}

type Row = (String, String, Verdict, String, String, String, NaiveDateTime);

impl PairDecision {
    pub fn all(conn: &mut Conn, school: &CurrentSchool, kind: PairKind) -> Result<Vec<PairDecision>, AppError> {
        let rows: Vec<Row> = match kind {
            PairKind::Twin => person_links::of(school)
                .order((person_links::staff, person_links::parent))
                .select((
                    person_links::staff,
                    person_links::parent,
                    person_links::verdict,
                    person_links::staff_name,
                    person_links::parent_name,
                    person_links::decided_by,
                    person_links::decided_at,
                ))
                .load(conn)?,
            PairKind::Match => match_decisions::of(school)
                .order((match_decisions::newcomer, match_decisions::held))
                .select((
                    match_decisions::newcomer,
                    match_decisions::held,
                    match_decisions::verdict,
                    match_decisions::newcomer_name,
                    match_decisions::held_name,
                    match_decisions::decided_by,
                    match_decisions::decided_at,
                ))
                .load(conn)?,
        };
        rows.into_iter().map(|row| read(kind, row)).collect()
    }

    /// Remembers it, in the place of what was decided of the same two before.
    pub fn decide(
        conn: &mut Conn,
        school: &CurrentSchool,
        pair: &Pair,
        verdict: Verdict,
        names: (&str, &str),
        actor: &Actor,
        now: NaiveDateTime,
    ) -> Result<(), AppError> {
        check(pair)?;
        forget(conn, school, pair)?;
        let (one, other) = (pair.one.to_string(), pair.other.to_string());
        match pair.kind {
            PairKind::Twin => person_links::insert()
                .values((
                    person_links::school_id.eq(school.id()),
                    person_links::staff.eq(one),
                    person_links::parent.eq(other),
                    person_links::verdict.eq(verdict),
                    person_links::staff_name.eq(names.0),
                    person_links::parent_name.eq(names.1),
                    person_links::decided_by.eq(actor.name()),
                    person_links::decided_at.eq(now),
                ))
                .execute(conn)?,
            PairKind::Match => match_decisions::insert()
                .values((
                    match_decisions::school_id.eq(school.id()),
                    match_decisions::newcomer.eq(one),
                    match_decisions::held.eq(other),
                    match_decisions::verdict.eq(verdict),
                    match_decisions::newcomer_name.eq(names.0),
                    match_decisions::held_name.eq(names.1),
                    match_decisions::decided_by.eq(actor.name()),
                    match_decisions::decided_at.eq(now),
                ))
                .execute(conn)?,
        };
        let what = if verdict == Verdict::Same { "are the same person" } else { "are not the same person" };
        let said = format!("{} ({}) and {} ({}) {what}", names.0, pair.one, names.1, pair.other);
        record(conn, school, actor, now, said)
    }

    /// Forgets it. `NotFound` where nothing was decided; a key that is linked already stays where it is.
    pub fn take_back(
        conn: &mut Conn,
        school: &CurrentSchool,
        pair: &Pair,
        actor: &Actor,
        now: NaiveDateTime,
    ) -> Result<(), AppError> {
        let decided = PairDecision::all(conn, school, pair.kind)?.into_iter().find(|d| d.pair == *pair);
        let Some(decided) = decided else { return Err(AppError::NotFound) };
        if decided.is_linked(conn, school)? {
            return Err(AppError::Conflict(format!(
                "A sync has linked {} to {} since: the number leads there now, and this cannot be taken back.",
                pair.one, pair.other
            )));
        }
        forget(conn, school, pair)?;
        let said = format!("{} ({}) and {} ({}): taken back", decided.names.0, pair.one, decided.names.1, pair.other);
        record(conn, school, actor, now, said)
    }

    /// Whether a sync has carried it out: the newcomer's number leads to the person.
    pub fn is_linked(&self, conn: &mut Conn, school: &CurrentSchool) -> Result<bool, AppError> {
        let (PairKind::Match, Verdict::Same, Whom::Key(space, key)) = (self.pair.kind, self.verdict, &self.pair.one)
        else {
            return Ok(false);
        };
        let linked: i64 = source_links::of(school)
            .filter(source_links::source.eq(*space))
            .filter(source_links::key_norm.eq(key.to_string()))
            .count()
            .get_result(conn)?;
        Ok(linked > 0)
    }
}

fn read(kind: PairKind, row: Row) -> Result<PairDecision, AppError> {
    let (one, other, verdict, one_name, other_name, decided_by, decided_at) = row;
    let whom = |text: &str| Whom::parse(text).ok_or_else(|| AppError::Internal(format!("{text:?} names nobody")));
    let pair = Pair { kind, one: whom(&one)?, other: whom(&other)? };
    Ok(PairDecision { pair, verdict, names: (one_name, other_name), decided_by, decided_at })
}

/// What a pair has to be for anything to come of it.
fn check(pair: &Pair) -> Result<(), AppError> {
    let of = |whom: &Whom, space: KeySpace| {
        matches!(whom, Whom::Person(_)) || matches!(whom, Whom::Key(s, _) if *s == space)
    };
    let fits = match pair.kind {
        PairKind::Twin => {
            of(&pair.one, KeySpace::Users) && of(&pair.other, KeySpace::Persons) && pair.one != pair.other
        }
        PairKind::Match => matches!((&pair.one, &pair.other), (Whom::Key(..), Whom::Person(_))),
    };
    if fits {
        return Ok(());
    }
    Err(AppError::Conflict(match pair.kind {
        PairKind::Twin => {
            "A twin is somebody of staff (users:NUMBER or a SONIS ID) and a parent (persons:NUMBER or a SONIS ID)."
                .into()
        }
        PairKind::Match => {
            "A match is a number of an extract (students:NUMBER) and the SONIS ID of somebody of the school.".into()
        }
    }))
}

fn forget(conn: &mut Conn, school: &CurrentSchool, pair: &Pair) -> Result<(), AppError> {
    let (one, other) = (pair.one.to_string(), pair.other.to_string());
    match pair.kind {
        PairKind::Twin => {
            let these =
                person_links::of(school).filter(person_links::staff.eq(one)).filter(person_links::parent.eq(other));
            diesel::delete(these).execute(conn)?
        }
        PairKind::Match => {
            let these = match_decisions::of(school)
                .filter(match_decisions::newcomer.eq(one))
                .filter(match_decisions::held.eq(other));
            diesel::delete(these).execute(conn)?
        }
    };
    Ok(())
}

/// The other record of the same human, as its person's SONIS ID and name; only of those whom the visitor may see.
pub fn twins_of(
    conn: &mut Conn,
    school: &CurrentSchool,
    person: PersonId,
    sonis_id: &str,
) -> Result<Vec<PersonId>, AppError> {
    let keys: Vec<(KeySpace, String)> = source_links::of(school)
        .filter(source_links::person_id.eq(person))
        .select((source_links::source, source_links::key_norm))
        .load(conn)?;
    let mut names = vec![sonis_id.to_owned()];
    names.extend(keys.into_iter().filter_map(|(space, key)| Some(Whom::Key(space, key.parse().ok()?).to_string())));
    // A decision may name a record that was merged into this one since.
    names.extend(merged_into(conn, school, person)?.into_iter().map(|ended| ended.sonis_id));
    let found: Vec<(String, String)> = person_links::of(school)
        .filter(person_links::verdict.eq(Verdict::Same))
        .filter(person_links::staff.eq_any(names.clone()).or(person_links::parent.eq_any(names.clone())))
        .select((person_links::staff, person_links::parent))
        .load(conn)?;
    let mut ids = Vec::new();
    for (staff, parent) in found {
        let other = if names.contains(&staff) { parent } else { staff };
        let id: Option<PersonId> = match Whom::parse(&other) {
            Some(Whom::Key(space, key)) => source_links::of(school)
                .filter(source_links::source.eq(space))
                .filter(source_links::key_norm.eq(key.to_string()))
                .select(source_links::person_id)
                .get_result(conn)
                .optional()?,
            Some(Whom::Person(sonis_id)) => people::of(school)
                .filter(people::sonis_id.eq(sonis_id))
                .select(people::id)
                .get_result(conn)
                .optional()?,
            None => None,
        };
        let Some(id) = id else { continue };
        let living = leads_to(conn, school, id)?.unwrap_or(id);
        if living != person && !ids.contains(&living) {
            ids.push(living);
        }
    }
    Ok(ids)
}
