//! The planner of a Group Membership list: rows and whom lists have put where -> who joins and who leaves.
//! Groups that the list does not name stay as they are. Leaves reading files to `sources`, writing to the kernel.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::category::Category;
use super::change::GroupName;
use super::group::name_key;
use super::list_store::{self, Place};
use crate::db::{Conn, Db};
use crate::error::AppError;
use crate::integration_ids::{self, IdValue};
use crate::integrations::Integration;
use crate::people::{self, Person, PersonId, Status};
use crate::runs::{
    self, Applied, Cause, Change, Counts, KeySpace, ListStep, NewRun, PlanWriter, Problem, Run, RunId, RunKind,
    SourceFile, SourceKey, Who, Whole,
};
use crate::schema::people as people_table;
use crate::schools::CurrentSchool;
use crate::security::{Actor, Sight, hex};
use crate::sources::{FileProblem, GroupListFile, GroupRow, NamedBy, read_group_list};

/// The files of a list, as somebody gives them.
#[derive(Debug, Clone, Default)]
pub struct Given {
    pub name: String,
    pub list: Vec<u8>,
    /// Vidigami's sheet of groups, where the list names groups by their Group ID.
    pub sheet: Option<Vec<u8>>,
}

/// Who plans, and whose integration IDs they may see: an ID in a file is looked up only with a proof.
pub struct Planner<'a> {
    pub school: &'a CurrentSchool,
    pub actor: &'a Actor,
    pub sight: &'a Sight,
    pub now: NaiveDateTime,
}

/// What a run of a list does to one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    pub category: Category,
    pub group: String,
    pub is_new: bool,
    pub joins: usize,
    pub leaves: usize,
    /// Whom the list has in it afterwards.
    pub members: usize,
}

/// A row whose person and group are known.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Taken {
    row: u64,
    person: PersonId,
    category: Category,
    name: String,
}

/// Who is in which group because of lists.
type Held = BTreeMap<Place, (String, BTreeSet<PersonId>)>;

#[derive(Debug, Default, PartialEq, Eq)]
struct Decision {
    steps: BTreeMap<PersonId, (u64, Vec<ListStep>)>,
    figures: Vec<Figure>,
}

/// Compares the list with what lists before it made. In a group with a row that cannot be taken nobody leaves: it may be theirs.
fn decide(rows: &[Taken], unsure: &HashSet<Place>, held: &Held) -> Decision {
    let mut wanted: BTreeMap<Place, (String, BTreeMap<PersonId, u64>)> = BTreeMap::new();
    for r in rows {
        let group = wanted.entry((r.category, name_key(&r.name)));
        group.or_insert_with(|| (r.name.clone(), BTreeMap::new())).1.entry(r.person).or_insert(r.row);
    }
    let mut decision = Decision::default();
    for (place, (name, people)) in wanted {
        let nobody = (name, BTreeSet::new());
        let (name, there) = held.get(&place).unwrap_or(&nobody);
        let step = |joins| ListStep { joins, category: place.0, name: name.clone() };
        let mut put = |person: PersonId, row: u64, joins: bool| {
            let entry = decision.steps.entry(person).or_insert((row, Vec::new()));
            entry.1.push(step(joins));
        };
        let joins: Vec<_> = people.iter().filter(|(p, _)| !there.contains(p)).collect();
        joins.iter().for_each(|(person, row)| put(**person, **row, true));
        let leaves: Vec<PersonId> = match unsure.contains(&place) {
            true => Vec::new(),
            false => there.iter().copied().filter(|p| !people.contains_key(p)).collect(),
        };
        leaves.iter().for_each(|person| put(*person, 0, false));
        decision.figures.push(Figure {
            category: place.0,
            group: name.clone(),
            is_new: !held.contains_key(&place),
            joins: joins.len(),
            leaves: leaves.len(),
            members: there.len() + joins.len() - leaves.len(),
        });
    }
    decision
}

