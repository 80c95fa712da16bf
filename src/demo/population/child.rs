//! A student of a household.
//! When the child was born and where it lives is left to `household`.

use chrono::NaiveDate;

use super::chance::Chance;
use super::flavour::Flavour;
use super::home;
use super::household::Household;
use super::invented::{Invented, Member};
use super::mailbox;
use super::person_name::{Form, PersonName};
use super::register::Entry;
use super::schooling;

pub(super) fn child(
    flavour: &Flavour,
    household: &Household,
    birth: NaiveDate,
    entry: Entry,
    elder: &[Invented],
    chance: &mut Chance,
) -> Invented {
    let (form, name) = name(household, elder, chance);
    let grade = schooling::grade(birth);
    let local = mailbox::student(&name, entry.source_key);
    let campus = if chance.in_hundred(85) { household.campus } else { chance.pick(flavour.campuses) };
    Invented {
        member: Member::Student,
        source_key: entry.source_key,
        last_name: name.last,
        first_name: name.first,
        middle_name: name.middle,
        preferred_name: name.preferred,
        native_name: name.native,
        birth_date: birth,
        gender: form.on_file(chance),
        email: has_email(grade, chance).then(|| format!("{local}@{}", flavour.mail_domain)),
        phone: phone(flavour, household, grade, chance),
        address: household.address.clone(),
        campus: Some(campus.to_owned()),
        division: Some(schooling::division(grade).to_owned()),
        department: None,
        level: Some(schooling::level(grade).to_owned()),
        grade_level: Some(grade),
        grad_year: Some(schooling::grad_year(grade)),
        active: !chance.in_hundred(2),
        other_pid: chance.in_hundred(85).then(|| flavour.other_pid(entry.position)),
        children: Vec::new(),
        relationship: None,
    }
}

/// No two siblings have one first name; only an only child may have a single name.
fn name(household: &Household, elder: &[Invented], chance: &mut Chance) -> (Form, PersonName) {
    let form = Form::either(chance);
    let mut name = PersonName::draw(&household.surname, form, chance);
    for _ in 0..20 {
        if !elder.iter().any(|e| e.first_name == name.first) {
            break;
        }
        name = PersonName::draw(&household.surname, form, chance);
    }
    if household.births.len() == 1 && chance.in_thousand(15) {
        name.keep_one(chance);
    }
    (form, name)
}

/// The youngest mostly have no e-mail yet.
fn has_email(grade: i32, chance: &mut Chance) -> bool {
    chance.in_hundred(if grade < 3 { 40 } else { 97 })
}

/// The young are reached at home, the older carry their own.
fn phone(flavour: &Flavour, household: &Household, grade: i32, chance: &mut Chance) -> Option<String> {
    match chance.below(10) {
        0 => None,
        1..6 if grade > 6 => Some(home::phone(flavour, chance)),
        _ => Some(household.phone.clone()),
    }
}
