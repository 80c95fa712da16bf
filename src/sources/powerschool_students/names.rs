//! A student's name, from columns of its own or from "Last, First Middle".
//! Leaves to others: preferred names, and how a name is shown.

use super::cells::Cells;
use super::columns::Column;
use crate::sources::cell::{self, Reason};

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Name {
    /// Either of these two is empty for a person with a single name.
    pub last: String,
    pub first: String,
    pub middle: Option<String>,
}

pub(super) fn read(cells: &mut Cells<'_>) -> Name {
    if cells.columns.names_apart { from_own_columns(cells) } else { from_last_first(cells) }
}

fn from_own_columns(cells: &mut Cells<'_>) -> Name {
    // A bad cell is not a blank one, and is named once.
    let was_bad = cells.bad_cells();
    let last = cells.text(Column::LastName);
    let first = cells.text(Column::FirstName);
    if last.is_none() && first.is_none() && cells.bad_cells() == was_bad {
        cells.refuse(
            Column::LastName,
            "",
            "the last and the first name are both blank. Fill in at least one in PowerSchool and export again.",
        );
    }
    Name { last: last.unwrap_or_default(), first: first.unwrap_or_default(), middle: cells.text(Column::MiddleName) }
}

fn from_last_first(cells: &mut Cells<'_>) -> Name {
    let middle = cells.text(Column::MiddleName);
    let Some(whole) = cells.read(Column::LastFirst, whole_name) else {
        return Name::default();
    };
    let (last, given) = whole.split_once(',').unwrap_or((&whole, ""));
    let (last, given) = (last.trim(), given.trim());
    let (first, middle) = if cells.columns.has(Column::MiddleName) {
        (without_middle(given, middle.as_deref()), middle)
    } else {
        match given.split_once(char::is_whitespace) {
            Some((first, rest)) => (first, Some(rest.trim().to_owned())),
            None => (given, None),
        }
    };
    Name { last: last.to_owned(), first: first.to_owned(), middle }
}

/// With a column for the middle name, only that much is taken off the end: "Mary Ann" stays a first name.
fn without_middle<'n>(given: &'n str, middle: Option<&str>) -> &'n str {
    middle
        .and_then(|middle| given.strip_suffix(middle))
        .filter(|first| first.ends_with(char::is_whitespace))
        .map_or(given, str::trim_end)
}

fn whole_name(cell: &str) -> Result<Option<String>, Reason> {
    match cell::text(cell)? {
        Some(name) if name.contains(|c: char| c != ',' && !c.is_whitespace()) => Ok(Some(name)),
        _ => Err("holds no name. Fill it in in PowerSchool and export again.".into()),
    }
}
