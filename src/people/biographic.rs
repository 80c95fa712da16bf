//! The fields of the Biographic page, each with its name, its text form and its check.
//! Leaves who may change them to `security`, and storing them to `people::person`.

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;

use crate::schema::people;

crate::text_enum! {
    MemberType {
        Student = "student", "Student";
        Staff = "staff", "Staff";
        Parent = "parent", "Parent";
    }
}

crate::text_enum! {
    Status {
        Active = "active", "Active";
        Applicant = "applicant", "Applicant";
        Inactive = "inactive", "Inactive";
        Withdrawn = "withdrawn", "Withdrawn";
        Merged = "merged", "Merged";
    }
}

/// What a school knows of a person, apart from its numbers for them.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset, Insertable)]
#[diesel(table_name = people, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Biographic {
    pub member_type: MemberType,
    pub status: Status,
    pub last_name: String,
    pub first_name: String,
    pub middle_name: Option<String>,
    pub preferred_name: Option<String>,
    pub native_name: Option<String>,
    pub birth_date: Option<NaiveDate>,
    pub gender: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
    pub campus: Option<String>,
    pub division: Option<String>,
    pub department: Option<String>,
    pub level: Option<String>,
    pub grade_level: Option<i32>,
    pub grad_year: Option<i32>,
    pub other_pid: Option<String>,
}

crate::text_enum! {
    /// A field by its code (forms, stored changes) and its label on the page.
    Field {
        LastName = "last_name", "Last name";
        FirstName = "first_name", "First name";
        MiddleName = "middle_name", "Middle name";
        PreferredName = "preferred_name", "Preferred name";
        NativeName = "native_name", "Name in own script";
        MemberType = "member_type", "Member type";
        Status = "status", "Status";
        BirthDate = "birth_date", "Birth date";
        Gender = "gender", "Gender";
        Email = "email", "E-mail";
        Phone = "phone", "Phone";
        Address = "address", "Address";
        Campus = "campus", "Campus";
        Division = "division", "Division";
        Department = "department", "Department";
        Level = "level", "Level";
        GradeLevel = "grade_level", "Grade level";
        GradYear = "grad_year", "Grad year";
        OtherPid = "other_pid", "Other PID";
    }
}

/// A grade as it is spoken of. PowerSchool's numbers below 1 are years before Grade 1.
pub fn grade_words(grade: i32) -> String {
    match grade {
        0 => "Kindergarten".into(),
        99 => "Graduated".into(),
        g if (-4..0).contains(&g) => format!("PK{}", 5 + g),
        g => format!("Grade {g}"),
    }
}

/// The longest text a field takes. Longer is refused, never cut.
const LONGEST: usize = 200;

impl Default for Biographic {
    fn default() -> Biographic {
        Biographic {
            member_type: MemberType::Student,
            status: Status::Active,
            last_name: String::new(),
            first_name: String::new(),
            middle_name: None,
            preferred_name: None,
            native_name: None,
            birth_date: None,
            gender: None,
            email: None,
            phone: None,
            address: None,
            campus: None,
            division: None,
            department: None,
            level: None,
            grade_level: None,
            grad_year: None,
            other_pid: None,
        }
    }
}

impl Biographic {
    /// A field as text: ISO date, plain number, code of a choice. None where nothing is known.
    pub fn get(&self, field: Field) -> Option<String> {
        let some = |s: &str| (!s.is_empty()).then(|| s.to_owned());
        match field {
            Field::LastName => some(&self.last_name),
            Field::FirstName => some(&self.first_name),
            Field::MiddleName => self.middle_name.clone(),
            Field::PreferredName => self.preferred_name.clone(),
            Field::NativeName => self.native_name.clone(),
            Field::MemberType => some(self.member_type.code()),
            Field::Status => some(self.status.code()),
            Field::BirthDate => self.birth_date.map(|d| d.to_string()),
            Field::Gender => self.gender.clone(),
            Field::Email => self.email.clone(),
            Field::Phone => self.phone.clone(),
            Field::Address => self.address.clone(),
            Field::Campus => self.campus.clone(),
            Field::Division => self.division.clone(),
            Field::Department => self.department.clone(),
            Field::Level => self.level.clone(),
            Field::GradeLevel => self.grade_level.map(|n| n.to_string()),
            Field::GradYear => self.grad_year.map(|n| n.to_string()),
            Field::OtherPid => self.other_pid.clone(),
        }
    }

