//! The adults of a household: mothers and fathers for the most part, step-parents, guardians and grandparents too.
//! How many the school still lacks is left to `register`.

use chrono::{Days, NaiveDate};

use super::chance::Chance;
use super::flavour::Flavour;
use super::home;
use super::household::Household;
use super::invented::{Invented, Member};
use super::mailbox;
use super::person_name::{Form, PersonName};
use super::register::{Register, Want};

/// What an adult is to the children.
#[derive(Debug, Clone, Copy)]
struct Role {
    relationship: &'static str,
    form: Option<Form>,
    /// How many of a hundred go by another last name than the children.
    other_name: u32,
    age: Age,
}

#[derive(Debug, Clone, Copy)]
enum Age {
    Parent,
    Grandparent,
}

const fn role(relationship: &'static str, form: Option<Form>, other_name: u32, age: Age) -> Role {
    Role { relationship, form, other_name, age }
}

const MOTHER: Role = role("Mother", Some(Form::Female), 24, Age::Parent);
const FATHER: Role = role("Father", Some(Form::Male), 5, Age::Parent);
const STEPMOTHER: Role = role("Stepmother", Some(Form::Female), 50, Age::Parent);
const STEPFATHER: Role = role("Stepfather", Some(Form::Male), 85, Age::Parent);
const GUARDIAN: Role = role("Guardian", None, 60, Age::Parent);
const GRANDMOTHER: Role = role("Grandmother", Some(Form::Female), 35, Age::Grandparent);
const GRANDFATHER: Role = role("Grandfather", Some(Form::Male), 35, Age::Grandparent);

const ALONE: &[(u32, Role)] = &[(64, MOTHER), (19, FATHER), (9, GUARDIAN), (6, GRANDMOTHER), (2, GRANDFATHER)];

const PAIRS: &[(u32, (Role, Role))] = &[
    (83, (MOTHER, FATHER)),
    (4, (MOTHER, STEPFATHER)),
    (3, (FATHER, STEPMOTHER)),
    (3, (MOTHER, MOTHER)),
    (2, (FATHER, FATHER)),
    (3, (GRANDMOTHER, GRANDFATHER)),
    (1, (MOTHER, GRANDMOTHER)),
    (1, (GUARDIAN, GUARDIAN)),
];

pub(super) fn parents(
    flavour: &Flavour,
    household: &Household,
    children: &[u64],
    register: &mut Register,
    chance: &mut Chance,
) -> Vec<Invented> {
    let pair = match register.wants() {
        Want::OneParent => false,
        Want::TwoParents => true,
        Want::Either => chance.in_hundred(52),
    };
    let mut adult = |role, chance: &mut Chance| {
        let key = register.parent().source_key;
        parent(flavour, household, children, key, role, chance)
    };
    if !pair {
        let role = chance.weigh(ALONE);
        return vec![adult(role, chance)];
    }
    let (one, other) = chance.weigh(PAIRS);
    let one = adult(one, chance);
    let mut other = adult(other, chance);
    if chance.in_hundred(3) {
        other.email.clone_from(&one.email);
    }
    if chance.in_hundred(9) {
        other.address = Some(home::address(flavour, chance));
    }
    vec![one, other]
}

fn parent(
    flavour: &Flavour,
    household: &Household,
    children: &[u64],
    source_key: u32,
    role: Role,
    chance: &mut Chance,
) -> Invented {
    let form = role.form.unwrap_or_else(|| Form::either(chance));
    let mut name = if chance.in_hundred(role.other_name) {
        PersonName::draw(&household.surname.other(chance), form, chance)
    } else {
        PersonName::draw(&household.surname, form, chance)
    };
    if chance.in_thousand(4) {
        name.keep_one(chance);
    }
    let email = mailbox::parent(&name, source_key, chance);
    let phone = if chance.in_hundred(25) { household.phone.clone() } else { home::phone(flavour, chance) };
    Invented {
        member: Member::Parent,
        source_key,
        last_name: name.last,
        first_name: name.first,
        middle_name: name.middle,
        preferred_name: name.preferred,
        native_name: name.native,
        birth_date: birth(household, role.age, chance),
        gender: form.on_file(chance),
        email: (!chance.in_hundred(6)).then_some(email),
        phone: (!chance.in_hundred(4)).then_some(phone),
        address: household.address.clone(),
        campus: None,
        division: None,
        department: None,
        level: None,
        grade_level: None,
        grad_year: None,
        active: !chance.in_hundred(1),
        other_pid: None,
        children: children.to_vec(),
        relationship: Some(role.relationship),
    }
}

/// Parents are 22 years older than the eldest child at least and 45 older than the youngest at most.
fn birth(household: &Household, age: Age, chance: &mut Chance) -> NaiveDate {
    let (Some(eldest), Some(youngest)) = (household.births.first(), household.births.last()) else {
        return NaiveDate::MIN;
    };
    let span = (*youngest - *eldest).num_days().unsigned_abs() as u32;
    let (least, most) = match age {
        Age::Parent => (years(22) + 2, years(45) - span),
        Age::Grandparent => (years(46), years(72)),
    };
    // Two draws: most parents are neither very young nor very old.
    let room = most.saturating_sub(least);
    let days = least + chance.below(room / 2) + chance.below(room / 2);
    eldest.checked_sub_days(Days::new(u64::from(days))).unwrap_or(*eldest)
}

const fn years(count: u32) -> u32 {
    count * 1_461 / 4
}
