//! Finding people: by part of a name, SONIS ID, e-mail or integration ID, with filters, sorted, page by page.
//! Leaves reading the address and drawing the list to `people::list_pages`.

use std::collections::HashMap;

use diesel::prelude::*;

use super::biographic::{MemberType, Status};
use super::listed::Listed;
use super::person::{Person, PersonId};
use super::typed::Text;
use crate::db::portable::{IdAmong, NameScope, by_name};
use crate::db::{Backend, Conn};
use crate::error::AppError;
use crate::integration_ids;
use crate::integrations::IntegrationId;
use crate::schema::people;
use crate::schools::CurrentSchool;
use crate::security::Sight;
use crate::{in_part, on_each};

crate::text_enum! {
    /// Which people a list is about, by status.
    StatusFilter {
        Current = "current", "Current";
        Active = "active", "Active";
        Applicant = "applicant", "Applicant";
        Inactive = "inactive", "Inactive";
        Withdrawn = "withdrawn", "Withdrawn";
        Any = "any", "Any";
    }
}

impl StatusFilter {
    /// A merged record is found by its SONIS ID, which leads to the other one; lists leave it out.
    fn statuses(self) -> &'static [Status] {
        match self {
            StatusFilter::Current => &[Status::Active, Status::Applicant],
            StatusFilter::Active => &[Status::Active],
            StatusFilter::Applicant => &[Status::Applicant],
            StatusFilter::Inactive => &[Status::Inactive],
            StatusFilter::Withdrawn => &[Status::Withdrawn],
            StatusFilter::Any => &[Status::Active, Status::Applicant, Status::Inactive, Status::Withdrawn],
        }
    }
}

crate::text_enum! {
    SortBy {
        Name = "name", "Name";
        SonisId = "sonis_id", "SONIS ID";
        Grade = "grade", "Grade";
    }
}

/// What somebody looks for. Every part is optional; the parts narrow each other.
#[derive(Debug, Clone)]
pub struct Search {
    pub text: String,
    pub member_type: Option<MemberType>,
    pub status: StatusFilter,
    pub grade: Option<i32>,
    pub campus: Option<String>,
    pub division: Option<String>,
    pub level: Option<String>,
    /// Only for somebody who may see IDs of this integration.
    pub no_id: Option<IntegrationId>,
    pub sort: SortBy,
    pub descending: bool,
}

impl Default for Search {
    fn default() -> Search {
        Search {
            text: String::new(),
            member_type: None,
            status: StatusFilter::Current,
            grade: None,
            campus: None,
            division: None,
            level: None,
            no_id: None,
            sort: SortBy::Name,
            descending: false,
        }
    }
}

/// Beyond so many matches a search stops counting and sorting: nobody reads the thousandth page of "an", and one letter
/// more is typed sooner than the fifth page is turned. Each match beyond a page is looked up only to know that there are more.
pub const BROAD: i64 = 100;

/// One page of a list.
#[derive(Debug)]
pub struct Found {
    pub people: Vec<Listed>,
    /// Matches in all, or `BROAD` and more.
    pub total: i64,
    pub more_than_counted: bool,
}

pub(super) type Query<'a> = people::Boxed<'a, Backend>;

impl Search {
    /// Whether anything but the default narrows the list.
    pub fn is_filtered(&self) -> bool {
        self.grade.is_some()
            || self.campus.is_some()
            || self.division.is_some()
            || self.level.is_some()
            || self.no_id.is_some()
            || self.status != StatusFilter::Current
    }

    /// How many people of each member type the same filters leave, in the order students, staff, parents.
    /// None while a text is looked for: that is not counted to its end.
    pub fn by_member_type(
        &self,
        conn: &mut Conn,
        school: &CurrentSchool,
        sight: &Sight,
    ) -> Result<Option<Vec<(MemberType, i64)>>, AppError> {
        if !self.text.trim().is_empty() {
            return Ok(None);
        }
        let mut counts = Vec::new();
        for &t in MemberType::ALL {
            let of_type = Search { member_type: Some(t), ..self.clone() };
            counts.push((t, of_type.narrow(school, sight).count().get_result(conn)?));
        }
        Ok(Some(counts))
    }

