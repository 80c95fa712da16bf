//! Names of families from the south of Europe and from the Americas they settled.
//! A table and nothing else.

use super::{Origin, Writing, families, names};

pub(super) const FRENCH: Origin = Origin {
    writing: Writing::Latin, middle: 50, doubled: 8, joint: "-",
    families: families![
        "Beauchêne", "Boulanger", "Châtelain", "de l’Épine", "de La Fontenelle", "d’Aubigny", "Delacroix", "Désir", "Fournier",
        "Garçon", "Lefèvre", "L’Heureux", "Noël", "Pelletier", "Rousselle", "Thibodeaux",
    ],
    girls: names!["Aurélie", "Chloé", "Élodie", "Françoise", "Héloïse", "Inès", "Maëlle", "Marie-Claire", "Noémie", "Zoé"],
    boys: names!["Benoît", "Étienne", "François", "Gaël", "Jean-Baptiste", "Loïc", "Mathis", "Noé", "Rémi", "Théo"],
};

pub(super) const ITALIAN: Origin = Origin {
    writing: Writing::Latin, middle: 40, doubled: 2, joint: "-",
    families: families![
        "Bellandi", "Caruso", "Colantuono", "D’Angelo", "D’Ambrosio", "Dell’Acqua", "De Santis", "Di Giacomo", "Fabbri",
        "Lo Presti", "Marchetti", "Nicolò", "Ricciardelli", "Santangelo", "Zappalà",
    ],
    girls: names!["Alessia", "Beatrice", "Chiara", "Fiammetta", "Giulia", "Ilaria", "Lucia", "Maria Luce", "Ornella", "Viola"],
    boys: names!["Alessandro", "Carlo", "Dario", "Enzo", "Gian Marco", "Lorenzo", "Matteo", "Niccolò", "Pietro", "Tommaso"],
};

pub(super) const SPANISH: Origin = Origin {
    writing: Writing::Latin, middle: 45, doubled: 45, joint: " ",
    families: families![
        "Aguirre", "Álvarez", "Barragán", "Camacho", "Castañeda", "de la Cruz", "de la Santísima Trinidad", "de los Ríos",
        "del Valle", "Echeverría", "Fuentes", "García", "Güemes", "Herrera", "Ibáñez", "Jiménez", "Jiménez-Urquijo",
        "Lozano", "Martínez", "Muñoz", "Nuñez", "Ochoa", "Ordóñez", "Peña", "Quiñones", "Rodríguez", "Saldívar", "Vázquez",
        "Ybarra", "Zúñiga",
    ],
    girls: names![
        "Ana Sofía", "Araceli", "Begoña", "Camila", "Concepción", "Esperanza", "Guadalupe", "Inés", "Itzel", "Luz",
        "María Fernanda", "María José", "Paloma", "Rocío", "Valentina", "Xóchitl", "Ximena", "Yareli",
    ],
    boys: names![
        "Adrián", "Agustín", "Andrés", "Cuauhtémoc", "Diego", "Emiliano", "Germán", "Íñigo", "Jesús", "José Luis",
        "Juan Carlos", "Lázaro", "Mateo", "Nicolás", "Óscar", "Raúl", "Santiago", "Tomás",
    ],
};

pub(super) const PORTUGUESE: Origin = Origin {
    writing: Writing::Latin, middle: 45, doubled: 35, joint: " ",
    families: families![
        "Almeida", "Araújo", "Bragança", "Conceição", "da Silva", "das Neves", "do Nascimento", "dos Santos", "Gonçalves",
        "Guimarães", "Magalhães", "Queirós", "Simões", "Vasconcelos",
    ],
    girls: names!["Ana Beatriz", "Assunção", "Benedita", "Graça", "Inês", "Júlia", "Larissa", "Luísa", "Maria João", "Thaís"],
    boys: names!["Antônio", "Caetano", "Davi", "Estêvão", "Gonçalo", "João Pedro", "Luís", "Otávio", "Rui", "Thiago"],
};

pub(super) const GREEK: Origin = Origin {
    writing: Writing::GivenFamily, middle: 15, doubled: 3, joint: "-",
    families: families![
        "Papadopoulos" = "Παπαδόπουλος" / "Papadopoulou" = "Παπαδοπούλου",
        "Georgiou" = "Γεωργίου", "Dimitriou" = "Δημητρίου",
        "Karagiannis" = "Καραγιάννης" / "Karagianni" = "Καραγιάννη",
        "Makris" = "Μακρής" / "Makri" = "Μακρή",
        "Nikolaidis" = "Νικολαΐδης" / "Nikolaidou" = "Νικολαΐδου",
        "Stavridis" = "Σταυρίδης" / "Stavridou" = "Σταυρίδου",
        "Xenakos" = "Ξενάκος" / "Xenakou" = "Ξενάκου",
        "Chatzis" = "Χατζής" / "Chatzi" = "Χατζή",
        "Psaras" = "Ψαράς" / "Psara" = "Ψαρά",
    ],
    girls: names![
        "Eleni" = "Ελένη", "Aikaterini" = "Αικατερίνη", "Chrysoula" = "Χρυσούλα", "Despina" = "Δέσποινα", "Ioanna" = "Ιωάννα",
        "Kalliopi" = "Καλλιόπη", "Myrto" = "Μυρτώ", "Sofia" = "Σοφία", "Thaleia" = "Θάλεια", "Xanthi" = "Ξάνθη",
    ],
    boys: names![
        "Alexandros" = "Αλέξανδρος", "Dimitris" = "Δημήτρης", "Giorgos" = "Γιώργος", "Ilias" = "Ηλίας", "Konstantinos" = "Κωνσταντίνος",
        "Leonidas" = "Λεωνίδας", "Nikos" = "Νίκος", "Panagiotis" = "Παναγιώτης", "Spyros" = "Σπύρος", "Vasilis" = "Βασίλης",
    ],
};
