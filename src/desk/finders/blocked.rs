//! Rows that the newest plans of the roster sync do not take. Each file's newest full list counts, with what only-these plans
//! after it brought. Leaves why a row is blocked to the sync.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;

use super::{About, Finding};
use crate::db::Conn;
use crate::desk::kind::Kind;
use crate::error::AppError;
use crate::runs::{Cause, KeySpace, RunId, RunKind, RunState};
use crate::schema::{changes, run_problems, runs};
use crate::schools::CurrentSchool;
use crate::security::sha256;
use crate::sources::{Slot, key_place};
use crate::sync::{Figures, StoredFile};

pub(super) const KINDS: [Kind; 9] = [
    Kind::Unreadable,
    Kind::Doubled,
    Kind::SharedEmail,
    Kind::Twin,
    Kind::LikelyMatch,
    Kind::HostIdTaken,
    Kind::WrongType,
    Kind::NoStudent,
    Kind::NoParent,
];

/// Plans that are whole and that nobody put aside.
const WHOLE: [RunState; 4] = [RunState::Planned, RunState::Held, RunState::Applying, RunState::Applied];

/// So many plans are gone through for the newest full list of each file.
const PLANS: i64 = 60;

/// Which plans there are, and which of them are applied.
pub(super) fn mark(conn: &mut Conn, school: &CurrentSchool) -> Result<String, AppError> {
    let of_state = |conn: &mut Conn, states: &[RunState]| -> Result<(i64, Option<RunId>), AppError> {
        Ok(runs::of(school)
            .filter(runs::kind.eq(RunKind::RosterSync))
            .filter(runs::state.eq_any(states.to_vec()))
            .select((diesel::dsl::count_star(), diesel::dsl::max(runs::id)))
            .get_result(conn)?)
    };
    let (whole, newest) = of_state(conn, &WHOLE)?;
    let (applied, last) = of_state(conn, &[RunState::Applied])?;
    Ok(format!("{whole}:{}:{applied}:{}", newest.map_or(0, |r| r.0), last.map_or(0, |r| r.0)))
}

/// A blocked row, before it has its key.
struct Blocked {
    kind: Kind,
    run: RunId,
    problem: i64,
    /// What tells the row from others, from one export to the next.
    row: String,
    /// The number of the row, where there is one.
    number: Option<String>,
    /// The number itself is what is wrong.
    is_of_number: bool,
}

pub(super) fn find(conn: &mut Conn, school: &CurrentSchool) -> Result<Vec<Finding>, AppError> {
    let plans: Vec<(RunId, RunState, Option<String>)> = runs::of(school)
        .filter(runs::kind.eq(RunKind::RosterSync))
        .filter(runs::state.eq_any(WHOLE))
        .order(runs::id.desc())
        .limit(PLANS)
        .select((runs::id, runs::state, runs::figures))
        .load(conn)?;
    let (mut settled, mut taken_since): (HashSet<Slot>, HashMap<Slot, HashSet<String>>) = Default::default();
    let mut found: Vec<Blocked> = Vec::new();
    // Rows that a newer plan tells of already.
    let mut told: HashSet<(Kind, String)> = HashSet::new();
    for (run, state, figures) in plans {
        if Slot::ALL.iter().all(|slot| settled.contains(slot)) {
            break;
        }
        let is_full = figures.and_then(|f| serde_json::from_str::<Figures>(&f).ok()).is_none_or(|f| f.is_full);
        for file in StoredFile::of_run(conn, school, run)? {
            let Some(slot) = Slot::parse(&file.slot).filter(|s| !settled.contains(s)) else { continue };
            let header = file.header();
            let key = key_place(slot, &header).and_then(|at| Some((at, header.get(at)?.as_str())));
            let since = taken_since.entry(slot).or_default();
            let mut blocked = rows_of(conn, school, run, slot, key)?;
            tell_doubled(&mut blocked);
            // A later plan of only these people that took a row has settled it.
            let is_settled = |b: &Blocked| b.number.as_ref().is_some_and(|n| since.contains(n));
            let place = |b: &Blocked| (b.kind, b.row.clone());
            let fresh: Vec<Blocked> =
                blocked.into_iter().filter(|b| !is_settled(b) && !told.contains(&place(b))).collect();
            told.extend(fresh.iter().map(place));
            found.extend(fresh);
            if is_full {
                settled.insert(slot);
            } else if state == RunState::Applied {
                since.extend(taken(conn, school, run, slot)?);
            }
        }
    }
    Ok(with_keys(found))
}

