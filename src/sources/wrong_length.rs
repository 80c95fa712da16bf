//! Why a row has more or fewer fields than the header, as far as it can be guessed.
//! Leaves to others: counting the fields, and what happens to the row.

use super::header::ColumnName;

pub(super) fn reason(found: usize, header: &[String], delimiter: Option<u8>) -> String {
    let expected = header.len();
    let count =
        format!("this row has {found} field{} but the header has {expected}.", if found == 1 { "" } else { "s" });
    let names = header.iter().filter(|title| is_last_first(title)).count();
    let is_split_name = delimiter == Some(b',') && found > expected && found - expected <= names;
    let advice = if is_split_name {
        "The likely cause is a name written \"Last, First\" without quotes: \
         its comma was taken for a delimiter. Export with tabs, or with quotes."
    } else if found > expected {
        "A cell probably holds the delimiter itself. Export with tabs, or with quotes."
    } else {
        "A cell probably holds a line break, or the row was cut off. \
         Correct it in PowerSchool and export again."
    };
    format!("{count} {advice}")
}

/// A column that holds a whole name, which PowerSchool writes as "Last, First".
fn is_last_first(title: &str) -> bool {
    let name = ColumnName::parse(title).name;
    let letters: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    letters.contains("lastfirst") || letters == "name" || letters == "studentname" || letters == "fullname"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(titles: &str) -> Vec<String> {
        titles.split('/').map(str::to_owned).collect()
    }

    #[test]
    fn an_unquoted_last_first_is_named_as_the_likely_cause() {
        let reason = reason(4, &header("STUDENTS.Student_Number/STUDENTS.LastFirst/Grade_Level"), Some(b','));
        assert!(reason.starts_with("this row has 4 fields but the header has 3."), "{reason}");
        assert!(reason.contains("\"Last, First\"") && reason.contains("Export with tabs"), "{reason}");
    }

    #[test]
    fn the_guess_is_not_made_with_tabs_or_two_fields_too_many_or_too_few() {
        let titles = header("Student_Number/LastFirst");
        for (found, delimiter) in [(3, b'\t'), (4, b','), (1, b',')] {
            let reason = reason(found, &titles, Some(delimiter));
            assert!(!reason.contains("Last, First"), "{reason}");
        }
    }
}
