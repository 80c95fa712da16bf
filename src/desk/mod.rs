//! The desk: data that needs a person. Each item says what is wrong, whose it is, since when, and where it is mended.
//! Leaves mending to the rooms that own the data: an item closes by itself once they are right.
//!
//! `finders` look at the data, one file per kind of look; `look` compares what they find with the items there are;
//! `change` is what people do to an item; `told` puts it into words for whoever may read them.

mod change;
mod finders;
mod item;
mod keeper;
mod kind;
mod look;
pub mod pages;
mod told;

pub use change::{By, ChangeError, LONGEST_REASON, Wanted, change};
pub use finders::{About, Finder, Finding};
pub use item::{Filter, Item, ItemId, Move, What, counts, list, moves, one};
pub use keeper::look_in_background;
pub use kind::{Kind, Owner, State};
pub use look::{is_cut, is_fresh, look};
pub use told::{Told, Way, age, tell};
