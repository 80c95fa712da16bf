//! The school's register: who comes next in the stream, with which source key, and whom the school still lacks.
//! The people themselves are left to `child`, `parent` and `staff`.

use super::chance::mix;

/// Of a hundred people, sixty are students, five are staff, thirty-five are parents.
const STUDENTS: u64 = 60;
const STAFF: u64 = 5;
const PARENTS: u64 = 35;

/// Where a person stands in the stream, and the number the source knows the person by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub position: u64,
    pub source_key: u32,
}

/// What the count of parents asks of the next household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    OneParent,
    TwoParents,
    Either,
}

pub(super) struct Register {
    first: u64,
    position: u64,
    students: u64,
    staff: u64,
    parents: u64,
}

impl Register {
    pub fn new(first_student_number: u32) -> Self {
        Self { first: u64::from(first_student_number), position: 0, students: 0, staff: 0, parents: 0 }
    }

    // The three spaces start near one another and climb with gaps, so that a student,
    // a teacher and a parent often share a number while no two students do.

    pub fn student(&mut self) -> Entry {
        let entry = self.enter(0, self.students, 2);
        self.students += 1;
        entry
    }

    pub fn staff(&mut self) -> Entry {
        let entry = self.enter(3, self.staff, 7);
        self.staff += 1;
        entry
    }

    pub fn parent(&mut self) -> Entry {
        let entry = self.enter(20, self.parents, 2);
        self.parents += 1;
        entry
    }

    /// The `count`-th key of a space falls somewhere in the `count`-th stretch of `gap` numbers.
    fn enter(&mut self, offset: u64, count: u64, gap: u64) -> Entry {
        let stray = if count == 0 { 0 } else { mix(count) % gap };
        let key = self.first + offset + count * gap + stray;
        let entry = Entry { position: self.position, source_key: key as u32 };
        self.position += 1;
        entry
    }

    pub fn wants_staff(&self) -> bool {
        self.staff * 100 + 50 <= self.position * STAFF
    }

    pub fn wants(&self) -> Want {
        let have = self.parents * STUDENTS;
        let due = self.students * PARENTS;
        if have > due + 150 {
            Want::OneParent
        } else if due > have + 100 {
            Want::TwoParents
        } else {
            Want::Either
        }
    }
}
