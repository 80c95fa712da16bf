//! Two registrars and one record.

use super::{AMARA, add_user};
use crate::journeys;

use crosswalk::security::Profile;

journeys! {
    async fn the_second_of_two_registrars_is_told_and_loses_nothing(world, rosa) {
        add_user(&world, "nils", "Nils Ferreira", "NFC", Profile::Registrar, false);
        let nils = rosa.another(&world).await;
        rosa.sign_in("registrar").await;
        nils.sign_in("nils").await;
        let edit = format!("{AMARA}/edit");
        rosa.visit(&edit).await;
        nils.visit(&edit).await;
        rosa.fill("Preferred name", "Ama").await;
        rosa.fill("Phone", "+1 312 555 0199").await;
        rosa.press("Submit").await;
        rosa.reads("Saved. Changed: ").await;

        nils.fill("Preferred name", "Mara").await;
        nils.fill("Middle name", "Chidi").await;
        nils.press("Submit").await;
        nils.reads_all(&[
            "Rosa Okafor changed this person while you were typing",
            "Preferred name: Amara is now Ama. The form has yours",
            "Phone: +1 312 555 0148 is now +1 312 555 0199, also in the form",
        ]).await;
        assert_eq!(nils.status().await, 409);
        assert_eq!(nils.value("Preferred name").await, "Mara", "what Nils typed stays");
        assert_eq!(nils.value("Middle name").await, "Chidi");
        // Nothing is saved yet.
        rosa.visit(AMARA).await;
        rosa.heading("Amara Chidinma Okonkwo").await;

        // Having read it, Nils saves his own on top.
        nils.press("Submit").await;
        nils.heading("Amara Chidi Okonkwo").await;
        nils.reads_all(&["Saved. Changed: ", "Preferred name Mara"]).await;
        nils.follow("History").await;
        nils.reads_all(&["by Nils Ferreira", "by Rosa Okafor"]).await;
        nils.close().await;
    }

    async fn a_registrar_adds_a_person_by_hand_and_mends_a_mistake(world, registrar) {
        let _world = world;
        registrar.sign_in("registrar").await;
        registrar.follow("New person").await;
        registrar.fill("Birth date", "the fourteenth").await;
        registrar.press("Submit").await;
        registrar.reads_all(&["There is a problem", "Type a last name or a first name", "\"the fourteenth\" is not a date"]).await;
        assert_eq!(registrar.value("Birth date").await, "the fourteenth", "what was typed stays");
        registrar.fill("Last name", "O’Brien-Þórsdóttir").await;
        registrar.fill("First name", "Ægir Zoë").await;
        registrar.fill("Name in own script", "ليلى المنصوري").await;
        registrar.fill("Birth date", "3/14/2011").await;
        registrar.press("Submit").await;
        registrar.reads_all(&[
            "Ægir Zoë O’Brien-Þórsdóttir is added, with the SONIS ID NC",
            "Birth date 14 March 2011",
            "ليلى المنصوري",
        ]).await;
        registrar.press("Dismiss").await;
        registrar.until("the banner to go", || async { !registrar.has_button("Dismiss").await }).await;
        registrar.follow("Edit").await;
        registrar.choose("Status", "Inactive").await;
        registrar.press("Submit").await;
        registrar.reads_all(&["Saved. Changed: Status.", "Inactive since"]).await;
        registrar.visit("/people?q=thorsdottir").await;
        registrar.reads("Nobody found").await;
        registrar.visit("/people?q=thorsdottir&status=any").await;
        registrar.reads("O’Brien-Þórsdóttir, Ægir Zoë").await;
    }
}
