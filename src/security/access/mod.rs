//! Who can see or change integration IDs at the current school, what one of them sees, and two of them side by side.
//! Leaves changing any of it to the User Security wizard.

pub mod compare;
pub mod csv;
mod held;
mod holder;
pub mod list;
mod member;
pub mod seen;
mod side;
