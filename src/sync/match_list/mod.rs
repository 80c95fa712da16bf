//! The match list of a returning school: old ID -> new ID, checked like a migration, planned for the kernel.
//! Leaves reading the file to `sources::MatchListFile`, applying to `runs`, and the pages to `sync::pages`.

mod check;
mod figures;
mod held;
mod plan;
mod report;

pub use check::Kind;
pub use figures::{ListFigures, figures};
pub(super) use held::others;
pub(super) use plan::name;
pub use plan::{GivenList, SLOT, plan};
pub use report::ListReport;
