//! Shared e-mails, twins and matches in the school in memory: what was decided of them, and what a sync makes of that.
//! Leaves everything else of a sync to `model::school`.

use std::collections::{BTreeMap, BTreeSet};

use super::school::{Key, Record, School};
use super::sheets::Sheets;
use crate::people::{Field, MemberType};

/// What somebody said, and has not taken back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decided {
    /// The school's setting: newcomers come without a shared e-mail.
    pub without: bool,
    pub emails: BTreeMap<String, Verdict>,
    /// Numbers of staff and parents: one human, or not.
    pub twins: BTreeMap<(u64, u64), bool>,
    /// Numbers of newcomers, and SONIS IDs of whom they are not.
    pub strangers: BTreeSet<(Key, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Give(Whom),
    Without,
    Block,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    Key(Key),
    Person(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Id {
    Person(usize),
    Key(Key),
}

/// Somebody with an e-mail: a row, or a person for whom no row speaks.
struct Claim {
    email: String,
    record: Option<usize>,
    id: Id,
    member_type: MemberType,
    names: (String, String),
    has_it: bool,
    is_fixed: bool,
    /// A person to whom no row leads at all.
    is_left: bool,
}

impl School {
    fn id(&self, records: &[Record], whom: &Whom) -> Option<Id> {
        match whom {
            Whom::Key(key) => {
                let led = records.iter().find(|r| r.key == *key).and_then(|r| r.leads);
                Some(led.or_else(|| self.with_key(*key)).map_or(Id::Key(*key), Id::Person))
            }
            Whom::Person(sonis_id) => self.people.iter().position(|h| h.sonis_id == *sonis_id).map(Id::Person),
        }
    }

    /// A parent of whom a record of staff that is there has the account.
    pub(super) fn is_without_account(&self, sheets: &Sheets, key: Key) -> bool {
        let is_there = |staff: u64| {
            let is_listed = sheets.teachers.as_ref().is_some_and(|s| s.row(staff).is_some());
            let held = self.with_key((MemberType::Staff, staff));
            is_listed || held.is_some_and(|p| matches!(self.people[p].get(Field::Status), "active" | "applicant"))
        };
        let twins = self.decided.twins.iter().filter(|(_, is_same)| **is_same);
        key.0 == MemberType::Parent && twins.map(|(pair, _)| pair).any(|(s, p)| *p == key.1 && is_there(*s))
    }

    /// One human has one account: what the parent's record has comes first.
    pub(super) fn block_second_accounts(&self, records: &mut [Record]) {
        for r in records.iter_mut().filter(|r| r.key.0 == MemberType::Staff) {
            let twins = self.decided.twins.iter().filter(|((s, _), is_same)| **is_same && *s == r.key.1);
            let has_one = twins.map(|((_, p), _)| self.with_key((MemberType::Parent, *p)));
            let has_one = has_one.flatten().any(|p| self.people[p].host_id.is_some());
            r.is_blocked |= has_one && r.person.is_none_or(|p| self.people[p].host_id.is_none());
        }
    }

    fn claims(&self, sheets: &Sheets, records: &[Record], leaving: &BTreeSet<usize>) -> Vec<Claim> {
        let led: BTreeSet<usize> = records.iter().filter_map(|r| r.leads).collect();
        let mut claims = Vec::new();
        let mut taken = BTreeSet::new();
        for (n, r) in records.iter().enumerate().filter(|(_, r)| !r.is_blocked) {
            taken.extend(r.person);
            let Some(email) = r.outcome.claim().filter(|_| !r.has_no_account) else { continue };
            let has = |p: usize| self.people[p].host_id.is_some() && self.people[p].claim().as_ref() == Some(&email);
            claims.push(Claim {
                record: Some(n),
                id: r.person.map_or(Id::Key(r.key), Id::Person),
                member_type: r.key.0,
                names: ("Ada".into(), r.last_name.clone()),
                has_it: r.person.is_some_and(has),
                is_fixed: r.is_fixed,
                is_left: false,
                email,
            });
        }
        for (p, human) in self.people.iter().enumerate() {
            let Some(email) = human.claim().filter(|_| !taken.contains(&p) && !leaving.contains(&p)) else { continue };
            if human.key.is_some_and(|key| self.is_without_account(sheets, key)) {
                continue;
            }
            claims.push(Claim {
                email,
                record: None,
                id: Id::Person(p),
                member_type: human.member_type(),
                names: (human.get(Field::FirstName).to_owned(), human.get(Field::LastName).to_owned()),
                has_it: true,
                is_fixed: true,
                is_left: !led.contains(&p),
            });
        }
        claims
    }

    /// Nobody new gets an e-mail that somebody else has or wants. Whoever is blocked stays as they are, with their e-mail.
    pub(super) fn settle_emails(&self, sheets: &Sheets, records: &mut [Record], leaving: &BTreeSet<usize>) {
        loop {
            let claims = self.claims(sheets, records, leaving);
            let emails: BTreeSet<&String> = claims.iter().map(|c| &c.email).collect();
            let (mut blocked, mut without) = (Vec::new(), Vec::new());
            for email in emails {
                let same: Vec<&Claim> = claims.iter().filter(|c| c.email == *email).collect();
                if same.len() > 1 {
                    self.settle(records, &same, &mut blocked, &mut without);
                }
            }
            for n in without {
                records[n].outcome.set(Field::Email, "");
            }
            if blocked.is_empty() {
                return;
            }
            for n in blocked {
                records[n].is_blocked = true;
            }
        }
    }

    fn settle(&self, records: &[Record], same: &[&Claim], blocked: &mut Vec<usize>, without: &mut Vec<usize>) {
        let verdict = self.decided.emails.get(&same[0].email);
        let named = match verdict {
            Some(Verdict::Give(whom)) => self.id(records, whom).filter(|id| same.iter().any(|c| c.id == *id)),
            _ => None,
        };
        let comes_without = match verdict {
            Some(Verdict::Without) => true,
            Some(Verdict::Block) => false,
            _ => self.decided.without || named.is_some(),
        };
        let stays = same.iter().any(|c| Some(c.id) != named && c.has_it && c.is_fixed);
        for c in same {
            let Some(record) = c.record else { continue };
            if verdict.is_none() && self.is_asked(records, c, same) {
                blocked.push(record);
            } else if Some(c.id) == named {
                if !c.has_it && stays {
                    blocked.push(record);
                }
            } else if named.is_none() && c.has_it || c.has_it && c.is_fixed {
                // Stays as they are.
            } else if comes_without && !c.is_fixed {
                without.push(record);
            } else {
                blocked.push(record);
            }
        }
    }

    /// Whether a person is asked before the row is taken.
    fn is_asked(&self, records: &[Record], one: &Claim, same: &[&Claim]) -> bool {
        let is_twin = |other: &Claim| {
            let (staff, parent) = match (one.member_type, other.member_type) {
                (MemberType::Staff, MemberType::Parent) => (one, other),
                (MemberType::Parent, MemberType::Staff) => (other, one),
                _ => return false,
            };
            let is_decided = self.decided.twins.keys().any(|(s, p)| {
                let id = |m, n| self.id(records, &Whom::Key((m, n)));
                id(MemberType::Staff, *s) == Some(staff.id) && id(MemberType::Parent, *p) == Some(parent.id)
            });
            staff.names == parent.names && !is_decided
        };
        let is_match = |other: &Claim| {
            let (Id::Key(key), Id::Person(person)) = (one.id, other.id) else { return false };
            let is_like = other.is_left && one.member_type == other.member_type && one.names.0 == other.names.0;
            is_like && !self.decided.strangers.contains(&(key, self.people[person].sonis_id.clone()))
        };
        !one.has_it && same.iter().any(|other| is_twin(other) || is_match(other))
    }
}
