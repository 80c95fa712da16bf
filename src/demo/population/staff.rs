//! A member of staff.
//! When the school needs another is left to `register`.

use chrono::Days;

use super::chance::Chance;
use super::flavour::Flavour;
use super::home;
use super::invented::{Invented, Member};
use super::mailbox;
use super::person_name::{Form, PersonName, Surname};
use super::places::{DEPARTMENTS, DIVISIONS};
use super::register::Register;
use super::schooling::date;

pub(super) fn staff(flavour: &Flavour, register: &mut Register, chance: &mut Chance) -> Invented {
    let entry = register.staff();
    let form = Form::either(chance);
    let surname = Surname::draw(chance);
    let mut name = PersonName::draw(&surname, form, chance);
    if chance.in_thousand(6) {
        name.keep_one(chance);
    }
    let local = mailbox::staff(&name, entry.source_key);
    let eldest = date(1958, 1, 15);
    let days = chance.below(44 * 365);
    let birth_date = eldest.checked_add_days(Days::new(u64::from(days)));
    Invented {
        member: Member::Staff,
        source_key: entry.source_key,
        last_name: name.last,
        first_name: name.first,
        middle_name: name.middle,
        preferred_name: name.preferred,
        native_name: name.native,
        birth_date: birth_date.unwrap_or(eldest),
        gender: form.on_file(chance),
        email: (!chance.in_hundred(1)).then(|| format!("{local}@{}", flavour.mail_domain)),
        phone: (!chance.in_hundred(5)).then(|| home::phone(flavour, chance)),
        address: (!chance.in_hundred(5)).then(|| home::address(flavour, chance)),
        campus: Some(chance.pick(flavour.campuses).to_owned()),
        division: chance.in_hundred(70).then(|| chance.pick(DIVISIONS).to_owned()),
        department: Some(chance.weigh(DEPARTMENTS).to_owned()),
        level: None,
        grade_level: None,
        grad_year: None,
        active: !chance.in_hundred(4),
        other_pid: chance.in_hundred(60).then(|| flavour.other_pid(entry.position)),
        children: Vec::new(),
        relationship: None,
    }
}
