//! The pages of the Group Directory: the directory, a group, and both as files.
//! Leaves the rows to the files above.

pub mod csv;
pub mod directory;
pub mod list;
pub mod manage;
pub mod show;
