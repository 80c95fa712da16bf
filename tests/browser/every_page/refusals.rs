//! What is refused, what came too late, and what those see who may see less.

use crosswalk::schools::NewSchool;
use crosswalk::security::Profile;

use super::sweep::Sweep;
use crate::journeys::{AMARA, AMARAS_IDS, add_user};
use crate::support::World;

pub async fn refusals(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    sweep.page("/people/NC9999999").await;
    sweep.page("/no/such/page").await;
    // A tab that was left open while the school was changed in another.
    window.visit("/people/new").await;
    window.ask("document.querySelector('[name=school]').value = 'HAR'").await;
    window.press("Submit").await;
    window.heading("Another school").await;
    sweep.here("a form of another school").await;
    window.visit("/people/new").await;
    window.ask("document.querySelector('[name=school]').remove()").await;
    window.press("Submit").await;
    window.heading("Cannot be read").await;
    sweep.here("a form that lacks a field").await;
    window.visit("/people/new").await;
    window.ask("document.querySelector('textarea').value = 'x'.repeat(300000)").await;
    window.press("Submit").await;
    window.reads("Reference").await;
    sweep.here("a form that is too large").await;
    // An undo that comes too late.
    window.visit("/people/NC0001236/integration-ids").await;
    window.choose("Integration", "JRM").await;
    window.fill("Integration ID", "7c9e6679-7425-40de-944b-e07fc1f90ae7").await;
    window.press_in("Add an integration ID", "Submit").await;
    window.reads("JRM ID added.").await;
    window.pick_in_row("JRM", "Delete").await;
    window.press_in("Integration IDs on record", "Submit").await;
    window.reads("JRM ID deleted.").await;
    let other = world.signed_in("registrar").await;
    let another = [("integration", "jrm"), ("value", "another")];
    other.post("/people/NC0001236/integration-ids/add", &another).await.assert_status(303);
    window.press("Undo").await;
    window.heading("Somebody was quicker").await;
    sweep.here("an undo that comes too late").await;
}

/// A form sent after the session has ended.
pub async fn kept_form(sweep: &mut Sweep) {
    let window = sweep.window.clone();
    window.visit("/people/NC0001236/edit").await;
    window.driver.delete_all_cookies().await.unwrap();
    window.press("Submit").await;
    window.reads("Send again").await;
    sweep.here("a form that is kept").await;
}

/// What others see: less, or nothing yet.
pub async fn others(sweep: &mut Sweep, world: &World) {
    let now = world.clock.now();
    let school = NewSchool::parse("EMP", "Emberly Preparatory", "EP", "America/New_York").unwrap();
    world.db.write(|conn| Ok(school.add(conn, now).unwrap())).unwrap();
    add_user(world, "first", "Nadia Ferreira", "EMP", Profile::Registrar, false);
    add_user(world, "new", "Nils Ferreira", "NFC", Profile::Clerk, true);
    sweep.change_user("viewer").await;
    sweep.page(AMARAS_IDS).await;
    sweep.page("/people/NC0001237/integration-ids").await;
    sweep.page("/runs").await;
    sweep.change_user("clerk").await;
    sweep.page(AMARA).await;
    sweep.page(AMARAS_IDS).await;
    sweep.page("/people").await;
    sweep.page("/runs").await;
    sweep.change_user("support").await;
    sweep.page("/account").await;
    sweep.page("/people").await;
    sweep.change_user("first").await;
    sweep.page("/people").await;
    sweep.page("/runs").await;
    sweep.change_user("new").await;
    sweep.window.reads("Your password is a temporary one").await;
    sweep.here("a temporary password").await;
}
