//! Names whose length is the trial: one or two letters, and as many as a card will hold.
//! A table and nothing else.

use super::{Origin, Writing, families, names};

pub(super) const SHORT: Origin = Origin {
    writing: Writing::Latin, middle: 20, doubled: 0, joint: "-",
    families: families!["X", "Ng", "O", "E", "U", "Au", "Yi", "Ó"],
    girls: names!["X", "Ai", "Bo", "J", "Oe", "Q", "Ý", "An"],
    boys: names!["Ng", "Al", "B", "Ed", "K", "Øy", "Vy", "Ty"],
};

pub(super) const LONG: Origin = Origin {
    writing: Writing::Latin, middle: 85, doubled: 45, joint: "-",
    families: families![
        "Featherstonehaugh-Cholmondeley", "Langenschwarzenberghofen-Oberndorfer", "Vanderschelderotterdam", "Llanfairfechan-Gwrtheyrn",
        "Papathanasopoulogiannaki", "Rajagopalakrishnaswamy", "Andriantsimandresinarivo", "Brandenburger-Mittelstädt",
        "de Montalembert-Rochechouard de la Tour", "Kealohapauokalanikuponomaikai",
    ],
    girls: names![
        "Wilhelmina Friederike", "Bartholomea", "María del Rosario Inmaculada", "Kapuaokalanimakamae", "Anna-Magdalena Elisabeth",
        "Oluwadamilolasimi", "Constantia Philippa", "Maximiliana",
    ],
    boys: names![
        "Bartholomew Augustine", "Maximilian Ferdinand", "José María de los Dolores", "Oluwafunmilayotobi", "Karl-Theodor Emmanuel",
        "Venkatanarasimharaju", "Nebuchadnezzar", "Hieronymus",
    ],
};
