//! A case as the planner finds it: who it is about, by their places in the files. Leaves their names to `cases::keep`.

use crate::sync::emails::{Claimant, Fate};

crate::text_enum! {
    FoundKind {
        Email = "email", "Shared e-mail";
        Twin = "twin", "Likely twin";
        Match = "match", "Likely match";
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub kind: FoundKind,
    pub parties: Vec<(Claimant, Fate)>,
}

impl Found {
    pub fn new(kind: FoundKind) -> Found {
        Found { kind, parties: Vec::new() }
    }

    /// What was found later of somebody counts.
    pub fn put(&mut self, who: Claimant, fate: Fate) {
        match self.parties.iter_mut().find(|(w, _)| *w == who) {
            Some((_, f)) => *f = fate,
            None => self.parties.push((who, fate)),
        }
    }
}
