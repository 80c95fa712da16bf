//! What a school's own people see of integrations, and Support's console.

use super::sweep::Sweep;
use crate::support::World;

/// What a school's own people see of integrations.
pub async fn requests(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    sweep.change_user("registrar2").await;
    sweep.page("/integrations").await;
    window.ask("document.querySelector('form[action$=\"/jrm/request\"] button').click()").await;
    window.reads("JRM is requested.").await;
    sweep.here("an integration was requested").await;
    world.change("UPDATE school_integrations SET stage = 'ready' WHERE stage = 'requested'");
    sweep.page("/integrations").await;
    sweep.page("/people").await;
}

/// Support's console, where it works and where it asks first.
pub async fn support(sweep: &mut Sweep) {
    let window = sweep.window.clone();
    sweep.change_user("support").await;
    sweep.page("/support/audit").await;
    sweep.page("/support/schools").await;
    sweep.page("/support/schools/HAR").await;
    sweep.page("/support/schools/NFC").await;
    sweep.page("/support/schools/HAR/perceptive").await;
    sweep.page("/support/schools/NFC/canvas").await;
    window.choose("Stage", "Off").await;
    window.fill("Note", "The contract has ended.\nWe ask again in spring.").await;
    window.press_in("Move", "Submit").await;
    window.reads("Move Canvas to Off?").await;
    sweep.here("what Off would hide").await;
    window.press("Move to Off").await;
    window.reads("hidden and kept").await;
    sweep.here("an integration was switched off").await;
    window.choose("Stage", "Live").await;
    window.fill("Note", &"n".repeat(501)).await;
    window.press_in("Move", "Submit").await;
    window.reads("There is a problem").await;
    sweep.here("a note that is too long").await;
    sweep.page("/support/schools/NFC").await;
    sweep.page("/support/integrations").await;
    sweep.page("/support/integrations/new").await;
    window.press_in("Integration", "Submit").await;
    window.reads("There is a problem").await;
    sweep.here("a new integration without a name").await;
    sweep.page("/support/integrations/canvas/edit").await;
    window.fill("Shortest", "7").await;
    window.fill("Example", "00493170").await;
    window.fill("Longest", "8").await;
    window.fill("Shortest", "8").await;
    window.press_in("Integration", "Submit").await;
    window.reads("wrong?").await;
    sweep.here("a shape that would make IDs wrong").await;
    window.visit("/support/integrations/jrm/edit").await;
    window.press("Retire").await;
    window.reads("Retire JRM?").await;
    sweep.here("what retiring would do").await;
    window.press("Retire JRM").await;
    window.reads("JRM is retired.").await;
    sweep.here("an integration was retired").await;
    sweep.page("/support/integrations/jrm/edit").await;
}
