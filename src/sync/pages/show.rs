//! `/runs/{run}` of a roster sync: the preview before, the **Import Summary** after, and how far it is in between.
//! Leaves what its buttons do to `sync::pages::acts`.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::lists::List;
use super::loaded::{self, Loaded, OVERLAPS, ROWS};
use super::tiles::{self, Bar, KINDS};
use crate::app::App;
use crate::error::AppError;
use crate::integrations::Stage;
use crate::runs::{Problem, Run, RunState, Working};
use crate::schools::CurrentSchool;
use crate::security::{Visitor, tasks};
use crate::sources::Slot;
use crate::sync::StoredFile;
use crate::web::{Chrome, db, html};

/// The query string, as it comes. Whatever cannot be read counts as not said.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    pub kind: String,
    pub page: String,
    pub overlap: String,
    /// The page is not to load itself again.
    pub still: String,
}

#[derive(Template)]
#[template(path = "sync/show.html")]
struct SyncPage {
    chrome: Chrome,
    run: Run,
    working: Option<Working>,
    loaded: Loaded,
    /// What came of the last thing that was tried here.
    told: Option<String>,
    may_run: bool,
    may_release: bool,
    /// Whether the visitor planned it, and so cannot release it; released it, and so cannot apply it.
    is_planner: bool,
    is_releaser: bool,
}

impl SyncPage {
    fn is_applied(&self) -> bool {
        self.run.state == RunState::Applied
    }

    fn title(&self) -> &'static str {
        match self.run.state {
            RunState::Applied => "Import Summary",
            RunState::Abandoned => "Roster sync",
            _ => "Preview of the roster sync",
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

    /// Planned, applied or held: there is something to look at.
    fn is_whole(&self) -> bool {
        !matches!(self.run.state, RunState::Planning | RunState::Abandoned)
    }

    fn name_of_integration(&self) -> &str {
        self.loaded.integration.as_ref().map_or("The integration", |i| i.name.as_str())
    }

    /// What its IDs are called: Vidigami has a word of its own.
    fn id_word(&self) -> String {
        match &self.loaded.integration {
            Some(i) if i.code != "vidigami" => format!("{} ID", i.name),
            _ => "Host ID".into(),
        }
    }

    fn has_changes(&self) -> bool {
        self.run.counts.created + self.run.counts.updated > 0
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
        if !self.has_changes() {
            return Some("There is nothing to change: everybody is as the files say.".into());
        }
        if self.is_releaser {
            return Some("You released it, so somebody else with the Task Run roster sync has to apply it.".into());
        }
        None
    }

    fn tiles(&self) -> [i64; 6] {
        tiles::of_counts(&self.run.counts)
    }

    fn imported(&self) -> i64 {
        i64::from(self.run.counts.created) + i64::from(self.run.counts.reactivated)
    }

    fn bars(&self) -> Vec<Bar> {
        self.loaded.figures.as_ref().map(tiles::bars).unwrap_or_default()
    }

    fn sum(&self) -> Bar {
        tiles::sum(&self.bars())
    }

    /// The lists with their lengths; those that hold nothing are left out, but for the one that is open.
    fn lists(&self) -> Vec<(List, i64)> {
        let [created, updated, _, back, gone, _] = self.tiles();
        let all = [
            (List::Created, created),
            (List::Updated, updated),
            (List::Reactivated, back),
            (List::Gone, gone),
            (List::Blocked, i64::from(self.run.counts.refused)),
            (List::Unmatched, self.unmatched()),
            (List::Kept, self.loaded.kept),
            (List::Excluded, self.run.counts.excluded.into()),
        ];
        // What is left out of a plan is told by the list itself; blocked rows are counted as rows, however much is wrong.
        let is_counted = |list: List| list == self.loaded.list && list.is_of_changes();
        all.into_iter()
            .map(|(list, n)| if is_counted(list) { (list, self.loaded.length) } else { (list, n) })
            .filter(|(list, n)| *n > 0 || *list == self.loaded.list)
            .collect()
    }

    /// Of a returning school: whatever does not agree.
    fn unmatched(&self) -> i64 {
        let found = self.loaded.figures.as_ref().and_then(|f| f.handshake.as_ref());
        found.map_or(0, |h| h.people + h.records)
    }

    /// Whether the run waits for the two sides of a returning school to agree.
    fn waits_for_agreement(&self) -> bool {
        self.run.state == RunState::Held
            && self.loaded.hold.as_ref().is_some_and(|h| h.held_for.iter().any(|h| h.is_handshake))
    }

    /// The open list tells who has an ID, and the visitor may not know.
    fn is_list_hidden(&self) -> bool {
        self.loaded.list == List::Unmatched && !self.loaded.sees_ids && !self.loaded.is_hidden
    }

    fn last_page(&self) -> i64 {
        ((self.loaded.length + ROWS - 1) / ROWS).max(1)
    }

    fn last_overlap_page(&self) -> i64 {
        let all = self.loaded.figures.as_ref().map_or(0, |f| f.overlaps);
        ((all + OVERLAPS - 1) / OVERLAPS).max(1)
    }

    fn may_exclude(&self) -> bool {
        self.may_run && self.run.state == RunState::Planned
    }

    /// What stands in the place of an ID that is not shown.
    fn instead_of_id(&self) -> &'static str {
        if self.loaded.is_hidden { "Hidden until Live" } else { "Unauthorized" }
    }

    /// The files, in the order of the upload page.
    fn slots(&self) -> Vec<(&'static str, &StoredFile)> {
        let file = |slot: &Slot| self.loaded.files.iter().find(|f| f.slot == slot.code());
        Slot::ALL.iter().filter_map(|slot| Some((slot.word(), file(slot)?))).collect()
    }

    /// The files with rows that are blocked.
    fn blocked_slots(&self) -> Vec<(&'static str, &StoredFile)> {
        let mut files = self.slots();
        files.retain(|(_, f)| self.loaded.blocked_slots.contains(&f.slot));
        files
    }

    /// What a row of Host IDs held is shown to those alone who may see them.
    fn hides(&self, problem: &Problem) -> bool {
        !self.loaded.sees_ids
            && self.loaded.files.iter().any(|f| f.holds_ids && Some(f.slot.as_str()) == problem.slot.as_deref())
    }

    fn file_of(&self, problem: &Problem) -> &'static str {
        problem.slot.as_deref().and_then(Slot::parse).map_or("", Slot::word)
    }
}

/// The page of a sync, for whoever may know of the run.
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
    // Another node may have tried.
    let is_kept = matches!(run.state, RunState::Planned | RunState::Applied);
    let told = told.or(run.reason.clone().filter(|_| is_kept));
    let (sight, by, whole) = (visitor.sight(), visitor.actor(), run.clone());
    let loaded = db::blocking(&app, move |app| {
        let loaded = app.db.read(|conn| loaded::load(conn, &school, sight, &whole, &asked))?;
        loaded::note_seen(app, &school, &by, &whole, &loaded, &request)?;
        Ok(loaded)
    })
    .await?;
    let by = visitor.actor();
    let is_me = |user: Option<crate::security::UserId>| user.is_some() && user == by.user();
    let releaser = loaded.hold.as_ref().and_then(|h| h.released.as_ref()).and_then(|r| r.by_user);
    html(&SyncPage {
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
