//! What an administrator of User Security may not do: to themselves, to the last of them, through somebody else's account.
//! Leaves the Tasks themselves to `grants`.

use super::{Wizard, grants};
use crate::on_both;

on_both! {
    async fn nobody_grants_to_themselves_by_any_way(world) {
        let security = world.signed_in("security").await;
        let before = world.snapshot();
        security.post("/security/wizard", &[("user", "security")]).await.assert_status(422).assert_has("Nobody changes their own");
        security.post("/security/users/security/disable", &[]).await.assert_status(422).assert_has("Nobody changes their own");
        security.get("/security/users/security").await.assert_has("This is you").assert_lacks("Disable</button>");
        world.assert_unchanged_since(&before);
    }

    async fn an_administrator_who_loses_the_task_mid_way_is_stopped_and_a_disabled_one_is_out(world) {
        world.copy_user("security", "second.admin");
        let (security, second) = (world.signed_in("security").await, world.signed_in("second.admin").await);
        let wizard = Wizard::begin(&second, "clerk").await;
        security.post("/security/users/second.admin/disable", &[]).await.assert_status(303);
        let out = wizard.by.get(&wizard.at("user-id")).await;
        assert!(out.location().is_some_and(|l| l.starts_with("/sign-in")), "{}", out.status);
        security.post("/security/users/second.admin/enable", &[]).await.assert_status(303);
        let second = world.signed_in("second.admin").await;
        let wizard = Wizard { by: &second, place: wizard.place.clone() };
        wizard.page("user-id").await.assert_status(200);
        world.change("UPDATE grants SET revoked_at = granted_at WHERE task = 'administer_security' AND kind = 'use' AND user_id = (SELECT id FROM users WHERE user_key = 'second.admin')");
        wizard.page("user-id").await.assert_status(403).assert_has("Unauthorized");
        // Nobody else's draft is there.
        security.get(&wizard.at("user-id")).await.assert_status(404);
    }

    async fn two_administrators_who_edit_one_user_lose_nothing_of_either(world) {
        world.copy_user("security", "second.admin");
        let (one, two) = (world.signed_in("security").await, world.signed_in("second.admin").await);
        let (a, b) = (Wizard::begin(&one, "clerk").await, Wizard::begin(&two, "clerk").await);
        a.to_the_tasks("Nadia Petrova", "clerk").await;
        b.to_the_tasks("Nadia Ivanova", "clerk").await;
        a.tasks(&[("use.edit_people", "on")]).await.assert_status(200);
        let told = b.tasks(&[("use.view_integration_ids", "on")]).await;
        told.assert_status(409).assert_reads("changed this user while you were answering").assert_reads("Granted: Edit people");
        // The form has both: the other's Task, and what was wanted here.
        let turn = told.hidden("turn");
        let done = b.send_turn("tasks", &turn, &[("use.edit_people", "on"), ("use.view_integration_ids", "on")]).await;
        let done = two.get(&done.location().expect("the last page")).await;
        done.assert_reads("Granted: View integration IDs").assert_lacks("Edit people").assert_reads("Name: Nadia Ivanova");
        assert_eq!(grants(&world, "clerk"), 2);
    }

    async fn the_last_administrator_stays_also_when_two_try_at_once(world) {
        world.copy_user("security", "second.admin");
        let (one, two) = (world.signed_in("security").await, world.signed_in("second.admin").await);
        let (a, b) = tokio::join!(
            one.post("/security/users/second.admin/disable", &[]),
            two.post("/security/users/security/disable", &[])
        );
        let left = world.number("SELECT count(*) AS value FROM users WHERE disabled_at IS NULL AND user_key IN ('security', 'second.admin')");
        assert_eq!(left, 1, "{} {}", a.status, b.status);
    }

    async fn the_last_administrator_cannot_lose_the_task_or_get_an_end(world) {
        world.copy_user("security", "second.admin");
        world.change("UPDATE grants SET ends_at = '2999-01-01 00:00:00' WHERE task = 'administer_security' AND kind = 'use' AND user_id = (SELECT id FROM users WHERE user_key = 'second.admin')");
        let second = world.signed_in("second.admin").await;
        second.post("/security/users/security/disable", &[]).await.assert_status(422).assert_has("last security administrator");
        let wizard = Wizard::begin(&second, "security").await;
        wizard.to_the_tasks("Ines", "security").await;
        wizard.tasks(&[]).await.assert_status(422).assert_has("last security administrator");
        let ending = wizard.tasks(&[("use.administer_security", "on"), ("ends.use.administer_security", "2998-01-01")]).await;
        ending.assert_status(422).assert_has("last security administrator");
    }

    async fn a_temporary_password_ends_the_sessions_and_has_to_be_changed(world) {
        let (security, clerk) = (world.signed_in("security").await, world.signed_in("clerk").await);
        security.post("/security/users/clerk/password", &[("password", "short")]).await.assert_status(422);
        clerk.get("/people").await.assert_status(200);
        security.post("/security/users/clerk/password", &[("password", "velvet-tractor-omelette")]).await.assert_status(303);
        assert!(clerk.get("/people").await.location().is_some_and(|l| l.starts_with("/sign-in")));
        let again = world.anonymous();
        again.post("/sign-in", &[("user_id", "clerk"), ("password", "velvet-tractor-omelette")]).await.assert_status(303);
        assert_eq!(again.get("/people").await.location().as_deref(), Some("/account/password"));
        security.get("/security.csv").await.assert_status(200).assert_has("clerk").assert_has("Temporary password");
    }

    async fn nobody_gets_more_through_somebody_elses_account(world) {
        // Administers users, and may grant nothing.
        world.copy_user("clerk", "plain.admin");
        world.let_use("plain.admin", "administer_security");
        let plain = world.signed_in("plain.admin").await;
        let password = [("password", "velvet-tractor-omelette")];
        for user in ["security", "registrar"] {
            plain.post(&format!("/security/users/{user}/password"), &password).await.assert_status(422).assert_has("which you may not grant");
        }
        world.change("UPDATE users SET disabled_at = created_at WHERE user_key = 'registrar'");
        plain.post("/security/users/registrar/enable", &[]).await.assert_status(422).assert_has("which you may not grant");
        // Who holds nothing can be helped.
        plain.post("/security/users/clerk/password", &password).await.assert_status(303);
    }

    async fn a_limited_administrator_gives_nobody_more_of_the_school_than_they_see(world) {
        world.copy_user("security", "half.admin");
        world.change("INSERT INTO user_limits (user_id, field, value) SELECT id, 'member_type', 'student' FROM users WHERE user_key = 'half.admin'");
        world.change("UPDATE users SET is_limited = TRUE WHERE user_key = 'half.admin'");
        let half = world.signed_in("half.admin").await;
        half.post("/security/users/clerk/password", &[("password", "velvet-tractor-omelette")]).await.assert_status(422).assert_has("Your own access is limited");
        let wizard = Wizard::begin(&half, "").await;
        let fields = [("user_id", "twin"), ("name", "Twin"), ("profile", "viewer"), ("password", "velvet-tractor-omelette")];
        wizard.send("user-id", &fields).await.assert_status(303);
        for step in ["search-options", "limiting-access"] {
            wizard.send(step, &[]).await.assert_status(303);
        }
        wizard.send("privileges", &[("more", "no")]).await.assert_status(422).assert_has("Your own access is limited");
        wizard.send("limiting-access", &[("member_type", "student")]).await.assert_status(303);
        wizard.send("privileges", &[("more", "no")]).await.assert_status(303);
        assert_eq!(world.number("SELECT count(*) AS value FROM users WHERE user_key = 'twin' AND is_limited"), 1);
    }
}
