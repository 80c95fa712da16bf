//! A school's own people ask for an integration and are told when it is Ready.
//! Leaves Support's pages to `stages`, and the letters to `mail`.

use crosswalk::integrations::Stage;

use crate::on_both;
use crate::stages::move_to;

on_both! {
    async fn a_registrar_requests_an_integration_and_sees_its_stage_and_nothing_more(world) {
        let (support, registrar2) = (world.signed_in("support").await, world.signed_in("registrar2").await);
        let page = registrar2.get("/integrations").await;
        page.assert_status(200).assert_reads("Not requested").assert_has("action=\"/integrations/perceptive/request\"").assert_lacks("action=\"/integrations/canvas/request\"");
        let page = registrar2.submit("/integrations/perceptive/request", &[]).await;
        page.assert_reads("Perceptive is requested. Support owns the next step.").assert_lacks("action=\"/integrations/perceptive/request\"");
        support.get("/support/schools").await.assert_reads("Harbor Academy HAR 300 1 1");
        support.get("/support/schools/HAR/perceptive").await.assert_reads("Requested , by Keiko Tanabe . Next step: Support.");
        // Pressed again, by a page from before: told, and nothing changes.
        let before = world.snapshot();
        registrar2.submit("/integrations/perceptive/request", &[]).await.assert_reads("Perceptive is Requested at your school already.");
        registrar2.submit("/integrations/canvas/request", &[]).await.assert_reads("Canvas is Live at your school already.");
        registrar2.post("/integrations/nothing/request", &[]).await.assert_status(404);
        world.assert_unchanged_since(&before);
        let version = support.get("/support/schools/HAR/perceptive").await.hidden("version");
        support.submit("/support/schools/HAR/perceptive", &[("stage", "testing"), ("next", "vendor"), ("note", "secret of Support"), ("version", &version)]).await.assert_status(200);
        registrar2.get("/integrations").await.assert_reads("Testing").assert_lacks("secret of Support").assert_lacks("Tomas").assert_lacks("Vendor");
        assert_eq!(world.texts("SELECT actor_name || ': ' || subject AS value FROM audit_entries WHERE action = 'stage_moved' ORDER BY id"),
            ["Keiko Tanabe: Perceptive to Requested; next step Support", "Tomas Berg: Perceptive to Testing, before Requested; next step Vendor"]);
    }

    async fn when_it_is_ready_a_notice_stands_on_every_page_until_it_is_dismissed_or_live(world) {
        let (support, registrar2, registrar) = (world.signed_in("support").await, world.signed_in("registrar2").await, world.signed_in("registrar").await);
        const NOTICE: &str = "JRM is Ready.";
        move_to(&support, "HAR", "jrm", Stage::Testing).await.assert_status(200);
        registrar2.get("/people").await.assert_lacks(NOTICE);
        move_to(&support, "HAR", "jrm", Stage::Ready).await.assert_status(200);
        for page in ["/people", "/runs", "/account", "/integrations", "/people/HA9999999"] {
            registrar2.get(page).await.assert_has(NOTICE);
        }
        registrar.get("/people").await.assert_lacks(NOTICE);
        support.get("/support/schools").await.assert_lacks(NOTICE);
        let answer = registrar2.post("/integrations/jrm/dismiss", &[("back", "/runs")]).await;
        assert_eq!(answer.location().as_deref(), Some("/runs"));
        registrar2.get("/people").await.assert_lacks(NOTICE);
        // Ready once more is told once more; Live ends it.
        world.clock.advance(chrono::Duration::seconds(5));
        move_to(&support, "HAR", "jrm", Stage::Testing).await.assert_status(200);
        move_to(&support, "HAR", "jrm", Stage::Ready).await.assert_status(200);
        registrar2.get("/people").await.assert_has(NOTICE);
        move_to(&support, "HAR", "jrm", Stage::Live).await.assert_status(200);
        registrar2.get("/people").await.assert_lacks(NOTICE);
    }

    async fn without_the_task_there_is_no_notice_and_no_page(world) {
        let (support, clerk) = (world.signed_in("support").await, world.signed_in("clerk").await);
        move_to(&support, "NFC", "jrm", Stage::Ready).await.assert_status(200);
        clerk.get("/people").await.assert_lacks("JRM is Ready").assert_lacks("href=\"/integrations\"");
        clerk.get("/integrations").await.assert_status(403).assert_has("Request integrations");
        clerk.post("/integrations/jrm/request", &[]).await.assert_status(403);
    }

    async fn two_who_press_request_at_once_make_one_request(world) {
        let one = world.signed_in("registrar2").await;
        for code in ["perceptive", "jrm", "vidigami"] {
            let place = format!("/integrations/{code}/request");
            let tries: Vec<_> = (0..8).map(|_| { let (one, place) = (one.clone(), place.clone()); tokio::spawn(async move { one.post(&place, &[]).await }) }).collect();
            for answer in tries {
                answer.await.unwrap().assert_status(303);
            }
        }
        assert_eq!(world.number("SELECT count(*) AS value FROM stage_moves WHERE moved_by = 'Keiko Tanabe'"), 3);
    }

    async fn a_retired_integration_is_not_offered(world) {
        let registrar2 = world.signed_in("registrar2").await;
        world.change("UPDATE integrations SET retired_at = '2026-01-01 00:00:00' WHERE code = 'perceptive'");
        registrar2.get("/integrations").await.assert_lacks("Perceptive");
        registrar2.post("/integrations/perceptive/request", &[]).await.assert_status(404);
    }
}
