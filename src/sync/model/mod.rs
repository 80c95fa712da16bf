//! The kernel and the sync against a school in memory: random syncs, edits by hand, undos and settings on both databases,
//! and after each step what a person can see is compared. Leaves what should come of a step to `model::school` and `model::back`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod back;
mod emails;
mod garbage;
mod known;
mod matching;
mod merging;
mod school;
mod sheets;
mod world;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use back::{Back, Done, back};
use emails::{Verdict, Whom};
use matching::{Line, Moving, moving};
use school::{Human, School};
use sheets::{Sheets, sheets};
use world::{World, on_each_database, planner};

use crate::db::Db;
use crate::error::AppError;
use crate::integration_ids::{self, Editor};
use crate::people::merge::{Choice, Keeps, Merger, merge};
use crate::people::{Biographic, Field, MemberType, PersonId, Status, add_by_hand, edit_by_hand};
use crate::runs::{self, Applied, Outcome, Run, RunId, RunKind, RunState, Verb, Who};
use crate::security::Sight;

#[derive(Debug, Clone)]
enum Step {
    Sync {
        sheets: Sheets,
        turn: usize,
        exclude: Option<u8>,
        is_undone: bool,
    },
    /// Files that were there before, or some of them.
    Again {
        which: u8,
        kept: u8,
        turn: usize,
        is_full: bool,
    },
    Edit {
        who: u8,
        field: u8,
        value: u8,
    },
    AddPerson {
        member_type: u8,
        email: u8,
    },
    AddId {
        who: u8,
        value: &'static str,
    },
    DeleteId {
        who: u8,
    },
    Match {
        moving: Vec<Moving>,
        turn: usize,
        exclude: Option<u8>,
        is_undone: bool,
    },
    Merge {
        ends: u8,
        stays: u8,
        /// Bit by bit: which fields are taken from the one who ends.
        picks: u32,
        takes_id: bool,
    },
    Undo {
        which: u8,
    },
    Settings {
        grade_groups: bool,
        grad_year_groups: bool,
        deactivates: bool,
        without: bool,
    },
    /// What is to be of an e-mail; None takes it back. Somebody is named by a place, and by the number or the SONIS ID.
    Email {
        email: u8,
        verdict: Option<u8>,
        whom: u8,
        is_by_key: bool,
    },
    /// Whether two are one human; None takes it back.
    Twin {
        staff: u64,
        parent: u64,
        is_same: Option<bool>,
    },
    /// Whether a number is somebody of the school; None takes it back.
    Likely {
        key: u64,
        who: u8,
        is_same: Option<bool>,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let id = proptest::sample::select(&["S1", "s2", "S3", "T1", "t2", "P1", "p2", "X1"][..]);
    let exclude = proptest::option::weighted(0.15, any::<u8>());
    let exclude_too = proptest::option::weighted(0.15, any::<u8>());
    prop_oneof![
        6 => (sheets(), any::<usize>(), exclude, proptest::bool::weighted(0.2))
            .prop_map(|(sheets, turn, exclude, is_undone)| Step::Sync { sheets, turn, exclude, is_undone }),
        4 => (any::<u8>(), any::<u8>(), any::<usize>(), any::<bool>())
            .prop_map(|(which, kept, turn, is_full)| Step::Again { which, kept, turn, is_full }),
        4 => (any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(who, field, value)| Step::Edit { who, field, value }),
        1 => (0_u8..3, 0_u8..4).prop_map(|(member_type, email)| Step::AddPerson { member_type, email }),
        1 => (any::<u8>(), id).prop_map(|(who, value)| Step::AddId { who, value }),
        1 => any::<u8>().prop_map(|who| Step::DeleteId { who }),
        3 => (proptest::collection::vec(moving(), 1..6), any::<usize>(), exclude_too, proptest::bool::weighted(0.3))
            .prop_map(|(moving, turn, exclude, is_undone)| Step::Match { moving, turn, exclude, is_undone }),
        2 => (any::<u8>(), any::<u8>(), any::<u32>(), any::<bool>())
            .prop_map(|(ends, stays, picks, takes_id)| Step::Merge { ends, stays, picks, takes_id }),
        3 => any::<u8>().prop_map(|which| Step::Undo { which }),
        1 => (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
            |(grade_groups, grad_year_groups, deactivates, without)| {
                Step::Settings { grade_groups, grad_year_groups, deactivates, without }
            }
        ),
        3 => (1_u8..4, proptest::option::weighted(0.8, 0_u8..4), any::<u8>(), any::<bool>())
            .prop_map(|(email, verdict, whom, is_by_key)| Step::Email { email, verdict, whom, is_by_key }),
        2 => (1_u64..=5, 1_u64..=5, proptest::option::weighted(0.8, any::<bool>()))
            .prop_map(|(staff, parent, is_same)| Step::Twin { staff, parent, is_same }),
        3 => (1_u64..=5, any::<u8>(), proptest::option::weighted(0.8, any::<bool>()))
            .prop_map(|(key, who, is_same)| Step::Likely { key, who, is_same }),
    ]
}

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

