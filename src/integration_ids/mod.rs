//! A person's integration IDs: what each third-party program knows them by, past and present.
//! Leaves which programs there are to `integrations`, and writing to the kernel in `runs`.
//!
//! Only this room takes a value apart. Everything else holds an [`IdValue`], which prints nothing,
//! or a [`VisibleId`], which is made from a value and a [`Sight`](crate::security::Sight).
//!
//! A value has no way to a page:
//! ```compile_fail
//! let value = crosswalk::integration_ids::IdValue::new("S2038788");
//! println!("{value}");
//! ```
//! nor into JSON:
//! ```compile_fail
//! let value = crosswalk::integration_ids::IdValue::new("S2038788");
//! serde_json::to_string(&value);
//! ```
//! nor out of a query as a plain text:
//! ```compile_fail
//! use diesel::prelude::*;
//! use crosswalk::schema::integration_ids as ids;
//! fn leak(conn: &mut crosswalk::db::Conn, school: &crosswalk::schools::CurrentSchool) -> QueryResult<Vec<String>> {
//!     ids::of(school).select(ids::value).load::<String>(conn)
//! }
//! ```
//! (as the value that it is, it loads)
//! ```
//! use diesel::prelude::*;
//! use crosswalk::schema::integration_ids as ids;
//! fn load(conn: &mut crosswalk::db::Conn, school: &crosswalk::schools::CurrentSchool) -> QueryResult<Vec<crosswalk::integration_ids::IdValue>> {
//!     ids::of(school).select(ids::value).load(conn)
//! }
//! ```
//! and what prints cannot be made without a proof:
//! ```compile_fail
//! let id = crosswalk::integration_ids::VisibleId("S2038788".to_string());
//! ```

mod add;
pub mod alike;
mod census;
mod life;
pub mod pages;
mod record;
pub mod sql_types;
pub(crate) mod store;
mod value;

pub use add::{AddError, Added, Editor, add, delete};
pub use census::{clashes, live_count, live_counts, misfits, people_with_several};
pub(crate) use census::{rekey, reslot};
pub use record::{Record, RecordId, Removal, holders, of_person};
pub use value::{IdKey, IdValue, VisibleId};
