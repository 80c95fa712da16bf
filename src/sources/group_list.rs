//! A Group Membership list: who belongs to which group. Vidigami's two sheets (Groups and Membership), or one plain list
//! with category and group in each row. Leaves who is meant by an ID, and which categories there are, to others.

use std::collections::HashMap;

use super::header::{Alias, Columns};
use super::problem::{FileProblem, RowProblem};
use super::refused::Refused;
use super::shape::FileShape;
use super::table::{Row, Table};

/// What a row names somebody by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NamedBy {
    SonisId,
    StudentNumber,
    UsersDcid,
    PersonId,
    /// Vidigami's Host ID, which its sheets call User ID.
    HostId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    pub row: u64,
    /// The title of the column that names the person, as spelt.
    pub column: String,
    pub by: NamedBy,
    pub id: String,
    /// As they stand in the file.
    pub category: String,
    pub group: String,
}

#[derive(Debug)]
pub struct GroupListFile {
    pub shape: FileShape,
    pub notes: Vec<String>,
    pub rows: Vec<GroupRow>,
    pub problems: Refused,
    /// All rows that are not blank.
    pub row_count: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    SonisId,
    StudentNumber,
    UsersDcid,
    PersonId,
    HostId,
    Category,
    Group,
    GroupId,
}

impl From<Column> for usize {
    fn from(column: Column) -> usize {
        column as usize
    }
}

const TITLES: &[Alias<Column>] = &[
    (Column::SonisId, &["SONIS ID"]),
    (Column::StudentNumber, &["Student_Number"]),
    (Column::UsersDcid, &["Users_DCID"]),
    (Column::PersonId, &["PERSON.ID", "Person ID"]),
    (Column::HostId, &["Host ID", "User ID"]),
    (Column::Category, &["Category"]),
    (Column::Group, &["Group", "Group Name", "Name"]),
    (Column::GroupId, &["Group ID"]),
];

const PEOPLE: [(Column, NamedBy); 5] = [
    (Column::SonisId, NamedBy::SonisId),
    (Column::StudentNumber, NamedBy::StudentNumber),
    (Column::UsersDcid, NamedBy::UsersDcid),
    (Column::PersonId, NamedBy::PersonId),
    (Column::HostId, NamedBy::HostId),
];

fn columns(table: &Table<'_>) -> Result<Columns<Column>, FileProblem> {
    table.header.columns(TITLES, |_| false)
}

/// Reads a list, with Vidigami's sheet of groups where the list names groups by a Group ID.
pub fn read_group_list(list: &[u8], sheet: Option<&[u8]>) -> Result<GroupListFile, FileProblem> {
    let table = Table::read(list)?;
    let columns = columns(&table)?;
    let (column, by) = PEOPLE.into_iter().find(|(c, _)| columns.has(*c)).ok_or_else(|| {
        let advice =
            "Each row names a person: by SONIS ID, Student_Number, Users_DCID, PERSON.ID or Host ID (User ID).";
        table.header.missing("SONIS ID", Some(advice.into()))
    })?;
    let names = match sheet {
        Some(sheet) => Some(Sheet::read(sheet)?),
        None if !columns.has(Column::Group) => {
            let advice =
                "A list that names groups by Group ID needs the sheet of groups beside it (Name, Category, Group ID).";
            return Err(table.header.missing("Group", Some(advice.into())));
        }
        None if !columns.has(Column::Category) => {
            let advice = "It says under which category of the Group Directory the group stands.";
            return Err(table.header.missing("Category", Some(advice.into())));
        }
        None => None,
    };
    if names.is_some() && !columns.has(Column::GroupId) {
        return Err(table.header.missing("Group ID", Some("It is what the sheet of groups calls each group.".into())));
    }
    let mut file = GroupListFile {
        shape: table.shape,
        notes: table.notes.clone(),
        rows: Vec::new(),
        problems: table.problems.clone(),
        row_count: table.row_count(),
    };
    if let Some(names) = &names {
        file.notes.extend(names.notes.iter().cloned());
    }
    for row in table.rows() {
        match read_row(&table, &columns, &row, (column, by), names.as_ref()) {
            Ok(read) => file.rows.push(read),
            Err(problem) => file.problems.push(problem),
        }
    }
    file.problems = std::mem::take(&mut file.problems).in_order();
    Ok(file)
}

fn cell(columns: &Columns<Column>, row: &Row<'_>, column: Column) -> String {
    columns.place(column).map_or_else(String::new, |place| row.cell(place).trim().to_owned())
}

