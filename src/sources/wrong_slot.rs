//! Recognises a file that was given in the place of another, by the titles that only one kind of list has.
//! Leaves to others: columns that are missing from a file in the right place.

use super::extract;
use super::header::{ColumnName, Header};
use super::header_map::HeaderMap;
use super::powerschool_parents::Parents;
use super::powerschool_students::Students;
use super::powerschool_teachers::Teachers;
use super::problem::FileProblem;
use super::slot::Slot;
use super::table::Table;

/// Titles named as evidence; more would not be read.
const NAMED: usize = 3;

const OF_STUDENTS: &[&str] =
    &["student number", "enroll status", "grade level", "classof", "sched yearofgraduation", "sched nextyeargrade"];
const OF_STAFF: &[&str] = &["users dcid", "teachernumber", "homeschoolid", "staffstatus", "sif stateprid"];
const OF_CONTACTS: &[&str] = &["contact id", "new contact identifier", "person id", "guardianid", "relationship type"];
const NAMES: &[&str] = &["last name", "first name", "lastfirst"];

const TABLES_OF_STUDENTS: &[&str] = &["students", "1"];
const TABLES_OF_STAFF: &[&str] = &["users", "teachers", "schoolstaff", "5"];
const TABLES_OF_PARENTS: &[&str] = &["person", "guardian"];

/// What the titles speak for.
struct Evidence<'h> {
    header: &'h Header,
}

pub(super) fn check(header: &Header, given: Slot) -> Result<(), FileProblem> {
    let evidence = Evidence { header };
    if evidence.of(given).is_some() {
        return Ok(());
    }
    let others = Slot::ALL.iter().filter(|slot| **slot != given);
    match others.filter_map(|slot| Some((*slot, evidence.of(*slot)?))).next() {
        Some((looks_like, because)) => Err(FileProblem::WrongSlot { given, looks_like, because }),
        None => Ok(()),
    }
}

/// The lists that a file can be by its titles, the likeliest first; none where they say nothing, or it cannot be read.
pub fn recognise(bytes: &[u8], map: &HeaderMap) -> Vec<Slot> {
    let Ok(table) = Table::read(beginning(bytes)) else { return Vec::new() };
    let by_itself = |slot: &Slot| Evidence { header: &table.header }.of(*slot).is_some();
    let found: Vec<Slot> = Slot::ALL.iter().copied().filter(by_itself).collect();
    if !found.is_empty() {
        return found;
    }
    // Titles of which a clerk has said what they mean.
    let by_map = |slot: &Slot| {
        let mut header = table.header.clone();
        header.map_by_hand(map, *slot);
        Evidence { header: &header }.of(*slot).is_some() || fits(&header, *slot)
    };
    let found: Vec<Slot> = Slot::ALL.iter().copied().filter(by_map).collect();
    // Titles that would do for several lists tell of none.
    if found.len() == 1 { found } else { Vec::new() }
}

/// Whether the columns would do for such a list.
fn fits(header: &Header, slot: Slot) -> bool {
    match slot {
        Slot::Students => extract::fits::<Students>(header),
        Slot::Teachers => extract::fits::<Teachers>(header),
        Slot::Parents => extract::fits::<Parents>(header),
        // Its pairs of titles are evidence already.
        Slot::Relationships => false,
    }
}

/// Some whole rows: enough for the titles, and little enough for a look in passing.
fn beginning(bytes: &[u8]) -> &[u8] {
    const ENOUGH: usize = 64 * 1024;
    let Some(start) = bytes.get(..ENOUGH) else { return bytes };
    let wide = if start.starts_with(&[0xff, 0xfe]) { 2 } else { 1 };
    match start.iter().rposition(|b| matches!(b, b'\n' | b'\r')) {
        Some(end) => bytes.get(..end + wide).unwrap_or(start),
        None => bytes,
    }
}

impl Evidence<'_> {
    /// The titles that make this a list of that kind.
    fn of(&self, slot: Slot) -> Option<Vec<String>> {
        let titles = match slot {
            Slot::Students => self.students(),
            Slot::Teachers => self.staff(),
            Slot::Parents => self.parents(),
            Slot::Relationships => self.pairs(),
        };
        (!titles.is_empty()).then(|| titles.into_iter().take(NAMED).collect())
    }

    /// A list of contacts carries the numbers of their students; the names in it are the contacts' then.
    fn students(&self) -> Vec<String> {
        let has_contacts = !self.contacts().is_empty();
        if has_contacts && self.names_in(TABLES_OF_STUDENTS).is_empty() {
            return Vec::new();
        }
        let mut titles = self.titled(OF_STUDENTS, TABLES_OF_STUDENTS);
        titles.extend(self.names_in(TABLES_OF_STUDENTS));
        titles
    }

    /// A student's row may name the teacher: `[05]TeacherNumber`.
    fn staff(&self) -> Vec<String> {
        if !self.titled(OF_STUDENTS, TABLES_OF_STUDENTS).is_empty() || !self.contacts().is_empty() {
            return Vec::new();
        }
        let mut titles = self.titled(OF_STAFF, TABLES_OF_STAFF);
        titles.extend(self.names_in(TABLES_OF_STAFF));
        titles
    }

    fn parents(&self) -> Vec<String> {
        let has_names = self.any(|name| is_one_of(name, NAMES) && !is_of(name, TABLES_OF_STUDENTS));
        let contacts = self.contacts();
        if has_names && self.names_in(TABLES_OF_STAFF).is_empty() { contacts } else { Vec::new() }
    }

    fn pairs(&self) -> Vec<String> {
        for (student, parent) in
            [("host id student", "host id parent"), ("studentdcid", "personid"), ("studentsdcid", "guardianid")]
        {
            if self.any(|name| name.has_name(student)) && self.any(|name| name.has_name(parent)) {
                return self.select(|name| name.has_name(student) || name.has_name(parent));
            }
        }
        let has_student = self.any(|name| name.has_name("student number"));
        let contacts = self.contacts();
        if has_student && !contacts.is_empty() {
            let mut titles = self.select(|name| name.has_name("student number"));
            titles.extend(contacts);
            return titles;
        }
        Vec::new()
    }

    fn contacts(&self) -> Vec<String> {
        self.select(|name| is_one_of(name, OF_CONTACTS) || is_of(name, TABLES_OF_PARENTS))
    }

    fn names_in(&self, tables: &[&str]) -> Vec<String> {
        self.select(|name| is_one_of(name, NAMES) && is_of(name, tables))
    }

    /// Titles without a table, or of these tables.
    fn titled(&self, names: &[&str], tables: &[&str]) -> Vec<String> {
        self.select(|name| is_one_of(name, names) && (name.table.is_none() || is_of(name, tables)))
    }

    fn any(&self, wanted: impl Fn(&ColumnName) -> bool) -> bool {
        self.header.names().iter().any(wanted)
    }

    fn select(&self, wanted: impl Fn(&ColumnName) -> bool) -> Vec<String> {
        let titled = self.header.names().iter().zip(self.header.titles());
        titled.filter(|(name, _)| wanted(name)).map(|(_, title)| title.clone()).collect()
    }
}

fn is_one_of(name: &ColumnName, names: &[&str]) -> bool {
    names.iter().any(|known| name.has_name(known))
}

fn is_of(name: &ColumnName, tables: &[&str]) -> bool {
    name.table.as_deref().is_some_and(|table| tables.contains(&table))
}

#[cfg(test)]
#[path = "wrong_slot_tests.rs"]
mod tests;
