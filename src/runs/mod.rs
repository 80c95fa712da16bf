//! The kernel: whatever changes people or their IDs is a run with its changes. Plan, apply, receipt, undo.
//! A single edit in a page is a run of one change: the same functions, the same history, the same undo.

mod apply;
mod change;
pub mod history;
pub mod pages;
mod plan;
mod problem;
mod run;
mod undo;

pub use apply::{Hand, Refusal, apply_now, apply_plan, moved_message};
pub use change::{Change, SourceKey, StoredChange, Verb};
pub use plan::Plan;
pub use problem::Problem;
pub use run::{Counts, NewRun, Run, RunId, RunKind, RunState, SourceFile};
pub use undo::undo;
