//! `/desk/{item}`: what is wrong, both people side by side, the way to where it is mended, and the form for owner and state.
//! Leaves what the form does to `desk::pages::act`.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;

use super::looked;
use crate::app::App;
use crate::desk::{ItemId, Move, Owner, State, Told, age, moves, one, tell};
use crate::error::AppError;
use crate::people::{Field, Person};
use crate::schools::CurrentSchool;
use crate::security::Visitor;
use crate::security::tasks::{MergePeople, RunRosterSync, WorkTheDesk};
use crate::web::frame::RequestId;
use crate::web::{Chrome, Requires, Wrongs, db, html, when};

/// The form as it was typed.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Typed {
    pub version: i32,
    pub owner: String,
    pub state: String,
    pub reason: String,
}

#[derive(Template)]
#[template(path = "desk/show.html")]
pub struct ItemPage {
    chrome: Chrome,
    pub told: Told,
    moves: Vec<Move>,
    now: NaiveDateTime,
    may_merge: bool,
    may_sync: bool,
    pub typed: Typed,
    pub wrongs: Wrongs,
}

/// What is compared side by side.
const COMPARED: [Field; 10] = [
    Field::MemberType,
    Field::Status,
    Field::BirthDate,
    Field::Email,
    Field::Phone,
    Field::Address,
    Field::Campus,
    Field::GradeLevel,
    Field::GradYear,
    Field::Department,
];

/// Addresses name an item by its number; what is no number names none.
pub fn read_id(text: &str) -> Result<ItemId, AppError> {
    text.parse().map(ItemId).map_err(|_| AppError::NotFound)
}

impl ItemPage {
    pub async fn read(
        app: &web::Data<App>,
        chrome: Chrome,
        school: CurrentSchool,
        visitor: &Visitor,
        id: ItemId,
        request: RequestId,
    ) -> Result<ItemPage, AppError> {
        let (sight, now, by) = (visitor.sight(), app.clock.now(), visitor.actor());
        let (may_merge, may_sync) = (visitor.may::<MergePeople>(), visitor.may::<RunRosterSync>());
        db::blocking(app, move |app| {
            let (told, moves) = app.db.read(|conn| {
                let item = one(conn, &school, &sight, id)?;
                let told = tell(conn, &school, &sight, vec![item])?.pop().ok_or(AppError::NotFound)?;
                Ok((told, moves(conn, &school, id)?))
            })?;
            // Who sees an ID is on record before the answer leaves.
            let values = [&told.value, &told.other_value];
            for (person, value) in [&told.person, &told.other_person].into_iter().zip(values) {
                if let (Some(person), Some(Some(_))) = (person, value) {
                    app.viewed(&school, &by, person, request.as_str())?;
                }
            }
            let item = &told.item;
            let typed = Typed {
                version: item.lock_version,
                owner: item.owner.code().to_owned(),
                state: item.state.code().to_owned(),
                reason: item.reason.clone().unwrap_or_default(),
            };
            Ok(ItemPage { chrome, told, moves, now, may_merge, may_sync, typed, wrongs: Wrongs::default() })
        })
        .await
    }

    fn age(&self) -> String {
        age(self.told.item.opened_at, self.now)
    }

    fn people(&self) -> Vec<&Person> {
        self.told.people().collect()
    }

    /// The fields in which at least one of them has something.
    fn compared(&self) -> Vec<(Field, Vec<Option<String>>)> {
        let people = self.people();
        let values = |field: Field| people.iter().map(|p| said(p, field)).collect::<Vec<_>>();
        let all = COMPARED.into_iter().map(|field| (field, values(field)));
        all.filter(|(_, values)| values.iter().any(Option::is_some)).collect()
    }

    fn differs(&self, values: &[Option<String>]) -> bool {
        values.windows(2).any(|pair| pair.first() != pair.last())
    }

    /// The ID beside each of the people.
    fn values(&self) -> Vec<String> {
        let values = [&self.told.value, &self.told.other_value].into_iter().flatten();
        values.map(|v| v.as_ref().map_or_else(|| "Unauthorized".into(), ToString::to_string)).collect()
    }
}

fn said(person: &Person, field: Field) -> Option<String> {
    match field {
        Field::MemberType => Some(person.bio.member_type.word().to_owned()),
        Field::Status => Some(person.bio.status.word().to_owned()),
        Field::BirthDate => person.bio.birth_date.map(|d| when::day(&d)),
        field => person.bio.get(field),
    }
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    request: RequestId,
    school: CurrentSchool,
    actor: Requires<WorkTheDesk>,
    id: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let id = read_id(&id)?;
    let (here, sight) = (school.clone(), actor.sight());
    db::read(&app, move |conn| one(conn, &here, &sight, id)).await?;
    looked(&app, &school).await?;
    html(&ItemPage::read(&app, chrome, school, &actor.visitor, id, request).await?)
}
