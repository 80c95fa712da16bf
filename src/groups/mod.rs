//! The Group Directory: a school's groups by category, and who is in them for which reason.
//! Leaves who belongs in which placeholder group to the roster sync, and writing memberships to the kernel in `runs`.

mod category;
mod change;
mod group;
pub mod list;
pub(crate) mod list_store;
mod member;
pub mod pages;
mod placeholder;
// The kernel takes it up with the roster sync.
pub(crate) mod store;

pub use category::Category;
pub use change::{ChangeError, GroupName, Manager, Wanted, change, why_kept};
pub(crate) use group::name_key;
pub use group::{Group, GroupId, Why};
pub use member::{Members, Sizes, reasons, sizes, sizes_of};
pub use placeholder::Placeholder;
