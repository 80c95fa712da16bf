//! Every kind of page, in both themes and at both ends of the widths: axe-core finds nothing, nothing is wider than the screen,
//! and the browser has nothing to complain of. A page that the route table has and this sweep has not is a failure.

mod desk;
mod groups;
mod id_specs;
mod importing;
mod people;
mod refusals;
mod support;
mod sweep;
mod syncing;
mod user_security;

use crate::support::World;
use crate::window::{Script, Window, run};
use sweep::Sweep;

#[test]
fn no_page_has_a_violation_in_either_theme_at_either_width() {
    run("every_page", Script::On, every_page);
}

async fn every_page(world: World, window: Window) {
    let mut sweep = Sweep::begin(&window).await;
    people::signed_out(&mut sweep).await;
    sweep.change_user("registrar").await;
    people::people(&mut sweep).await;
    people::integration_ids(&mut sweep).await;
    people::editing(&mut sweep, &world).await;
    world.let_use("registrar", "merge_people");
    people::merging(&mut sweep, &world).await;
    importing::importing(&mut sweep, &world).await;
    groups::groups(&mut sweep, &world).await;
    id_specs::id_specs(&mut sweep, &world).await;
    desk::desk(&mut sweep, &world).await;
    people::account(&mut sweep, &world).await;
    refusals::refusals(&mut sweep, &world).await;
    refusals::kept_form(&mut sweep).await;
    refusals::others(&mut sweep, &world).await;
    user_security::audit(&mut sweep, &world).await;
    user_security::access(&mut sweep, &world).await;
    support::requests(&mut sweep, &world).await;
    support::support(&mut sweep).await;
    user_security::user_security(&mut sweep).await;
    syncing::syncing(&mut sweep, &world).await;
    sweep.finish();
}
