//! The catalogue of third-party programs, the shape of their IDs, and the stage at which a school has each.
//! Leaves people's IDs to `integration_ids`.

mod catalogue;
mod integration;
mod shape;

pub use catalogue::begin as begin_catalogue;
pub use integration::{Integration, IntegrationId, Stage, set_stage, shown_at};
pub use shape::{CaseRule, Shape, ShapeError, is_invisible};
