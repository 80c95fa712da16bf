//! One's own account: signing in and out, password, sessions, theme.

use crate::journeys;

use super::AMARA;
use crosswalk::demo::DEMO_PASSWORD;

const NEW_PASSWORD: &str = "kettle orbit plum radio";

journeys! {
    async fn after_signing_in_people_return_to_the_page_they_wanted(world, viewer) {
        let _world = world;
        viewer.visit(AMARA).await;
        viewer.heading("Sign in").await;
        viewer.give("viewer", "not the password").await;
        viewer.reads("This User ID and password do not let you in").await;
        assert_eq!(viewer.status().await, 422);
        assert_eq!(viewer.value("User ID").await, "viewer", "what was typed stays");
        viewer.fill("Password", DEMO_PASSWORD).await;
        viewer.press("Sign in").await;
        viewer.heading("Amara Chidinma Okonkwo").await;
        assert_eq!(viewer.place().await, AMARA);

        // The theme is the user's, on every page.
        viewer.press("Use the dark theme").await;
        viewer.heading("Amara Chidinma Okonkwo").await;
        viewer.visit("/people").await;
        assert_eq!(viewer.ask("return document.documentElement.dataset.bsTheme").await, "dark");
        assert_eq!(viewer.ask("return getComputedStyle(document.body).backgroundColor").await, "rgb(18, 21, 27)");

        viewer.press("Sign out").await;
        viewer.heading("Sign in").await;
        viewer.visit(AMARA).await;
        viewer.heading("Sign in").await;
    }

    async fn a_form_that_was_filled_in_longer_than_the_session_lasts_is_not_lost(world, registrar) {
        registrar.sign_in("registrar").await;
        registrar.visit("/people/NC0001235/edit").await;
        registrar.fill("Middle name", "Adaeze Chioma").await;
        world.clock.advance(chrono::Duration::minutes(45));
        registrar.press("Submit").await;
        registrar.reads_all(&["Sign in", "Send again"]).await;
        // She signs in in another tab, comes back to this one and sends what is still there.
        let here = registrar.driver.window().await.unwrap();
        registrar.follow("Sign in").await;
        let tabs = registrar.driver.windows().await.unwrap();
        let there = tabs.iter().find(|t| **t != here).expect("another tab").clone();
        registrar.driver.switch_to_window(there).await.unwrap();
        registrar.heading("Sign in").await;
        registrar.give("registrar", DEMO_PASSWORD).await;
        registrar.heading("People").await;
        registrar.driver.close_window().await.unwrap();
        registrar.driver.switch_to_window(here).await.unwrap();
        registrar.press("Send again").await;
        registrar.heading("Ngozi Adaeze Chioma Okonkwo").await;
        registrar.reads("Saved. Changed: Middle name.").await;
    }

    async fn a_user_changes_the_password_and_ends_other_sessions(world, clerk) {
        // Two browsers elsewhere.
        let (library, home) = (world.signed_in("clerk").await, world.signed_in("clerk").await);
        clerk.sign_in("clerk").await;
        clerk.follow("Mina Castellanos").await;
        clerk.heading("Your account").await;
        assert_eq!(clerk.first_cells("Your sessions").await.len(), 3);
        clerk.reads("This one").await;
        clerk.press("End all others").await;
        clerk.until("one session", || async { clerk.first_cells("Your sessions").await.len() == 1 }).await;
        for elsewhere in [library, home] {
            elsewhere.get("/people").await.assert_status(303);
        }
        let phone = world.signed_in("clerk").await;

        clerk.follow("Change password").await;
        clerk.fill("Password until now", "not the password").await;
        clerk.fill("New password", "short").await;
        clerk.press("Submit").await;
        clerk.reads_all(&["There is a problem", "This is not your password until now"]).await;
        clerk.fill("Password until now", DEMO_PASSWORD).await;
        clerk.fill("New password", NEW_PASSWORD).await;
        clerk.fill("New password again", NEW_PASSWORD).await;
        clerk.press("Submit").await;
        clerk.reads_all(&["Your account", "Your password is changed. Your other sessions have ended."]).await;
        phone.get("/people").await.assert_status(303);

        clerk.press("Sign out").await;
        clerk.heading("Sign in").await;
        clerk.give("clerk", DEMO_PASSWORD).await;
        clerk.reads("do not let you in").await;
        clerk.give("clerk", NEW_PASSWORD).await;
        clerk.heading("People").await;
    }
}
