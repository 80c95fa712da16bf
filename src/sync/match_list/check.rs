//! Checking a match list like a migration, and making units of what is to be done. Pure: the rows, and who has or had which
//! ID -> who moves from which ID to which, and which rows are refused and why. The order of the rows decides nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::integration_ids::{IdKey, IdValue};
use crate::people::{MemberType, PersonId};
use crate::runs::{Cause, RunId};

/// A row that could be read.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub row: u64,
    pub member_type: MemberType,
    pub old: IdKey,
    pub new: IdKey,
    pub value: IdValue,
    /// Why the new ID cannot be one, whoever gets it.
    pub misfit: Option<(Cause, String)>,
}

/// Who has an ID now, and the run that gave it.
#[derive(Debug, Clone)]
pub struct Holder {
    pub person: PersonId,
    pub member_type: MemberType,
    pub value: IdValue,
    pub run: RunId,
}

/// Who has and who had the IDs of the list.
#[derive(Debug, Clone, Default)]
pub struct Held {
    pub live: HashMap<IdKey, Holder>,
    /// Who had an ID before, and the run that took it away.
    pub past: HashMap<IdKey, Vec<(PersonId, Option<RunId>)>>,
    /// Which of those runs were match lists.
    pub lists: HashSet<RunId>,
}

/// Why a row is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// The other rows with the same old ID, or with the same new one.
    OldTwice(Vec<u64>),
    NewTwice(Vec<u64>),
    Unknown,
    OtherType(PersonId),
    Misfit(Cause, String),
    /// Somebody else has the new ID. `row`: the row that would have moved them, and is refused.
    Taken {
        by: PersonId,
        row: Option<u64>,
    },
}

/// Somebody who moves from one ID to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub row: u64,
    pub person: PersonId,
    pub before: IdValue,
    pub after: IdValue,
    pub unit: i64,
}

/// What kind of unit some moves are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// One person, to a free ID.
    Single,
    /// Two people exchange their IDs.
    Swap,
    /// A takes B's, B takes C's, and the last one a free one.
    Chain,
    /// As a chain, and the last one takes the first one's.
    Ring,
}

#[derive(Debug, Default)]
pub struct Checked {
    /// Unit by unit, each from its first link on.
    pub moves: Vec<Move>,
    /// The kinds of the units, from the first.
    pub units: Vec<(Kind, usize)>,
    /// Rows whose new ID is the old one, or that were carried out already.
    pub unchanged: usize,
    pub refused: Vec<(u64, Wrong)>,
    /// Whoever is on the list, also with a row that is refused.
    pub listed: HashSet<PersonId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Moves,
    Unchanged,
    Refused,
}

