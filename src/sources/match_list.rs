//! A match list: the old ID, the new ID and the member type of each user of a returning school -> typed rows and row errors.
//! Leaves to others: whose IDs these are, and whether the new ones are free.

use super::cell::{self, Reason};
use super::header::{Alias, Columns};
use super::problem::{FileProblem, RowProblem};
use super::refused::Refused;
use super::shape::FileShape;
use super::slot::Slot;
use super::table::{Row, Table};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Old,
    New,
    MemberType,
}

impl From<Column> for usize {
    fn from(column: Column) -> usize {
        column as usize
    }
}

/// Best title first; messages use it.
const TITLES: &[Alias<Column>] = &[
    (
        Column::Old,
        &[
            "Old ID",
            "Old Host ID",
            "Current ID",
            "Current Host ID",
            "Previous ID",
            "Previous Host ID",
            "Existing ID",
            "From",
            "Old",
        ],
    ),
    (
        Column::New,
        &["New ID", "New Host ID", "Updated ID", "Updated Host ID", "Corresponding ID", "PowerSchool ID", "To", "New"],
    ),
    (Column::MemberType, &["Member Type", "Membership Type", "User Type", "Member", "Type", "Role"]),
];

/// A row that can be read. `of` is the extract in which such people are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchRow {
    pub row: u64,
    pub old: String,
    pub new: String,
    pub of: Slot,
}

/// A match list, opened. The titles of the two columns of IDs are as the file spells them.
#[derive(Debug)]
pub struct MatchListFile<'b> {
    pub rows: Vec<MatchRow>,
    pub problems: Refused,
    pub old_title: String,
    pub new_title: String,
    pub type_title: String,
    table: Table<'b>,
}

