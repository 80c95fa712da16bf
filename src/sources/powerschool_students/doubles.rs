//! Finds student numbers that stand in more than one row.
//! Leaves to others: taking those rows out. Nobody can say which copy is right, so all are refused.

use crate::sources::problem::RowProblem;
use crate::sources::student_number::StudentNumber;

const ROWS_NAMED: usize = 5;

#[derive(Debug, Default)]
pub(super) struct Doubles {
    /// Ordered by number, then by row.
    seen: Vec<Sighting>,
}

/// Digits and their count give back the number as it came, without keeping a million strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sighting {
    number: u64,
    row: u64,
    digits: usize,
}

impl Doubles {
    pub fn note(&mut self, number: &StudentNumber, row: u64) {
        // Thirteen digits always fit.
        if let Ok(value) = number.key().parse() {
            self.seen.push(Sighting { number: value, row, digits: number.as_given().len() });
        }
    }

    /// The rows in order, and a problem for each.
    pub fn find(mut self, title: &str) -> (Vec<u64>, Vec<RowProblem>) {
        self.seen.sort_unstable();
        let copies = self.seen.chunk_by(|a, b| a.number == b.number).filter(|copies| copies.len() > 1);
        let mut rows = Vec::new();
        let mut problems = Vec::new();
        for copies in copies {
            for one in copies {
                rows.push(one.row);
                let found = format!("{:0>width$}", one.number, width = one.digits);
                problems.push(RowProblem::in_cell(one.row, title, &found, reason(one.row, copies)));
            }
        }
        rows.sort_unstable();
        (rows, problems)
    }
}

fn reason(row: u64, copies: &[Sighting]) -> String {
    let others = copies.iter().filter(|copy| copy.row != row).take(ROWS_NAMED);
    let mut named: Vec<String> = others.map(|copy| copy.row.to_string()).collect();
    let last = match copies.len() - 1 - named.len() {
        0 => named.pop().unwrap_or_default(),
        more => format!("{more} more"),
    };
    let listed = if named.is_empty() { last } else { format!("{} and {last}", named.join(", ")) };
    format!("is also in row {listed}, so none of these rows is taken. Leave one row per student and export again.")
}