/// Everybody leaves every group that a list put them into.
fn decide_back(held: &Held) -> Decision {
    let mut decision = Decision::default();
    for ((category, _), (name, there)) in held {
        for person in there {
            let entry = decision.steps.entry(*person).or_default();
            entry.1.push(ListStep { joins: false, category: *category, name: name.clone() });
        }
        decision.figures.push(Figure {
            category: *category,
            group: name.clone(),
            is_new: false,
            joins: 0,
            leaves: there.len(),
            members: 0,
        });
    }
    decision
}

/// Makes the plan of a list. `Err` inside: a file cannot be used at all.
pub fn plan(db: &Db, by: &Planner<'_>, given: &Given) -> Result<Result<RunId, FileProblem>, AppError> {
    let file = match read_group_list(&given.list, given.sheet.as_deref()) {
        Ok(file) => file,
        Err(problem) => return Ok(Err(problem)),
    };
    let mut notes = vec![file.shape.to_string()];
    notes.extend(file.notes.iter().cloned());
    let hash = hex(&Sha256::digest(&given.list));
    let source = SourceFile { name: Some(given.name.clone()), hash: Some(hash), notes: Some(notes.join("\n")) };
    let (decision, problems) = db.read(|conn| {
        let (rows, problems, unsure) = take(conn, by, &file)?;
        let held = list_store::all(conn, by.school)?;
        Ok((decide(&rows, &unsure, &held), problems))
    })?;
    store(db, by, source, decision, problems, file.row_count).map(Ok)
}

/// Makes the plan of going back to the groups that the sync keeps: lists put nobody anywhere any more.
pub fn plan_back(db: &Db, by: &Planner<'_>) -> Result<RunId, AppError> {
    let held = db.read(|conn| list_store::all(conn, by.school))?;
    if held.is_empty() {
        return Err(AppError::Conflict(
            "No list has put anybody into a group: the groups are the automatic ones.".into(),
        ));
    }
    let notes = Some("Back to the automatic groups".to_owned());
    store(db, by, SourceFile { notes, ..SourceFile::default() }, decide_back(&held), Vec::new(), 0)
}

fn store(
    db: &Db,
    by: &Planner<'_>,
    source: SourceFile,
    decision: Decision,
    problems: Vec<Problem>,
    rows: u64,
) -> Result<RunId, AppError> {
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let counts = Counts {
        rows_read: i32::try_from(rows).unwrap_or(i32::MAX),
        updated: count(decision.steps.len()),
        refused: count(problems.iter().map(|p| p.source_row).collect::<HashSet<_>>().len()),
        ..Counts::default()
    };
    let new = NewRun::plan(RunKind::GroupList, by.actor, source);
    let mut writer = PlanWriter::begin(db, by.school, &new, i64::try_from(rows).unwrap_or(i64::MAX), by.now)?;
    for (person, (row, lists)) in decision.steps {
        let change = Change { lists, ..Change::of(Who::Held(person)) };
        writer.change(i64::try_from(row).ok().filter(|r| *r > 0), &change)?;
    }
    for problem in problems {
        writer.problem(problem)?;
    }
    let figures = serde_json::to_string(&decision.figures).map_err(|e| AppError::internal("writing figures", &e))?;
    writer.finish(Whole { counts, figures: Some(figures), ..Whole::default() })
}

/// The figures of a run of a list.
pub fn figures(run: &Run) -> Result<Vec<Figure>, AppError> {
    let Some(json) = run.figures.as_deref().filter(|_| run.kind == RunKind::GroupList) else { return Ok(Vec::new()) };
    serde_json::from_str(json).map_err(|e| AppError::internal("reading figures", &e))
}

/// Applies a plan of a list; any other run is not there.
pub fn apply(db: &Db, by: &Planner<'_>, run: RunId) -> Result<Applied, AppError> {
    one(db, by.school, run)?;
    runs::apply(db, by.school, run, by.actor, by.now)
}

/// A run of a list.
pub fn one(db: &Db, school: &CurrentSchool, run: RunId) -> Result<Run, AppError> {
    let run = db.read(|conn| Run::by_id(conn, school, run))?;
    if run.kind == RunKind::GroupList { Ok(run) } else { Err(AppError::NotFound) }
}

/// Rows that are taken, problems of the others, and the groups that have such.
type Sorted = (Vec<Taken>, Vec<Problem>, HashSet<Place>);

