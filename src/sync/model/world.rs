//! The school in the database: doing a step to it, and reading what is there as a person would see it.
//! Leaves what should be there to `model::school`.

use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::emails;
use super::matching::Line;
use super::school::{Human, School};
use super::sheets::Sheets;
use crate::db::{DatabaseUrl, Db};
use crate::error::AppError;
use crate::groups;
use crate::integration_ids::{self, IdValue};
use crate::integrations::{Integration, Stage};
use crate::people::{self, Field, MemberType, Person, PersonId, pin};
use crate::runs::{self, Applied, Change, KeySpace, Run, RunId, RunState, StoredChange, Who};
use crate::schema::{integration_ids as ids_table, people as people_table, source_links};
use crate::schools::{CurrentSchool, NewSchool};
use crate::security::{Actor, Sight};
use crate::sync::decisions::{EmailDecision, EmailVerdict, Pair, PairDecision, PairKind, Verdict, Whom};
use crate::sync::match_list::{GivenList, plan as plan_list};
use crate::sync::{self, Absentees, Asked, Scope, Settings, SharedEmails};

pub struct World {
    pub db: Db,
    pub school: CurrentSchool,
    pub integration: Integration,
    pub now: NaiveDateTime,
}

pub fn planner() -> Actor {
    Actor::operator("the planner")
}

impl World {
    /// Another school in the database, with nobody in it.
    pub fn open(db: &Db, number: u32) -> World {
        let now = chrono::NaiveDate::from_ymd_opt(2026, 10, 1).unwrap().and_hms_opt(8, 0, 0).unwrap();
        let letter = |n: u32| char::from(b'A' + u8::try_from(n % 26).unwrap());
        let letters: String = [letter(number / 26), letter(number)].iter().collect();
        let new = NewSchool::parse(&format!("M{number}"), "A school", &letters, "UTC").unwrap();
        let (school, integration) = db
            .write(|conn| {
                crate::integrations::begin_catalogue(conn)?;
                let school = new.add(conn, now).unwrap();
                let found = Integration::by_code(conn, "vidigami")?.unwrap();
                crate::integrations::set_stage(conn, &school, found.id, Stage::Live, "a test", now)?;
                Ok((school, found))
            })
            .unwrap();
        World { db: db.clone(), school, integration, now }
    }

    /// What a person can see, with people in the order of their SONIS IDs.
    pub fn seen(&self) -> School {
        let school = &self.school;
        self.db
            .read(|conn| {
                let people: Vec<Person> =
                    people_table::of(school).order(people_table::id).select(Person::as_select()).load(conn)?;
                let ids: Vec<PersonId> = people.iter().map(|p| p.id).collect();
                let places: HashMap<PersonId, usize> = ids.iter().copied().zip(0..).collect();
                let links: Vec<(PersonId, KeySpace, String)> = source_links::of(school)
                    .select((source_links::person_id, source_links::source, source_links::key_norm))
                    .load(conn)?;
                let held = integration_ids::store::with_live(conn, school, self.integration.id, ids.clone())?;
                let pins = pin::all(conn, school)?;
                let memberships = groups::store::held_of(conn, school, &ids)?;
                let ties = people::store::relations_of(conn, school, ids)?;
                let mut seen = School::default();
                for p in people {
                    let mut human = Human { sonis_id: p.sonis_id.clone(), ..Human::default() };
                    for field in Field::ALL {
                        human.set(*field, p.bio.get(*field).unwrap_or_default());
                    }
                    for (_, space, key) in links.iter().filter(|l| l.0 == p.id) {
                        let member_type = match space {
                            KeySpace::Students => MemberType::Student,
                            KeySpace::Users => MemberType::Staff,
                            KeySpace::Persons => MemberType::Parent,
                        };
                        human.keys.insert((member_type, key.parse().unwrap()));
                    }
                    human.host_id = held.get(&p.id).map(|id| self.text(id));
                    human.groups = memberships.get(&p.id).into_iter().flatten().map(|g| g.key()).collect();
                    human.pins = pins.get(&p.id).into_iter().flatten().copied().collect();
                    seen.people.push(human);
                }
                seen.ties = ties.into_iter().map(|((g, s), kind)| ((places[&g], places[&s]), kind)).collect();
                Ok(seen)
            })
            .unwrap()
    }

    fn text(&self, id: &IdValue) -> String {
        id.reveal(&Sight::of_operator(), self.integration.id).unwrap().to_string()
    }

    pub fn person(&self, sonis_id: &str) -> Person {
        self.db.read(|conn| Person::by_sonis_id(conn, &self.school, sonis_id)).unwrap()
    }