    fn sync(&mut self, sheets: &Sheets, turn: usize, exclude: Option<u8>, is_undone: bool) {
        let first = self.world.plan(sheets, turn);
        let again = self.world.plan(sheets, turn.wrapping_add(3));
        let told = self.world.told(first.id);
        assert_eq!(told, self.world.told(again.id), "the order of rows decides something");
        let before = self.model.clone();
        let did = self.model.sync(sheets);
        assert_eq!(count(first.counts.created), did.created, "people made");
        assert_eq!(count(first.counts.deactivated), did.deactivated, "people deactivated");
        let out = exclude.filter(|_| first.state == RunState::Planned && !told.is_empty());
        if let Some(n) = out {
            self.exclude(&first, usize::from(n) % told.len(), &before);
        }
        self.counts_hold(first.id);
        let applied = self.world.apply(&self.world.run(first.id));
        assert!(matches!(applied, Applied::Done), "{applied:?}");
        self.counts_hold(first.id);
        self.done(first.id, before);
        if out.is_some() {
            return;
        }
        let after = self.world.plan(sheets, turn.wrapping_add(1));
        assert_eq!(self.world.told(after.id), Vec::<String>::new(), "a plan after its apply");
        if is_undone && !told.is_empty() {
            let seen = self.world.seen();
            self.undo(self.log.len() - 1);
            self.compare();
            let replan = self.world.plan(sheets, turn);
            assert_eq!(replan.counts.created, 0, "whoever was made is there already");
            // A number that was linked stays linked: where nothing else was to be done, there is nothing left to do.
            let is_link = |t: &String| t.contains(" [] None [] [] ");
            let told: Vec<&String> = told.iter().filter(|t| !is_link(t)).collect();
            let again = self.world.told(replan.id);
            assert!(again.iter().all(|t| !t.starts_with("new")));
            let held = |t: &&&String| !t.starts_with("new");
            assert!(
                told.iter().filter(held).all(|t| again.contains(t)),
                "the plan after an undo differs: {told:?} {again:?}"
            );
            assert_eq!(again.iter().filter(|t| !is_link(t)).count(), told.len());
            let before = self.model.clone();
            self.model.sync(sheets);
            assert!(matches!(self.world.apply(&replan), Applied::Done));
            self.done(replan.id, before);
            assert_eq!(self.world.seen(), seen, "applied, undone and applied again is applied");
        }
    }

    /// A match list: planned in two orders, applied, nothing the second time, perhaps taken back.
    fn match_list(&mut self, moving: &[Moving], turn: usize, exclude: Option<u8>, is_undone: bool) {
        let lines = Line::of(&self.model, moving);
        if lines.is_empty() {
            return;
        }
        let first = self.world.plan_list(&lines, turn);
        let again = self.world.plan_list(&lines, turn.wrapping_add(3));
        let told = self.world.told(first.id);
        assert_eq!(told, self.world.told(again.id), "the order of rows decides something");
        let before = self.model.clone();
        let mut moves = matching::moves(&self.model, &self.log, &lines);
        assert_eq!(told.len(), moves.len(), "{lines:?}: {told:?} and not {moves:?}");
        if let Some(n) = exclude.filter(|_| first.state == RunState::Planned && !told.is_empty()) {
            // The whole unit stays.
            let n = usize::from(n) % told.len();
            let stored = self.world.changes(first.id).swap_remove(n);
            self.world
                .db
                .write(|conn| runs::exclude(conn, &self.world.school, first.id, stored.id, &planner()))
                .unwrap();
            let place = self.place_of(stored.person_id.unwrap());
            moves = matching::without_unit_of(&self.model, &moves, place);
        }
        self.counts_hold(first.id);
        let applied = self.world.apply(&self.world.run(first.id));
        assert!(matches!(applied, Applied::Done), "{applied:?}");
        for (place, new) in moves {
            self.model.people[place].host_id = Some(new);
        }
        self.done(first.id, before);
        if exclude.is_none() {
            let after = self.world.plan_list(&lines, turn.wrapping_add(1));
            assert_eq!(self.world.told(after.id), Vec::<String>::new(), "a plan after its apply");
        }
        if is_undone {
            self.undo(self.log.len() - 1);
        }
    }

