//! Shared e-mails: what becomes of each of those who claim one: the school's rule, or what was decided of this very e-mail.
//! Pure. Leaves the words and the questions to `sync::shared`.

use crate::people::PersonId;

/// Somebody with an e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// Has this very e-mail already, and an account: stays as they are.
    pub has_it: bool,
    /// No row of a file can take it from them: set by hand, or no file speaks of it.
    pub is_fixed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Whoever is new is blocked.
    Block,
    /// Whoever is new is imported without it.
    Without,
    /// To this one; the others are imported without it.
    Give(Claimant),
}

crate::text_enum! {
    /// What becomes of somebody who claims a shared e-mail.
    Fate {
        Keeps = "keeps", "Has it, and stays as they are";
        Given = "given", "Gets it";
        Without = "without", "Imported without it";
        Blocked = "blocked", "Blocked";
        Asked = "asked", "Waits for a decision";
    }
}

/// Those who share an e-mail, together; the order of the claims does not matter.
pub fn shared(mut claims: Vec<Claim>) -> Vec<Vec<Claim>> {
    claims.sort_unstable();
    claims.dedup_by_key(|c| (c.email, c.who));
    claims.chunk_by(|a, b| a.email == b.email).filter(|same| same.len() > 1).map(<[Claim]>::to_vec).collect()
}

/// What becomes of each of them, in their order.
pub fn settle(same: &[Claim], rule: Rule) -> Vec<Fate> {
    let new = |c: &Claim| if c.is_fixed { Fate::Blocked } else { Fate::Without };
    let plain = |c: &Claim| match (c.has_it, rule) {
        (true, _) => Fate::Keeps,
        (false, Rule::Without) => new(c),
        (false, _) => Fate::Blocked,
    };
    let to = match rule {
        Rule::Give(to) if same.iter().any(|c| c.who == to) => to,
        _ => return same.iter().map(plain).collect(),
    };
    let stays = same.iter().any(|c| c.who != to && c.has_it && c.is_fixed);
    let fate = |c: &Claim| match (c.who == to, c.has_it, c.is_fixed) {
        (true, false, _) if stays => Fate::Blocked,
        (true, ..) => Fate::Given,
        (false, true, true) => Fate::Keeps,
        (false, ..) => new(c),
    };
    same.iter().map(fate).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn claim(email: u64, record: u32, has_it: bool) -> Claim {
        Claim { email, who: Claimant::Record(0, record), has_it, is_fixed: false }
    }

    #[test]
    fn two_newcomers_are_both_blocked_and_whoever_is_alone_is_not() {
        let groups = shared(vec![claim(7, 1, false), claim(8, 3, false), claim(7, 2, false)]);
        assert_eq!(groups, [vec![claim(7, 1, false), claim(7, 2, false)]]);
        assert_eq!(settle(&groups[0], Rule::Block), [Fate::Blocked, Fate::Blocked]);
        assert_eq!(settle(&groups[0], Rule::Without), [Fate::Without, Fate::Without]);
        assert_eq!(settle(&groups[0], Rule::Give(groups[0][1].who)), [Fate::Without, Fate::Given]);
    }

    #[test]
    fn whoever_has_the_e_mail_stays_and_the_newcomer_is_blocked() {
        let held = Claim { email: 7, who: Claimant::Held(PersonId(4)), has_it: true, is_fixed: true };
        let both = [held, claim(7, 1, false)];
        assert_eq!(settle(&both, Rule::Block), [Fate::Keeps, Fate::Blocked]);
        assert_eq!(settle(&both, Rule::Without), [Fate::Keeps, Fate::Without]);
        // Nothing in the files takes it from them, so it cannot go to another yet.
        assert_eq!(settle(&both, Rule::Give(both[1].who)), [Fate::Keeps, Fate::Blocked]);
    }

    #[test]
    fn an_e_mail_that_somebody_of_the_files_has_goes_over_to_whom_it_is_given() {
        let both = [claim(7, 1, true), claim(7, 2, false)];
        assert_eq!(settle(&both, Rule::Give(both[1].who)), [Fate::Without, Fate::Given]);
    }

    fn claims() -> impl Strategy<Value = Vec<Claim>> {
        let one = (0_u32..30, any::<bool>(), any::<bool>()).prop_map(|(record, has_it, is_fixed)| {
            let who = if record < 6 { Claimant::Held(PersonId(record.into())) } else { Claimant::Record(0, record) };
            let is_held = record < 6;
            Claim { email: 1 + u64::from(record % 5), who, has_it: has_it || is_held, is_fixed: is_fixed || is_held }
        });
        proptest::collection::vec(one, 0..40)
    }

    proptest! {
        #[test]
        fn whatever_was_decided_nobody_new_shares_an_e_mail_and_the_order_decides_nothing(
            claims in claims(), turn in 0_usize..40, which in any::<usize>(), kind in 0_u8..3,
        ) {
            let mut once = std::collections::BTreeSet::new();
            let claims: Vec<Claim> = claims.into_iter().filter(|c| once.insert(c.who)).collect();
            let mut turned = claims.clone();
            if !turned.is_empty() {
                turned.rotate_left(turn % claims.len());
            }
            let groups = shared(claims);
            prop_assert_eq!(&groups, &shared(turned));
            for same in &groups {
                let to = same[which % same.len()].who;
                let rule = [Rule::Block, Rule::Without, Rule::Give(to)][usize::from(kind)];
                let fates: Vec<(&Claim, Fate)> = same.iter().zip(settle(same, rule)).collect();
                let gets = |f: &Fate| matches!(f, Fate::Keeps | Fate::Given);
                let new = fates.iter().filter(|(c, f)| !c.has_it && gets(f)).count();
                let all = fates.iter().filter(|(_, f)| gets(f)).count();
                prop_assert!(new <= 1 && (new == 0 || all == 1), "{:?}", fates);
                for (c, f) in &fates {
                    // What cannot be taken from somebody is not, and who has it keeps it unless somebody else is named.
                    prop_assert!(!(c.is_fixed && *f == Fate::Without));
                    let is_named = matches!(rule, Rule::Give(_));
                    prop_assert!(gets(f) || !c.has_it || (is_named && !c.is_fixed && c.who != to));
                    if rule == Rule::Block {
                        prop_assert_eq!(*f == Fate::Blocked, !c.has_it);
                    }
                    if rule == Rule::Without {
                        prop_assert_eq!(*f == Fate::Blocked, !c.has_it && c.is_fixed);
                    }
                    if c.who == to && is_named {
                        let stays = same.iter().any(|o| o.who != to && o.has_it && o.is_fixed);
                        prop_assert_eq!(*f == Fate::Given, c.has_it || !stays);
                    }
                }
            }
        }
    }
}
