//! What somebody without the Task can learn about integration IDs: nothing, by any address, search, file or number.
//! Leaves the routes' statuses to `routes`.

use std::collections::BTreeSet;

use crate::on_both;
use crate::support::{Visitor, World};

/// The first demo student's IDs.
const AMARAS: [&str; 4] = ["S2038917", "0049317", "PCT-00412207", "e220a839-7b1d-4daf-95a4-161d100b05e5"];
const AMARA: &str = "/people/NC0001234";

/// Gives the clerk a Task for one integration only.
fn grant(world: &World, task: &str, integration: &str) {
    let done = world.change(&format!(
        "INSERT INTO grants (user_id, school_id, task, kind, integration_id, granted_by, granted_at) \
         SELECT u.id, u.school_id, '{task}', 'use', i.id, 'a test', u.created_at \
         FROM users u, integrations i WHERE u.user_key = 'clerk' AND i.code = '{integration}'"
    ));
    assert_eq!(done, 1);
}

/// Adds an ID, deletes another and takes that back, as the registrar: three runs. Gives the runs and the student.
async fn edits(world: &World) -> (String, Vec<String>) {
    let registrar = world.signed_in("registrar").await;
    let student = world.students_without_ids("NFC").remove(0);
    let place = format!("/people/{student}/integration-ids");
    let mut runs = Vec::new();
    let page = registrar.submit(&format!("{place}/add"), &[("integration", "canvas"), ("value", "secret-1")]).await;
    runs.push(page.undo().unwrap());
    let page = registrar.submit(&format!("{place}/delete"), &[("delete", &page.deletable()[0])]).await;
    runs.push(page.undo().unwrap());
    registrar.submit(&format!("{place}/undo"), &[("run", &runs[1])]).await.assert_has("is back");
    runs.push(world.last_run());
    (student, runs)
}

async fn post_all(visitor: &Visitor, place: &str, status: u16) {
    visitor.post(&format!("{place}/add"), &[("integration", "canvas"), ("value", "new-1")]).await.assert_status(status);
    visitor.post(&format!("{place}/delete"), &[("delete", "1")]).await.assert_status(status);
    visitor.post(&format!("{place}/undo"), &[("run", "3")]).await.assert_status(status);
}

