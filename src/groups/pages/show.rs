//! `/groups/{group}`: a group with its members, why each is in it, and for whoever manages groups what can be changed.
//! Leaves changing it to `groups::pages::manage`.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::error::AppError;
use crate::groups::{Group, GroupId, Members, Sizes, Why, reasons, sizes_of};
use crate::people::pages::list::{plural_title, thousands};
use crate::people::{MemberType, Person, PersonId, Status};
use crate::runs::RunId;
use crate::schools::CurrentSchool;
use crate::security::{Visitor, tasks};
use crate::web::{Chrome, SignedIn, Wrongs, db, html};

/// So many members stand on a page.
const ROWS: i64 = 50;

/// The query string, as it comes. Whatever cannot be read counts as not said.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    pub member: String,
    pub page: String,
}

impl Asked {
    pub fn member_type(&self) -> Option<MemberType> {
        MemberType::parse(&self.member)
    }

    fn page(&self) -> i64 {
        self.page.parse().ok().filter(|p| (1..=100_000).contains(p)).unwrap_or(1)
    }
}

/// Addresses name a group by its number; what is no number names none.
pub fn read_id(text: &str) -> Result<GroupId, AppError> {
    text.parse().map(GroupId).map_err(|_| AppError::NotFound)
}

#[derive(Template)]
#[template(path = "groups/show.html")]
pub struct GroupPage {
    chrome: Chrome,
    pub group: Group,
    member_type: Option<MemberType>,
    sizes: Sizes,
    people: Vec<Person>,
    reasons: HashMap<PersonId, Vec<(Why, RunId)>>,
    page: i64,
    may_manage: bool,
    /// Whether the members are those of a part of the school. Its runs are then not there either.
    is_limited: bool,
    /// What was typed for the name, or the name.
    pub name: String,
    pub wrongs: Wrongs,
}

impl GroupPage {
    pub async fn read(
        app: &web::Data<App>,
        chrome: Chrome,
        school: CurrentSchool,
        visitor: &Visitor,
        id: GroupId,
        asked: &Asked,
    ) -> Result<GroupPage, AppError> {
        let (may_manage, member_type, page) = (visitor.may::<tasks::ManageGroups>(), asked.member_type(), asked.page());
        db::read(app, move |conn| {
            let group = Group::one(conn, &school, id, may_manage)?;
            let members = Members { group: id, member_type };
            let people = members.page(conn, &school, page, ROWS)?;
            let ids: Vec<PersonId> = people.iter().map(|p| p.id).collect();
            Ok(GroupPage {
                chrome,
                name: group.name.clone(),
                member_type,
                sizes: sizes_of(conn, &school, id)?,
                reasons: reasons(conn, &school, id, &ids)?,
                people,
                page,
                may_manage,
                is_limited: !school.limits().is_none(),
                wrongs: Wrongs::default(),
                group,
            })
        })
        .await
    }

    fn scopes(&self) -> Vec<(String, &'static str, String, bool)> {
        let all =
            (format!("/groups/{}", self.group.id), "All", thousands(self.sizes.all()), self.member_type.is_none());
        let of_type = |t: MemberType| {
            let address = format!("/groups/{}?member={}", self.group.id, t.code());
            (address, plural_title(t), thousands(self.sizes.of(t)), self.member_type == Some(t))
        };
        std::iter::once(all).chain(MemberType::ALL.iter().map(|t| of_type(*t))).collect()
    }

    fn total(&self) -> i64 {
        self.member_type.map_or(self.sizes.all(), |t| self.sizes.of(t))
    }

    fn last_page(&self) -> i64 {
        (self.total() + ROWS - 1) / ROWS
    }

    /// "51–100 of 1,187 members"
    fn range(&self) -> String {
        let first = (self.page - 1) * ROWS + 1;
        let shown = i64::try_from(self.people.len()).unwrap_or(0);
        match (self.total(), shown) {
            (_, 0) => "No members".into(),
            (1, _) => "1 member".into(),
            (total, _) => format!("{first}–{} of {} members", first + shown - 1, thousands(total)),
        }
    }

    fn page_address(&self, page: &i64) -> String {
        let member = self.member_type.map_or_else(String::new, |t| format!("member={}&", t.code()));
        format!("/groups/{}?{member}page={page}", self.group.id)
    }

    fn csv_address(&self) -> String {
        let member = self.member_type.map_or_else(String::new, |t| format!("?member={}", t.code()));
        format!("/groups/{}/members.csv{member}", self.group.id)
    }

    fn reasons_of(&self, person: &Person) -> &[(Why, RunId)] {
        self.reasons.get(&person.id).map_or(&[], Vec::as_slice)
    }
}

pub async fn show(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    SignedIn(visitor): SignedIn,
    id: web::Path<String>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, AppError> {
    html(&GroupPage::read(&app, chrome, school, &visitor, read_id(&id)?, &asked).await?)
}
