//! The first pass over the rows: every key, and the rows that cannot be taken for their key.
//! Leaves to others: rows of the wrong length (`table`), and the cells of the rows that remain.

use std::marker::PhantomData;

use super::{Entry, HeaderAgain, Index, Kind, differences, doubles, parse};
use crate::sources::header::Columns;
use crate::sources::key_number::KeyNumber;
use crate::sources::problem::RowProblem;
use crate::sources::refused::Refused;
use crate::sources::table::Table;

/// A note per row would drown the others.
const ROWS_NOTED: usize = 20;
/// Far more than somebody has e-mails, telephones, addresses and children together.
const ROWS_OF_ONE: usize = 1000;

pub(super) struct Refusals<'t, K: Kind> {
    table: &'t Table<'t>,
    columns: &'t Columns<K::Column>,
    problems: Refused,
    kind: PhantomData<K>,
}

impl<'t, K: Kind> Refusals<'t, K> {
    /// `problems` are those of rows that could not be cut.
    pub fn new(table: &'t Table<'_>, columns: &'t Columns<K::Column>, problems: Refused) -> Self {
        Self { table, columns, problems, kind: PhantomData }
    }

    /// In order, and a note on the rows whose watched cells disagree.
    pub fn take_keys(&mut self) -> (Vec<Entry>, Option<String>) {
        let watched = K::WATCHED;
        let watched = watched.as_ref();
        let [first, second] =
            watched.map_or([None; 2], |watched| watched.columns.map(|column| self.columns.place(column)));
        let disagree = watched.filter(|_| first.is_some() && second.is_some());
        let header_again = HeaderAgain::new::<K>(&self.table.header, self.columns.place(K::KEY).unwrap_or_default());
        let mut noted = (Vec::new(), 0_usize);
        let mut entries = Vec::with_capacity(self.table.rows().len());
        for (place, number, [key, one, other]) in self.table.some_cells([self.columns.place(K::KEY), first, second]) {
            match KeyNumber::parse(&key, &K::NUMBERING) {
                Ok(key) => entries.push(Entry::new(key, place)),
                Err(reason) => {
                    let row = self.table.row_at(place);
                    if let Some(problem) = row.as_ref().and_then(|row| header_again.problem(row)) {
                        self.problems.push(problem);
                    } else {
                        let title = self.title();
                        self.problems.push(RowProblem::in_cell(number, title, key.trim(), reason));
                        self.tell_other_cells(place);
                    }
                }
            }
            if disagree.is_some_and(|watched| (watched.disagree)(&one, &other)) {
                noted.1 += 1;
                if noted.0.len() < ROWS_NOTED {
                    noted.0.push(number.to_string());
                }
            }
        }
        entries.sort_unstable();
        let note = disagree.filter(|_| noted.1 > 0).map(|watched| {
            let more = match noted.1 - noted.0.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("{} in row {}{more}.", watched.says, noted.0.join(", "))
        });
        (entries, note)
    }

    /// Takes out the keys whose rows clash.
    pub fn refuse_clashing(&mut self, mut entries: Vec<Entry>) -> Index {
        let mut refused: Vec<u64> = Vec::new();
        for rows in entries.chunk_by(Entry::is_same_key).filter(|rows| rows.len() > 1) {
            if self.is_refused(rows) {
                refused.extend(rows.first().map(|entry| entry.key().value()));
            }
        }
        if !refused.is_empty() {
            entries.retain(|entry| refused.binary_search(&entry.key().value()).is_err());
        }
        Index::new(entries)
    }

    fn is_refused(&mut self, entries: &[Entry]) -> bool {
        let problems = match K::REPEATED {
            Some(_) if entries.len() > ROWS_OF_ONE => Some(self.told_of_each(entries, |_, rows| {
                format!(
                    "stands in {} rows, and at most {ROWS_OF_ONE} are read of one {}, so none of them is taken. \
                     Export fewer tables at once.",
                    rows.len(),
                    K::NUMBERING.who
                )
            })),
            Some(compared) => {
                let rows: Vec<_> = entries.iter().filter_map(|entry| self.table.row_at(entry.place)).collect();
                let key = entries.first().map_or(String::new(), |entry| format!("{} {}", self.title(), entry.key()));
                differences::find(&rows, compared, &self.table.header, self.columns, &key)
            }
            None => Some(self.told_of_each(entries, |row, rows| doubles::reason(row, rows, K::NUMBERING.who))),
        };
        let Some(problems) = problems else {
            return false;
        };
        self.problems.extend(problems);
        // What else is wrong with them is told in one go.
        entries.iter().for_each(|entry| self.tell_other_cells(entry.place));
        true
    }

    fn told_of_each(&self, entries: &[Entry], reason: impl Fn(u64, &[u64]) -> String) -> Vec<RowProblem> {
        let rows: Vec<u64> = entries.iter().map(|entry| self.table.number_at(entry.place)).collect();
        let problems = entries
            .iter()
            .zip(&rows)
            .map(|(entry, row)| RowProblem::in_cell(*row, self.title(), &entry.key().as_given(), reason(*row, &rows)));
        problems.collect()
    }

    fn tell_other_cells(&mut self, place: u32) {
        let row = self.table.row_at(place);
        if let Some(Err(problems)) =
            row.map(|row| parse::<K>(&self.table.header, self.columns, &[row], KeyNumber::new(0, 1)).map(|_| ()))
        {
            self.problems.extend(problems);
        }
    }

    fn title(&self) -> &'t str {
        self.columns.place(K::KEY).map_or("", |place| self.table.header.title(place))
    }

    /// In the order of the rows.
    pub fn told(self) -> Refused {
        self.problems.in_order()
    }
}
