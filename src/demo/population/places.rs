//! The tables of towns, streets, departments and parents' mail domains.
//! Who lives or works where is left to `home` and `staff`.

use super::flavour::Town;

const fn town(name: &'static str, state: &'static str, zips: &'static [&'static str]) -> Town {
    Town { name, state, zips }
}

pub(super) const AROUND_NORTHFIELD: &[Town] = &[
    town("Evanston", "IL", &["60201", "60202"]),
    town("Alder Grove", "IL", &["60299"]),
    town("Bellwether Park", "IL", &["60298"]),
    town("East Marlow", "IL", &["60297", "60296"]),
    town("Lac du Nord", "IL", &["60295"]),
    town("Three Oaks Crossing", "IL", &["60294"]),
    town("Winnemont", "IL", &["60293", "60292"]),
];

pub(super) const AROUND_HARBOR: &[Town] = &[
    town("Port Amity", "WA", &["98299", "98298"]),
    town("Gull Landing", "WA", &["98297"]),
    town("Saltmarsh", "WA", &["98296"]),
    town("St. Brendan’s Reach", "WA", &["98295"]),
    town("Tidewater Heights", "WA", &["98294", "98293"]),
];

pub(super) const QUARTERS: &[&str] = &["", "", "", "", "North ", "South ", "East ", "West "];

pub(super) const STREETS: &[&str] = &[
    "Alder",
    "Birchwood",
    "Bluestem",
    "Cantilever",
    "Cedar Hollow",
    "Clementine",
    "Cormorant",
    "Dogwood",
    "Elderberry",
    "Fallow Field",
    "Foxglove",
    "Goldfinch",
    "Hawthorn",
    "Heron",
    "Juniper",
    "Kestrel",
    "Lakeview",
    "Lantern",
    "Larkspur",
    "Maple",
    "Mill Race",
    "Mulberry",
    "O’Hanlon",
    "Orchard",
    "Peartree",
    "Quarry",
    "Quince",
    "Rosehip",
    "Saltbox",
    "Sandpiper",
    "Sycamore",
    "Tamarack",
    "Thistledown",
    "Thornbury",
    "Vesper",
    "Whippoorwill",
    "Willow",
    "Yarrow",
];

pub(super) const KINDS: &[&str] =
    &["Avenue", "Boulevard", "Circle", "Court", "Drive", "Lane", "Place", "Road", "Street", "Street", "Terrace", "Way"];

pub(super) const DEPARTMENTS: &[(u32, &str)] = &[
    (8, "Admissions"),
    (5, "Advancement"),
    (8, "Arts"),
    (8, "Athletics"),
    (5, "Counseling"),
    (4, "Dining Services"),
    (12, "English"),
    (8, "Facilities"),
    (10, "History and Social Studies"),
    (4, "Library"),
    (14, "Mathematics"),
    (5, "Music and Performing Arts"),
    (3, "Nurse’s Office"),
    (3, "Registrar"),
    (13, "Science"),
    (5, "Technology"),
    (10, "World Languages"),
];

pub(super) const DIVISIONS: &[&str] = &["Lower School", "Middle School", "Upper School"];

pub(super) const MAIL_DOMAINS: &[&str] =
    &["mail.example", "mail.example", "post.example", "inbox.example", "family-mail.example", "webpost.example"];
