//! The tables of invented names: families and given names by origin, with their spelling in their own script.
//! Who gets which name is `person_name`'s business.

// The tables are laid out by hand, many names to a line.
#[rustfmt::skip]
mod africa;
#[rustfmt::skip]
mod east_asia;
#[rustfmt::skip]
mod eastern_europe;
#[rustfmt::skip]
mod middle_east;
#[rustfmt::skip]
mod northern_europe;
#[rustfmt::skip]
mod pacific;
#[rustfmt::skip]
mod shapes;
#[rustfmt::skip]
mod south_asia;
#[rustfmt::skip]
mod southern_europe;

/// A name in Latin letters and in its own script (empty where that is Latin).
#[derive(Debug, Clone, Copy)]
pub(super) struct Spelling {
    pub latin: &'static str,
    pub own: &'static str,
}

/// A family name as men and as women of the family carry it.
#[derive(Debug, Clone, Copy)]
pub(super) struct FamilyName {
    pub male: Spelling,
    pub female: Spelling,
}

/// How a name is put together in its own script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    Latin,
    GivenFamily,
    FamilyGiven,
    FamilyGivenJoined,
}

#[derive(Debug)]
pub(super) struct Origin {
    pub writing: Writing,
    /// How many of a hundred people have a middle name.
    pub middle: u32,
    /// How many of a hundred families carry two family names, and what joins them.
    pub doubled: u32,
    pub joint: &'static str,
    pub families: &'static [FamilyName],
    pub girls: &'static [Spelling],
    pub boys: &'static [Spelling],
}

const fn either(this: &'static str, otherwise: &'static str) -> &'static str {
    if this.is_empty() { otherwise } else { this }
}

/// `names!["Jan", "Nino" = "ნინო"]`
macro_rules! names {
    ($($latin:literal $(= $own:literal)?),* $(,)?) => {
        &[$(super::Spelling { latin: $latin, own: concat!($($own)?) }),*]
    };
}

/// `families!["Mensah", "Dvořák" / "Dvořáková", "Petrov" = "Петров" / "Petrova" = "Петрова"]`
macro_rules! families {
    ($($male:literal $(= $own_male:literal)? $(/ $female:literal $(= $own_female:literal)?)?),* $(,)?) => {
        &[$(super::FamilyName {
            male: super::Spelling { latin: $male, own: concat!($($own_male)?) },
            female: super::Spelling {
                latin: super::either(concat!($($female)?), $male),
                own: super::either(concat!($($($own_female)?)?), concat!($($own_male)?)),
            },
        }),*]
    };
}

use {families, names};

/// Every origin with its weight; families are drawn in these proportions.
pub(super) const ORIGINS: &[(u32, &Origin)] = &[
    (12, &northern_europe::ENGLISH),
    (5, &northern_europe::IRISH),
    (3, &northern_europe::SCOTTISH),
    (3, &northern_europe::GERMAN),
    (3, &northern_europe::DUTCH),
    (2, &northern_europe::ICELANDIC),
    (3, &northern_europe::NORDIC),
    (3, &southern_europe::FRENCH),
    (4, &southern_europe::ITALIAN),
    (9, &southern_europe::SPANISH),
    (3, &southern_europe::PORTUGUESE),
    (3, &southern_europe::GREEK),
    (2, &eastern_europe::CZECH),
    (3, &eastern_europe::POLISH),
    (1, &eastern_europe::HUNGARIAN),
    (1, &eastern_europe::ROMANIAN),
    (3, &eastern_europe::UKRAINIAN),
    (2, &eastern_europe::SERBIAN),
    (3, &eastern_europe::GEORGIAN),
    (3, &eastern_europe::ARMENIAN),
    (3, &middle_east::ARABIC),
    (2, &middle_east::PERSIAN),
    (3, &middle_east::HEBREW),
    (3, &middle_east::TURKISH),
    (3, &africa::IGBO),
    (3, &africa::YORUBA),
    (2, &africa::AKAN),
    (2, &africa::NGUNI),
    (2, &africa::SWAHILI),
    (3, &africa::AMHARIC),
    (4, &south_asia::HINDI),
    (3, &south_asia::BENGALI),
    (3, &south_asia::TAMIL),
    (2, &south_asia::GOAN),
    (5, &east_asia::CHINESE),
    (4, &east_asia::JAPANESE),
    (4, &east_asia::KOREAN),
    (4, &east_asia::VIETNAMESE),
    (3, &east_asia::THAI),
    (3, &pacific::FILIPINO),
    (1, &pacific::INDONESIAN),
    (1, &pacific::POLYNESIAN),
    (1, &pacific::DINE),
    (1, &shapes::SHORT),
    (1, &shapes::LONG),
];

/// What people of any origin may prefer to be called.
pub(super) const NICKNAMES: &[&str] = &[
    "Alex", "Ali", "Bee", "Bobby", "Charlie", "Dani", "Eli", "Frankie", "Jamie", "Jo", "Kit", "Lou", "Max", "Mika",
    "Nico", "Pat", "Ray", "Robin", "Sam", "T. J.", "Teddy", "Val", "Zee",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_a_table_of_another_script_is_also_spelled_in_that_script() {
        for (_, origin) in ORIGINS {
            let families = origin.families.iter().flat_map(|f| [f.male, f.female]);
            for name in families.chain(origin.girls.iter().copied()).chain(origin.boys.iter().copied()) {
                assert!(!name.latin.is_empty());
                assert_eq!(name.own.is_empty(), origin.writing == Writing::Latin, "{name:?}");
            }
        }
    }
}
