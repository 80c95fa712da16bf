//! ID creation specifications: how new IDs of an integration are made, per member type. A specification never changes
//! an ID that exists. `language` is how they are written, `Maker` what they make of whom, `plan` the run that gives the IDs.
//! Leaves writing them to `runs`.

mod everybody;
mod key_template;
pub mod language;
mod maker;
pub mod pages;
mod plan;
mod preview;
mod spec;

pub use key_template::KeyTemplate;
pub use language::{Template, WrongTemplate};
pub use maker::{Holders, Maker, Outcome};
pub use plan::{Planner, apply, one, plan, undo};
pub use preview::{Line, Preview, preview};
pub use spec::{Place, SaveError, Spec, Specs, StoredSpec};
