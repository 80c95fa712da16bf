//! What the newest plan could not tell by itself, for a person to look at: clashes of e-mails, likely twins, likely matches,
//! each with the people side by side. Leaves finding them to the planner, deciding to `sync::decisions`.

mod found;
mod keep;
mod people;
mod stored;

pub(super) use found::Found;
pub use found::FoundKind;
pub(super) use keep::keep;
pub use stored::{Case, Party, Waiting, waiting};
