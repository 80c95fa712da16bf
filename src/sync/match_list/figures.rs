//! The figures of a match list's plan, kept with the run as JSON.

use serde::{Deserialize, Serialize};

use super::check::Kind;
use crate::error::AppError;
use crate::runs::Run;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListFigures {
    pub swaps: i64,
    pub chains: i64,
    pub rings: i64,
    /// People with an ID who are not on the list.
    pub not_listed: i64,
    /// The kind and the length of each unit of more than one change, by its number.
    pub units: Vec<(i64, Kind, usize)>,
}

impl ListFigures {
    pub fn of(units: &[(Kind, usize)], not_listed: i64) -> ListFigures {
        let count = |kind: Kind| i64::try_from(units.iter().filter(|(k, _)| *k == kind).count()).unwrap_or(i64::MAX);
        ListFigures {
            swaps: count(Kind::Swap),
            chains: count(Kind::Chain),
            rings: count(Kind::Ring),
            not_listed,
            units: (1_i64..)
                .zip(units)
                .filter(|(_, (k, _))| *k != Kind::Single)
                .map(|(n, (k, l))| (n, *k, *l))
                .collect(),
        }
    }

    /// "Swap", "Chain of 3"; nothing for a change on its own.
    pub fn unit_in_words(&self, unit: Option<i64>) -> String {
        let found = unit.and_then(|unit| self.units.iter().find(|(n, _, _)| *n == unit));
        found.map(|(_, kind, length)| kind.in_words(*length)).unwrap_or_default()
    }
}

/// What the planner kept with a run.
pub fn figures(run: &Run) -> Result<ListFigures, AppError> {
    let Some(json) = &run.figures else { return Ok(ListFigures::default()) };
    serde_json::from_str(json).map_err(|e| AppError::internal("reading figures", &e))
}
