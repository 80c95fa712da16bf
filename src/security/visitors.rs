//! What a node remembers of those who come, so that a request of somebody known costs one small look-up
//! instead of reading user, school, grants and limits anew. It counts for as long as nothing about access has changed,
//! on any node, and no grant has ended. Leaves reading a visitor to `Visitor`, and the number that rises with every
//! change to the database itself (`access_epoch`, raised by triggers).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::user::UserId;
use super::visitor::Visitor;
use crate::clock::Clock;
use crate::db::Conn;
use crate::error::AppError;
use crate::on_each;
use crate::schema::access_epoch;
use crate::schools::SchoolId;

/// So many are remembered; when there are more, the node begins anew.
const MOST: usize = 10_000;

/// A visitor in the school that they chose.
type Whose = (UserId, Option<SchoolId>);

struct Kept {
    epoch: i64,
    read_at: NaiveDateTime,
    visitor: Arc<Visitor>,
}

impl Kept {
    fn counts(&self, epoch: i64, now: NaiveDateTime) -> bool {
        self.epoch == epoch && self.read_at <= now && self.visitor.grants_until().is_none_or(|end| now < end)
    }
}

#[derive(Default)]
pub struct Visitors {
    kept: Mutex<HashMap<Whose, Kept>>,
}

impl Visitors {
    /// As `Visitor::load_in`.
    pub fn load(
        &self,
        conn: &mut Conn,
        user: UserId,
        chosen: Option<SchoolId>,
        clock: &Clock,
    ) -> Result<Option<Arc<Visitor>>, AppError> {
        // Before the rows: what changes between the two is then read once more, never missed.
        let epoch: i64 = on_each!(conn, |c| access_epoch::table.find(1).select(access_epoch::epoch).get_result(c))?;
        let (whose, now) = ((user, chosen), clock.now());
        if let Some(kept) = self.kept().get(&whose).filter(|k| k.counts(epoch, now)) {
            return Ok(Some(kept.visitor.clone()));
        }
        let Some(visitor) = Visitor::load_in(conn, user, chosen, clock)?.map(Arc::new) else { return Ok(None) };
        let mut all = self.kept();
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(whose, Kept { epoch, read_at: now, visitor: visitor.clone() });
        Ok(Some(visitor))
    }

    /// A thread that panicked with the map in its hands left at worst one entry out.
    fn kept(&self) -> MutexGuard<'_, HashMap<Whose, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
