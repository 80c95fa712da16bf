//! Match lists in the school in memory: which rows go through, and what taking them back leaves.
//! Written from what a match list promises; leaves the database's way of it to `sync::match_list`.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::back::{Back, Done};
use super::school::School;
use crate::people::MemberType;
use crate::runs::RunKind;

/// Somebody who is to get another ID: one of a pool, or that of somebody else.
#[derive(Debug, Clone)]
pub struct Moving {
    who: u8,
    to: Result<u8, &'static str>,
    is_wrong_type: bool,
    is_shouted: bool,
}

pub fn moving() -> impl Strategy<Value = Moving> {
    let pool = proptest::sample::select(&["S1", "s2", "S4", "T1", "t3", "P1", "X1", "x2", "X3"][..]);
    let to = prop_oneof![3 => any::<u8>().prop_map(Ok), 2 => pool.prop_map(Err)];
    (any::<u8>(), to, proptest::bool::weighted(0.08), any::<bool>())
        .prop_map(|(who, to, is_wrong_type, is_shouted)| Moving { who, to, is_wrong_type, is_shouted })
}

/// A row of the list.
#[derive(Debug, Clone)]
pub struct Line {
    old: String,
    new: String,
    member_type: MemberType,
}

/// Whoever moves, and to which ID.
pub type Moves = BTreeMap<usize, String>;

fn fold(id: &str) -> String {
    id.to_lowercase()
}

fn holder(school: &School, id: &str) -> Option<usize> {
    school.people.iter().position(|h| h.host_id.as_deref().is_some_and(|held| fold(held) == fold(id)))
}

/// An ID made as those of another member type.
fn is_of_another(id: &str, member_type: MemberType) -> bool {
    let own = match member_type {
        MemberType::Student => "S",
        MemberType::Staff => "T",
        MemberType::Parent => "P",
    };
    let fits = |letter: &str| id.strip_prefix(letter).is_some_and(|n| n.parse::<u64>().is_ok());
    !fits(own) && ["S", "T", "P"].iter().any(|letter| fits(letter))
}

impl Line {
    pub fn of(school: &School, moving: &[Moving]) -> Vec<Line> {
        let with: Vec<usize> = (0..school.people.len()).filter(|n| school.people[*n].host_id.is_some()).collect();
        if with.is_empty() {
            return Vec::new();
        }
        let pick = |n: u8| with[usize::from(n) % with.len()];
        let id = |place: usize| school.people[place].host_id.clone().unwrap();
        moving
            .iter()
            .map(|m| {
                let place = pick(m.who);
                let own = school.people[place].member_type();
                let other = if own == MemberType::Staff { MemberType::Parent } else { MemberType::Staff };
                let old = id(place);
                Line {
                    old: if m.is_shouted { old.to_uppercase() } else { old },
                    new: m.to.map_or_else(str::to_owned, |n| id(pick(n))),
                    member_type: if m.is_wrong_type { other } else { own },
                }
            })
            .collect()
    }

    /// Everybody takes the ID of the next student, and the last one that of the first.
    pub fn ring(length: u64) -> Vec<Line> {
        let line = |n: u64| Line {
            old: format!("S{n}"),
            new: format!("S{}", n % length + 1),
            member_type: MemberType::Student,
        };
        (1..=length).map(line).collect()
    }

    /// Rows in the order of `turn`, which is any number.
    pub fn file(lines: &[Line], turn: usize) -> Vec<u8> {
        let mut rows: Vec<String> =
            lines.iter().map(|l| format!("{},{},{}", l.old, l.new, l.member_type.code())).collect();
        if turn % 2 == 1 {
            rows.reverse();
        }
        let by = turn % rows.len();
        rows.rotate_left(by);
        format!("Old ID,New ID,Member Type\n{}\n", rows.join("\n")).into_bytes()
    }
}

/// Lines that hang together: the new ID of one is the old ID of another.
fn together(lines: &[Line], open: &BTreeSet<usize>) -> Vec<BTreeSet<usize>> {
    let mut all: Vec<BTreeSet<usize>> = open.iter().map(|n| BTreeSet::from([*n])).collect();
    for a in open {
        for b in open.iter().filter(|b| fold(&lines[**b].old) == fold(&lines[*a].new)) {
            let (first, second) =
                (all.iter().position(|s| s.contains(a)).unwrap(), all.iter().position(|s| s.contains(b)).unwrap());
            if first != second {
                let joined = all[second].clone();
                all[first].extend(joined);
                all.remove(second);
            }
        }
    }
    all
}

