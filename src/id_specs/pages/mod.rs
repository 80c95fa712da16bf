//! The pages of ID creation specifications: which there are, the bench on which one is edited, and the runs that make IDs.
//! Leaves reading templates and making IDs to the room.

pub mod bench;
pub mod list;
pub mod runs;
