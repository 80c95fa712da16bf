//! The kernel: whatever changes people or their IDs is a run with its changes. Plan, guard, apply, receipt, undo.
//! A single edit in a page is a run of one change: the same functions, the same history, the same undo.

mod apply;
mod batch;
mod change;
mod exclude;
mod guard;
pub mod history;
mod hold;
mod keeper;
mod key;
mod lease;
pub(crate) mod merge;
pub mod pages;
mod plan;
mod problem;
mod progress_page;
mod run;
mod stored;
mod undo;
mod unit;

pub use apply::{Applied, apply, apply_now, moved_message};
pub use batch::{Hand, Refusal, Refused};
pub use change::{Change, GroupStep, IdStep, ListStep, RelationStep, Verb, Who};
pub use exclude::{exclude, include};
pub use guard::{Limits, Share, Tally, held_for};
pub(crate) use hold::no_longer_held_for;
pub use hold::{HeldFor, Hold, Release, release};
pub use keeper::{keep_in_background, look_after};
pub use key::{KeySpace, SourceKey};
pub use lease::{FOLDER, Lease, Progress, ask_to_stop, progress, work_at};
pub use merge::Merge;
pub(crate) use plan::give_up as give_up_plan;
pub use plan::{PlanWriter, Whole, forget_plan, plans_older_than};
pub use problem::{Cause, Problem};
pub use progress_page::{Working, lead};
pub use run::{Counts, NewRun, Run, RunId, RunKind, RunState, SourceFile, abandon};
pub use stored::{Outcome, StoredChange};
pub use undo::{undo, undo_small};
