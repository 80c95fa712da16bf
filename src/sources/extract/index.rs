//! Where each key of a file stands: sixteen bytes a row, ordered by key.
//! Leaves to others: what a key is, and which rows are refused.

use std::num::NonZeroU32;
use std::ops::Range;

use crate::sources::key_number::KeyNumber;

/// Ordered by number, then as in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    number: u64,
    /// Among the good rows of the table.
    pub place: u32,
    digits: u8,
}

impl Entry {
    pub fn new(key: KeyNumber, place: u32) -> Self {
        Self { number: key.value(), place, digits: key.digits() }
    }

    pub fn key(&self) -> KeyNumber {
        KeyNumber::new(self.number, self.digits)
    }

    pub fn is_same_key(&self, other: &Entry) -> bool {
        self.number == other.number
    }
}

#[derive(Debug)]
pub(super) struct Index {
    entries: Vec<Entry>,
    /// Where the records begin, if any of them has more than one row.
    starts: Option<Vec<u32>>,
}

impl Index {
    /// `entries` are in order.
    pub fn new(entries: Vec<Entry>) -> Self {
        let records = entries.chunk_by(Entry::is_same_key).count();
        let starts = (records < entries.len()).then(|| {
            let mut starts = Vec::with_capacity(records);
            let mut next = 0_usize;
            for rows in entries.chunk_by(Entry::is_same_key) {
                // There are at most four million rows.
                starts.push(u32::try_from(next).unwrap_or(u32::MAX));
                next += rows.len();
            }
            starts
        });
        Self { entries, starts }
    }

    pub fn len(&self) -> usize {
        self.starts.as_ref().map_or(self.entries.len(), Vec::len)
    }

    pub fn rows(&self) -> usize {
        self.entries.len()
    }

    /// Where rows write it with and without leading zeros, the longest counts: it is the same in every order of rows.
    pub fn key(&self, record: usize) -> Option<KeyNumber> {
        self.group(record).iter().max_by_key(|entry| entry.digits).map(Entry::key)
    }

    /// The rows of a record; none past the last.
    pub fn group(&self, record: usize) -> &[Entry] {
        self.entries.get(self.span(record)).unwrap_or_default()
    }

    fn span(&self, record: usize) -> Range<usize> {
        match &self.starts {
            None => record..record.saturating_add(1),
            Some(starts) => {
                let end = self.entries.len();
                let at = |record: usize| starts.get(record).map_or(end, |start| *start as usize);
                at(record)..at(record.saturating_add(1))
            }
        }
    }

    /// For each good row of the table the record it belongs to, counted from 1.
    pub fn records_by_place(&self, rows: usize) -> Vec<Option<NonZeroU32>> {
        let mut records = vec![None; rows];
        for (record, entries) in (1..).zip(self.entries.chunk_by(Entry::is_same_key)) {
            for entry in entries {
                if let Some(held) = records.get_mut(entry.place as usize) {
                    *held = NonZeroU32::new(record);
                }
            }
        }
        records
    }

    pub fn find(&self, number: u64) -> Option<usize> {
        let first = self.entries.partition_point(|entry| entry.number < number);
        self.entries.get(first).filter(|entry| entry.number == number)?;
        match &self.starts {
            None => Some(first),
            Some(starts) => starts.binary_search_by_key(&first, |start| *start as usize).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(numbers: &[u64]) -> Index {
        let mut entries: Vec<Entry> =
            (0..).zip(numbers).map(|(place, n)| Entry::new(KeyNumber::new(*n, 1), place)).collect();
        entries.sort_unstable();
        Index::new(entries)
    }

    fn places(index: &Index) -> Vec<Vec<u32>> {
        (0..index.len()).map(|record| index.group(record).iter().map(|entry| entry.place).collect()).collect()
    }

    #[test]
    fn records_come_in_the_order_of_their_keys_with_all_their_rows() {
        assert_eq!(places(&index(&[7, 3, 5])), [[1], [2], [0]]);
        assert_eq!(places(&index(&[7, 3, 7, 5, 3])), [vec![1, 4], vec![3], vec![0, 2]]);
        assert_eq!(index(&[7, 3, 7]).rows(), 3);
        assert!(index(&[]).group(0).is_empty() && index(&[1]).group(usize::MAX).is_empty());
        assert!(index(&[1, 1]).group(1).is_empty());
    }

    #[test]
    fn a_key_is_found_with_and_without_repeated_rows() {
        for numbers in [&[7, 3, 5][..], &[7, 3, 7, 5, 3]] {
            let index = index(numbers);
            assert_eq!([3, 5, 7].map(|n| index.find(n)), [Some(0), Some(1), Some(2)]);
            assert_eq!([0, 4, 8].map(|n| index.find(n)), [None; 3]);
        }
    }

    #[test]
    fn each_row_leads_to_its_record() {
        let records = index(&[7, 3, 7]).records_by_place(4);
        assert_eq!(
            records.into_iter().map(|record| record.map(NonZeroU32::get)).collect::<Vec<_>>(),
            [Some(2), Some(1), Some(2), None]
        );
    }

    #[test]
    fn an_entry_stays_small() {
        assert_eq!(size_of::<Entry>(), 16);
    }
}