fn take(conn: &mut Conn, by: &Planner<'_>, file: &GroupListFile) -> Result<Sorted, AppError> {
    let (mut taken, mut unsure) = (Vec::new(), HashSet::new());
    let mut problems: Vec<Problem> =
        file.problems.iter().map(|p| problem(p.row, p.column.clone(), p.found.clone(), p.reason.clone())).collect();
    // A row that cannot be read at all may belong to any group.
    let is_any_unreadable = !file.problems.is_empty();
    let people = find(conn, by, &file.rows)?;
    let placeholders = list_store::placeholders(conn, by.school)?;
    for r in &file.rows {
        let category = match read_category(&r.category) {
            Some(category) => category,
            None => {
                let all: Vec<&str> = Category::ALL.iter().map(|c| c.word()).collect();
                let reason = format!("is no category. The categories are {}.", all.join(", "));
                problems.push(problem(r.row, Some("Category".into()), r.category.clone(), reason));
                continue;
            }
        };
        let name = match GroupName::parse(&r.group) {
            Ok(name) => name.as_str().to_owned(),
            Err(fault) => {
                problems.push(problem(
                    r.row,
                    Some("Group".into()),
                    r.group.clone(),
                    format!("cannot be the name of a group. {fault}."),
                ));
                continue;
            }
        };
        let place = (category, name_key(&name));
        if placeholders.contains(&place) {
            let reason =
                "is a placeholder group, which the roster sync keeps. Give the group of the list another name.";
            problems.push(problem(r.row, Some("Group".into()), r.group.clone(), reason.into()));
            continue;
        }
        if is_any_unreadable {
            unsure.insert(place.clone());
        }
        match people.get(&(r.by, r.id.clone())) {
            Some(person) => taken.push(Taken { row: r.row, person: *person, category, name }),
            None => {
                unsure.insert(place);
                let found = if r.by == NamedBy::HostId { String::new() } else { r.id.clone() };
                problems.push(problem(r.row, Some(r.column.clone()), found, nobody(by, r.by)));
            }
        }
    }
    problems.sort_by_key(|p| p.source_row);
    Ok((taken, problems, unsure))
}

fn problem(row: u64, column: Option<String>, found: String, reason: String) -> Problem {
    Problem {
        source_row: i64::try_from(row).unwrap_or(i64::MAX),
        source_column: column,
        ..Problem::new(Cause::Unreadable, found, reason)
    }
}

fn nobody(by: &Planner<'_>, named: NamedBy) -> String {
    match named {
        NamedBy::SonisId => "is the SONIS ID of nobody. Correct it, or leave the row out.".into(),
        NamedBy::StudentNumber => "is the Student_Number of nobody. Sync the student first, or leave the row out.".into(),
        NamedBy::UsersDcid => "is the users_dcid of nobody. Sync the teacher first, or leave the row out.".into(),
        NamedBy::PersonId => "is the id of no parent. Sync the parent first, or leave the row out.".into(),
        // Whether there is such an ID is told only to whoever may see it.
        NamedBy::HostId if by.sight.is_none() => {
            "Host IDs are looked up only for somebody with the Task View integration IDs. Name people by SONIS ID instead.".into()
        }
        NamedBy::HostId => "nobody has the Host ID in this row. Correct it, or leave the row out.".into(),
    }
}

fn read_category(text: &str) -> Option<Category> {
    let letters = |t: &str| t.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    Category::ALL.iter().copied().find(|c| letters(c.word()) == letters(text))
}

