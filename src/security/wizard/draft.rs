//! A draft: what the wizard holds between its pages. It belongs to one administrator at one school, ends after an hour,
//! and counts its turns, so that a page that was sent before, or in another tab, is not taken again.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Desk, Fields, Step, limiting_access, search_options, tasks, user_id};
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::wizard_drafts;
use crate::schools::CurrentSchool;
use crate::security::users::{Picture, Wish};
use crate::security::{User, UserId, random_token};
use crate::web::Wrongs;

/// A draft that was left alone for so long has ended.
const ENDS_AFTER: Duration = Duration::hours(1);
/// What became of a draft can be read for so long.
const KEPT_FOR: Duration = Duration::days(1);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Content {
    seen: Picture,
    seen_version: i32,
    /// Whether the user belongs to this school. Of others only the Tasks are changed.
    is_home: bool,
    /// How far the steps have been answered: the place of the last one that may be opened.
    reached: usize,
    answers: BTreeMap<Step, Fields>,
    password_hash: Option<String>,
    /// The page that was sent last, as it was sent.
    #[serde(default)]
    sent: Option<(Step, Fields)>,
}

/// What a finished draft made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outcome {
    pub user_id: String,
    pub words: Vec<String>,
    pub reference: String,
}

#[derive(Debug, Clone)]
pub struct Draft {
    pub id: String,
    pub subject: Option<UserId>,
    pub turn: i32,
    pub outcome: Option<Outcome>,
    pub has_ended: bool,
    content: Content,
}

impl Draft {
    /// Begins one for a user, or for somebody new.
    pub fn begin(
        conn: &mut Conn,
        school: &CurrentSchool,
        editor: UserId,
        subject: Option<&User>,
        now: NaiveDateTime,
    ) -> Result<Draft, AppError> {
        diesel::delete(wizard_drafts::of(school).filter(wizard_drafts::touched_at.lt(now - KEPT_FOR))).execute(conn)?;
        let content = Content {
            seen: match subject {
                Some(user) => Picture::of(conn, school, user, now)?,
                None => Picture::of_nobody(),
            },
            seen_version: subject.map_or(0, |u| u.lock_version),
            is_home: subject.is_none_or(|u| u.school_id == Some(school.id())),
            reached: 0,
            answers: BTreeMap::new(),
            password_hash: None,
            sent: None,
        };
        let draft = Draft {
            id: random_token(),
            subject: subject.map(|u| u.id),
            turn: 1,
            outcome: None,
            has_ended: false,
            content,
        };
        wizard_drafts::insert()
            .values((
                wizard_drafts::school_id.eq(school.id()),
                wizard_drafts::id.eq(&draft.id),
                wizard_drafts::editor_id.eq(editor),
                wizard_drafts::subject_id.eq(draft.subject),
                wizard_drafts::turn.eq(draft.turn),
                wizard_drafts::content.eq(draft.stored()?),
                wizard_drafts::touched_at.eq(now),
            ))
            .execute(conn)?;
        Ok(draft)
    }

    /// The administrator's own draft; everybody else's is not there.
    pub fn load(
        conn: &mut Conn,
        school: &CurrentSchool,
        editor: UserId,
        id: &str,
        now: NaiveDateTime,
    ) -> Result<Draft, AppError> {
        if id.contains(char::is_control) {
            // PostgreSQL takes no NUL in a text.
            return Err(AppError::NotFound);
        }
        type Row = (Option<UserId>, i32, String, NaiveDateTime, Option<String>);
        let (subject, turn, content, touched_at, outcome): Row = wizard_drafts::of(school)
            .filter(wizard_drafts::id.eq(id))
            .filter(wizard_drafts::editor_id.eq(editor))
            .select((
                wizard_drafts::subject_id,
                wizard_drafts::turn,
                wizard_drafts::content,
                wizard_drafts::touched_at,
                wizard_drafts::outcome,
            ))
            .get_result(conn)?;
        let unreadable = |e| AppError::internal("a draft of the wizard", &e);
        Ok(Draft {
            id: id.to_owned(),
            subject,
            turn,
            has_ended: now - touched_at > ENDS_AFTER,
            content: serde_json::from_str(&content).map_err(unreadable)?,
            outcome: outcome.map(|o| serde_json::from_str(&o)).transpose().map_err(unreadable)?,
        })
    }

