//! A school in memory, written down from what the sync promises and not from how it does it: who is there with which
//! fields, ID, groups and relationships, and what a set of files makes of them. Leaves taking runs back to `model::back`.

use std::collections::{BTreeMap, BTreeSet};

use super::emails::Decided;
use super::sheets::{Row, Sheet, Sheets};
use crate::people::{Field, MemberType};

pub type Key = (MemberType, u64);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Human {
    /// Empty until the portal has given one.
    pub sonis_id: String,
    pub bio: BTreeMap<Field, String>,
    /// Several, where somebody has said that another number is theirs, or where records were merged.
    pub keys: BTreeSet<Key>,
    /// Those of them that came with merged records, where the human had one already.
    pub also: BTreeSet<Key>,
    /// The SONIS ID of whom a merged record was merged into.
    pub into: Option<String>,
    pub host_id: Option<String>,
    pub groups: BTreeSet<String>,
    pub pins: BTreeSet<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct School {
    pub people: Vec<Human>,
    /// (parent, student) by their places in `people`.
    pub ties: BTreeMap<(usize, usize), String>,
    pub grade_groups: bool,
    pub grad_year_groups: bool,
    pub deactivates: bool,
    pub year: i32,
    pub decided: Decided,
}

impl Human {
    pub fn get(&self, field: Field) -> &str {
        self.bio.get(&field).map_or("", String::as_str)
    }

    pub fn set(&mut self, field: Field, value: impl Into<String>) {
        let value = value.into();
        if value.is_empty() {
            self.bio.remove(&field)
        } else {
            self.bio.insert(field, value)
        };
    }

    pub fn member_type(&self) -> MemberType {
        MemberType::parse(self.get(Field::MemberType)).unwrap_or(MemberType::Student)
    }

    pub fn is_merged(&self) -> bool {
        self.get(Field::Status) == "merged"
    }

    /// The number that stands for the human: the smallest own one.
    pub fn own(&self) -> Option<Key> {
        self.keys.iter().copied().min_by_key(|k| (self.also.contains(k), *k))
    }

    pub fn is_active(&self) -> bool {
        self.get(Field::Status) == "active"
    }

    /// An e-mail counts only of people who are there or about to be.
    pub fn claim(&self) -> Option<String> {
        let counts = matches!(self.get(Field::Status), "active" | "applicant");
        (counts && !self.get(Field::Email).is_empty()).then(|| self.get(Field::Email).to_lowercase())
    }
}

/// A row that may be taken, with whom it leads to and what that person would be.
pub(super) struct Record {
    pub key: Key,
    pub person: Option<usize>,
    /// Whom the row leads to, also where it is not taken for another reason.
    pub leads: Option<usize>,
    pub outcome: Human,
    pub is_blocked: bool,
    /// As the row alone has it.
    pub last_name: String,
    /// The row cannot take an e-mail from the person.
    pub is_fixed: bool,
    pub has_no_account: bool,
}

/// What a sync did, beside changing the school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Did {
    pub created: usize,
    pub deactivated: usize,
}

impl School {
    pub fn with_key(&self, key: Key) -> Option<usize> {
        self.people.iter().position(|h| h.keys.contains(&key))
    }

    fn holder(&self, id: &str) -> Option<usize> {
        self.people.iter().position(|h| h.host_id.as_deref().is_some_and(|held| held.eq_ignore_ascii_case(id)))
    }

    pub fn sync(&mut self, sheets: &Sheets) -> Did {
        let before = self.clone();
        let mut records = Vec::new();
        let mut listed: BTreeSet<Key> = BTreeSet::new();
        for sheet in sheets.people() {
            let keys: BTreeSet<u64> = sheet.rows.iter().map(|r| r.key).collect();
            for number in keys {
                let key = (sheet.member_type, number);
                listed.insert(key);
                let has_no_account = self.is_without_account(sheets, key);
                let row = sheet.row(number).filter(|_| !self.is_silent(sheet, key));
                records.extend(row.map(|row| self.record(sheets, sheet, (row, key), has_no_account)));
            }
        }
        self.block_second_accounts(sheets, &mut records);
        let leaving = self.leaving(sheets, &listed, &records);
        self.settle_emails(sheets, &mut records, &leaving);
        self.ask_about_births(&mut records);
        let ties = self.ties_in(sheets, &records);
        for r in &mut records {
            let is_alone = ties.as_ref().is_some_and(|t| !t.keys().any(|(parent, _)| *parent == r.key.1));
            r.is_blocked |= r.person.is_none() && r.key.0 == MemberType::Parent && is_alone;
        }
        let led: BTreeSet<usize> = records.iter().filter_map(|r| r.leads).collect();
        // A number that somebody has said is theirs names them, also where its row is not taken.
        let known = |r: &Record| r.leads.filter(|p| !self.people[*p].keys.is_empty()).map(|p| (r.key, p));
        let leads: BTreeMap<Key, usize> = records.iter().filter_map(known).collect();
        let mut did = Did { created: 0, deactivated: leaving.len() };
        let mut decided: BTreeSet<usize> = leaving.clone();
        for r in records.into_iter().filter(|r| !r.is_blocked) {
            let place = r.person.unwrap_or_else(|| {
                self.people.push(Human::default());
                did.created += 1;
                self.people.len() - 1
            });
            decided.insert(place);
            self.people[place] = r.outcome;
        }
        for place in &leaving {
            self.people[*place].set(Field::Status, "inactive");
        }
        if let Some(ties) = ties {
            self.tie(sheets, &ties, (&led, &leads), &mut decided);
        }
        self.regroup(&before, &decided);
        did
    }

