//! `/people/{sonis_id}`: the Biographic page, with the field Integration ID: **View** or **Unauthorized**.
//! Leaves the IDs themselves to `integration_ids`: this page never tells whether there are any.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::groups::Group;
use crate::on_each;
use crate::people::merge::{Ended, merged_into, survivor};
use crate::people::relationship::{Relative, relatives};
use crate::people::{MemberType, Person, PersonId, Status, grade_words};
use crate::schema::{merges, person_links};
use crate::schools::CurrentSchool;
use crate::security::{TaskName, Visitor, tasks, who_grants};
use crate::sync::decisions::{Verdict, twins_of};
use crate::web::{Chrome, SignedIn, db, html, see_other, when};

#[derive(Template)]
#[template(path = "people/biographic.html")]
struct BiographicPage {
    chrome: Chrome,
    person: Person,
    birth_date: Option<String>,
    sees_ids: bool,
    may_edit: bool,
    /// Whom to ask for the Task, in words.
    who_grants: String,
    relatives: Vec<Relative>,
    twins: Vec<Person>,
    /// There may be relatives whom the visitor cannot open; whether there are is not told.
    is_limited: bool,
    groups: Vec<Group>,
    /// Records that were merged into this one.
    ended: Vec<Ended>,
    may_merge: bool,
    /// Somebody else looks at what this user sees: nothing can be pressed.
    seen: Option<SeenAs>,
}

/// Whose page an administrator looks at.
pub struct SeenAs {
    pub user_id: String,
    pub name: String,
    /// What the user could read and the administrator may not is left out.
    pub is_narrowed: bool,
}

/// What the page tells one visitor of a person.
pub struct Sheet {
    pub person: Person,
    pub relatives: Vec<Relative>,
    /// Other records of the same human.
    pub twins: Vec<Person>,
    /// Read by somebody who sees a part of the school.
    pub is_limited: bool,
    groups: Vec<Group>,
    ended: Vec<Ended>,
    may_merge: bool,
    pub sees_ids: bool,
    may_edit: bool,
    who_grants: String,
}

impl Sheet {
    pub fn read(
        conn: &mut Conn,
        school: &CurrentSchool,
        visitor: &Visitor,
        sonis_id: &str,
        now: NaiveDateTime,
    ) -> Result<Sheet, AppError> {
        let sees_ids = visitor.may::<tasks::SeeIntegrationIds>();
        let person = Person::by_sonis_id(conn, school, sonis_id)?;
        let relatives = match person.bio.member_type {
            MemberType::Student => relatives(conn, school, person.id, true)?,
            _ => relatives(conn, school, person.id, false)?,
        };
        let (may_have_twins, has_merged) = marks(conn, school, person.id)?;
        let twins = if may_have_twins { twins_of(conn, school, person.id, &person.sonis_id)? } else { Vec::new() };
        let twins = Person::in_order(conn, school, &twins)?;
        let grantors =
            if sees_ids { Vec::new() } else { who_grants(conn, school.id(), TaskName::ModifyIntegrationIds, now)? };
        let who_grants = match grantors.split_last() {
            None => "Nobody can grant it yet.".to_owned(),
            Some((last, [])) => format!("{last} can grant it."),
            Some((last, rest)) => format!("{} or {last} can grant it.", rest.join(", ")),
        };
        let groups = Group::of_person(conn, school, person.id, visitor.may::<tasks::ManageGroups>())?;
        let is_limited = !school.limits().is_none();
        let may_edit = visitor.may::<tasks::EditPeople>();
        let ended = if has_merged { merged_into(conn, school, person.id)? } else { Vec::new() };
        let may_merge = visitor.may::<tasks::MergePeople>();
        Ok(Sheet { person, relatives, twins, is_limited, groups, ended, may_merge, sees_ids, may_edit, who_grants })
    }

    /// The page, for the visitor it was read for, or for somebody who looks at what that visitor sees.
    pub fn draw(self, chrome: Chrome, seen: Option<SeenAs>) -> Result<HttpResponse, AppError> {
        html(&BiographicPage {
            birth_date: self.person.bio.birth_date.as_ref().map(when::day),
            chrome,
            person: self.person,
            sees_ids: self.sees_ids,
            may_edit: self.may_edit,
            who_grants: self.who_grants,
            relatives: self.relatives,
            twins: self.twins,
            is_limited: self.is_limited,
            groups: self.groups,
            ended: self.ended,
            may_merge: self.may_merge,
            seen,
        })
    }
}

/// Whether the school has twins at all, and whether a record was merged into the person: every page asks, few have any, and
/// one statement that is found ready says both.
fn marks(conn: &mut Conn, school: &CurrentSchool, person: PersonId) -> Result<(bool, bool), AppError> {
    let twins = || person_links::of(school).filter(person_links::verdict.eq(Verdict::Same));
    let merged = || merges::of(school).filter(merges::into_id.eq(person));
    Ok(on_each!(conn, |c| diesel::select((exists(twins()), exists(merged()))).get_result(c))?)
}

impl BiographicPage {
    fn status_badge(&self) -> &'static str {
        match self.person.bio.status {
            Status::Active => "is-ok",
            Status::Applicant => "is-now",
            Status::Inactive | Status::Withdrawn | Status::Merged => "is-wait",
        }
    }

    /// The banner has the button of the one that was just merged.
    fn has_undo_in_its_row(&self, ended: &Ended) -> bool {
        self.just_merged().is_none_or(|just| just.sonis_id != ended.sonis_id)
    }

    /// What **Undo** on the notice takes back: the merge that was made just now.
    fn just_merged(&self) -> Option<&Ended> {
        let run = self.chrome.notice.as_ref()?.run?;
        self.ended.iter().find(|e| e.run.id == run).filter(|_| self.may_merge)
    }

    /// "Grade 11, Upper School"
    fn place(&self) -> String {
        let bio = &self.person.bio;
        let grade = bio.grade_level.map(grade_words);
        [grade, bio.division.clone(), bio.department.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

pub async fn biographic(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    SignedIn(visitor): SignedIn,
    sonis_id: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let now = app.clock.now();
    let (sheet, into) = db::read(&app, move |conn| {
        let sheet = Sheet::read(conn, &school, &visitor, &sonis_id, now)?;
        let into = survivor(conn, &school, &sheet.person)?;
        Ok((sheet, into))
    })
    .await?;
    // The address of a record that was merged leads to the one that stayed.
    match into {
        Some(into) => Ok(see_other(&format!("/people/{}", into.sonis_id))),
        None => sheet.draw(chrome, None),
    }
}

/// A name that may be empty, as a field that may be None.
pub fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
