//! `/runs/{run}` of a match list: the preview before, the summary after. IDs, and whose they are, only to those who may see them.
//! Leaves what its buttons do to `sync::pages::acts`.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::lists::{self, List, Row};
use super::loaded::{MOVED, ROWS};
use super::show::Asked;
use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::integrations::{Integration, Stage, shown_at, stage_at};
use crate::runs::{Hold, Problem, Run, RunState, Working};
use crate::schools::CurrentSchool;
use crate::security::{Sight, Visitor, tasks};
use crate::sync::StoredFile;
use crate::sync::match_list::{ListFigures, SLOT, figures};
use crate::web::{Chrome, db, html};

/// The lists of this page, with their words.
const LISTS: [(List, &str); 4] = [
    (List::Updated, "Changed"),
    (List::Blocked, "Refused"),
    (List::Unmatched, "Not on the list"),
    (List::Excluded, "Excluded"),
];

struct Loaded {
    integration: Option<Integration>,
    stage: Option<Stage>,
    figures: ListFigures,
    hold: Option<Hold>,
    file: Option<StoredFile>,
    moved: Vec<Problem>,
    list: List,
    rows: Vec<Row>,
    problems: Vec<Problem>,
    page: i64,
    length: i64,
    /// The visitor may see the integration's IDs; nobody does until it is Live.
    may_see: bool,
    sees_ids: bool,
}

#[derive(Template)]
#[template(path = "sync/match_show.html")]
struct MatchPage {
    chrome: Chrome,
    run: Run,
    working: Option<Working>,
    loaded: Loaded,
    told: Option<String>,
    may_run: bool,
    may_release: bool,
    is_planner: bool,
    is_releaser: bool,
}

impl MatchPage {
    fn is_applied(&self) -> bool {
        self.run.state == RunState::Applied
    }

    fn title(&self) -> &'static str {
        match self.run.state {
            RunState::Applied => "Match list: summary",
            RunState::Abandoned => "Match list",
            _ => "Preview of the match list",
        }
    }

    fn badge(&self) -> &'static str {
        match self.run.state {
            RunState::Planned | RunState::Held => "is-wait",
            RunState::Planning | RunState::Applying => "is-now",
            RunState::Applied => "is-ok",
            RunState::Abandoned => "",
        }
    }

    fn is_whole(&self) -> bool {
        !matches!(self.run.state, RunState::Planning | RunState::Abandoned)
    }

    fn name_of_integration(&self) -> &str {
        self.loaded.integration.as_ref().map_or("The integration", |i| i.name.as_str())
    }

    /// Why there is no **Apply**; None where there is.
    fn why_not_applied(&self) -> Option<String> {
        if self.loaded.stage != Some(Stage::Live) {
            return Some(format!(
                "{} is {} at this school. It can be applied once Support has made it Live.",
                self.name_of_integration(),
                self.loaded.stage.map_or("not there", Stage::word)
            ));
        }
        if self.run.counts.updated == 0 {
            return Some("There is nothing to change.".into());
        }
        if self.is_releaser {
            return Some("You released it, so somebody else with the Task Run roster sync has to apply it.".into());
        }
        None
    }

    fn lists(&self) -> Vec<(List, &'static str, i64)> {
        let count = |list: List| match list {
            List::Blocked => i64::from(self.run.counts.refused),
            List::Unmatched => self.loaded.figures.not_listed,
            List::Excluded => i64::from(self.run.counts.excluded),
            _ => i64::from(self.run.counts.updated),
        };
        let all = LISTS.into_iter().map(|(list, word)| (list, word, count(list)));
        all.filter(|(list, _, n)| *n > 0 || *list == self.loaded.list).collect()
    }

    fn word(&self) -> &'static str {
        LISTS.iter().find(|(list, _)| *list == self.loaded.list).map_or("Changed", |(_, word)| word)
    }

    fn last_page(&self) -> i64 {
        ((self.loaded.length + ROWS - 1) / ROWS).max(1)
    }

    fn may_exclude(&self) -> bool {
        self.may_run && self.run.state == RunState::Planned
    }

    fn instead_of_id(&self) -> &'static str {
        if self.loaded.may_see { "Hidden until Live" } else { "Unauthorized" }
    }

    fn slot(&self) -> &'static str {
        SLOT
    }
}