    pub fn tick(&mut self) -> NaiveDateTime {
        self.now += TimeDelta::minutes(1);
        self.now
    }

    pub fn plan(&mut self, sheets: &Sheets, turn: usize) -> Run {
        let scope = if sheets.is_full { Scope::Full } else { Scope::OnlyThese };
        let asked = Asked { integration: "vidigami".into(), scope, map: Default::default() };
        let now = self.tick();
        let run = sync::plan(&self.db, &self.school, &sheets.files(turn), &asked, &planner(), now).unwrap();
        self.run(run.unwrap_or_else(|(slot, e)| panic!("{slot}: {e}")))
    }

    pub fn plan_list(&mut self, lines: &[Line], turn: usize) -> Run {
        let given = GivenList { name: "list.csv".into(), bytes: Line::file(lines, turn) };
        let now = self.tick();
        let run = plan_list(&self.db, &self.school, &given, "vidigami", &planner(), now).unwrap();
        self.run(run.unwrap_or_else(|e| panic!("{e}")))
    }

    pub fn run(&self, id: RunId) -> Run {
        self.db.read(|conn| Run::by_id(conn, &self.school, id)).unwrap()
    }

    /// Applies a plan; one that is held is released by somebody else first, and by nobody who may not.
    pub fn apply(&mut self, run: &Run) -> Applied {
        let now = self.tick();
        if run.state == RunState::Held {
            let refused = sync::apply(&self.db, &self.school, run.id, &planner(), now);
            assert!(matches!(refused, Err(AppError::Conflict(_))), "a held run was applied");
            let release =
                |by: &Actor| self.db.write(|conn| sync::release(conn, &self.school, run.id, by, "looked at", now));
            assert!(matches!(release(&planner()), Err(AppError::Conflict(_))), "released by whoever planned it");
            let releaser = Actor::operator("the releaser");
            release(&releaser).unwrap();
            let refused = sync::apply(&self.db, &self.school, run.id, &releaser, now);
            assert!(matches!(refused, Err(AppError::Conflict(_))), "applied by whoever released it");
        }
        sync::apply(&self.db, &self.school, run.id, &planner(), now).unwrap()
    }

    pub fn changes(&self, run: RunId) -> Vec<StoredChange> {
        self.db.read(|conn| StoredChange::of_run(conn, &self.school, run, 0, i64::MAX)).unwrap()
    }

    /// The changes of a plan in words; equal words, equal changes.
    pub fn told(&self, run: RunId) -> Vec<String> {
        let tell = |c: StoredChange| {
            let c: Change = c.to_change().unwrap();
            let who = match &c.who {
                Who::New(bio) => format!("new {bio:?}"),
                Who::Held(id) => format!("held {id}"),
            };
            let id = c.id.map(|i| (i.before.map(|v| self.text(&v)), i.after.map(|v| self.text(&v))));
            let key = c.key.map(|k| (k.space, k.norm));
            format!("{who} {key:?} {:?} {id:?} {:?} {:?} {:?}", c.fields, c.groups, c.relations, c.row_hash)
        };
        self.changes(run).into_iter().map(tell).collect()
    }

    pub fn settings(&mut self, model: &School) {
        let now = self.tick();
        self.db
            .write(|conn| {
                let mut settings = Settings::load(conn, &self.school)?;
                settings.grade_groups = model.grade_groups;
                settings.grad_year_groups = model.grad_year_groups;
                settings.shared_emails =
                    if model.decided.without { SharedEmails::Without } else { SharedEmails::Block };
                settings.absentees = if model.deactivates { Absentees::Deactivate } else { Absentees::List };
                settings.save(conn, &self.school, &planner(), now)
            })
            .unwrap();
    }

    pub fn decide_email(&mut self, email: &str, verdict: Option<&emails::Verdict>) {
        let now = self.tick();
        let verdict = verdict.map(|v| match v {
            emails::Verdict::Give(emails::Whom::Key((m, key))) => {
                EmailVerdict::Give(Whom::Key(sync::roster::space_of(*m), *key))
            }
            emails::Verdict::Give(emails::Whom::Person(id)) => EmailVerdict::Give(Whom::Person(id.clone())),
            emails::Verdict::Without => EmailVerdict::Without,
            emails::Verdict::Block => EmailVerdict::Block,
        });
        let decided = self.db.write(|conn| match verdict {
            Some(v) => EmailDecision::decide(conn, &self.school, &email.to_uppercase(), (v, None), &planner(), now),
            None => EmailDecision::take_back(conn, &self.school, email, &planner(), now),
        });
        assert!(matches!(decided, Ok(()) | Err(AppError::NotFound)), "{decided:?}");
    }

