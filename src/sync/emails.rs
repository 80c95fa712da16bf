//! Shared e-mails: whoever newly wants an e-mail that somebody else has or wants too is blocked, each named with the others.
//! Pure. Leaves the words to the planner.

use crate::people::PersonId;

/// Somebody with an e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claimant {
    /// A person of the school who stands in no file.
    Held(PersonId),
    /// A record of a file: which file, which record.
    Record(u8, u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// Fingerprint, not 0.
    pub email: u64,
    pub who: Claimant,
    /// Has this very e-mail already: stays as they are.
    pub has_it: bool,
}

/// A record that is blocked, with everybody else who claims its e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    pub blocked: Claimant,
    pub with: Vec<Claimant>,
}

/// Finds every clash; the order of the claims does not matter.
pub fn clashes(mut claims: Vec<Claim>) -> Vec<Clash> {
    claims.sort_unstable();
    let mut clashes = Vec::new();
    for same in claims.chunk_by(|a, b| a.email == b.email) {
        if same.len() < 2 {
            continue;
        }
        for claim in same.iter().filter(|c| !c.has_it) {
            let with = same.iter().map(|c| c.who).filter(|who| *who != claim.who).collect();
            clashes.push(Clash { blocked: claim.who, with });
        }
    }
    clashes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn claim(email: u64, record: u32, has_it: bool) -> Claim {
        Claim { email, who: Claimant::Record(0, record), has_it }
    }

    #[test]
    fn two_newcomers_are_both_blocked_and_each_names_the_other() {
        let clashes = clashes(vec![claim(7, 1, false), claim(7, 2, false), claim(8, 3, false)]);
        let told: Vec<_> = clashes.iter().map(|c| (c.blocked, c.with.clone())).collect();
        let (one, two) = (Claimant::Record(0, 1), Claimant::Record(0, 2));
        assert_eq!(told, [(one, vec![two]), (two, vec![one])]);
    }

    #[test]
    fn whoever_has_the_e_mail_stays_and_the_newcomer_is_blocked() {
        let held = Claim { email: 7, who: Claimant::Held(PersonId(4)), has_it: true };
        let clashes = clashes(vec![claim(7, 1, false), held]);
        assert_eq!(clashes, [Clash { blocked: Claimant::Record(0, 1), with: vec![held.who] }]);
    }

    proptest! {
        #[test]
        fn nobody_is_let_in_on_an_e_mail_that_somebody_else_claims(
            claims in proptest::collection::vec((1_u64..6, 0_u32..30, any::<bool>()), 0..40), turn in 0_usize..40,
        ) {
            let mut seen = std::collections::BTreeSet::new();
            let claims: Vec<Claim> = claims.into_iter().filter(|(_, r, _)| seen.insert(*r)).map(|(e, r, h)| claim(e, r, h)).collect();
            let mut turned = claims.clone();
            if !turned.is_empty() {
                turned.rotate_left(turn % claims.len());
            }
            let found = clashes(claims.clone());
            prop_assert_eq!(&found, &clashes(turned));
            for c in &claims {
                let others = claims.iter().filter(|o| o.email == c.email && o.who != c.who).count();
                let blocked = found.iter().any(|f| f.blocked == c.who);
                prop_assert_eq!(blocked, others > 0 && !c.has_it);
            }
        }
    }
}
