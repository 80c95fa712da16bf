//! ID creation specifications: how new IDs of an integration are made, per member type. A specification never changes
//! an ID that exists. Leaves giving the IDs to planners, and writing them to `runs`.

pub mod language;
mod spec;
mod template;

pub use spec::{Spec, Specs};
pub use template::{KeyField, Template, TemplateError};
