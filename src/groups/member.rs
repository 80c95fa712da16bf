//! Who is in a group, as far as the visitor may see people, and why each is.
//! Leaves the group itself to `groups::group`.

use std::collections::HashMap;

use diesel::prelude::*;

use super::group::{GroupId, Why};
use crate::db::{Backend, Conn};
use crate::error::AppError;
use crate::people::{MemberType, Person, PersonId};
use crate::runs::RunId;
use crate::schema::{memberships, people};
use crate::schools::CurrentSchool;

/// How many members of each type a group has. Who is in it for two reasons is one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes([i64; MemberType::ALL.len()]);

impl Sizes {
    pub fn of(&self, member_type: MemberType) -> i64 {
        let at = MemberType::ALL.iter().position(|t| *t == member_type);
        at.and_then(|at| self.0.get(at)).copied().unwrap_or(0)
    }

    pub fn all(&self) -> i64 {
        self.0.iter().sum()
    }

    fn set(&mut self, member_type: MemberType, count: i64) {
        for (slot, _) in self.0.iter_mut().zip(MemberType::ALL).filter(|(_, t)| **t == member_type) {
            *slot = count;
        }
    }
}

/// The sizes of all groups that have members whom the visitor may see.
pub fn sizes(conn: &mut Conn, school: &CurrentSchool) -> Result<HashMap<GroupId, Sizes>, AppError> {
    let rows: Vec<(GroupId, MemberType, i64)> = memberships::of(school)
        .inner_join(people::beside(memberships::school_id, people::id.eq(memberships::person_id)))
        .filter(school.within())
        .group_by((memberships::group_id, people::member_type))
        .select((
            memberships::group_id,
            people::member_type,
            diesel::dsl::count(memberships::person_id).aggregate_distinct(),
        ))
        .load(conn)?;
    let mut sizes: HashMap<GroupId, Sizes> = HashMap::new();
    for (group, member_type, count) in rows {
        sizes.entry(group).or_default().set(member_type, count);
    }
    Ok(sizes)
}

/// The sizes of one group.
pub fn sizes_of(conn: &mut Conn, school: &CurrentSchool, group: GroupId) -> Result<Sizes, AppError> {
    let here = memberships::of(school).filter(memberships::group_id.eq(group)).select(memberships::person_id);
    let rows: Vec<(MemberType, i64)> = people::of(school)
        .filter(people::id.eq_any(here))
        .group_by(people::member_type)
        .select((people::member_type, diesel::dsl::count_star()))
        .load(conn)?;
    let mut sizes = Sizes::default();
    for (member_type, count) in rows {
        sizes.set(member_type, count);
    }
    Ok(sizes)
}

/// The people of one group, narrowed as the visitor asked.
#[derive(Debug, Clone, Copy)]
pub struct Members {
    pub group: GroupId,
    pub member_type: Option<MemberType>,
}

impl Members {
    fn query<'a>(self, school: &CurrentSchool) -> people::Boxed<'a, Backend> {
        let here = memberships::of(school).filter(memberships::group_id.eq(self.group)).select(memberships::person_id);
        let query = people::of(school).filter(people::id.eq_any(here)).into_boxed::<Backend>();
        match self.member_type {
            Some(member_type) => query.filter(people::member_type.eq(member_type)),
            None => query,
        }
    }

    /// One page of them, by name.
    pub fn page(self, conn: &mut Conn, school: &CurrentSchool, page: i64, rows: i64) -> Result<Vec<Person>, AppError> {
        Ok(self
            .query(school)
            .order((people::sort_name, people::id))
            .offset((page - 1) * rows)
            .limit(rows)
            .select(Person::as_select())
            .load(conn)?)
    }

    /// All of them, by name, for a file.
    pub fn everybody(self, conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<PersonId>, AppError> {
        Ok(self.query(school).order((people::sort_name, people::id)).select(people::id).load(conn)?)
    }
}

/// Why these people are in a group, and by which run: each has a reason or several.
pub fn reasons(
    conn: &mut Conn,
    school: &CurrentSchool,
    group: GroupId,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Vec<(Why, RunId)>>, AppError> {
    let rows: Vec<(PersonId, Why, RunId)> = memberships::of(school)
        .filter(memberships::group_id.eq(group))
        .filter(memberships::person_id.eq_any(people.to_vec()))
        .select((memberships::person_id, memberships::why, memberships::run_id))
        .load(conn)?;
    let mut reasons: HashMap<PersonId, Vec<(Why, RunId)>> = HashMap::new();
    for (person, why, run) in rows {
        reasons.entry(person).or_default().push((why, run));
    }
    for all in reasons.values_mut() {
        all.sort_unstable();
    }
    Ok(reasons)
}
