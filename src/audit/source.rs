//! The two tables of the audit, one in each database: what was changed, and what was seen and tried.
//! Leaves their rows to `stored`.

use crate::db::{Conn, Db};
use crate::error::AppError;

crate::text_enum! {
    /// Which table an entry stands in. Each has a chain of seals of its own for each school.
    Source {
        Audit = "audit", "audit_entries";
        Activity = "activity", "activity_entries";
    }
}

impl Source {
    pub fn read<T>(self, db: &Db, f: impl FnOnce(&mut Conn) -> Result<T, AppError>) -> Result<T, AppError> {
        match self {
            Source::Audit => db.read(f),
            Source::Activity => db.activity().read(f),
        }
    }

    /// Runs one transaction. It may run twice: it must not count what it has done.
    pub fn write<T: Send + 'static>(
        self,
        db: &Db,
        f: impl Fn(&mut Conn) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        match self {
            Source::Audit => db.write(f),
            Source::Activity => db.activity().write(f),
        }
    }
}

/// Writes an expression once for both tables, which have the same columns: `of_source!(source, |t| t::table.count()...)`.
macro_rules! of_source {
    ($source:expr, |$t:ident| $body:expr) => {
        match $source {
            $crate::audit::Source::Audit => {
                use $crate::schema::audit_entries as $t;
                $body
            }
            $crate::audit::Source::Activity => {
                use $crate::schema::activity_entries as $t;
                $body
            }
        }
    };
}
pub(super) use of_source;