/// Whom the rows name. A record that was merged is the one that it leads to.
fn find(
    conn: &mut Conn,
    by: &Planner<'_>,
    rows: &[GroupRow],
) -> Result<HashMap<(NamedBy, String), PersonId>, AppError> {
    let mut found = HashMap::new();
    let mut ids: BTreeMap<NamedBy, BTreeSet<&str>> = BTreeMap::new();
    for r in rows {
        ids.entry(r.by).or_default().insert(&r.id);
    }
    for (named, ids) in ids {
        let ids: Vec<&str> = ids.into_iter().collect();
        for some in ids.chunks(500) {
            match named {
                NamedBy::SonisId => {
                    let typed: Vec<String> = some.iter().map(|id| id.to_ascii_uppercase()).collect();
                    let people: Vec<Person> = people_table::of(by.school)
                        .filter(people_table::sonis_id.eq_any(typed))
                        .select(Person::as_select())
                        .load(conn)?;
                    for person in people {
                        let led = if person.bio.status == Status::Merged {
                            people::merge::survivor(conn, by.school, &person)?.map(|p| p.id)
                        } else {
                            Some(person.id)
                        };
                        let Some(led) = led else { continue };
                        for id in some.iter().filter(|id| id.eq_ignore_ascii_case(&person.sonis_id)) {
                            found.insert((named, (*id).to_owned()), led);
                        }
                    }
                }
                NamedBy::StudentNumber | NamedBy::UsersDcid | NamedBy::PersonId => {
                    let space = match named {
                        NamedBy::StudentNumber => KeySpace::Students,
                        NamedBy::UsersDcid => KeySpace::Users,
                        _ => KeySpace::Persons,
                    };
                    let norms: Vec<String> = some.iter().map(|id| SourceKey::number(space, id).norm).collect();
                    let linked = people::store::linked(conn, by.school, space, norms)?;
                    for id in some {
                        if let Some(person) = linked.get(&SourceKey::number(space, id).norm) {
                            found.insert((named, (*id).to_owned()), *person);
                        }
                    }
                }
                NamedBy::HostId => {
                    let live = Integration::live(conn, by.school)?;
                    let Some(vidigami) = live.into_iter().find(|i| i.code == "vidigami" && by.sight.covers(i.id))
                    else {
                        continue;
                    };
                    let key = |id: &str| IdValue::new(id).key(vidigami.case_rule);
                    let keys = some.iter().map(|id| key(id)).collect();
                    let holders = integration_ids::store::holders(conn, by.school, vidigami.id, keys)?;
                    for id in some {
                        if let Some(person) = holders.get(&key(id)) {
                            found.insert((named, (*id).to_owned()), *person);
                        }
                    }
                }
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows() -> impl Strategy<Value = Vec<Taken>> {
        let row = (1_i64..6, 0_usize..3, 0_usize..2).prop_map(|(person, group, category)| Taken {
            row: 2,
            person: PersonId(person),
            category: Category::ALL[category],
            name: format!("Group {group}"),
        });
        proptest::collection::vec(row, 0..12)
    }

    fn after(held: &Held, decision: &Decision) -> Held {
        let mut after = held.clone();
        for (person, (_, steps)) in &decision.steps {
            for step in steps {
                let place = (step.category, name_key(&step.name));
                let group = after.entry(place).or_insert_with(|| (step.name.clone(), BTreeSet::new()));
                assert!(
                    if step.joins { group.1.insert(*person) } else { group.1.remove(person) },
                    "a step does nothing"
                );
            }
        }
        after.retain(|_, (_, people)| !people.is_empty());
        after
    }

    proptest! {
        #[test]
        fn the_groups_that_a_list_names_are_as_it_says_and_the_others_as_they_were(first in rows(), second in rows()) {
            let sure = HashSet::new();
            let held = after(&Held::new(), &decide(&first, &sure, &Held::new()));
            let now = after(&held, &decide(&second, &sure, &held));
            let named: HashSet<Place> = second.iter().map(|r| (r.category, name_key(&r.name))).collect();
            for (place, group) in &held {
                if !named.contains(place) {
                    prop_assert_eq!(now.get(place), Some(group));
                }
            }
            for place in &named {
                let listed = second.iter().filter(|r| (r.category, name_key(&r.name)) == *place).map(|r| r.person);
                prop_assert_eq!(&now[place].1, &listed.collect::<BTreeSet<_>>());
            }
            // The same list again changes nothing, and the way back leaves nobody in any.
            prop_assert!(decide(&second, &sure, &now).steps.is_empty());
            prop_assert!(after(&now, &decide_back(&now)).is_empty());
            // Where a row cannot be taken, nobody leaves.
            let careful = decide(&second, &named, &held);
            prop_assert!(careful.steps.values().flat_map(|(_, steps)| steps).all(|s| s.joins));
        }
    }
}
