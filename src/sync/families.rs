//! Who is whose parent, by the keys of the source: from the relationships file, in the order of the parents.
//! Leaves which students there are to the planner.

use std::collections::HashMap;

use crate::sources::{ParentRef, RelationshipsExtract, RowProblem, StudentRef};

/// One pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    pub parent: u64,
    pub student: u64,
    kind: u16,
    pub row: u32,
}

#[derive(Debug, Default)]
pub struct Families {
    pairs: Vec<Pair>,
    kinds: Vec<String>,
}

/// What the ends of a pair are called in the file -> the source's keys.
pub trait Ends {
    fn student(&self, end: StudentRef<'_>) -> Option<u64>;
    fn parent(&self, end: ParentRef<'_>) -> Option<u64>;
}

/// A relationship whose kind the file does not tell.
const GUARDIAN: &str = "Guardian";

impl Families {
    /// Pairs whose ends are known. `refused` is told of the others.
    pub fn of<E>(
        extract: &RelationshipsExtract<'_>,
        ends: &impl Ends,
        mut refused: impl FnMut(RowProblem) -> Result<(), E>,
    ) -> Result<Families, E> {
        let mut families = Families::default();
        let mut kinds: HashMap<String, u16> = HashMap::new();
        for r in extract.iter() {
            if r.is_active == Some(false) {
                continue;
            }
            let student = match ends.student(r.student) {
                Some(student) => student,
                None => {
                    refused(RowProblem::in_row(r.row, no_student(r.student)))?;
                    continue;
                }
            };
            let Some(parent) = ends.parent(r.parent) else {
                refused(RowProblem::in_row(r.row, no_parent(r.parent)))?;
                continue;
            };
            let kind = r.kind.unwrap_or(GUARDIAN);
            let kind = match kinds.get(kind) {
                Some(kind) => *kind,
                None => {
                    // A file has a dozen kinds; beyond 65,535 the last stands for the rest.
                    let next = u16::try_from(families.kinds.len()).unwrap_or(u16::MAX);
                    families.kinds.push(kind.to_owned());
                    kinds.insert(kind.to_owned(), next);
                    next
                }
            };
            families.pairs.push(Pair { parent, student, kind, row: u32::try_from(r.row).unwrap_or(u32::MAX) });
        }
        families.pairs.sort_unstable();
        Ok(families)
    }

    /// The students of a parent, in the order of their keys.
    pub fn of_parent(&self, parent: u64) -> &[Pair] {
        let from = self.pairs.partition_point(|p| p.parent < parent);
        let rest = self.pairs.get(from..).unwrap_or_default();
        let many = rest.partition_point(|p| p.parent == parent);
        rest.get(..many).unwrap_or_default()
    }

    /// Two rows of a pair are one, where merged records were two: a kind that is told goes before the usual one, then by the alphabet.
    pub fn one_of_each(&mut self) {
        let mut pairs = std::mem::take(&mut self.pairs);
        pairs.sort_by(|a, b| {
            let place = |p: &Pair| (p.parent, p.student, self.kind(p) == GUARDIAN);
            place(a).cmp(&place(b)).then_with(|| self.kind(a).cmp(self.kind(b))).then(a.row.cmp(&b.row))
        });
        pairs.dedup_by_key(|p| (p.parent, p.student));
        self.pairs = pairs;
    }

    /// Keeps the pairs that `keeps` says; the others are the answer.
    pub fn retain(&mut self, keeps: impl Fn(&Pair) -> bool) -> Vec<Pair> {
        let (kept, dropped) = std::mem::take(&mut self.pairs).into_iter().partition(|p| keeps(p));
        self.pairs = kept;
        dropped
    }

    pub fn kind(&self, pair: &Pair) -> &str {
        self.kinds.get(usize::from(pair.kind)).map_or(GUARDIAN, String::as_str)
    }

    /// Every parent once.
    pub fn parents(&self) -> impl Iterator<Item = u64> {
        self.pairs.chunk_by(|a, b| a.parent == b.parent).filter_map(|pairs| pairs.first()).map(|p| p.parent)
    }

    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }
}

fn no_student(end: StudentRef<'_>) -> String {
    match end {
        StudentRef::Dcid(dcid) => format!(
            "the student with STUDENTS.dcid {dcid} is not in the Students file. Export Students with the column dcid, \
             or leave this row out."
        ),
        StudentRef::Number(number) => format!(
            "there is no student with the Student_Number {number}, in the Students file or in the school. \
             Add the student, or leave this row out."
        ),
        // The ID itself is not repeated: not everybody who reads this may see it.
        StudentRef::HostId(_) => {
            "no student has the Host ID in this row. Correct it, or leave this row out.".to_owned()
        }
    }
}

fn no_parent(end: ParentRef<'_>) -> String {
    match end {
        ParentRef::PersonId(id) => format!(
            "there is no parent with the id {id}, in the Parents file or in the school. Add the parent, or leave this row out."
        ),
        ParentRef::HostId(_) => "no parent has the Host ID in this row. Correct it, or leave this row out.".to_owned(),
    }
}
