//! The roster sync: PowerSchool's extracts -> a plan for the kernel: who is new, who changed, who is blocked and why,
//! Host IDs that cannot clash, relationships and groups. Leaves reading files to `sources`, storing and applying to `runs`.

mod absent;
mod acts;
mod again;
mod aliases;
mod asked;
pub mod blocked;
pub mod cases;
mod claims;
mod conflicts;
mod decide;
pub mod decisions;
mod emails;
mod ends;
mod families;
mod figures;
mod files;
mod fingerprint;
mod go_on;
mod handshake;
mod held;
mod likely;
pub mod maps;
pub mod match_list;
mod matches;
mod merged;
#[cfg(test)]
mod model;
mod outcome;
mod overlap;
pub mod pages;
mod pass;
mod people;
mod planner;
mod regroup;
mod report;
mod ripple;
pub(crate) mod roster;
mod seen;
mod settings;
mod shared;
mod stored;
mod take;
mod telling;
mod tidy;
mod twins;
pub mod uploads;
pub mod watch;

pub use acts::{apply, release};
pub use asked::{Asked, Scope, plan};
pub use figures::{Figures, TypeFigures};
pub use files::{FileOf, Files, GivenFile};
pub use go_on::{GoOn, go_on};
pub use handshake::{Disagreement, returning_since, set_returning};
pub(crate) use merged::own_student_numbers;

pub use report::{Report, figures};
pub use seen::groups_of as placeholders_of;
pub use settings::{Absentees, During, Rollover, Settings, SharedEmails};
pub use stored::{StoredFile, StoredGroup, StoredOverlap};
pub use tidy::{tidy, tidy_all, tidy_in_background};
