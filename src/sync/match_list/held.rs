//! Who has and who had the IDs of a match list, asked for in sets. Leaves comparing to `match_list::check`.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::check::{Held, Holder};
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids::{IdKey, store};
use crate::integrations::IntegrationId;
use crate::people::{MemberType, Person, PersonId, Status};
use crate::runs::{RunId, RunKind};
use crate::schema::{people, runs};
use crate::schools::CurrentSchool;

/// So many keys go into one question to the database.
const ASKED: usize = 500;

pub(super) fn load(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    keys: &HashSet<IdKey>,
) -> Result<Held, AppError> {
    let keys: Vec<IdKey> = keys.iter().cloned().collect();
    let mut lives = Vec::new();
    for some in keys.chunks(ASKED) {
        lives.extend(store::lives(conn, school, integration, some.to_vec())?);
    }
    let who: Vec<PersonId> = lives.iter().filter(|l| l.removed_at.is_none()).map(|l| l.person).collect();
    let mut types: HashMap<PersonId, MemberType> = HashMap::new();
    for some in who.chunks(ASKED) {
        let found: Vec<(PersonId, MemberType)> = people::of(school)
            .filter(people::id.eq_any(some.to_vec()))
            .select((people::id, people::member_type))
            .load(conn)?;
        types.extend(found);
    }
    let mut held = Held { lists: lists(conn, school, integration)?, ..Held::default() };
    for l in lives {
        if l.removed_at.is_some() {
            held.past.entry(l.key).or_default().push((l.person, l.removed_run));
        } else if let Some(member_type) = types.get(&l.person) {
            held.live.insert(l.key, Holder { person: l.person, member_type: *member_type, value: l.value, run: l.run });
        }
    }
    Ok(held)
}

/// The match lists of the school so far.
fn lists(conn: &mut Conn, school: &CurrentSchool, integration: IntegrationId) -> Result<HashSet<RunId>, AppError> {
    let all: Vec<RunId> = runs::of(school)
        .filter(runs::kind.eq(RunKind::MatchList))
        .filter(runs::integration_id.eq(integration))
        .select(runs::id)
        .load(conn)?;
    Ok(all.into_iter().collect())
}

/// People who are there or about to be, have an ID, and are not among some.
pub(in crate::sync) fn others(
    conn: &mut Conn,
    school: &CurrentSchool,
    integration: IntegrationId,
    among: impl Fn(PersonId) -> bool,
) -> Result<Vec<Person>, AppError> {
    let mut ids: Vec<PersonId> = Vec::new();
    store::each_live(conn, school, integration, |_, person| {
        if !among(person) {
            ids.push(person);
        }
    })?;
    ids.sort_unstable();
    ids.dedup();
    let mut all = Vec::new();
    for some in ids.chunks(ASKED) {
        let found = Person::in_order(conn, school, some)?;
        all.extend(found.into_iter().filter(|p| matches!(p.bio.status, Status::Active | Status::Applicant)));
    }
    Ok(all)
}
