//! Groups of a sync: which students stand in which, so that parents follow, and what joins and leaves each group.
//! Leaves whose groups change to `sync::people`, and writing them to `runs`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::aliases::Aliases;
use super::families::Families;
use super::held::Links;
use super::outcome::{outcomes, untold};
use super::pass::Pass;
use super::planner::Planning;
use super::seen::groups_of;
use super::settings::Settings;
use super::stored;
use crate::db::Db;
use crate::error::AppError;
use crate::groups::{self, Placeholder};
use crate::people::{MemberType, Person, PersonId};
use crate::runs::{GroupStep, RunId};
use crate::schools::CurrentSchool;

const ASKED: usize = 500;

pub(super) struct Regroup {
    /// Students of the file, in the order of their keys.
    listed: Vec<(u64, [Option<Placeholder>; 2])>,
    /// Students of the school whose groups the file does not tell, or who are gone.
    others: HashMap<u64, Vec<Placeholder>>,
    aliases: Aliases,
    sizes: HashMap<Placeholder, i64>,
    steps: BTreeMap<Placeholder, (i64, i64)>,
}

impl Regroup {
    pub fn load(
        planning: &Planning<'_>,
        passes: &[Pass<'_>],
        links: &HashMap<MemberType, Links>,
        families: Option<&Families>,
        pinned: &BTreeSet<PersonId>,
    ) -> Result<Regroup, AppError> {
        let listed = listed(passes, planning.settings);
        let mut others = HashMap::new();
        if let Some(pass) = passes.iter().find(|p| p.roster.member_type() == MemberType::Student) {
            // Where the file alone does not tell the groups, what the student will be does.
            let applicants = planning.db.read(|conn| super::held::applicants(conn, planning.school))?;
            let (tells, settings) = (planning.files.tells_grades(), planning.settings);
            let is_silent = |record: usize| {
                let known = |seen: &super::seen::Seen| seen.groups(MemberType::Student, settings).len();
                let wanted = usize::from(settings.grade_groups) + usize::from(settings.grad_year_groups);
                !tells && pass.seen.get(record).is_some_and(|s| s.is_there && known(s) < wanted)
            };
            let records = untold(pass, pinned, |record, person| applicants.contains(&person) || is_silent(record));
            for (record, bio) in outcomes(planning, pass, &records)? {
                if let Some(seen) = pass.seen.get(record) {
                    others.insert(seen.key, groups_of(&bio, settings));
                }
            }
        }
        let sizes = planning.db.read(|conn| groups::store::sizes(conn, planning.school))?;
        let aliases = planning.aliases.clone();
        let mut regroup = Regroup { listed, others, aliases, sizes, steps: BTreeMap::new() };
        if let Some(families) = families {
            let mut students: Vec<u64> = families.pairs().iter().map(|p| p.student).collect();
            students.sort_unstable();
            students.dedup();
            regroup.look_up(planning, links, students)?;
        }
        Ok(regroup)
    }

    /// What the file alone tells: enough to see whose record comes to the same as last time.
    pub fn first_look(passes: &[Pass<'_>], settings: &Settings, aliases: &Aliases) -> Regroup {
        Regroup {
            listed: listed(passes, settings),
            others: HashMap::new(),
            aliases: aliases.clone(),
            sizes: HashMap::new(),
            steps: BTreeMap::new(),
        }
    }

    /// Learns the groups of students whom the file does not speak of.
    pub fn look_up(
        &mut self,
        planning: &Planning<'_>,
        links: &HashMap<MemberType, Links>,
        mut students: Vec<u64>,
    ) -> Result<(), AppError> {
        students.sort_unstable();
        students.dedup();
        students.retain(|key| self.place(self.row(*key)).is_none() && !self.others.contains_key(key));
        let Some(links) = links.get(&MemberType::Student) else { return Ok(()) };
        for some in students.chunks(ASKED) {
            let by_person: HashMap<PersonId, u64> =
                some.iter().filter_map(|key| Some((links.find(*key)?.person, *key))).collect();
            let ids: Vec<PersonId> = by_person.keys().copied().collect();
            for p in planning.db.read(|conn| Person::by_ids(conn, planning.school, &ids))? {
                if let Some(key) = by_person.get(&p.id) {
                    self.others.insert(*key, groups_of(&p.bio, planning.settings));
                }
            }
        }
        Ok(())
    }

    fn place(&self, key: u64) -> Option<usize> {
        self.listed.binary_search_by_key(&key, |(k, _)| *k).ok()
    }

    /// The number that a student is listed under, where it is another one of theirs.
    fn row(&self, key: u64) -> u64 {
        let row = self.aliases.row(MemberType::Student, key);
        if self.place(row).is_some() { row } else { key }
    }

    /// The groups that a student will be in.
    pub fn of_student(&self, key: u64) -> Vec<Placeholder> {
        let key = self.row(key);
        if let Some(others) = self.others.get(&key) {
            return others.clone();
        }
        let listed = self.place(key).and_then(|place| self.listed.get(place));
        listed.map_or_else(Vec::new, |(_, groups)| groups.iter().flatten().copied().collect())
    }

    /// A student who becomes inactive is in no group any more.
    pub fn is_gone(&mut self, key: u64) {
        self.others.insert(key, Vec::new());
    }

    pub fn note(&mut self, steps: &[GroupStep]) {
        for step in steps {
            let (joins, leaves) = self.steps.entry(step.group).or_default();
            if step.joins { *joins += 1 } else { *leaves += 1 }
        }
    }

    /// How many groups do not exist yet.
    pub fn made(&self) -> i64 {
        let new = self.steps.iter().filter(|(g, (joins, _))| *joins > 0 && !self.sizes.contains_key(g)).count();
        i64::try_from(new).unwrap_or(i64::MAX)
    }

    /// Keeps what the preview shows of each group. The answer is the names of those that nobody would be in any more.
    pub fn finish(&self, db: &Db, school: &CurrentSchool, run: RunId) -> Result<Vec<String>, AppError> {
        let mut emptied = Vec::new();
        let mut rows = Vec::new();
        for (group, (joins, leaves)) in &self.steps {
            let before = self.sizes.get(group).copied();
            let after = before.unwrap_or(0) + joins - leaves;
            if after <= 0 && before.is_some_and(|b| b > 0) {
                emptied.push(group.name());
            }
            rows.push(stored::GroupRow::new(school, run, *group, after, *joins, *leaves, before.is_none()));
        }
        stored::keep_groups(db, rows)?;
        Ok(emptied)
    }
}

/// The groups of the students of the file. Who is blocked stays as they are in the school, if they are there.
fn listed(passes: &[Pass<'_>], settings: &Settings) -> Vec<(u64, [Option<Placeholder>; 2])> {
    let Some(pass) = passes.iter().find(|p| p.roster.member_type() == MemberType::Student) else { return Vec::new() };
    let open = pass.seen.iter().filter(|s| !s.is_blocked);
    open.map(|s| {
        let mut groups = s.groups(MemberType::Student, settings).into_iter();
        (s.key, [groups.next(), groups.next()])
    })
    .collect()
}
