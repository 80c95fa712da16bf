//! Which columns of a file of relationships are met under which titles.
//! Leaves to others: which of them make a pair (`shape`), and what stands in them.

use crate::sources::header::Alias;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    StudentDcid,
    StudentNumber,
    PersonId,
    HostIdStudent,
    HostIdParent,
    Kind,
    IsActive,
}

impl From<Column> for usize {
    fn from(column: Column) -> usize {
        column as usize
    }
}

pub(in crate::sources) const TITLES: &[Alias<Column>] = &[
    (Column::StudentDcid, &["STUDENTCONTACTASSOC.STUDENTDCID", "StudentDCID", "STUDENTS.dcid"]),
    (Column::StudentNumber, &["Student_Number"]),
    (Column::PersonId, &["STUDENTCONTACTASSOC.PERSONID", "PERSON.ID", "Contact ID", "PersonID"]),
    (Column::HostIdStudent, &["Host ID Student"]),
    (Column::HostIdParent, &["Host ID Parent"]),
    // Words before code numbers.
    (Column::Kind, &["Relationship Type", "Relationship", "CurrRelTypeCodeSetID", "RelationshipTypeCodeSetID"]),
    // A bare IsActive is the person's.
    (Column::IsActive, &["STUDENTCONTACTDETAIL.ISACTIVE"]),
];