    pub fn decide_twin(&mut self, staff: u64, parent: u64, is_same: Option<bool>) {
        let (one, other) = (Whom::Key(KeySpace::Users, staff), Whom::Key(KeySpace::Persons, parent));
        let decided = self.decide(&Pair { kind: PairKind::Twin, one, other }, is_same);
        assert!(matches!(decided, Ok(()) | Err(AppError::NotFound)), "{decided:?}");
    }

    pub fn decide_match(&mut self, key: (MemberType, u64), sonis_id: &str, is_same: Option<bool>, is_kept: bool) {
        let (one, other) = (Whom::Key(sync::roster::space_of(key.0), key.1), Whom::Person(sonis_id.to_owned()));
        let decided = self.decide(&Pair { kind: PairKind::Match, one, other }, is_same);
        assert_eq!(matches!(decided, Err(AppError::Conflict(_))), is_kept, "{decided:?}");
    }

    fn decide(&mut self, pair: &Pair, is_same: Option<bool>) -> Result<(), AppError> {
        let now = self.tick();
        self.db.write(|conn| match is_same {
            Some(is_same) => {
                let verdict = if is_same { Verdict::Same } else { Verdict::NotSame };
                PairDecision::decide(conn, &self.school, pair, verdict, ("", ""), &planner(), now)
            }
            None => PairDecision::take_back(conn, &self.school, pair, &planner(), now),
        })
    }

    pub fn last_run(&self) -> RunId {
        use crate::schema::runs;
        self.db
            .read(|conn| {
                Ok(runs::of(&self.school).select(diesel::dsl::max(runs::id)).get_result::<Option<RunId>>(conn)?)
            })
            .unwrap()
            .unwrap()
    }

    pub fn undo(&mut self, run: RunId) -> Result<Option<RunId>, AppError> {
        let now = self.tick();
        let run = self.run(run);
        Ok(runs::undo(&self.db, &self.school, &run, &planner(), now)?.ok())
    }

    /// Nobody is erased, no SONIS ID is given twice, no two live Host IDs are equal even without letter case.
    pub fn hold_the_law(&self, ever: &mut BTreeMap<String, PersonId>) {
        let (people, ids): (Vec<(String, PersonId)>, Vec<IdValue>) = self
            .db
            .read(|conn| {
                let people =
                    people_table::of(&self.school).select((people_table::sonis_id, people_table::id)).load(conn)?;
                let ids = ids_table::of(&self.school)
                    .filter(ids_table::removed_at.is_null())
                    .select(ids_table::value)
                    .load(conn)?;
                Ok((people, ids))
            })
            .unwrap();
        let mut folded: Vec<String> = ids.iter().map(|id| self.text(id).to_lowercase()).collect();
        folded.sort();
        let all = folded.len();
        folded.dedup();
        assert_eq!(all, folded.len(), "two Host IDs are equal but for letter case");
        let there: BTreeMap<String, PersonId> = people.into_iter().collect();
        for (sonis_id, id) in ever.iter() {
            assert_eq!(there.get(sonis_id), Some(id), "{sonis_id} is not who they were");
        }
        *ever = there;
    }
}

/// Runs a test on each database that there is. It may open as many as it likes, one after the other.
pub fn on_each_database(name: &str, test: impl Fn(&dyn Fn() -> Db)) {
    let dir = tempfile::tempdir().unwrap();
    let next = std::cell::Cell::new(0);
    let open = |url: &str| Db::open(&DatabaseUrl::parse(url).unwrap(), 2).unwrap();
    let another = || next.replace(next.get() + 1);
    test(&|| open(&format!("sqlite:{}", dir.path().join(format!("model{}.db", another())).display())));
    let sqlite_only = std::env::var("CROSSWALK_TEST_DATABASES").is_ok_and(|v| v == "sqlite");
    let Some(server) = std::env::var("CROSSWALK_TEST_POSTGRES").ok().filter(|_| !sqlite_only) else { return };
    let execute = |sql: &str| {
        use diesel::connection::SimpleConnection;
        PgConnection::establish(&server).unwrap().batch_execute(sql).unwrap();
    };
    let (base, _) = server.rsplit_once('/').unwrap();
    let database = format!("model_{name}_{}", std::process::id());
    test(&|| {
        execute(&format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"));
        execute(&format!("CREATE DATABASE {database}"));
        open(&format!("{base}/{database}"))
    });
    execute(&format!("DROP DATABASE {database} WITH (FORCE)"));
}
