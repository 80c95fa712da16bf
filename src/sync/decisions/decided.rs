//! Decisions as a plan uses them: whoever is named is found in the files and in the school, once, by set.
//! Leaves what comes of them to `sync::shared` and `sync::matches`.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::{Decisions, EmailVerdict, Verdict, Whom};
use crate::db::Conn;
use crate::error::AppError;
use crate::people::{MemberType, PersonId, Status};
use crate::runs::KeySpace;
use crate::schema::people;
use crate::schools::CurrentSchool;
use crate::sync::fingerprint::of_text;
use crate::sync::held::Links;
use crate::sync::pass::Pass;

/// So many are asked for at a time.
const ASKED: usize = 500;

/// Whoever is named, as far as it is known who that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Id {
    Person(PersonId),
    Key(KeySpace, u64),
}

/// How a shared e-mail was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForEmail {
    Give(Id),
    Without,
    Block,
}

/// The people of the school whom decisions name by their SONIS ID, and whether they are there. Of a record that was merged
/// it is the one that it was merged into.
pub struct Known(HashMap<String, (PersonId, Status, MemberType)>);

impl Known {
    pub fn load(conn: &mut Conn, school: &CurrentSchool, decisions: &Decisions) -> Result<Known, AppError> {
        let mut sonis_ids = HashSet::new();
        let mut name = |whom: &Whom| {
            if let Whom::Person(sonis_id) = whom {
                sonis_ids.insert(sonis_id.clone());
            }
        };
        for d in &decisions.emails {
            if let EmailVerdict::Give(whom) = &d.verdict {
                name(whom);
            }
        }
        for d in decisions.twins.iter().chain(&decisions.matches) {
            name(&d.pair.one);
            name(&d.pair.other);
        }
        let all: Vec<String> = sonis_ids.into_iter().collect();
        let mut known = HashMap::new();
        for some in all.chunks(ASKED) {
            let rows: Vec<(String, PersonId, Status, MemberType)> = people::of(school)
                .filter(people::sonis_id.eq_any(some.to_vec()))
                .select((people::sonis_id, people::id, people::status, people::member_type))
                .load(conn)?;
            known.extend(rows.into_iter().map(|(sonis_id, id, status, m)| (sonis_id, (id, status, m))));
        }
        follow_merges(conn, school, &mut known)?;
        Ok(Known(known))
    }

    pub fn person(&self, whom: &Whom) -> Option<PersonId> {
        match whom {
            Whom::Person(sonis_id) => self.0.get(sonis_id).map(|(id, ..)| *id),
            Whom::Key(..) => None,
        }
    }

    /// A merged record that leads nowhere is nobody to link to.
    pub fn living(&self, whom: &Whom) -> Option<(PersonId, MemberType)> {
        match whom {
            Whom::Person(sonis_id) => {
                self.0.get(sonis_id).filter(|(_, s, _)| *s != Status::Merged).map(|(id, _, m)| (*id, *m))
            }
            Whom::Key(..) => None,
        }
    }
}

/// Where records were merged, whom they lead to now.
fn follow_merges(
    conn: &mut Conn,
    school: &CurrentSchool,
    known: &mut HashMap<String, (PersonId, Status, MemberType)>,
) -> Result<(), AppError> {
    if !known.values().any(|(_, status, _)| *status == Status::Merged) {
        return Ok(());
    }
    let leads = crate::runs::merge::leads(conn, school)?;
    let ends = |id: &PersonId| leads.get(id).copied();
    let merged = known.values().filter(|(_, status, _)| *status == Status::Merged);
    let ids: HashSet<PersonId> = merged.filter_map(|(id, ..)| ends(id)).collect();
    let mut there: HashMap<PersonId, (PersonId, Status, MemberType)> = HashMap::new();
    for some in ids.into_iter().collect::<Vec<_>>().chunks(ASKED) {
        let rows: Vec<(PersonId, Status, MemberType)> = people::of(school)
            .filter(people::id.eq_any(some.to_vec()))
            .select((people::id, people::status, people::member_type))
            .load(conn)?;
        there.extend(rows.into_iter().map(|row| (row.0, row)));
    }
    for named in known.values_mut().filter(|(_, status, _)| *status == Status::Merged) {
        if let Some(survivor) = ends(&named.0).and_then(|id| there.get(&id)) {
            *named = *survivor;
        }
    }
    Ok(())
}

/// The decisions of a plan.
#[derive(Debug, Default)]
pub struct Decided {
    emails: HashMap<u64, ForEmail>,
    refused: HashSet<(Id, Id)>,
    confirmed: HashSet<(Id, Id)>,
}

impl Decided {
    pub fn of(
        decisions: &Decisions,
        known: &Known,
        passes: &[Pass<'_>],
        links: &HashMap<MemberType, Links>,
    ) -> Decided {
        let id = |whom: &Whom| match whom {
            Whom::Person(_) => known.person(whom).map(Id::Person),
            Whom::Key(space, key) => Some(id_of_key(*space, *key, passes, links)),
        };
        let mut decided = Decided::default();
        for d in &decisions.emails {
            let verdict = match &d.verdict {
                // Whoever is not there any more claims nothing: the e-mail is as any other shared one.
                EmailVerdict::Give(whom) => id(whom).map(ForEmail::Give),
                EmailVerdict::Without => Some(ForEmail::Without),
                EmailVerdict::Block => Some(ForEmail::Block),
            };
            decided.emails.extend(verdict.map(|v| (of_text(&d.email_key), v)));
        }
        for d in decisions.twins.iter().chain(&decisions.matches) {
            if let (Some(one), Some(other)) = (id(&d.pair.one), id(&d.pair.other)) {
                match d.verdict {
                    Verdict::NotSame => decided.refused.insert((one, other)),
                    Verdict::Same => decided.confirmed.insert((one, other)),
                };
            }
        }
        decided
    }

    pub fn email(&self, email: u64) -> Option<ForEmail> {
        self.emails.get(&email).copied()
    }

    /// Whether somebody has said that the two are not one.
    pub fn is_refused(&self, one: Id, other: Id) -> bool {
        self.refused.contains(&(one, other))
    }

    pub fn is_confirmed(&self, one: Id, other: Id) -> bool {
        self.confirmed.contains(&(one, other))
    }
}

/// Whom a key leads to: by a record of the files, else by the school's links.
pub fn id_of_key(space: KeySpace, key: u64, passes: &[Pass<'_>], links: &HashMap<MemberType, Links>) -> Id {
    let pass = passes.iter().find(|p| p.roster.space() == space);
    if let Some(person) = pass.and_then(|p| p.held(p.roster.find(key)?)) {
        return Id::Person(person);
    }
    let linked = links.iter().find(|(m, _)| crate::sync::roster::space_of(**m) == space).and_then(|(_, l)| l.find(key));
    linked.map_or(Id::Key(space, key), |l| Id::Person(l.person))
}
