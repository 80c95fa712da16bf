//! The door of this room: files (bytes) become typed records and row errors.
//! Leaves to others: people and matching, storage, the clock, and everything that reads a file from somewhere.

pub mod cell;
mod dialect;
mod enroll_status;
mod header;
mod nearest;
mod powerschool_students;
mod problem;
mod row_number;
mod scan;
mod shape;
mod split;
mod student_number;
mod table;
mod text;
mod wrong_length;

pub use enroll_status::EnrollStatus;
pub use header::{Alias, ColumnName, Columns, Header};
pub use powerschool_students::{StudentColumn, StudentRecord, StudentsFile, read_students};
pub use problem::{FileProblem, RowProblem};
pub use scan::MAX_ROWS;
pub use shape::{FileShape, LineEnd};
pub use split::{MAX_COLUMNS, MAX_ROW_BYTES};
pub use student_number::StudentNumber;
pub use table::{MAX_FILE_BYTES, Row, Table};
pub use text::{Charset, Text, decode};