    /// The page `page` (from 1) of `rows` people. `total` is how many there are, where that is known already.
    pub fn run(
        &self,
        conn: &mut Conn,
        school: &CurrentSchool,
        sight: &Sight,
        page: i64,
        rows: i64,
        total: Option<i64>,
    ) -> Result<Found, AppError> {
        let (from, all) = ((page - 1) * rows, Listed::as_select());
        if self.text.trim().is_empty() {
            let total = match total {
                Some(total) => total,
                None => self.narrow(school, sight).count().get_result(conn)?,
            };
            let people = self.sorted(self.narrow(school, sight)).offset(from).limit(rows).select(all).load(conn)?;
            return Ok(Found { people, total, more_than_counted: false });
        }
        // Something is looked for: stop early when it is broad, and only sort what can be read.
        let mut found = self.matching(conn, school, sight, BROAD + 1)?;
        let more_than_counted = count(&found) > BROAD;
        // A broad search shows them in the order of their rows.
        found.sort_unstable_by_key(|m| m.id);
        found.truncate(usize::try_from(BROAD).unwrap_or(usize::MAX));
        let total = count(&found);
        let place = |n: i64| usize::try_from(n.clamp(0, total)).unwrap_or(0);
        let people = if more_than_counted || self.sort == SortBy::Name {
            if !more_than_counted {
                found.sort_by(|a, b| (&a.sort_name, a.id).cmp(&(&b.sort_name, b.id)));
                if self.descending {
                    found.reverse();
                }
            }
            // Of all that match, only the page's own rows are read.
            let here: Vec<PersonId> = found[place(from)..place(from + rows)].iter().map(|m| m.id).collect();
            in_order(conn, school, &here)?
        } else {
            let ids: Vec<PersonId> = found.iter().map(|m| m.id).collect();
            let among = people::of(school).filter(IdAmong::new(&ids)).into_boxed();
            self.sorted(among).offset(from).limit(rows).select(all).load(conn)?
        };
        Ok(Found { people, total, more_than_counted })
    }

    /// Everybody who is meant, for a file: in order, however broad the search.
    pub fn everybody(&self, conn: &mut Conn, school: &CurrentSchool, sight: &Sight) -> Result<Vec<PersonId>, AppError> {
        let query = if self.text.trim().is_empty() {
            self.narrow(school, sight)
        } else {
            let found = self.matching(conn, school, sight, i64::MAX)?;
            let ids: Vec<PersonId> = found.iter().map(|m| m.id).collect();
            people::of(school).filter(IdAmong::new(&ids)).into_boxed()
        };
        Ok(self.sorted(query).select(people::id).load(conn)?)
    }

    /// Who is meant by the text: by an integration ID, past or present, or by name, SONIS ID or e-mail. At most `most`.
    fn matching(
        &self,
        conn: &mut Conn,
        school: &CurrentSchool,
        sight: &Sight,
        most: i64,
    ) -> Result<Vec<Match>, AppError> {
        let columns = (people::id, people::sort_name);
        let mut found: Vec<Match> = Vec::new();
        let holders = integration_ids::holders(conn, school, sight, self.text.trim())?;
        if !holders.is_empty() {
            found = self.narrow(school, sight).filter(people::id.eq_any(holders)).select(columns).load(conn)?;
        }
        let text = Text::read(&self.text);
        let by_text: Vec<Match> = match &text.words {
            _ if text == Text::default() => Vec::new(),
            Some(words) if self.streams() && school.limits().is_none() && text.short.is_empty() => {
                let scope = NameScope {
                    school,
                    member_type: self.member_type.map(MemberType::code),
                    statuses: self.status.statuses().iter().map(|s| s.code()).collect(),
                };
                let matches = by_name(conn, &scope, words, most)?;
                matches.into_iter().map(|(id, sort_name)| Match { id, sort_name }).collect()
            }
            _ => text.narrow(self.narrow(school, sight)).select(columns).limit(most).load(conn)?,
        };
        let held: Vec<PersonId> = found.iter().map(|m| m.id).collect();
        found.extend(by_text.into_iter().filter(|m| !held.contains(&m.id)));
        Ok(found)
    }

    /// Whether nothing but member type and status narrows the list, which the index of names can do on the way.
    fn streams(&self) -> bool {
        self.grade.is_none()
            && self.campus.is_none()
            && self.division.is_none()
            && self.level.is_none()
            && self.no_id.is_none()
    }