on_both! {
    async fn a_registrar_sees_view_and_a_clerk_reads_unauthorized(world) {
        let registrar = world.signed_in("registrar").await;
        registrar.get(AMARA).await.assert_status(200).assert_has(">View</a>").assert_lacks("Unauthorized");
        let clerk = world.signed_in("clerk").await;
        let page = clerk.get(AMARA).await;
        page.assert_status(200).assert_has("<dt>Integration ID</dt><dd>Unauthorized").assert_lacks(">View</a>");
        page.assert_has("Needs the Task View/modify integration IDs. Ines Haddad can grant it.");
        let page = clerk.get(&format!("{AMARA}/integration-ids")).await;
        page.assert_status(403).assert_has("Unauthorized");
        for id in AMARAS {
            page.assert_lacks(id);
        }
    }

    async fn the_biographic_page_is_the_same_whether_there_are_ids_or_none(world) {
        let clerk = world.signed_in("clerk").await;
        let before = clerk.get(AMARA).await;
        world.change("DELETE FROM integration_ids");
        assert_eq!(before.body, clerk.get(AMARA).await.body);
    }

    async fn a_viewer_sees_the_list_without_the_forms_and_may_change_nothing(world) {
        let viewer = world.signed_in("viewer").await;
        let place = format!("{AMARA}/integration-ids");
        let page = viewer.get(&place).await;
        page.assert_status(200);
        for id in AMARAS {
            page.assert_has(id);
        }
        for control in ["Add an integration ID", "type=\"radio\"", ">Submit<", "Undo"] {
            page.assert_lacks(control);
        }
        let before = world.snapshot();
        post_all(&viewer, &place, 403).await;
        world.assert_unchanged_since(&before);
        let nobody = world.students_without_ids("NFC").remove(0);
        viewer.get(&format!("/people/{nobody}/integration-ids")).await.assert_has("No Integration ID Records").assert_lacks("Submit");
    }

    async fn a_search_for_an_id_gives_a_clerk_the_very_bytes_of_a_search_for_nonsense(world) {
        let clerk = world.signed_in("clerk").await;
        let past = edits(&world).await;
        assert!(!past.0.is_empty());
        for (real, nonsense) in [
            ("S2038917", "S9999999"),
            ("0049317", "0999999"),
            ("PCT-00412207", "PCT-99999999"),
            ("e220a839-7b1d-4daf-95a4-161d100b05e5", "e999a999-9b9d-9daf-99a9-999d999b99e9"),
            ("secret-1", "sacret-9"),
        ] {
            for extra in [vec![], vec![("status", "any")], vec![("member", "student"), ("sort", "-sonis_id")]] {
                let query = |q| { let mut all = vec![("q", q)]; all.extend(extra.clone()); all };
                let (a, b) = (clerk.ask("/people", &query(real)).await, clerk.ask("/people", &query(nonsense)).await);
                a.assert_status(200).assert_has("Nobody found");
                assert_eq!((a.status, a.without(&[real])), (b.status, b.without(&[nonsense])), "{real}");
                let (a, b) = (clerk.ask_partial("/people", &query(real)).await, clerk.ask_partial("/people", &query(nonsense)).await);
                assert_eq!((a.status, a.without(&[real])), (b.status, b.without(&[nonsense])), "{real}");
                let (a, b) = (clerk.ask("/people.csv", &query(real)).await, clerk.ask("/people.csv", &query(nonsense)).await);
                assert_eq!((a.status, a.body), (b.status, b.body), "{real}");
            }
        }
    }

    async fn the_filter_no_id_for_tells_a_clerk_nothing_and_a_registrar_who_lacks_one(world) {
        let (clerk, registrar) = (world.signed_in("clerk").await, world.signed_in("registrar").await);
        for integration in ["canvas", "vidigami"] {
            let query = [("member", "student"), ("rows", "100"), ("no_id", integration)];
            let (all, asked) = (clerk.ask("/people", &query[..2]).await, clerk.ask("/people", &query).await);
            assert_eq!(all.listed(), asked.listed());
// The links carry the whole query on, what was ignored too; apart from that the pages are the same.
            let carried = ["no_id={}&#38;", "&#38;no_id={}"].map(|c| c.replace("{}", integration));
            assert_eq!(all.body, carried.iter().fold(asked.body.clone(), |body, c| body.replace(c, "")));
            asked.assert_lacks("No ID for");
            assert_eq!(clerk.ask("/people.csv", &query[..2]).await.body, clerk.ask("/people.csv", &query).await.body);

            let lacking: BTreeSet<String> = registrar.ask("/people", &query).await.listed().into_iter().collect();
            let having: BTreeSet<String> = world.students_with_id("NFC", integration).into_iter().collect();
            let everybody: BTreeSet<String> = all.listed().into_iter().collect();
            assert!(!lacking.is_empty() && lacking.is_disjoint(&having));
            assert_eq!(lacking.union(&having).cloned().collect::<BTreeSet<_>>(), everybody);
        }
    }

    async fn a_change_of_an_id_is_in_no_history_and_no_list_of_runs_that_a_clerk_sees(world) {
        let (student, runs) = edits(&world).await;
        let (clerk, viewer) = (world.signed_in("clerk").await, world.signed_in("viewer").await);
        let history = clerk.get(&format!("/people/{student}/history")).await;
        history.assert_status(200).assert_has("Nothing yet").assert_lacks("secret-1").assert_lacks("Integration ID");
        viewer.get(&format!("/people/{student}/history")).await.assert_has("secret-1");
        let (theirs, seen) = (clerk.get("/runs").await, viewer.get("/runs").await);
        theirs.assert_status(200).assert_reads("1 run").assert_lacks("Integration ID").assert_lacks("Undo").assert_lacks("Rosa Okafor");
        seen.assert_reads("4 runs");
        let missing = clerk.get("/runs/99999999").await;
        for run in &runs {
            theirs.assert_lacks(&format!("/runs/{run}\""));
            let hidden = clerk.get(&format!("/runs/{run}")).await;
            hidden.assert_status(404);
            assert_eq!(hidden.without(&[&format!("/runs/{run}")]), missing.without(&["/runs/99999999"]));
            viewer.get(&format!("/runs/{run}")).await.assert_status(200).assert_has("secret-1");
        }
    }

    async fn no_page_that_a_clerk_can_open_holds_an_id(world) {
        let (student, _) = edits(&world).await;
        let clerk = world.signed_in("clerk").await;
        let mut all = world.texts("SELECT value FROM integration_ids");
        all.retain(|v| v.len() > 5);
        for path in ["/people?rows=100", "/people?rows=100&status=any&page=2", "/people.csv?status=any", AMARA, "/people/NC0001234/history", "/runs", "/runs/1", "/account", "/help", &format!("/people/{student}"), &format!("/people/{student}/history")] {
            let page = clerk.get(path).await;
            page.assert_status(200);
            let held: Vec<&String> = all.iter().filter(|v| page.has(v)).collect();
            assert!(held.is_empty(), "{path} holds {held:?}");
        }
    }

    async fn a_grant_for_one_integration_shows_and_changes_that_one_alone(world) {
        grant(&world, "modify_integration_ids", "canvas");
        let clerk = world.signed_in("clerk").await;
        let place = format!("{AMARA}/integration-ids");
        let page = clerk.get(&place).await;
        page.assert_status(200).assert_has("0049317");
        for other in ["S2038917", "PCT-00412207", "e220a839"] {
            page.assert_lacks(other);
        }
        assert_eq!(page.all_between("<option value=\"", "\""), ["", "canvas"]);
        let student = world.students_without_ids("NFC").remove(0);
        let place_of = |s: &str| format!("/people/{s}/integration-ids/add");
        clerk.submit(&place_of(&student), &[("integration", "canvas"), ("value", "only-1")]).await.assert_status(200).assert_has("only-1");
        let refused = clerk.submit(&place_of(&student), &[("integration", "vidigami"), ("value", "S2038917")]).await;
        refused.assert_status(422).assert_has("not among those you may change").assert_lacks("Okonkwo");
        assert!(clerk.ask("/people", &[("q", "0049317")]).await.location().is_some());
        assert!(clerk.ask("/people", &[("q", "S2038917")]).await.location().is_none());
        assert_eq!(clerk.ask("/people", &[("rows", "100")]).await.listed(), clerk.ask("/people", &[("rows", "100"), ("no_id", "vidigami")]).await.listed());
    }

    async fn a_grant_for_one_integration_tells_nothing_of_another_by_guessing_rows(world) {
        grant(&world, "modify_integration_ids", "canvas");
        let clerk = world.signed_in("clerk").await;
        let hidden = world.text(
            "SELECT CAST(i.id AS TEXT) AS value FROM integration_ids i JOIN integrations n ON n.id = i.integration_id \
             JOIN people p ON p.id = i.person_id WHERE p.sonis_id = 'NC0001234' AND n.code = 'vidigami'",
        );
        let before = world.snapshot();
        let clerk = &clerk;
        let form = async |row: &str| clerk.post(&format!("{AMARA}/integration-ids/delete"), &[("delete", row)]).await;
        let (real, invented) = (form(&hidden).await, form("99999999").await);
        assert_eq!((real.status, real.without(&[])), (invented.status, invented.without(&[])));
        world.assert_unchanged_since(&before);
    }

    async fn a_grant_for_one_integration_hides_the_runs_and_history_of_the_others(world) {
        grant(&world, "view_integration_ids", "vidigami");
        let (student, runs) = edits(&world).await;
        let clerk = world.signed_in("clerk").await;
        clerk.get("/runs").await.assert_reads("1 run").assert_lacks("Rosa Okafor");
        for run in runs {
            clerk.get(&format!("/runs/{run}")).await.assert_status(404);
        }
        clerk.get(&format!("/people/{student}/history")).await.assert_lacks("secret-1").assert_lacks("Rosa Okafor");
    }

    async fn who_saw_whose_ids_is_on_record_and_so_is_who_was_refused(world) {
        let (viewer, clerk) = (world.signed_in("viewer").await, world.signed_in("clerk").await);
        viewer.get(&format!("{AMARA}/integration-ids")).await.assert_status(200);
        let seen = world.activity_texts(
            "SELECT actor_name || ': ' || subject AS value FROM activity_entries WHERE action = 'ids_viewed'",
        );
        assert_eq!(seen, ["Daniel Lindqvist: NC0001234"]);
        clerk.get(&format!("{AMARA}/integration-ids")).await.assert_status(403);
        world.settle();
        let refused = world.activity_texts(
            "SELECT actor_name || ': ' || subject AS value FROM activity_entries WHERE action = 'refused'",
        );
        assert_eq!(refused.len(), 1);
        assert!(refused[0].starts_with("Mina Castellanos: ") && refused[0].contains("integration"), "{refused:?}");
    }

    async fn every_page_that_shows_an_id_is_on_record_before_it_leaves(world) {
        let (student, runs) = edits(&world).await;
        let viewer = world.signed_in("viewer").await;
        let seen = || world.activity_number("SELECT count(*) AS value FROM activity_entries WHERE action = 'ids_viewed' AND actor_name = 'Daniel Lindqvist'");
        for path in [format!("/people/{student}/integration-ids"), format!("/people/{student}/history"), format!("/runs/{}", runs[0])] {
            let before = seen();
            viewer.get(&path).await.assert_status(200).assert_has("secret-1");
            assert!(seen() > before, "{path} showed an ID, and nothing tells that it did");
        }
        let registrar = world.signed_in("registrar").await;
        let before = world.activity_number("SELECT count(*) AS value FROM activity_entries WHERE action = 'ids_viewed'");
        let page = registrar.post(&format!("{AMARA}/integration-ids/add"), &[("integration", "canvas"), ("value", "")]).await;
        page.assert_status(422).assert_has("S2038917");
        let after = world.activity_number("SELECT count(*) AS value FROM activity_entries WHERE action = 'ids_viewed'");
        assert!(after > before, "a form shown again showed IDs, and nothing tells that it did");
    }
}
