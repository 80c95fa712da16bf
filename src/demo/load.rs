//! Loading the demo: schools, integrations, users, people and IDs, in streams, so that memory does not grow with the school.
//! Leaves the people's invention to `demo::population`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::invented::biographic;
use super::population::{Flavour, Invented, Member, population};
use super::{DEMO_PASSWORD, DEMO_USERS, ids};
use crate::db::{Conn, Db, bulk};
use crate::error::AppError;
use crate::instance::{Instance, Kind};
use crate::integration_ids::store::{IdRow, Rules};
use crate::integration_ids::{self, IdValue};
use crate::integrations::{Integration, Stage, set_stage};
use crate::people::store::{LinkRow, PersonRow, RelationshipRow};
use crate::people::{self, PersonId};
use crate::runs::{Counts, Hand, KeySpace, NewRun, RunId, RunKind, RunState, SourceKey};
use crate::schema::{counters, runs};
use crate::schools::{CurrentSchool, NewSchool};
use crate::security::{Actor, GrantKind, NewUser, UserName, give, password};

/// How large the demo is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// People of the first school.
    pub people: u64,
    /// Integration IDs of the first school; None: a third of its students have some.
    pub ids: Option<u64>,
}

const SECOND_SCHOOL: u64 = 300;

/// People are made and stored so many at a time.
const CHUNK: usize = 10_000;

/// Fills an empty database. All or nothing.
pub fn load(db: &Db, size: Size, now: NaiveDateTime, mut progress: impl FnMut(u64)) -> Result<(), AppError> {
    let hash = password::hash_now(DEMO_PASSWORD)?;
    db.write(|conn| {
        Instance::begin(conn, Kind::Demo, now)?;
        let by = Actor::operator("demo");
        let nfc = school(conn, "NFC", "Northfield College", "NC", now)?;
        let har = school(conn, "HAR", "Harbor Academy", "HA", now)?;
        for integration in Integration::all(conn)? {
            set_stage(conn, &nfc, integration.id, Stage::Live, by.name(), now)?;
            if integration.code == "canvas" {
                set_stage(conn, &har, integration.id, Stage::Live, by.name(), now)?;
            }
        }
        for user in DEMO_USERS {
            let school = [&nfc, &har].into_iter().find(|s| s.code() == user.school).map(CurrentSchool::id);
            let new = NewUser {
                user_id: UserName::parse(user.user_id).map_err(|e| AppError::internal("a demo user", &e))?,
                name: user.name.to_owned(),
                school_id: school,
                profile: user.profile,
                password_hash: hash.clone(),
                must_change: false,
            };
            let id = new.add(conn, by.name(), now).map_err(|e| AppError::internal("a demo user", &e))?;
            for &task in user.profile.tasks().iter().chain(user.also) {
                give(conn, id, school, task, GrantKind::Use, by.name(), now)?;
            }
            for task in user.profile.may_grant() {
                give(conn, id, school, task, GrantKind::MayGrant, by.name(), now)?;
            }
        }
        let mut first = Load::begin(conn, &nfc, &by, size, 1, now)?;
        first.people(conn, &Flavour::NORTHFIELD, &mut progress)?;
        let next = i64::try_from(size.people).unwrap_or(i64::MAX) + 1;
        let mut second = Load::begin(conn, &har, &by, Size { people: SECOND_SCHOOL, ids: None }, next, now)?;
        second.people(conn, &Flavour::HARBOR, &mut progress)?;
        for table in ["people", "relationships", "integration_ids"] {
            bulk::count_on_from(conn, table)?;
        }
        Ok(())
    })?;
    db.write(|conn| Ok(bulk::analyze(conn)?))
}

fn school(
    conn: &mut Conn,
    code: &str,
    name: &str,
    letters: &str,
    now: NaiveDateTime,
) -> Result<CurrentSchool, AppError> {
    NewSchool::parse(code, name, letters, "America/Chicago")
        .and_then(|new| new.add(conn, now))
        .map_err(|e| AppError::internal("a demo school", &e))
}

struct Load<'a> {
    school: &'a CurrentSchool,
    by: &'a Actor,
    size: Size,
    first_id: i64,
    now: NaiveDateTime,
    run: RunId,
    letters: String,
    integrations: Vec<Integration>,
    students: u64,
}

