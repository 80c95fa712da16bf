//! Items in words: what is wrong with whom, and where it is mended. Values of IDs are read here, for those who may see them.
//! Leaves which items there are for a visitor to `desk::item`.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::item::Item;
use super::kind::Kind;
use crate::db::Conn;
use crate::error::AppError;
use crate::integration_ids::VisibleId;
use crate::integration_ids::alike::{Shown, differences, shown};
use crate::integrations::{Fit, Integration, IntegrationId, Shape};
use crate::people::{Person, PersonId};
use crate::runs::{Problem, RunId};
use crate::schema::{run_files, run_problems};
use crate::schools::CurrentSchool;
use crate::security::Sight;
use crate::sources::Slot;
use crate::web::when;

/// An item with all that its line says.
pub struct Told {
    pub item: Item,
    /// Whom it is about, as far as the visitor may know.
    pub person: Option<Person>,
    pub other_person: Option<Person>,
    pub integration: Option<String>,
    /// The IDs that it is about; None where the visitor may not see them.
    pub value: Option<Option<VisibleId>>,
    pub other_value: Option<Option<VisibleId>>,
    pub problem: Option<Problem>,
    found: Found,
    /// What is wrong with the shape, or in what the two differ.
    detail: Option<String>,
}

/// What a row of a file holds, as far as the desk says it.
enum Found {
    None,
    Said(String),
    /// It may be an ID: those who may see it read it on the run's page, which puts that on record.
    OnTheRun,
    Unauthorized,
}

/// A link to where it is mended.
pub struct Way {
    pub address: String,
    pub word: String,
}

/// So many rows go into one question to the database.
const ASKED: usize = 500;

/// Puts items into words, in their order.
pub fn tell(conn: &mut Conn, school: &CurrentSchool, sight: &Sight, items: Vec<Item>) -> Result<Vec<Told>, AppError> {
    let mut told = Vec::with_capacity(items.len());
    let mut rest = items.into_iter();
    loop {
        let some: Vec<Item> = rest.by_ref().take(ASKED).collect();
        if some.is_empty() {
            return Ok(told);
        }
        told.extend(tell_some(conn, school, sight, some)?);
    }
}

fn tell_some(conn: &mut Conn, school: &CurrentSchool, sight: &Sight, items: Vec<Item>) -> Result<Vec<Told>, AppError> {
    let both = |i: &Item| [i.about.person, i.about.other_person];
    let ids: Vec<PersonId> = items.iter().flat_map(both).flatten().collect();
    let people: HashMap<PersonId, Person> =
        Person::by_ids(conn, school, &ids)?.into_iter().map(|p| (p.id, p)).collect();
    let integrations: HashMap<IntegrationId, Integration> = match items.iter().any(|i| i.about.integration.is_some()) {
        true => Integration::all(conn)?.into_iter().map(|i| (i.id, i)).collect(),
        false => HashMap::new(),
    };
    let shapes: HashMap<IntegrationId, Shape> = integrations.values().map(|i| (i.id, i.shape())).collect();
    let fits: HashMap<IntegrationId, Fit<'_>> = shapes.iter().map(|(id, shape)| (*id, Fit::new(shape))).collect();
    let records: Vec<_> = items.iter().flat_map(|i| [i.about.record, i.about.other_record]).flatten().collect();
    let mut values = shown(conn, school, sight, &records, &fits)?;
    let mut rows = Rows::of(conn, school, &items)?;
    Ok(items
        .into_iter()
        .map(|item| {
            let about = item.about;
            let value = about.record.map(|r| values.remove(&r).unwrap_or(Shown { value: None, unfit: None }));
            // The first of several alike stands in several items: its value is kept for them.
            if let (Some(record), Some(Shown { value: Some(v), .. })) = (about.record, &value) {
                values.insert(record, Shown { value: Some(v.clone()), unfit: None });
            }
            let other = about.other_record.and_then(|r| values.get(&r)).map(|s| s.value.clone());
            let detail = match (&value, &other) {
                (Some(Shown { value: Some(one), .. }), Some(Some(other))) => {
                    let words: Vec<&str> = differences(one, other).into_iter().map(|d| d.word()).collect();
                    Some(words.join(", "))
                }
                (Some(Shown { unfit: Some(unfit), .. }), _) => Some(unfit.to_string()),
                _ => None,
            };
            let problem = about.problem.and_then(|p| rows.problems.remove(&p));
            Told {
                person: about.person.and_then(|p| people.get(&p).cloned()),
                other_person: about.other_person.and_then(|p| people.get(&p).cloned()),
                integration: about.integration.and_then(|i| Some(integrations.get(&i)?.name.clone())),
                value: value.map(|s| s.value),
                other_value: other,
                found: problem.as_ref().map_or(Found::None, |p| rows.found(sight, about.run, p)),
                problem,
                detail,
                item,
            }
        })
        .collect())
}

