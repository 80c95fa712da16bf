//! The counts of a sync as numbers and as bars: the same numbers in the same order everywhere.
//! Leaves counting to the planner.

use crate::people::pages::list::{plural_title, thousands};
use crate::runs::Counts;
use crate::sync::{Figures, TypeFigures};

/// Whatever a template counts.
pub trait Count {
    fn count(&self) -> i64;
}

impl Count for i64 {
    fn count(&self) -> i64 {
        *self
    }
}

impl Count for i32 {
    fn count(&self) -> i64 {
        i64::from(*self)
    }
}

impl<T: Count> Count for &T {
    fn count(&self) -> i64 {
        (*self).count()
    }
}

/// A number as it is read: 1,234.
pub fn written(n: impl Count) -> String {
    thousands(n.count())
}

/// The kinds in their order, with the class of their colour.
pub const KINDS: [(&str, &str); 6] = [
    ("Created", "seg-created"),
    ("Updated", "seg-updated"),
    ("Unchanged", "seg-unchanged"),
    ("Reactivated", "seg-back"),
    ("No longer listed", "seg-gone"),
    ("Blocked", "seg-blocked"),
];

/// One row of the table: a member type, or all.
pub struct Bar {
    pub name: String,
    pub numbers: [i64; 6],
}

/// A part of the bar: class, place and width, as SVG wants them.
pub struct Segment {
    pub class: &'static str,
    pub x: String,
    pub width: String,
}

const WIDTH: i64 = 4000;
const GAP: i64 = 15;
/// What is above zero is seen.
const LEAST: i64 = 30;

impl Bar {
    pub fn all(&self) -> i64 {
        self.numbers.iter().sum()
    }

    /// "Students: Created 198, Updated 421"
    pub fn in_words(&self) -> String {
        let parts: Vec<String> =
            KINDS.iter().zip(self.numbers).map(|((word, _), n)| format!("{word} {}", thousands(n))).collect();
        format!("{}: {}", self.name, parts.join(", "))
    }

    pub fn segments(&self) -> Vec<Segment> {
        let shown: Vec<(&'static str, i64)> =
            KINDS.iter().zip(self.numbers).filter(|(_, n)| *n > 0).map(|((_, class), n)| (*class, n)).collect();
        let count = i64::try_from(shown.len()).unwrap_or(0);
        let all = self.all().max(1);
        let free = WIDTH - GAP * (count - 1).max(0) - LEAST * count;
        let tenths = |n: i64| format!("{}.{}", n / 10, n % 10);
        let mut x = 0;
        shown
            .into_iter()
            .map(|(class, n)| {
                let width = LEAST + free.saturating_mul(n) / all;
                let segment = Segment { class, x: tenths(x), width: tenths(width) };
                x += width + GAP;
                segment
            })
            .collect()
    }
}

fn of_type(t: &TypeFigures) -> Bar {
    // Who comes back is among the updated; told apart here.
    let numbers = [t.created, (t.updated - t.reactivated).max(0), t.unchanged, t.reactivated, t.absent, t.blocked];
    Bar { name: plural_title(t.member_type).to_owned(), numbers }
}

pub fn bars(figures: &Figures) -> Vec<Bar> {
    figures.types.iter().map(of_type).collect()
}

/// The sum of the bars.
pub fn sum(bars: &[Bar]) -> Bar {
    let numbers = std::array::from_fn(|n| bars.iter().filter_map(|b| b.numbers.get(n)).sum());
    Bar { name: "All".into(), numbers }
}

/// The tiles of a preview. Unlike the bars they say nothing of rows that somebody has left out.
pub fn of_counts(c: &Counts) -> [i64; 6] {
    let updated = (c.updated - c.reactivated - c.deactivated).max(0);
    [c.created, updated, c.unchanged, c.reactivated, c.absent, c.refused].map(i64::from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tenths(text: &str) -> i64 {
        text.replace('.', "").parse().unwrap_or(-1)
    }

    proptest! {
        #[test]
        fn segments_never_overlap_never_leave_the_bar_and_show_whatever_is_above_zero(
            numbers in proptest::array::uniform6(0_i64..2_000_000),
        ) {
            let bar = Bar { name: "All".into(), numbers };
            let segments = bar.segments();
            prop_assert_eq!(segments.len(), numbers.iter().filter(|n| **n > 0).count());
            let mut end = 0;
            for s in &segments {
                prop_assert!(tenths(&s.x) >= end && tenths(&s.width) >= LEAST);
                end = tenths(&s.x) + tenths(&s.width);
            }
            prop_assert!(end <= WIDTH);
        }
    }
}
