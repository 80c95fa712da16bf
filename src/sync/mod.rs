//! The roster sync: PowerSchool's extracts -> a plan for the kernel: who is new, who changed, who is blocked and why,
//! Host IDs that cannot clash, relationships and groups. Leaves reading files to `sources`, storing and applying to `runs`.

mod absent;
mod acts;
mod aliases;
mod conflicts;
mod decide;
mod emails;
mod ends;
mod families;
mod figures;
mod files;
mod fingerprint;
mod held;
pub mod maps;
#[cfg(test)]
mod model;
mod outcome;
mod overlap;
pub mod pages;
mod people;
mod planner;
mod regroup;
mod report;
mod ripple;
mod roster;
mod seen;
mod settings;
mod shared;
mod stored;
mod take;
mod tidy;
pub mod uploads;

pub use acts::{apply, release};
pub(crate) use aliases::own_student_numbers;
pub use figures::{Figures, TypeFigures};
pub use files::{FileOf, Files, GivenFile};
pub use planner::{Asked, Scope, plan};
pub use report::{Report, figures};
pub use seen::groups_of as placeholders_of;
pub use settings::{Absentees, During, Rollover, Settings};
pub use stored::{StoredFile, StoredGroup, StoredOverlap};
pub use tidy::{tidy, tidy_all, tidy_in_background};