    /// Of two rows of one human that of an own number counts, or of those that came with merged records the first.
    pub(super) fn is_silent(&self, sheet: &Sheet, key: Key) -> bool {
        let Some(human) = self.people.iter().find(|h| h.also.contains(&key)) else { return false };
        let before = human.keys.iter().filter(|k| !human.also.contains(k) || **k < key);
        before.into_iter().any(|k| sheet.row(k.1).is_some())
    }

    fn record(&self, sheets: &Sheets, sheet: &Sheet, (row, key): (&Row, Key), has_no_account: bool) -> Record {
        let lead = self.lead(sheets, key);
        let letter = match key.0 {
            MemberType::Student => "S",
            MemberType::Staff => "T",
            MemberType::Parent => "P",
        };
        let id = format!("{letter}{}", key.1);
        // Whoever gets no account is not looked for by one.
        let holder = self.holder(&id).filter(|_| !has_no_account);
        let mut person = self.with_key(key).or(lead.person);
        let is_unreadable = sheet.has_enrollment && row.enrollment == "9";
        let mut is_blocked = is_unreadable || lead.is_in_the_way;
        // Whoever has the Host ID already and no number yet is the person; anybody else is in the way.
        if let (None, Some(h)) = (person, holder) {
            let human = &self.people[h];
            if human.keys.is_empty() && human.member_type() == key.0 && !self.is_led_to(sheets, h) {
                person = Some(h)
            } else {
                is_blocked = true
            }
        }
        let wants_id = person.is_none_or(|p| self.people[p].host_id.is_none());
        is_blocked |= wants_id && holder.is_some();
        let before = person.map(|p| self.people[p].clone()).unwrap_or_default();
        let mut after = before.clone();
        after.keys.insert(key);
        if !has_no_account {
            after.host_id.get_or_insert(id);
        }
        after.set(Field::MemberType, key.0.code());
        after.set(Field::LastName, row.last_name());
        after.set(Field::FirstName, "Ada");
        if before.get(Field::Status) != "applicant" {
            after.set(Field::Status, "active");
        }
        match row.enrollment {
            "0" if sheet.has_enrollment => after.set(Field::Status, "active"),
            "-1" if sheet.has_enrollment => after.set(Field::Status, "applicant"),
            "2" if sheet.has_enrollment => after.set(Field::Status, "inactive"),
            _ => {}
        }
        if sheet.has_email {
            after.set(Field::Email, row.email());
        }
        if sheet.has_birth {
            after.set(Field::BirthDate, row.born.map(|d| format!("2015-01-0{d}")).unwrap_or_default());
        }
        if sheet.has_grade {
            after.set(Field::GradeLevel, row.grade.map(|g| g.to_string()).unwrap_or_default());
            if let Some(grade) = row.grade {
                after.set(Field::GradYear, (self.year + 12 - grade).to_string());
            }
        }
        for field in &before.pins {
            after.set(*field, before.get(*field));
        }
        let is_fixed = !sheet.has_email || before.pins.contains(&Field::Email);
        let leads = self.with_key(key).or(lead.person).or(person.filter(|_| !is_unreadable && !lead.is_in_the_way));
        let last_name = row.last_name();
        Record { key, person, leads, outcome: after, is_blocked, last_name, is_fixed, has_no_account }
    }

    /// Who is no longer listed and becomes inactive.
    fn leaving(&self, sheets: &Sheets, listed: &BTreeSet<Key>, records: &[Record]) -> BTreeSet<usize> {
        if !sheets.is_full || !self.deactivates {
            return BTreeSet::new();
        }
        let given: BTreeSet<MemberType> = sheets.people().map(|s| s.member_type).collect();
        let matched: BTreeSet<usize> = records.iter().filter_map(|r| r.person).collect();
        let gone = |(place, h): &(usize, &Human)| {
            h.keys.iter().any(|k| given.contains(&k.0))
                && !h.keys.iter().any(|k| listed.contains(k))
                && !matched.contains(place)
                && matches!(h.get(Field::Status), "active" | "applicant")
                && !h.pins.contains(&Field::Status)
        };
        self.people.iter().enumerate().filter(gone).map(|(place, _)| place).collect()
    }

