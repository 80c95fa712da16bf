//! The pages of people, one file each.

pub mod biographic;
pub mod columns;
pub mod csv;
pub mod edit;
pub mod history;
pub mod import;
pub mod list;
pub mod merge;
pub mod origins;
mod query;