    fn stored(&self) -> Result<String, AppError> {
        serde_json::to_string(&self.content).map_err(|e| AppError::internal("a draft of the wizard", &e))
    }

    /// Stores it as the next turn. False: another page of the same draft was quicker, and nothing is stored.
    pub fn store(&mut self, conn: &mut Conn, school: &CurrentSchool, now: NaiveDateTime) -> Result<bool, AppError> {
        let json = |o: &Outcome| serde_json::to_string(o).map_err(|e| AppError::internal("an outcome", &e));
        let outcome = self.outcome.as_ref().map(json).transpose()?;
        if outcome.is_some() {
            // What was answered is not needed any more.
            self.content.answers.clear();
            self.content.password_hash = None;
        }
        let this_turn = wizard_drafts::of(school)
            .filter(wizard_drafts::id.eq(&self.id))
            .filter(wizard_drafts::turn.eq(self.turn))
            .filter(wizard_drafts::outcome.is_null());
        let stored = diesel::update(this_turn)
            .set((
                wizard_drafts::turn.eq(self.turn + 1),
                wizard_drafts::content.eq(self.stored()?),
                wizard_drafts::touched_at.eq(now),
                wizard_drafts::outcome.eq(outcome),
            ))
            .execute(conn)?;
        self.turn += 1;
        Ok(stored == 1)
    }

    pub fn is_new(&self) -> bool {
        self.subject.is_none()
    }

    pub fn seen(&self) -> &Picture {
        &self.content.seen
    }

