//! The kernel and the sync against a school in memory: random syncs, edits by hand, undos and settings on both databases,
//! and after each step what a person can see is compared. Leaves what should come of a step to `model::school` and `model::back`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod back;
mod by_hand;
mod emails;
mod from_files;
mod garbage;
mod known;
mod matching;
mod merging;
mod school;
mod sheets;
mod step;
mod world;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use back::{Back, Done, back};
use school::School;
use sheets::Sheets;
use step::{Step, step};
use world::{World, on_each_database};

use crate::db::Db;
use crate::error::AppError;
use crate::people::PersonId;
use crate::runs::{RunId, RunKind};

/// The school in memory beside the one in the database, with the runs that were applied.
struct Both {
    world: World,
    model: School,
    log: Vec<Done>,
    sheets: Vec<Sheets>,
    ever: BTreeMap<String, PersonId>,
}

impl Both {
    fn begin(db: &Db, number: u32) -> Both {
        let world = World::open(db, number);
        let model = School { grade_groups: true, year: 2027, ..School::default() };
        Both { world, model, log: Vec::new(), sheets: Vec::new(), ever: BTreeMap::new() }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Sync { sheets, .. } if sheets.is_empty() => {}
            Step::Sync { sheets, turn, exclude, is_undone } => {
                self.sheets.push(sheets.clone());
                self.sync(sheets, *turn, *exclude, *is_undone);
            }
            Step::Again { which, kept, turn, is_full } => {
                if !self.sheets.is_empty() {
                    let again = self.sheets[usize::from(*which) % self.sheets.len()].clone();
                    self.sync(&Sheets { is_full: *is_full, ..again.some(*kept) }, *turn, None, false);
                }
            }
            Step::Edit { who, field, value } => self.edit(*who, *field, *value),
            Step::AddPerson { member_type, email } => self.add_person(*member_type, *email),
            Step::AddId { who, value } => self.add_id(*who, value),
            Step::DeleteId { who } => self.delete_id(*who),
            Step::Match { moving, turn, exclude, is_undone } => self.match_list(moving, *turn, *exclude, *is_undone),
            Step::Merge { ends, stays, picks, takes_id } => self.merge(*ends, *stays, *picks, *takes_id),
            Step::Undo { which } => {
                let open: Vec<usize> = (0..self.log.len())
                    .filter(|n| !self.log[*n].is_undone && self.log[*n].kind != RunKind::Undo)
                    .collect();
                if !open.is_empty() {
                    self.undo(open[usize::from(*which) % open.len()]);
                }
            }
            Step::Settings { grade_groups, grad_year_groups, deactivates, without } => {
                self.model.decided.without = *without;
                self.model.grade_groups = *grade_groups;
                self.model.grad_year_groups = *grad_year_groups;
                self.model.deactivates = *deactivates;
                self.world.settings(&self.model);
            }
            Step::Email { email, verdict, whom, is_by_key } => self.decide_email(*email, *verdict, *whom, *is_by_key),
            Step::Twin { staff, parent, is_same } => {
                self.world.decide_twin(*staff, *parent, *is_same);
                match is_same {
                    Some(is_same) => self.model.decided.twins.insert((*staff, *parent), *is_same),
                    None => self.model.decided.twins.remove(&(*staff, *parent)),
                };
            }
            Step::Likely { key, who, is_same } => self.decide_match(*key, *who, *is_same),
        }
        self.compare();
    }

    fn compare(&mut self) {
        let seen = self.world.seen();
        for human in &mut self.model.people {
            // The portal gives SONIS IDs as it likes, once; afterwards they are part of what is compared.
            if human.sonis_id.is_empty() {
                let found = seen.people.iter().find(|h| !h.keys.is_empty() && h.keys == human.keys);
                human.sonis_id = found.unwrap_or_else(|| panic!("{human:?} is not there")).sonis_id.clone();
            }
        }
        // What is not of the database is as the model has it.
        let said = School { people: Vec::new(), ties: BTreeMap::new(), ..self.model.clone() };
        let place: BTreeMap<&str, usize> = seen.people.iter().map(|h| h.sonis_id.as_str()).zip(0..).collect();
        let mut expected = School { people: self.model.people.clone(), ..said.clone() };
        expected.people.sort_by(|a, b| place.get(a.sonis_id.as_str()).cmp(&place.get(b.sonis_id.as_str())));
        let moved = |n: &usize| place.get(self.model.people[*n].sonis_id.as_str()).copied().unwrap_or(usize::MAX);
        expected.ties = self.model.ties.iter().map(|((p, s), kind)| ((moved(p), moved(s)), kind.clone())).collect();
        let seen = School { people: seen.people, ties: seen.ties, ..said };
        if seen != expected {
            for (s, e) in seen.people.iter().zip(&expected.people).filter(|(s, e)| s != e) {
                eprintln!("there    {s:?}\nexpected {e:?}");
            }
            assert_eq!(seen.ties, expected.ties);
            assert_eq!(seen.people.len(), expected.people.len());
            panic!("people differ");
        }
        self.world.hold_the_law(&mut self.ever);
    }

    fn done(&mut self, run: RunId, before: School) {
        // SONIS IDs are learnt by comparing; a run's school before and after must know them too.
        self.compare();
        let made = self.world.run(run);
        let (kind, undoes) = (made.kind, made.undoes_run_id);
        let merged = self.log.iter().find(|d| Some(d.run) == undoes).and_then(|d| d.merged);
        self.log.push(Done { run, kind, undoes, merged, before, after: self.model.clone(), is_undone: false });
    }

    fn undo(&mut self, n: usize) {
        let expected = back(&self.model, &self.log, n);
        let undone = self.world.undo(self.log[n].run);
        match (expected, undone) {
            (Back::Undone(school), Ok(Some(run))) => {
                let before = std::mem::replace(&mut self.model, *school);
                self.log[n].is_undone = true;
                self.done(run, before);
            }
            (Back::Refused, Ok(None)) | (Back::NothingLeft, Err(AppError::Conflict(_))) => {}
            (expected, undone) => panic!("undo of {:?}: {undone:?}, and not {expected:?}", self.log[n].kind),
        }
    }
}