pub fn check(rows: &[Wanted], held: &Held) -> Checked {
    let mut checked = Checked::default();
    let mut states = vec![State::Moves; rows.len()];
    let mut wrongs: BTreeMap<usize, Wrong> = BTreeMap::new();
    let mut refuse = |n: usize, wrong: Wrong, states: &mut Vec<State>| {
        set(states, n, State::Refused);
        wrongs.insert(n, wrong);
    };
    let (by_old, by_new) = (by(rows, |r| &r.old), by(rows, |r| &r.new));
    for (n, r) in rows.iter().enumerate() {
        checked.listed.extend(held.live.get(&r.old).map(|h| h.person));
        let (old, new) = (others(rows, by_old.get(&r.old), n), others(rows, by_new.get(&r.new), n));
        if !old.is_empty() {
            refuse(n, Wrong::OldTwice(old), &mut states);
        } else if !new.is_empty() {
            refuse(n, Wrong::NewTwice(new), &mut states);
        }
    }
    for link in links(rows, &states) {
        let link: Vec<(usize, &Wanted, bool)> =
            link.into_iter().filter_map(|n| Some((n, rows.get(n)?, is_done(rows.get(n)?, held)))).collect();
        // A list whose every row fits what is there now speaks of now, though an earlier list may have said a part of it.
        let speaks_of_now = link.iter().all(|(_, r, _)| held.live.contains_key(&r.old));
        let is_whole = link.iter().all(|(_, _, done)| *done);
        if speaks_of_now && !is_whole {
            continue;
        }
        for (n, r, _) in link.iter().filter(|(_, _, done)| *done) {
            checked.listed.extend(held.live.get(&r.new).map(|h| h.person));
            set(&mut states, *n, State::Unchanged);
            // Whoever got the ID by this very list is not the one whom the next row means.
            if let Some((next, _, _)) = link.iter().find(|(_, other, done)| !done && other.old == r.new) {
                refuse(*next, Wrong::Unknown, &mut states);
            }
        }
    }
    for (n, r) in rows.iter().enumerate() {
        if states.get(n) != Some(&State::Moves) {
            continue;
        }
        match (held.live.get(&r.old), &r.misfit) {
            (None, _) => refuse(n, Wrong::Unknown, &mut states),
            (Some(h), _) if h.member_type != r.member_type => refuse(n, Wrong::OtherType(h.person), &mut states),
            (Some(_), _) if r.old == r.new => set(&mut states, n, State::Unchanged),
            (Some(_), Some((cause, why))) => refuse(n, Wrong::Misfit(*cause, why.clone()), &mut states),
            (Some(_), None) => {}
        }
    }
    // Whoever stays where they are blocks whoever wants their ID, who then stays too, and so on.
    let of_new = |r: &Wanted, states: &[State], state: State| -> Option<u64> {
        let of_holder = by_old.get(&r.new).into_iter().flatten().filter(|n| states.get(**n) == Some(&state));
        of_holder.filter_map(|n| rows.get(*n)).map(|r| r.row).min()
    };
    let mut blocked: Vec<usize> = Vec::new();
    let mut waiting: Vec<usize> = (0..rows.len()).collect();
    while let Some(n) = waiting.pop() {
        let Some(r) = rows.get(n).filter(|_| states.get(n) == Some(&State::Moves)) else { continue };
        if held.live.contains_key(&r.new) && of_new(r, &states, State::Moves).is_none() {
            set(&mut states, n, State::Refused);
            blocked.push(n);
            waiting.extend(by_new.get(&r.old).into_iter().flatten());
        }
    }
    // Who is to blame is told once all are known: it must not hang on the order.
    for n in blocked {
        if let Some((r, by)) = rows.get(n).and_then(|r| Some((r, held.live.get(&r.new)?.person))) {
            let row = of_new(r, &states, State::Refused);
            refuse(n, Wrong::Taken { by, row }, &mut states);
        }
    }
    checked.refused = wrongs.into_iter().filter_map(|(n, wrong)| Some((rows.get(n)?.row, wrong))).collect();
    checked.unchanged = states.iter().filter(|s| **s == State::Unchanged).count();
    into_units(rows, held, &states, &mut checked);
    checked
}

/// The numbers of the other rows among some.
fn others(rows: &[Wanted], same: Option<&Vec<usize>>, n: usize) -> Vec<u64> {
    same.into_iter().flatten().filter(|o| **o != n).filter_map(|o| rows.get(*o)).map(|r| r.row).collect()
}

fn set(states: &mut [State], n: usize, to: State) {
    if let Some(state) = states.get_mut(n) {
        *state = to;
    }
}

fn by<'r>(rows: &'r [Wanted], key: impl Fn(&'r Wanted) -> &'r IdKey) -> HashMap<&'r IdKey, Vec<usize>> {
    let mut by: HashMap<&IdKey, Vec<usize>> = HashMap::with_capacity(rows.len());
    for (n, r) in rows.iter().enumerate() {
        by.entry(key(r)).or_default().push(n);
    }
    by
}

