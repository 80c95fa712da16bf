//! The pages of the roster sync: its task list, uploading, preview and Import Summary, the settings.
//! Leaves planning to `sync`, applying to `runs`.

pub mod acts;
pub mod columns;
pub mod csv;
pub mod emails;
pub mod letters;
pub(super) mod lists;
mod loaded;
pub mod matches;
pub mod match_list;
pub mod match_show;
mod plan;
mod receive;
pub mod settings;
pub mod show;
mod stages;
pub mod tasks;
pub mod tiles;
pub mod upload;
pub mod watch;