/// The rows of files that some items are about.
struct Rows {
    problems: HashMap<i64, Problem>,
    /// Files whose rows hold Host IDs.
    with_ids: Vec<(RunId, String)>,
}

impl Rows {
    fn of(conn: &mut Conn, school: &CurrentSchool, items: &[Item]) -> Result<Rows, AppError> {
        let ids: Vec<i64> = items.iter().filter_map(|i| i.about.problem).collect();
        if ids.is_empty() {
            return Ok(Rows { problems: HashMap::new(), with_ids: Vec::new() });
        }
        let problems: Vec<(i64, Problem)> = run_problems::of(school)
            .filter(run_problems::id.eq_any(ids))
            .select((run_problems::id, Problem::as_select()))
            .load(conn)?;
        let mut runs: Vec<RunId> = items.iter().filter_map(|i| i.about.run).collect();
        runs.sort_unstable();
        runs.dedup();
        let with_ids: Vec<(RunId, String)> = run_files::of(school)
            .filter(run_files::run_id.eq_any(runs))
            .filter(run_files::holds_ids.eq(true))
            .select((run_files::run_id, run_files::slot))
            .load(conn)?;
        Ok(Rows { problems: problems.into_iter().collect(), with_ids })
    }

    fn found(&self, sight: &Sight, run: Option<RunId>, problem: &Problem) -> Found {
        let holds_ids =
            self.with_ids.iter().any(|(r, slot)| Some(*r) == run && Some(slot.as_str()) == problem.slot.as_deref());
        match (problem.found.as_str(), holds_ids) {
            ("", _) => Found::None,
            (found, false) => Found::Said(found.to_owned()),
            (_, true) if sight.is_none() => Found::Unauthorized,
            (_, true) => Found::OnTheRun,
        }
    }
}

impl Told {
    /// Whom or which row it is about, in a line.
    pub fn subject(&self) -> String {
        if let Some(p) = &self.problem {
            let file = p.slot.as_deref().and_then(Slot::parse).map_or("File", Slot::word);
            return format!("{file}, row {}", p.source_row);
        }
        let names: Vec<String> = self.people().map(|p| p.bio.list_name()).collect();
        if names.is_empty() { self.item.kind.word().to_owned() } else { names.join(" and ") }
    }

    pub fn people(&self) -> impl Iterator<Item = &Person> {
        [&self.person, &self.other_person].into_iter().flatten()
    }

    fn printed(value: &Option<Option<VisibleId>>) -> String {
        value.as_ref().and_then(Option::as_ref).map_or_else(|| "Unauthorized".into(), VisibleId::to_string)
    }

    /// What is wrong, in a sentence without any ID: for lists and files.
    pub fn summary(&self) -> String {
        let integration = self.integration.as_deref().unwrap_or("The integration");
        match (self.item.kind, &self.detail) {
            (Kind::DoubleId, Some(differ)) => format!("{integration}: two IDs that differ only in {differ}."),
            (Kind::DoubleId, None) => format!("{integration}: two IDs that look alike."),
            (Kind::UnfitId, Some(why)) => format!("{integration}: {why}."),
            (Kind::UnfitId, None) => format!("{integration}: an ID of another shape."),
            _ => self.words(),
        }
    }

