//! The ends of a relationship -> the source's keys, as far as there is such a student or parent in the files or the school.

use std::collections::HashMap;

use super::aliases::Aliases;
use super::families::Ends;
use super::held::Links;
use super::planner::Planning;
use super::roster::Roster;
use crate::error::AppError;
use crate::id_specs::KeyTemplate;
use crate::people::MemberType;
use crate::sources::{ParentRef, StudentRef};

pub(super) struct FileEnds<'p> {
    students: Option<&'p dyn Roster>,
    parents: Option<&'p dyn Roster>,
    /// STUDENTS.dcid -> Student_Number, in the order of the dcids.
    dcids: Vec<(u64, u64)>,
    held_students: Option<&'p Links>,
    held_parents: Option<&'p Links>,
    student_ids: &'p KeyTemplate,
    parent_ids: &'p KeyTemplate,
    aliases: Aliases,
}

impl<'p> FileEnds<'p> {
    pub fn new(planning: &Planning<'p>, links: &'p HashMap<MemberType, Links>) -> Result<FileEnds<'p>, AppError> {
        let rosters = planning.files.rosters();
        let of = |m: MemberType| rosters.iter().find(|r| r.member_type() == m).copied();
        let mut dcids = Vec::new();
        if let Some(students) = &planning.files.students {
            for (dcid, record) in students.extract.dcids() {
                if let Some(key) = students.extract.key(record) {
                    dcids.push((dcid, key.value()));
                }
            }
        }
        dcids.sort_unstable();
        Ok(FileEnds {
            students: of(MemberType::Student),
            parents: of(MemberType::Parent),
            dcids,
            held_students: links.get(&MemberType::Student),
            held_parents: links.get(&MemberType::Parent),
            student_ids: &planning.specs.student.template,
            parent_ids: &planning.specs.parent.template,
            aliases: planning.aliases.clone(),
        })
    }
}

fn known(key: u64, roster: Option<&dyn Roster>, held: Option<&Links>) -> Option<u64> {
    let is_known = roster.is_some_and(|r| r.find(key).is_some()) || held.is_some_and(|l| l.find(key).is_some());
    is_known.then_some(key)
}

impl Ends for FileEnds<'_> {
    fn student(&self, end: StudentRef<'_>) -> Option<u64> {
        let key = match end {
            StudentRef::Number(number) => number,
            StudentRef::Dcid(dcid) => {
                let place = self.dcids.binary_search_by_key(&dcid, |(d, _)| *d).ok()?;
                self.dcids.get(place)?.1
            }
            StudentRef::HostId(id) => self.student_ids.number_in(id)?,
        };
        let key = known(key, self.students, self.held_students)?;
        Some(self.aliases.canonical(MemberType::Student, key))
    }

    fn parent(&self, end: ParentRef<'_>) -> Option<u64> {
        let key = match end {
            ParentRef::PersonId(id) => id,
            ParentRef::HostId(id) => self.parent_ids.number_in(id)?,
        };
        let key = known(key, self.parents, self.held_parents)?;
        Some(self.aliases.canonical(MemberType::Parent, key))
    }
}
