//! A school: its code, name, time zone, and the numbers it gives out.
//! Leaves which integrations it has to `integrations`.

mod counter;
mod new_school;
mod school;

pub use counter::next_sonis_ids;
pub use new_school::{NewSchool, NewSchoolError};
pub use school::{CurrentSchool, SchoolId};
