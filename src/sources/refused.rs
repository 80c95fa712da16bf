//! The refused rows of one file: the first problems in words, of the rest only how many rows they are. A file can have
//! four million bad rows, and a sentence on each would be a gigabyte that nobody reads.
//! Leaves to others: finding the problems, and storing them.

use std::ops::Deref;

use super::problem::RowProblem;

/// So many problems of a file are told in words.
pub const TOLD: usize = 50_000;

#[derive(Debug, Clone, Default)]
pub struct Refused {
    told: Vec<RowProblem>,
    rows: Rows,
}

/// Numbers of rows, a bit each.
#[derive(Debug, Clone, Default)]
struct Rows(Vec<u64>);

impl Rows {
    fn add(&mut self, row: u64) {
        let place = usize::try_from(row / 64).unwrap_or(usize::MAX);
        // No file has so many rows that this would be large.
        if place >= self.0.len() && place < 1 << 20 {
            self.0.resize(place + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(place) {
            *bits |= 1 << (row % 64);
        }
    }

    fn count(&self) -> u64 {
        self.0.iter().map(|bits| u64::from(bits.count_ones())).sum()
    }
}

impl Refused {
    pub fn push(&mut self, problem: RowProblem) {
        self.rows.add(problem.row);
        if self.told.len() < TOLD {
            self.told.push(problem);
        }
    }

    /// In the order of the rows.
    #[must_use]
    pub fn in_order(mut self) -> Refused {
        self.told.sort_by_key(|problem| problem.row);
        self
    }

    /// How many rows are refused, told or not.
    pub fn rows(&self) -> u64 {
        self.rows.count()
    }

    /// How many refused rows are told nothing of.
    pub fn untold(&self) -> u64 {
        let mut told = Rows::default();
        self.told.iter().for_each(|problem| told.add(problem.row));
        self.rows() - told.count()
    }

    /// For the receipt, where there are more than are told.
    pub fn note(&self) -> Option<String> {
        let more = Some(self.untold()).filter(|n| *n > 0)?;
        Some(format!(
            "{more} more rows are refused than are listed: of a file, {TOLD} problems are. Mend what the rows have in common, \
             and export again."
        ))
    }

    /// Those of `more` too.
    pub fn join(&mut self, more: Refused) {
        for (place, bits) in more.rows.0.into_iter().enumerate() {
            let place = place as u64;
            (0..64).filter(|bit| bits & (1 << bit) != 0).for_each(|bit| self.rows.add(place * 64 + bit));
        }
        let free = TOLD.saturating_sub(self.told.len());
        self.told.extend(more.told.into_iter().take(free));
    }
}

impl Extend<RowProblem> for Refused {
    fn extend<I: IntoIterator<Item = RowProblem>>(&mut self, problems: I) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }
}

impl Deref for Refused {
    type Target = [RowProblem];

    fn deref(&self) -> &[RowProblem] {
        &self.told
    }
}

impl<const N: usize> PartialEq<[RowProblem; N]> for Refused {
    fn eq(&self, other: &[RowProblem; N]) -> bool {
        self.told == other
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn of_many_bad_rows_the_first_are_told_and_all_are_counted() {
        let mut refused = Refused::default();
        let many = TOLD as u64 + 1000;
        // Two problems a row: half of the rows are told.
        refused.extend((2..many + 2).flat_map(|row| [1, 2].map(|n| RowProblem::in_row(row, n.to_string()))));
        assert_eq!((refused.len(), refused.rows(), refused.untold()), (TOLD, many, many - TOLD as u64 / 2));
        assert!(refused.note().is_some_and(|note| note.starts_with("26000 more rows")));
        assert_eq!(Refused::default().note(), None);
    }

    proptest! {
        #[test]
        fn rows_are_counted_once_in_whatever_order_and_parts_they_come(rows in proptest::collection::vec(0_u64..500, 0..200), cut in 0_usize..200) {
            let problems = || rows.iter().map(|row| RowProblem::in_row(*row, "is bad"));
            let (mut one, mut two) = (Refused::default(), Refused::default());
            one.extend(problems().take(cut));
            two.extend(problems().skip(cut));
            one.join(two);
            let distinct: std::collections::BTreeSet<u64> = rows.iter().copied().collect();
            prop_assert_eq!((one.rows(), one.untold(), one.len()), (distinct.len() as u64, 0, rows.len()));
            let ordered = one.in_order();
            prop_assert!(ordered.windows(2).all(|w| matches!(w, [a, b] if a.row <= b.row)));
        }
    }
}
