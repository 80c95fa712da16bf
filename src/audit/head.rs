//! The head of a chain: the number and seal of its last entry, as a line to be kept elsewhere.
//! Leaves comparing it to `chain`.

use std::fmt;

use super::source::Source;
use super::stored;
use crate::db::Db;
use crate::error::AppError;
use crate::schools::SchoolId;

/// `NFC audit 214 1f0c22ab.9b0e...`: school, table, number, seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The school's code, or `-` for the entries of no school.
    pub school: String,
    pub source: Source,
    pub number: i64,
    pub mac: String,
}

/// Stands for no school: a code has letters and digits only.
pub const NO_SCHOOL: &str = "-";

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.school, self.source.code(), self.number, self.mac)
    }
}

impl Head {
    /// Reads what `crosswalk audit head` printed; the line that cannot be read comes back as the error.
    pub fn parse_all(text: &str) -> Result<Vec<Head>, String> {
        let lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
        lines.map(|line| Head::parse(line).ok_or_else(|| line.to_owned())).collect()
    }

    fn parse(line: &str) -> Option<Head> {
        let mut words = line.split_whitespace();
        let head = Head {
            school: words.next()?.to_owned(),
            source: Source::parse(words.next()?)?,
            number: words.next()?.parse().ok().filter(|n| *n > 0)?,
            mac: words.next()?.to_owned(),
        };
        words.next().is_none().then_some(head)
    }
}

/// The heads of a school's chains, those that have an entry.
pub fn heads(db: &Db, code: &str, school: Option<SchoolId>) -> Result<Vec<Head>, AppError> {
    let mut heads = Vec::new();
    for &source in Source::ALL {
        let last = source.read(db, |conn| stored::last_sealed(conn, source, school))?;
        if let Some((number, Some(mac))) = last {
            heads.push(Head { school: code.to_owned(), source, number, mac });
        }
    }
    Ok(heads)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_printed() {
        let head = Head { school: "NFC".into(), source: Source::Activity, number: 12, mac: "0a.ff".into() };
        assert_eq!(Head::parse_all(&format!("# kept on paper\n\n{head}\r\n")), Ok(vec![head]));
        for bad in ["NFC audit 12", "NFC audit x ff", "NFC audits 1 ff", "NFC audit 1 ff more", "NFC audit 0 ff"] {
            assert_eq!(Head::parse_all(bad), Err(bad.to_owned()));
        }
    }
}
