//! Which of the three files of relationships one is, by the columns it has.
//! Leaves to others: reading it.

use std::fmt;

use super::columns::Column;
use crate::sources::header::{Columns, Header};
use crate::sources::problem::FileProblem;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationshipShape {
    /// PowerSchool's table: STUDENTS.dcid and PERSON.ID.
    StudentContactAssoc,
    /// The data set of Data Export Manager: Student_Number and PERSON.ID, several rows per contact.
    Contacts,
    /// Vidigami's list: the Host IDs of both.
    RelationshipsList,
}

impl fmt::Display for RelationshipShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StudentContactAssoc => "StudentContactAssoc",
            Self::Contacts => "Contacts data set",
            Self::RelationshipsList => "RelationshipsList",
        })
    }
}

impl RelationshipShape {
    pub(super) fn of(columns: &Columns<Column>) -> Option<Self> {
        let has = |column| columns.has(column);
        if has(Column::HostIdStudent) && has(Column::HostIdParent) {
            Some(Self::RelationshipsList)
        } else if has(Column::StudentDcid) && has(Column::PersonId) {
            Some(Self::StudentContactAssoc)
        } else if has(Column::StudentNumber) && has(Column::PersonId) {
            Some(Self::Contacts)
        } else {
            None
        }
    }

    pub(super) fn holds_host_ids(self) -> bool {
        self == Self::RelationshipsList
    }

    pub(super) fn student_column(self) -> Column {
        match self {
            Self::StudentContactAssoc => Column::StudentDcid,
            Self::Contacts => Column::StudentNumber,
            Self::RelationshipsList => Column::HostIdStudent,
        }
    }

    pub(super) fn parent_column(self) -> Column {
        match self {
            Self::StudentContactAssoc | Self::Contacts => Column::PersonId,
            Self::RelationshipsList => Column::HostIdParent,
        }
    }
}

/// Names the half that is there, or all three files.
pub(super) fn missing(header: &Header, columns: &Columns<Column>) -> FileProblem {
    let has = |column| columns.has(column);
    if has(Column::HostIdStudent) {
        return header.missing("Host ID Parent", None);
    }
    if has(Column::HostIdParent) {
        return header.missing("Host ID Student", None);
    }
    let accounts = header.all_named(&["guardianid"]);
    if !accounts.is_empty() {
        let advice = format!(
            "{} cannot be used instead: it is the number of an account of the parent portal. Export \
             STUDENTCONTACTASSOC.STUDENTDCID and STUDENTCONTACTASSOC.PERSONID.",
            accounts.join(" and ")
        );
        return header.missing("PERSONID", Some(advice));
    }
    if has(Column::PersonId) {
        return header.missing("STUDENTDCID", student_advice(header));
    }
    if has(Column::StudentDcid) || has(Column::StudentNumber) {
        return header.missing("PERSONID", None);
    }
    let three = "Relationships are read from StudentContactAssoc (STUDENTDCID and PERSONID), from the Contacts data set \
                 (Contact ID and studentNumber) or from Vidigami's RelationshipsList (Host ID Student and Host ID Parent).";
    header.missing("STUDENTDCID", Some(three.to_owned()))
}

fn student_advice(header: &Header) -> Option<String> {
    let internal = header.all_named(&["student id", "studentid", "id", "dcid"]);
    (!internal.is_empty()).then(|| {
        format!(
            "{} cannot be used for the student: STUDENTDCID of StudentContactAssoc (or Student_Number) names them.",
            internal.join(" and ")
        )
    })
}
