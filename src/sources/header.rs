//! The titles of a file's columns, and which wanted column each of them is.
//! Leaves to others: which columns a source wants and under which names they are met.

use std::marker::PhantomData;

use super::header_map::HeaderMap;
use super::nearest::nearest;
use super::problem::FileProblem;
use super::slot::Slot;

/// A title taken apart: `STUDENTS.Student_Number`, `[39]Name`, `student number`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnName {
    /// The table's name or number in small letters, without leading zeros.
    pub table: Option<String>,
    /// Small letters, `_` as blank, no quotes.
    pub name: String,
}

impl ColumnName {
    pub fn parse(title: &str) -> Self {
        let title = title.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\u{FEFF}'));
        let (table, name) = split_table(title);
        Self { table: table.map(|t| spelling(t.trim_start_matches('0'))), name: spelling(name) }
    }

    /// `FIRSTNAME`, `First_Name` and `firstName` are one name: exports differ in blanks as in capitals.
    pub fn has_name(&self, name: &str) -> bool {
        letters(&self.name).eq(letters(name))
    }

    pub fn is_same(&self, other: &ColumnName) -> bool {
        self.table == other.table && self.has_name(&other.name)
    }

    /// Equal for all spellings of one title.
    pub fn key(&self) -> String {
        let name = letters(&self.name);
        match &self.table {
            Some(table) => table.chars().chain(std::iter::once('.')).chain(name).collect(),
            None => name.collect(),
        }
    }

    fn is(&self, alias: &ColumnName, is_other_table: fn(&str) -> bool) -> bool {
        self.has_name(&alias.name)
            && match (&self.table, &alias.table) {
                (table, Some(_)) => *table == alias.table,
                (None, None) => true,
                (Some(table), None) => !is_other_table(table),
            }
    }
}

fn split_table(title: &str) -> (Option<&str>, &str) {
    if let Some((table, name)) = title.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (Some(table.trim()), name);
    }
    match title.rsplit_once('.') {
        // "St. Name" and "No." are titles with a full stop, not a field of a table.
        Some((table, name))
            if !name.is_empty() && !table.is_empty() && !table.contains(' ') && !name.starts_with(' ') =>
        {
            (Some(table), name)
        }
        _ => (None, title),
    }
}

fn spelling(name: &str) -> String {
    let blanks = name.replace(['_', '"'], " ").to_lowercase();
    blanks.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| *c != ' ')
}

/// A wanted column and the titles it is met under, the best first. An alias with a table
/// (`[39]Name`) means that table only; one without means any but another table.
pub type Alias<F> = (F, &'static [&'static str]);

#[derive(Debug, Clone)]
pub struct Header {
    spelt: Vec<String>,
    names: Vec<ColumnName>,
    /// Places that a clerk has mapped; they win over every title that fits by itself.
    by_hand: Vec<usize>,
}

/// Which column of the file holds which wanted field. A field is numbered, because this is asked
/// for every cell of a million rows.
#[derive(Debug, Clone)]
pub struct Columns<F> {
    places: Vec<Option<usize>>,
    /// Titles that nothing asked for, as spelt.
    pub unused: Vec<String>,
    field: PhantomData<F>,
}

impl<F: Into<usize>> Columns<F> {
    pub fn place(&self, field: F) -> Option<usize> {
        self.places.get(field.into()).copied().flatten()
    }

    pub fn has(&self, field: F) -> bool {
        self.place(field).is_some()
    }

    /// For a column that only its neighbours make recognisable.
    pub(super) fn put(&mut self, field: F, place: usize, title: &str) {
        if let Some(held) = self.places.get_mut(field.into()) {
            *held = Some(place);
            self.unused.retain(|unused| unused != title);
        }
    }
}

impl Header {
    pub fn new(spelt: Vec<String>) -> Self {
        let names = spelt.iter().map(|title| ColumnName::parse(title)).collect();
        Self { spelt, names, by_hand: Vec::new() }
    }

