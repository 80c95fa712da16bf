//! Step 2: with which filters the list of people starts. It narrows nothing: everybody can clear their filters.

use super::{Desk, Fields};
use crate::people::pages::columns::Columns;
use crate::people::{MemberType, SortBy, StatusFilter};
use crate::security::users::Picture;
use crate::web::Wrongs;

/// A filter of the list, by its name in the address, with the values it takes.
pub struct Choosing {
    pub name: &'static str,
    pub label: &'static str,
    pub any: &'static str,
    pub values: Vec<(String, String)>,
}

pub fn options(desk: &Desk) -> Vec<Choosing> {
    let plain = |values: &[String]| values.iter().map(|v| (v.clone(), v.clone())).collect::<Vec<_>>();
    let of = |name, label, any, values| Choosing { name, label, any, values };
    let coded = |code: &str, word: &str| (code.to_owned(), word.to_owned());
    let sorts = SortBy::ALL.iter().filter(|s| **s != SortBy::Name).map(|s| coded(s.code(), s.word())).collect();
    let status = StatusFilter::ALL.iter().filter(|s| **s != StatusFilter::Current);
    let columns = Columns::ALL.iter().filter(|c| **c != Columns::All);
    vec![
        of("member", "Member type", "All", MemberType::ALL.iter().map(|m| coded(m.code(), m.word())).collect()),
        of("grade", "Grade", "Any", desk.search.grades.iter().map(|g| coded(&g.to_string(), &g.to_string())).collect()),
        of("campus", "Campus", "Any", plain(&desk.search.campuses)),
        of("division", "Division", "Any", plain(&desk.search.divisions)),
        of("level", "Level", "Any", plain(&desk.search.levels)),
        of("status", "Status", StatusFilter::Current.word(), status.map(|s| coded(s.code(), s.word())).collect()),
        of("sort", "Sorted by", SortBy::Name.word(), sorts),
        of("columns", "Columns", Columns::All.word(), columns.map(|c| coded(c.code(), c.word())).collect()),
        of("rows", "Rows on a page", "25", vec![coded("50", "50"), coded("100", "100")]),
    ]
}

pub fn fill(picture: &Picture) -> Fields {
    Fields(serde_urlencoded::from_str(&picture.start_query).unwrap_or_default())
}

pub fn read(fields: &Fields, picture: &mut Picture, desk: &Desk) -> Wrongs {
    let mut wrongs = Wrongs::default();
    let before = fill(picture);
    let mut chosen: Vec<(&str, &str)> = Vec::new();
    for option in options(desk) {
        let value = fields.get(option.name);
        if value.is_empty() {
            continue;
        }
        // A place that nobody is in any more may stay as it was.
        if option.values.iter().any(|(v, _)| v == value) || before.get(option.name) == value {
            chosen.push((option.name, value));
        } else {
            wrongs.add(option.name, format!("Choose {} from the list", option.label.to_lowercase()));
        }
    }
    if wrongs.is_empty() {
        picture.start_query = serde_urlencoded::to_string(&chosen).unwrap_or_default();
    }
    wrongs
}
