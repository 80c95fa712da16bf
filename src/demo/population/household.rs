//! One household: up to four children under one name and one roof, then the adults who answer for them.
//! The children and adults themselves are left to `child` and `parent`.

use chrono::NaiveDate;

use super::chance::Chance;
use super::child;
use super::flavour::Flavour;
use super::home;
use super::invented::Invented;
use super::parent;
use super::person_name::Surname;
use super::register::Register;
use super::schooling::{BIRTHDAYS, birthday};

/// How many of a hundred households have one child, two, three, four.
const CHILDREN: &[(u32, u32)] = &[(15, 1), (31, 2), (34, 3), (20, 4)];

pub(super) struct Household {
    pub surname: Surname,
    pub address: Option<String>,
    pub phone: String,
    pub campus: &'static str,
    /// The eldest first.
    pub births: Vec<NaiveDate>,
}

pub(super) fn household(flavour: &Flavour, register: &mut Register, chance: &mut Chance) -> Vec<Invented> {
    let household = Household::draw(flavour, chance);
    let mut people = Vec::with_capacity(6);
    let mut positions = Vec::with_capacity(4);
    for birth in &household.births {
        let entry = register.student();
        positions.push(entry.position);
        let child = child::child(flavour, &household, *birth, entry, &people, chance);
        people.push(child);
    }
    people.extend(parent::parents(flavour, &household, &positions, register, chance));
    people
}

impl Household {
    fn draw(flavour: &Flavour, chance: &mut Chance) -> Self {
        let surname = Surname::draw(chance);
        let address = home::address(flavour, chance);
        let address = (!chance.in_thousand(12)).then_some(address);
        Self {
            surname,
            address,
            phone: home::phone(flavour, chance),
            campus: chance.pick(flavour.campuses),
            births: births(chance),
        }
    }
}

/// Siblings are born 13 to 36 months apart, twins now and then on one day.
fn births(chance: &mut Chance) -> Vec<NaiveDate> {
    let mut days = vec![0];
    let mut last = 0;
    for _ in 1..chance.weigh(CHILDREN) {
        if !chance.in_hundred(3) {
            last += chance.between(400, 1_100);
        }
        days.push(last);
    }
    let eldest = chance.below(BIRTHDAYS - last);
    days.into_iter().map(|day| birthday(eldest + day)).collect()
}