    /// Takes the hand-made meanings over. Gives back the titles of the map that this file does not have.
    pub(super) fn map_by_hand(&mut self, map: &HeaderMap, slot: Slot) -> Vec<String> {
        let mut absent = Vec::new();
        for mapped in map.of(slot) {
            let met = self.names.iter().position(|name| name.is_same(&mapped.name));
            match met.and_then(|place| Some((place, self.names.get_mut(place)?))) {
                Some((place, name)) => {
                    *name = ColumnName::parse(mapped.means);
                    self.by_hand.push(place);
                }
                None => absent.push(mapped.title.clone()),
            }
        }
        absent
    }

    pub(super) fn is_by_hand(&self, place: usize) -> bool {
        self.by_hand.contains(&place)
    }

    pub fn names(&self) -> &[ColumnName] {
        &self.names
    }

    pub fn len(&self) -> usize {
        self.spelt.len()
    }

    pub fn is_empty(&self) -> bool {
        self.spelt.is_empty()
    }

    pub fn titles(&self) -> &[String] {
        &self.spelt
    }

    /// As spelt in the file.
    pub fn title(&self, column: usize) -> &str {
        self.spelt.get(column).map_or("", |title| title)
    }

    /// The columns whose name is one of `names`, whatever table they are from.
    pub fn all_named(&self, names: &[&str]) -> Vec<&str> {
        let columns = self.names.iter().zip(&self.spelt);
        let is_one = |column: &ColumnName| names.iter().any(|name| column.has_name(name));
        columns.filter(|(column, _)| is_one(column)).map(|(_, title)| title.as_str()).collect()
    }

    /// A column of another table is another person's: `[05]Email_Addr` in a file of students is a
    /// teacher's address. `is_other_table` gets the table as `ColumnName` spells it.
    pub fn columns<F: Copy + Into<usize>>(
        &self,
        wanted: &[Alias<F>],
        is_other_table: fn(&str) -> bool,
    ) -> Result<Columns<F>, FileProblem> {
        let count = wanted.iter().map(|(field, _)| (*field).into() + 1).max();
        let mut places = vec![None; count.unwrap_or_default()];
        for (field, aliases) in wanted {
            let met = self.first_met(aliases, is_other_table)?;
            if let Some(place) = places.get_mut((*field).into()) {
                *place = met;
            }
        }
        let unused = (0..self.len()).filter(|column| !places.contains(&Some(*column)));
        let unused = unused.map(|column| self.title(column).to_owned());
        Ok(Columns { unused: unused.filter(|title| !title.is_empty()).collect(), places, field: PhantomData })
    }

    fn first_met(&self, aliases: &[&str], is_other_table: fn(&str) -> bool) -> Result<Option<usize>, FileProblem> {
        let by_hand = aliases.iter().map(|spelt| (spelt, true));
        for (spelt, only_by_hand) in by_hand.chain(aliases.iter().map(|spelt| (spelt, false))) {
            let alias = ColumnName::parse(spelt);
            let mut met = (0..self.len())
                .filter(|column| !only_by_hand || self.is_by_hand(*column))
                .filter(|column| self.names.get(*column).is_some_and(|name| name.is(&alias, is_other_table)));
            match (met.next(), met.next()) {
                (Some(first), Some(second)) => {
                    return Err(FileProblem::SameColumnTwice {
                        name: (*spelt).to_owned(),
                        first: self.title(first).to_owned(),
                        second: self.title(second).to_owned(),
                    });
                }
                (Some(only), None) => return Ok(Some(only)),
                (None, _) => {}
            }
        }
        Ok(None)
    }

    pub fn missing(&self, column: &str, advice: Option<String>) -> FileProblem {
        let wanted = ColumnName::parse(column).name;
        let place = nearest(&wanted, self.names.iter().map(|name| name.name.as_str()));
        FileProblem::MissingColumn {
            column: column.to_owned(),
            found: self.spelt.clone(),
            nearest: place.map(|place| self.title(place).to_owned()),
            advice,
        }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
#[path = "header_tests.rs"]
mod tests;
