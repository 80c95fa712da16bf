//! Names of families from the north and west of Europe, and from those who left it.
//! A table and nothing else.

use super::{Origin, Writing, families, names};

pub(super) const ENGLISH: Origin = Origin {
    writing: Writing::Latin, middle: 70, doubled: 6, joint: "-",
    families: families![
        "Abernathy", "Ashworth", "Barnes", "Bell", "Bennett", "Brooks", "Carter", "Coleman", "Dawson", "Ellison",
        "Fairchild", "Foster", "Freeman", "Graves", "Hale", "Hampton", "Hayes", "Jefferies", "Kingsley", "Lovelace",
        "Marsh", "Merriweather", "Mitchell", "Nash", "Okey", "Parker", "Pettigrew", "Quick", "Reed", "St. Clair",
        "Sawyer", "Tolliver", "Underwood", "Vance", "Washburn", "Whitfield", "Winslow", "Wood", "Wren", "Yates",
    ],
    girls: names![
        "Abigail", "Alice", "Anna Grace", "Beatrix", "Brooke", "Charlotte", "Clara", "Daisy", "Eleanor", "Emma",
        "Grace", "Hannah", "Harriet", "Imani", "Ivy", "Jasmine", "Josephine", "Keisha", "Lucy", "Mary Beth",
        "Naomi", "Olivia", "Phoebe", "Ruth", "Savannah", "Tamika", "Violet", "Willa",
    ],
    boys: names![
        "Andre", "Arthur", "Benjamin", "Caleb", "Calvin", "DeShawn", "Desmond", "Edmund", "Ezra", "Felix",
        "George", "Henry", "Isaiah", "Jack", "Jamal", "John Paul", "Josiah", "Leo", "Malik", "Marcus",
        "Noah", "Oliver", "Owen", "Quincy", "Samuel", "Theodore", "Walter", "Xavier",
    ],
};

pub(super) const IRISH: Origin = Origin {
    writing: Writing::Latin, middle: 60, doubled: 4, joint: "-",
    families: families![
        "O’Connor", "O’Sullivan", "O'Brien", "O’Dowd", "Ó Dálaigh" / "Ní Dhálaigh", "Brennan", "Byrne", "Doyle",
        "Fitzgibbon", "Gallagher", "Kavanagh", "Mac Gabhann" / "Nic Gabhann", "McCarthy", "McGuinness", "Nolan", "Quigley",
    ],
    girls: names![
        "Aisling", "Aoife", "Bríd", "Caoimhe", "Ciara", "Éabha", "Fionnuala", "Gráinne", "Maeve", "Niamh", "Róisín",
        "Saoirse", "Siobhán", "Úna",
    ],
    boys: names![
        "Cathal", "Cian", "Conor", "Daithí", "Eoin", "Fionn", "Lorcán", "Oisín", "Pádraig", "Rónán", "Ruairí",
        "Séamus", "Tadhg", "Tomás",
    ],
};

pub(super) const SCOTTISH: Origin = Origin {
    writing: Writing::Latin, middle: 65, doubled: 10, joint: "-",
    families: families![
        "Abercrombie", "Buchanan", "Carmichael", "Drummond", "Farquharson", "Kinnaird", "MacAulay", "MacLeod",
        "McAllister", "McIntosh", "Menzies", "Urquhart",
    ],
    girls: names!["Ailsa", "Catriona", "Eilidh", "Fiona", "Iona", "Isla", "Kirsty", "Mairi", "Morag", "Sorcha"],
    boys: names!["Alasdair", "Angus", "Callum", "Duncan", "Euan", "Finlay", "Hamish", "Lachlan", "Rory", "Struan"],
};

pub(super) const GERMAN: Origin = Origin {
    writing: Writing::Latin, middle: 45, doubled: 8, joint: "-",
    families: families![
        "Bäcker", "Eichhorn", "Großmann", "Jäger", "Kästner", "Krüger", "Lindemann", "Müller", "Obermeier",
        "Schäfer", "Vogelsang", "von der Heide", "von Lindau", "Weiß", "Zimmermann",
    ],
    girls: names!["Anneliese", "Annika", "Frieda", "Greta", "Hubertina", "Johanna", "Käthe", "Lieselotte", "Marlene", "Ulrike"],
    boys: names!["Anton", "Emil", "Florian", "Hans-Jürgen", "Jonas", "Jörg", "Konrad", "Lukas", "Matthias", "Till"],
};

pub(super) const DUTCH: Origin = Origin {
    writing: Writing::Latin, middle: 40, doubled: 5, joint: "-",
    families: families![
        "van der Berg", "van den Heuvel", "van Dijk", "de Vries", "de Groot", "ten Broek", "’t Hart", "ter Horst",
        "IJzerman", "Jansen", "Kuipers", "Smit", "Verhoeven", "Wouters",
    ],
    girls: names!["Anouk", "Femke", "Fleur", "Hanneke", "Jildou", "Lieke", "Maartje", "Noor", "Saskia", "Tjitske"],
    boys: names!["Bas", "Daan", "Gijs", "Jan-Willem", "Jeroen", "Joris", "Maarten", "Pieter", "Sjoerd", "Teun"],
};

pub(super) const ICELANDIC: Origin = Origin {
    writing: Writing::Latin, middle: 50, doubled: 0, joint: "-",
    families: families![
        "Aðalsteinsson" / "Aðalsteinsdóttir", "Björnsson" / "Björnsdóttir", "Einarsson" / "Einarsdóttir",
        "Guðmundsson" / "Guðmundsdóttir", "Hálfdánarson" / "Hálfdánardóttir", "Jökulsson" / "Jökulsdóttir",
        "Sæmundsson" / "Sæmundsdóttir", "Þorvaldsson" / "Þorvaldsdóttir", "Ævarsson" / "Ævarsdóttir", "Blöndal",
    ],
    girls: names!["Ásta", "Birna", "Guðrún", "Hrafnhildur", "Ólöf", "Ragnheiður", "Sæunn", "Þórdís", "Þórunn", "Ýr"],
    boys: names!["Ari", "Baldur", "Egill", "Guðjón", "Hörður", "Jón", "Óðinn", "Sölvi", "Þór", "Össur"],
};

pub(super) const NORDIC: Origin = Origin {
    writing: Writing::Latin, middle: 45, doubled: 8, joint: "-",
    families: families![
        "Åkesson", "Ångström-Lind", "Bergström", "Bjørnstad", "Hämäläinen", "Høgh", "Kjærsgaard", "Lindqvist", "Mäkinen",
        "Nygård", "Østergaard", "Sjöberg", "Tõnisson", "Väisänen", "Bērziņš" / "Bērziņa", "Kazlauskas" / "Kazlauskaitė",
    ],
    girls: names!["Aino", "Åsa", "Astrid", "Elsa", "Freja", "Ingrid", "Linnéa", "Maiken", "Saga", "Signe", "Sølvi", "Tuuli"],
    boys: names!["Aksel", "Anders", "Bjørn", "Eero", "Håkon", "Jens", "Kåre", "Lars-Erik", "Mikko", "Øyvind", "Søren", "Väinö"],
};
