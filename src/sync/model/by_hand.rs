//! Steps of a person at a page: edits, new people, IDs, decisions, merges.

use super::Both;
use super::emails::{Verdict, Whom};
use super::school::Human;
use super::world::planner;
use crate::error::AppError;
use crate::integration_ids::{self, Editor};
use crate::people::merge::{Choice, Keeps, Merger, merge};
use crate::people::{Biographic, Field, MemberType, Status, add_by_hand, edit_by_hand};
use crate::security::Sight;

impl Both {
    pub(super) fn pick(&self, who: u8) -> Option<usize> {
        (!self.model.people.is_empty()).then(|| usize::from(who) % self.model.people.len())
    }

    pub(super) fn edit(&mut self, who: u8, field: u8, value: u8) {
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

    pub(super) fn add_person(&mut self, member_type: u8, email: u8) {
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

    pub(super) fn decide_email(&mut self, email: u8, verdict: Option<u8>, whom: u8, is_by_key: bool) {
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
    pub(super) fn decide_match(&mut self, key: u64, who: u8, is_same: Option<bool>) {
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

    pub(super) fn merge(&mut self, ends: u8, stays: u8, picks: u32, takes_id: bool) {
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

    pub(super) fn editor<T>(&self, f: impl FnOnce(&Editor<'_>) -> T) -> T {
        let (actor, reach) = (planner(), Sight::of_operator());
        f(&Editor { school: &self.world.school, actor: &actor, reach: &reach, now: self.world.now })
    }

    pub(super) fn add_id(&mut self, who: u8, value: &str) {
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

    pub(super) fn delete_id(&mut self, who: u8) {
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