    /// (parent, student) by their numbers, as far as there are such people.
    fn ties_in(&self, sheets: &Sheets, records: &[Record]) -> Option<BTreeMap<(u64, u64), String>> {
        let mut ties: BTreeMap<(u64, u64), String> = BTreeMap::new();
        for tie in sheets.relationships.as_ref()? {
            let (student, parent) = ((MemberType::Student, tie.student), (MemberType::Parent, tie.parent));
            let is_known = |p: usize| !self.people[p].keys.is_empty();
            let is_there = |key: Key| {
                let row = |r: &Record| r.key == key && (!r.is_blocked || r.leads.is_some_and(is_known));
                self.with_key(key).is_some() || records.iter().any(row)
            };
            if !is_there(student) || !is_there(parent) {
                continue;
            }
            // The first in the order of the alphabet; one that is told before one that is not.
            let of_pair = sheets.relationships.iter().flatten();
            let kinds = of_pair.filter(|t| (t.student, t.parent) == (tie.student, tie.parent)).map(|t| t.kind);
            let kind = kinds.filter(|k| !k.is_empty()).min().unwrap_or("Guardian");
            ties.insert((tie.parent, tie.student), kind.to_owned());
        }
        Some(ties)
    }

    fn tie(
        &mut self,
        sheets: &Sheets,
        ties: &BTreeMap<(u64, u64), String>,
        (led, leads): (&BTreeSet<usize>, &BTreeMap<Key, usize>),
        decided: &mut BTreeSet<usize>,
    ) {
        for place in 0..self.people.len() {
            let keys: BTreeSet<u64> =
                self.people[place].keys.iter().filter(|k| k.0 == MemberType::Parent).map(|k| k.1).collect();
            if keys.is_empty() {
                continue;
            }
            let is_in_file = sheets.parents.is_some()
                && (led.contains(&place)
                    || keys.iter().any(|k| sheets.parents.as_ref().is_some_and(|s| s.row(*k).is_some())));
            let is_taken = decided.contains(&place) && is_in_file;
            // Whoever is in no file of parents is told of by the relationships alone; in a full file's place nobody is.
            let is_named = ties.keys().any(|(parent, _)| keys.contains(parent));
            let speaks = match &sheets.parents {
                None => is_named || sheets.is_full,
                Some(_) => !sheets.is_full && is_named && !is_in_file,
            };
            if !is_taken && !speaks {
                continue;
            }
            let mut wanted: BTreeMap<usize, String> = BTreeMap::new();
            for ((_, student), kind) in ties.iter().filter(|((parent, _), _)| keys.contains(parent)) {
                let key = (MemberType::Student, *student);
                let Some(student) = self.with_key(key).or_else(|| leads.get(&key).copied()) else { continue };
                // Of two that name the same pair: one that is told before one that is not, then the alphabet.
                let rank = |k: &String| (k == "Guardian", k.clone());
                let kind = wanted.get(&student).filter(|k| rank(k) < rank(kind)).unwrap_or(kind).clone();
                wanted.insert(student, kind);
            }
            if sheets.is_full {
                self.ties.retain(|(parent, student), _| *parent != place || wanted.contains_key(student));
            }
            self.ties.extend(wanted.into_iter().map(|(student, kind)| ((place, student), kind)));
            decided.insert(place);
        }
    }

    /// Whoever was decided on is in the groups of what they are now; parents follow children who moved.
    fn regroup(&mut self, before: &School, decided: &BTreeSet<usize>) {
        let mut moved = BTreeSet::new();
        for place in decided {
            if self.people[*place].member_type() != MemberType::Parent {
                self.people[*place].groups = self.own_groups(*place);
                let was = before.people.get(*place).map(|h| &h.groups);
                if was != Some(&self.people[*place].groups) {
                    moved.insert(*place);
                }
            }
        }
        let followers = before.ties.keys().filter(|(_, student)| moved.contains(student)).map(|(parent, _)| *parent);
        let parents: BTreeSet<usize> = followers.chain(decided.iter().copied()).collect();
        for place in parents {
            if self.people[place].member_type() == MemberType::Parent {
                let children = self.ties.keys().filter(|(parent, _)| *parent == place).map(|(_, student)| *student);
                let groups: BTreeSet<String> = children.flat_map(|student| self.own_groups(student)).collect();
                self.people[place].groups = if self.people[place].is_active() { groups } else { BTreeSet::new() };
            }
        }
    }

    pub fn own_groups(&self, place: usize) -> BTreeSet<String> {
        let human = &self.people[place];
        let mut groups = BTreeSet::new();
        if !human.is_active() {
            return groups;
        }
        if human.member_type() == MemberType::Staff {
            groups.insert("faculty".to_owned());
        }
        if human.member_type() == MemberType::Student {
            if self.grade_groups && !human.get(Field::GradeLevel).is_empty() {
                groups.insert(format!("grade:{}", human.get(Field::GradeLevel)));
            }
            if self.grad_year_groups && !human.get(Field::GradYear).is_empty() {
                groups.insert(format!("grad:{}", human.get(Field::GradYear)));
            }
        }
        groups
    }
}
