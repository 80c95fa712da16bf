//! What the pages of the wizard show. Leaves the requests to `wizard::pages`.

use askama::Template;

use super::search_options::{self, Choosing};
use super::tasks::{self, Line};
use super::{Desk, Draft, Fields, Outcome, Step, limiting_access, user_id};
use crate::schools::LimitField;
use crate::security::users::Picture;
use crate::security::{GrantKind, ProfileOf, every_school_task};
use crate::web::{Chrome, Wrongs};

#[derive(Template)]
#[template(path = "security/wizard/step.html")]
pub struct StepPage {
    pub chrome: Chrome,
    pub draft: Draft,
    pub step: Step,
    pub desk: Desk,
    /// The user as the steps before make them.
    pub picture: Picture,
    pub fields: Fields,
    pub wrongs: Wrongs,
    pub meanwhile: Option<Meanwhile>,
}

/// Somebody else changed the user while the wizard was open.
pub struct Meanwhile {
    pub by: String,
    pub words: Vec<String>,
}

impl StepPage {
    pub fn new(chrome: Chrome, draft: Draft, step: Step, desk: Desk, wrongs: Wrongs) -> StepPage {
        let (picture, fields) = draft.shown(step, &desk);
        StepPage { chrome, draft, step, desk, picture, fields, wrongs, meanwhile: None }
    }

    fn profiles(&self) -> Vec<ProfileOf> {
        user_id::profiles(&self.desk, &self.picture)
    }

    fn options(&self) -> Vec<Choosing> {
        search_options::options(&self.desk)
    }

    /// Only what there is something to choose of.
    fn limits(&self) -> Vec<(LimitField, Vec<(String, String)>)> {
        let of = |&field: &LimitField| (field, limiting_access::values(field, &self.picture, &self.desk));
        LimitField::ALL.iter().map(of).filter(|(_, values)| !values.is_empty()).collect()
    }

    fn to_use(&self) -> Vec<Line> {
        tasks::lines(&self.desk, GrantKind::Use)
    }

    fn to_grant(&self) -> Vec<Line> {
        tasks::lines(&self.desk, GrantKind::MayGrant)
    }

    /// Whether the part with the Tasks to be granted to others stands open.
    fn grants_something(&self) -> bool {
        self.to_grant().iter().any(|l| self.fields.has(&l.name()))
    }

    /// A bulk Task needs a user without limits: said before it is tried.
    fn note(&self, line: &Line) -> Option<&'static str> {
        line.fixed.or_else(|| {
            (line.kind == GrantKind::Use && line.task.is_bulk() && !self.picture.limits.is_none())
                .then_some("Works on everybody at once: needs a user without limits.")
        })
    }

    fn bulk_task(&self) -> Option<&'static str> {
        self.picture.grants.bulk_task().map(|t| t.word())
    }

    fn state(&self, step: &Step) -> &'static str {
        if *step == self.step {
            "Now"
        } else if self.draft.is_answered(*step) {
            "Done"
        } else {
            ""
        }
    }

    /// What "No" gives a new user, in words: to use, and to grant to others.
    fn given(&self) -> String {
        let of = |kind: GrantKind| -> Vec<&str> {
            self.picture.grants.0.keys().filter(|k| k.kind == kind).map(|k| k.task.word()).collect()
        };
        let (uses, may_grant) = (of(GrantKind::Use), of(GrantKind::MayGrant));
        let uses = if uses.is_empty() { "no Task".into() } else { uses.join(", ") };
        match may_grant.len() {
            0 => uses,
            all if all == every_school_task().len() => format!("{uses}, and may grant every Task"),
            _ => format!("{uses}, and may grant {}", may_grant.join(", ")),
        }
    }

    fn gives(&self) -> String {
        self.draft.gives(&self.desk)
    }

    /// How many Tasks "No" leaves in place.
    fn tasks_held(&self) -> usize {
        self.picture.grants.0.keys().filter(|k| k.kind == GrantKind::Use).count()
    }

    fn title(&self) -> &'static str {
        match self.step {
            Step::Privileges => "Do you wish to add additional privileges (Ex. overrides) to this user's access?",
            other => other.word(),
        }
    }
}

/// The last page: what was changed, in words, with its reference.
#[derive(Template)]
#[template(path = "security/wizard/done.html")]
pub struct DonePage {
    pub chrome: Chrome,
    pub outcome: Outcome,
}

/// A page that cannot be taken any more, and what to do.
#[derive(Template)]
#[template(path = "security/wizard/stopped.html")]
pub struct StoppedPage {
    pub chrome: Chrome,
    pub title: &'static str,
    pub what: &'static str,
    /// Where to go on, and with which words.
    pub on: (String, &'static str),
}
