//! A person's name, from columns of its own or from "Last, First Middle".
//! Leaves to others: preferred names, and how a name is shown.

use super::cells::Cells;
use crate::sources::cell;
use crate::sources::header::Columns;

/// Under which columns a kind of file has the names.
pub struct NameColumns<C> {
    pub last: C,
    pub first: C,
    pub middle: C,
    /// "Last, First Middle".
    pub whole: C,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::sources) struct Name {
    /// Either of these two is empty for a person with a single name.
    pub last: String,
    pub first: String,
    pub middle: Option<String>,
}

impl<C: Copy + Into<usize>> NameColumns<C> {
    /// Columns of their own win over a whole name.
    pub(super) fn are_apart(&self, columns: &Columns<C>) -> bool {
        columns.has(self.last) && columns.has(self.first)
    }

    pub(in crate::sources) fn has_middle(&self, columns: &Columns<C>) -> bool {
        columns.has(self.middle) || !self.are_apart(columns)
    }

    pub(in crate::sources) fn read(&self, cells: &mut Cells<'_, C>) -> Name {
        if self.are_apart(cells.columns) { self.apart(cells) } else { self.taken_apart(cells) }
    }

    fn apart(&self, cells: &mut Cells<'_, C>) -> Name {
        // A bad cell is not a blank one, and is named once.
        let was_bad = cells.bad_cells();
        let last = cells.text(self.last);
        let first = cells.text(self.first);
        if last.is_none() && first.is_none() && cells.bad_cells() == was_bad {
            cells.refuse(
                self.last,
                "the last and the first name are both blank. Fill in at least one in PowerSchool and export again.",
            );
        }
        Name { last: last.unwrap_or_default(), first: first.unwrap_or_default(), middle: cells.text(self.middle) }
    }

    fn taken_apart(&self, cells: &mut Cells<'_, C>) -> Name {
        let was_bad = cells.bad_cells();
        let middle = cells.text(self.middle);
        let holds_letters = |name: &&str| name.contains(|c: char| c != ',' && !c.is_whitespace());
        let whole = cells.read(self.whole, |cell| Ok(cell::line(cell)?.filter(holds_letters)));
        let Some(whole) = whole else {
            if cells.bad_cells() == was_bad {
                cells.refuse(self.whole, "holds no name. Fill it in in PowerSchool and export again.");
            }
            return Name::default();
        };
        let (last, given) = whole.split_once(',').unwrap_or((whole, ""));
        let (last, given) = (last.trim(), given.trim());
        let (first, middle) = if cells.columns.has(self.middle) {
            (without_middle(given, middle.as_deref()), middle)
        } else {
            match given.split_once(char::is_whitespace) {
                Some((first, rest)) => (first, Some(rest.trim().to_owned())),
                None => (given, None),
            }
        };
        Name { last: last.to_owned(), first: first.to_owned(), middle }
    }
}

/// With a column for the middle name, only that much is taken off the end: "Mary Ann" stays a first name.
fn without_middle<'n>(given: &'n str, middle: Option<&str>) -> &'n str {
    middle
        .and_then(|middle| given.strip_suffix(middle))
        .filter(|first| first.ends_with(char::is_whitespace))
        .map_or(given, str::trim_end)
}
