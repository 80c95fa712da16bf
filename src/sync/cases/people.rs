//! The people of the cases as they are shown: fields, children, the row they stand in. Read once a plan, by set.
//! Leaves writing them to `cases::keep`.

use std::collections::{BTreeSet, HashMap};

use super::Found;
use crate::error::AppError;
use crate::people::{self, Biographic, MemberType, Person, PersonId};
use crate::sync::aliases::Aliases;
use crate::sync::conflicts::at;
use crate::sync::decisions::Whom;
use crate::sync::emails::Claimant;
use crate::sync::families::Families;
use crate::sync::held::Links;
use crate::sync::pass::Pass;
use crate::sync::planner::Planning;

/// So many people are asked for at a time.
const ASKED: usize = 500;

/// Somebody as a case shows them.
pub struct Shown {
    pub whom: Whom,
    pub sonis_id: Option<String>,
    pub bio: Biographic,
    pub row: Option<(&'static str, u64)>,
    pub children: BTreeSet<String>,
}

/// What is known of the people of some cases.
pub struct Gallery<'g, 'a> {
    passes: &'g [Pass<'a>],
    families: Option<&'g Families>,
    links: &'g HashMap<MemberType, Links>,
    aliases: Aliases,
    people: HashMap<PersonId, Person>,
    /// Of the parents among them, the students by the school's relationships.
    students: HashMap<PersonId, Vec<PersonId>>,
}

impl<'g, 'a> Gallery<'g, 'a> {
    pub fn load(
        planning: &Planning<'_>,
        passes: &'g [Pass<'a>],
        families: Option<&'g Families>,
        links: &'g HashMap<MemberType, Links>,
        found: &[Found],
    ) -> Result<Gallery<'g, 'a>, AppError> {
        let aliases = planning.aliases.clone();
        let mut gallery =
            Gallery { passes, families, links, aliases, people: HashMap::new(), students: HashMap::new() };
        let all = || found.iter().flat_map(|f| &f.parties).map(|(who, _)| *who);
        let ids: BTreeSet<PersonId> = all().filter_map(|who| gallery.person(who)).collect();
        gallery.read(planning, ids)?;
        let parents: Vec<PersonId> =
            gallery.people.values().filter(|p| p.bio.member_type == MemberType::Parent).map(|p| p.id).collect();
        for some in parents.chunks(ASKED) {
            let relations =
                planning.db.read(|conn| people::store::relations_of(conn, planning.school, some.to_vec()))?;
            for (guardian, student) in relations.into_keys() {
                gallery.students.entry(guardian).or_default().push(student);
            }
        }
        let mut children: BTreeSet<PersonId> = gallery.students.values().flatten().copied().collect();
        for (_, _, key) in all().flat_map(|who| gallery.keys_of_children(who)) {
            children.extend(links.get(&MemberType::Student).and_then(|l| l.find(key)).map(|l| l.person));
        }
        gallery.read(planning, children)?;
        Ok(gallery)
    }

    fn read(&mut self, planning: &Planning<'_>, ids: BTreeSet<PersonId>) -> Result<(), AppError> {
        let ids: Vec<PersonId> = ids.into_iter().filter(|id| !self.people.contains_key(id)).collect();
        for some in ids.chunks(ASKED) {
            let people = planning.db.read(|conn| Person::by_ids(conn, planning.school, some))?;
            self.people.extend(people.into_iter().map(|p| (p.id, p)));
        }
        Ok(())
    }

    /// Whom somebody of a case is in the school.
    fn person(&self, who: Claimant) -> Option<PersonId> {
        match who {
            Claimant::Held(person) => Some(person),
            Claimant::Record(place, record) => at(self.passes, place, record).and_then(|(pass, r)| pass.held(r)),
        }
    }

    /// The students whom the files name for a row of parents.
    fn keys_of_children(&self, who: Claimant) -> Vec<(u8, u32, u64)> {
        let Claimant::Record(place, record) = who else { return Vec::new() };
        let found = at(self.passes, place, record).filter(|(p, _)| p.roster.member_type() == MemberType::Parent);
        let key = found.and_then(|(pass, r)| Some(pass.seen.get(r)?.key));
        let (Some(families), Some(key)) = (self.families, key) else { return Vec::new() };
        let key = self.aliases.canonical(MemberType::Parent, key);
        families.of_parent(key).iter().map(|pair| (place, record, pair.student)).collect()
    }

    fn child(&self, key: u64) -> Option<String> {
        let pass = self.passes.iter().find(|p| p.roster.member_type() == MemberType::Student);
        let row = self.aliases.row(MemberType::Student, key);
        if let Some((pass, record)) = pass.and_then(|p| Some((p, p.roster.find(row)?))) {
            let mut bio = Biographic::default();
            pass.roster.take(record, &mut bio).ok()?;
            return Some(bio.full_name());
        }
        let person = self.links.get(&MemberType::Student)?.find(key)?.person;
        Some(self.people.get(&person)?.bio.full_name())
    }

    /// None where the row cannot be read.
    pub fn show(&self, who: Claimant) -> Option<Shown> {
        let person = self.person(who).and_then(|id| self.people.get(&id));
        let mut children: BTreeSet<String> =
            self.keys_of_children(who).into_iter().filter_map(|(_, _, key)| self.child(key)).collect();
        let students = person.and_then(|p| self.students.get(&p.id)).into_iter().flatten();
        children.extend(students.filter_map(|s| self.people.get(s)).map(|p| p.bio.full_name()));
        let sonis_id = person.map(|p| p.sonis_id.clone());
        match who {
            Claimant::Held(_) => {
                let person = person?;
                let whom = Whom::Person(person.sonis_id.clone());
                Some(Shown { whom, sonis_id, bio: person.bio.clone(), row: None, children })
            }
            Claimant::Record(place, record) => {
                let (pass, record) = at(self.passes, place, record)?;
                let mut bio = Biographic { member_type: pass.roster.member_type(), ..Biographic::default() };
                let row = pass.roster.take(record, &mut bio).ok()?;
                let whom = Whom::Key(pass.roster.space(), pass.seen.get(record)?.key);
                Some(Shown { whom, sonis_id, bio, row: Some((pass.roster.slot().code(), row)), children })
            }
        }
    }
}
