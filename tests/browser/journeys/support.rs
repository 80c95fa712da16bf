//! Support switches an integration off and on again at a school: the option goes, the IDs are kept, and all comes back.

use super::AMARAS_IDS;
use crate::journeys;

journeys! {
    async fn support_switches_an_integration_off_and_on_and_all_is_as_it_was(world, support) {
        let registrar = support.another(&world).await;
        registrar.sign_in("registrar").await;
        registrar.visit(AMARAS_IDS).await;
        let row = registrar.row("Canvas").await;
        assert!(row.contains("0049317"), "{row}");

        support.sign_in("support").await;
        support.follow("Northfield College").await;
        support.follow("Canvas").await;
        support.heading("Canvas").await;
        support.choose("Stage", "Off").await;
        support.fill("Note", "The contract has ended.").await;
        support.press_in("Move", "Submit").await;
        support.reads_all(&["Move Canvas to Off?", "Canvas IDs will be hidden at Northfield College. They are kept"]).await;
        registrar.visit(AMARAS_IDS).await;
        assert!(registrar.row("Canvas").await.contains("0049317"), "nothing is hidden before it is confirmed");
        support.press("Move to Off").await;
        support.reads_all(&["Canvas is Off at Northfield College.", "hidden and kept", "The contract has ended."]).await;

        registrar.visit(AMARAS_IDS).await;
        registrar.heading("Integration IDs").await;
        registrar.reads_nothing_of("0049317").await;
        registrar.reads_nothing_of("Canvas").await;
        assert_eq!(world.ids_of("NC0001234").len(), 4, "they are kept");

        support.choose("Stage", "Live").await;
        support.press_in("Move", "Submit").await;
        support.reads("shown again.").await;
        registrar.visit(AMARAS_IDS).await;
        assert_eq!(registrar.row("Canvas").await, row, "all is as it was");
        registrar.close().await;
    }

    async fn a_registrar_requests_an_integration_and_is_told_when_it_is_ready(world, registrar) {
        let support = registrar.another(&world).await;
        registrar.sign_in("registrar2").await;
        registrar.visit("/integrations").await;
        registrar.heading("Integrations").await;
        registrar.press_in_row("JRM", "Request").await;
        registrar.reads("JRM is requested. Support owns the next step.").await;
        support.sign_in("support").await;
        support.visit("/support/schools/HAR/jrm").await;
        support.choose("Stage", "Ready").await;
        support.press_in("Move", "Submit").await;
        support.reads("JRM is Ready at Harbor Academy.").await;
        registrar.visit("/people").await;
        registrar.reads("JRM is Ready.").await;
        registrar.press("Dismiss that JRM is Ready").await;
        registrar.heading("People").await;
        registrar.reads_nothing_of("JRM is Ready.").await;
        support.close().await;
    }
}