fn number(text: &str) -> i64 {
    text.parse().ok().filter(|p| (1..=1_000_000).contains(p)).unwrap_or(1)
}

fn load(conn: &mut Conn, school: &CurrentSchool, sight: Sight, run: &Run, asked: &Asked) -> Result<Loaded, AppError> {
    let covers = |sight: &Sight| run.integration_id.is_some_and(|i| sight.covers(i));
    let may_see = covers(&sight);
    let sight = shown_at(conn, school, sight)?;
    let integration = Integration::all(conn)?.into_iter().find(|i| Some(i.id) == run.integration_id);
    let stage = match &integration {
        Some(i) => stage_at(conn, school, i.id)?,
        None => None,
    };
    let usual = if run.counts.updated == 0 && run.counts.refused > 0 { List::Blocked } else { List::Updated };
    let asked_for = List::parse(&asked.kind).filter(|list| LISTS.iter().any(|(l, _)| l == list));
    let list = asked_for.unwrap_or(usual);
    let length = lists::length(conn, school, run.id, list)?;
    let page = number(&asked.page).min(((length + ROWS - 1) / ROWS).max(1));
    let part = ((page - 1) * ROWS, ROWS);
    // Whoever stands in one of these lists has an ID: that alone is not everybody's to know.
    let (rows, problems) = match may_see {
        false => (Vec::new(), Vec::new()),
        true if list.is_of_changes() => (lists::rows(conn, school, &sight, run.id, list, part)?, Vec::new()),
        true => (Vec::new(), lists::problems(conn, school, run.id, list, part)?),
    };
    Ok(Loaded {
        stage,
        figures: figures(run)?,
        hold: Hold::of(conn, school, run.id)?,
        file: StoredFile::of_run(conn, school, run.id)?.into_iter().next(),
        moved: if may_see { lists::moved(conn, school, run.id, MOVED)? } else { Vec::new() },
        list,
        rows,
        problems,
        page,
        length,
        may_see,
        sees_ids: covers(&sight),
        integration,
    })
}

/// The page of a match list, for whoever may know of the run.
pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    request: String,
    school: CurrentSchool,
    visitor: std::sync::Arc<Visitor>,
    run: Run,
    asked: Asked,
) -> Result<HttpResponse, AppError> {
    let working = Working::of(&app, &school, &run, &asked.still).await?;
    if chrome.is_partial {
        return working.map_or_else(|| Ok(Working::is_over()), |w| w.partial());
    }
    let told = app.works.told(school.id(), &format!("run:{}", run.id)).and_then(|t| match t {
        crate::web::work::Told::Said(said) => Some(said),
        _ => None,
    });
    let (sight, by, whole) = (visitor.sight(), visitor.actor(), run.clone());
    let loaded = db::blocking(&app, move |app| {
        let loaded = app.db.read(|conn| load(conn, &school, sight, &whole, &asked))?;
        // Whose IDs the visitor is about to see is on record before the answer leaves.
        for row in &loaded.rows {
            if let (Some(person), Some(Some(_))) = (&row.person, &row.id) {
                app.viewed(&school, &by, person, &request)?;
            }
        }
        Ok(loaded)
    })
    .await?;
    let by = visitor.actor();
    let is_me = |user: Option<crate::security::UserId>| user.is_some() && user == by.user();
    let releaser = loaded.hold.as_ref().and_then(|h| h.released.as_ref()).and_then(|r| r.by_user);
    html(&MatchPage {
        is_planner: is_me(run.actor_user_id),
        is_releaser: is_me(releaser),
        may_run: visitor.may::<tasks::RunRosterSync>(),
        may_release: visitor.may::<tasks::ReleaseHeldRuns>(),
        chrome,
        working,
        told,
        loaded,
        run,
    })
}