    /// What is wrong, in a sentence.
    pub fn words(&self) -> String {
        let integration = self.integration.as_deref().unwrap_or("The integration");
        match (self.item.kind, &self.problem) {
            (_, Some(p)) => {
                let column = p.source_column.as_ref().map_or_else(String::new, |c| format!("{c}: "));
                let found = match &self.found {
                    Found::None | Found::OnTheRun => String::new(),
                    Found::Said(found) => format!("“{found}” "),
                    Found::Unauthorized => "Unauthorized ".into(),
                };
                format!("{column}{found}{}", p.reason)
            }
            (Kind::SamePerson, _) => {
                let born = self.person.as_ref().and_then(|p| p.bio.birth_date);
                let born = born.map_or_else(String::new, |d| format!(", born {}", when::day(&d)));
                let member = self.person.as_ref().map_or("person", |p| p.bio.member_type.word()).to_lowercase();
                format!("Two records of one {member}, by name{born}.")
            }
            (Kind::DoubleId, _) => {
                let differ = self.detail.as_ref().map_or_else(String::new, |d| format!(" They differ only in {d}."));
                let (one, other) = (Told::printed(&self.value), Told::printed(&self.other_value));
                format!("{integration}: {one} and {other} look alike.{differ}")
            }
            (Kind::UnfitId, _) => {
                let why = self.detail.as_ref().map_or_else(String::new, |d| format!(" {d}."));
                format!("{integration}: {} has another shape than its IDs.{why}", Told::printed(&self.value))
            }
            (Kind::Dangling, _) => "An active parent who is related to no active student.".into(),
            _ => "The row is not on record any more.".into(),
        }
    }

    /// Where it is mended: the pages that somebody with these Tasks can open.
    pub fn ways(&self, may_merge: bool, may_sync: bool) -> Vec<Way> {
        let mut ways = Vec::new();
        match self.item.kind {
            Kind::SharedEmail if may_sync => {
                ways.push(Way { address: "/sync/emails".into(), word: "Shared e-mails".into() })
            }
            Kind::Twin | Kind::LikelyMatch if may_sync => {
                ways.push(Way { address: "/sync/matches".into(), word: "Likely matches".into() });
            }
            Kind::SamePerson if may_merge => {
                if let (Some(stays), Some(ends)) = (&self.person, &self.other_person) {
                    ways.push(Way {
                        address: format!("/people/{}/merge?with={}", stays.sonis_id, ends.sonis_id),
                        word: format!("Merge {} and {}", stays.sonis_id, ends.sonis_id),
                    });
                }
            }
            _ => {}
        }
        if let Some(run) = self.item.about.run {
            ways.push(Way {
                address: format!("/runs/{run}?kind=blocked#changes"),
                word: format!("Blocked rows of run {run}"),
            });
        }
        for p in self.people() {
            let name = p.bio.full_name();
            ways.push(if self.item.kind.is_about_ids() {
                Way {
                    address: format!("/people/{}/integration-ids", p.sonis_id),
                    word: format!("Integration IDs of {name}"),
                }
            } else {
                Way { address: format!("/people/{}", p.sonis_id), word: name }
            });
        }
        ways
    }
}

/// How long something has been there: "12 days".
pub fn age(since: NaiveDateTime, now: NaiveDateTime) -> String {
    let minutes = (now - since).num_minutes().max(0);
    let counted = |n: i64, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    match minutes {
        0..60 => counted(minutes, "minute"),
        60..1440 => counted(minutes / 60, "hour"),
        _ => counted(minutes / 1440, "day"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn an_age_is_told_in_the_largest_unit_that_fits() {
        let since = NaiveDateTime::default();
        for (minutes, told) in [
            (0, "0 minutes"),
            (1, "1 minute"),
            (59, "59 minutes"),
            (60, "1 hour"),
            (1439, "23 hours"),
            (1440, "1 day"),
            (30 * 1440, "30 days"),
        ] {
            assert_eq!(age(since, since + TimeDelta::minutes(minutes)), told);
        }
        assert_eq!(age(since + TimeDelta::days(1), since), "0 minutes");
    }
}