fn read_row(
    table: &Table<'_>,
    columns: &Columns<Column>,
    row: &Row<'_>,
    (column, by): (Column, NamedBy),
    names: Option<&Sheet>,
) -> Result<GroupRow, RowProblem> {
    let title = |c: Column| columns.place(c).map_or("", |place| table.header.title(place));
    let filled = |c: Column, what: &str| {
        let text = cell(columns, row, c);
        let blank = || RowProblem::in_cell(row.number, title(c), "", format!("is blank. {what}"));
        if text.is_empty() { Err(blank()) } else { Ok(text) }
    };
    let id = filled(column, "Say who belongs to the group, or leave the row out.")?;
    let (category, group) = match names {
        Some(names) => {
            let key = filled(Column::GroupId, "Say which group, or leave the row out.")?;
            let found = names.groups.get(&key).cloned();
            found.ok_or_else(|| {
                let reason = "is no Group ID of the sheet of groups. Correct it, or add the group to the sheet.";
                RowProblem::in_cell(row.number, title(Column::GroupId), &key, reason)
            })?
        }
        None => (
            filled(Column::Category, "Say under which category the group stands.")?,
            filled(Column::Group, "Say which group, or leave the row out.")?,
        ),
    };
    Ok(GroupRow { row: row.number, column: title(column).to_owned(), by, id, category, group })
}

/// Vidigami's sheet of groups: what each Group ID is called, under which category.
struct Sheet {
    groups: HashMap<String, (String, String)>,
    notes: Vec<String>,
}

impl Sheet {
    fn read(bytes: &[u8]) -> Result<Sheet, FileProblem> {
        let table = Table::read(bytes)?;
        let columns = columns(&table)?;
        for (column, title) in [(Column::Group, "Name"), (Column::Category, "Category"), (Column::GroupId, "Group ID")]
        {
            if !columns.has(column) {
                let advice = "The sheet of groups has the columns Name, Category and Group ID.";
                return Err(table.header.missing(title, Some(advice.into())));
            }
        }
        let mut sheet = Sheet { groups: HashMap::new(), notes: Vec::new() };
        for row in table.rows() {
            let of = |c: Column| cell(&columns, &row, c);
            let (key, place) = (of(Column::GroupId), (of(Column::Category), of(Column::Group)));
            if key.is_empty() || place.0.is_empty() || place.1.is_empty() {
                sheet
                    .notes
                    .push(format!("Row {} of the sheet of groups lacks a name, a category or a Group ID.", row.number));
            } else if sheet.groups.insert(key.clone(), place).is_some() {
                sheet.notes.push(format!(
                    "Row {} of the sheet of groups has the Group ID {key} again: it counts.",
                    row.number
                ));
            }
        }
        Ok(sheet)
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_list_and_vidigamis_two_sheets_say_the_same() {
        let plain = b"SONIS ID,Category,Group\nNC0001,Clubs,Chess\nNC0002,Arts,Choir\n";
        let plain = read_group_list(plain, None).expect("a list");
        let sheet = b"Name,Category,Group ID\nChess,Clubs,7\nChoir,Arts,8\n";
        let two = read_group_list(b"User ID\tGroup ID\nS1\t7\nS2\t8\n", Some(sheet)).expect("a list");
        let places =
            |f: &GroupListFile| f.rows.iter().map(|r| (r.category.clone(), r.group.clone())).collect::<Vec<_>>();
        assert_eq!(places(&plain), places(&two));
        assert_eq!((plain.rows[0].by, two.rows[0].by), (NamedBy::SonisId, NamedBy::HostId));
    }

    #[test]
    fn what_cannot_be_read_says_row_column_and_what_to_do() {
        let file = read_group_list(b"SONIS ID,Category,Group\n,Clubs,Chess\nNC1,Clubs,\nNC1,Clubs,Chess\n", None)
            .expect("a list");
        let told: Vec<String> = file.problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "Row 2, column SONIS ID: is blank. Say who belongs to the group, or leave the row out.",
                "Row 3, column Group: is blank. Say which group, or leave the row out.",
            ]
        );
        assert_eq!((file.rows.len(), file.row_count), (1, 3));
        let sheet = b"Name,Category,Group ID\nChess,Clubs,7\n";
        let file = read_group_list(b"Host ID,Group ID\nS1,9\n", Some(sheet)).expect("a list");
        assert!(file.problems[0].to_string().contains("\"9\" is no Group ID of the sheet of groups"));
        for (bad, why) in [
            (&b"Name,Category,Group\nA,Clubs,Chess\n"[..], "SONIS ID"),
            (b"SONIS ID,Group\nA,Chess\n", "Category"),
            (b"SONIS ID,Group ID\nA,7\n", "sheet of groups"),
        ] {
            assert!(read_group_list(bad, None).expect_err("no list").to_string().contains(why));
        }
    }
}
