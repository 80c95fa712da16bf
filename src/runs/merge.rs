//! Two records become one: what goes from the one that ends to the one that stays, row by row, carried out and taken back.
//! Leaves which rows to `people::merge`, fields and IDs to the other parts of a change.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::batch::{Hand, Refusal};
use super::change::Verb;
use super::key::KeySpace;
use super::run::RunId;
use crate::db::Conn;
use crate::error::AppError;
use crate::groups::{GroupId, Why};
use crate::people::{self, PersonId, Status};
use crate::schema::{groups, memberships, merged_keys, merges, people as people_table, relationships, source_links};
use crate::schools::CurrentSchool;

/// The part that a change has in a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Merge {
    /// Of the record that ends: it leads to the other one, and these rows go along.
    Ends(Moves),
    /// Of the record that stays. What it gets stands with the other.
    Stays { other: PersonId, is_back: bool },
}

/// The rows that go from one record to the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moves {
    pub into: PersonId,
    /// They go back: the merge is undone.
    pub is_back: bool,
    pub keys: Vec<KeyMove>,
    pub members: Vec<MemberStep>,
    pub ties: Vec<TieStep>,
}

/// A source's key that leads to the other record from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyMove {
    pub space: KeySpace,
    pub norm: String,
    /// Whether the person's own key goes before it, with the record that ends and with the one that stays.
    pub followed: bool,
    pub follows: bool,
}

/// A row of a membership that begins or ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberStep {
    pub adds: bool,
    pub person: PersonId,
    pub group: GroupId,
    pub why: Why,
    pub run: RunId,
}

/// A relationship that begins or ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TieStep {
    pub adds: bool,
    pub student: PersonId,
    pub guardian: PersonId,
    pub kind: String,
}

impl Merge {
    pub fn verb(&self) -> Verb {
        if self.is_back() { Verb::Separate } else { Verb::Merge }
    }

    pub fn is_back(&self) -> bool {
        match self {
            Merge::Ends(moves) => moves.is_back,
            Merge::Stays { is_back, .. } => *is_back,
        }
    }

    /// The other record of the two.
    pub fn other(&self) -> PersonId {
        match self {
            Merge::Ends(moves) => moves.into,
            Merge::Stays { other, .. } => *other,
        }
    }
}

/// Where a merged record leads to, through all merges after it; None for one that was not merged.
pub(crate) fn leads_to(
    conn: &mut Conn,
    school: &CurrentSchool,
    person: PersonId,
) -> Result<Option<PersonId>, AppError> {
    let next = |conn: &mut Conn, at: PersonId| -> Result<Option<PersonId>, AppError> {
        let into = merges::of(school).filter(merges::person_id.eq(at)).select(merges::into_id);
        Ok(into.get_result(conn).optional()?)
    };
    let mut at = person;
    let mut met = HashSet::from([person]);
    while let Some(into) = next(conn, at)? {
        if !met.insert(into) {
            return Err(AppError::Internal(format!("merged records lead in a circle at {into}")));
        }
        at = into;
    }
    Ok((at != person).then_some(at))
}

/// All merged records of a school, each with the one that it leads to through all merges after it.
pub(crate) fn leads(conn: &mut Conn, school: &CurrentSchool) -> Result<HashMap<PersonId, PersonId>, AppError> {
    let into: HashMap<PersonId, PersonId> =
        merges::of(school).select((merges::person_id, merges::into_id)).load(conn)?.into_iter().collect();
    let end = |from: PersonId| {
        let mut at = from;
        // As many steps as there are merges, so that even a circle would end.
        for _ in 0..into.len() {
            let Some(next) = into.get(&at) else { break };
            at = *next;
        }
        at
    };
    Ok(into.keys().map(|from| (*from, end(*from))).collect())
}

/// Carries out what goes from `from` to the other record. A row that is not as the plan expects refuses all of it.
pub(super) fn carry_out(
    conn: &mut Conn,
    hand: &Hand<'_>,
    from: PersonId,
    moves: &Moves,
) -> Result<Option<Refusal>, AppError> {
    let refused = |person| Ok(Some(Refusal::Moved { person: Some(person) }));
    let into = moves.into;
    let status: Option<Status> = people_table::of(hand.school)
        .filter(people_table::id.eq(into))
        .select(people_table::status)
        .get_result(conn)
        .optional()?;
    if status.is_none_or(|s| s == Status::Merged) || !lead(conn, hand, from, moves)? {
        return refused(into);
    }
    let (holder, to) = if moves.is_back { (into, from) } else { (from, into) };
    for key in &moves.keys {
        if !move_key(conn, hand.school, key, holder, to, if moves.is_back { key.followed } else { key.follows })? {
            return refused(holder);
        }
    }
    for step in &moves.members {
        if !put_member(conn, hand.school, step)? {
            return refused(step.person);
        }
    }
    for step in &moves.ties {
        if !put_tie(conn, hand.school, step)? {
            return refused(from);
        }
    }
    // Groups and relationships of all of them are to be compared anew.
    let mut touched = vec![from, into];
    touched.extend(moves.ties.iter().flat_map(|t| [t.student, t.guardian]));
    touched.extend(people::relationship::guardians_of(conn, hand.school, touched.clone())?);
    people::store::forget_row_hashes(conn, hand.school, touched)?;
    Ok(None)
}

