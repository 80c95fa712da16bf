//! The catalogue of third-party programs, the shape of their IDs, and the stage at which a school has each.
//! Leaves people's IDs to `integration_ids`, and Support's pages to `support`.

mod at_school;
mod catalogue;
mod consequences;
mod draft;
mod entry;
mod example;
mod integration;
mod moves;
pub mod pages;
pub mod ready;
mod shape;
mod stage;

pub use at_school::{AtSchool, ReadyNotice, at_school, dismiss_ready, ready_notices, stage_at, stages};
pub use catalogue::begin as begin_catalogue;
pub use consequences::{Consequences, Touched};
pub use draft::{Draft, Typed};
pub use entry::{CatalogueEntry, SaveError, add, retire, save};
pub use integration::{Integration, IntegrationId};
pub use moves::{Held, LONGEST_NOTE, MoveError, Moved, Mover, Step, Wanted, held, history, move_stage, set_stage};
pub use shape::{CaseRule, Fit, Shape, ShapeError, is_invisible};
pub use stage::{NextStep, Stage, shown_at};