fn count(n: i32) -> usize {
    usize::try_from(n).unwrap()
}

/// Another one for each case.
fn seed(case: u64) -> [u8; 32] {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&case.to_le_bytes());
    seed
}

/// As many cases as fit into some seconds; `CROSSWALK_MODEL_SECONDS` says how many for each database.
fn for_a_while<S: Strategy>(
    what: &str,
    usual: u64,
    open: &dyn Fn() -> Db,
    make: impl Fn() -> S,
    case: impl Fn(&Db, u32, S::Value),
) {
    let asked = std::env::var("CROSSWALK_MODEL_SECONDS").ok().and_then(|s| s.parse().ok());
    let seconds = asked.unwrap_or(usual);
    let until = Instant::now() + Duration::from_secs(seconds);
    let config = Config { cases: 1, max_shrink_iters: 300, failure_persistence: None, ..Config::default() };
    let mut cases: u64 = 0;
    // A database has room for 676 schools.
    let place = RefCell::new((open(), 0));
    while Instant::now() < until {
        let one = |given: S::Value| {
            let mut at = place.borrow_mut();
            if at.1 == 676 {
                *at = (open(), 0);
            }
            at.1 += 1;
            let (db, number) = (at.0.clone(), at.1 - 1);
            drop(at);
            case(&db, number, given);
            Ok(())
        };
        // A test run plays the same histories each time, so that it says the same of the same program; the soak plays new ones.
        let mut runner = match asked {
            Some(_) => TestRunner::new(config.clone()),
            None => TestRunner::new_with_rng(config.clone(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed(cases))),
        };
        if let Err(e) = runner.run(&make(), one) {
            panic!("after {cases} cases: {e}");
        }
        cases += 1;
    }
    let database = if place.borrow().0.url().is_sqlite() { "SQLite" } else { "PostgreSQL" };
    println!("- {what} on {database}: {cases} cases in {seconds} s, none failed.");
}

#[test]
fn whatever_is_done_to_a_school_it_is_as_it_should_be() {
    on_each_database("steps", |open| {
        let steps = || proptest::collection::vec(step(), 1..12);
        for_a_while(
            "Random histories of a school beside a model of it",
            15,
            open,
            steps,
            |db, number, steps: Vec<Step>| {
                let mut both = Both::begin(db, number);
                steps.iter().for_each(|step| both.step(step));
            },
        );
    });
}

#[test]
fn files_of_any_bytes_make_a_plan_or_a_reason_and_never_a_panic() {
    on_each_database("garbage", |open| {
        for_a_while("Files of any bytes given to the sync", 5, open, garbage::garbage, garbage::plan_garbage);
    });
}
