//! Sync by itself: extracts that a program of the school puts into a folder are taken, planned and applied, or wait for a person.
//! Leaves planning and applying to `sync` and `runs`, the form to `sync::pages::watch`, the command to `cli::watch`.

mod actor;
mod folder;
mod letters;
mod look;
mod schedule;
mod settings;
mod settling;
mod state;
mod take;
mod watcher;
mod which;

pub use look::Looked;
pub use schedule::{Times, next_due};
pub use settings::{WatchSettings, When};
pub use state::WatchState;
pub use watcher::{EVERY, QUIET, Watcher, watch_in_background};
