//! Figures: medians, and the table at the end.
//! Leaves measuring to the others.

/// One line of the table. `figure` and `floor` are in `unit`; the bar is on the ratio, or on the figure where there is no floor.
pub struct Line {
    pub work: String,
    pub unit: &'static str,
    pub figure: f64,
    pub floor: Option<f64>,
    pub ratio: Option<f64>,
    pub bar: Option<f64>,
    pub aim: Option<f64>,
}

impl Line {
    /// A figure with a bar of its own, or none.
    pub fn plain(work: impl Into<String>, unit: &'static str, figure: f64) -> Line {
        Line { work: work.into(), unit, figure, floor: None, ratio: None, bar: None, aim: None }
    }

    /// A figure against its floor. `ratio` is the median of the ratios of each round, not the ratio of the medians.
    pub fn against(work: impl Into<String>, unit: &'static str, figure: f64, floor: f64, ratio: f64) -> Line {
        Line { floor: Some(floor), ratio: Some(ratio), ..Line::plain(work, unit, figure) }
    }

    pub fn bar(mut self, bar: f64, aim: f64) -> Line {
        (self.bar, self.aim) = (Some(bar), Some(aim));
        self
    }

    fn verdict(&self) -> &'static str {
        let shown = self.ratio.unwrap_or(self.figure);
        match (self.bar, self.aim) {
            (Some(bar), _) if shown > bar => "MISSED",
            (Some(_), Some(aim)) if shown <= aim => "aim",
            (Some(_), _) => "bar",
            (None, _) => "",
        }
    }

    pub fn is_missed(&self) -> bool {
        self.verdict() == "MISSED"
    }
}

pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0,
    }
}

/// Median of the ratios of pairs that were measured side by side.
pub fn ratio(above: &[f64], below: &[f64]) -> f64 {
    median(&above.iter().zip(below).map(|(a, b)| a / b).collect::<Vec<_>>())
}

/// Three figures are as many as can be trusted.
pub fn short(n: f64) -> String {
    match n.abs() {
        n if n >= 100.0 => format!("{n:.0}"),
        n if n >= 10.0 => format!("{n:.1}"),
        _ => format!("{n:.2}"),
    }
}

pub fn table(lines: &[Line]) -> String {
    let or_empty = |n: Option<f64>| n.map(short).unwrap_or_default();
    let mut rows = vec![["work", "unit", "figure", "floor", "ratio", "bar", "aim", "met"].map(str::to_owned)];
    rows.extend(lines.iter().map(|l| {
        [
            l.work.clone(),
            l.unit.to_owned(),
            short(l.figure),
            or_empty(l.floor),
            or_empty(l.ratio),
            or_empty(l.bar),
            or_empty(l.aim),
            l.verdict().to_owned(),
        ]
    }));
    let width = |column: usize| rows.iter().map(|r| r[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..8).map(width).collect();
    let mut out = String::new();
    for (n, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(c, (text, &w))| if (2..=6).contains(&c) { format!("{text:>w$}") } else { format!("{text:<w$}") })
            .collect();
        out += &format!("| {} |\n", cells.join(" | "));
        if n == 0 {
            let rule: Vec<String> = widths.iter().map(|&w| "-".repeat(w)).collect();
            out += &format!("| {} |\n", rule.join(" | "));
        }
    }
    out
}
