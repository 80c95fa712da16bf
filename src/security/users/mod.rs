//! Users as User Security sees them: who there is, what each may do, and changing it.
//! Leaves the questions of the wizard to `security::wizard`, what a Task allows to its handler.

mod change;
mod editor;
mod grants;
mod listed;
pub mod pages;
mod picture;
mod refused;
mod standing;
mod state;

pub(super) use change::lock;
pub use change::{Changed, Refusal, Wish, change};
pub use editor::Editor;
pub use grants::{GrantKey, Grants};
pub use listed::{Listed, listed, one};
pub use picture::{Names, Picture};
pub use refused::refused;
pub use standing::Standing;
pub use state::{disable, enable, set_state_of_support, set_temporary_password};
