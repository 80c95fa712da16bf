//! A registrar of two schools, with a tab left open in each.

use super::AMARAS_IDS;
use crate::journeys;

journeys! {
    async fn a_registrar_switches_schools_and_a_tab_left_in_the_other_is_refused(world, rosa) {
        world.change(
            "INSERT INTO grants (user_id, school_id, task, kind, granted_by, granted_at) \
             SELECT u.id, s.id, 'modify_integration_ids', 'use', 'the test', u.created_at FROM users u, schools s \
             WHERE u.user_key = 'registrar' AND s.code = 'HAR'",
        );
        rosa.sign_in("registrar").await;
        rosa.visit("/people/NC0001235/integration-ids").await;
        rosa.choose("Integration", "Canvas").await;
        rosa.fill("Integration ID", "0099001").await;

        let left = rosa.driver.window().await.unwrap();
        let tab = rosa.driver.new_tab().await.unwrap();
        rosa.driver.switch_to_window(tab).await.unwrap();
        rosa.visit("/people").await;
        rosa.choose("School", "Harbor Academy").await;
        rosa.reads("Now in Northfield College").await;
        rosa.press("Switch").await;
        rosa.heading("People").await;
        assert_eq!(rosa.value("School").await, "HAR");
        rosa.visit(AMARAS_IDS).await;
        rosa.heading("Not found").await;

        rosa.driver.switch_to_window(left).await.unwrap();
        rosa.press_in("Add an integration ID", "Submit").await;
        rosa.heading("Another school").await;
        rosa.reads("Nothing was changed.").await;
        rosa.choose("School", "Northfield College").await;
        rosa.press("Switch").await;
        rosa.heading("People").await;
        rosa.visit("/people/NC0001235/integration-ids").await;
        rosa.reads("No Integration ID Records").await;
    }
}
