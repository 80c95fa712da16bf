//! The columns that the program knows, for a page or a map in which a clerk says what a title means.
//! Leaves to others: under which further titles each is met (the kinds).

use super::extract::Kind;
use super::header::ColumnName;
use super::powerschool_parents::Parents;
use super::powerschool_relationships as relationships;
use super::powerschool_students::Students;
use super::powerschool_teachers::Teachers;
use super::slot::Slot;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownColumn {
    /// PowerSchool's own.
    pub title: &'static str,
    /// A file without it is refused. (`LastFirst` can stand in for both names; relationships take one pair of several.)
    pub is_required: bool,
}

pub fn known_columns(slot: Slot) -> Vec<KnownColumn> {
    match slot {
        Slot::Students => of_kind::<Students>(),
        Slot::Teachers => of_kind::<Teachers>(),
        Slot::Parents => of_kind::<Parents>(),
        Slot::Relationships => titled(relationships::TITLES, |_| false),
    }
}

/// Where the number that counts stands in a header of an extract. Relationships have two and titles mapped by hand are not
/// looked for: None there.
pub fn key_place(slot: Slot, header: &[String]) -> Option<usize> {
    let titles = match slot {
        Slot::Students => key_titles::<Students>(),
        Slot::Teachers => key_titles::<Teachers>(),
        Slot::Parents => key_titles::<Parents>(),
        Slot::Relationships => return None,
    };
    let names: Vec<ColumnName> = titles.iter().map(|title| ColumnName::parse(title)).collect();
    header.iter().map(|title| ColumnName::parse(title)).position(|h| names.iter().any(|n| n.is_same(&h)))
}

fn key_titles<K: Kind>() -> &'static [&'static str] {
    K::TITLES.iter().find(|(column, _)| *column == K::KEY).map_or(&[], |(_, titles)| titles)
}

fn of_kind<K: Kind>() -> Vec<KnownColumn> {
    let required = [K::KEY, K::NAMES.last, K::NAMES.first];
    titled(K::TITLES, |column| required.contains(&column))
}

fn titled<C: Copy>(titles: &[(C, &'static [&'static str])], is_required: impl Fn(C) -> bool) -> Vec<KnownColumn> {
    let known = titles.iter().filter_map(|(column, titles)| Some((*column, *titles.first()?)));
    known.map(|(column, title)| KnownColumn { title, is_required: is_required(column) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_offers_its_number_and_names_as_required() {
        for (slot, key) in
            [(Slot::Students, "Student_Number"), (Slot::Teachers, "Users_DCID"), (Slot::Parents, "PERSON.ID")]
        {
            let required: Vec<&str> =
                known_columns(slot).into_iter().filter(|c| c.is_required).map(|c| c.title).collect();
            assert_eq!(required, [key, "Last_Name", "First_Name"], "{slot}");
        }
        let header = ["Last_Name", "Student_Number"].map(str::to_owned);
        assert_eq!(key_place(Slot::Students, &header), Some(1));
        assert_eq!(key_place(Slot::Relationships, &header), None);
        assert!(known_columns(Slot::Relationships).iter().any(|c| c.title == "Host ID Student"));
    }
}