    /// Sets a field from what somebody typed; blank clears it. The error is a sentence for the person who typed it.
    pub fn set(&mut self, field: Field, typed: &str) -> Result<(), String> {
        let typed = typed.trim();
        let lines = field == Field::Address;
        // Joiners and direction marks are letters of some names, though they show nothing alone.
        let turns_text = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if typed.chars().any(|c| turns_text(c) || (c.is_control() && !(lines && (c == '\n' || c == '\r')))) {
            return Err(format!(
                "{field} holds a character that cannot be seen. Type it by hand instead of pasting it"
            ));
        }
        let length = typed.chars().count();
        if length > LONGEST {
            return Err(format!("{field} has {length} characters; at most {LONGEST} are kept. Shorten it"));
        }
        self.put(field, &typed.replace("\r\n", "\n").replace('\r', "\n"))
    }

    /// Sets a field from its text form, as a source or a stored change has it: checked already, taken as it is.
    pub fn put(&mut self, field: Field, text: &str) -> Result<(), String> {
        let text = text.to_owned();
        let some = (!text.is_empty()).then(|| text.clone());
        match field {
            Field::LastName => self.last_name = text,
            Field::FirstName => self.first_name = text,
            Field::MiddleName => self.middle_name = some,
            Field::PreferredName => self.preferred_name = some,
            Field::NativeName => self.native_name = some,
            Field::MemberType => self.member_type = MemberType::parse(&text).ok_or("Choose a member type")?,
            Field::Status => self.status = Status::parse(&text).ok_or("Choose a status")?,
            Field::BirthDate => self.birth_date = some.map(|t| birth_date(&t)).transpose()?,
            Field::Gender => self.gender = some,
            Field::Email => self.email = some.map(email).transpose()?,
            Field::Phone => self.phone = some,
            Field::Address => self.address = some,
            Field::Campus => self.campus = some,
            Field::Division => self.division = some,
            Field::Department => self.department = some,
            Field::Level => self.level = some,
            Field::GradeLevel => {
                self.grade_level = some
                    .map(|t| number(&t, -4, 99, "Grade level is a number: 0 is Kindergarten, -1 is PK4"))
                    .transpose()?;
            }
            Field::GradYear => {
                self.grad_year =
                    some.map(|t| number(&t, 1900, 2200, "Grad year is a year of four digits")).transpose()?;
            }
            Field::OtherPid => self.other_pid = some,
        }
        Ok(())
    }

    /// What differs between two states of one person, in the order of the page.
    pub fn difference(&self, after: &Biographic) -> Vec<FieldChange> {
        Field::ALL
            .iter()
            .map(|&field| FieldChange { field, before: self.get(field), after: after.get(field) })
            .filter(|c| c.before != c.after)
            .collect()
    }

    /// A person needs one name at least.
    pub fn has_name(&self) -> bool {
        !self.last_name.is_empty() || !self.first_name.is_empty()
    }
}

/// One field, from and to, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    pub field: Field,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl FieldChange {
    /// What was there, as a page says it.
    pub fn before_in_words(&self) -> Option<&str> {
        self.before.as_deref().map(|text| self.field.in_words(text))
    }

    /// What is there since, as a page says it.
    pub fn after_in_words(&self) -> Option<&str> {
        self.after.as_deref().map(|text| self.field.in_words(text))
    }
}

