//! The rows of groups of the school's own and of memberships by a Group Membership list, written by the kernel only.
//! Leaves who joins and leaves to `groups::list`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use diesel::prelude::*;

use super::category::Category;
use super::group::{GroupId, Why, name_key};
use super::store::hold;
use crate::db::Conn;
use crate::error::AppError;
use crate::people::PersonId;
use crate::runs::{Hand, ListStep};
use crate::schema::{groups, memberships};
use crate::schools::CurrentSchool;

/// A group of the school's own, by its category and its name without regard to letter case.
pub type Place = (Category, String);

/// The groups while changes are carried out.
pub(crate) struct Lists {
    own: HashMap<Place, GroupId>,
    placeholders: HashSet<Place>,
    /// Groups that somebody left: one that nobody is in any more goes.
    left: BTreeSet<GroupId>,
}

impl Lists {
    pub fn open(conn: &mut Conn, hand: &Hand<'_>) -> Result<Lists, AppError> {
        let mut lists = Lists { own: HashMap::new(), placeholders: HashSet::new(), left: BTreeSet::new() };
        for held in hold(conn, hand.school)? {
            let place = (held.category, name_key(&held.name));
            if held.placeholder.is_some() {
                lists.placeholders.insert(place);
            } else {
                lists.own.insert(place, held.id);
            }
        }
        Ok(lists)
    }

    /// Joins or leaves; false where a placeholder group has the name, or where it was done since the plan was made.
    pub fn put(
        &mut self,
        conn: &mut Conn,
        hand: &Hand<'_>,
        person: PersonId,
        step: &ListStep,
    ) -> Result<bool, AppError> {
        let place = (step.category, name_key(&step.name));
        // A plan that finds its work done already has gone stale: undone later, it would undo what another did.
        let is_plan = hand.keeps_pins;
        if !step.joins {
            let Some(group) = self.own.get(&place) else { return Ok(!is_plan) };
            let left = diesel::delete(listed(hand.school, *group, person)).execute(conn)?;
            self.left.insert(*group);
            return Ok(left > 0 || !is_plan);
        }
        if self.placeholders.contains(&place) {
            return Ok(false);
        }
        let group = match self.own.get(&place) {
            Some(group) => *group,
            None => {
                let group = insert(conn, hand, step)?;
                self.own.insert(place, group);
                group
            }
        };
        let is_in = listed(hand.school, group, person).count().get_result::<i64>(conn)? > 0;
        if is_in && is_plan {
            return Ok(false);
        }
        if !is_in {
            memberships::insert()
                .values((
                    memberships::school_id.eq(hand.school.id()),
                    memberships::group_id.eq(group),
                    memberships::person_id.eq(person),
                    memberships::why.eq(Why::List),
                    memberships::run_id.eq(hand.run),
                ))
                .execute(conn)?;
        }
        Ok(true)
    }

    /// A group that a list made goes with its last member; whom somebody put there by hand keeps it.
    pub fn close(self, conn: &mut Conn, hand: &Hand<'_>) -> Result<(), AppError> {
        for group in self.left {
            let here = memberships::of(hand.school).filter(memberships::group_id.eq(group));
            if here.count().get_result::<i64>(conn)? == 0 {
                diesel::delete(groups::of(hand.school).filter(groups::id.eq(group))).execute(conn)?;
            }
        }
        Ok(())
    }
}

fn insert(conn: &mut Conn, hand: &Hand<'_>, step: &ListStep) -> Result<GroupId, AppError> {
    Ok(groups::insert()
        .values((
            groups::school_id.eq(hand.school.id()),
            groups::category.eq(step.category),
            groups::name.eq(&step.name),
            groups::name_key.eq(name_key(&step.name)),
            groups::lock_version.eq(1),
            groups::created_at.eq(hand.now),
        ))
        .returning(groups::id)
        .get_result(conn)?)
}

type Listed = diesel::dsl::Filter<
    diesel::dsl::Filter<
        diesel::dsl::Filter<memberships::Of, diesel::dsl::Eq<memberships::group_id, GroupId>>,
        diesel::dsl::Eq<memberships::person_id, PersonId>,
    >,
    diesel::dsl::Eq<memberships::why, Why>,
>;

fn listed(school: &CurrentSchool, group: GroupId, person: PersonId) -> Listed {
    memberships::of(school)
        .filter(memberships::group_id.eq(group))
        .filter(memberships::person_id.eq(person))
        .filter(memberships::why.eq(Why::List))
}

/// The groups that a list put these people into.
pub(crate) fn listed_of(
    conn: &mut Conn,
    school: &CurrentSchool,
    people: &[PersonId],
) -> Result<HashMap<PersonId, HashSet<Place>>, AppError> {
    let mut all: HashMap<PersonId, HashSet<Place>> = HashMap::new();
    for some in people.chunks(500) {
        let rows: Vec<(PersonId, Category, String)> = memberships::of(school)
            .inner_join(groups::beside(memberships::school_id, groups::id.eq(memberships::group_id)))
            .filter(memberships::person_id.eq_any(some.to_vec()))
            .filter(memberships::why.eq(Why::List))
            .select((memberships::person_id, groups::category, groups::name_key))
            .load(conn)?;
        for (person, category, key) in rows {
            all.entry(person).or_default().insert((category, key));
        }
    }
    Ok(all)
}

/// Whom lists have put into which groups, with the names of those.
pub(super) fn all(
    conn: &mut Conn,
    school: &CurrentSchool,
) -> Result<BTreeMap<Place, (String, BTreeSet<PersonId>)>, AppError> {
    let rows: Vec<(Category, String, String, PersonId)> = memberships::of(school)
        .inner_join(groups::beside(memberships::school_id, groups::id.eq(memberships::group_id)))
        .filter(memberships::why.eq(Why::List))
        .select((groups::category, groups::name_key, groups::name, memberships::person_id))
        .load(conn)?;
    let mut all: BTreeMap<Place, (String, BTreeSet<PersonId>)> = BTreeMap::new();
    for (category, key, name, person) in rows {
        all.entry((category, key)).or_insert_with(|| (name, BTreeSet::new())).1.insert(person);
    }
    Ok(all)
}

/// The names that placeholder groups have.
pub(super) fn placeholders(conn: &mut Conn, school: &CurrentSchool) -> Result<HashSet<Place>, AppError> {
    let rows: Vec<Place> = groups::of(school)
        .filter(groups::placeholder.is_not_null())
        .select((groups::category, groups::name_key))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}
