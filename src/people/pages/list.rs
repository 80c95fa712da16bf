//! `/people`: the list, its search as you type and its filters.
//! Leaves finding to `people::search`, the same list as a file to `people::pages::csv`.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::columns::Columns;
use super::query::ListQuery;
use crate::app::App;
use crate::error::AppError;
use crate::integrations::Integration;
use crate::people::{Choices, Listed, MemberType, Search, SortBy, Status, StatusFilter, exact};
use crate::schools::CurrentSchool;
use crate::security::{Sight, Visitor, tasks};
use crate::web::{Chrome, SignedIn, db, html, see_other};

#[derive(Template)]
#[template(path = "people/list.html")]
struct ListPage {
    chrome: Chrome,
    query: ListQuery,
    search: Search,
    may_edit: bool,
    sees_ids: bool,
    scopes: Vec<Scope>,
    choices: Choices,
    no_id: Vec<Choice>,
    rows: Vec<Row>,
    range: String,
    filters_in_words: String,
    pages: Vec<Page>,
    previous: Option<String>,
    next: Option<String>,
    sorts: Vec<Sort>,
    columns: Columns,
}

struct Scope {
    address: String,
    word: &'static str,
    /// None while a text is looked for.
    count: Option<String>,
    is_here: bool,
}

struct Choice {
    code: String,
    name: String,
}

struct Row {
    sonis_id: String,
    name: String,
    native_name: Option<String>,
    grade: Option<i32>,
    division: String,
    campus: String,
    status: Status,
    email: Option<String>,
    phone: Option<String>,
}

struct Page {
    number: i64,
    address: String,
    is_here: bool,
    gap_before: bool,
}

/// A column that can be sorted by.
struct Sort {
    word: &'static str,
    address: String,
    aria: &'static str,
    is_number: bool,
}

struct Loaded {
    exact: Option<String>,
    live: Vec<Integration>,
    search: Search,
    counts: Option<Vec<(MemberType, i64)>>,
    choices: Choices,
    found: crate::people::Found,
}

pub async fn list(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    SignedIn(visitor): SignedIn,
    query: web::Query<ListQuery>,
) -> Result<HttpResponse, AppError> {
    let query = query.into_inner();
    let sight = visitor.sight();
    let partial = chrome.is_partial;
    let asked = query.clone();
    // Only somebody who pressed the button is led straight to the person; while typing, the list stays.
    let leads = !partial && !request.headers().contains_key("hx-history-restore-request");
    let loaded = db::read(&app, move |conn| {
        let live = Integration::live(conn, &school)?;
        let search = asked.search(&live, &sight);
        let exact = if leads { exact(conn, &school, &sight, &search.text)?.map(|p| p.sonis_id) } else { None };
        let counts = search.by_member_type(conn, &school, &sight)?;
        let total = counts.as_ref().map(|c| shown(c, search.member_type));
        let found = search.run(conn, &school, &sight, asked.page(), asked.rows(), total)?;
        let choices = if partial { Choices::default() } else { Choices::load(conn, &school)? };
        Ok(Loaded { exact, live, search, counts, choices, found })
    })
    .await?;
    if let Some(sonis_id) = loaded.exact {
        return Ok(see_other(&format!("/people/{sonis_id}")));
    }
    html(&page(chrome, &visitor, query, loaded))
}

fn page(chrome: Chrome, visitor: &Visitor, query: ListQuery, loaded: Loaded) -> ListPage {
    let Loaded { live, search, counts, choices, found, .. } = loaded;
    let (page, rows, columns) = (query.page(), query.rows(), query.columns());
    let first = (page - 1) * rows + 1;
    let last = first + i64::try_from(found.people.len()).unwrap_or(0) - 1;
    let what = search.member_type.map_or("people", plural);
    let range = if found.people.is_empty() {
        format!("No {what}")
    } else if found.more_than_counted {
        format!("{first}–{last} of more than {} {what}", thousands(found.total))
    } else {
        format!("{first}–{last} of {} {what}", thousands(found.total))
    };
    let last_page = (found.total + rows - 1) / rows;
    let sight = visitor.sight();
    let mut scopes = vec![Scope {
        address: query.with("member", ""),
        word: "All",
        count: counts.as_ref().map(|c| thousands(shown(c, None))),
        is_here: search.member_type.is_none(),
    }];
    scopes.extend(MemberType::ALL.iter().map(|&t| Scope {
        address: query.with("member", t.code()),
        word: plural_title(t),
        count: counts.as_ref().map(|c| thousands(shown(c, Some(t)))),
        is_here: search.member_type == Some(t),
    }));
    ListPage {
        may_edit: visitor.may::<tasks::EditPeople>(),
        sees_ids: !sight.is_none(),
        scopes,
        choices,
        no_id: no_id_choices(&live, &sight),
        rows: found.people.into_iter().map(row).collect(),
        range,
        filters_in_words: in_words(&search, &live),
        pages: pages(&query, page, last_page),
        previous: (page > 1).then(|| query.with("page", &(page - 1).to_string())),
        next: (page < last_page).then(|| query.with("page", &(page + 1).to_string())),
        sorts: [SortBy::Name, SortBy::SonisId, SortBy::Grade]
            .into_iter()
            .filter(|s| columns.place() || *s != SortBy::Grade)
            .map(|s| sort(&query, &search, s))
            .collect(),
        columns,
        chrome,
        query,
        search,
    }
}

