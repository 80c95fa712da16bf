//! Conflicts between people, found after the first pass: Host IDs that clash or lead to somebody held, shared e-mails.
//! Whoever cannot be taken is blocked here, with the reason. Leaves finding pure clashes to `emails` and `overlap`.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::cases::Found;
use super::decisions::Decided;
use super::emails::Claimant;
use super::held::Links;
use super::overlap::{self, Overlap, Wanted};
use super::pass::Pass;
use super::planner::Planning;
use super::roster::Roster;
use super::stored::OverlapRow;
use super::twins::Twins;
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids::{self, IdKey};
use crate::people::{Biographic, Field, MemberType, Person, PersonId};
use crate::runs::Cause;
use crate::sources::RowProblem;

#[derive(Debug, Default)]
pub(super) struct Conflicts {
    /// Host IDs proved to differ from each other and from all there are.
    pub proved: i64,
    /// People of the files who have no ID (any more).
    pub bare: HashSet<PersonId>,
    /// People of whom another record has the account.
    pub without_account: HashSet<PersonId>,
    /// People to whom a row leads because somebody has said so.
    pub led: HashSet<PersonId>,
    /// What a person is to look at.
    pub found: Vec<Found>,
}

/// So many keys go into one question to the database.
const ASKED: usize = 500;

