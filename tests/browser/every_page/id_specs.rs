//! The bench of ID creation specifications.

use super::sweep::Sweep;
use crate::support::World;

/// The list, a bench before and after there is a specification, one that is wrong, and the run that makes the IDs.
pub async fn id_specs(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    world.let_use("registrar", "manage_id_specs");
    sweep.page("/id-specs").await;
    sweep.page("/id-specs/jrm/student").await;
    window.fill("Specification", "{last_nam}{#}").await;
    window.press("Submit").await;
    window.reads("is no field").await;
    sweep.here("a specification that cannot be read").await;
    window.fill("Specification", "{last_name:1..4|letters|ascii|lower}{#}").await;
    window.press("Submit").await;
    window.reads("is the specification now").await;
    sweep.here("a specification with what it makes").await;
    window.press("Make IDs").await;
    window.reads("IDs by a specification").await;
    sweep.here("the plan of a specification").await;
}
