//! Finding people: by part of a name, SONIS ID, e-mail or integration ID, with filters, sorted, page by page.
//! Leaves reading the address and drawing the list to `people::list_pages`.

use std::collections::HashMap;

use diesel::prelude::*;

use super::biographic::{MemberType, Status};
use super::fold::{email_key, fold, fold_to_ascii};
use super::listed::Listed;
use super::person::{Person, PersonId};
use crate::db::portable::{IdAmong, NameHolds, NameScope, ids_by_name};
use crate::db::{Backend, Conn};
use crate::error::AppError;
use crate::integration_ids;
use crate::integrations::IntegrationId;
use crate::on_each;
use crate::schema::people;
use crate::schools::CurrentSchool;
use crate::security::Sight;

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

type Query<'a> = people::Boxed<'a, Backend>;

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
        let mut ids = self.matching(conn, school, sight, BROAD + 1)?;
        let more_than_counted = count(&ids) > BROAD;
        // In the order of their rows, which is what a broad search shows: of that, the page's own are read and no others.
        ids.sort_unstable();
        ids.truncate(usize::try_from(BROAD).unwrap_or(usize::MAX));
        let total = count(&ids);
        let people = if more_than_counted {
            let place = |n: i64| usize::try_from(n.clamp(0, total)).unwrap_or(0);
            let here = IdAmong::new(&ids[place(from)..place(from + rows)]);
            on_each!(conn, |c| people::of(school).filter(here).order(people::id).select(Listed::as_select()).load(c))?
        } else if self.sort == SortBy::Name && !self.descending {
            let among = people::of(school).filter(IdAmong::new(&ids));
            on_each!(conn, |c| among
                .order((people::sort_name, people::id))
                .offset(from)
                .limit(rows)
                .select(Listed::as_select())
                .load(c))?
        } else {
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
            let ids = self.matching(conn, school, sight, i64::MAX)?;
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
    ) -> Result<Vec<PersonId>, AppError> {
        let mut ids: Vec<PersonId> = Vec::new();
        let holders = integration_ids::holders(conn, school, sight, self.text.trim())?;
        if !holders.is_empty() {
            ids = self.narrow(school, sight).filter(people::id.eq_any(holders)).select(people::id).load(conn)?;
        }
        let text = Text::read(&self.text);
        let by_text: Vec<PersonId> = match &text.words {
            _ if text == Text::default() => Vec::new(),
            Some(words) if self.streams() && school.limits().is_none() && text.short.is_empty() => {
                let scope = NameScope {
                    school,
                    member_type: self.member_type.map(MemberType::code),
                    statuses: self.status.statuses().iter().map(|s| s.code()).collect(),
                };
                ids_by_name(conn, &scope, words, most)?.into_iter().map(PersonId).collect()
            }
            _ => text.narrow(self.narrow(school, sight)).select(people::id).limit(most).load(conn)?,
        };
        ids.extend(by_text.into_iter().filter(|id| !ids.contains(id)).collect::<Vec<_>>());
        Ok(ids)
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

fn count(ids: &[PersonId]) -> i64 {
    i64::try_from(ids.len()).unwrap_or(i64::MAX)
}

/// What was typed, read once: an e-mail, a SONIS ID, or words of a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Text {
    email: Option<String>,
    sonis_id: Option<String>,
    /// Words of three letters or more, for the index of parts of names.
    words: Option<Vec<String>>,
    /// Shorter words, which have to begin a name or stand beside a longer word.
    short: Vec<String>,
}

impl Text {
    fn read(typed: &str) -> Text {
        let typed = typed.trim();
        if typed.contains('@') {
            return Text { email: email_key(typed), ..Text::default() };
        }
        let compact = typed.to_ascii_uppercase();
        let digits = compact.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let letters = compact.len() - digits.len();
        if letters == 2 && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            return Text { sonis_id: Some(compact), ..Text::default() };
        }
        let (long, short): (Vec<String>, Vec<String>) =
            fold(typed).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).partition(|w| w.chars().count() >= 3);
        Text { words: (!long.is_empty()).then_some(long), short, ..Text::default() }
    }

    fn narrow(self, mut q: Query<'_>) -> Query<'_> {
        if let Some(email) = self.email {
            let end = format!("{email}\u{10ffff}");
            q = q.filter(people::email_key.ge(email)).filter(people::email_key.lt(end));
        }
        if let Some(sonis_id) = self.sonis_id {
            let end = format!("{sonis_id}\u{10ffff}");
            q = q.filter(people::sonis_id.ge(sonis_id)).filter(people::sonis_id.lt(end));
        }
        let alone = self.words.is_none();
        if let Some(words) = self.words {
            q = q.filter(NameHolds::new(&words));
        }
        for (i, word) in self.short.iter().enumerate() {
            if alone && i == 0 && word.is_ascii() {
                // A last name that begins so: an ordered index, not a scan.
                let word = fold_to_ascii(word);
                let end = format!("{word}\u{10ffff}");
                q = q.filter(people::sort_name.ge(word)).filter(people::sort_name.lt(end));
            } else {
                // Too short for the index of parts, and not Latin: a name of two signs is a whole name.
                q = q.filter(people::search_name.like(format!("%{}%", crate::db::portable::escape_like(word))));
            }
        }
        q
    }
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

/// The values that the filters offer.
#[derive(Debug, Default)]
pub struct Choices {
    pub grades: Vec<i32>,
    pub campuses: Vec<String>,
    pub divisions: Vec<String>,
    pub levels: Vec<String>,
}

impl Choices {
    pub fn load(conn: &mut Conn, school: &CurrentSchool) -> Result<Choices, AppError> {
        type Place = (Option<String>, Option<String>, Option<String>, Option<i32>);
        let places: Vec<Place> = people::of(school)
            .select((people::campus, people::division, people::level, people::grade_level))
            .distinct()
            .load(conn)?;
        let mut choices = Choices::default();
        for (campus, division, level, grade) in places {
            choices.campuses.extend(campus);
            choices.divisions.extend(division);
            choices.levels.extend(level);
            choices.grades.extend(grade);
        }
        for list in [&mut choices.campuses, &mut choices.divisions, &mut choices.levels] {
            list.sort();
            list.dedup();
        }
        choices.grades.sort_unstable();
        choices.grades.dedup();
        Ok(choices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_as_an_email_a_sonis_id_or_words() {
        assert_eq!(Text::read("A.B@c").email.as_deref(), Some("a.b@c"));
        assert_eq!(Text::read("nc0001").sonis_id.as_deref(), Some("NC0001"));
        let words = Text::read("O’Connor Ng Saoirse");
        assert_eq!(words.words, Some(vec!["oconnor".to_owned(), "saoirse".to_owned()]));
        assert_eq!(words.short, vec!["ng".to_owned()]);
        assert_eq!(Text::read("--"), Text::default());
    }
}
