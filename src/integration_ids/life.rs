//! The life of integration IDs as the page tells it: added, removed, by whom, why, newest first.
//! Leaves reading the records to `integration_ids::record`.

use super::{Record, VisibleId};
use crate::runs::{RunId, RunKind};

/// The life of the values of one integration, newest first.
pub struct Life {
    pub integration: String,
    pub moments: Vec<Moment>,
}

pub struct Moment {
    pub at: chrono::NaiveDateTime,
    pub is_live: bool,
    pub verb: &'static str,
    pub value: VisibleId,
    pub by: String,
    pub how: String,
    pub run: Option<RunId>,
    pub reason: Option<String>,
}

/// What brought a value: "by hand", "in an undo", "from the import of names".
fn came_from(kind: RunKind) -> String {
    match kind {
        RunKind::AddId | RunKind::DeleteId => "by hand".into(),
        RunKind::Undo => "in an undo".into(),
        kind => format!("from the {}", kind.word().to_lowercase()),
    }
}

/// Orders every value a person has or had by integration, each integration's newest first.
pub fn lives(records: Vec<Record>) -> Vec<Life> {
    let mut lives: Vec<Life> = Vec::new();
    for r in records {
        let mut moments = Vec::new();
        if let Some(removal) = &r.removed {
            moments.push(Moment {
                at: removal.at,
                is_live: false,
                verb: "Removed",
                value: r.value.clone(),
                by: removal.by.clone(),
                how: String::new(),
                run: removal.run,
                reason: removal.reason.clone(),
            });
        }
        moments.push(Moment {
            at: r.added_at,
            is_live: r.removed.is_none(),
            verb: "Added",
            value: r.value,
            by: r.added_by,
            how: came_from(r.kind),
            run: Some(r.run),
            reason: None,
        });
        match lives.iter_mut().find(|l| l.integration == r.integration) {
            Some(life) => life.moments.extend(moments),
            None => lives.push(Life { integration: r.integration, moments }),
        }
    }
    for life in &mut lives {
        life.moments.sort_by_key(|m| std::cmp::Reverse(m.at));
    }
    lives.sort_by(|a, b| a.integration.cmp(&b.integration));
    lives
}