/// The record that ends leads to the other one, or does so no more.
fn lead(conn: &mut Conn, hand: &Hand<'_>, from: PersonId, moves: &Moves) -> Result<bool, AppError> {
    let here = || merges::of(hand.school).filter(merges::person_id.eq(from));
    if moves.is_back {
        return Ok(diesel::delete(here().filter(merges::into_id.eq(moves.into))).execute(conn)? == 1);
    }
    if here().count().get_result::<i64>(conn)? > 0 {
        return Ok(false);
    }
    merges::insert()
        .values((
            merges::school_id.eq(hand.school.id()),
            merges::person_id.eq(from),
            merges::into_id.eq(moves.into),
            merges::run_id.eq(hand.run),
        ))
        .execute(conn)?;
    Ok(true)
}

fn move_key(
    conn: &mut Conn,
    school: &CurrentSchool,
    key: &KeyMove,
    from: PersonId,
    to: PersonId,
    follows: bool,
) -> Result<bool, AppError> {
    let moved = diesel::update(
        source_links::of(school)
            .filter(source_links::source.eq(key.space))
            .filter(source_links::key_norm.eq(&key.norm))
            .filter(source_links::person_id.eq(from)),
    )
    .set((source_links::person_id.eq(to), source_links::row_hash.eq(None::<i64>)))
    .execute(conn)?;
    if moved != 1 {
        return Ok(false);
    }
    diesel::delete(
        merged_keys::of(school).filter(merged_keys::source.eq(key.space)).filter(merged_keys::key_norm.eq(&key.norm)),
    )
    .execute(conn)?;
    if follows {
        merged_keys::insert()
            .values((
                merged_keys::school_id.eq(school.id()),
                merged_keys::source.eq(key.space),
                merged_keys::key_norm.eq(&key.norm),
            ))
            .execute(conn)?;
    }
    Ok(true)
}

fn put_member(conn: &mut Conn, school: &CurrentSchool, step: &MemberStep) -> Result<bool, AppError> {
    let here = || {
        memberships::of(school)
            .filter(memberships::group_id.eq(step.group))
            .filter(memberships::person_id.eq(step.person))
            .filter(memberships::why.eq(step.why))
    };
    if !step.adds {
        return Ok(diesel::delete(here()).execute(conn)? == 1);
    }
    if here().count().get_result::<i64>(conn)? > 0 {
        return Ok(false);
    }
    memberships::insert()
        .values((
            memberships::school_id.eq(school.id()),
            memberships::group_id.eq(step.group),
            memberships::person_id.eq(step.person),
            memberships::why.eq(step.why),
            memberships::run_id.eq(step.run),
        ))
        .execute(conn)?;
    Ok(true)
}

fn put_tie(conn: &mut Conn, school: &CurrentSchool, step: &TieStep) -> Result<bool, AppError> {
    if !step.adds {
        return people::store::unrelate(conn, school, step.student, step.guardian);
    }
    if tie(conn, school, step)?.is_some() {
        return Ok(false);
    }
    relationships::insert()
        .values((
            relationships::school_id.eq(school.id()),
            relationships::student_id.eq(step.student),
            relationships::guardian_id.eq(step.guardian),
            relationships::kind.eq(&step.kind),
        ))
        .execute(conn)?;
    Ok(true)
}

/// As what the guardian is related to the student now.
fn tie(conn: &mut Conn, school: &CurrentSchool, step: &TieStep) -> Result<Option<String>, AppError> {
    Ok(relationships::of(school)
        .filter(relationships::student_id.eq(step.student))
        .filter(relationships::guardian_id.eq(step.guardian))
        .select(relationships::kind)
        .get_result(conn)
        .optional()?)
}

impl Moves {
    /// What takes them back: all that the merged record had, and from the other one what it has of it still.
    /// A relationship to somebody who was merged meanwhile stays where it is, and is told.
    pub(super) fn back(
        &self,
        conn: &mut Conn,
        school: &CurrentSchool,
        from: PersonId,
        mut kept: impl FnMut(String),
    ) -> Result<Moves, AppError> {
        let mut back =
            Moves { into: self.into, is_back: true, keys: self.keys.clone(), members: Vec::new(), ties: Vec::new() };
        let merged: HashSet<PersonId> = {
            let ends: Vec<PersonId> = self.ties.iter().flat_map(|t| [t.student, t.guardian]).collect();
            let gone = people_table::of(school)
                .filter(people_table::id.eq_any(ends))
                .filter(people_table::status.eq(Status::Merged))
                .select(people_table::id);
            gone.load(conn)?.into_iter().collect()
        };
        for step in self.members.iter().rev() {
            let is_there = memberships::of(school)
                .filter(memberships::group_id.eq(step.group))
                .filter(memberships::person_id.eq(step.person))
                .filter(memberships::why.eq(step.why))
                .count()
                .get_result::<i64>(conn)?
                > 0;
            let is_group = groups::of(school).filter(groups::id.eq(step.group)).count().get_result::<i64>(conn)? > 0;
            if is_there == step.adds && is_group {
                back.members.push(MemberStep { adds: !step.adds, ..step.clone() });
            }
        }
        for step in self.ties.iter().rev() {
            let other = if [from, self.into].contains(&step.student) { step.guardian } else { step.student };
            if merged.contains(&other) {
                if !step.adds {
                    let sonis_id: String = people_table::of(school)
                        .filter(people_table::id.eq(other))
                        .select(people_table::sonis_id)
                        .get_result(conn)?;
                    kept(format!(
                        "Kept the relationship to {sonis_id} where it is: that record was merged into another one since."
                    ));
                }
                continue;
            }
            let held = tie(conn, school, step)?;
            if (step.adds && held.as_ref() == Some(&step.kind)) || (!step.adds && held.is_none()) {
                back.ties.push(TieStep { adds: !step.adds, ..step.clone() });
            }
        }
        Ok(back)
    }
}
