//! The door of this room: files (bytes) become typed records and row errors.
//! Leaves to others: people and matching, storage, the clock, and everything that reads a file from somewhere.

pub mod cell;
mod dialect;
mod enroll_status;
mod extract;
mod header;
mod header_map;
mod key_number;
mod known;
mod match_list;
pub mod mended;
mod nearest;
mod powerschool_parents;
mod powerschool_relationships;
mod powerschool_students;
mod powerschool_teachers;
mod problem;
mod row_number;
mod scan;
mod shape;
mod slot;
mod split;
mod table;
mod text;
mod wrong_length;
mod wrong_slot;

pub use enroll_status::EnrollStatus;
pub use extract::{Extract, Kind};
pub use header::{Alias, ColumnName, Columns, Header};
pub use header_map::{HeaderMap, MapProblem, Mapped};
pub use key_number::KeyNumber;
pub use known::{KnownColumn, key_place, known_columns};
pub use match_list::{MatchListFile, MatchRow};
pub use powerschool_parents::{ParentColumn, ParentRecord, ParentsExtract};
pub use powerschool_relationships::{ParentRef, Relationship, RelationshipShape, RelationshipsExtract, StudentRef};
pub use powerschool_students::{StudentColumn, StudentRecord, StudentsExtract, StudentsFile, read_students};
pub use powerschool_teachers::{TeacherColumn, TeacherRecord, TeachersExtract};
pub use problem::{FileProblem, RowProblem};
pub use scan::MAX_ROWS;
pub use shape::{FileShape, LineEnd};
pub use slot::Slot;
pub use split::{MAX_COLUMNS, MAX_ROW_BYTES};
pub use table::{MAX_FILE_BYTES, Row, Table};
pub use text::{Charset, Text, decode};
pub use wrong_slot::recognise;
