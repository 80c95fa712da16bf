//! Titles that a clerk has mapped by hand to a column the program knows, for files with titles of a school's own.
//! Leaves to others: keeping the map, and matching titles that need no help (`header`).

use super::header::ColumnName;
use super::known::known_columns;
use super::nearest::nearest;
use super::slot::Slot;

/// Two titles for every column that a file may have.
const MAX_LINES: usize = 1000;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeaderMap {
    entries: Vec<Mapped>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    pub slot: Slot,
    /// As the clerk spelt it.
    pub title: String,
    /// The title of a known column.
    pub means: &'static str,
    pub(super) name: ColumnName,
}

/// A line of a map that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Line {line} of the map: {reason}")]
pub struct MapProblem {
    pub line: usize,
    pub reason: String,
}

impl HeaderMap {
    /// Lines of `students: Their title = Student_Number`; blank lines and lines that begin with `#` say nothing.
    pub fn parse(text: &str) -> Result<Self, MapProblem> {
        let mut map = Self::default();
        let text = text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n").replace('\r', "\n");
        for (line, content) in (1..).zip(text.lines()) {
            if line > MAX_LINES {
                let reason = format!("a map has at most {MAX_LINES} lines. Is this the map, and not the file itself?");
                return Err(MapProblem { line, reason });
            }
            let content = content.trim();
            if !content.is_empty() && !content.starts_with('#') {
                map.take_line(content).map_err(|reason| MapProblem { line, reason })?;
            }
        }
        Ok(map)
    }

    fn take_line(&mut self, line: &str) -> Result<(), String> {
        // A title may hold colons and equals signs itself; a slot and a known column hold neither.
        let parts = line.split_once(':').and_then(|(slot, rest)| Some((slot, rest.rsplit_once('=')?)));
        let Some((slot, (title, means))) = parts else {
            return Err("it is not like \"students: Their title = Student_Number\".".to_owned());
        };
        let slot = slot.trim();
        let Some(known) = Slot::parse(&slot.to_lowercase()) else {
            let codes: Vec<&str> = Slot::ALL.iter().map(|slot| slot.code()).collect();
            return Err(format!("\"{slot}\" is none of {}.", codes.join(", ")));
        };
        self.set(known, title, means)
    }

    /// The reason goes to the clerk.
    pub fn set(&mut self, slot: Slot, title: &str, means: &str) -> Result<(), String> {
        let (title, means) = (title.trim(), means.trim());
        let name = ColumnName::parse(title);
        if name.name.is_empty() {
            return Err("the title on the left is blank.".to_owned());
        }
        let known = known_columns(slot);
        let wanted = ColumnName::parse(means);
        let Some(column) = known.iter().find(|column| ColumnName::parse(column.title).is_same(&wanted)) else {
            let near = nearest(&wanted.name, known.iter().map(|column| column.title))
                .and_then(|place| known.get(place))
                .map(|column| format!(" The nearest is {}.", column.title));
            let titles: Vec<&str> = known.iter().map(|column| column.title).collect();
            return Err(format!(
                "\"{means}\" is no column of {slot} that is read.{} Known are: {}.",
                near.unwrap_or_default(),
                titles.join(", ")
            ));
        };
        let taken = self.entries.iter().find(|entry| entry.slot == slot && entry.name.is_same(&name));
        if let Some(other) = taken.filter(|other| other.means != column.title) {
            return Err(format!("\"{title}\" already means {} further up.", other.means));
        }
        if taken.is_none() {
            self.entries.push(Mapped { slot, title: title.to_owned(), means: column.title, name });
        }
        Ok(())
    }

    pub fn entries(&self) -> &[Mapped] {
        &self.entries
    }

    pub(super) fn of(&self, slot: Slot) -> impl Iterator<Item = &Mapped> {
        self.entries.iter().filter(move |entry| entry.slot == slot)
    }

    /// Equal for all spellings of a title, for whoever keeps the map.
    pub fn title_key(title: &str) -> String {
        ColumnName::parse(title).key()
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    fn reason(text: &str) -> String {
        HeaderMap::parse(text).expect_err(text).to_string()
    }

    #[test]
    fn a_map_is_read_with_comments_blanks_and_odd_titles() {
        let text =
            "\u{feff}# ours\r\n\r\nStudents: Schüler-Nr: neu = alt = student number\r\nteachers:Staff No=Users_DCID\r";
        let map = HeaderMap::parse(text).expect("a map");
        let read: Vec<(Slot, &str, &str)> = map.entries().iter().map(|m| (m.slot, m.title.as_str(), m.means)).collect();
        assert_eq!(
            read,
            [(Slot::Students, "Schüler-Nr: neu = alt", "Student_Number"), (Slot::Teachers, "Staff No", "Users_DCID")]
        );
    }

    #[test]
    fn each_bad_line_is_named_by_its_number_and_what_is_wrong() {
        assert!(reason("# x\nno colon\n").starts_with("Line 2 of the map: it is not like"));
        assert!(reason("students: a\n").starts_with("Line 1 of the map: it is not like"));
        assert!(
            reason("pupils: a = DOB").contains("\"pupils\" is none of students, teachers, parents, relationships.")
        );
        assert!(reason("\n\nstudents: = DOB").starts_with("Line 3 of the map: the title on the left is blank."));
        let unknown = reason("students: a = Studnet_Number");
        assert!(unknown.contains("is no column of Students that is read. The nearest is Student_Number."), "{unknown}");
        assert!(reason(&"#\n".repeat(1001)).starts_with("Line 1001 of the map: a map has at most 1000 lines."));
        assert!(reason("students: a b = DOB\nstudents: A_B = City").contains("\"A_B\" already means DOB further up."));
    }

    #[test]
    fn the_same_line_twice_is_one_line() {
        let map = HeaderMap::parse("students: a b = DOB\nstudents: A_B = dob\n").expect("a map");
        assert_eq!(map.entries().len(), 1);
        assert_eq!(HeaderMap::title_key("[01]A_B"), HeaderMap::title_key("[1] a b"));
    }
}
