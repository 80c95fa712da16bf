//! What is said about rows that share a key.
//! Leaves to others: finding them. Nobody can say which copy is right, so all are refused.

const ROWS_NAMED: usize = 5;

/// The rows beside this one, a few by number: "3, 4 and 2 more".
pub(super) fn others(row: u64, rows: &[u64]) -> String {
    let mut named: Vec<String> =
        rows.iter().filter(|other| **other != row).take(ROWS_NAMED).map(u64::to_string).collect();
    let last = match rows.len().saturating_sub(1 + named.len()) {
        0 => named.pop().unwrap_or_default(),
        more => format!("{more} more"),
    };
    if named.is_empty() { last } else { format!("{} and {last}", named.join(", ")) }
}

pub(super) fn reason(row: u64, rows: &[u64], who: &str) -> String {
    let listed = others(row, rows);
    format!("is also in row {listed}, so none of these rows is taken. Leave one row per {who} and export again.")
}
