//! Adding a school: its code, name, time zone and SONIS ID letters, checked once.
//! Leaves the school's users and integrations to their rooms.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use diesel::prelude::*;

use super::counter;
use super::school::{CurrentSchool, SchoolId};
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::schools;

/// A school's own short name in addresses and on the command line: 1 to 10 letters or digits, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolCode(String);

/// The two letters that begin the school's SONIS IDs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SonisLetters(String);

#[derive(Debug, thiserror::Error)]
pub enum NewSchoolError {
    #[error("{0:?} is not a school code. A code is 1 to 10 letters or digits, for example NFC.")]
    Code(String),
    #[error("{0:?} are not SONIS ID letters. Give two letters A to Z, for example NC.")]
    Letters(String),
    #[error("{0:?} is not a time zone. Give one as America/Chicago.")]
    TimeZone(String),
    #[error("A school needs a name.")]
    Name,
    #[error("There is a school with the code {0} already.")]
    CodeTaken(String),
    #[error(
        "The letters {0} are those of another school. SONIS IDs of two schools must not look alike: choose others."
    )]
    LettersTaken(String),
    #[error(transparent)]
    App(#[from] AppError),
}

impl SchoolCode {
    pub fn parse(text: &str) -> Result<SchoolCode, NewSchoolError> {
        let code = text.trim().to_uppercase();
        let fits = (1..=10).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
        if fits { Ok(SchoolCode(code)) } else { Err(NewSchoolError::Code(text.to_owned())) }
    }
}

impl SonisLetters {
    pub fn parse(text: &str) -> Result<SonisLetters, NewSchoolError> {
        let letters = text.trim().to_uppercase();
        let fits = letters.len() == 2 && letters.bytes().all(|b| b.is_ascii_uppercase());
        if fits { Ok(SonisLetters(letters)) } else { Err(NewSchoolError::Letters(text.to_owned())) }
    }
}

pub struct NewSchool {
    pub code: SchoolCode,
    pub letters: SonisLetters,
    pub name: String,
    pub time_zone: Tz,
}

impl NewSchool {
    pub fn parse(code: &str, name: &str, letters: &str, time_zone: &str) -> Result<NewSchool, NewSchoolError> {
        if name.trim().is_empty() {
            return Err(NewSchoolError::Name);
        }
        Ok(NewSchool {
            code: SchoolCode::parse(code)?,
            letters: SonisLetters::parse(letters)?,
            name: name.trim().to_owned(),
            time_zone: time_zone.parse().map_err(|_| NewSchoolError::TimeZone(time_zone.to_owned()))?,
        })
    }

    pub fn add(&self, conn: &mut Conn, now: NaiveDateTime) -> Result<CurrentSchool, NewSchoolError> {
        let taken = |conn: &mut Conn, by_code: bool| -> Result<bool, AppError> {
            let query = schools::table.select(schools::id).into_boxed();
            let query = if by_code {
                query.filter(schools::code.eq(self.code.0.clone()))
            } else {
                query.filter(schools::letters.eq(self.letters.0.clone()))
            };
            Ok(query.first::<SchoolId>(conn).optional()?.is_some())
        };
        if taken(conn, true)? {
            return Err(NewSchoolError::CodeTaken(self.code.0.clone()));
        }
        if taken(conn, false)? {
            return Err(NewSchoolError::LettersTaken(self.letters.0.clone()));
        }
        diesel::insert_into(schools::table)
            .values((
                schools::code.eq(&self.code.0),
                schools::name.eq(&self.name),
                schools::letters.eq(&self.letters.0),
                schools::time_zone.eq(self.time_zone.name()),
                schools::created_at.eq(now),
            ))
            .execute(conn)
            .map_err(AppError::from)?;
        let school = CurrentSchool::by_code(conn, &self.code.0)?.ok_or(AppError::NotFound)?;
        counter::begin(conn, &school)?;
        Ok(school)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_up_to_ten_letters_or_digits() {
        for good in ["N", "nfc", "NFC2026XYZ"] {
            assert!(SchoolCode::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "NFC 1", "NORTHFIELDCO", "Ä", "N-C"] {
            assert!(SchoolCode::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sonis_letters_are_two_plain_letters() {
        assert!(SonisLetters::parse("nc").is_ok_and(|l| l.0 == "NC"));
        for bad in ["N", "NCC", "N1", "ÄÖ", ""] {
            assert!(SonisLetters::parse(bad).is_err(), "{bad}");
        }
    }
}
