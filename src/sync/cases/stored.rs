//! The cases of the newest plan as they are kept. Leaves drawing them to `sync::pages`.

use std::collections::{BTreeMap, HashSet};

use diesel::prelude::*;

use super::FoundKind;
use crate::db::{Backend, Conn};
use crate::error::AppError;
use crate::people::{Field, MemberType};
use crate::runs::RunId;
use crate::schema::{email_decisions, sync_case_sets, sync_cases};
use crate::schools::CurrentSchool;
use crate::sync::decisions::{PairDecision, PairKind};
use crate::sync::emails::Fate;

/// One of the people of a case.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sync_cases)]
pub struct Party {
    pub number: i32,
    pub place: i32,
    pub kind: FoundKind,
    pub email_key: Option<String>,
    /// As a decision names them.
    pub whom: String,
    pub sonis_id: Option<String>,
    pub name: String,
    pub member_type: MemberType,
    pub slot: Option<String>,
    pub source_row: Option<i64>,
    fields: String,
    children: String,
    pub fate: Fate,
}

#[derive(Debug, Clone)]
pub struct Case {
    pub number: i32,
    pub kind: FoundKind,
    pub email_key: Option<String>,
    pub parties: Vec<Party>,
}

impl Party {
    /// What is known of somebody, in the order of the Biographic page.
    pub fn fields(&self) -> Vec<(Field, String)> {
        // Written by `cases::keep`; what cannot be read is not shown.
        let all: Vec<(String, String)> = serde_json::from_str(&self.fields).unwrap_or_default();
        all.into_iter().filter_map(|(code, text)| Some((Field::parse(&code)?, text))).collect()
    }

    pub fn get(&self, field: Field) -> Option<String> {
        self.fields().into_iter().find(|(f, _)| *f == field).map(|(_, text)| text)
    }

    pub fn children(&self) -> Vec<String> {
        serde_json::from_str(&self.children).unwrap_or_default()
    }
}

impl Case {
    /// The run whose plan the cases are of.
    pub fn run(conn: &mut Conn, school: &CurrentSchool) -> Result<Option<RunId>, AppError> {
        Ok(sync_case_sets::of(school).select(sync_case_sets::run_id).get_result(conn).optional()?)
    }

    /// Some cases, with how many there are in all.
    pub fn list(
        conn: &mut Conn,
        school: &CurrentSchool,
        kinds: &[FoundKind],
        (offset, limit): (i64, i64),
    ) -> Result<(Vec<Case>, i64), AppError> {
        let first = || {
            let query = sync_cases::of(school).filter(sync_cases::place.eq(0)).into_boxed::<Backend>();
            query.filter(sync_cases::kind.eq_any(kinds.to_vec()))
        };
        let total = first().count().get_result(conn)?;
        let numbers: Vec<i32> =
            first().order(sync_cases::number).offset(offset).limit(limit).select(sync_cases::number).load(conn)?;
        Ok((Case::numbered(conn, school, numbers)?, total))
    }

    /// The next cases of a kind after a given one: for files, which are written as they are read.
    pub fn after(
        conn: &mut Conn,
        school: &CurrentSchool,
        kind: FoundKind,
        after: i32,
        limit: i64,
    ) -> Result<Vec<Case>, AppError> {
        let numbers: Vec<i32> = sync_cases::of(school)
            .filter(sync_cases::place.eq(0))
            .filter(sync_cases::kind.eq(kind))
            .filter(sync_cases::number.gt(after))
            .order(sync_cases::number)
            .limit(limit)
            .select(sync_cases::number)
            .load(conn)?;
        Case::numbered(conn, school, numbers)
    }

    pub fn numbered(conn: &mut Conn, school: &CurrentSchool, numbers: Vec<i32>) -> Result<Vec<Case>, AppError> {
        let rows: Vec<Party> = sync_cases::of(school)
            .filter(sync_cases::number.eq_any(numbers))
            .order((sync_cases::number, sync_cases::place))
            .select(Party::as_select())
            .load(conn)?;
        Ok(together(rows))
    }

    /// The case of a shared e-mail; None where the newest plan has none.
    pub fn of_email(conn: &mut Conn, school: &CurrentSchool, email_key: &str) -> Result<Option<Case>, AppError> {
        let rows: Vec<Party> = sync_cases::of(school)
            .filter(sync_cases::email_key.eq(Some(email_key.to_owned())))
            .filter(sync_cases::kind.eq(FoundKind::Email))
            .order((sync_cases::number, sync_cases::place))
            .select(Party::as_select())
            .load(conn)?;
        Ok(together(rows).into_iter().next())
    }

    /// The case of two who may be one.
    pub fn of_pair(conn: &mut Conn, school: &CurrentSchool, one: &str, other: &str) -> Result<Option<Case>, AppError> {
        let numbers: Vec<i32> = sync_cases::of(school)
            .filter(sync_cases::kind.ne(FoundKind::Email))
            .filter(sync_cases::whom.eq(one.to_owned()))
            .select(sync_cases::number)
            .load(conn)?;
        let cases = Case::numbered(conn, school, numbers)?;
        Ok(cases
            .into_iter()
            .find(|c| c.parties.first().is_some_and(|p| p.whom == one) && c.parties.iter().any(|p| p.whom == other)))
    }

    /// Whether somebody of the case is not taken as things are.
    pub fn is_open(&self) -> bool {
        self.parties.iter().any(|p| matches!(p.fate, Fate::Blocked | Fate::Asked))
    }
}

fn together(rows: Vec<Party>) -> Vec<Case> {
    let mut cases: BTreeMap<i32, Case> = BTreeMap::new();
    for p in rows {
        let (number, kind, email_key) = (p.number, p.kind, p.email_key.clone());
        cases.entry(number).or_insert(Case { number, kind, email_key, parties: Vec::new() }).parties.push(p);
    }
    cases.into_values().collect()
}

/// How many cases wait for a decision.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    pub emails: i64,
    pub pairs: i64,
}

pub fn waiting(conn: &mut Conn, school: &CurrentSchool) -> Result<Waiting, AppError> {
    let decided = email_decisions::of(school).select(email_decisions::email_key.nullable());
    let emails: i64 = sync_cases::of(school)
        .filter(sync_cases::kind.eq(FoundKind::Email))
        .filter(sync_cases::fate.eq(Fate::Blocked))
        .filter(sync_cases::email_key.ne_all(decided))
        .select(diesel::dsl::count(sync_cases::number).aggregate_distinct())
        .get_result(conn)?;
    let asked: Vec<(i32, String)> = sync_cases::of(school)
        .filter(sync_cases::kind.ne(FoundKind::Email))
        .order((sync_cases::number, sync_cases::place))
        .select((sync_cases::number, sync_cases::whom))
        .load(conn)?;
    let mut decided: HashSet<(String, String)> = HashSet::new();
    for kind in [PairKind::Twin, PairKind::Match] {
        let all = PairDecision::all(conn, school, kind)?;
        decided.extend(all.into_iter().map(|d| (d.pair.one.to_string(), d.pair.other.to_string())));
    }
    let open = asked.chunk_by(|a, b| a.0 == b.0).filter(|pair| match pair {
        [one, other, ..] => !decided.contains(&(one.1.clone(), other.1.clone())),
        _ => false,
    });
    Ok(Waiting { emails, pairs: i64::try_from(open.count()).unwrap_or(i64::MAX) })
}
