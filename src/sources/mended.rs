//! The download of blocked rows, mended in a spreadsheet and given again: known by the columns that this program added.
//! Leaves to others: writing the download, and what it means for a sync that a file is one.

use super::header::ColumnName;

/// Why a row was blocked. Other programs have such a title too, so it is no mark by itself.
pub const REASON: &str = "Reason";
/// The run that blocked the row, and the cause in one word: `12 shared_email`. No other program has such a title.
pub const RUN: &str = "Blocked in Crosswalk run";

/// Where the added columns are in such a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marks {
    pub run: usize,
    reason: Option<usize>,
}

impl Marks {
    /// Takes the added titles out of a header, so that nothing asks for them; none where it is any other file.
    pub fn take(titles: &mut [String]) -> Option<Marks> {
        let is = |title: &String, name: &str| ColumnName::parse(title).key() == ColumnName::parse(name).key();
        let run = titles.iter().rposition(|title| is(title, RUN))?;
        // A list may have a column of that title itself: ours was added after it.
        let reason = titles.iter().rposition(|title| is(title, REASON));
        let marks = Marks { run, reason };
        for (place, title) in titles.iter_mut().enumerate() {
            if marks.holds(place) {
                title.clear();
            }
        }
        Some(marks)
    }

    /// What was in the file before the columns were added.
    pub fn without<T>(&self, cells: impl IntoIterator<Item = T>) -> Vec<T> {
        cells.into_iter().enumerate().filter(|(place, _)| !self.holds(*place)).map(|(_, cell)| cell).collect()
    }

    fn holds(&self, place: usize) -> bool {
        place == self.run || self.reason == Some(place)
    }

    /// For the receipt. The cell is the file's, so only a number of it is repeated.
    pub fn note(cell: Option<&str>) -> String {
        let run = cell
            .and_then(|c| c.split_whitespace().next()?.parse::<u32>().ok())
            .map(|n| format!(" of run {n}"))
            .unwrap_or_default();
        format!(
            "These are the blocked rows{run}, mended: only these people are looked at, and nobody is taken for gone. \
             The columns that were added to them are not read."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Table;

    fn titles(all: &[&str]) -> Vec<String> {
        all.iter().map(|t| (*t).to_owned()).collect()
    }

    #[test]
    fn the_added_columns_are_known_wherever_a_spreadsheet_has_put_them() {
        for (header, own) in [
            (vec!["ID", "Name", "Reason", "Blocked in Crosswalk run"], vec!["ID", "Name"]),
            (vec!["blocked_in_crosswalk_run", "ID", "REASON", "Name", "My notes"], vec!["ID", "Name", "My notes"]),
            (vec!["Reason", "ID", "Reason", "Blocked in Crosswalk run"], vec!["Reason", "ID"]),
            (vec!["ID", "Blocked in Crosswalk run"], vec!["ID"]),
        ] {
            let mut all = titles(&header);
            let marks = Marks::take(&mut all);
            assert_eq!(marks.map(|m| m.without(all)), Some(titles(&own)), "{header:?}");
        }
        for other in [vec!["ID", "Name", "Reason"], vec!["ID", "[1]Blocked in Crosswalk run"], vec![]] {
            let mut all = titles(&other);
            assert_eq!((Marks::take(&mut all), all), (None, titles(&other)));
        }
    }

    #[test]
    fn a_table_gives_its_rows_back_without_them() {
        let file = "\u{feff}ID;Name;Reason;Blocked in Crosswalk run;\r\n7;Núñez;is shared;12 shared_email;\r\n";
        let read = Table::read(file.as_bytes());
        assert!(read.as_ref().is_ok_and(Table::is_mended));
        let told = read.map(|t| (t.titles.clone(), t.cells_of_row(2), t.notes.join(" ")));
        assert!(told.is_ok_and(|(titles, cells, notes)| titles == ["ID", "Name", ""]
            && cells == ["7", "Núñez", ""]
            && notes.contains("of run 12")));
    }
}