    /// The steps of this draft, in order.
    pub fn steps(&self) -> &'static [Step] {
        if self.content.is_home { Step::ALL } else { &[Step::Privileges, Step::Tasks] }
    }

    fn place(&self, step: Step) -> Option<usize> {
        self.steps().iter().position(|s| *s == step)
    }

    /// Whether the page of the step may be opened: it, or all before it, were answered.
    pub fn may_open(&self, step: Step) -> bool {
        self.place(step).is_some_and(|p| p <= self.content.reached)
    }

    /// The last step that may be opened.
    pub fn furthest(&self) -> Step {
        self.steps().get(self.content.reached).copied().unwrap_or(Step::Tasks)
    }

    pub fn before(&self, step: Step) -> Option<Step> {
        self.steps().get(self.place(step)?.checked_sub(1)?).copied()
    }

    pub fn after(&self, step: Step) -> Option<Step> {
        self.steps().get(self.place(step)? + 1).copied()
    }

    pub fn is_answered(&self, step: Step) -> bool {
        self.content.answers.contains_key(&step)
    }

    /// Keeps what a page sent. Answered right, it opens the next.
    pub fn answer(&mut self, step: Step, fields: Fields, opens_next: bool) {
        if step == Step::UserId
            && self.is_new()
            && self.content.answers.get(&step).map(|f| f.get("profile")) != Some(fields.get("profile"))
        {
            // Another profile gives other Tasks.
            self.content.answers.remove(&Step::Tasks);
        }
        if !opens_next {
            self.content.sent = Some((step, fields.clone()));
        }
        self.content.answers.insert(step, fields);
        if let Some(place) = self.place(step).filter(|_| opens_next) {
            self.content.reached = self.content.reached.max((place + 1).min(self.steps().len() - 1));
        }
    }

    /// Whether this is the page that was sent last, once more.
    pub fn was_sent(&self, step: Step, fields: &Fields) -> bool {
        self.content.sent.as_ref().is_some_and(|(s, f)| *s == step && f.0 == fields.0)
    }

    pub fn has_password(&self) -> bool {
        self.content.password_hash.is_some()
    }

    /// Forgets a password that was weighed against another User ID or name than these answers have.
    pub fn forget_password_of_another(&mut self, fields: &Fields) {
        let before = self.content.answers.get(&Step::UserId);
        if before.is_some_and(|b| b.get("user_id") != fields.get("user_id") || b.get("name") != fields.get("name")) {
            self.content.password_hash = None;
        }
    }

    /// The Tasks that a new user gets without a choice, as the page of the question carries them.
    pub fn gives(&self, desk: &Desk) -> String {
        let (picture, _) = self.shown(Step::Privileges, desk);
        let codes: Vec<String> =
            picture.grants.0.keys().map(|k| format!("{}.{}", k.kind.code(), k.task.code())).collect();
        codes.join(" ")
    }

    pub fn set_password(&mut self, hash: String) {
        self.content.password_hash = Some(hash);
    }

    /// The user as the steps before this one make them, and the answers that its page shows.
    pub fn shown(&self, step: Step, desk: &Desk) -> (Picture, Fields) {
        let mut picture = self.content.seen.clone();
        for &earlier in self.steps().iter().take_while(|s| **s != step) {
            // What is wrong there is told there, and once more when all is saved.
            self.read(earlier, &mut picture, desk);
        }
        let fields = self.content.answers.get(&step).cloned().unwrap_or_else(|| fill(step, &picture, desk));
        (picture, fields)
    }

    /// Reads the answers of a step onto the picture; a step that was not answered leaves it as it is.
    pub fn read(&self, step: Step, picture: &mut Picture, desk: &Desk) -> Wrongs {
        let Some(fields) = self.content.answers.get(&step) else { return Wrongs::default() };
        match step {
            Step::UserId => user_id::read(fields, picture, desk),
            Step::SearchOptions => search_options::read(fields, picture, desk),
            Step::LimitingAccess => limiting_access::read(fields, picture, desk),
            Step::Privileges if matches!(fields.get("more"), "yes" | "no") => Wrongs::default(),
            Step::Privileges => Wrongs::one("more-yes", "Choose Yes or No"),
            Step::Tasks => tasks::read(fields, picture, desk),
        }
    }

    /// Whether the Tasks are to be changed.
    pub fn wants_tasks(&self) -> bool {
        self.content.answers.get(&Step::Privileges).is_some_and(|f| f.get("more") == "yes")
    }

    /// What all answers together want, or the first step with something wrong.
    pub fn wanted(&self, desk: &Desk) -> Result<Picture, (Step, Wrongs)> {
        let mut picture = self.content.seen.clone();
        for &step in self.steps().iter().filter(|s| **s != Step::Tasks || self.wants_tasks()) {
            let wrongs = self.read(step, &mut picture, desk);
            if !wrongs.is_empty() {
                return Err((step, wrongs));
            }
        }
        Ok(picture)
    }

    pub fn wish<'a>(&'a self, wanted: &'a Picture) -> Wish<'a> {
        Wish {
            subject: self.subject,
            seen: &self.content.seen,
            seen_version: self.content.seen_version,
            wanted,
            password_hash: self.content.password_hash.as_deref(),
        }
    }

    /// Somebody changed the user meanwhile: what was wanted stays wanted, on top of how the user is now.
    pub fn rebase(&mut self, wanted: &Picture, now: Picture, version: i32, desk: &Desk) {
        let merged = now.rebased(&self.content.seen, wanted);
        let answered: Vec<Step> = self.content.answers.keys().copied().filter(|s| *s != Step::Privileges).collect();
        for step in answered {
            self.content.answers.insert(step, fill(step, &merged, desk));
        }
        self.content.seen = now;
        self.content.seen_version = version;
    }
}

fn fill(step: Step, picture: &Picture, desk: &Desk) -> Fields {
    match step {
        Step::UserId => user_id::fill(picture),
        Step::SearchOptions => search_options::fill(picture),
        Step::LimitingAccess => limiting_access::fill(picture),
        Step::Privileges => Fields::default(),
        Step::Tasks => tasks::fill(picture, desk),
    }
}
