//! Work that may take longer than a visitor waits: it goes on in a thread of its own, and what came of it is kept for
//! whoever asks later. Leaves how far it is to the lease of its run.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::AppError;
use crate::runs::RunId;
use crate::schools::SchoolId;
use crate::sources::{FileProblem, Slot};

/// Whoever sends a form waits so long for the work to be done; then a page shows how far it is.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// What came of some work is kept so long; a plan and its problems are in the database anyway.
const KEPT: Duration = Duration::from_secs(3600);

/// What is known of some work.
#[derive(Debug, Clone)]
pub enum Told {
    /// It goes on. A run that it makes has a number above this one.
    Working {
        after: RunId,
    },
    Planned(RunId),
    File(Slot, FileProblem),
    /// It came to nothing, and why.
    Said(String),
}

/// What came of work that nobody waited for, on this node.
#[derive(Default)]
pub struct Works(Mutex<HashMap<(SchoolId, String), (Instant, Told)>>);

impl Works {
    pub fn tell(&self, school: SchoolId, what: &str, told: Told) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (at, _)| at.elapsed() < KEPT);
        all.insert((school, what.to_owned()), (Instant::now(), told));
    }

    pub fn told(&self, school: SchoolId, what: &str) -> Option<Told> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&(school, what.to_owned())).map(|(_, told)| told.clone())
    }

    pub fn forget(&self, school: SchoolId, what: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&(school, what.to_owned()));
    }
}

/// Does `work` in a thread of its own. What came of it is the answer if that is soon; otherwise the answer is None, and
/// `late` gets it.
pub async fn begin<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    late: impl FnOnce(T) + Send + 'static,
) -> Result<Option<T>, AppError> {
    let (done, mut soon) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("work".into())
        .spawn(move || {
            if let Err(result) = done.send(work()) {
                late(result);
            }
        })
        .map_err(|e| AppError::internal("starting some work", &e))?;
    match tokio::time::timeout(PATIENCE, &mut soon).await {
        Ok(Ok(result)) => Ok(Some(result)),
        // The thread panicked, and has logged it.
        Ok(Err(_)) => Err(AppError::Internal("some work ended without a result".into())),
        Err(_) => {
            // From here on `late` gets it; what was sent in this very moment is taken along.
            soon.close();
            Ok(soon.try_recv().ok())
        }
    }
}

/// A failure in words for a page; what nobody can act on is logged and told by that alone.
pub fn in_words(e: &AppError) -> String {
    match e {
        AppError::Conflict(said) | AppError::TooLarge(said) => said.clone(),
        AppError::Busy => "The database was busy for too long. Nothing was changed: try again.".into(),
        AppError::NotFound => "It is not there any more.".into(),
        e => {
            log::error!("work in the background failed: {e}");
            "Something went wrong, and nothing was changed. Try again; if it goes wrong again, tell whoever runs this server.".into()
        }
    }
}
