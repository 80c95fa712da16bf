//! A PowerSchool extract, opened once and read record by record in the order of its keys, whatever the order of its rows.
//! Leaves to others: which columns a kind of extract has, and what becomes of its records.

mod cells;
mod differences;
mod doubles;
mod header_again;
mod index;
mod names;
mod refusals;

use std::collections::BTreeSet;
use std::mem;
use std::sync::Arc;

use super::header::{Alias, Columns, Header};
use super::header_map::HeaderMap;
use super::key_number::{KeyNumber, Numbering};
use super::problem::{FileProblem, RowProblem, listed};
use super::refused::Refused;
use super::shape::FileShape;
use super::slot::Slot;
use super::table::{Row, Table};
use super::wrong_slot;
use header_again::HeaderAgain;
use index::{Entry, Index};
use refusals::Refusals;

pub use cells::Cells;
pub(super) use cells::lines;
pub use names::NameColumns;

/// What one kind of extract is made of.
pub trait Kind: Sized {
    /// What stands in the file; several of these can make one `Field`.
    type Column: Copy + PartialEq + Into<usize> + 'static;
    /// What a file can speak about.
    type Field: Copy + Ord;
    type Record;

    const SLOT: Slot;
    /// The best title of a column first. PowerSchool's own leads, because messages use it.
    const TITLES: &'static [Alias<Self::Column>];
    const KEY: Self::Column;
    const NUMBERING: Numbering;
    const NAMES: NameColumns<Self::Column>;
    /// Where a person may stand in several rows: the columns in which those must not differ.
    const REPEATED: Option<&'static [Self::Column]> = None;
    /// Two columns that should say the same.
    const WATCHED: Option<Watched<Self::Column>> = None;

    /// A column of another table is another person's. The table comes as `ColumnName` spells it.
    fn is_other_table(table: &str) -> bool;

    /// Why no column holds the key, where the kind knows more than that it is missing.
    fn advice(header: &Header) -> Option<String>;

    /// A key that only the columns beside it make recognisable.
    fn key_by_neighbours(_header: &Header) -> Option<usize> {
        None
    }

    fn spoken_about(columns: &Columns<Self::Column>) -> BTreeSet<Self::Field>;

    /// What is wrong with a cell is told to `cells`; the record does not count then.
    fn record(cells: &mut Cells<'_, Self::Column>, key: KeyNumber) -> Self::Record;

    /// What the clerk should know about the columns of this file.
    fn notes(_columns: &Columns<Self::Column>, _repeated_rows: usize) -> Vec<String> {
        Vec::new()
    }
}

/// Rows in which two cells disagree are taken, and the receipt names them.
pub struct Watched<C> {
    pub columns: [C; 2],
    pub disagree: fn(&str, &str) -> bool,
    /// Follows the list of rows: "... disagree in row 2 and 5."
    pub says: &'static str,
}

#[derive(Debug)]
pub struct Extract<'b, K: Kind> {
    pub(super) table: Arc<Table<'b>>,
    columns: Columns<K::Column>,
    fields: BTreeSet<K::Field>,
    index: Index,
    problems: Refused,
    notes: Vec<String>,
}

impl<'b, K: Kind> Extract<'b, K> {
    /// The first pass: charset, dialect, header, and where each key stands. No text is kept but the file itself.
    pub fn open(bytes: &'b [u8], map: &HeaderMap) -> Result<Self, FileProblem> {
        let mut table = Table::read(bytes)?;
        let wrong_length = mem::take(&mut table.problems);
        let not_there = table.header.map_by_hand(map, K::SLOT);
        let columns = find::<K>(&table.header).map_err(|problem| match (&problem, header_below::<K>(&table)) {
            (FileProblem::MissingColumn { .. }, Some(row)) => FileProblem::HeaderBelow { row },
            _ => problem,
        })?;
        let mut refusals = Refusals::<K>::new(&table, &columns, wrong_length);
        let (entries, disagreeing) = refusals.take_keys();
        let index = refusals.refuse_clashing(entries);
        let problems = refusals.told();

        let mut notes = table.notes.clone();
        notes.extend(problems.note());
        notes.extend(note_of("The map speaks of titles that this file does not have", &not_there));
        notes.extend(note_of("These columns are not used", &columns.unused));
        notes.extend(disagreeing);
        notes.extend(K::notes(&columns, index.rows() - index.len()));
        Ok(Self { fields: K::spoken_about(&columns), table: Arc::new(table), columns, index, problems, notes })
    }

    /// How the file was written.
    pub fn shape(&self) -> FileShape {
        self.table.shape
    }

    /// The titles as spelt.
    pub fn header(&self) -> &[String] {
        &self.table.titles
    }

    /// The cause for which a row was blocked before, in a download of blocked rows.
    pub fn cause_of_row(&self, row: u64) -> Option<String> {
        self.table.cause_of_row(row)
    }

    /// Whether the file is a download of blocked rows, given again.
    pub fn is_mended(&self) -> bool {
        self.table.is_mended()
    }

