//! A returning school: its first sync waits until IDs and extracts agree, or somebody says to go on anyway.

use super::{ALL, STUDENTS, empty, tile};
use crate::on_both;
use crate::support::{Visitor, World};

/// Tobi is missing, and somebody is there whom nobody knows.
fn other_students() -> String {
    STUDENTS.replace("1003\tAdeyemi\tTobi\t4\t93", "1010\tNew\tNora\t4\t99")
}

async fn returning(world: &World) -> Visitor {
    empty(world);
    let sync = world.signed_in("sync").await;
    let (first, _) = sync.sync("full", &ALL).await;
    sync.press(&first, "apply").await.assert_has("Import Summary");
    let set = [("integration", "vidigami"), ("returning", "yes")];
    sync.submit("/sync/returning", &set).await.assert_status(200).assert_has("Returning school.");
    sync
}

on_both! {
    async fn a_sync_of_a_returning_school_waits_until_somebody_says_to_go_on(world) {
        let sync = returning(&world).await;
        sync.get("/sync").await.assert_has("New or returning school").assert_has("A sync waits until they and the extracts agree").assert_has("Match list");
        let (place, page) = sync.sync("full", &[("students", &other_students())]).await;
        page.assert_has(">Held<").assert_has("who match nobody in the extracts: 1; records of the extracts that match nobody at the school: 1").assert_lacks(">Apply<").assert_lacks(">Go on anyway<").assert_lacks(">Release<");
        sync.get(&format!("{place}?kind=unmatched")).await.assert_reads("Tobi Adeyemi").assert_has("matches nobody in Students").assert_reads("Nora New").assert_has("would be a new person");
        let clerk = world.signed_in("clerk").await;
        clerk.get(&format!("{place}?kind=unmatched")).await.assert_has("Unauthorized").assert_lacks("Tobi Adeyemi").assert_lacks("Nora");
        let act = place.replace("/runs/", "/sync/");
        sync.press(&place, "apply").await.assert_status(409).assert_has("is held");
        sync.post(&format!("{act}/go-on"), &[("reason", "mine")]).await.assert_status(403);

        let release = world.signed_in("release").await;
        release.get(&place).await.assert_has(">Go on anyway<").assert_lacks(">Release<");
        release.post(&format!("{act}/go-on"), &[("reason", " ")]).await.assert_status(409).assert_has("Say why the run may go on");
        release.submit(&format!("{act}/go-on"), &[("reason", "Tobi has left, Nora is new.")]).await.assert_has("goes on though the two sides do not agree").assert_has("Samuel Adeyemi said to go on anyway.");
        release.submit(&format!("{act}/go-on"), &[("reason", "again")]).await.assert_has("there is nothing to decide");

        // The same disagreement is not asked about again.
        let (again, page) = sync.sync("full", &[("students", &other_students())]).await;
        page.assert_has("said to go on anyway.").assert_has(">Apply<").assert_lacks(">Held<");
        sync.press(&again, "apply").await.assert_has("Import Summary");
        // The hand has been shaken: whoever comes now is new.
        let more = format!("{}1011\tNew\tNils\t4\t98\n", other_students());
        let (_, page) = sync.sync("full", &[("students", &more)]).await;
        page.assert_has(">Apply<").assert_lacks(">Held<");
        assert_eq!(tile(&page, "Created"), "1");
        world.let_audit("registrar");
        world.signed_in("registrar").await.get("/audit?action=went_on_anyway").await.assert_has("Tobi has left, Nora is new.");
    }

    async fn once_the_match_list_is_applied_the_two_sides_agree(world) {
        let sync = returning(&world).await;
        // The numbers of last year: nobody is known by this year's, neither by number nor by ID.
        world.change("DELETE FROM source_links WHERE school_id = 1");
        world.change("UPDATE integration_ids SET value = 'S9' || substr(value, 2), value_key = 's9' || substr(value, 2) WHERE school_id = 1 AND value LIKE 'S%'");
        let (place, page) = sync.sync("full", &[("students", STUDENTS)]).await;
        page.assert_has("who match nobody in the extracts: 3; records of the extracts that match nobody at the school: 3");
        sync.press(&place, "abandon").await.assert_status(200);
        let list = "Old ID\tNew ID\tMember Type\nS91001\tS1001\tStudent\nS91002\tS1002\tStudent\nS91003\tS1003\tStudent\n";
        let listed = sync.send_list(list).await.location().expect("a preview");
        let release = world.signed_in("release").await;
        release.submit(&format!("{}/release", listed.replace("/runs/", "/sync/")), &[("reason", "All of them.")]).await.assert_has("is released.");
        sync.press(&listed, "apply").await.assert_has("is applied.");
        let (place, page) = sync.sync("full", &[("students", STUDENTS)]).await;
        page.assert_lacks("the two sides do not agree");
        assert_eq!([tile(&page, "Created"), tile(&page, "Blocked")], ["0", "0"]);
        let _ = place;
    }

    async fn a_plan_made_before_the_school_was_returning_is_made_again(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let (place, _) = sync.sync("full", &ALL).await;
        world.clock.advance(chrono::TimeDelta::minutes(1));
        sync.submit("/sync/returning", &[("integration", "vidigami"), ("returning", "yes")]).await.assert_status(200);
        sync.press(&place, "apply").await.assert_status(409).assert_has("was said to be a returning school");
        sync.submit("/sync/returning", &[("integration", "vidigami"), ("returning", "no")]).await.assert_has("This is no returning school");
        sync.press(&place, "apply").await.assert_has("Import Summary");
    }
}
