//! The main job: a registrar finds a student, adds an integration ID, deletes it, takes that back.

use super::{AMARA, NGOZIS_IDS};
use crate::journeys;

journeys! {
    async fn a_registrar_adds_an_id_deletes_it_and_takes_that_back(world, registrar) {
        let _world = world;
        registrar.sign_in("registrar").await;
        registrar.heading("People").await;

        // A student who is nowhere on record yet.
        registrar.visit("/people?member=student").await;
        registrar.choose("No ID for", "Canvas").await;
        registrar.press("Apply").await;
        registrar.reads("Filter in use: No ID for Canvas").await;
        registrar.follow_first_row("People").await;
        registrar.reads("Biographic").await;
        registrar.follow("View").await;
        registrar.heading("Integration IDs").await;
        registrar.reads_all(&["No Integration ID Records", "Add the first one below."]).await;
        let place = registrar.place().await;

        // Nothing is chosen, then a number that is somebody else's: both are told, and what was typed stays.
        registrar.fill("Integration ID", "0049317").await;
        registrar.press_in("Add an integration ID", "Submit").await;
        registrar.reads_all(&["There is a problem", "Choose an integration"]).await;
        assert_eq!(registrar.value("Integration ID").await, "0049317");
        registrar.choose("Integration", "Canvas").await;
        registrar.press_in("Add an integration ID", "Submit").await;
        registrar.reads("0049317 is the Canvas ID of Amara Chidinma Okonkwo").await;
        assert_eq!(registrar.value("Integration ID").await, "0049317");

        registrar.fill("Integration ID", " 0700123 ").await;
        registrar.press_in("Add an integration ID", "Submit").await;
        registrar.reads_all(&["Canvas ID added. 0700123 by Rosa Okafor", "The spaces around what you typed were removed."]).await;
        assert_eq!(registrar.place().await, place, "the page is the person's own again");
        let row = registrar.row("Canvas").await;
        assert!(row.contains("0700123") && row.contains("Rosa Okafor"), "{row}");
        registrar.reads("Added 0700123 by Rosa Okafor").await;
        let (list, form) = (registrar.top_of("Integration IDs on record").await, registrar.top_of("Add an integration ID").await);
        assert!(list < form, "the list stands at the top of the page, above the form");

        // Submit with nothing chosen says so.
        registrar.press_in("Integration IDs on record", "Submit").await;
        registrar.reads("Nothing is chosen.").await;

        registrar.pick_in_row("Canvas", "Delete").await;
        registrar.press_in("Integration IDs on record", "Submit").await;
        registrar.reads_all(&["Canvas ID deleted. 0700123", "No Integration ID Records", "Removed 0700123 by Rosa Okafor"]).await;

        // The banner lasts until it is dismissed.
        registrar.visit(&place).await;
        registrar.reads("Canvas ID deleted.").await;
        registrar.press("Undo").await;
        registrar.reads("Canvas ID is back. 0700123").await;
        assert!(registrar.row("Canvas").await.contains("0700123"));
        registrar.press("Dismiss").await;
        registrar.until("the banner to go", || async { !registrar.has_button("Dismiss").await }).await;
        assert_eq!(registrar.place().await, place);

        // All of it is in the person's history.
        registrar.go_up().await;
        registrar.follow("History").await;
        registrar.reads_all(&["Added an ID", "Removed an ID", "Canvas 0700123"]).await;
    }

    async fn a_registrar_finds_a_student_by_name_by_sonis_id_and_by_integration_id(world, registrar) {
        let _world = world;
        registrar.sign_in("registrar").await;
        let search = "Search by name, SONIS ID, e-mail or integration ID";
        registrar.fill(search, "konkw").await;
        registrar.press("Apply").await;
        registrar.until("the three Okonkwos", || async {
            registrar.first_cells("People").await == ["Okonkwo, Amara", "Okonkwo, Emeka", "Okonkwo, Ngozi"]
        }).await;
        registrar.follow("Okonkwo, Amara").await;
        registrar.heading("Amara Chidinma Okonkwo").await;
        // An exact SONIS ID or integration ID leads straight to the person, in any case and with blanks around it.
        for typed in ["nc0001234", "0049317", " PCT-00412207 ", "s2038917"] {
            registrar.go_up().await;
            registrar.heading("People").await;
            registrar.fill(search, typed).await;
            registrar.press("Apply").await;
            registrar.heading("Amara Chidinma Okonkwo").await;
            registrar.arrives(AMARA).await;
        }
        registrar.visit("/people?q=nobody+is+called+so").await;
        registrar.reads("Nobody found").await;
    }

    async fn an_id_that_is_one_per_person_is_not_added_twice(world, registrar) {
        let _world = world;
        registrar.sign_in("registrar").await;
        registrar.visit(NGOZIS_IDS).await;
        for (value, then) in [("0700200", "Canvas ID added."), ("0700201", "This person has a Canvas ID already")] {
            registrar.choose("Integration", "Canvas").await;
            registrar.fill("Integration ID", value).await;
            registrar.press_in("Add an integration ID", "Submit").await;
            registrar.reads(then).await;
        }
        assert_eq!(registrar.status().await, 422);
        assert_eq!(registrar.value("Integration ID").await, "0700201", "what was typed stays");
        assert!(registrar.row("Canvas").await.contains("0700200"));
    }
}
