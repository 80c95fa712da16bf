//! What somebody the school holds will be once their record is taken: what the file says over what is there, but for what
//! was set by hand. Leaves what has to be done for it to `sync::decide`.

use std::collections::{BTreeSet, HashMap};

use super::pass::Pass;
use super::planner::Planning;
use crate::error::AppError;
use crate::people::{Biographic, Field, Person, PersonId, Status, pin};

/// So many people are asked for at a time.
const ASKED: usize = 500;

pub(super) struct Outcome {
    pub row: u64,
    /// What the file wants, whatever is pinned.
    pub wanted: Biographic,
    pub will_be: Biographic,
}

/// None where the record cannot be read.
pub(super) fn outcome<'f>(
    held: &Biographic,
    pins: impl Iterator<Item = &'f Field>,
    pass: &Pass<'_>,
    record: usize,
) -> Result<Option<Outcome>, AppError> {
    let mut wanted = held.clone();
    if wanted.status != Status::Applicant {
        // Whoever is listed is there, unless the file says otherwise.
        wanted.status = Status::Active;
    }
    let Ok(row) = pass.take(record, &mut wanted) else { return Ok(None) };
    wanted.member_type = held.member_type;
    let mut will_be = wanted.clone();
    for field in pins {
        will_be.put(*field, held.get(*field).as_deref().unwrap_or("")).map_err(AppError::Internal)?;
    }
    Ok(Some(Outcome { row, wanted, will_be }))
}

/// What the people of some records will be, by record; of nobody who is new, or whose record cannot be read.
pub(super) fn outcomes(
    planning: &Planning<'_>,
    pass: &Pass<'_>,
    records: &[usize],
) -> Result<HashMap<usize, Biographic>, AppError> {
    let mut found = HashMap::new();
    for some in records.chunks(ASKED) {
        let ids: Vec<PersonId> = some.iter().filter_map(|r| pass.held(*r)).collect();
        let (people, pins) = planning.db.read(|conn| {
            Ok((Person::by_ids(conn, planning.school, &ids)?, pin::of_people(conn, planning.school, &ids)?))
        })?;
        let people: HashMap<PersonId, Person> = people.into_iter().map(|p| (p.id, p)).collect();
        for record in some {
            let Some(person) = pass.held(*record).and_then(|id| people.get(&id)) else { continue };
            let pinned = pins.get(&person.id).into_iter().flatten();
            if let Some(o) = outcome(&person.bio, pinned, pass, *record)? {
                found.insert(*record, o.will_be);
            }
        }
    }
    Ok(found)
}

/// The records whose outcome the file alone does not tell: of people with something set by hand, and whom else `or` says.
pub(super) fn untold(pass: &Pass<'_>, pinned: &BTreeSet<PersonId>, or: impl Fn(usize, PersonId) -> bool) -> Vec<usize> {
    let all = pass.seen.iter().enumerate().filter(|(_, seen)| !seen.is_blocked);
    all.filter_map(|(record, _)| Some((record, pass.held(record)?)))
        .filter(|(record, person)| pinned.contains(person) || or(*record, *person))
        .map(|(record, _)| record)
        .collect()
}
