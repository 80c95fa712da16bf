//! What the field Integration ID and its page are to those who may not, or may only look.

use super::{AMARA, AMARAS_IDS};
use crate::journeys;

journeys! {
    async fn a_clerk_reads_unauthorized_and_so_answers_the_address_itself(world, clerk) {
        let _world = world;
        clerk.sign_in("clerk").await;
        clerk.visit(AMARA).await;
        clerk.reads_all(&["Integration ID Unauthorized", "Needs the Task View/modify integration IDs. Ines Haddad can grant it."]).await;
        assert!(!clerk.has_link("View").await);
        assert!(!clerk.has_link("Edit").await);
        clerk.visit(AMARAS_IDS).await;
        clerk.heading("Unauthorized").await;
        assert_eq!(clerk.status().await, 403);
        assert!(clerk.has_link("People").await && clerk.has_button("Sign out").await, "the page of an error is a dead end");
        clerk.reads_nothing_of("0049317").await;
        // Searching does not tell either whether an ID exists.
        clerk.visit("/people").await;
        assert!(!clerk.has_field("No ID for").await);
        let search = "Search by name, SONIS ID or e-mail";
        for typed in ["0049317", "0049318"] {
            clerk.fill(search, typed).await;
            clerk.press("Apply").await;
            clerk.reads("Nobody found").await;
        }
        clerk.visit("/people/NC0001234/history").await;
        clerk.heading("History").await;
        clerk.reads_nothing_of("Canvas").await;
        clerk.visit("/people/import").await;
        clerk.heading("Unauthorized").await;
    }

    async fn a_viewer_sees_the_list_without_the_forms(world, viewer) {
        let _world = world;
        viewer.sign_in("viewer").await;
        viewer.visit(AMARA).await;
        viewer.follow("View").await;
        viewer.heading("Integration IDs").await;
        assert_eq!(
            viewer.first_cells("Integration IDs on record").await,
            ["Canvas", "JRM", "Perceptive", "Vidigami"]
        );
        assert!(viewer.row("Canvas").await.contains("0049317"));
        viewer.reads("Life of each ID").await;
        for words in ["Submit", "Undo"] {
            assert!(!viewer.has_button(words).await, "{words}");
        }
        for label in ["Delete", "Keep all", "Integration", "Integration ID"] {
            assert!(!viewer.has_field(label).await, "{label}");
        }
        viewer.visit("/people/NC0001235/integration-ids").await;
        viewer.reads("No Integration ID Records").await;
        assert!(!viewer.has_button("Submit").await);
    }

    async fn the_registrar_of_another_school_finds_nothing_of_this_one(world, registrar2) {
        let _world = world;
        registrar2.sign_in("registrar2").await;
        registrar2.reads("Harbor Academy").await;
        for page in ["", "/integration-ids", "/history", "/edit"] {
            registrar2.visit(&format!("{AMARA}{page}")).await;
            registrar2.heading("Not found").await;
            assert_eq!(registrar2.status().await, 404, "{page}");
            registrar2.reads_nothing_of("Amara").await;
        }
        registrar2.visit("/people?q=Amara+Okonkwo").await;
        registrar2.reads("Nobody found").await;
        registrar2.visit("/people?q=NC0001234").await;
        registrar2.reads("Nobody found").await;
        // Both schools have a Canvas ID 0049317: each finds its own student.
        registrar2.visit("/people").await;
        registrar2.fill("Search by name, SONIS ID, e-mail or integration ID", "0049317").await;
        registrar2.press("Apply").await;
        registrar2.reads("HA0001234").await;
        registrar2.follow("View").await;
        assert!(registrar2.row("Canvas").await.contains("0049317"));
        assert_eq!(registrar2.first_cells("Integration IDs on record").await, ["Canvas"]);
    }
}