pub(super) fn find(
    planning: &mut Planning<'_>,
    passes: &mut [Pass<'_>],
    conflicts: &mut Conflicts,
    links: &HashMap<MemberType, Links>,
    pinned: &BTreeSet<PersonId>,
    twins: &Twins,
    decided: impl FnOnce(&[Pass<'_>]) -> Decided,
) -> Result<(), AppError> {
    host_ids(planning, passes, conflicts)?;
    twins.block_second_accounts(planning, passes)?;
    // Who a row leads to is known by now.
    let decided = decided(passes);
    super::shared::settle_shared_emails(planning, passes, links, pinned, &decided, conflicts)?;
    // Who is blocked already is not looked for: the next reason shows when the first is mended.
    super::matches::ask(planning, passes, &decided, conflicts)
}

pub(super) fn numbered<T>(items: &[T]) -> impl Iterator<Item = (usize, u32, &T)> {
    items.iter().enumerate().map(|(n, item)| (n, u32::try_from(n).unwrap_or(u32::MAX), item))
}

fn given(roster: &dyn Roster, record: usize) -> String {
    roster.key(record).map_or_else(String::new, |k| k.as_given())
}

/// Host IDs to be given: against each other, and against every one the school has, without regard to letter case.
/// A newcomer whose Host ID somebody of the same member type holds *is* that person.
fn host_ids(planning: &mut Planning<'_>, passes: &mut [Pass<'_>], conflicts: &mut Conflicts) -> Result<(), AppError> {
    let mut wanted = Vec::new();
    for (place, pass) in passes.iter().enumerate() {
        let template = &planning.specs.of(pass.roster.member_type()).template;
        let bare = without_id(planning, pass)?;
        for (record, n, seen) in numbered(&pass.seen) {
            let is_open = !seen.is_blocked && !seen.has_no_account();
            if is_open && pass.held(record).is_none_or(|person| bare.contains(&person)) {
                let place = u8::try_from(place).unwrap_or(u8::MAX);
                wanted.push(Wanted::new(template, &given(pass.roster, record), place, n));
            }
        }
        conflicts.bare.extend(bare);
    }
    if wanted.is_empty() {
        return Ok(());
    }
    conflicts.proved = i64::try_from(wanted.len()).unwrap_or(i64::MAX);
    let held = held_like(planning, passes, &wanted)?;
    if !held.is_empty() {
        let taken: Vec<Wanted> = wanted.iter().copied().filter(|w| held.contains_key(&w.folded)).collect();
        for some in taken.chunks(ASKED) {
            match_by_host_id(planning, passes, &held, some, &conflicts.led)?;
        }
    }
    for (one, other) in overlap::doubled(wanted) {
        let (Some(place), Some(record)) = (Some(usize::from(one.roster)), usize::try_from(one.record).ok()) else {
            continue;
        };
        let other = describe(passes, Claimant::Record(other.roster, other.record));
        block(planning, passes, place, record, Cause::HostIdTaken, None, |_| {
            format!(
                "would get the same Host ID as {other}, apart from upper and lower case at most. \
                 Change the ID creation specification of one of the two."
            )
        })?;
    }
    Ok(())
}

/// Host IDs of the school that differ from a wanted one in letter case at most, by their fingerprints.
fn held_like(
    planning: &Planning<'_>,
    passes: &[Pass<'_>],
    wanted: &[Wanted],
) -> Result<HashMap<u64, PersonId>, AppError> {
    /// More are quicker found by reading all IDs of the integration.
    const FEW: usize = 60_000;
    let (school, integration) = (planning.school, planning.integration.id);
    let case = planning.integration.case_rule;
    let variants = |w: &Wanted| -> Option<Vec<integration_ids::IdValue>> {
        let pass = passes.get(usize::from(w.roster))?;
        let number = given(pass.roster, usize::try_from(w.record).ok()?);
        planning.specs.of(pass.roster.member_type()).template.in_every_case(&number)
    };
    if wanted.len() <= FEW && wanted.iter().all(|w| variants(w).is_some()) {
        let mut held = HashMap::new();
        for some in wanted.chunks(ASKED) {
            let mut by_key = HashMap::new();
            for value in some.iter().filter_map(variants).flatten() {
                by_key.insert(value.key(case), value.folded());
            }
            let keys = by_key.keys().cloned().collect();
            for (key, person) in
                planning.db.read(|conn| integration_ids::store::holders(conn, school, integration, keys))?
            {
                held.extend(by_key.get(&key).map(|folded| (*folded, person)));
            }
        }
        return Ok(held);
    }
    planning.db.read(|conn| integration_ids::store::folded(conn, school, integration))
}

/// People of the file's who have no Host ID (any more), and are to get one. Whose record is as it was has one.
pub(super) fn without_id(planning: &Planning<'_>, pass: &Pass<'_>) -> Result<HashSet<PersonId>, AppError> {
    let compared = (0..pass.seen.len()).filter(|record| !pass.is_unchanged(*record));
    let ids: Vec<PersonId> = compared.filter_map(|record| pass.held(record)).collect();
    let mut bare: HashSet<PersonId> = ids.iter().copied().collect();
    for some in ids.chunks(ASKED) {
        let with = planning.db.read(|conn| {
            integration_ids::store::with_live(conn, planning.school, planning.integration.id, some.to_vec())
        })?;
        bare.retain(|person| !with.contains_key(person));
    }
    Ok(bare)
}

fn match_by_host_id(
    planning: &mut Planning<'_>,
    passes: &mut [Pass<'_>],
    held: &HashMap<u64, PersonId>,
    taken: &[Wanted],
    led: &HashSet<PersonId>,
) -> Result<(), AppError> {
    let case = planning.integration.case_rule;
    let key = |passes: &[Pass<'_>], w: &Wanted| -> Option<IdKey> {
        let pass = passes.get(usize::from(w.roster))?;
        let template = &planning.specs.of(pass.roster.member_type()).template;
        Some(template.make(&given(pass.roster, usize::try_from(w.record).ok()?)).key(case))
    };
    let keys: Vec<IdKey> = taken.iter().filter_map(|w| key(passes, w)).collect();
    let ids: Vec<PersonId> = taken.iter().filter_map(|w| held.get(&w.folded).copied()).collect();
    let (holders, people, linked) = planning.db.read(|conn| {
        Ok((
            integration_ids::store::holders(conn, planning.school, planning.integration.id, keys)?,
            Person::by_ids(conn, planning.school, &ids)?,
            linked(conn, planning, passes, &ids)?,
        ))
    })?;
    let people: HashMap<PersonId, Person> = people.into_iter().map(|p| (p.id, p)).collect();
    for w in taken {
        let (place, record) = (usize::from(w.roster), usize::try_from(w.record).unwrap_or(usize::MAX));
        let Some(wanted) = key(passes, w) else { continue };
        let exact = holders.get(&wanted).copied();
        let holder = exact.or_else(|| held.get(&w.folded).copied());
        let Some(person) = holder.and_then(|id| people.get(&id)) else { continue };
        let Some(pass) = passes.get_mut(place) else { continue };
        let member_type = pass.roster.member_type();
        let is_new = pass.held(record).is_none();
        if is_new
            && exact.is_some()
            && person.bio.member_type == member_type
            && !linked.contains(&(member_type, person.id))
            && !led.contains(&person.id)
        {
            if let Some(slot) = pass.person.get_mut(record) {
                *slot = person.id.0;
            }
            continue;
        }
        let (cause, reason) = if !is_new {
            (Cause::HostIdTaken, "cannot be given the Host ID that is due: somebody else has it.")
        } else if person.bio.member_type != member_type {
            (Cause::WrongType, "would get a Host ID that somebody of another member type has.")
        } else if exact.is_some() {
            (Cause::HostIdTaken, "would get a Host ID that somebody has whom PowerSchool knows by another number.")
        } else {
            (Cause::HostIdTaken, "would get a Host ID that differs from somebody’s in upper and lower case alone.")
        };
        block(planning, passes, place, record, cause, None, |_| {
            // Whose it is, is not said: that somebody has an ID is told to those alone who may see it, and they can look it up.
            format!("{reason} Look the ID up in People, correct that of one of the two, then sync again.")
        })?;
    }
    Ok(())
}

/// Which of the people have a key of their member type's space already.
fn linked(
    conn: &mut Conn,
    planning: &Planning<'_>,
    passes: &[Pass<'_>],
    ids: &[PersonId],
) -> Result<HashSet<(MemberType, PersonId)>, AppError> {
    let mut linked = HashSet::new();
    for member_type in passes.iter().map(|p| p.roster.member_type()).collect::<BTreeSet<_>>() {
        let space = super::roster::space_of(member_type);
        for person in super::held::people_with_keys(conn, planning.school, space, ids.to_vec())? {
            linked.insert((member_type, person));
        }
    }
    Ok(linked)
}

pub(super) fn at<'x, 'a>(passes: &'x [Pass<'a>], place: u8, record: u32) -> Option<(&'x Pass<'a>, usize)> {
    Some((passes.get(usize::from(place))?, usize::try_from(record).ok()?))
}

/// A record by its name, member type and row.
pub(super) fn describe(passes: &[Pass<'_>], who: Claimant) -> String {
    let Claimant::Record(place, record) = who else { return String::new() };
    let Some((pass, record)) = at(passes, place, record) else { return String::new() };
    let mut bio = Biographic::default();
    match pass.roster.take(record, &mut bio) {
        Ok(row) => format!("{} ({}, row {row} of {})", bio.full_name(), bio.member_type, pass.roster.slot()),
        Err(_) => format!("a row of {}", pass.roster.slot()),
    }
}

/// Takes a record out of the sync and tells why.
pub(super) fn block(
    planning: &mut Planning<'_>,
    passes: &mut [Pass<'_>],
    place: usize,
    record: usize,
    cause: Cause,
    field: Option<Field>,
    reason: impl FnOnce(&Biographic) -> String,
) -> Result<(), AppError> {
    let Some(pass) = passes.get_mut(place) else { return Ok(()) };
    let roster = pass.roster;
    match pass.seen.get_mut(record) {
        Some(seen) if !seen.is_blocked => seen.is_blocked = true,
        // One reason is enough: the next shows when the first is mended.
        _ => return Ok(()),
    }
    if cause == Cause::LikelyMatch && roster.member_type() == MemberType::Student {
        planning.undecided_students += 1;
    }
    let mut bio = Biographic::default();
    let row = roster.take(record, &mut bio).unwrap_or(0);
    let (column, found) = match field {
        Some(field) => (Some(field.word().to_owned()), bio.get(field).unwrap_or_default()),
        None => (None, bio.full_name()),
    };
    let problem = RowProblem { row, column, found, reason: reason(&bio) };
    planning.refuse(roster, Some(row), problem, cause)?;
    planning.blocked(roster.member_type())
}

/// The overlap table: numbers of the files and of the school that stand in two or three of the ID spaces.
pub(super) fn overlaps(
    planning: &Planning<'_>,
    passes: &[Pass<'_>],
    links: &HashMap<MemberType, Links>,
) -> Result<Vec<OverlapRow>, AppError> {
    let of = |m: MemberType| -> Vec<u64> {
        let mut keys: Vec<u64> = links.get(&m).map(|l| l.iter().map(|l| l.key).collect()).unwrap_or_default();
        if let Some(pass) = passes.iter().find(|p| p.roster.member_type() == m) {
            keys.extend(pass.seen.iter().map(|s| s.key));
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    let lists = [of(MemberType::Student), of(MemberType::Staff), of(MemberType::Parent)];
    let found = overlap::overlaps([&lists[0], &lists[1], &lists[2]]);
    drop(lists);
    let mut rows = Vec::with_capacity(found.len());
    for some in found.chunks(ASKED) {
        rows.extend(with_ids(planning, passes, links, some)?);
    }
    Ok(rows)
}

/// The Host IDs of some overlapping numbers: what somebody has, else what they would get.
fn with_ids(
    planning: &Planning<'_>,
    passes: &[Pass<'_>],
    links: &HashMap<MemberType, Links>,
    some: &[Overlap],
) -> Result<Vec<OverlapRow>, AppError> {
    let types = [MemberType::Student, MemberType::Staff, MemberType::Parent];
    let person = |m: MemberType, number: u64| links.get(&m).and_then(|l| l.find(number)).map(|l| l.person);
    let mut ids = Vec::new();
    for o in some {
        for (m, stands) in types.into_iter().zip(o.stands) {
            ids.extend(stands.then(|| person(m, o.number)).flatten());
        }
    }
    let held = planning
        .db
        .read(|conn| integration_ids::store::with_live(conn, planning.school, planning.integration.id, ids))?;
    Ok(some
        .iter()
        .map(|o| {
            let id = |m: MemberType, stands: bool| {
                stands.then(|| {
                    person(m, o.number).and_then(|p| held.get(&p).cloned()).unwrap_or_else(|| {
                        let pass = passes.iter().find(|p| p.roster.member_type() == m);
                        let number = pass
                            .and_then(|p| Some(given(p.roster, p.roster.find(o.number)?)))
                            .unwrap_or_else(|| o.number.to_string());
                        planning.specs.of(m).template.make(&number)
                    })
                })
            };
            OverlapRow::new(
                planning.school,
                planning.writer.run(),
                o.number,
                types.map(|m| {
                    let stands = match m {
                        MemberType::Student => o.stands[0],
                        MemberType::Staff => o.stands[1],
                        MemberType::Parent => o.stands[2],
                    };
                    id(m, stands)
                }),
            )
        })
        .collect())
}