    /// For the receipt.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Which fields this file speaks about: an absent column says nothing.
    pub fn columns(&self) -> &BTreeSet<K::Field> {
        &self.fields
    }

    /// All rows below the header that are not blank, the refused ones too.
    pub fn row_count(&self) -> u64 {
        self.table.row_count()
    }

    /// Records, in the order of their keys. Some may still be refused when they are read.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn key(&self, record: usize) -> Option<KeyNumber> {
        self.index.key(record)
    }

    /// The record with this key.
    pub fn find(&self, key: u64) -> Option<usize> {
        self.index.find(key)
    }

    /// The rows that the record stands in, as a spreadsheet counts.
    pub fn rows(&self, record: usize) -> Vec<u64> {
        self.index.group(record).iter().map(|entry| self.table.number_at(entry.place)).collect()
    }

    /// Parsed when it is asked for. `Err`: every bad cell of the record, at least one.
    pub fn record(&self, record: usize) -> Result<K::Record, Vec<RowProblem>> {
        let group = self.index.group(record);
        let Some(key) = self.index.key(record) else {
            return Err(Vec::new());
        };
        let rows: Vec<Row<'_>> = group.iter().filter_map(|entry| self.table.row_at(entry.place)).collect();
        parse::<K>(&self.table.header, &self.columns, &rows, key)
    }

    /// Rows refused in the first pass, in their order: wrong length, bad key, a key that others have too.
    pub fn problems(&self) -> &Refused {
        &self.problems
    }

    /// The cells of a row as they came, of a refused one too.
    pub fn cells_of_row(&self, row: u64) -> Vec<String> {
        self.table.cells_of_row(row)
    }

    /// Every number of a second numbering and its record, ordered by number; a number that two records have is left out.
    pub(super) fn second_keys(&self, column: K::Column, numbering: &Numbering) -> Vec<(u64, usize)> {
        let mut keys: Vec<(u64, usize)> = Vec::with_capacity(self.len());
        let records = self.index.records_by_place(self.table.rows().len());
        for (place, _, [second]) in self.table.some_cells([self.columns.place(column)]) {
            let record = records.get(place as usize).copied().flatten();
            if let (Some(record), Ok(second)) = (record, KeyNumber::parse(&second, numbering)) {
                keys.push((second.value(), record.get() as usize - 1));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        let doubled: BTreeSet<u64> = keys
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|same| same.len() > 1)
            .filter_map(|same| same.first().map(|(second, _)| *second))
            .collect();
        keys.retain(|(second, _)| !doubled.contains(second));
        keys
    }
}

fn parse<K: Kind>(
    header: &Header,
    columns: &Columns<K::Column>,
    rows: &[Row<'_>],
    key: KeyNumber,
) -> Result<K::Record, Vec<RowProblem>> {
    let mut cells = Cells::new(rows, header, columns);
    let record = K::record(&mut cells, key);
    let problems = cells.into_problems();
    if problems.is_empty() { Ok(record) } else { Err(problems) }
}

/// Whether a file with this header could be one of this kind.
pub(super) fn fits<K: Kind>(header: &Header) -> bool {
    find::<K>(header).is_ok()
}

/// The columns, or why this is not a file of this kind.
fn find<K: Kind>(header: &Header) -> Result<Columns<K::Column>, FileProblem> {
    let mut columns = header.columns(K::TITLES, K::is_other_table)?;
    let is_by_hand = columns.place(K::KEY).is_some_and(|place| header.is_by_hand(place));
    // What a clerk has said about the key is believed.
    if !is_by_hand {
        wrong_slot::check(header, K::SLOT)?;
    }
    let neighbours = if columns.has(K::KEY) { None } else { K::key_by_neighbours(header) };
    if let Some(place) = neighbours {
        columns.put(K::KEY, place, header.title(place));
    }
    if !columns.has(K::KEY) {
        return Err(header.missing(best_title::<K>(K::KEY), K::advice(header)));
    }
    if !K::NAMES.are_apart(&columns) && !columns.has(K::NAMES.whole) {
        let missing = if columns.has(K::NAMES.last) { K::NAMES.first } else { K::NAMES.last };
        return Err(header.missing(best_title::<K>(missing), None));
    }
    Ok(columns)
}

fn best_title<K: Kind>(column: K::Column) -> &'static str {
    let titles = K::TITLES.iter().find(|(known, _)| *known == column);
    titles.and_then(|(_, titles)| titles.first()).map_or("", |title| title)
}

/// A template can have a row of its own above the titles.
fn header_below<K: Kind>(table: &Table<'_>) -> Option<u64> {
    let row = table.row_at(0)?;
    let titles = row.cells.iter().map(|cell| cell.trim().to_owned()).collect();
    find::<K>(&Header::new(titles)).ok().map(|_| row.number)
}

fn note_of(says: &str, titles: &[String]) -> Option<String> {
    (!titles.is_empty()).then(|| format!("{says}: {}.", listed(titles)))
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests;
#[cfg(test)]
pub(super) use tests::shuffled;
