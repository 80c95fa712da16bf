//! Shared e-mails of a plan: who claims which e-mail, and what becomes of those who are not alone with one: blocked, taken
//! without it, or asked about. Leaves deciding to `sync::emails`, likely twins and matches among them to `sync::likely`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::cases::{Found, FoundKind};
use super::claims::{Ground, claims};
use super::conflicts::{Conflicts, at, block, describe};
use super::decisions::{Decided, ForEmail, Id, PairKind};
use super::emails::{Claim, Claimant, Fate, Rule, settle, shared};
use super::held::Links;
use super::likely::{self, Asked};
use super::pass::Pass;
use super::planner::Planning;
use super::settings::SharedEmails;
use crate::error::AppError;
use crate::people::{Field, MemberType, Person, PersonId};
use crate::runs::Cause;

/// So many keys go into one question to the database.
const ASKED: usize = 500;

/// Whoever is blocked stays as they are, with the e-mail that they have: which may block somebody else.
pub(super) fn settle_shared_emails(
    planning: &mut Planning<'_>,
    passes: &mut [Pass<'_>],
    links: &HashMap<MemberType, Links>,
    pinned: &BTreeSet<PersonId>,
    decided: &Decided,
    conflicts: &mut Conflicts,
) -> Result<(), AppError> {
    let mut ground = Ground::load(planning, passes, links, pinned, conflicts)?;
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
                        ground.goes_without(place, record);
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
