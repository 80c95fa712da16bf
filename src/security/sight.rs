//! `Sight`: the proof that somebody may see integration IDs, of all integrations or of some.
//! Leaves what is seen to `integration_ids`: a value prints only against a Sight.

use crate::integrations::IntegrationId;

/// It is made from a visitor's grants (`Visitor::sight`) or for an operator on the command line, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight(Scope);

/// For all integrations or for some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    All,
    Only(Vec<IntegrationId>),
}

impl Sight {
    pub(super) fn new(scope: Scope) -> Sight {
        Sight(scope)
    }

    /// Sees nothing: every value asked of it stays hidden.
    pub fn none() -> Sight {
        Sight(Scope::Only(Vec::new()))
    }

    /// The operator's, who can read the database file anyway.
    pub fn of_operator() -> Sight {
        Sight(Scope::All)
    }

    pub fn covers(&self, integration: IntegrationId) -> bool {
        match &self.0 {
            Scope::All => true,
            Scope::Only(some) => some.contains(&integration),
        }
    }

    /// The same sight without integrations that are hidden (switched off at the school).
    pub fn without(self, hidden: &[IntegrationId], all: &[IntegrationId]) -> Sight {
        if hidden.is_empty() {
            return self;
        }
        let seen = all.iter().copied().filter(|i| self.covers(*i) && !hidden.contains(i)).collect();
        Sight(Scope::Only(seen))
    }

    /// The integrations it is limited to; None where it covers all.
    pub fn only(&self) -> Option<&[IntegrationId]> {
        match &self.0 {
            Scope::All => None,
            Scope::Only(some) => Some(some),
        }
    }

    pub fn is_none(&self) -> bool {
        matches!(&self.0, Scope::Only(some) if some.is_empty())
    }
}
