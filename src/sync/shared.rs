//! Shared e-mails of a plan: who claims which e-mail, and what becomes of those who are not alone with one: blocked, taken
//! without it, or asked about. Leaves deciding to `sync::emails`, likely twins and matches among them to `sync::likely`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::absent::leaving;
use super::cases::{Found, FoundKind};
use super::conflicts::{Conflicts, at, block, describe, numbered};
use super::decisions::{Decided, ForEmail, Id, PairKind};
use super::emails::{Claim, Claimant, Fate, Rule, settle, shared};
use super::fingerprint::of_email;
use super::held::{self, Links};
use super::likely::{self, Asked};
use super::outcome::{outcomes, untold};
use super::planner::{Pass, Planning};
use super::settings::SharedEmails;
use crate::error::AppError;
use crate::people::{Biographic, Field, MemberType, Person, PersonId, Status, email_key, pin};
use crate::runs::Cause;

/// So many keys go into one question to the database.
const ASKED: usize = 500;

/// What some people's e-mails will be, where their files alone do not tell: by file and record.
type Untold = HashMap<(u8, u32), Option<String>>;

/// What the finding of claims stands on.
struct Ground<'g> {
    untold: Untold,
    leaving: HashSet<PersonId>,
    /// People whose e-mail somebody has set by hand.
    by_hand: HashSet<PersonId>,
    /// People of whom another record has the account.
    without_account: &'g HashSet<PersonId>,
    /// People who have no ID (any more): what they have of an e-mail is no account's.
    bare: &'g HashSet<PersonId>,
}

