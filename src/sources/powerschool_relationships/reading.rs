//! One pass over the rows of a file of relationships: the pairs, the kinds, and the rows that are refused.
//! Leaves to others: which file it is (`shape`), and how pairs are kept (`pairs`).

use std::collections::HashMap;
use std::num::NonZeroU16;

use super::columns::Column;
use super::pairs::{self, Pair, Pairs};
use super::shape::RelationshipShape;
use crate::sources::cell::{self, Reason};
use crate::sources::header::Columns;
use crate::sources::key_number::{KeyNumber, Numbering};
use crate::sources::powerschool_parents::flag;
use crate::sources::problem::RowProblem;
use crate::sources::refused::Refused;
use crate::sources::table::{Part, Table};

const STUDENT_DCID: Numbering =
    Numbering { one: "a dcid", who: "student", blank: "Export StudentContactAssoc again with STUDENTDCID." };
const STUDENT_NUMBER: Numbering =
    Numbering { one: "a Student_Number", who: "student", blank: "Export it again with the student's number." };
const PERSON_ID: Numbering = Numbering {
    one: "an ID of PERSON",
    who: "person",
    blank: "Everybody in PERSON has an ID (Contact ID in the Contacts data set): export it again.",
};

pub(super) struct Read {
    pub pairs: Pairs,
    pub kinds: Vec<String>,
    pub problems: Refused,
    pub notes: Vec<String>,
}

pub(super) struct Reading<'t> {
    table: &'t Table<'t>,
    columns: &'t Columns<Column>,
    shape: RelationshipShape,
    /// The parents' own number has been checked already, where the file was opened as parents.
    parents_are_told: bool,
    kinds: Vec<String>,
    known_kinds: HashMap<String, NonZeroU16>,
    problems: Refused,
    without_student: usize,
}

/// `None`: there is nothing to say about this row.
type Ends<R> = Result<Option<(R, R)>, ()>;

impl<'t> Reading<'t> {
    pub fn new(
        table: &'t Table<'_>,
        columns: &'t Columns<Column>,
        shape: RelationshipShape,
        parents_are_told: bool,
    ) -> Self {
        Self {
            table,
            columns,
            shape,
            parents_are_told,
            kinds: Vec::new(),
            known_kinds: HashMap::new(),
            problems: Refused::default(),
            without_student: 0,
        }
    }

    pub fn read(mut self) -> Read {
        let (pairs, rows, disagreeing) = match self.shape {
            RelationshipShape::RelationshipsList => {
                let mut pairs = self.rows(Self::host_ids);
                let rows = pairs.len();
                let rank = self.rank();
                let disagreeing = pairs::in_order(&mut pairs, |id| self.table.part(*id), rank);
                (Pairs::HostIds(pairs), rows, disagreeing)
            }
            _ => {
                let mut pairs = self.rows(Self::numbers);
                let rows = pairs.len();
                let disagreeing = pairs::in_order(&mut pairs, |number| *number, self.rank());
                (Pairs::Numbers(pairs), rows, disagreeing)
            }
        };
        let notes = self.notes(rows - pairs.len(), disagreeing);
        Read { pairs, kinds: self.kinds, problems: self.problems, notes }
    }

    fn rows<R: Copy>(&mut self, ends: fn(&mut Self, u64, &str, &str) -> Ends<R>) -> Vec<Pair<R>> {
        let table = self.table;
        let place = |column| self.columns.place(column);
        let wanted = [
            place(self.shape.student_column()),
            place(self.shape.parent_column()),
            place(Column::Kind),
            place(Column::IsActive),
        ];
        let mut pairs = Vec::with_capacity(table.rows().len());
        for (place, number, [student, parent, kind, is_active]) in table.some_cells(wanted) {
            let ends = ends(self, number, &student, &parent);
            if matches!(ends, Ok(None)) {
                continue;
            }
            let kind = self.kind(number, &kind);
            let is_active =
                flag(&is_active).map_err(|reason| self.refuse(number, Column::IsActive, &is_active, reason));
            if let (Ok(Some((student, parent))), Ok(kind), Ok(is_active)) = (ends, kind, is_active) {
                pairs.push(Pair { student, parent, place, kind, is_active });
            }
        }
        pairs
    }

