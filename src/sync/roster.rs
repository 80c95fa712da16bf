//! An extract of any member type, as the planner sees it: records in the order of their keys.
//! Leaves formats to `sources`.

use crate::people::{Biographic, MemberType};
use crate::runs::KeySpace;
use crate::sources::{
    FileShape, KeyNumber, ParentsExtract, Refused, RowProblem, Slot, StudentsExtract, TeachersExtract,
};

use super::take;

/// Several threads read one at the same time.
pub trait Roster: Sync {
    fn member_type(&self) -> MemberType;
    fn slot(&self) -> Slot;
    fn len(&self) -> usize;
    fn key(&self, record: usize) -> Option<KeyNumber>;
    fn find(&self, key: u64) -> Option<usize>;
    /// Writes what the record says over `bio`; its first row is the answer. `Err`: every bad cell.
    fn take(&self, record: usize, bio: &mut Biographic) -> Result<u64, Vec<RowProblem>>;
    fn problems(&self) -> &Refused;
    fn row_count(&self) -> u64;
    fn cells_of_row(&self, row: u64) -> Vec<String>;
    fn header(&self) -> &[String];
    fn notes(&self) -> &[String];
    fn shape(&self) -> FileShape;
    fn is_mended(&self) -> bool;
    /// Why a row was blocked before, in a download of blocked rows.
    fn cause_of_row(&self, row: u64) -> Option<String>;

    fn space(&self) -> KeySpace {
        space_of(self.member_type())
    }
}

pub fn slot_of(member_type: MemberType) -> Slot {
    match member_type {
        MemberType::Student => Slot::Students,
        MemberType::Staff => Slot::Teachers,
        MemberType::Parent => Slot::Parents,
    }
}

pub fn space_of(member_type: MemberType) -> KeySpace {
    match member_type {
        MemberType::Student => KeySpace::Students,
        MemberType::Staff => KeySpace::Users,
        MemberType::Parent => KeySpace::Persons,
    }
}

/// Students, with the year in which the current school year ends: it turns a grade into a grad year.
pub struct Students<'b> {
    pub extract: StudentsExtract<'b>,
    pub school_year_ends: i32,
}

macro_rules! of_extract {
    ($name:ty, $member:ident, $slot:ident, |$self:ident| $extract:expr, |$s:ident, $record:ident, $bio:ident| $take:expr) => {
        impl Roster for $name {
            fn member_type(&self) -> MemberType {
                MemberType::$member
            }
            fn slot(&self) -> Slot {
                Slot::$slot
            }
            fn len(&$self) -> usize {
                $extract.len()
            }
            fn key(&$self, record: usize) -> Option<KeyNumber> {
                $extract.key(record)
            }
            fn find(&$self, key: u64) -> Option<usize> {
                $extract.find(key)
            }
            fn take(&$self, record: usize, $bio: &mut Biographic) -> Result<u64, Vec<RowProblem>> {
                let $record = $extract.record(record)?;
                let $s = $self;
                $take;
                Ok($record.row)
            }
            fn problems(&$self) -> &Refused {
                $extract.problems()
            }
            fn row_count(&$self) -> u64 {
                $extract.row_count()
            }
            fn cells_of_row(&$self, row: u64) -> Vec<String> {
                $extract.cells_of_row(row)
            }
            fn header(&$self) -> &[String] {
                $extract.header()
            }
            fn notes(&$self) -> &[String] {
                $extract.notes()
            }
            fn shape(&$self) -> FileShape {
                $extract.shape()
            }
            fn cause_of_row(&$self, row: u64) -> Option<String> {
                $extract.cause_of_row(row)
            }
            fn is_mended(&$self) -> bool {
                $extract.is_mended()
            }
        }
    };
}

of_extract!(Students<'_>, Student, Students, |self| self.extract, |s, record, bio| {
    crate::people::take_student(s.extract.columns(), &record, bio, s.school_year_ends)
});
of_extract!(TeachersExtract<'_>, Staff, Teachers, |self| self, |s, record, bio| take::teacher(
    s.columns(),
    &record,
    bio
));
of_extract!(ParentsExtract<'_>, Parent, Parents, |self| self, |s, record, bio| take::parent(s.columns(), &record, bio));
