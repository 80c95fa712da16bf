//! What a template can read: fields of the person, and the numbers that PowerSchool knows them by.

use crate::people::MemberType;

crate::text_enum! {
    Source {
        StudentNumber = "student_number", "student_number";
        UsersDcid = "users_dcid", "users_dcid";
        PersonId = "person_id", "person_id";
        SonisId = "sonis_id", "sonis_id";
        LastName = "last_name", "last_name";
        FirstName = "first_name", "first_name";
        MiddleName = "middle_name", "middle_name";
        PreferredName = "preferred_name", "preferred_name";
        GradYear = "grad_year", "grad_year";
        GradeLevel = "grade_level", "grade_level";
        BirthDate = "birth_date", "birth_date";
        OtherPid = "other_pid", "other_pid";
    }
}

impl Source {
    /// The number by which PowerSchool knows people of a member type.
    pub fn key_of(member_type: MemberType) -> Source {
        match member_type {
            MemberType::Student => Source::StudentNumber,
            MemberType::Staff => Source::UsersDcid,
            MemberType::Parent => Source::PersonId,
        }
    }

    /// Whose field it is, where it is not everybody's.
    pub fn only_of(self) -> Option<MemberType> {
        MemberType::ALL.iter().copied().find(|m| Source::key_of(*m) == self)
    }

    /// Whether no two people of a member type have the same.
    pub fn tells_apart(self) -> bool {
        self == Source::SonisId || self.only_of().is_some()
    }
}

/// The texts of one person that a template reads. Nothing, or a text of blanks, is blank.
pub trait Sources {
    fn text(&self, source: Source) -> Option<String>;
}

impl<F: Fn(Source) -> Option<String>> Sources for F {
    fn text(&self, source: Source) -> Option<String> {
        self(source)
    }
}
