//! Who claims which e-mail once the plan is carried out: rows of the files, and people of the school for whom no row speaks.
//! Leaves what becomes of those who share one to `sync::shared`.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::absent::leaving;
use super::conflicts::{Conflicts, at, numbered};
use super::emails::{Claim, Claimant};
use super::fingerprint::of_email;
use super::held::{self, Links};
use super::outcome::{outcomes, untold};
use super::pass::Pass;
use super::planner::Planning;
use crate::error::AppError;
use crate::people::{Biographic, Field, MemberType, PersonId, Status, email_key, pin};

/// So many keys go into one question to the database.
const ASKED: usize = 500;

/// What some people's e-mails will be, where their files alone do not tell: by file and record.
type Untold = HashMap<(u8, u32), Option<String>>;

/// What the finding of claims stands on.
pub(super) struct Ground<'g> {
    untold: Untold,
    leaving: HashSet<PersonId>,
    /// People whose e-mail somebody has set by hand.
    by_hand: HashSet<PersonId>,
    /// People of whom another record has the account.
    without_account: &'g HashSet<PersonId>,
    /// People who have no ID (any more): what they have of an e-mail is no account's.
    bare: &'g HashSet<PersonId>,
}

impl<'g> Ground<'g> {
    pub fn load(
        planning: &Planning<'_>,
        passes: &[Pass<'_>],
        links: &HashMap<MemberType, Links>,
        pinned: &BTreeSet<PersonId>,
        conflicts: &'g Conflicts,
    ) -> Result<Ground<'g>, AppError> {
        Ok(Ground {
            untold: untold_emails(planning, passes, pinned)?,
            leaving: leaving(planning, passes, links)?,
            by_hand: planning.db.read(|conn| pin::of_field(conn, planning.school, Field::Email))?,
            without_account: &conflicts.without_account,
            bare: &conflicts.bare,
        })
    }

    /// A record is taken as if its e-mail were blank: nothing else is to be said of it.
    pub fn goes_without(&mut self, place: u8, record: u32) {
        self.untold.remove(&(place, record));
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

pub(super) fn claims(
    planning: &Planning<'_>,
    passes: &[Pass<'_>],
    ground: &Ground<'_>,
) -> Result<Vec<Claim>, AppError> {
    let untold = &ground.untold;
    // Whose record is as it was has the e-mail already. Only the others are asked about.
    let mut claims: Vec<(u64, u8, u32)> = Vec::new();
    for (place, pass) in passes.iter().enumerate() {
        let place = u8::try_from(place).unwrap_or(u8::MAX);
        let email = |record, seen: u64| untold.get(&(place, record)).map_or(seen, |e| of_email(e.as_deref()));
        claims.extend(
            numbered(&pass.seen)
                .filter(|(_, _, s)| !s.is_blocked && !s.has_no_account())
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
