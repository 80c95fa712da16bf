//! Shared e-mails, twins and matches in the school in memory: what was decided of them, and what a sync makes of that.
//! Leaves everything else of a sync to `model::school`.

use std::collections::{BTreeMap, BTreeSet};

use super::school::{Key, Record, School};
use super::sheets::{Sheet, Sheets};
use crate::people::{Field, MemberType};

/// What somebody said, and has not taken back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decided {
    /// The school's setting: newcomers come without a shared e-mail.
    pub without: bool,
    pub emails: BTreeMap<String, Verdict>,
    /// Numbers of staff and parents: one human, or not.
    pub twins: BTreeMap<(u64, u64), bool>,
    /// Numbers of newcomers, and SONIS IDs of whom they are, or not.
    pub matches: BTreeMap<(Key, String), bool>,
}

/// Whom a row leads to because somebody has said so.
#[derive(Debug, Default)]
pub(super) struct Lead {
    pub person: Option<usize>,
    /// Another row leads there too.
    pub is_in_the_way: bool,
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
    /// Whoever has a SONIS ID; of a merged record the one it leads to.
    fn named(&self, sonis_id: &str) -> Option<usize> {
        let place = self.people.iter().position(|h| h.sonis_id == sonis_id)?;
        self.people[place].into.as_ref().map_or(Some(place), |into| self.named(into))
    }

    /// Whether somebody has said of a number and a human that they are one, or are not.
    fn is_said(&self, key: Key, person: usize, counts: impl Fn(bool) -> bool) -> bool {
        let of_key = self.decided.matches.iter().filter(|((k, _), _)| *k == key);
        of_key.into_iter().any(|((_, id), is_same)| counts(*is_same) && self.named(id) == Some(person))
    }

    /// The rows of which somebody has said whom they are, as far as they are there and may be.
    fn said(&self, sheets: &Sheets) -> BTreeMap<Key, usize> {
        let same = self.decided.matches.iter().filter(|(_, is_same)| **is_same).map(|(pair, _)| pair);
        let said = same.filter_map(|(key, sonis_id)| Some((*key, self.named(sonis_id)?)));
        let is_row = |key: &Key| sheets.people().any(|s| s.member_type == key.0 && self.speaks(s, key.1));
        said.filter(|(key, person)| {
            let is_free = self.with_key(*key).is_none_or(|p| p == *person);
            is_row(key) && is_free && self.people[*person].member_type() == key.0
        })
        .collect()
    }

    /// Whether a number has a row, and no other row speaks for it.
    fn speaks(&self, sheet: &Sheet, number: u64) -> bool {
        sheet.row(number).is_some() && !self.is_silent(sheet, (sheet.member_type, number))
    }

    /// How many rows lead to somebody, by a number of theirs or because somebody has said so.
    fn rows_to(&self, sheets: &Sheets, said: &BTreeMap<Key, usize>, person: usize) -> usize {
        let keys = sheets.people().flat_map(|s| {
            let numbers: BTreeSet<u64> = s.rows.iter().map(|r| r.key).collect();
            numbers.into_iter().filter(|n| self.speaks(s, *n)).map(|n| (s.member_type, n))
        });
        keys.filter(|key| said.get(key).copied().or_else(|| self.with_key(*key)) == Some(person)).count()
    }

    pub(super) fn lead(&self, sheets: &Sheets, key: Key) -> Lead {
        let said = self.said(sheets);
        match said.get(&key) {
            None => Lead::default(),
            Some(person) if self.rows_to(sheets, &said, *person) == 1 => {
                Lead { person: Some(*person), is_in_the_way: false }
            }
            Some(_) => Lead { person: None, is_in_the_way: true },
        }
    }

    /// Whether a row leads to somebody because of what was said.
    pub(super) fn is_led_to(&self, sheets: &Sheets, person: usize) -> bool {
        let said = self.said(sheets);
        said.values().any(|p| *p == person) && self.rows_to(sheets, &said, person) == 1
    }