    fn place_of(&self, person: PersonId) -> usize {
        let seen = self.world.db.read(|conn| crate::people::Person::by_id(conn, &self.world.school, person)).unwrap();
        self.model.people.iter().position(|h| h.sonis_id == seen.sonis_id).unwrap()
    }

    /// Leaves a change out, in both: whoever it is about stays as they were.
    fn exclude(&mut self, run: &Run, n: usize, before: &School) {
        let stored = self.world.changes(run.id).swap_remove(n);
        self.world.db.write(|conn| runs::exclude(conn, &self.world.school, run.id, stored.id, &planner())).unwrap();
        let change = stored.to_change().unwrap();
        let place = match change.who {
            Who::Held(id) => {
                let seen =
                    self.world.db.read(|conn| crate::people::Person::by_id(conn, &self.world.school, id)).unwrap();
                self.model.people.iter().position(|h| h.sonis_id == seen.sonis_id).unwrap()
            }
            Who::New(bio) => {
                let key = (bio.member_type, change.key.unwrap().norm.parse().unwrap());
                self.model.with_key(key).unwrap()
            }
        };
        self.model.ties.retain(|(parent, _), _| *parent != place);
        if let Some(was) = before.people.get(place) {
            self.model.people[place] = was.clone();
            self.model.ties.extend(before.ties.iter().filter(|((p, _), _)| *p == place).map(|(t, k)| (*t, k.clone())));
        } else {
            self.model.ties.retain(|(_, student), _| *student != place);
            self.model.people.remove(place);
            let shift = |n: usize| if n > place { n - 1 } else { n };
            let ties = std::mem::take(&mut self.model.ties);
            self.model.ties = ties.into_iter().map(|((p, s), k)| ((shift(p), shift(s)), k)).collect();
        }
    }