impl<'b> MatchListFile<'b> {
    pub fn open(bytes: &'b [u8]) -> Result<MatchListFile<'b>, FileProblem> {
        let table = Table::read(bytes)?;
        let columns = table.header.columns(TITLES, |_| false)?;
        let place = |column: Column, name: &str, advice: &str| {
            columns.place(column).ok_or_else(|| table.header.missing(name, Some(advice.to_owned())))
        };
        let old = place(Column::Old, "Old ID", "It is the ID that the person has now.")?;
        let new = place(Column::New, "New ID", "It is the ID that the person is to have.")?;
        let of = place(Column::MemberType, "Member Type", "It says Student, Teacher or Parent in each row.")?;
        let title = |place: usize| table.header.title(place).to_owned();
        let (old_title, new_title, type_title) = (title(old), title(new), title(of));
        let mut problems = table.problems.clone();
        let mut rows = Vec::with_capacity(table.rows().len());
        for row in table.rows() {
            match read(&table, &columns, &row) {
                Ok(read) => rows.push(read),
                Err(wrong) => problems.extend(wrong),
            }
        }
        Ok(MatchListFile { rows, problems: problems.in_order(), old_title, new_title, type_title, table })
    }

    pub fn row_count(&self) -> u64 {
        self.table.row_count()
    }

    pub fn header(&self) -> &[String] {
        self.table.header.titles()
    }

    pub fn shape(&self) -> FileShape {
        self.table.shape
    }

    pub fn notes(&self) -> &[String] {
        &self.table.notes
    }

    pub fn cells_of_row(&self, row: u64) -> Vec<String> {
        self.table.cells_of_row(row)
    }
}

/// Every bad cell of a row, or the row.
fn read(table: &Table<'_>, columns: &Columns<Column>, row: &Row<'_>) -> Result<MatchRow, Vec<RowProblem>> {
    let mut wrong = Vec::new();
    let mut take = |column: Column, f: &dyn Fn(&str) -> Result<String, Reason>| {
        let place = columns.place(column).unwrap_or(usize::MAX);
        let cell = row.cell(place);
        f(cell).unwrap_or_else(|reason| {
            wrong.push(RowProblem::in_cell(row.number, table.header.title(place), cell, reason));
            String::new()
        })
    };
    let old = take(Column::Old, &|c| id(c, "Write the ID that the person has now, or take the row out."));
    let new = take(Column::New, &|c| id(c, "Write the ID that the person is to have, or take the row out."));
    let of = take(Column::MemberType, &|c| match cell::line(c)? {
        None => Err("the cell is blank. Write Student, Teacher or Parent.".into()),
        Some(text) if slot(text).is_some() => Ok(text.to_owned()),
        Some(_) => Err("is no member type. Write Student, Teacher or Parent.".into()),
    });
    match slot(&of) {
        Some(of) if wrong.is_empty() => Ok(MatchRow { row: row.number, old, new, of }),
        _ => Err(wrong),
    }
}

fn id(cell: &str, advice: &str) -> Result<String, Reason> {
    cell::line(cell)?.map(str::to_owned).ok_or_else(|| format!("the cell is blank. {advice}").into())
}

/// The member type as schools and vendors write it.
fn slot(text: &str) -> Option<Slot> {
    let letters: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    match letters.as_str() {
        "student" | "students" | "pupil" | "s" => Some(Slot::Students),
        "staff" | "teacher" | "teachers" | "faculty" | "staffmember" | "teacherstaff" | "staffteacher" | "employee"
        | "t" => Some(Slot::Teachers),
        "parent" | "parents" | "guardian" | "guardians" | "parentguardian" | "p" => Some(Slot::Parents),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    fn open(text: &str) -> (Vec<MatchRow>, Vec<String>) {
        let list = MatchListFile::open(text.as_bytes()).expect("a list");
        (list.rows, list.problems.iter().map(ToString::to_string).collect())
    }

    fn row(row: u64, old: &str, new: &str, of: Slot) -> MatchRow {
        MatchRow { row, old: old.into(), new: new.into(), of }
    }

    #[test]
    fn a_list_is_read_under_the_titles_that_schools_write() {
        let tabs = "Old Host ID\tNew Host ID\tMember Type\tName\n 2038788 \tS2038788\tStudent\tAda\n";
        assert_eq!(open(tabs), (vec![row(2, "2038788", "S2038788", Slot::Students)], vec![]));
        let commas = "member_type,old_id,new_id\r\nParent/Guardian,7,P7\r\nFACULTY,8,T8\r\n";
        assert_eq!(open(commas).0, [row(2, "7", "P7", Slot::Parents), row(3, "8", "T8", Slot::Teachers)]);
    }

    #[test]
    fn every_bad_cell_is_named_and_the_other_rows_go_in() {
        let (rows, problems) = open("Old ID,New ID,Member Type\n,S1,Student\n2,,Alumnus\n3,S3,Student\n4,S4\n");
        assert_eq!(rows, [row(4, "3", "S3", Slot::Students)]);
        assert_eq!(problems.len(), 4, "{problems:?}");
        assert_eq!(
            problems[0],
            "Row 2, column Old ID: the cell is blank. Write the ID that the person has now, or take the row out."
        );
        assert!(problems[1].starts_with("Row 3, column New ID: the cell is blank."));
        assert_eq!(
            problems[2],
            "Row 3, column Member Type: \"Alumnus\" is no member type. Write Student, Teacher or Parent."
        );
        assert!(problems[3].starts_with("Row 5"));
    }

    #[test]
    fn a_missing_column_is_named_with_what_it_is_for() {
        let problem = MatchListFile::open(b"Old ID,Member Type\n1,Student\n").expect_err("no new IDs");
        assert!(
            problem.to_string().starts_with("The column New ID is missing. The file has: Old ID, Member Type."),
            "{problem}"
        );
        let twice = MatchListFile::open(b"Old ID,old_id,New ID,Member Type\n1,1,2,Student\n").expect_err("twice");
        assert!(matches!(twice, FileProblem::SameColumnTwice { .. }));
    }
}