    fn sorted<'a>(&self, query: Query<'a>) -> Query<'a> {
        match (self.sort, self.descending) {
            (SortBy::Name, false) => query.order((people::sort_name, people::id)),
            (SortBy::Name, true) => query.order((people::sort_name.desc(), people::id.desc())),
            (SortBy::SonisId, false) => query.order(people::sonis_id),
            (SortBy::SonisId, true) => query.order(people::sonis_id.desc()),
            // Whoever has no grade comes last either way, as NULLs sort first on one database and last on the other.
            (SortBy::Grade, false) => {
                query.order((people::grade_level.is_null(), people::grade_level, people::sort_name, people::id))
            }
            (SortBy::Grade, true) => {
                query.order((people::grade_level.is_null(), people::grade_level.desc(), people::sort_name, people::id))
            }
        }
    }

    fn narrow<'a>(&self, school: &CurrentSchool, sight: &Sight) -> Query<'a> {
        let mut q = people::of(school).into_boxed();
        if let Some(member_type) = self.member_type {
            q = q.filter(people::member_type.eq(member_type));
        }
        q = q.filter(people::status.eq_any(self.status.statuses()));
        if let Some(grade) = self.grade {
            q = q.filter(people::grade_level.eq(grade));
        }
        if let Some(campus) = &self.campus {
            q = q.filter(people::campus.eq(campus.clone()));
        }
        if let Some(division) = &self.division {
            q = q.filter(people::division.eq(division.clone()));
        }
        if let Some(level) = &self.level {
            q = q.filter(people::level.eq(level.clone()));
        }
        if let Some(integration) = self.no_id.filter(|i| sight.covers(*i)) {
            use crate::schema::integration_ids as ids;
            q = q.filter(diesel::dsl::not(diesel::dsl::exists(
                ids::of(school)
                    .filter(ids::person_id.eq(people::id))
                    .filter(ids::integration_id.eq(integration))
                    .filter(ids::removed_at.is_null()),
            )));
        }
        q
    }
}

/// Somebody who is meant by what was typed, and where they stand among others.
#[derive(Debug, Queryable)]
struct Match {
    id: PersonId,
    sort_name: String,
}

fn count(found: &[Match]) -> i64 {
    i64::try_from(found.len()).unwrap_or(i64::MAX)
}

/// The rows of these people, in this order.
fn in_order(conn: &mut Conn, school: &CurrentSchool, ids: &[PersonId]) -> Result<Vec<Listed>, AppError> {
    let among = IdAmong::new(ids);
    let mut rows: Vec<Listed> = in_part!(school, |part| on_each!(conn, |c| people::in_part(school, part)
        .filter(among)
        .select(Listed::as_select())
        .load(c)))?;
    let place: HashMap<PersonId, usize> = ids.iter().copied().zip(0..).collect();
    rows.sort_by_key(|row| place.get(&row.id).copied());
    Ok(rows)
}

/// The person whose SONIS ID or integration ID is exactly what was typed, if there is one and only one.
pub fn exact(conn: &mut Conn, school: &CurrentSchool, sight: &Sight, typed: &str) -> Result<Option<Person>, AppError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    match Person::by_sonis_id(conn, school, &typed.to_ascii_uppercase()) {
        Ok(person) => return Ok(Some(person)),
        Err(AppError::NotFound) => {}
        Err(e) => return Err(e),
    }
    let holders = integration_ids::holders(conn, school, sight, typed)?;
    // Outside the visitor's limits a holder is nobody.
    let mut held = Person::by_ids(conn, school, &holders)?;
    let hidden = holders.len() - held.len();
    // What a merged record had, the one that it leads to has.
    if holders.len() > 1 {
        held.retain(|p| p.bio.status != Status::Merged);
    }
    Ok(if held.len() + hidden == 1 { held.pop() } else { None })
}

/// How many active people the school has of each member type.
pub fn active_by_type(conn: &mut Conn, school: &CurrentSchool) -> Result<HashMap<MemberType, i64>, AppError> {
    let rows: Vec<(MemberType, i64)> = people::of(school)
        .filter(people::status.eq(Status::Active))
        .group_by(people::member_type)
        .select((people::member_type, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}
