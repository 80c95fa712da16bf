//! Shared e-mails of a plan: who claims which e-mail, and who is blocked because somebody else has it or wants it too.
//! Leaves finding pure clashes to `sync::emails`, and what a record comes to to `sync::outcome`.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::absent::leaving;
use super::conflicts::{at, block, describe, numbered};
use super::emails::{Claim, Claimant, Clash, clashes};
use super::fingerprint::of_email;
use super::held::{self, Links};
use super::outcome::{outcomes, untold};
use super::planner::{Pass, Planning};
use crate::error::AppError;
use crate::people::{Biographic, Field, MemberType, Person, PersonId, Status, email_key};
use crate::runs::Cause;

/// So many keys go into one question to the database.
const ASKED: usize = 500;

/// What some people's e-mails will be, where their files alone do not tell: by file and record.
type Untold = HashMap<(u8, u32), Option<String>>;

/// Whoever is blocked stays as they are, with the e-mail that they have: which may block somebody else.
pub(super) fn block_shared_emails(
    planning: &mut Planning<'_>,
    passes: &mut [Pass<'_>],
    links: &HashMap<MemberType, Links>,
    pinned: &BTreeSet<PersonId>,
) -> Result<(), AppError> {
    let untold = untold_emails(planning, passes, pinned)?;
    let leaving = leaving(planning, passes, links)?;
    loop {
        let found = find(planning, passes, &untold, &leaving)?;
        let names = names_of_held(planning, &found)?;
        let mut has_stayed = false;
        for clash in found {
            if let Claimant::Record(place, record) = clash.blocked {
                has_stayed |= at(passes, place, record).is_some_and(|(pass, record)| pass.held(record).is_some());
            }
            tell_clash(planning, passes, &clash, &names)?;
        }
        if !has_stayed {
            return Ok(());
        }
    }
}

fn untold_emails(
    planning: &Planning<'_>,
    passes: &[Pass<'_>],
    pinned: &BTreeSet<PersonId>,
) -> Result<Untold, AppError> {
    let mut untold_ones = Untold::new();
    for (place, pass) in passes.iter().enumerate() {
        let speaks = planning.files.speaks_of_email(pass.roster.slot());
        let records = untold(pass, pinned, |record, _| !speaks && !pass.is_unchanged(record));
        for (record, bio) in outcomes(planning, pass, &records)? {
            let counts = matches!(bio.status, Status::Active | Status::Applicant);
            let (Ok(place), Ok(record)) = (u8::try_from(place), u32::try_from(record)) else { continue };
            untold_ones.insert((place, record), bio.email.filter(|_| counts));
        }
    }
    Ok(untold_ones)
}

fn find(
    planning: &Planning<'_>,
    passes: &[Pass<'_>],
    untold: &Untold,
    leaving: &HashSet<PersonId>,
) -> Result<Vec<Clash>, AppError> {
    // Whose record is as it was has the e-mail already. Only the others are asked about.
    let mut claims: Vec<(u64, u8, u32)> = Vec::new();
    for (place, pass) in passes.iter().enumerate() {
        let place = u8::try_from(place).unwrap_or(u8::MAX);
        let email = |record, seen: u64| untold.get(&(place, record)).map_or(seen, |e| of_email(e.as_deref()));
        claims.extend(
            numbered(&pass.seen)
                .filter(|(_, _, s)| !s.is_blocked)
                .map(|(_, record, s)| (email(record, s.email), place, record))
                .filter(|(email, _, _)| *email != 0),
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
    suspects.extend(of_others(planning, passes, untold, leaving, &asked)?);
    Ok(clashes(suspects))
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
        emails.extend(planning.db.read(|conn| held::emails_of(conn, planning.school, some.to_vec()))?);
    }
    for claim in suspects.iter_mut() {
        if let Some(person) = person_of(claim) {
            claim.has_it = emails.get(&person) == Some(&claim.email);
        }
    }
    Ok(())
}

/// People of the school who have an e-mail that somebody newly wants, and for whom no record speaks.
fn of_others(
    planning: &Planning<'_>,
    passes: &[Pass<'_>],
    untold: &Untold,
    leaving: &HashSet<PersonId>,
    asked: &[(u64, u8, u32)],
) -> Result<Vec<Claim>, AppError> {
    if asked.is_empty() || !planning.db.read(|conn| held::has_people(conn, planning.school))? {
        return Ok(Vec::new());
    }
    let mut spoken_for: HashSet<i64> = HashSet::new();
    for (pass, place) in passes.iter().zip(0_u8..) {
        let speaks = planning.files.speaks_of_email(pass.roster.slot());
        spoken_for.extend(
            numbered(&pass.seen)
                .filter(|(_, record, s)| !s.is_blocked && (speaks || untold.contains_key(&(place, *record))))
                .filter_map(|(record, _, _)| Some(pass.held(record)?.0)),
        );
    }
    let mut found = Vec::new();
    for some in asked.chunks(ASKED) {
        let keys: Vec<String> = some
            .iter()
            .filter_map(|(_, place, record)| {
                if let Some(email) = untold.get(&(*place, *record)) {
                    return email.as_deref().and_then(email_key);
                }
                let (pass, record) = at(passes, *place, *record)?;
                let mut bio = Biographic::default();
                pass.roster.take(record, &mut bio).ok()?;
                bio.email.as_deref().and_then(email_key)
            })
            .collect();
        for (email, person) in planning.db.read(|conn| held::with_emails(conn, planning.school, keys))? {
            if !spoken_for.contains(&person.0) && !leaving.contains(&person) {
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
