//! Step 5: the Tasks, each with the integrations it is for and its last day, and those that the user may grant to others.
//! Leaves whether a grant may be given to `users::change`, which asks again.

use chrono::{Datelike, NaiveDate};

use super::{Desk, Fields};
use crate::security::users::{GrantKey, Grants, Picture};
use crate::security::{GrantKind, TaskName, every_school_task};
use crate::web::Wrongs;

/// One Task on the page, in one of the two ways to hold it.
pub struct Line {
    pub task: TaskName,
    pub kind: GrantKind,
    /// Why it cannot be changed here, if so: then it stays as it is.
    pub fixed: Option<&'static str>,
}

impl Line {
    /// The name of its check box.
    pub fn name(&self) -> String {
        format!("{}.{}", self.kind.code(), self.task.code())
    }
    /// "View audit", or "the right to grant View audit".
    fn thing(&self) -> String {
        match self.kind {
            GrantKind::Use => self.task.to_string(),
            GrantKind::MayGrant => format!("the right to grant {}", self.task),
        }
    }
    pub fn scope(&self) -> String {
        format!("for.{}", self.name())
    }
    pub fn ends(&self) -> String {
        format!("ends.{}", self.name())
    }
    pub fn has_scope(&self) -> bool {
        self.task.is_by_integration() && self.kind == GrantKind::Use
    }

    fn key(&self, integration: Option<crate::integrations::IntegrationId>) -> GrantKey {
        GrantKey { task: self.task, kind: self.kind, integration }
    }

    /// Whether what was sent says of this Task what the page said of these grants.
    fn is_as_shown(&self, sent: &Fields, grants: &Grants, desk: &Desk) -> bool {
        let (shown, name, ends) = (self.fill(grants, desk), self.name(), self.ends());
        shown.has(&name) == sent.has(&name)
            && (!shown.has(&name) || (shown.get(&ends) == sent.get(&ends) && same_scope(self, &shown, sent)))
    }

    /// As the page shows these grants.
    fn fill(&self, grants: &Grants, desk: &Desk) -> Fields {
        let mut fields = Fields::default();
        let mut held = grants.0.iter().filter(|(k, _)| k.task == self.task && k.kind == self.kind).peekable();
        let Some((_, until)) = held.peek() else { return fields };
        let until = until.map(|d| d.to_string()).unwrap_or_default();
        fields = fields.with(&self.name(), "on").with(&self.ends(), until);
        for (key, _) in held {
            // The grant for all comes first: beside it, one for a single integration says nothing.
            let Some(id) = key.integration else { break };
            // One that nobody knows must not read as all of them.
            let code = desk.integrations.iter().find(|i| i.id == id).map_or_else(|| id.to_string(), |i| i.code.clone());
            fields = fields.with(&self.scope(), code);
        }
        fields
    }
}

pub fn lines(desk: &Desk, kind: GrantKind) -> Vec<Line> {
    let line = |task: TaskName| {
        let scoped = task.is_by_integration() && kind == GrantKind::Use;
        let may = desk.editor.may_grant(task, None)
            || (scoped && desk.integrations.iter().any(|i| desk.editor.may_grant(task, Some(i.id))));
        let by_one = |k: &GrantKey| k.task == task && k.kind == kind && k.integration.is_some();
        let fixed = if !may {
            Some("You may not grant this Task, so it stays as it is.")
        } else if !scoped && desk.held.0.keys().any(by_one) {
            Some("It is granted for one integration, which the command line changes. It stays as it is.")
        } else {
            None
        };
        Line { task, kind, fixed }
    };
    every_school_task().into_iter().map(line).collect()
}

fn both(desk: &Desk) -> impl Iterator<Item = Line> {
    GrantKind::ALL.iter().flat_map(|&kind| lines(desk, kind))
}

pub fn fill(picture: &Picture, desk: &Desk) -> Fields {
    Fields(both(desk).flat_map(|line| line.fill(&picture.grants, desk).0).collect())
}

/// What a form asks for though its page did not offer it: no browser of ours sends that by itself.
pub fn beyond(fields: &Fields, picture: &Picture, desk: &Desk) -> Vec<String> {
    let asked = |line: &Line| {
        let is_asked = fields.has(&line.name()) || fields.has(&line.ends());
        line.fixed.is_some() && is_asked && !line.is_as_shown(fields, &picture.grants, desk)
    };
    both(desk).filter(asked).map(|line| line.thing()).collect()
}

pub fn read(fields: &Fields, picture: &mut Picture, desk: &Desk) -> Wrongs {
    let mut wrongs = Wrongs::default();
    let mut grants = picture.grants.clone();
    for line in both(desk) {
        if line.is_as_shown(fields, &picture.grants, desk) {
            continue;
        }
        if line.fixed.is_some() {
            // The page sends nothing of a Task that cannot be granted: nothing means "as it is". One that was offered, and
            // that nobody may grant since, came with its last day: its check mark was taken away.
            if fields.has(&line.name()) || fields.has(&line.ends()) {
                wrongs.add(line.name(), format!("You may not grant {}. It stays as it is", line.thing()));
            }
            continue;
        }
        grants.0.retain(|k, _| !(k.task == line.task && k.kind == line.kind));
        if !fields.has(&line.name()) {
            continue;
        }
        let Some(until) = last_day(&line, fields, desk, &mut wrongs) else { continue };
        let mut scoped = false;
        for code in fields.all(&line.scope()).filter(|_| line.has_scope()) {
            scoped = true;
            match desk.integrations.iter().find(|i| i.code == code) {
                Some(i) => drop(grants.0.insert(line.key(Some(i.id)), until)),
                None => wrongs.add(
                    line.name(),
                    format!("{} cannot be granted for {code}: the school does not have it", line.task),
                ),
            }
        }
        if !scoped {
            grants.0.insert(line.key(None), until);
        }
        if line.kind == GrantKind::Use && line.task.is_bulk() && !picture.limits.is_none() {
            wrongs.add(
                line.name(),
                format!("{} works on everybody at once, so it needs a user without limits. Take the check mark away, or go back to Limiting Access", line.task),
            );
        }
    }
    if wrongs.is_empty() {
        picture.grants = grants;
    }
    wrongs
}

fn same_scope(line: &Line, a: &Fields, b: &Fields) -> bool {
    let sorted = |fields: &Fields| {
        let mut codes: Vec<String> = fields.all(&line.scope()).map(str::to_owned).collect();
        codes.sort();
        codes.dedup();
        codes
    };
    sorted(a) == sorted(b)
}

/// None where it cannot be read; it is told then.
fn last_day(line: &Line, fields: &Fields, desk: &Desk, wrongs: &mut Wrongs) -> Option<Option<NaiveDate>> {
    let text = fields.get(&line.ends()).trim().to_owned();
    if text.is_empty() {
        return Some(None);
    }
    match text.parse::<NaiveDate>() {
        Err(_) => {
            wrongs.add(line.ends(), format!("{text} is not a date. Type the last day as 2027-06-30, or leave it empty"))
        }
        Ok(day) if day < desk.today => {
            wrongs.add(line.ends(), format!("{} ends before today. Choose today or a later day", line.task));
        }
        // A later year has five digits, which not every database sorts as a time.
        Ok(day) if day.year() > 2999 => {
            wrongs.add(line.ends(), "Choose a day before the year 3000, or leave it empty for no end")
        }
        Ok(day) => return Some(Some(day)),
    }
    None
}
