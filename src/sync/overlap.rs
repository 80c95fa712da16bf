//! The overlap: numbers that stand in two or three of the ID spaces, and the proof that the Host IDs made of them differ.
//! Pure. Leaves showing the IDs to those who may see them.

use crate::id_specs::KeyTemplate;

/// A number and in which of the spaces it stands: students, staff, parents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    pub number: u64,
    pub stands: [bool; 3],
}

/// Every number that two or three of the lists hold. The lists are in order.
pub fn overlaps(lists: [&[u64]; 3]) -> Vec<Overlap> {
    let mut places = [0_usize; 3];
    let mut found = Vec::new();
    loop {
        let heads: [Option<u64>; 3] = std::array::from_fn(|n| lists[n].get(places[n]).copied());
        let Some(number) = heads.iter().flatten().min().copied() else { return found };
        let stands = heads.map(|head| head == Some(number));
        for (place, (list, here)) in places.iter_mut().zip(lists.iter().zip(stands)) {
            while here && list.get(*place) == Some(&number) {
                *place += 1;
            }
        }
        if stands.iter().filter(|here| **here).count() > 1 {
            found.push(Overlap { number, stands });
        }
    }
}

/// An ID that somebody would get: its fingerprint without regard to letter case, and whose it would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    pub folded: u64,
    pub roster: u8,
    pub record: u32,
}

impl Wanted {
    pub fn new(template: &KeyTemplate, number: &str, roster: u8, record: u32) -> Wanted {
        Wanted { folded: template.make(number).folded(), roster, record }
    }
}

/// Those whose ID another one wants too. Fingerprints that differ prove that the IDs differ.
pub fn doubled(mut wanted: Vec<Wanted>) -> Vec<(Wanted, Wanted)> {
    wanted.sort_unstable();
    let mut doubled = Vec::new();
    for same in wanted.chunk_by(|a, b| a.folded == b.folded).filter(|same| same.len() > 1) {
        for one in same {
            if let Some(other) = same.iter().find(|o| *o != one) {
                doubled.push((*one, *other));
            }
        }
    }
    doubled
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::people::MemberType;

    #[test]
    fn one_number_in_all_three_files_stands_once_and_three_ids_keep_it_apart() {
        let found = overlaps([&[7, 1001], &[1001], &[7, 9, 1001]]);
        assert_eq!(
            found,
            [Overlap { number: 7, stands: [true, false, true] }, Overlap { number: 1001, stands: [true, true, true] }]
        );
        let wanted =
            MemberType::ALL.iter().zip(0_u8..).map(|(m, n)| Wanted::new(&KeyTemplate::usual(*m), "1001", n, 0));
        assert_eq!(doubled(wanted.collect()), []);
    }

    #[test]
    fn templates_that_differ_in_letter_case_alone_are_caught() {
        let upper = KeyTemplate::usual(MemberType::Student);
        let lower = KeyTemplate::parse("s{users_dcid}", MemberType::Staff).unwrap_or_else(|e| panic!("{e}"));
        let wanted = vec![Wanted::new(&upper, "5", 0, 0), Wanted::new(&lower, "5", 1, 0)];
        assert_eq!(doubled(wanted).len(), 2);
    }

    proptest! {
        #[test]
        fn overlaps_are_what_sets_say(
            lists in proptest::array::uniform3(proptest::collection::btree_set(0_u64..40, 0..30)),
        ) {
            let sorted: Vec<Vec<u64>> = lists.iter().map(|l| l.iter().copied().collect()).collect();
            let found = overlaps([&sorted[0], &sorted[1], &sorted[2]]);
            let all: BTreeSet<u64> = lists.iter().flatten().copied().collect();
            let expected: Vec<Overlap> = all
                .into_iter()
                .map(|number| Overlap { number, stands: std::array::from_fn(|n| lists[n].contains(&number)) })
                .filter(|o| o.stands.iter().filter(|s| **s).count() > 1)
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
