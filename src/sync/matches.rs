//! Likely matches by name and birth date: a newcomer of the files who looks like somebody of the school to whom no row leads.
//! A person is asked; who was said to be the same is led there. Leaves those found by an e-mail to `sync::likely`.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::cases::{Found, FoundKind};
use super::conflicts::{Conflicts, block, numbered};
use super::decisions::{Decided, Decisions, Id, Known, Verdict, Whom};
use super::emails::{Claimant, Fate};
use super::held;
use super::likely::not_led_to;
use super::pass::Pass;
use super::planner::Planning;
use super::seen::born;
use crate::db::Conn;
use crate::error::AppError;
use crate::people::{Biographic, MemberType, Person, PersonId, Status};
use crate::runs::Cause;
use crate::schema::people;
use crate::schools::CurrentSchool;

/// So many names go into one question to the database.
const ASKED: usize = 500;

/// More newcomers are quicker compared by reading everybody of the school once.
const FEW: usize = if cfg!(test) { 2 } else { 60_000 };

/// Rows of which somebody has said whom they are: they lead there, as if their number did. The answer is all whom somebody
/// has said so of: they have several numbers, or will.
pub(super) fn lead(
    planning: &mut Planning<'_>,
    passes: &mut [Pass<'_>],
    decisions: &Decisions,
    known: &Known,
    conflicts: &mut Conflicts,
) -> Result<HashSet<PersonId>, AppError> {
    let mut people = HashSet::new();
    let mut said: HashMap<(usize, usize), PersonId> = HashMap::new();
    for d in decisions.matches.iter().filter(|d| d.verdict == Verdict::Same) {
        let Whom::Key(space, key) = &d.pair.one else { continue };
        let Some((person, member_type)) = known.living(&d.pair.other) else { continue };
        people.insert(person);
        for (place, pass) in passes.iter().enumerate().filter(|(_, p)| p.roster.space() == *space) {
            let Some(record) = pass.roster.find(*key) else { continue };
            let is_free = pass.held(record).is_none_or(|held| held == person);
            // Another row of the same person speaks for it.
            if is_free && !pass.silent.contains(&record) && pass.roster.member_type() == member_type {
                said.insert((place, record), person);
            }
        }
    }
    if said.is_empty() {
        return Ok(people);
    }
    // How many rows lead to each: those of whom it was said, and those by a number of their own.
    let mut rows: HashMap<PersonId, usize> = HashMap::new();
    said.values().for_each(|person| *rows.entry(*person).or_default() += 1);
    for (place, pass) in passes.iter().enumerate() {
        for (record, led) in pass.person.iter().enumerate() {
            let is_counted = !said.contains_key(&(place, record)) && !pass.silent.contains(&record);
            if let Some(n) = rows.get_mut(&PersonId(*led)).filter(|_| is_counted) {
                *n += 1;
            }
        }
    }
    let mut said: Vec<((usize, usize), PersonId)> = said.into_iter().collect();
    said.sort_unstable();
    for ((place, record), person) in said {
        if rows.get(&person) == Some(&1) {
            conflicts.led.insert(person);
            if let Some(slot) = passes.get_mut(place).and_then(|p| p.person.get_mut(record)) {
                *slot = person.0;
            }
            continue;
        }
        block(planning, passes, place, record, Cause::LikelyMatch, None, |_| {
            "was said to be somebody of the school to whom another row of the files leads as well: one person under two \
             numbers. Take one of the two rows out in PowerSchool, or take the decision back under Likely matches."
                .into()
        })?;
    }
    Ok(people)
}

/// A newcomer with a birth date.
struct Newcomer {
    place: usize,
    record: usize,
    who: Claimant,
    id: Id,
}

/// Blocks newcomers who look like somebody of the school, each with that person named.
pub(super) fn ask(
    planning: &mut Planning<'_>,
    passes: &mut [Pass<'_>],
    decided: &Decided,
    conflicts: &mut Conflicts,
) -> Result<(), AppError> {
    let is_new =
        |pass: &Pass<'_>| pass.seen.iter().zip(&pass.person).any(|(s, led)| s.born != 0 && !s.is_blocked && *led == 0);
    // Before there is anybody, nobody is like somebody.
    if !passes.iter().any(is_new) || !planning.db.read(|conn| held::has_people(conn, planning.school))? {
        return Ok(());
    }
    let mut new = Vec::new();
    for (place, pass) in passes.iter().enumerate() {
        let n = u8::try_from(place).unwrap_or(u8::MAX);
        let open =
            numbered(&pass.seen).filter(|(record, _, s)| s.born != 0 && !s.is_blocked && pass.held(*record).is_none());
        new.extend(open.map(|(record, r, s)| Newcomer {
            place,
            record,
            who: Claimant::Record(n, r),
            id: Id::Key(pass.roster.space(), s.key),
        }));
    }
    let mut alike =
        if new.len() <= FEW { by_name(planning, passes, &new)? } else { by_reading_all(planning, passes, &new)? };
    let left = not_led_to(passes, alike.values().flatten().copied().collect());
    for (n, people) in &mut alike {
        people.retain(|p| left.contains(p) && new.get(*n).is_some_and(|n| !decided.is_refused(n.id, Id::Person(*p))));
    }
    alike.retain(|_, people| !people.is_empty());
    let ids: HashSet<PersonId> = alike.values().flatten().copied().collect();
    let mut names = HashMap::new();
    for some in ids.into_iter().collect::<Vec<_>>().chunks(ASKED) {
        for p in planning.db.read(|conn| Person::by_ids(conn, planning.school, some))? {
            names.insert(p.id, format!("{} ({}, {})", p.bio.full_name(), p.bio.member_type, p.sonis_id));
        }
    }
    for (n, people) in alike {
        let Some(newcomer) = new.get(n) else { continue };
        for person in &people {
            let mut found = Found::new(FoundKind::Match);
            found.put(newcomer.who, Fate::Asked);
            found.put(Claimant::Held(*person), Fate::Keeps);
            conflicts.found.push(found);
        }
        let who: Vec<&str> = people.iter().filter_map(|p| names.get(p)).map(String::as_str).collect();
        let who = who.join(" and ");
        block(planning, passes, newcomer.place, newcomer.record, Cause::LikelyMatch, None, |_| {
            format!(
                "has the name and birth date of {who}, to whom no row leads: probably the same person under another number. \
                 Say so, or not, under Likely matches; until then this row waits."
            )
        })?;
    }
    Ok(())
}

/// By the place among the newcomers: who has the name and the birth date.
type Alike = BTreeMap<usize, Vec<PersonId>>;

/// A person of the school as far as it is compared.
type Held = (PersonId, String, Option<NaiveDate>, MemberType);

/// The name as the school sorts it, with and without the middle one, and the birth date.
fn looks(passes: &[Pass<'_>], n: &Newcomer) -> Option<(Vec<String>, NaiveDate, MemberType)> {
    let pass = passes.get(n.place)?;
    let mut bio = Biographic { member_type: pass.roster.member_type(), ..Biographic::default() };
    pass.roster.take(n.record, &mut bio).ok()?;
    let date = bio.birth_date?;
    let whole = bio.keys().sort_name;
    bio.middle_name = None;
    let mut names = vec![bio.keys().sort_name, whole];
    names.dedup();
    names.retain(|name| !name.is_empty());
    Some((names, date, bio.member_type))
}

fn by_name(planning: &Planning<'_>, passes: &[Pass<'_>], new: &[Newcomer]) -> Result<Alike, AppError> {
    let mut alike = Alike::new();
    for (first, some) in (0..).step_by(ASKED).zip(new.chunks(ASKED)) {
        let mut by_name: HashMap<String, Vec<(usize, NaiveDate, MemberType)>> = HashMap::new();
        for (n, newcomer) in some.iter().enumerate() {
            let Some((names, date, member_type)) = looks(passes, newcomer) else { continue };
            for name in names {
                by_name.entry(name).or_default().push((first + n, date, member_type));
            }
        }
        let names: Vec<String> = by_name.keys().cloned().collect();
        for (person, name, date, member_type) in planning.db.read(|conn| named(conn, planning.school, names))? {
            for (n, of, m) in by_name.get(&name).into_iter().flatten() {
                if date == Some(*of) && member_type == *m {
                    put(&mut alike, *n, person);
                }
            }
        }
    }
    Ok(alike)
}

fn put(alike: &mut Alike, n: usize, person: PersonId) {
    let people = alike.entry(n).or_default();
    if !people.contains(&person) {
        people.push(person);
        people.sort_unstable();
    }
}

fn named(conn: &mut Conn, school: &CurrentSchool, names: Vec<String>) -> Result<Vec<Held>, AppError> {
    Ok(people::of(school)
        .filter(people::sort_name.eq_any(names))
        .filter(people::birth_date.is_not_null())
        .filter(people::status.ne(Status::Merged))
        .select((people::id, people::sort_name, people::birth_date, people::member_type))
        .load(conn)?)
}

fn by_reading_all(planning: &Planning<'_>, passes: &[Pass<'_>], new: &[Newcomer]) -> Result<Alike, AppError> {
    const PAGE: i64 = 20_000;
    let mut held: HashMap<(u64, u16), Vec<(PersonId, MemberType)>> = HashMap::new();
    let mut dates: HashSet<u16> = HashSet::new();
    let mut after = PersonId(0);
    loop {
        let page: Vec<Held> = planning.db.read(|conn| {
            Ok(people::of(planning.school)
                .filter(people::id.gt(after))
                .filter(people::birth_date.is_not_null())
                .filter(people::status.ne(Status::Merged))
                .order(people::id)
                .limit(PAGE)
                .select((people::id, people::sort_name, people::birth_date, people::member_type))
                .load(conn)?)
        })?;
        let Some((last, ..)) = page.last() else { break };
        after = *last;
        for (person, name, date, member_type) in page {
            let Some(date) = date.map(born).filter(|d| *d != 0) else { continue };
            dates.insert(date);
            held.entry((super::fingerprint::of_text(&name), date)).or_default().push((person, member_type));
        }
    }
    let mut alike = Alike::new();
    for (n, newcomer) in new.iter().enumerate() {
        let seen = passes.get(newcomer.place).and_then(|p| p.seen.get(newcomer.record));
        if !seen.is_some_and(|s| dates.contains(&s.born)) {
            continue;
        }
        let Some((names, date, member_type)) = looks(passes, newcomer) else { continue };
        for name in names {
            let people = held.get(&(super::fingerprint::of_text(&name), born(date))).into_iter().flatten();
            for (person, _) in people.filter(|(_, m)| *m == member_type) {
                put(&mut alike, n, *person);
            }
        }
    }
    Ok(alike)
}
