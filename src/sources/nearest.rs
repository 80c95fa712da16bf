//! Which of some names is spelt most like the one that was looked for.
//! Leaves to others: what is said about it.

/// The place of the nearest, unless more than half of the letters would have to change.
pub(super) fn nearest<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<usize> {
    let allowed = wanted.chars().count() / 2;
    names
        .enumerate()
        // A title can be a megabyte long, and comparing takes the product of both lengths.
        .filter(|(_, name)| !name.is_empty() && name.len() <= 100)
        .map(|(place, name)| (distance(wanted, name), place))
        .min()
        .filter(|(changes, _)| *changes <= allowed)
        .map(|(_, place)| place)
}

/// How many letters must be put in, taken out or exchanged (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (done, a) in from.chars().enumerate() {
        let mut next = vec![done + 1];
        let mut left = done + 1;
        for (b, above) in to.chars().zip(row.windows(2)) {
            let [diagonal, up] = above else { continue };
            left = (diagonal + usize::from(a != b)).min(up + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_put_in_taken_out_and_exchanged_are_counted() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("müller", "muller"), 1);
    }

    #[test]
    fn the_nearest_is_found_and_a_stranger_is_not() {
        let names = ["last name", "studnet number", "grade"];
        assert_eq!(nearest("student number", names.into_iter()), Some(1));
        assert_eq!(nearest("student number", ["xyz", "q"].into_iter()), None);
    }
}