impl<'a> Load<'a> {
    fn begin(
        conn: &mut Conn,
        school: &'a CurrentSchool,
        by: &'a Actor,
        size: Size,
        first_id: i64,
        now: NaiveDateTime,
    ) -> Result<Load<'a>, AppError> {
        let people = i32::try_from(size.people).unwrap_or(i32::MAX);
        let mut new = NewRun::edit(RunKind::Demo, by);
        new.counts = Counts { rows_read: people, created: people, ..Counts::default() };
        let run = new.store(conn, school, now)?;
        let live = Integration::live(conn, school)?;
        let integrations =
            ids::ORDER.iter().filter_map(|code| live.iter().find(|i| i.code == *code).cloned()).collect();
        let letters = match school.code() {
            "NFC" => "NC",
            _ => "HA",
        };
        Ok(Load { school, by, size, first_id, now, run, letters: letters.into(), integrations, students: 0 })
    }

    fn people(&mut self, conn: &mut Conn, flavour: &Flavour, progress: &mut impl FnMut(u64)) -> Result<(), AppError> {
        let mut stream = population(flavour, self.size.people);
        let mut position = 0_i64;
        loop {
            let chunk: Vec<Invented> = stream.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                break;
            }
            self.store(conn, &chunk, position)?;
            position += i64::try_from(chunk.len()).unwrap_or(0);
            progress(chunk.len() as u64);
        }
        diesel::update(counters::of(self.school).filter(counters::name.eq("sonis_id")))
            .set(counters::next_value.eq(FIRST_SONIS + position))
            .execute(conn)?;
        diesel::update(runs::of(self.school).filter(runs::id.eq(self.run)))
            .set((runs::state.eq(RunState::Applied), runs::applied_at.eq(self.now)))
            .execute(conn)?;
        Ok(())
    }

    fn store(&mut self, conn: &mut Conn, chunk: &[Invented], position: i64) -> Result<(), AppError> {
        let (mut rows, mut links, mut related, mut ids) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (p, position) in chunk.iter().zip(position..) {
            let id = PersonId(self.first_id + position);
            let sonis_id = format!("{}{:07}", self.letters, FIRST_SONIS + position);
            rows.push(PersonRow::new(self.school, id, sonis_id, biographic(p), self.now));
            let space = match p.member {
                Member::Student => KeySpace::Students,
                Member::Staff => KeySpace::Users,
                Member::Parent => KeySpace::Persons,
            };
            links.push(LinkRow::new(self.school, id, SourceKey::number(space, &p.source_key.to_string()), None));
            for child in &p.children {
                related.push(RelationshipRow {
                    school_id: self.school.id(),
                    student_id: PersonId(self.first_id + i64::try_from(*child).unwrap_or(0)),
                    guardian_id: id,
                    kind: p.relationship.unwrap_or("Guardian").to_owned(),
                });
            }
            if p.member == Member::Student {
                self.ids_of(p, id, &mut ids);
                self.students += 1;
            }
        }
        people::store::insert_all(conn, rows)?;
        people::store::link_all(conn, links)?;
        people::store::relate_all(conn, related)?;
        integration_ids::store::insert_all(conn, ids)
    }

    fn ids_of(&self, p: &Invented, person: PersonId, out: &mut Vec<IdRow>) {
        let student = self.students;
        let count = match self.size.ids {
            Some(ids) => ids::spread(student, self.size.people * 6 / 10, ids),
            None => ids::for_a_third(student),
        };
        let hand =
            Hand { school: self.school, actor: self.by, run: self.run, now: self.now, reason: None, keeps_pins: false };
        for integration in self.integrations.iter().take(count) {
            let value = IdValue::new(ids::value(&integration.code, student, p.source_key));
            let rules = Rules { case: integration.case_rule, many: integration.many_per_person };
            out.push(IdRow::new(&hand, rules, person, integration.id, value, (None, None)));
        }
    }
}

/// The first SONIS ID of the demo is that of the pictures in the docs: NC0001234.
const FIRST_SONIS: i64 = 1234;