impl Field {
    /// A field's text form as a page says it: a choice by its word, not by its code.
    fn in_words(self, text: &str) -> &str {
        match self {
            Field::MemberType => MemberType::parse(text).map_or(text, |m| m.word()),
            Field::Status => Status::parse(text).map_or(text, |s| s.word()),
            _ => text,
        }
    }
}

fn birth_date(text: &str) -> Result<NaiveDate, String> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .or_else(|_| NaiveDate::parse_from_str(text, "%m/%d/%Y"))
        .map_err(|_| format!("{text:?} is not a date. Write it as 2010-03-14 or 3/14/2010"))?;
    if (1900..=2100).contains(&date.year()) {
        Ok(date)
    } else {
        Err(format!("The year {} cannot be a birth year", date.year()))
    }
}

fn email(text: String) -> Result<String, String> {
    let fits = text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !text.contains(char::is_whitespace)
    });
    if fits {
        Ok(text)
    } else {
        Err(format!("{text:?} is not an e-mail address. It has one @ with text on both sides"))
    }
}

fn number(text: &str, least: i32, most: i32, otherwise: &str) -> Result<i32, String> {
    text.parse().ok().filter(|n| (least..=most).contains(n)).ok_or_else(|| otherwise.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_below_one_have_names() {
        let grades = [0, -1, -2, -4, -5, 11, 99].map(grade_words);
        assert_eq!(grades, ["Kindergarten", "PK4", "PK3", "PK1", "Grade -5", "Grade 11", "Graduated"]);
    }

    #[test]
    fn every_field_reads_back_what_was_set() {
        for &field in Field::ALL {
            let text = match field {
                Field::MemberType => "parent",
                Field::Status => "applicant",
                Field::BirthDate => "2010-03-14",
                Field::Email => "a@b.example",
                Field::GradeLevel => "-1",
                Field::GradYear => "2028",
                Field::Address => "1 Lane\nTown",
                _ => "Þórunn ሰላም O’Connor",
            };
            let mut bio = Biographic::default();
            assert_eq!(bio.set(field, text), Ok(()), "{field}");
            assert_eq!(bio.get(field).as_deref(), Some(text), "{field}");
        }
    }

    #[test]
    fn blank_clears_a_field_and_is_a_change() {
        let before = Biographic { campus: Some("North".into()), ..Biographic::default() };
        let mut after = before.clone();
        assert_eq!(after.set(Field::Campus, "  "), Ok(()));
        let change = FieldChange { field: Field::Campus, before: Some("North".into()), after: None };
        assert_eq!(before.difference(&after), vec![change]);
    }

    #[test]
    fn a_change_is_told_in_the_words_of_the_page() {
        let change = |field, before: &str| FieldChange { field, before: Some(before.into()), after: None };
        for (field, code, word) in [
            (Field::Status, "withdrawn", "Withdrawn"),
            (Field::MemberType, "staff", "Staff"),
            (Field::LastName, "active", "active"),
        ] {
            let change = change(field, code);
            assert_eq!((change.before_in_words(), change.after_in_words()), (Some(word), None));
        }
    }

    #[test]
    fn wrong_values_are_refused_with_a_sentence_and_change_nothing() {
        for (field, text) in [
            (Field::BirthDate, "31/12/2010"),
            (Field::BirthDate, "0214-01-01"),
            (Field::Email, "a b@c.example"),
            (Field::Email, "nobody"),
            (Field::GradeLevel, "eleven"),
            (Field::GradYear, "28"),
            (Field::LastName, "Tab\there"),
            (Field::MemberType, "ghost"),
        ] {
            let mut bio = Biographic::default();
            assert!(bio.set(field, text).is_err_and(|m| !m.is_empty()), "{field} {text}");
            assert_eq!(bio, Biographic::default());
        }
        let long = "x".repeat(201);
        assert!(Biographic::default().set(Field::LastName, &long).is_err_and(|m| m.contains("201")));
    }
}
