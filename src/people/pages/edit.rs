//! Adding and editing a person by hand. Two people editing one record: the second is told what the first changed,
//! and loses nothing of what was typed. Leaves saving to `people::edit`.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::error::AppError;
use crate::people::{Biographic, EditError, Field, FieldChange, MemberType, Person, Status, add_by_hand, edit_by_hand};
use crate::schools::CurrentSchool;
use crate::security::tasks::EditPeople;
use crate::web::{Chrome, Requires, SchoolForm, Seat, Wrongs, db, html, html_422, html_as, see_other};

#[derive(Template)]
#[template(path = "people/edit.html")]
struct EditPage {
    chrome: Chrome,
    /// None for a new person.
    person: Option<Person>,
    version: i32,
    typed: Typed,
    wrongs: Wrongs,
    /// What somebody else saved meanwhile.
    meanwhile: Option<Meanwhile>,
}

struct Meanwhile {
    by: String,
    /// Fields that only the other person changed: the form shows them as they are now.
    taken_over: Vec<FieldChange>,
    /// Fields that both changed: the form shows what was typed here.
    disputed: Vec<FieldChange>,
}

impl Meanwhile {
    /// Brings the form up to date: what was not touched here follows the other person's change, what was typed stays.
    fn merge(by: String, fields: Vec<FieldChange>, mine: &Biographic, typed: &mut Typed) -> Meanwhile {
        let (taken_over, disputed): (Vec<_>, Vec<_>) =
            fields.into_iter().partition(|c| [&c.before, &c.after].contains(&&mine.get(c.field)));
        for c in &taken_over {
            typed.0.insert(c.field, c.after.clone().unwrap_or_default());
        }
        Meanwhile { by, taken_over, disputed }
    }
}

/// What was typed, by field: shown again as it was, right or wrong.
#[derive(Debug, Clone, Default)]
struct Typed(HashMap<Field, String>);

impl Typed {
    fn of(bio: &Biographic) -> Typed {
        Typed(Field::ALL.iter().filter_map(|&f| bio.get(f).map(|v| (f, v))).collect())
    }

    fn get(&self, field: &Field) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }
}

/// The fields as they stand on the page, under their headings.
const GROUPS: [(&str, &[Field]); 4] = {
    use Field::*;
    [
        ("Name", &[LastName, FirstName, MiddleName, PreferredName, NativeName]),
        ("Person", &[MemberType, Status, BirthDate, Gender, OtherPid]),
        ("Contact", &[Email, Phone, Address]),
        ("Place in school", &[Campus, Division, Department, Level, GradeLevel, GradYear]),
    ]
};

impl EditPage {
    fn groups(&self) -> [(&'static str, &'static [Field]); 4] {
        GROUPS
    }

    fn hint(&self, field: &Field) -> &'static str {
        match field {
            Field::BirthDate => "As 2010-03-14 or 3/14/2010.",
            Field::NativeName => "The whole name as it is written at home, if not in Latin letters.",
            Field::GradeLevel => "A number: 0 is Kindergarten, -1 is PK4.",
            Field::GradYear => "Four digits.",
            _ => "",
        }
    }

    fn title(&self) -> String {
        self.person.as_ref().map_or_else(|| "New person".into(), |p| format!("Edit {}", p.bio.full_name()))
    }

    fn choices(&self, field: &Field) -> Vec<(&'static str, &'static str)> {
        match field {
            Field::MemberType => MemberType::ALL.iter().map(|m| (m.code(), m.word())).collect(),
            // A record is merged by merging, not by editing a field.
            Field::Status => {
                Status::ALL.iter().filter(|s| **s != Status::Merged).map(|s| (s.code(), s.word())).collect()
            }
            _ => Vec::new(),
        }
    }
}

#[derive(serde::Deserialize)]
pub struct PersonForm {
    #[serde(default)]
    version: i32,
    #[serde(flatten)]
    fields: HashMap<String, String>,
}

/// Reads the form on top of what is there; what cannot be read is told at its field.
fn read_form(form: &PersonForm, on: &Biographic) -> (Biographic, Typed, Wrongs) {
    let (mut bio, mut typed, mut wrongs) = (on.clone(), Typed::default(), Wrongs::default());
    for &field in GROUPS.iter().flat_map(|(_, fields)| *fields) {
        let Some(text) = form.fields.get(field.code()) else { continue };
        typed.0.insert(field, text.clone());
        if let Err(message) = bio.set(field, text) {
            wrongs.add(field.code(), message);
        }
    }
    // The form does not offer it: a record is merged by merging.
    if bio.status == Status::Merged && on.status != Status::Merged {
        wrongs.add(Field::Status.code(), "Choose a status");
    }
    if !bio.has_name() {
        wrongs.add(Field::LastName.code(), "Type a last name or a first name: a person needs one of them");
    }
    // What concerns several fields was found last, and is told at its place all the same.
    let place = |code: &str| GROUPS.iter().flat_map(|(_, fields)| *fields).position(|f| f.code() == code);
    wrongs.0.sort_by_key(|w| place(&w.field));
    (bio, typed, wrongs)
}

