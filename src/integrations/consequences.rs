//! What an edit of the catalogue would do to the IDs that are on record, school by school, in counts.
//! Leaves counting to `integration_ids::census`, and saving to `integrations::entry`.

use super::draft::Draft;
use super::entry::CatalogueEntry;
use super::shape::Fit;
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids;
use crate::schools::CurrentSchool;

/// One school whose IDs an edit would touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    pub code: String,
    pub name: String,
    pub live: i64,
    /// IDs that fit now and would not fit any more.
    pub misfits: i64,
    /// IDs that would be the same as another one.
    pub clashes: i64,
    /// People with more IDs than they might have.
    pub several: i64,
}

#[derive(Debug, Clone, Default)]
pub struct Consequences(pub Vec<Touched>);

impl Consequences {
    pub fn of(conn: &mut Conn, held: &CatalogueEntry, draft: &Draft) -> Result<Consequences, AppError> {
        let (now, then) = (held.shape(), draft.shape());
        let is_other_shape =
            (&now.pattern, now.min_length, now.max_length) != (&then.pattern, then.min_length, then.max_length);
        let is_other_case = held.case_rule != draft.case_rule;
        let is_one_of_many = held.many_per_person && !draft.many_per_person;
        let mut touched = Vec::new();
        if !(is_other_shape || is_other_case || is_one_of_many) {
            return Ok(Consequences(touched));
        }
        let (now, then) = (Fit::new(&now), Fit::new(&then));
        for school in CurrentSchool::every(conn)? {
            let live = integration_ids::live_count(conn, &school, held.id)?;
            if live == 0 {
                continue;
            }
            let mut of = Touched {
                code: school.code().to_owned(),
                name: school.name().to_owned(),
                live,
                misfits: 0,
                clashes: 0,
                several: 0,
            };
            if is_other_shape {
                of.misfits = integration_ids::misfits(conn, &school, held.id, &now, &then)?;
            }
            if is_other_case {
                of.clashes = integration_ids::clashes(conn, &school, held.id, draft.case_rule)?;
            }
            if is_one_of_many {
                of.several = integration_ids::people_with_several(conn, &school, held.id)?;
            }
            if of.misfits + of.clashes + of.several > 0 {
                touched.push(of);
            }
        }
        Ok(Consequences(touched))
    }

    pub fn misfits(&self) -> i64 {
        self.0.iter().map(|t| t.misfits).sum()
    }
    pub fn clashes(&self) -> i64 {
        self.0.iter().map(|t| t.clashes).sum()
    }
    pub fn several(&self) -> i64 {
        self.0.iter().map(|t| t.several).sum()
    }
}