fn rows_of(
    conn: &mut Conn,
    school: &CurrentSchool,
    run: RunId,
    slot: Slot,
    key: Option<(usize, &str)>,
) -> Result<Vec<Blocked>, AppError> {
    type Row = (i64, Option<String>, String, Option<Cause>, Option<String>);
    let rows: Vec<Row> = run_problems::of(school)
        .filter(run_problems::run_id.eq(run))
        .filter(run_problems::slot.eq(slot.code()))
        .order(run_problems::id)
        .select((
            run_problems::id,
            run_problems::source_column,
            run_problems::found,
            run_problems::cause,
            run_problems::cells,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(problem, column, found, cause, cells)| {
            let kind = Kind::of_cause(cause)?;
            let number = key.and_then(|(at, _)| {
                let cells: Vec<String> = serde_json::from_str(cells.as_deref()?).ok()?;
                cells.get(at).map(|c| c.trim().to_owned()).filter(|c| !c.is_empty())
            });
            let column = column.unwrap_or_default();
            let is_of_number = key.is_some_and(|(_, title)| title == column);
            let tells = number.as_deref().or(Some(found.as_str())).filter(|t| !t.is_empty());
            let row = format!("{slot}\n{column}\n{}", tells.or(cells.as_deref()).unwrap_or_default());
            Some(Blocked { kind, run, problem, row, number: number.map(|n| bare(&n)), is_of_number })
        })
        .collect())
}

/// A file says of a row that its number is wrong, and not how: where several rows have one number, that is it.
fn tell_doubled(blocked: &mut [Blocked]) {
    let doubtful = |b: &Blocked| {
        let number = b.number.clone().filter(|n| n.bytes().all(|c| c.is_ascii_digit()));
        number.filter(|_| b.is_of_number && b.kind == Kind::Unreadable)
    };
    let mut rows: HashMap<String, u32> = HashMap::new();
    for number in blocked.iter().filter_map(doubtful) {
        *rows.entry(number).or_insert(0) += 1;
    }
    for b in blocked.iter_mut() {
        if doubtful(b).is_some_and(|n| rows.get(&n).is_some_and(|count| *count > 1)) {
            b.kind = Kind::Doubled;
        }
    }
}

/// Numbers are numbers: `0012` is `12`.
fn bare(number: &str) -> String {
    number.trim_start_matches('0').to_owned()
}

/// The numbers of a file's rows that a plan changed somebody by. A student and a parent may have the same number.
fn taken(conn: &mut Conn, school: &CurrentSchool, run: RunId, slot: Slot) -> Result<Vec<String>, AppError> {
    let Some(space) = space_of(slot) else { return Ok(Vec::new()) };
    let keys: Vec<Option<String>> = changes::of(school)
        .filter(changes::run_id.eq(run))
        .filter(changes::source.eq(space))
        .filter(changes::outcome.is_null())
        .select(changes::source_key)
        .load(conn)?;
    Ok(keys.into_iter().flatten().map(|k| bare(k.trim())).collect())
}

fn space_of(slot: Slot) -> Option<KeySpace> {
    match slot {
        Slot::Students => Some(KeySpace::Students),
        Slot::Teachers => Some(KeySpace::Users),
        Slot::Parents => Some(KeySpace::Persons),
        _ => None,
    }
}

/// Rows that nothing tells apart are counted. What tells them apart may be somebody's ID, so only its fingerprint is kept.
fn with_keys(found: Vec<Blocked>) -> Vec<Finding> {
    let mut same: BTreeMap<(Kind, String), u32> = BTreeMap::new();
    found
        .into_iter()
        .map(|b| {
            let print: String = sha256(b.row.as_bytes()).chars().take(32).collect();
            let count = same.entry((b.kind, print.clone())).or_insert(0);
            *count += 1;
            let key = if *count == 1 { print } else { format!("{print}:{count}") };
            let about = About { run: Some(b.run), problem: Some(b.problem), ..About::default() };
            Finding { kind: b.kind, key, about }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocked(problem: i64, row: &str) -> Blocked {
        Blocked { kind: Kind::Unreadable, run: RunId(1), problem, row: row.into(), number: None, is_of_number: false }
    }

    #[test]
    fn several_rows_of_one_number_are_told_as_doubled_and_a_number_that_is_none_is_not() {
        let numbered = |n: &str, is_of_number| Blocked { number: Some(n.into()), is_of_number, ..blocked(1, "a") };
        let mut rows = [
            numbered("12", true),
            numbered("12", true),
            numbered("7", true),
            numbered("A7", true),
            numbered("A7", true),
            numbered("9", false),
            numbered("9", false),
        ];
        tell_doubled(&mut rows);
        let doubled: Vec<bool> = rows.iter().map(|b| b.kind == Kind::Doubled).collect();
        assert_eq!(doubled, [true, true, false, false, false, false, false]);
    }

    #[test]
    fn rows_that_nothing_tells_apart_are_counted_and_the_same_rows_have_the_same_keys_again() {
        let keys = |rows: &[&str]| -> Vec<String> {
            with_keys(rows.iter().zip(1..).map(|(r, n)| blocked(n, r)).collect()).into_iter().map(|f| f.key).collect()
        };
        let first = keys(&["a", "b", "a"]);
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), 3);
        assert_eq!(keys(&["a", "a", "b"]), [first[0].clone(), first[2].clone(), first[1].clone()]);
    }
}
