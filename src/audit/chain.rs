//! The chain of a school's entries, walked from the first seal: pure, so that it can be tried on anything.
//! Leaves loading the entries to `check`, and what a seal says to `seal`.

use chrono::{Duration, NaiveDateTime};

use super::head::Head;
use super::key::Key;
use super::seal::seal;
use super::source::Source;
use super::stored::StoredEntry;

/// The first thing that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("{0} is not what was sealed")]
    Changed(Spot),
    #[error("the entry that was sealed before {0} is gone or stands elsewhere")]
    Gone(Spot),
    #[error("{0} is not the entry whose seal was exported")]
    OtherHead(Spot),
    #[error("{0} is sealed with another key than that in the key file")]
    OtherKey(Spot),
    #[error("{source_table} was sealed up to number {exported} when the head was exported, and ends at number {found}")]
    Cut { source_table: Source, exported: i64, found: i64 },
}

/// Which entry: table, row, place in the chain and time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    pub source: Source,
    pub id: i64,
    pub number: Option<i64>,
    pub at: NaiveDateTime,
}

impl std::fmt::Display for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} of {} UTC", self.source, self.id, self.at.format("%-d %b %Y, %H:%M:%S"))?;
        self.number.map_or(Ok(()), |n| write!(f, ", number {n}"))
    }
}

/// Nodes may disagree on the time by this much, and a long import writes its entry at its end.
const PATIENCE: Duration = Duration::hours(1);

/// A walk along the entries of one school in one table, in the order of their numbers.
pub struct Chain<'a> {
    key: &'a Key,
    source: Source,
    exported: Option<&'a Head>,
    number: i64,
    mac: String,
    newest: NaiveDateTime,
    /// Entries whose time lies well before that of an entry sealed earlier, and the first of them. They are sealed in
    /// the order in which they arrived, which is honest, but somebody may have written them by hand.
    pub late: Option<(usize, Spot)>,
}

impl<'a> Chain<'a> {
    pub fn new(key: &'a Key, source: Source, exported: Option<&'a Head>) -> Chain<'a> {
        Chain { key, source, exported, number: 0, mac: String::new(), newest: NaiveDateTime::MIN, late: None }
    }

    pub fn number(&self) -> i64 {
        self.number
    }

    pub fn next(&mut self, entry: &StoredEntry) -> Result<(), Broken> {
        let spot = || Spot { source: self.source, id: entry.id, number: entry.seal_number, at: entry.at };
        let number = self.number + 1;
        if entry.seal_number != Some(number) {
            return Err(Broken::Gone(spot()));
        }
        let Some(held) = &entry.seal_mac else { return Err(Broken::Changed(spot())) };
        let mac = seal(self.key, self.source, &self.mac, number, entry);
        if *held != mac {
            let is_ours = held.starts_with(self.key.fingerprint());
            return Err(if number == 1 && !is_ours { Broken::OtherKey(spot()) } else { Broken::Changed(spot()) });
        }
        if self.exported.is_some_and(|head| head.number == number && head.mac != mac) {
            return Err(Broken::OtherHead(spot()));
        }
        if self.newest > entry.at.checked_add_signed(PATIENCE).unwrap_or(NaiveDateTime::MAX) {
            let spot = spot();
            self.late = Some(self.late.take().map_or((1, spot), |(n, first)| (n + 1, first)));
        }
        self.newest = self.newest.max(entry.at);
        self.number = number;
        self.mac = mac;
        Ok(())
    }

    /// Nothing comes after what was walked.
    pub fn end(&self) -> Result<(), Broken> {
        match self.exported.map(|head| head.number) {
            Some(exported) if exported > self.number => {
                Err(Broken::Cut { source_table: self.source, exported, found: self.number })
            }
            _ => Ok(()),
        }
    }
}

/// Walks whole: `Ok` when every entry is what was sealed, and nothing that the exported head knew is gone.
pub fn verify(key: &Key, source: Source, exported: Option<&Head>, entries: &[StoredEntry]) -> Result<(), Broken> {
    let mut chain = Chain::new(key, source, exported);
    for entry in entries {
        chain.next(entry)?;
    }
    chain.end()
}
