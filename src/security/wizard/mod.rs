//! The User Security wizard: its steps, what was answered so far, and saving it all at once.
//! Leaves the rules and the writing to `security::users`.

mod desk;
mod draft;
mod fields;
mod limiting_access;
mod page;
pub mod pages;
mod search_options;
mod step;
mod tasks;
mod user_id;

pub use desk::Desk;
pub use draft::{Draft, Outcome};
pub use fields::Fields;
pub use step::Step;
