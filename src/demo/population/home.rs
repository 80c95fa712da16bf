//! Where a household lives and which telephone rings.
//! Who lives there is left to `household`.

use super::chance::Chance;
use super::flavour::Flavour;
use super::places::{KINDS, QUARTERS, STREETS};

pub(super) fn address(flavour: &Flavour, chance: &mut Chance) -> String {
    let number = chance.between(101, 9_899);
    let quarter = chance.pick(QUARTERS);
    let street = chance.pick(STREETS);
    let kind = chance.pick(KINDS);
    let town = chance.pick(flavour.towns);
    let zip = chance.pick(town.zips);
    let door = match chance.below(8) {
        0 | 1 => {
            let letter = chance.pick(&['A', 'B', 'C', 'D']);
            format!(", Apartment {}{letter}", chance.between(1, 24))
        }
        2 => format!(", Unit {}", chance.between(1, 60)),
        _ => String::new(),
    };
    let (name, state) = (town.name, town.state);
    format!("{number} {quarter}{street} {kind}{door}\n{name}, {state} {zip}")
}

/// A number of those set aside for stories: 555-0100 to 555-0199.
pub(super) fn phone(flavour: &Flavour, chance: &mut Chance) -> String {
    let area = chance.pick(flavour.area_codes);
    format!("+1 {area} 555 01{:02}", chance.below(100))
}