/// Whether a line was carried out: by one match list that did nothing else to the person since, or the old ID is nobody's.
fn is_done(now: &School, log: &[Done], line: &Line) -> bool {
    let Some(place) = holder(now, &line.new) else { return false };
    if fold(&line.old) == fold(&line.new) || now.people[place].member_type() != line.member_type {
        return false;
    }
    let host = |school: &School| school.people.get(place).and_then(|h| h.host_id.as_deref()).map(fold);
    let changes: Vec<&Done> = log.iter().filter(|d| host(&d.before) != host(&d.after)).collect();
    let had = |d: &&&Done| host(&d.before) == Some(fold(&line.old));
    let by_list = changes.last().filter(|d| d.kind == RunKind::MatchList);
    by_list.filter(had).is_some() || (holder(now, &line.old).is_none() && changes.iter().any(|d| had(&d)))
}

/// Whoever moves by a list.
pub fn moves(now: &School, log: &[Done], lines: &[Line]) -> Moves {
    let once = |id: fn(&Line) -> &str, line: &Line| lines.iter().filter(|l| fold(id(l)) == fold(id(line))).count() == 1;
    let mut open: BTreeSet<usize> =
        (0..lines.len()).filter(|n| once(|l| &l.old, &lines[*n]) && once(|l| &l.new, &lines[*n])).collect();
    for link in together(lines, &open) {
        let done = |n: &usize| is_done(now, log, &lines[*n]);
        let speaks_of_now = link.iter().all(|n| holder(now, &lines[*n].old).is_some());
        if link.iter().all(done) || !speaks_of_now {
            for n in link.iter().filter(|n| done(n)) {
                open.remove(n);
                let meant = |o: &&usize| !done(o) && fold(&lines[**o].old) == fold(&lines[*n].new);
                if let Some(next) = link.iter().find(meant) {
                    open.remove(next);
                }
            }
        }
    }
    open.retain(|n| {
        let line = &lines[*n];
        holder(now, &line.old).is_some_and(|p| now.people[p].member_type() == line.member_type)
            && fold(&line.old) != fold(&line.new)
            && !is_of_another(&line.new, line.member_type)
    });
    loop {
        let stays = open.iter().copied().find(|n| {
            holder(now, &lines[*n].new).is_some() && !open.iter().any(|o| fold(&lines[*o].old) == fold(&lines[*n].new))
        });
        match stays {
            Some(n) => open.remove(&n),
            None => break,
        };
    }
    open.iter().map(|n| (holder(now, &lines[*n].old).unwrap(), lines[*n].new.clone())).collect()
}

/// Those who move together with somebody.
fn unit_of(before: &School, moves: &Moves, place: usize) -> BTreeSet<usize> {
    let mut unit = BTreeSet::from([place]);
    loop {
        let size = unit.len();
        let hangs = |a: usize, b: usize| moves.get(&a).is_some_and(|new| holder(before, new) == Some(b));
        let more: Vec<usize> =
            moves.keys().copied().filter(|m| unit.iter().any(|u| hangs(*u, *m) || hangs(*m, *u))).collect();
        unit.extend(more);
        if unit.len() == size {
            return unit;
        }
    }
}

pub fn without_unit_of(before: &School, moves: &Moves, place: usize) -> Moves {
    let unit = unit_of(before, moves, place);
    moves.iter().filter(|(m, _)| !unit.contains(m)).map(|(m, new)| (*m, new.clone())).collect()
}

/// `now` without what a match list did: whole units, as far as nobody has touched them since.
pub fn back(now: &School, done: &Done) -> Back {
    let host = |school: &School, place: usize| school.people[place].host_id.clone();
    let moves: Moves = (0..done.before.people.len())
        .filter(|n| host(&done.before, *n) != host(&done.after, *n))
        .filter_map(|n| Some((n, host(&done.after, n)?)))
        .collect();
    let mut school = now.clone();
    let mut seen = BTreeSet::new();
    let mut is_something = false;
    for place in moves.keys() {
        let unit = unit_of(&done.before, &moves, *place);
        if !unit.iter().all(|n| seen.insert(*n)) {
            continue;
        }
        let is_left = unit.iter().all(|n| host(now, *n).map(|v| fold(&v)) == moves.get(n).map(|v| fold(v)));
        let is_free = unit
            .iter()
            .all(|n| host(&done.before, *n).is_none_or(|id| holder(now, &id).is_none_or(|p| unit.contains(&p))));
        if is_left && is_free {
            is_something = true;
            for n in unit {
                school.people[n].host_id = host(&done.before, n);
            }
        }
    }
    if is_something { Back::Undone(Box::new(school)) } else { Back::NothingLeft }
}
