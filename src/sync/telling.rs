//! What a plan in the making tells and counts: rows that are not taken, with their own cells for the download.
//! Leaves deciding which those are to `sync::planner` and those whom it asks.

use super::figures::TypeFigures;
use super::planner::Planning;
use super::roster::Roster;
use crate::error::AppError;
use crate::people::MemberType;
use crate::runs::{Cause, Problem};
use crate::sources::{RowProblem, Slot, TOLD};

impl Planning<'_> {
    pub fn count(&mut self, member_type: MemberType, f: impl FnOnce(&mut TypeFigures)) {
        f(self.figures.entry(member_type).or_insert_with(|| TypeFigures::new(member_type)));
    }

    /// One more record that is not taken.
    pub fn blocked(&mut self, member_type: MemberType) -> Result<(), AppError> {
        self.counts.refused += 1;
        self.count(member_type, |f| f.blocked += 1);
        Ok(())
    }

    /// Tells of a row of people, with its own cells for the download.
    pub fn refuse(
        &mut self,
        roster: &dyn Roster,
        row: Option<u64>,
        problem: RowProblem,
        cause: Cause,
    ) -> Result<(), AppError> {
        let row = row.unwrap_or(problem.row);
        let cells = roster.cells_of_row(row);
        self.tell(roster.slot(), cells, RowProblem { row, ..problem }, cause)
    }

    pub(super) fn refuse_pair(&mut self, problem: RowProblem, cause: Cause) -> Result<(), AppError> {
        let (slot, cells) = match &self.files.relationships {
            Some(r) => (self.files.slot_of_relationships(), r.cells_of_row(problem.row)),
            None => (Slot::Relationships, Vec::new()),
        };
        self.tell(slot, cells, problem, cause)
    }

    fn tell(&mut self, slot: Slot, cells: Vec<String>, problem: RowProblem, cause: Cause) -> Result<(), AppError> {
        let told = self.told.entry(slot).or_default();
        *told += 1;
        if *told > TOLD {
            return Ok(());
        }
        let cells = serde_json::to_string(&cells).map_err(|e| AppError::internal("keeping a row", &e))?;
        self.writer.problem(Problem {
            source_row: i64::try_from(problem.row).unwrap_or(i64::MAX),
            source_column: problem.column,
            slot: Some(slot.code().to_owned()),
            cells: Some(cells),
            ..Problem::new(cause, problem.found, problem.reason)
        })
    }

    /// Of a file with very many problems the first are stored, and how many more there are.
    pub(super) fn tell_how_many_more(&mut self) -> Result<(), AppError> {
        for slot in Slot::ALL {
            let more = self.told.get(slot).map_or(0, |n| n.saturating_sub(TOLD));
            if more > 0 {
                let reason = format!(
                    "{more} more problems of the file are not listed. Mend what they have in common, and export again."
                );
                self.writer.problem(Problem::new(Cause::Unreadable, slot.word(), reason))?;
            }
        }
        Ok(())
    }
}
