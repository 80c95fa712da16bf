//! Steps that come with files: a sync, a match list, rows left out of a plan.

use super::matching::{self, Line, Moving};
use super::school::School;
use super::sheets::Sheets;
use super::world::planner;
use super::{Both, count};
use crate::people::{Field, PersonId};
use crate::runs::{self, Applied, Outcome, Run, RunId, RunState, Verb, Who};

impl Both {
    pub(super) fn sync(&mut self, sheets: &Sheets, turn: usize, exclude: Option<u8>, is_undone: bool) {
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
            let is_link = |t: &String| t.starts_with("held") && t.contains(" [] None [] [] ");
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
    pub(super) fn match_list(&mut self, moving: &[Moving], turn: usize, exclude: Option<u8>, is_undone: bool) {
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

    pub(super) fn place_of(&self, person: PersonId) -> usize {
        let seen = self.world.db.read(|conn| crate::people::Person::by_id(conn, &self.world.school, person)).unwrap();
        self.model.people.iter().position(|h| h.sonis_id == seen.sonis_id).unwrap()
    }

    /// Leaves a change out, in both: whoever it is about stays as they were.
    pub(super) fn exclude(&mut self, run: &Run, n: usize, before: &School) {
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
    pub(super) fn counts_hold(&self, run: RunId) {
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
}
