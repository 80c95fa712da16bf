//! Which file of a folder is which list: by its titles where they tell, else by its name. Of a list that is put there under
//! a new date every day the newest counts.
//! Leaves reading a list to `sources`.

use super::folder::Found;
use crate::sources::Slot;

/// A file that was read, and the lists that its titles allow.
pub struct Candidate {
    pub found: Found,
    pub slots: Vec<Slot>,
}

/// What a folder's files come to; each by its place among the candidates.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sorted {
    pub taken: Vec<(Slot, usize)>,
    /// Earlier days' files of a list that is taken.
    pub older: Vec<usize>,
    /// None of the four lists.
    pub others: Vec<usize>,
}

/// Two files that could both be one list.
#[derive(Debug, PartialEq, Eq)]
pub struct Alike {
    pub slot: Slot,
    pub names: [String; 2],
}

pub fn sort(files: &[Candidate]) -> Result<Sorted, Alike> {
    let mut sorted = Sorted::default();
    for (place, file) in files.iter().enumerate() {
        let Some(slot) = slot_of(&file.found.name, &file.slots) else {
            sorted.others.push(place);
            continue;
        };
        let held = sorted.taken.iter_mut().find(|(s, _)| *s == slot);
        let Some((_, other)) = held else {
            sorted.taken.push((slot, place));
            continue;
        };
        let Some(other_file) = files.get(*other) else { continue };
        if series(&file.found.name) != series(&other_file.found.name) {
            return Err(Alike { slot, names: [other_file.found.name.clone(), file.found.name.clone()] });
        }
        let age = |f: &Candidate| (f.found.modified, f.found.name.clone());
        if age(file) > age(other_file) {
            sorted.older.push(std::mem::replace(other, place));
        } else {
            sorted.older.push(place);
        }
    }
    sorted.taken.sort_by_key(|(slot, _)| *slot);
    Ok(sorted)
}

fn slot_of(name: &str, by_titles: &[Slot]) -> Option<Slot> {
    let by_name = by_name(name);
    by_name.filter(|slot| by_titles.is_empty() || by_titles.contains(slot)).or(by_titles.first().copied())
}

fn by_name(name: &str) -> Option<Slot> {
    const WORDS: [(Slot, &[&str]); 4] = [
        (Slot::Relationships, &["relationship", "contactassoc"]),
        (Slot::Students, &["student"]),
        (Slot::Teachers, &["teacher", "staff", "faculty", "users"]),
        (Slot::Parents, &["parent", "person", "guardian", "contact"]),
    ];
    let lower = name.to_lowercase();
    WORDS.iter().find(|(_, words)| words.iter().any(|w| lower.contains(w))).map(|(slot, _)| *slot)
}

/// What two files of one daily list have in common: their names without the date. Fewer digits are no date, but perhaps the
/// first and second half of a list.
fn series(name: &str) -> String {
    const OF_A_DATE: usize = 6;
    let digits = name.chars().filter(char::is_ascii_digit).count();
    if digits < OF_A_DATE {
        return name.to_lowercase();
    }
    name.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    fn file(name: &str, second: u64, slots: &[Slot]) -> Candidate {
        let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        Candidate { found: Found { name: name.into(), size: 1, modified }, slots: slots.to_vec() }
    }

    #[test]
    fn titles_count_more_than_a_name_and_a_name_where_they_tell_nothing() {
        use Slot::*;
        for (name, titles, slot) in [
            ("students.txt", vec![Students], Some(Students)),
            ("export.txt", vec![Teachers], Some(Teachers)),
            ("students.txt", vec![Teachers], Some(Teachers)),
            ("Contacts.csv", vec![Parents, Relationships], Some(Parents)),
            ("RelationshipsList.csv", vec![Parents, Relationships], Some(Relationships)),
            ("StudentContactAssoc.txt", vec![], Some(Relationships)),
            ("Staff list.csv", vec![], Some(Teachers)),
            ("notes.txt", vec![], None),
        ] {
            assert_eq!(slot_of(name, &titles), slot, "{name}");
        }
    }

    #[test]
    fn of_a_list_with_a_date_in_its_name_the_newest_counts_and_other_doubles_are_not_guessed_at() {
        let days = [
            file("students-2026-11-25.txt", 3, &[]),
            file("students-2026-11-26.txt", 4, &[]),
            file("students-2026-11-24.txt", 2, &[]),
            file("teachers.txt", 1, &[]),
            file("read me.txt", 1, &[]),
        ];
        let sorted = sort(&days);
        assert_eq!(
            sorted,
            Ok(Sorted { taken: vec![(Slot::Students, 1), (Slot::Teachers, 3)], older: vec![0, 2], others: vec![4] })
        );
        for [one, two] in [["students_lower.txt", "students_upper.txt"], ["students1.txt", "students2.txt"]] {
            let alike = sort(&[file(one, 1, &[]), file(two, 2, &[])]);
            assert_eq!(alike, Err(Alike { slot: Slot::Students, names: [one.into(), two.into()] }));
        }
    }
}
