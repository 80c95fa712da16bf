//! A school: its code, name, time zone, and the numbers it gives out.
//! Leaves which integrations it has to `integrations`.
//!
//! Nobody makes a [`CurrentSchool`] from a number:
//! ```compile_fail
//! let school = crosswalk::schools::CurrentSchool::of_session(crosswalk::schools::SchoolId(1), "NFC".into(), "".into(), "UTC");
//! ```
//! it comes from a visitor's session, or on the command line from a code:
//! ```
//! use crosswalk::{db::Conn, error::AppError, schools::CurrentSchool};
//! fn open(conn: &mut Conn) -> Result<Option<CurrentSchool>, AppError> {
//!     CurrentSchool::by_code(conn, "NFC")
//! }
//! ```

pub(crate) mod counter;
mod limits;
mod new_school;
mod school;

pub use counter::{generation, next_generation, next_sonis_ids};
pub use limits::{LimitField, Limits, Part, SeenPart, Whole, Within};
pub use new_school::{NewSchool, NewSchoolError};
pub use school::{CurrentSchool, SchoolId};