    /// The counts of a run are what its stored changes come to.
    fn counts_hold(&self, run: RunId) {
        let counts = self.world.run(run).counts;
        let changes = self.world.changes(run);
        let out = changes.iter().filter(|c| c.outcome == Some(Outcome::Excluded)).count();
        let kept: Vec<_> = changes.iter().filter(|c| c.outcome.is_none()).collect();
        let created = kept.iter().filter(|c| c.verb == Verb::Create).count();
        let status = |after: &[&str], before: &[&str]| {
            let is = |code: Option<&str>, of: &[&str]| code.is_some_and(|c| of.contains(&c));
            let moves = |c: &&&crate::runs::StoredChange| {
                c.verb != Verb::Create
                    && c.fields().unwrap().iter().any(|f| {
                        f.field == Field::Status && is(f.after.as_deref(), after) && is(f.before.as_deref(), before)
                    })
            };
            kept.iter().filter(moves).count()
        };
        assert_eq!(count(counts.excluded), out, "excluded");
        assert_eq!(count(counts.created), created, "created");
        assert_eq!(count(counts.updated), kept.len() - created, "updated");
        assert_eq!(
            count(counts.reactivated),
            status(&["active", "applicant"], &["inactive", "withdrawn"]),
            "reactivated"
        );
        assert!(count(counts.deactivated) <= status(&["inactive"], &["active", "applicant"]), "deactivated");
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

    fn pick(&self, who: u8) -> Option<usize> {
        (!self.model.people.is_empty()).then(|| usize::from(who) % self.model.people.len())
    }

    fn edit(&mut self, who: u8, field: u8, value: u8) {
        let Some(place) = self.pick(who) else { return };
        let person = self.world.person(&self.model.people[place].sonis_id);
        let (field, value) = match field % 4 {
            0 => (Field::LastName, format!("Hand{}", value % 2)),
            1 if value.is_multiple_of(4) => (Field::Email, String::new()),
            1 => (Field::Email, format!("E{}@school.example", value % 4)),
            2 => (Field::GradeLevel, (2 + value % 3).to_string()),
            _ => (Field::Status, ["active", "inactive", "applicant"][usize::from(value) % 3].to_owned()),
        };
        let mut bio = person.bio.clone();
        bio.set(field, &value).unwrap();
        let now = self.world.tick();
        let (school, db) = (&self.world.school, &self.world.db);
        let edited = db.write(|conn| edit_by_hand(conn, school, &planner(), person.id, person.lock_version, &bio, now));
        if self.model.people[place].is_merged() {
            assert!(matches!(edited, Err(AppError::Conflict(_))), "a merged record was edited");
            return;
        }
        let changed = edited.unwrap().unwrap();
        let before = self.model.clone();
        let human = &mut self.model.people[place];
        if human.get(field) == value {
            assert!(changed.is_empty());
            return;
        }
        human.set(field, value);
        human.pins.insert(field);
        self.done(self.world.last_run(), before);
    }

    fn add_person(&mut self, member_type: u8, email: u8) {
        let member_type = MemberType::ALL[usize::from(member_type)];
        let email = (email > 0).then(|| format!("e{email}@school.example"));
        let bio = Biographic { member_type, last_name: "Hand".into(), email: email.clone(), ..Biographic::default() };
        let now = self.world.tick();
        let made = self.world.db.write(|conn| add_by_hand(conn, &self.world.school, &planner(), bio, now)).unwrap();
        let before = self.model.clone();
        let mut human = Human { sonis_id: made.sonis_id, ..Human::default() };
        human.set(Field::MemberType, member_type.code());
        human.set(Field::Status, Status::Active.code());
        human.set(Field::LastName, "Hand");
        human.set(Field::Email, email.unwrap_or_default());
        self.model.people.push(human);
        self.done(self.world.last_run(), before);
    }

    fn decide_email(&mut self, email: u8, verdict: Option<u8>, whom: u8, is_by_key: bool) {
        let email = format!("e{email}@school.example");
        let by_key = || (MemberType::ALL[usize::from(whom % 3)], u64::from(whom / 3 % 5) + 1);
        let by_name = self.pick(whom).map(|place| Whom::Person(self.model.people[place].sonis_id.clone()));
        let whom = by_name.filter(|_| !is_by_key).unwrap_or_else(|| Whom::Key(by_key()));
        let verdict = verdict.map(|v| match v {
            0 => Verdict::Without,
            1 => Verdict::Block,
            _ => Verdict::Give(whom),
        });
        self.world.decide_email(&email, verdict.as_ref());
        match verdict {
            Some(verdict) => self.model.decided.emails.insert(email, verdict),
            None => self.model.decided.emails.remove(&email),
        };
    }

    /// Only of somebody's own kind is it asked.
    fn decide_match(&mut self, key: u64, who: u8, is_same: Option<bool>) {
        let Some(place) = self.pick(who) else { return };
        let human = &self.model.people[place];
        let (key, sonis_id) = ((human.member_type(), key), human.sonis_id.clone());
        let decided = &mut self.model.decided.matches;
        let is_linked = self.model.people.iter().any(|h| h.keys.contains(&key));
        let is_kept = is_linked && decided.get(&(key, sonis_id.clone())) == Some(&true);
        self.world.decide_match(key, &sonis_id, is_same, is_kept && is_same.is_none());
        match is_same {
            Some(is_same) => decided.insert((key, sonis_id), is_same),
            None if is_kept => None,
            None => decided.remove(&(key, sonis_id)),
        };
    }

    fn merge(&mut self, ends: u8, stays: u8, picks: u32, takes_id: bool) {
        let (Some(ends), Some(stays)) = (self.pick(ends), self.pick(stays)) else { return };
        let seen = self.world.seen();
        let now = self.world.tick();
        let picked = |field: Field| picks & (1 << (field as u32 % 32)) != 0;
        let keeps = if takes_id { Keeps::OfEnding } else { Keeps::OfStaying };
        let choice = Choice {
            fields: Field::ALL.iter().copied().filter(|f| picked(*f)).collect(),
            ids: [(self.world.integration.id, keeps)].into(),
        };
        let (school, actor, reach) = (&self.world.school, planner(), Sight::of_operator());
        let by = Merger { school, actor: &actor, reach: &reach, now };
        let sonis_id = |place: usize| self.model.people[place].sonis_id.as_str();
        let merged =
            self.world.db.write(|conn| merge(conn, &by, sonis_id(ends), sonis_id(stays), None, &choice)).unwrap();
        assert_eq!(merged.is_ok(), self.model.may_merge(ends, stays), "{merged:?}");
        if let Ok(merged) = merged {
            let before = self.model.clone();
            self.model.merge(ends, stays, picked, takes_id);
            self.done(merged.run, before.clone());
            self.log.last_mut().unwrap().merged = Some((ends, stays));
            if picks.is_multiple_of(3) {
                // A merge and its undo leave no trace that anybody sees.
                self.undo(self.log.len() - 1);
                assert_eq!(self.world.seen(), seen, "a merge and its undo");
                assert_eq!(self.model, before, "a merge and its undo, in the model");
            }
        }
    }

    fn editor<T>(&self, f: impl FnOnce(&Editor<'_>) -> T) -> T {
        let (actor, reach) = (planner(), Sight::of_operator());
        f(&Editor { school: &self.world.school, actor: &actor, reach: &reach, now: self.world.now })
    }

    fn add_id(&mut self, who: u8, value: &str) {
        let Some(place) = self.pick(who) else { return };
        let person = self.world.person(&self.model.people[place].sonis_id).id;
        self.world.tick();
        let added = self.editor(|e| integration_ids::add(&self.world.db, e, person, "vidigami", value));
        if self.model.people[place].is_merged() {
            assert!(matches!(added, Err(AppError::Conflict(_))), "a merged record got an ID");
            return;
        }
        let added = added.unwrap();
        let is_free =
            !self.model.people.iter().any(|h| h.host_id.as_deref().is_some_and(|v| v.eq_ignore_ascii_case(value)));
        let may = is_free && self.model.people[place].host_id.is_none();
        assert_eq!(added.is_ok(), may, "{added:?}");
        if let Ok(added) = added {
            let before = self.model.clone();
            self.model.people[place].host_id = Some(value.to_owned());
            self.done(added.run, before);
        }
    }

    fn delete_id(&mut self, who: u8) {
        let Some(place) = self.pick(who) else { return };
        if self.model.people[place].host_id.is_none() {
            return;
        }
        let person = self.world.person(&self.model.people[place].sonis_id).id;
        let records = self
            .world
            .db
            .read(|conn| integration_ids::of_person(conn, &self.world.school, &Sight::of_operator(), person));
        let live = records.unwrap().into_iter().find(|r| r.removed.is_none()).unwrap();
        self.world.tick();
        let run = self.editor(|e| integration_ids::delete(&self.world.db, e, person, live.id)).unwrap();
        let before = self.model.clone();
        self.model.people[place].host_id = None;
        self.done(run, before);
    }
}

fn count(n: i32) -> usize {
    usize::try_from(n).unwrap()
}

/// As many cases as fit into some seconds; `CROSSWALK_MODEL_SECONDS` says how many for each database.
fn for_a_while<S: Strategy>(
    what: &str,
    usual: u64,
    open: &dyn Fn() -> Db,
    make: impl Fn() -> S,
    case: impl Fn(&Db, u32, S::Value),
) {
    let seconds = std::env::var("CROSSWALK_MODEL_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(usual);
    let until = Instant::now() + Duration::from_secs(seconds);
    let config = Config { cases: 1, max_shrink_iters: 300, failure_persistence: None, ..Config::default() };
    let mut cases = 0;
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
        if let Err(e) = TestRunner::new(config.clone()).run(&make(), one) {
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
