//! A family's name and the names of the people who carry it.
//! The tables are left to `names`, e-mail addresses to `mailbox`.

use super::chance::Chance;
use super::names::{FamilyName, NICKNAMES, ORIGINS, Origin, Spelling, Writing};

/// Whose names a person has; the gender on file may be another, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Female,
    Male,
}

impl Form {
    pub fn either(chance: &mut Chance) -> Self {
        if chance.in_hundred(50) { Self::Female } else { Self::Male }
    }

    /// What the school has on file: now and then X or nothing.
    pub fn on_file(self, chance: &mut Chance) -> Option<String> {
        let letter = match (chance.below(1_000), self) {
            (0..8, _) => return None,
            (8..16, _) => "X",
            (_, Self::Female) => "F",
            (_, Self::Male) => "M",
        };
        Some(letter.to_owned())
    }
}

/// The name that a family shares, in the form each carries it: Dvořák, Dvořáková.
#[derive(Debug)]
pub(super) struct Surname {
    pub origin: &'static Origin,
    name: FamilyName,
    second: Option<FamilyName>,
}

impl Surname {
    pub fn draw(chance: &mut Chance) -> Self {
        Self::of(chance.weigh(ORIGINS), chance)
    }

    /// Another family's name, of the same origin most of the time.
    pub fn other(&self, chance: &mut Chance) -> Self {
        if chance.in_hundred(80) { Self::of(self.origin, chance) } else { Self::draw(chance) }
    }

    fn of(origin: &'static Origin, chance: &mut Chance) -> Self {
        let name = chance.pick(origin.families);
        let doubled = chance.in_hundred(origin.doubled);
        let second = doubled.then(|| chance.pick(origin.families));
        let second = second.filter(|second| second.male.latin != name.male.latin);
        Self { origin, name, second }
    }

    fn spell(&self, form: Form, part: impl Fn(Spelling) -> &'static str) -> String {
        let part = |name: FamilyName| match form {
            Form::Female => part(name.female),
            Form::Male => part(name.male),
        };
        let mut spelled = part(self.name).to_owned();
        if let Some(second) = self.second {
            spelled.push_str(self.origin.joint);
            spelled.push_str(part(second));
        }
        spelled
    }

    pub fn latin(&self, form: Form) -> String {
        self.spell(form, |name| name.latin)
    }

    fn own(&self, form: Form) -> String {
        self.spell(form, |name| name.own)
    }
}

#[derive(Debug)]
pub(super) struct PersonName {
    pub last: String,
    pub first: String,
    pub middle: Option<String>,
    pub preferred: Option<String>,
    pub native: Option<String>,
}

impl PersonName {
    pub fn draw(surname: &Surname, form: Form, chance: &mut Chance) -> Self {
        let fits = chance.in_hundred(90);
        let origin = if fits { surname.origin } else { chance.weigh(ORIGINS) };
        let given = given_names(origin, form);
        let first = chance.pick(given);
        let middle =
            chance.in_hundred(origin.middle).then(|| chance.pick(given).latin).filter(|middle| *middle != first.latin);
        Self {
            last: surname.latin(form),
            first: first.latin.to_owned(),
            middle: middle.map(str::to_owned),
            preferred: preferred(middle, chance),
            native: native(surname, origin, form, first),
        }
    }

    /// A person with one name only, which some programs keep as the first and some as the last.
    pub fn keep_one(&mut self, chance: &mut Chance) {
        if chance.in_hundred(70) {
            self.last = std::mem::take(&mut self.first);
        } else {
            self.last.clear();
        }
        self.middle = None;
        self.preferred = None;
        self.native = None;
    }
}

fn given_names(origin: &'static Origin, form: Form) -> &'static [Spelling] {
    match form {
        Form::Female => origin.girls,
        Form::Male => origin.boys,
    }
}

fn preferred(middle: Option<&str>, chance: &mut Chance) -> Option<String> {
    if !chance.in_hundred(12) {
        return None;
    }
    let name = match middle {
        Some(middle) if chance.in_hundred(40) => middle,
        _ => chance.pick(NICKNAMES),
    };
    Some(name.to_owned())
}

/// A mixed name has no spelling of its own: nobody knows which of the scripts it would be.
fn native(surname: &Surname, given: &Origin, form: Form, first: Spelling) -> Option<String> {
    if !std::ptr::eq(surname.origin, given) {
        return None;
    }
    let family = || surname.own(form);
    match given.writing {
        Writing::Latin => None,
        Writing::GivenFamily => Some(format!("{} {}", first.own, family())),
        Writing::FamilyGiven => Some(format!("{} {}", family(), first.own)),
        Writing::FamilyGivenJoined => Some(format!("{}{}", family(), first.own)),
    }
}