pub async fn new_page(chrome: Chrome, _: CurrentSchool, _: Requires<EditPeople>) -> Result<HttpResponse, AppError> {
    let typed = Typed::of(&Biographic::default());
    html(&EditPage { chrome, person: None, version: 0, typed, wrongs: Wrongs::default(), meanwhile: None })
}

pub async fn create(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<EditPeople>,
    SchoolForm(form): SchoolForm<PersonForm>,
) -> Result<HttpResponse, AppError> {
    let (bio, typed, mut wrongs) = read_form(&form, &Biographic::default());
    outside(&school, &bio, &mut wrongs);
    if !wrongs.is_empty() {
        return html_422(&EditPage { chrome, person: None, version: 0, typed, wrongs, meanwhile: None });
    }
    let (by, now) = (actor.actor(), app.clock.now());
    let person = db::write(&app, move |conn| add_by_hand(conn, &school, &by, bio, now)).await?;
    let place = format!("/people/{}", person.sonis_id);
    let text = format!("{} is added, with the SONIS ID {}.", person.bio.full_name(), person.sonis_id);
    Seat::of(&request).lead(&place, text)
}

pub async fn edit_page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    _: Requires<EditPeople>,
    sonis_id: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let (person, into) = db::read(&app, move |conn| {
        let person = Person::by_sonis_id(conn, &school, &sonis_id)?;
        let into = crate::people::merge::survivor(conn, &school, &person)?;
        Ok((person, into))
    })
    .await?;
    if let Some(into) = into {
        return Ok(see_other(&format!("/people/{}/edit", into.sonis_id)));
    }
    let (typed, version) = (Typed::of(&person.bio), person.lock_version);
    html(&EditPage { chrome, person: Some(person), version, typed, wrongs: Wrongs::default(), meanwhile: None })
}

pub async fn save(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<EditPeople>,
    sonis_id: web::Path<String>,
    SchoolForm(form): SchoolForm<PersonForm>,
) -> Result<HttpResponse, AppError> {
    let place = format!("/people/{sonis_id}");
    let person = {
        let school = school.clone();
        db::read(&app, move |conn| Person::by_sonis_id(conn, &school, &sonis_id)).await?
    };
    let (bio, mut typed, mut wrongs) = read_form(&form, &person.bio);
    outside(&school, &bio, &mut wrongs);
    if !wrongs.is_empty() {
        let version = form.version;
        return html_422(&EditPage { chrome, person: Some(person), version, typed, wrongs, meanwhile: None });
    }
    let (by, now, id, seen) = (actor.actor(), app.clock.now(), person.id, form.version);
    let mine = bio.clone();
    let saved = db::write(&app, move |conn| edit_by_hand(conn, &school, &by, id, seen, &bio, now)).await?;
    let fields = match saved {
        Ok(fields) => fields,
        Err(EditError::Changed { by, fields, now }) => {
            // Sent again, the form is saved on top of what the page now tells.
            let meanwhile = Meanwhile::merge(by, fields, &mine, &mut typed);
            let page = EditPage {
                chrome,
                version: now.lock_version,
                person: Some(*now),
                typed,
                wrongs: Wrongs::default(),
                meanwhile: Some(meanwhile),
            };
            return html_as(StatusCode::CONFLICT, &page);
        }
    };
    let text = if fields.is_empty() {
        "Nothing was changed: everything is as it was.".to_owned()
    } else {
        let names: Vec<&str> = fields.iter().map(|c| c.field.word()).collect();
        format!("Saved. Changed: {}.", names.join(", "))
    };
    Seat::of(&request).lead(&place, text)
}

/// Whoever sees a part of the school cannot put a person outside of it, where they would be out of reach at once.
fn outside(school: &CurrentSchool, bio: &Biographic, wrongs: &mut Wrongs) {
    for (field, values) in school.limits().each() {
        let field = field.of_person();
        if !bio.get(field).is_some_and(|v| values.contains(&v)) {
            let message = format!("{} has to be one that you have access to: {}", field.word(), values.join(", "));
            wrongs.add(field.code(), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(field: Field, before: &str, after: &str) -> FieldChange {
        FieldChange { field, before: Some(before.into()), after: Some(after.into()) }
    }

    #[test]
    fn a_field_not_touched_here_follows_the_other_and_a_typed_one_stays() {
        let mine = Biographic { phone: Some("1".into()), campus: Some("South".into()), ..Biographic::default() };
        let mut typed = Typed::of(&mine);
        let theirs = vec![change(Field::Phone, "1", "2"), change(Field::Campus, "North", "Lakeside")];
        let merged = Meanwhile::merge("Rosa".into(), theirs, &mine, &mut typed);
        assert_eq!((typed.get(&Field::Phone), typed.get(&Field::Campus)), ("2", "South"));
        assert_eq!((merged.taken_over.len(), merged.disputed.len()), (1, 1));
    }

    #[test]
    fn the_same_change_by_both_is_no_dispute() {
        let mine = Biographic { phone: Some("2".into()), ..Biographic::default() };
        let merged =
            Meanwhile::merge("Rosa".into(), vec![change(Field::Phone, "1", "2")], &mine, &mut Typed::of(&mine));
        assert!(merged.disputed.is_empty());
    }
}