    fn numbers(&mut self, row: u64, student: &str, parent: &str) -> Ends<u64> {
        let is_contacts = self.shape == RelationshipShape::Contacts;
        // A contact's further rows carry further e-mails, and not always a student.
        if is_contacts && student.trim().is_empty() {
            self.without_student += 1;
            return Ok(None);
        }
        let parent = match KeyNumber::parse(parent, &PERSON_ID) {
            Err(_) if self.parents_are_told => return Ok(None),
            parsed => parsed.map_err(|reason| self.refuse(row, self.shape.parent_column(), parent, reason)),
        };
        let numbering = if is_contacts { &STUDENT_NUMBER } else { &STUDENT_DCID };
        let number = if student.trim() == "#delete" {
            Err("asks PowerSchool's Data Import Manager to delete this relationship. Upload an export instead.".into())
        } else {
            KeyNumber::parse(student, numbering)
        };
        let student = number.map_err(|reason| self.refuse(row, self.shape.student_column(), student, reason));
        Ok(Some(pairs::numbers(student?, parent?)))
    }

    fn host_ids(&mut self, row: u64, student: &str, parent: &str) -> Ends<Part> {
        let student = self.host_id(row, Column::HostIdStudent, student);
        let parent = self.host_id(row, Column::HostIdParent, parent);
        Ok(Some((student?, parent?)))
    }

    fn host_id(&mut self, row: u64, column: Column, cell: &str) -> Result<Part, ()> {
        let part = match cell::line(cell) {
            // Only a cell with a doubled quotation mark is not a part of the text, and no Host ID holds one.
            Ok(Some(id)) => self.table.place_of(id).ok_or_else(|| {
                "holds a quotation mark, which no Host ID has. Correct it and upload the list again.".into()
            }),
            Ok(None) => Err("the cell is blank. Each row names a student and a parent by their Host IDs.".into()),
            Err(reason) => Err(reason),
        };
        part.map_err(|reason| self.refuse(row, column, cell, reason))
    }

    fn kind(&mut self, row: u64, cell: &str) -> Result<Option<NonZeroU16>, ()> {
        let kind = match cell::line(cell) {
            Ok(Some(kind)) => kind,
            Ok(None) => return Ok(None),
            Err(reason) => {
                self.refuse(row, Column::Kind, cell, reason);
                return Err(());
            }
        };
        if let Some(known) = self.known_kinds.get(kind) {
            return Ok(Some(*known));
        }
        let Some(next) = u16::try_from(self.kinds.len() + 1).ok().and_then(NonZeroU16::new) else {
            let reason = "is one kind of relationship too many: a file has at most 65535. \
                          Check that this column holds what its title says.";
            self.refuse(row, Column::Kind, kind, reason.into());
            return Err(());
        };
        self.kinds.push(kind.to_owned());
        self.known_kinds.insert(kind.to_owned(), next);
        Ok(Some(next))
    }

    /// Blank comes last, words in their order.
    fn rank(&self) -> impl Fn(Option<NonZeroU16>) -> usize + use<> {
        let mut ordered: Vec<(&str, usize)> = self.kinds.iter().map(String::as_str).zip(0..).collect();
        ordered.sort_unstable();
        let mut ranks = vec![0; ordered.len()];
        for (rank, (_, kind)) in ordered.into_iter().enumerate() {
            if let Some(place) = ranks.get_mut(kind) {
                *place = rank;
            }
        }
        move |kind| kind.and_then(|kind| ranks.get(usize::from(kind.get()) - 1).copied()).unwrap_or(usize::MAX)
    }

    fn refuse(&mut self, row: u64, column: Column, cell: &str, reason: Reason) {
        let title = self.columns.place(column).map_or("", |place| self.table.header.title(place));
        self.problems.push(RowProblem::in_cell(row, title, cell.trim(), reason));
    }

    fn notes(&self, repeated: usize, disagreeing: usize) -> Vec<String> {
        let rows = |count: usize| if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
        let mut notes = Vec::new();
        if self.without_student > 0 {
            notes.push(format!(
                "{} without a student: no relationship was read from there.",
                rows(self.without_student)
            ));
        }
        if repeated > 0 {
            let repeat = if repeated == 1 { "repeats" } else { "repeat" };
            notes.push(format!("{} {repeat} a pair of student and parent, which counts once.", rows(repeated)));
        }
        if disagreeing > 0 {
            let pairs = if disagreeing == 1 { "1 pair has".to_owned() } else { format!("{disagreeing} pairs have") };
            notes.push(format!(
                "{pairs} several kinds of relationship; the first in the order of the alphabet is taken."
            ));
        }
        notes
    }
}
