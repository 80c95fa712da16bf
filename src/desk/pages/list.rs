//! `/desk`: what needs a person, by kind, owner and state, the oldest first.
//! Leaves an item to `desk::pages::show`.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;

use super::looked;
use crate::app::App;
use crate::desk::{Filter, Item, Kind, Owner, State, Told, age, counts, is_cut, list, tell};
use crate::error::AppError;
use crate::people::pages::list::thousands;
use crate::schools::CurrentSchool;
use crate::security::tasks::WorkTheDesk;
use crate::web::{Chrome, Requires, db, html};

/// So many items stand on a page.
pub const ROWS: i64 = 50;

/// The query string, as it comes. Whatever cannot be read counts as not said.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    pub kind: String,
    pub owner: String,
    pub state: String,
    pub page: String,
}

/// A state of the filter beside those of an item: what has closed by itself.
const CLOSED: &str = "closed";

impl Asked {
    pub fn filter(&self) -> Filter {
        Filter {
            kind: Kind::parse(&self.kind),
            owner: Owner::parse(&self.owner),
            state: State::parse(&self.state),
            closed: self.state == CLOSED,
        }
    }

    fn page(&self) -> i64 {
        self.page.parse().ok().filter(|p| (1..=100_000).contains(p)).unwrap_or(1)
    }
}

/// A kind among the scopes; None for all of them.
struct Scope {
    kind: Option<Kind>,
    /// None where the visitor may not know.
    count: Option<i64>,
}

impl Scope {
    fn counted(&self) -> String {
        self.count.map_or_else(|| "Unauthorized".into(), thousands)
    }
}

#[derive(Template)]
#[template(path = "desk/list.html")]
struct DeskPage {
    chrome: Chrome,
    filter: Filter,
    scopes: Vec<Scope>,
    rows: Vec<Told>,
    total: i64,
    page: i64,
    now: NaiveDateTime,
    is_fresh: bool,
    is_cut: bool,
    is_limited: bool,
    sees_no_ids: bool,
}

impl DeskPage {
    fn query(&self, kind: Option<Kind>) -> String {
        let state = if self.filter.closed { Some(CLOSED) } else { self.filter.state.map(State::code) };
        let said = [("kind", kind.map(Kind::code)), ("owner", self.filter.owner.map(Owner::code)), ("state", state)];
        let said = said.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        said.collect::<Vec<_>>().join("&")
    }

    fn scope_address(&self, kind: &Option<Kind>) -> String {
        let query = self.query(*kind);
        if query.is_empty() { "/desk".into() } else { format!("/desk?{query}") }
    }

    fn csv_address(&self) -> String {
        let query = self.query(self.filter.kind);
        if query.is_empty() { "/desk.csv".into() } else { format!("/desk.csv?{query}") }
    }

    fn page_address(&self, page: &i64) -> String {
        let query = self.query(self.filter.kind);
        if query.is_empty() { format!("/desk?page={page}") } else { format!("/desk?{query}&page={page}") }
    }

    fn last_page(&self) -> i64 {
        ((self.total + ROWS - 1) / ROWS).max(1)
    }

    /// "51–100 of 1,187 items"
    fn range(&self) -> String {
        let first = (self.page - 1) * ROWS + 1;
        let shown = i64::try_from(self.rows.len()).unwrap_or(0);
        match (self.total, shown) {
            (_, 0) => "No items".into(),
            (1, _) => "1 item".into(),
            (total, _) => format!("{first}–{} of {} items", first + shown - 1, thousands(total)),
        }
    }

    fn age(&self, item: &Item) -> String {
        age(item.opened_at, self.now)
    }

    /// The scope that is open is about IDs that the visitor may not see.
    fn is_unauthorized(&self) -> bool {
        self.sees_no_ids && self.filter.kind.is_some_and(Kind::is_about_ids)
    }

    fn is_filtered(&self) -> bool {
        self.filter != Filter::default()
    }
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<WorkTheDesk>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, AppError> {
    let is_fresh = looked(&app, &school).await?;
    let (now, sight) = (app.clock.now(), actor.sight());
    let (filter, page) = (asked.filter(), asked.page());
    let page = db::read(&app, move |conn| {
        let sees_no_ids = sight.is_none();
        let of_kinds = counts(conn, &school, &sight, &filter)?;
        let all = of_kinds.iter().map(|(_, n)| n).sum();
        let total = filter.kind.map_or(all, |kind| of_kinds.iter().find(|(k, _)| *k == kind).map_or(0, |(_, n)| *n));
        let items = list(conn, &school, &sight, &filter, ((page - 1) * ROWS, ROWS))?;
        let mut scopes = vec![Scope { kind: None, count: Some(all) }];
        scopes.extend(of_kinds.into_iter().filter_map(|(kind, count)| {
            let hidden = sees_no_ids && kind.is_about_ids();
            let is_there = count > 0 || hidden || filter.kind == Some(kind);
            is_there.then_some(Scope { kind: Some(kind), count: (!hidden).then_some(count) })
        }));
        Ok(DeskPage {
            chrome,
            scopes,
            rows: tell(conn, &school, &sight, items)?,
            total,
            page,
            now,
            is_fresh,
            is_cut: is_cut(conn, &school)?,
            is_limited: !school.limits().is_none(),
            sees_no_ids,
            filter,
        })
    })
    .await?;
    html(&page)
}
