//! The four places of a sync that a PowerSchool extract can be given to.
//! Leaves to others: what an extract must hold (its kind), and keeping the uploaded file.

crate::text_enum! {
    /// One file each; an absent one says nothing about its people.
    Slot {
        Students = "students", "Students";
        Teachers = "teachers", "Teachers";
        Parents = "parents", "Parents";
        Relationships = "relationships", "Relationships";
    }
}

impl Slot {
    /// What such a file lists, inside a sentence.
    pub(super) fn lists(self) -> &'static str {
        match self {
            Slot::Students => "a list of students",
            Slot::Teachers => "a list of teachers",
            Slot::Parents => "a list of parents",
            Slot::Relationships => "a list of relationships",
        }
    }
}