/// Whoever is blocked stays as they are, with the e-mail that they have: which may block somebody else.
pub(super) fn settle_shared_emails(
    planning: &mut Planning<'_>,
    passes: &mut [Pass<'_>],
    links: &HashMap<MemberType, Links>,
    pinned: &BTreeSet<PersonId>,
    decided: &Decided,
    conflicts: &mut Conflicts,
) -> Result<(), AppError> {
    let mut ground = Ground {
        untold: untold_emails(planning, passes, pinned)?,
        leaving: leaving(planning, passes, links)?,
        by_hand: planning.db.read(|conn| pin::of_field(conn, planning.school, Field::Email))?,
        without_account: &conflicts.without_account,
        bare: &conflicts.bare,
    };
    let mut by_email: BTreeMap<u64, Found> = BTreeMap::new();
    let (mut pairs, mut told) = (Vec::new(), HashSet::new());
    loop {
        let groups = shared(claims(planning, passes, &ground)?);
        let held = people_of(planning, &groups)?;
        let asked = likely::among(passes, &groups, &held, decided);
        let mut has_stayed = false;
        for (same, asked) in groups.iter().zip(asked) {
            let Some(email) = same.first().map(|c| c.email) else { continue };
            let rule = rule_of(planning, passes, decided, same);
            let mut fates = settle(same, rule);
            for a in &asked {
                if let Some(fate) = fates.get_mut(a.place) {
                    *fate = Fate::Asked;
                }
            }
            if fates.iter().all(|f| *f == Fate::Keeps) {
                continue;
            }
            if !fates.iter().all(|f| matches!(f, Fate::Keeps | Fate::Asked)) {
                let found = by_email.entry(email).or_insert_with(|| Found::new(FoundKind::Email));
                same.iter().zip(&fates).for_each(|(c, fate)| found.put(c.who, *fate));
            }
            for (n, (claim, fate)) in same.iter().zip(&fates).enumerate() {
                let Claimant::Record(place, record) = claim.who else { continue };
                match fate {
                    Fate::Keeps | Fate::Given => {}
                    Fate::Without => {
                        ground.untold.remove(&(place, record));
                        if let Some(pass) = passes.get_mut(usize::from(place)) {
                            pass.take_without_email(usize::try_from(record).unwrap_or(usize::MAX));
                        }
                    }
                    Fate::Blocked | Fate::Asked => {
                        has_stayed |= at(passes, place, record).is_some_and(|(pass, r)| pass.held(r).is_some());
                        let question = asked.iter().find(|a| a.place == n);
                        tell(planning, passes, same, n, (rule, question), &held)?;
                    }
                }
            }
            for a in &asked {
                let (Some(one), Some(other)) = (same.get(a.place), same.get(a.with)) else { continue };
                // The record of staff first, then the parent's; the newcomer first, then whom the school has.
                let (one, other) = if a.is_turned { (other, one) } else { (one, other) };
                let kind = if a.kind == PairKind::Twin { FoundKind::Twin } else { FoundKind::Match };
                let fate = |c: &Claim| if c.has_it { Fate::Keeps } else { Fate::Asked };
                if told.insert((kind, one.who, other.who)) {
                    let mut found = Found::new(kind);
                    found.put(one.who, fate(one));
                    found.put(other.who, fate(other));
                    pairs.push(found);
                }
            }
        }
        if !has_stayed {
            break;
        }
    }
    conflicts.found.extend(by_email.into_values());
    conflicts.found.extend(pairs);
    Ok(())
}

/// Whoever a record leads to, or the record itself.
pub(super) fn id_of(passes: &[Pass<'_>], who: Claimant) -> Option<Id> {
    match who {
        Claimant::Held(person) => Some(Id::Person(person)),
        Claimant::Record(place, record) => {
            let (pass, record) = at(passes, place, record)?;
            Some(match pass.held(record) {
                Some(person) => Id::Person(person),
                None => Id::Key(pass.roster.space(), pass.seen.get(record)?.key),
            })
        }
    }
}

fn rule_of(planning: &Planning<'_>, passes: &[Pass<'_>], decided: &Decided, same: &[Claim]) -> Rule {
    let usual = match planning.settings.shared_emails {
        SharedEmails::Block => Rule::Block,
        SharedEmails::Without => Rule::Without,
    };
    match same.first().and_then(|c| decided.email(c.email)) {
        None => usual,
        Some(ForEmail::Without) => Rule::Without,
        Some(ForEmail::Block) => Rule::Block,
        // Whoever it was given to does not claim it now: it is as any other shared one.
        Some(ForEmail::Give(to)) => {
            let named = same.iter().find(|c| id_of(passes, c.who) == Some(to));
            named.map_or(usual, |c| Rule::Give(c.who))
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

fn claims(planning: &Planning<'_>, passes: &[Pass<'_>], ground: &Ground<'_>) -> Result<Vec<Claim>, AppError> {
    let untold = &ground.untold;
    // Whose record is as it was has the e-mail already. Only the others are asked about.
    let mut claims: Vec<(u64, u8, u32)> = Vec::new();
    for (place, pass) in passes.iter().enumerate() {
        let place = u8::try_from(place).unwrap_or(u8::MAX);
        let email = |record, seen: u64| untold.get(&(place, record)).map_or(seen, |e| of_email(e.as_deref()));
        claims.extend(
            numbered(&pass.seen)
                .filter(|(_, _, s)| !s.is_blocked && !s.has_no_account)
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
                let is_fixed = !planning.files.speaks_of_email(pass.roster.slot())
                    || pass.held(record_at).is_some_and(|person| ground.by_hand.contains(&person));
                let who = Claimant::Record(*place, *record);
                suspects.push(Claim { email: *email, who, has_it: is_known, is_fixed });
            }
            if !is_known {
                asked.push((*email, *place, *record));
            }
        }
    }
    drop(claims);
    own_emails(planning, passes, ground, &mut suspects)?;
    suspects.extend(of_others(planning, passes, ground, &asked)?);
    Ok(suspects)
}

/// Whether a record's person has the very e-mail already, whatever else of the record is new.
fn own_emails(
    planning: &Planning<'_>,
    passes: &[Pass<'_>],
    ground: &Ground<'_>,
    suspects: &mut [Claim],
) -> Result<(), AppError> {
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
            claim.has_it = !ground.bare.contains(&person) && emails.get(&person) == Some(&claim.email);
        }
    }
    Ok(())
}

/// People of the school who have an e-mail that somebody newly wants, and for whom no record speaks.
fn of_others(
    planning: &Planning<'_>,
    passes: &[Pass<'_>],
    ground: &Ground<'_>,
    asked: &[(u64, u8, u32)],
) -> Result<Vec<Claim>, AppError> {
    let untold = &ground.untold;
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
            let counts = !ground.leaving.contains(&person) && !ground.without_account.contains(&person);
            if counts && !spoken_for.contains(&person.0) {
                found.push(Claim { email, who: Claimant::Held(person), has_it: true, is_fixed: true });
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The people of the school who share an e-mail with somebody.
fn people_of(planning: &Planning<'_>, groups: &[Vec<Claim>]) -> Result<HashMap<PersonId, Person>, AppError> {
    let held = |claim: &Claim| match claim.who {
        Claimant::Held(person) => Some(person),
        Claimant::Record(..) => None,
    };
    let ids: BTreeSet<PersonId> = groups.iter().flatten().filter_map(held).collect();
    let ids: Vec<PersonId> = ids.into_iter().collect();
    let mut people = HashMap::new();
    for some in ids.chunks(ASKED) {
        people.extend(
            planning.db.read(|conn| Person::by_ids(conn, planning.school, some))?.into_iter().map(|p| (p.id, p)),
        );
    }
    Ok(people)
}

/// So many of those who share an e-mail are named.
const NAMED: usize = 3;

/// Blocks one of those who share an e-mail, with the others named and what can be done.
fn tell(
    planning: &mut Planning<'_>,
    passes: &mut [Pass<'_>],
    same: &[Claim],
    place: usize,
    (rule, question): (Rule, Option<&Asked>),
    held: &HashMap<PersonId, Person>,
) -> Result<(), AppError> {
    let Some(claim) = same.get(place) else { return Ok(()) };
    let Claimant::Record(file, record) = claim.who else { return Ok(()) };
    let (file, record) = (usize::from(file), usize::try_from(record).unwrap_or(usize::MAX));
    let name = |who: &Claimant| match who {
        Claimant::Held(person) => held.get(person).map_or_else(
            || "somebody of the school".into(),
            |p| format!("{} ({}, {})", p.bio.full_name(), p.bio.member_type, p.sonis_id),
        ),
        Claimant::Record(..) => describe(passes, *who),
    };
    if let Some(asked) = question {
        let other = same.get(asked.with).map(|c| name(&c.who)).unwrap_or_default();
        let (cause, reason) = match asked.kind {
            PairKind::Twin => (
                Cause::Twin,
                format!(
                    "is also the e-mail of {other}, who has the same name: probably one person with two records. \
                     Say so, or not, under Likely matches; until then this row waits."
                ),
            ),
            PairKind::Match => (
                Cause::LikelyMatch,
                format!(
                    "is also the e-mail of {other}, who has the same first name and stands in no row: probably the same person \
                     under another number. Say so, or not, under Likely matches; until then this row waits."
                ),
            ),
        };
        return block(planning, passes, file, record, cause, Some(Field::Email), |_| reason);
    }
    let whom: Vec<Claimant> = same.iter().map(|c| c.who).filter(|who| *who != claim.who).collect();
    let mut others: Vec<String> = whom.iter().take(NAMED).map(name).collect();
    if whom.len() > NAMED {
        others.push(format!("{} more", whom.len() - NAMED));
    }
    let others = others.join(" and ");
    let what = match rule {
        Rule::Give(to) if to == claim.who => {
            "It was given to this row, but somebody who stays as they are has it: nothing in the files takes it from them. \
             Change it there by hand, then sync again."
        }
        Rule::Give(_) | Rule::Without if claim.is_fixed => {
            "It was set by hand here, so that no file can leave it out. Change it on the page of one of them, then sync again."
        }
        _ => {
            "An account needs an e-mail of its own: correct one of them in PowerSchool, or leave it empty, and export again; \
             or decide under Shared e-mails whose it is."
        }
    };
    block(planning, passes, file, record, Cause::SharedEmail, Some(Field::Email), |_| {
        format!("is also the e-mail of {others}. {what}")
    })
}