    /// A newcomer with the name and the birth date of somebody to whom no row leads.
    pub(super) fn ask_about_births(&self, records: &mut [Record]) {
        let led: BTreeSet<usize> = records.iter().filter_map(|r| r.leads).collect();
        let looks = |h: &super::school::Human| {
            [Field::MemberType, Field::LastName, Field::FirstName, Field::BirthDate].map(|f| h.get(f).to_lowercase())
        };
        for r in records.iter_mut().filter(|r| !r.is_blocked && r.person.is_none()) {
            let is_like = |(p, h): (usize, &super::school::Human)| {
                !led.contains(&p)
                    && !h.is_merged()
                    && looks(h) == looks(&r.outcome)
                    && !self.is_said(r.key, p, |is_same| !is_same)
            };
            r.is_blocked = !r.outcome.get(Field::BirthDate).is_empty() && self.people.iter().enumerate().any(is_like);
        }
    }

    fn id(&self, records: &[Record], whom: &Whom) -> Option<Id> {
        match whom {
            Whom::Key(key) => {
                let led = records.iter().find(|r| r.key == *key).and_then(|r| r.leads);
                Some(led.or_else(|| self.with_key(*key)).map_or(Id::Key(*key), Id::Person))
            }
            Whom::Person(sonis_id) => self.named(sonis_id).map(Id::Person),
        }
    }

    /// A parent of whom a record of staff that is there has the account.
    pub(super) fn is_without_account(&self, sheets: &Sheets, key: Key) -> bool {
        let person = |key: Key| self.with_key(key).or_else(|| self.lead(sheets, key).person);
        let is_row = |key: u64| sheets.teachers.as_ref().is_some_and(|s| s.row(key).is_some());
        let speaks = |key: u64| sheets.teachers.as_ref().is_some_and(|s| self.speaks(s, key));
        let is_open = |key: u64| speaks(key) && !self.lead(sheets, (MemberType::Staff, key)).is_in_the_way;
        let is_there = |staff: u64| {
            let held = person((MemberType::Staff, staff));
            let rows = sheets.teachers.iter().flat_map(|s| s.rows.iter().map(|r| r.key));
            let own: Vec<u64> = match held {
                None => vec![staff],
                Some(p) => rows.filter(|key| person((MemberType::Staff, *key)) == Some(p)).collect(),
            };
            let is_listed = own.iter().any(|key| is_row(*key));
            let ends_absentees = sheets.is_full && self.deactivates && sheets.teachers.is_some();
            let stays = |p: usize| {
                let human = &self.people[p];
                let is_active = matches!(human.get(Field::Status), "active" | "applicant");
                is_active && (!ends_absentees || human.pins.contains(&Field::Status))
            };
            if is_listed { own.iter().any(|key| is_open(*key)) } else { held.is_some_and(stays) }
        };
        let is_one = |parent: u64| {
            parent == key.1 || person((MemberType::Parent, parent)).is_some_and(|p| person(key) == Some(p))
        };
        let twins = self.decided.twins.iter().filter(|(_, is_same)| **is_same);
        key.0 == MemberType::Parent && twins.map(|(pair, _)| pair).any(|(s, p)| is_one(*p) && is_there(*s))
    }

    /// One human has one account: what the parent's record has comes first.
    pub(super) fn block_second_accounts(&self, sheets: &Sheets, records: &mut [Record]) {
        let person = |m: MemberType, n: u64| self.with_key((m, n)).or_else(|| self.lead(sheets, (m, n)).person);
        for r in records.iter_mut().filter(|r| r.key.0 == MemberType::Staff) {
            let own = person(MemberType::Staff, r.key.1);
            let is_own = |s: u64| s == r.key.1 || own.is_some_and(|p| person(MemberType::Staff, s) == Some(p));
            let twins = self.decided.twins.iter().filter(|((s, _), is_same)| **is_same && is_own(*s));
            let has_one = twins.map(|((_, p), _)| person(MemberType::Parent, *p));
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
            if human.keys.iter().any(|key| self.is_without_account(sheets, *key)) {
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
            } else if c.has_it && (named.is_none() || c.is_fixed) {
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
            is_like && !self.is_said(key, person, |_| true)
        };
        !one.has_it && same.iter().any(|other| is_twin(other) || is_match(other))
    }
}
