//! User Security: the list, the wizard and every rule about who may change whom. Here is what its tests stand on.
//! Leaves limits to `limits`, what a lacking Task reads to `unauthorized`.

mod administrators;
mod grants;
mod guests;
mod last;
mod profiles;
mod refusals;
mod wizard;

use crate::support::{Answer, Visitor, World};

/// One draft of the wizard, as a browser walks it.
pub struct Wizard<'a> {
    by: &'a Visitor,
    place: String,
}

impl<'a> Wizard<'a> {
    pub async fn begin(by: &'a Visitor, user: &str) -> Wizard<'a> {
        let begun = by.post("/security/wizard", &[("user", user)]).await;
        let place = begun.location().unwrap_or_else(|| panic!("{}: {}", begun.status, begun.body));
        let place = place.rsplit_once('/').expect("a step").0.to_owned();
        Wizard { by, place }
    }

    fn at(&self, step: &str) -> String {
        format!("{}/{step}", self.place)
    }

    pub async fn page(&self, step: &str) -> Answer {
        self.by.get(&self.at(step)).await
    }

    /// Sends a step with the turn of its page.
    pub async fn send(&self, step: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.page(step).await;
        page.assert_status(200);
        let turn = page.hidden("turn");
        let gives = if page.has("name=\"gives\"") { page.hidden("gives") } else { String::new() };
        let mut all = vec![("gives", gives.as_str())];
        all.extend_from_slice(fields);
        self.send_turn(step, &turn, &all).await
    }

    pub async fn send_turn(&self, step: &str, turn: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("turn", turn)];
        all.extend_from_slice(fields);
        self.by.post(&self.at(step), &all).await
    }

    /// The steps before the question, as they are.
    pub async fn to_the_question(&self, name: &str, profile: &str) {
        self.send("user-id", &[("name", name), ("email", ""), ("profile", profile)]).await.assert_status(303);
        self.send("search-options", &[]).await.assert_status(303);
        self.send("limiting-access", &[]).await.assert_status(303);
    }

    pub async fn to_the_tasks(&self, name: &str, profile: &str) {
        self.to_the_question(name, profile).await;
        self.send("privileges", &[("more", "yes")]).await.assert_status(303);
    }

    pub async fn tasks(&self, fields: &[(&str, &str)]) -> Answer {
        let answer = self.send("tasks", fields).await;
        match answer.location() {
            Some(next) => self.by.get(&next).await,
            None => answer,
        }
    }
}

/// Amara's page: what the field **Integration ID** reads.
async fn field(world: &World, visitor: &Visitor) -> &'static str {
    let person = world.students_with_id("NFC", "canvas").remove(0);
    let page = visitor.get(&format!("/people/{person}")).await;
    if page.has("Unauthorized") { "Unauthorized" } else { "View" }
}

fn grants(world: &World, user: &str) -> i64 {
    world.number(&format!(
        "SELECT count(*) AS value FROM grants WHERE revoked_at IS NULL AND kind = 'use' AND user_id = (SELECT id FROM users WHERE user_key = '{user}')"
    ))
}

const MODIFY: (&str, &str) = ("use.modify_integration_ids", "on");
