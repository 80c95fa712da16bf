//! People and their Biographic pages: finding, showing, adding and editing them, and importing names.
//! Leaves their integration IDs to `integration_ids`, and writing to the kernel in `runs`.

mod biographic;
mod choices;
mod edit;
mod fold;
mod import;
pub mod import_names;
mod listed;
pub mod merge;
pub mod origin;
pub mod pages;
mod person;
pub(crate) mod pin;
pub mod relationship;
mod search;
pub(crate) mod store;
mod typed;

pub use biographic::{Biographic, Field, FieldChange, MemberType, Status, grade_words};
pub use choices::{Choices, departments};
pub use edit::{EditError, add_by_hand, edit_by_hand};
pub use fold::{email_key, fold, fold_to_ascii};
pub use import::{Held, Import, Plan, plan_import, take_student};
pub use listed::Listed;
pub use person::{Keys, Person, PersonId};
pub use search::{BROAD, Found, Search, SortBy, StatusFilter, active_by_type, exact};