/// How many of these are of the type, or in all.
fn shown(counts: &[(MemberType, i64)], member_type: Option<MemberType>) -> i64 {
    counts.iter().filter(|(t, _)| member_type.is_none_or(|m| m == *t)).map(|(_, n)| n).sum()
}

fn row(p: Listed) -> Row {
    Row {
        name: p.name(),
        sonis_id: p.sonis_id,
        native_name: p.native_name,
        grade: p.grade_level,
        division: p.division.or(p.department).unwrap_or_default(),
        campus: p.campus.unwrap_or_default(),
        status: p.status,
        email: p.email,
        phone: p.phone,
    }
}

fn no_id_choices(live: &[Integration], sight: &Sight) -> Vec<Choice> {
    live.iter().filter(|i| sight.covers(i.id)).map(|i| Choice { code: i.code.clone(), name: i.name.clone() }).collect()
}

fn in_words(search: &Search, live: &[Integration]) -> String {
    let mut words = Vec::new();
    if search.status != StatusFilter::Current {
        words.push(format!("Status is {}", search.status));
    }
    if let Some(grade) = search.grade {
        words.push(format!("Grade is {grade}"));
    }
    for (name, value) in [("Campus", &search.campus), ("Division", &search.division), ("Level", &search.level)] {
        if let Some(value) = value {
            words.push(format!("{name} is {value}"));
        }
    }
    if let Some(i) = search.no_id.and_then(|id| live.iter().find(|i| i.id == id)) {
        words.push(format!("No ID for {}", i.name));
    }
    words.join(", ")
}

fn sort(query: &ListQuery, search: &Search, by: SortBy) -> Sort {
    let is_here = search.sort == by;
    let code = if is_here && !search.descending { format!("-{}", by.code()) } else { by.code().to_owned() };
    let aria = match (is_here, search.descending) {
        (false, _) => "",
        (true, false) => "ascending",
        (true, true) => "descending",
    };
    Sort { word: by.word(), address: query.with("sort", &code), aria, is_number: by == SortBy::Grade }
}

/// First, last, and those around the current one.
fn pages(query: &ListQuery, here: i64, last: i64) -> Vec<Page> {
    let mut numbers: Vec<i64> =
        [1, here - 1, here, here + 1, last].into_iter().filter(|n| (1..=last).contains(n)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut before = 0;
    numbers
        .into_iter()
        .map(|number| {
            let gap_before = number > before + 1;
            before = number;
            Page { number, address: query.with("page", &number.to_string()), is_here: number == here, gap_before }
        })
        .collect()
}

fn plural(t: MemberType) -> &'static str {
    match t {
        MemberType::Student => "students",
        MemberType::Staff => "staff",
        MemberType::Parent => "parents",
    }
}

pub fn plural_title(t: MemberType) -> &'static str {
    match t {
        MemberType::Student => "Students",
        MemberType::Staff => "Staff",
        MemberType::Parent => "Parents",
    }
}

/// 1187 -> "1,187"
pub fn thousands(n: i64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// The list for the record. What was typed to search for may be a name or an integration ID, and is not kept.
pub(super) fn exported(search: &Search, live: &[Integration], rows: usize) -> String {
    let mut parts = vec![search.member_type.map_or("People", plural_title).to_owned()];
    if !search.text.is_empty() {
        parts.push("found by a search".into());
    }
    parts.extend(Some(in_words(search, live)).filter(|words| !words.is_empty()));
    format!("{}: {rows} rows", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (n, text) in [(0, "0"), (999, "999"), (1187, "1,187"), (1_000_000, "1,000,000")] {
            assert_eq!(thousands(n), text);
        }
    }

    #[test]
    fn the_pager_shows_first_last_and_those_around() {
        let shown = pages(&ListQuery::default(), 5, 48);
        assert_eq!(shown.iter().map(|p| p.number).collect::<Vec<_>>(), vec![1, 4, 5, 6, 48]);
        assert_eq!(shown.iter().map(|p| p.gap_before).collect::<Vec<_>>(), vec![false, true, false, false, true]);
    }
}
