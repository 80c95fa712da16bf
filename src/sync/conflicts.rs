//! Conflicts between people, found after the first pass: Host IDs that clash or lead to somebody held, shared e-mails.
//! Whoever cannot be taken is blocked here, with the reason. Leaves finding pure clashes to `emails` and `overlap`.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::emails::{Claim, Claimant, Clash, clashes};
use super::held::Links;
use super::overlap::{self, Overlap, Wanted};
use super::planner::{Pass, Planning};
use super::roster::Roster;
use super::stored::OverlapRow;
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
}

/// So many keys go into one question to the database.
const ASKED: usize = 500;

pub(super) fn find(
    planning: &mut Planning<'_>,
    passes: &mut [Pass<'_>],
    conflicts: &mut Conflicts,
) -> Result<(), AppError> {
    host_ids(planning, passes, conflicts)?;
    shared_emails(planning, passes)
}

fn numbered<T>(items: &[T]) -> impl Iterator<Item = (usize, u32, &T)> {
    items.iter().enumerate().map(|(n, item)| (n, u32::try_from(n).unwrap_or(u32::MAX), item))
}

fn given(roster: &dyn Roster, record: usize) -> String {
    roster.key(record).map_or_else(String::new, |k| k.as_given())
}

/// Host IDs of newcomers: against each other, and against every one the school has, without regard to letter case.
/// A newcomer whose Host ID somebody of the same member type holds *is* that person.
fn host_ids(planning: &mut Planning<'_>, passes: &mut [Pass<'_>], conflicts: &mut Conflicts) -> Result<(), AppError> {
    let mut wanted = Vec::new();
    for (place, pass) in passes.iter().enumerate() {
        let template = &planning.specs.of(pass.roster.member_type()).template;
        for (record, n, seen) in numbered(&pass.seen) {
            if !seen.is_blocked && pass.held(record).is_none() {
                let place = u8::try_from(place).unwrap_or(u8::MAX);
                wanted.push(Wanted::new(template, &given(pass.roster, record), place, n));
            }
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    conflicts.proved = i64::try_from(wanted.len()).unwrap_or(i64::MAX);
    let held = held_like(planning, passes, &wanted)?;
    if !held.is_empty() {
        let taken: Vec<Wanted> = wanted.iter().copied().filter(|w| held.contains_key(&w.folded)).collect();
        for some in taken.chunks(ASKED) {
            match_by_host_id(planning, passes, &held, some)?;
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

fn match_by_host_id(
    planning: &mut Planning<'_>,
    passes: &mut [Pass<'_>],
    held: &HashMap<u64, PersonId>,
    taken: &[Wanted],
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
        let who = format!("{} ({})", person.bio.full_name(), person.sonis_id);
        if exact.is_some() && person.bio.member_type == member_type && !linked.contains(&(member_type, person.id)) {
            if let Some(slot) = pass.person.get_mut(record) {
                *slot = person.id.0;
            }
            continue;
        }
        let (cause, reason) = if person.bio.member_type != member_type {
            (Cause::WrongType, format!("has the Host ID of {who}, who is a {}.", person.bio.member_type))
        } else if exact.is_some() {
            (Cause::HostIdTaken, format!("has the Host ID of {who}, whom PowerSchool knows by another number."))
        } else {
            (
                Cause::HostIdTaken,
                format!("would get a Host ID that differs from that of {who} in upper and lower case alone."),
            )
        };
        block(planning, passes, place, record, cause, None, |_| {
            format!("{reason} Correct the ID of one of the two, then sync again.")
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

fn shared_emails(planning: &mut Planning<'_>, passes: &mut [Pass<'_>]) -> Result<(), AppError> {
    // Whose record is as it was has the e-mail already. Only the others are asked about.
    let mut claims: Vec<(u64, u8, u32)> = Vec::new();
    for (place, pass) in passes.iter().enumerate() {
        let place = u8::try_from(place).unwrap_or(u8::MAX);
        claims.extend(
            numbered(&pass.seen)
                .filter(|(_, _, s)| s.email != 0 && !s.is_blocked)
                .map(|(_, record, s)| (s.email, place, record)),
        );
    }
    claims.sort_unstable();
    let mut suspects: Vec<Claim> = Vec::new();
    let mut asked: Vec<(u64, u8, u32)> = Vec::new();
    for same in claims.chunk_by(|a, b| a.0 == b.0) {
        for (email, place, record) in same {
            let Some((pass, record_at)) = at(passes, *place, *record) else { continue };
            let is_known = pass.held(record_at).is_some() && pass.is_unchanged(record_at);
            if same.len() > 1 || !is_known {
                suspects.push(Claim { email: *email, who: Claimant::Record(*place, *record), has_it: is_known });
            }
            if !is_known {
                asked.push((*email, *place, *record));
            }
        }
    }
    drop(claims);
    own_emails(planning, passes, &mut suspects)?;
    suspects.extend(of_others(planning, passes, &asked)?);
    let found = clashes(suspects);
    let names = names_of_held(planning, &found)?;
    for clash in found {
        tell_clash(planning, passes, &clash, &names)?;
    }
    Ok(())
}

fn at<'x, 'a>(passes: &'x [Pass<'a>], place: u8, record: u32) -> Option<(&'x Pass<'a>, usize)> {
    Some((passes.get(usize::from(place))?, usize::try_from(record).ok()?))
}

/// Whether a record's person has the very e-mail already, whatever else of the record is new.
fn own_emails(planning: &Planning<'_>, passes: &[Pass<'_>], suspects: &mut [Claim]) -> Result<(), AppError> {
    let person_of = |c: &Claim| match c.who {
        Claimant::Record(place, record) if !c.has_it => at(passes, place, record).and_then(|(p, r)| p.held(r)),
        _ => None,
    };
    let ids: Vec<PersonId> = suspects.iter().filter_map(person_of).collect();
    let mut emails: HashMap<PersonId, u64> = HashMap::new();
    for some in ids.chunks(ASKED) {
        emails.extend(planning.db.read(|conn| super::held::emails_of(conn, planning.school, some.to_vec()))?);
    }
    for claim in suspects.iter_mut() {
        if let Some(person) = person_of(claim) {
            claim.has_it = emails.get(&person) == Some(&claim.email);
        }
    }
    Ok(())
}

/// People of the school who have an e-mail that somebody newly wants, and who stand in no file themselves.
fn of_others(planning: &Planning<'_>, passes: &[Pass<'_>], asked: &[(u64, u8, u32)]) -> Result<Vec<Claim>, AppError> {
    if asked.is_empty() || !planning.db.read(|conn| super::held::has_people(conn, planning.school))? {
        return Ok(Vec::new());
    }
    let in_files: HashSet<i64> = passes.iter().flat_map(|p| p.person.iter().copied()).filter(|id| *id != 0).collect();
    let mut found = Vec::new();
    for some in asked.chunks(ASKED) {
        let keys: Vec<String> = some
            .iter()
            .filter_map(|(_, place, record)| {
                let (pass, record) = at(passes, *place, *record)?;
                let mut bio = Biographic::default();
                pass.roster.take(record, &mut bio).ok()?;
                bio.email.as_deref().and_then(crate::people::email_key)
            })
            .collect();
        for (email, person) in planning.db.read(|conn| super::held::with_emails(conn, planning.school, keys))? {
            if !in_files.contains(&person.0) {
                found.push(Claim { email, who: Claimant::Held(person), has_it: true });
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn names_of_held(planning: &Planning<'_>, found: &[Clash]) -> Result<HashMap<PersonId, String>, AppError> {
    let ids: BTreeSet<PersonId> = found
        .iter()
        .flat_map(|c| &c.with)
        .filter_map(|who| match who {
            Claimant::Held(person) => Some(*person),
            Claimant::Record(..) => None,
        })
        .collect();
    let ids: Vec<PersonId> = ids.into_iter().collect();
    let mut names = HashMap::new();
    for some in ids.chunks(ASKED) {
        for p in planning.db.read(|conn| Person::by_ids(conn, planning.school, some))? {
            names.insert(p.id, format!("{} ({}, {})", p.bio.full_name(), p.bio.member_type, p.sonis_id));
        }
    }
    Ok(names)
}

/// A record by its name, member type and row.
fn describe(passes: &[Pass<'_>], who: Claimant) -> String {
    let Claimant::Record(place, record) = who else { return String::new() };
    let Some((pass, record)) = at(passes, place, record) else { return String::new() };
    let mut bio = Biographic::default();
    match pass.roster.take(record, &mut bio) {
        Ok(row) => format!("{} ({}, row {row} of {})", bio.full_name(), bio.member_type, pass.roster.slot()),
        Err(_) => format!("a row of {}", pass.roster.slot()),
    }
}

/// So many of those who share an e-mail are named.
const NAMED: usize = 3;

fn tell_clash(
    planning: &mut Planning<'_>,
    passes: &mut [Pass<'_>],
    clash: &Clash,
    names: &HashMap<PersonId, String>,
) -> Result<(), AppError> {
    let Claimant::Record(place, record) = clash.blocked else { return Ok(()) };
    let (place, record) = (usize::from(place), usize::try_from(record).unwrap_or(usize::MAX));
    let mut others: Vec<String> = clash
        .with
        .iter()
        .take(NAMED)
        .map(|who| match who {
            Claimant::Held(person) => names.get(person).cloned().unwrap_or_else(|| "somebody of the school".into()),
            Claimant::Record(..) => describe(passes, *who),
        })
        .collect();
    if clash.with.len() > NAMED {
        others.push(format!("{} more", clash.with.len() - NAMED));
    }
    let others = others.join(" and ");
    block(planning, passes, place, record, Cause::SharedEmail, Some(Field::Email), |_| {
        format!(
            "is also the e-mail of {others}. An account needs an e-mail of its own: correct one of them in PowerSchool, \
             or leave it empty, and export again."
        )
    })
}

/// Takes a record out of the sync and tells why.
fn block(
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