/// Whether a row was carried out already: whoever has its new ID had the old one, and one match list did both. Where nobody
/// has the old ID any more, whatever did it will do.
fn is_done(r: &Wanted, held: &Held) -> bool {
    let Some(now) = held.live.get(&r.new).filter(|h| h.member_type == r.member_type) else { return false };
    let is_free = !held.live.contains_key(&r.old);
    let mut theirs = held.past.get(&r.old).into_iter().flatten().filter(|(person, _)| *person == now.person);
    r.old != r.new && theirs.any(|(_, removed)| is_free || (*removed == Some(now.run) && held.lists.contains(&now.run)))
}

/// Rows that hang together, because the new ID of one is the old ID of the next, from the first link on. Of rows that are
/// still to be done no two have the same old or new ID, so that these are lines and circles.
fn links(rows: &[Wanted], states: &[State]) -> Vec<Vec<usize>> {
    let open = || rows.iter().enumerate().filter(|(n, _)| states.get(*n) == Some(&State::Moves));
    let with_old: HashMap<&IdKey, usize> = open().map(|(n, r)| (&r.old, n)).collect();
    let with_new: HashSet<&IdKey> = open().map(|(_, r)| &r.new).collect();
    let mut seen = vec![false; rows.len()];
    let mut follow = |first: usize| -> Vec<usize> {
        let (mut link, mut next) = (Vec::new(), Some(first));
        while let Some(n) = next {
            match seen.get_mut(n) {
                Some(seen) if !*seen => *seen = true,
                _ => break,
            }
            link.push(n);
            next = rows.get(n).and_then(|r| with_old.get(&r.new)).copied();
        }
        link
    };
    // First whatever begins somewhere; what is left then goes round.
    let heads: Vec<usize> = open().filter(|(_, r)| !with_new.contains(&r.old)).map(|(n, _)| n).collect();
    let mut all: Vec<Vec<usize>> = heads.into_iter().map(&mut follow).collect();
    all.extend(open().map(|(n, _)| n).collect::<Vec<_>>().into_iter().map(&mut follow).filter(|link| !link.is_empty()));
    all
}

/// Where a move stands among others, in whatever order the rows came.
fn place(m: &Move) -> (PersonId, u64) {
    (m.person, m.before.folded())
}

fn into_units(rows: &[Wanted], held: &Held, states: &[State], checked: &mut Checked) {
    let mut units: Vec<(Kind, Vec<Move>)> = Vec::new();
    for link in links(rows, states) {
        let mut moves: Vec<Move> = link
            .iter()
            .filter_map(|n| {
                let r = rows.get(*n)?;
                let h = held.live.get(&r.old)?;
                Some(Move { row: r.row, person: h.person, before: h.value.clone(), after: r.value.clone(), unit: 0 })
            })
            .collect();
        let ends = (link.first().and_then(|n| rows.get(*n)), link.last().and_then(|n| rows.get(*n)));
        let goes_round = matches!(ends, (Some(first), Some(last)) if first.old == last.new);
        let kind = match (goes_round, moves.len()) {
            (true, 2) => Kind::Swap,
            (true, _) => Kind::Ring,
            (false, 1) => Kind::Single,
            (false, _) => Kind::Chain,
        };
        if goes_round && let Some(first) = (0..moves.len()).min_by_key(|n| moves.get(*n).map(place)) {
            moves.rotate_left(first);
        }
        units.push((kind, moves));
    }
    units.sort_by_key(|(_, moves)| moves.iter().map(place).min());
    for ((kind, moves), unit) in units.into_iter().zip(1_i64..) {
        checked.units.push((kind, moves.len()));
        checked.moves.extend(moves.into_iter().map(|m| Move { unit, ..m }));
    }
}

impl Kind {
    /// "Swap", "Chain of 3".
    pub fn in_words(self, length: usize) -> String {
        match self {
            Kind::Single => String::new(),
            Kind::Swap => "Swap".into(),
            Kind::Chain => format!("Chain of {length}"),
            Kind::Ring => format!("Ring of {length}"),
        }
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
