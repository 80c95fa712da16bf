//! Match lists: planned, looked at, left out unit by unit, applied, taken back; who may see whose ID it is.

use super::{ALL, empty, host_id, number, tile, who};
use crate::on_both;
use crate::support::{Answer, Visitor, World};

/// Žofie and 小明 exchange their IDs, Anna gets a new one; four rows cannot be taken, or need not.
const LIST: &str = "Old ID,New ID,Member Type\n\
    S1001,S1002,Student\nS1002,S1001,Student\nT1001,T9,Teacher\nT1007,T1007,Faculty\nS777,S778,Student\nP1009,S5,Parent\n";

impl Visitor {
    /// Sends a match list as its page does.
    pub async fn send_list(&self, text: &str) -> Answer {
        let file = reqwest::multipart::Part::bytes(text.as_bytes().to_vec()).file_name("list.csv");
        let form = reqwest::multipart::Form::new()
            .text("school", self.school.clone())
            .text("integration", "vidigami")
            .part("file", file);
        let request = self.client.post(self.url("/sync/match-list")).header("sec-fetch-site", "same-origin");
        self.send(request.multipart(form)).await
    }

    /// Sends a match list, and opens its preview.
    async fn plan_list(&self, text: &str) -> (String, Answer) {
        let answer = self.send_list(text).await;
        answer.assert_status(303);
        let place = answer.location().expect("the preview's address");
        let page = self.get(&place).await;
        page.assert_status(200);
        (place, page)
    }
}

/// A school after its first sync: S1001 to S1003, T1001, T1007 and P1009.
async fn synced(world: &World) -> Visitor {
    empty(world);
    let sync = world.signed_in("sync").await;
    let (first, _) = sync.sync("full", &ALL).await;
    sync.press(&first, "apply").await.assert_has("Import Summary");
    sync
}

fn ids(world: &World) -> [String; 3] {
    [who(world, "students", "1001"), who(world, "students", "1002"), who(world, "users", "1001")]
        .map(|sonis_id| host_id(world, &sonis_id))
}

