//! One invented person, as a student information system would know them.
//! Where the person comes from is left to `population`.

use chrono::NaiveDate;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Member {
    Student,
    Staff,
    Parent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invented {
    pub member: Member,
    /// Student_Number, users_dcid or person id, by member: three spaces that share some numbers.
    pub source_key: u32,
    pub last_name: String,
    pub first_name: String,
    pub middle_name: Option<String>,
    pub preferred_name: Option<String>,
    /// The name in its own script, where that is not Latin.
    pub native_name: Option<String>,
    pub birth_date: NaiveDate,
    pub gender: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// `Street\nCity, ST ZIP`
    pub address: Option<String>,
    pub campus: Option<String>,
    pub division: Option<String>,
    /// Staff only.
    pub department: Option<String>,
    pub level: Option<String>,
    /// 0 is Kindergarten. Students only.
    pub grade_level: Option<i32>,
    pub grad_year: Option<i32>,
    pub active: bool,
    pub other_pid: Option<String>,
    /// A parent's children, as 0-based positions in the stream; always before the parent's own.
    pub children: Vec<u64>,
    /// What a parent is to those children.
    pub relationship: Option<&'static str>,
}
