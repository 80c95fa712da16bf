//! The desk with and without items, and an item in each state.

use super::sweep::Sweep;
use crate::support::World;

const LONG: &str = "Wolfeschlegelsteinhausenbergerdorff-Jiménez-Urquijo de la Santísima Trinidad";

async fn add(sweep: &Sweep, campus: &str) {
    let window = sweep.window.clone();
    window.visit("/people/new").await;
    window.fill("Last name", LONG).await;
    window.fill("First name", "Noor").await;
    window.fill("Birth date", "2015-03-02").await;
    window.fill("Campus", campus).await;
    window.choose("Member type", "Student").await;
    window.press("Submit").await;
    window.reads("Other PID").await;
}

pub async fn desk(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    sweep.page("/desk").await;
    add(sweep, "Main Campus").await;
    add(sweep, "A campus with a name that is rather long").await;
    sweep.page("/desk").await;
    sweep.page("/desk?kind=same_person&owner=school").await;
    sweep.page("/desk?kind=dangling&state=left").await;
    sweep.page("/desk?page=9").await;
    window.visit("/desk?kind=same_person").await;
    window.follow_first_row("Items").await;
    window.reads("The way to the fix").await;
    sweep.here("an item of the desk").await;
    window.tick("Left as it is").await;
    window.press("Submit").await;
    window.reads("Say why it is left as it is").await;
    sweep.here("an item that is left without a reason").await;
    window.fill("Reason", &format!("{LONG} says so.")).await;
    window.press("Submit").await;
    window.reads("Saved: School, Left as it is.").await;
    sweep.here("an item that is left as it is").await;
    let place = window.place().await;
    world.change("UPDATE desk_items SET closed_at = opened_at");
    sweep.page(&place).await;
    sweep.page("/desk?state=closed").await;
    world.change("DELETE FROM grants WHERE task = 'modify_integration_ids' AND kind = 'use' AND user_id = (SELECT id FROM users WHERE user_key = 'registrar')");
    sweep.page("/desk?kind=double_id").await;
    world.let_use("registrar", "modify_integration_ids");
}
