//! The page after something went wrong: it keeps the visitor's header, says what happened, and leads on.
//! Leaves its headers to `headers`, which error it is to the other files.

use crate::on_both;

on_both! {
    async fn somebody_signed_in_keeps_their_name_school_links_and_theme_on_an_error_page(world) {
        let clerk = world.signed_in("clerk").await;
        clerk.post("/settings/theme", &[("theme", "dark"), ("back", "/")]).await.assert_status(303);
        for (status, path) in [(404, "/nowhere"), (404, "/people/NC9999999"), (403, "/people/NC0001234/integration-ids"), (403, "/people/new")] {
            let page = clerk.get(path).await;
            page.assert_status(status);
            for part in ["data-bs-theme=\"dark\"", ">Mina Castellanos</a>", "Northfield College", "<a href=\"/people\"", ">Sign out<"] {
                assert!(page.has(part), "{path} lacks {part}:\n{}", page.body);
            }
        }
        let registrar = world.signed_in("registrar").await;
        let conflict = registrar.post("/people/NC0001234/integration-ids/delete", &[("delete", "99999999")]).await;
        conflict.assert_status(409).assert_has(">Rosa Okafor</a>").assert_has("<a href=\"/people\"");
    }

    async fn an_error_page_tells_a_way_on_that_the_visitor_has(world) {
        let (clerk, support) = (world.signed_in("clerk").await, world.signed_in("support").await);
        clerk.get("/people/NC9999999").await.assert_status(404).assert_has("search for the person").assert_has("Times are those of Chicago");
        // Who is in no school has nobody to search for.
        support.get("/people/NC0001234").await.assert_status(404).assert_has("go on from the start page").assert_lacks("search for the person");
        support.get("/support/schools").await.assert_has("Times are in UTC.");
        clerk.get("/people/new").await.assert_status(403).assert_has("A security administrator of your school can grant it");
        let refused = clerk.get("/support/schools/NFC").await;
        refused.assert_status(403).assert_has("needs the Task Set stages.").assert_lacks("security administrator");
        refused.assert_has("It is one of Support’s Tasks: no school can grant it.");
        world.change("DELETE FROM grants WHERE task = 'set_stages'");
        support.get("/support/schools/NFC").await.assert_status(403).assert_has("whoever runs Crosswalk can grant it");
    }

    async fn a_stranger_meets_an_error_page_without_anybodys_name(world) {
        let page = world.anonymous().get("/static/nothing.css").await;
        page.assert_status(404).assert_has("Not found").assert_lacks("Sign out").assert_lacks("Northfield");
    }

    async fn every_error_page_has_a_reference_of_its_own(world) {
        let clerk = world.signed_in("clerk").await;
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..20 {
            let page = clerk.get("/nowhere").await;
            let reference = page.all_between("Reference <span class=\"cw-id\">", "<").remove(0);
            assert!(reference.len() == 12 && reference.bytes().all(|b| b.is_ascii_hexdigit()), "{reference}");
            seen.insert(reference);
        }
        assert_eq!(seen.len(), 20);
    }

    async fn an_answer_that_was_refused_is_on_record_under_its_reference(world) {
        let clerk = world.signed_in("clerk").await;
        let page = clerk.get("/people/NC0001234/integration-ids").await;
        let reference = page.all_between("Reference <span class=\"cw-id\">", "<").remove(0);
        world.settle();
        let noted = world.activity_texts(&format!("SELECT actor_name AS value FROM activity_entries WHERE request_id = '{reference}'"));
        assert_eq!(noted, ["Mina Castellanos"]);
    }

    async fn the_front_door_leads_each_visitor_to_their_first_page(world) {
        for (user, place) in [("registrar", "/people"), ("clerk", "/people"), ("registrar2", "/people"), ("support", "/support/schools")] {
            let visitor = world.signed_in(user).await;
            assert_eq!(visitor.get("/").await.location().as_deref(), Some(place), "{user}");
            visitor.get(place).await.assert_status(200);
        }
        assert_eq!(world.anonymous().get("/").await.location().as_deref(), Some("/sign-in"));
    }

    async fn a_demo_says_that_it_is_one_on_every_page(world) {
        let registrar = world.signed_in("registrar").await;
        for path in ["/people", "/people/NC0001234", "/runs", "/account", "/nowhere", "/people/new"] {
            registrar.get(path).await.assert_has("This is a demo.");
        }
        world.anonymous().get("/sign-in").await.assert_has("This is a demo.").assert_has("crosswalk-demo");
    }
}
