//! Which student belongs to which parent, from StudentContactAssoc, the Contacts data set or Vidigami's RelationshipsList.
//! Leaves to others: who these people are, and whether both ends are there.

mod columns;
mod pairs;
mod reading;
mod shape;

use std::mem;
use std::sync::Arc;

use super::header_map::HeaderMap;
use super::key_number::KeyNumber;
use super::problem::{FileProblem, listed};
use super::refused::Refused;
use super::shape::FileShape;
use super::slot::Slot;
use super::table::Table;
use super::wrong_slot;
use pairs::Pairs;
use reading::Reading;

pub(super) use columns::TITLES;
pub use shape::RelationshipShape;

/// One pair of a student and a parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relationship<'e> {
    /// The first row that says so.
    pub row: u64,
    pub student: StudentRef<'e>,
    pub parent: ParentRef<'e>,
    /// "Mother"; PowerSchool's code number where the file has only that.
    pub kind: Option<&'e str>,
    pub is_active: Option<bool>,
}

/// By what the file names the student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StudentRef<'e> {
    /// STUDENTS.dcid.
    Dcid(u64),
    /// Student_Number.
    Number(u64),
    /// Letter case counts.
    HostId(&'e str),
}

/// By what the file names the parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParentRef<'e> {
    /// PERSON.ID.
    PersonId(u64),
    /// Letter case counts.
    HostId(&'e str),
}

/// Ordered by student, then by parent; each pair once, however many rows say it.
#[derive(Debug)]
pub struct RelationshipsExtract<'b> {
    table: Arc<Table<'b>>,
    shape: RelationshipShape,
    pairs: Pairs,
    /// Each kind of relationship once: there are a dozen in a file.
    kinds: Vec<String>,
    problems: Refused,
    notes: Vec<String>,
}

impl<'b> RelationshipsExtract<'b> {
    pub fn open(bytes: &'b [u8], map: &HeaderMap) -> Result<Self, FileProblem> {
        let mut table = Table::read(bytes)?;
        let not_there = table.header.map_by_hand(map, Slot::Relationships);
        let columns = table.header.columns(TITLES, |_| false)?;
        let Some(shape) = RelationshipShape::of(&columns) else {
            wrong_slot::check(&table.header, Slot::Relationships)?;
            return Err(shape::missing(&table.header, &columns));
        };
        let mut notes = table.notes.clone();
        if !not_there.is_empty() {
            notes.push(format!("The map speaks of titles that this file does not have: {}.", listed(&not_there)));
        }
        let reading = Reading::new(&table, &columns, shape, false).read();
        notes.extend(reading.notes);
        let mut problems = mem::take(&mut table.problems);
        problems.join(reading.problems);
        notes.extend(problems.note());
        let problems = problems.in_order();
        Ok(Self { shape, pairs: reading.pairs, kinds: reading.kinds, problems, notes, table: Arc::new(table) })
    }

    /// From a file that was opened as parents: what is wrong with its rows has been told there.
    pub(super) fn of_parents(table: Arc<Table<'b>>) -> Option<Self> {
        let columns = table.header.columns(TITLES, |_| false).ok()?;
        let shape = RelationshipShape::of(&columns).filter(|shape| !shape.holds_host_ids())?;
        let reading = Reading::new(&table, &columns, shape, true).read();
        Some(Self {
            shape,
            pairs: reading.pairs,
            kinds: reading.kinds,
            problems: reading.problems,
            notes: reading.notes,
            table,
        })
    }

    /// Which of the files it is.
    pub fn relationship_shape(&self) -> RelationshipShape {
        self.shape
    }

    /// Both ends are named by their Host IDs, and not by PowerSchool's numbers.
    pub fn holds_host_ids(&self) -> bool {
        self.shape.holds_host_ids()
    }

    /// How the file was written.
    pub fn shape(&self) -> FileShape {
        self.table.shape
    }

    /// The titles as spelt.
    pub fn header(&self) -> &[String] {
        &self.table.titles
    }

    /// Whether the file is a download of blocked rows, given again.
    pub fn is_mended(&self) -> bool {
        self.table.is_mended()
    }

    /// For the receipt.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// All rows below the header that are not blank, the refused ones too.
    pub fn row_count(&self) -> u64 {
        self.table.row_count()
    }

    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn relationship(&self, place: usize) -> Option<Relationship<'_>> {
        let (pair, student, parent) = self.pairs.get(place, self.shape, &self.table)?;
        Some(Relationship {
            row: self.table.number_at(pair.place),
            student,
            parent,
            kind: pair.kind.and_then(|kind| self.kinds.get(usize::from(kind.get()) - 1)).map(String::as_str),
            is_active: pair.is_active,
        })
    }

    pub fn iter(&self) -> impl Iterator<Item = Relationship<'_>> {
        (0..self.len()).filter_map(|place| self.relationship(place))
    }

    /// Rows that are refused, in their order.
    pub fn problems(&self) -> &Refused {
        &self.problems
    }

    /// The cells of a row as they came, of a refused one too.
    pub fn cells_of_row(&self, row: u64) -> Vec<String> {
        self.table.cells_of_row(row)
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests;
