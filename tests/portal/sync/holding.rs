//! A held run: released by a second person with a reason, and applied by neither of the two who must not.

use super::{STUDENTS, empty, who};
use crate::on_both;
use crate::support::{Visitor, World};

/// A plan that goes over the limit: all of four students change. Its address.
async fn held(world: &World, sync: &Visitor) -> String {
    empty(world);
    let (first, _) = sync.sync("full", &[("students", STUDENTS)]).await;
    sync.press(&first, "apply").await.assert_has("Import Summary");
    let (place, page) =
        sync.sync("full", &[("students", &STUDENTS.replace("\t4\t", "\t9\t").replace("\t5\t", "\t8\t"))]).await;
    page.assert_has(">Held<")
        .assert_has("3 of 3 active students would be updated")
        .assert_lacks(">Apply<")
        .assert_lacks(">Exclude<");
    place
}

on_both! {
    async fn a_held_run_is_released_by_a_second_person_and_applied_by_the_first(world) {
        let sync = world.signed_in("sync").await;
        let place = held(&world, &sync).await;
        let act = place.replace("/runs/", "/sync/");
        sync.get(&place).await.assert_lacks(">Release<").assert_has("somebody with the Task Release held runs, who did not plan it, has to release it");
        sync.post(&format!("{act}/apply"), &[]).await.assert_status(409).assert_has("is held");
        sync.post(&format!("{act}/release"), &[("reason", "mine")]).await.assert_status(403).assert_has("Release held runs");

        let release = world.signed_in("release").await;
        release.get(&place).await.assert_has("<label class=\"form-label\" for=\"reason\">Reason</label>").assert_has(">Release<").assert_lacks(">Apply<");
        release.post(&format!("{act}/release"), &[("reason", " ")]).await.assert_status(409).assert_has("Say why the run may go on");
        let page = release.submit(&format!("{act}/release"), &[("reason", "Everybody moves up <today>.")]).await;
        page.assert_has("is released.").assert_has("Released by Samuel Adeyemi.").assert_has("Everybody moves up &#60;today&#62;.").assert_lacks(">Release<");
        // Whoever releases it does not apply it, also with the Task.
        world.let_use("release", "run_roster_sync");
        release.get(&place).await.assert_has("You released it, so somebody else").assert_lacks(">Apply<");
        release.post(&format!("{act}/apply"), &[]).await.assert_status(409).assert_has("Whoever released a held run cannot apply it");

        sync.press(&place, "apply").await.assert_status(200).assert_has("Import Summary").assert_has("Released by Samuel Adeyemi.");
        assert_eq!(world.field_of(&who(&world, "students", "1001"), "grade_level"), "9");
        world.let_audit("registrar");
        world.signed_in("registrar").await.get("/audit?action=run_released").await.assert_has("Everybody moves up");
    }

    async fn whoever_planned_a_run_cannot_release_it_even_with_the_task(world) {
        world.let_use("sync", "release_held_runs");
        let sync = world.signed_in("sync").await;
        let place = held(&world, &sync).await;
        sync.get(&place).await.assert_has("you made the plan, so somebody else").assert_lacks(">Release<");
        sync.post(&format!("{}/release", place.replace("/runs/", "/sync/")), &[("reason", "mine")]).await.assert_status(409);
        sync.press(&place, "abandon").await.assert_status(200).assert_has("The plan is abandoned. Nothing was changed.");
    }
}