on_both! {
    async fn a_list_with_a_swap_goes_from_the_upload_to_the_undo(world) {
        let sync = synced(&world).await;
        sync.get("/sync/match-list").await.assert_status(200).assert_has("Old ID, New ID, Member Type").assert_has(">Preview<");
        let (place, preview) = sync.plan_list(LIST).await;
        preview.assert_has("Preview of the match list").assert_has("Nothing is changed yet.").assert_has(">Swap<").assert_reads("S1001 S1002").assert_reads("T1001 T9");
        let counts = |page: &Answer| ["IDs changed", "Unchanged", "Rows refused", "Not on the list", "Swaps"].map(|l| tile(page, l));
        assert_eq!(counts(&preview), ["3", "1", "2", "1", "1"]);
        let refused = sync.get(&format!("{place}?kind=blocked")).await;
        refused.assert_reads("S777 Unknown ID is nobody’s ID of Vidigami at this school").assert_reads("S5 Another member type looks like the ID of a Student");
        sync.get(&format!("{place}?kind=unmatched")).await.assert_reads("Tobi Adeyemi").assert_has("is not on the list");
        let csv = sync.get(&format!("{place}/blocked/match_list.csv")).await;
        csv.assert_status(200).assert_has("Old ID,New ID,Member Type,Reason").assert_has("S777,S778,Student,");
        assert_eq!(csv.body.lines().count(), 3);
        assert_eq!(ids(&world), ["S1001", "S1002", "T1001"], "a preview changes nobody");

        // Half of a swap cannot be left out.
        let change = preview.all_between("/changes/", "/exclude\"").remove(0);
        let left = sync.submit(&format!("{place}/changes/{change}/exclude"), &[("kind", "updated")]).await;
        assert_eq!(tile(&left, "IDs changed"), "1");
        sync.get(&format!("{place}?kind=excluded")).await.assert_has("Excluded by Elena Ferreira").assert_reads("S1001 S1002").assert_reads("S1002 S1001");
        assert_eq!(tile(&sync.submit(&format!("{place}/changes/{change}/include"), &[]).await, "IDs changed"), "3");

        let summary = sync.press(&place, "apply").await;
        summary.assert_status(200).assert_has("is applied.").assert_has("Match list: summary").assert_has(">Undo<");
        assert_eq!(ids(&world), ["S1002", "S1001", "T9"]);
        let unit = "SELECT count(DISTINCT unit) AS value FROM integration_ids WHERE school_id = 1 AND unit IS NOT NULL AND value LIKE 'S%'";
        assert_eq!(world.number(unit), 1, "the swap is one unit");
        let zofie = who(&world, "students", "1001");
        sync.get(&format!("/people/{zofie}/history")).await.assert_has("S1002").assert_has("Match list");

        // The same list again does not swap back, and the next sync finds everybody.
        let (again, page) = sync.plan_list(LIST).await;
        assert_eq!(counts(&page), ["0", "4", "2", "1", "0"]);
        page.assert_has("There is nothing to change").assert_lacks(">Apply<");
        sync.press(&again, "abandon").await.assert_has("The plan is abandoned");
        let (_, page) = sync.sync("full", &ALL).await;
        assert_eq!(tile(&page, "Created"), "0");

        let undone = sync.press(&place, "undo").await;
        undone.assert_status(200).assert_has(&format!("Run {} is undone.", number(&place))).assert_has("3 reversed");
        assert_eq!(ids(&world), ["S1001", "S1002", "T1001"]);
    }

    async fn a_swap_one_of_whose_ids_was_changed_since_is_kept_whole(world) {
        let sync = synced(&world).await;
        let (place, _) = sync.plan_list(LIST).await;
        sync.press(&place, "apply").await.assert_has("is applied.");
        let registrar = world.signed_in("registrar").await;
        let zofie = who(&world, "students", "1001");
        let ids_page = registrar.get(&format!("/people/{zofie}/integration-ids")).await;
        let record = ids_page.deletable().remove(0);
        registrar.submit(&format!("/people/{zofie}/integration-ids/delete"), &[("delete", &record)]).await.assert_status(200);
        let undone = sync.press(&place, "undo").await;
        undone.assert_status(200).assert_has("1 reversed, 2 kept").assert_has("Kept the ID: it moved together with that of").assert_has("changed since by");
        assert_eq!(host_id(&world, &who(&world, "users", "1001")), "T1001");
        assert_eq!(host_id(&world, &who(&world, "students", "1002")), "S1001", "not half of the swap");
    }

    async fn a_plan_that_does_not_fit_any_more_changes_nothing(world) {
        let sync = synced(&world).await;
        let (place, _) = sync.plan_list(LIST).await;
        let registrar = world.signed_in("registrar").await;
        let anna = who(&world, "users", "1001");
        let record = registrar.get(&format!("/people/{anna}/integration-ids")).await.deletable().remove(0);
        registrar.submit(&format!("/people/{anna}/integration-ids/delete"), &[("delete", &record)]).await.assert_status(200);
        sync.press(&place, "apply").await.assert_status(409).assert_has("The plan is out of date").assert_has("Anna Berg");
        sync.get(&place).await.assert_has("Changed since the plan").assert_has(">Apply<");
        assert_eq!(host_id(&world, &who(&world, "students", "1001")), "S1001");
    }

    async fn whose_id_it_is_is_shown_to_those_alone_who_may_see_it(world) {
        let sync = synced(&world).await;
        let (place, _) = sync.plan_list(LIST).await;
        for user in ["clerk", "release"] {
            let visitor = world.signed_in(user).await;
            for page in [place.clone(), format!("{place}?kind=blocked"), format!("{place}?kind=unmatched")] {
                let seen = visitor.get(&page).await;
                seen.assert_status(200).assert_has("Unauthorized").assert_lacks("S1001").assert_lacks("S777").assert_lacks("Žofie").assert_lacks("Tobi").assert_lacks(">Apply<");
            }
        }
        world.change("UPDATE grants SET revoked_at = granted_at WHERE task IN ('view_integration_ids', 'modify_integration_ids')");
        sync.get("/sync/match-list").await.assert_status(200).assert_has("Unauthorized").assert_lacks("type=\"file\"");
        sync.send_list(LIST).await.assert_status(403).assert_has("View integration IDs");
        sync.get(&place).await.assert_has("Unauthorized").assert_lacks("S1001").assert_lacks("Žofie");
        sync.get(&format!("{place}/blocked/match_list.csv")).await.assert_status(403);
        sync.get(&format!("{place}/changes.csv?kind=updated")).await.assert_status(403);
    }

    async fn a_list_is_planned_at_testing_and_applied_once_it_is_live(world) {
        let sync = synced(&world).await;
        world.change("UPDATE school_integrations SET stage = 'testing' WHERE school_id = 1");
        let (place, page) = sync.plan_list(LIST).await;
        page.assert_has("Hidden until Live").assert_lacks("S1001").assert_has("It can be applied once Support has made it Live").assert_lacks(">Apply<");
        sync.press(&place, "apply").await.assert_status(409).assert_has("not Live at this school");
        world.change("UPDATE school_integrations SET stage = 'live' WHERE school_id = 1");
        sync.press(&place, "apply").await.assert_has("is applied.");
    }

    async fn a_file_that_is_no_match_list_is_told_at_its_field(world) {
        let sync = synced(&world).await;
        sync.send_list("").await.assert_status(422).assert_has("Choose the file that holds the match list");
        sync.send_list("Old ID,Member Type\nS1001,Student\n").await.assert_status(422).assert_has("The column New ID is missing").assert_has("id=\"file-err\"");
        sync.post("/sync/returning", &[("integration", "vidigami"), ("returning", "perhaps")]).await.assert_status(422);
        assert_eq!(world.number("SELECT count(*) AS value FROM runs WHERE kind = 'match_list'"), 0);
    }

    async fn a_list_of_everybody_waits_for_a_second_person(world) {
        let sync = synced(&world).await;
        let (place, page) = sync.plan_list("Old ID,New ID,Member Type\nS1001,S1,Student\nS1002,S2,Student\nS1003,S3,Student\n").await;
        page.assert_has(">Held<").assert_has("3 of 3 active students would be updated").assert_lacks(">Apply<");
        let release = world.signed_in("release").await;
        release.press(&place, "apply").await.assert_status(403);
        release.submit(&format!("{}/release", place.replace("/runs/", "/sync/")), &[("reason", "They come back.")]).await.assert_has("is released.");
        sync.press(&place, "apply").await.assert_has("is applied.");
        assert_eq!(host_id(&world, &who(&world, "students", "1003")), "S3");
    }
}
