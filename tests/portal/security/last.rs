//! A school is never left without somebody who administers its users and may grant that to others.
//! Leaves what else an administrator may not do to `administrators`.

use crosswalk::error::AppError;
use crosswalk::schools::{LimitField, Limits};
use crosswalk::security::{Actor, LimitError, User, set_limits};

use super::Wizard;
use crate::on_both;
use crate::support::World;

/// Somebody who administers users and may grant nothing.
fn plain_admin(world: &World) {
    world.copy_user("clerk", "plain.admin");
    world.let_use("plain.admin", "administer_security");
}

/// What an administrator of `security`'s rights has on the page Tasks, but for what is named.
fn all_but<'a>(page: &'a crate::support::Answer, without: &str) -> Vec<(&'a str, &'a str)> {
    let mut fields = Vec::new();
    for input in page.body.split("<input ").filter(|i| i.contains("type=\"checkbox\"") && i.contains(" checked")) {
        let name = input.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a name");
        if name != without {
            fields.push((name, "on"));
        }
    }
    fields
}

fn may_grant_users(world: &World) -> i64 {
    world.number(
        "SELECT count(*) AS value FROM grants g JOIN users u ON u.id = g.user_id WHERE g.revoked_at IS NULL AND g.kind = 'may_grant' AND g.task = 'administer_security' AND u.disabled_at IS NULL",
    )
}

on_both! {
    async fn who_may_not_grant_what_somebody_holds_cannot_disable_them_either(world) {
        world.copy_user("security", "second.admin");
        plain_admin(&world);
        let plain = world.signed_in("plain.admin").await;
        for user in ["second.admin", "security", "registrar"] {
            let refused = plain.post(&format!("/security/users/{user}/disable"), &[]).await;
            refused.assert_status(422).assert_has("which you may not grant");
        }
        assert_eq!(world.number("SELECT count(*) AS value FROM users WHERE disabled_at IS NOT NULL"), 0);
        // Who holds nothing can be disabled.
        plain.post("/security/users/clerk/disable", &[]).await.assert_status(303);
    }

    async fn the_last_who_may_grant_is_not_disabled_though_others_administer_users(world) {
        plain_admin(&world);
        world.copy_user("security", "ending.admin");
        world.change("UPDATE grants SET ends_at = '2999-01-01 00:00:00' WHERE user_id = (SELECT id FROM users WHERE user_key = 'ending.admin')");
        let ending = world.signed_in("ending.admin").await;
        ending.post("/security/users/security/disable", &[]).await.assert_status(422).assert_has("last security administrator");
        // The other one administers users and no more: they are not the last of anything.
        ending.post("/security/users/plain.admin/disable", &[]).await.assert_status(303);
    }

    async fn the_last_may_grant_of_user_security_cannot_be_taken_away_or_get_an_end(world) {
        plain_admin(&world);
        world.copy_user("security", "ending.admin");
        world.change("UPDATE grants SET ends_at = '2999-01-01 00:00:00' WHERE user_id = (SELECT id FROM users WHERE user_key = 'ending.admin')");
        let ending = world.signed_in("ending.admin").await;
        let wizard = Wizard::begin(&ending, "security").await;
        wizard.to_the_tasks("Ines", "security").await;
        let page = wizard.page("tasks").await;
        let refused = wizard.tasks(&[("use.administer_security", "on")]).await;
        refused.assert_status(422).assert_has("last security administrator").assert_has("href=\"#may_grant.administer_security\"");
        let without = all_but(&page, "may_grant.administer_security");
        assert!(without.len() > 10, "{without:?}");
        wizard.tasks(&without).await.assert_status(422).assert_has("last security administrator");
        let mut with_end = all_but(&page, "");
        with_end.push(("ends.may_grant.administer_security", "2998-01-01"));
        wizard.tasks(&with_end).await.assert_status(422).assert_has("last security administrator");
        assert_eq!(may_grant_users(&world), 2);
        // Another Task is not what keeps the school going.
        wizard.tasks(&all_but(&page, "may_grant.view_audit")).await.assert_status(200).assert_reads("Taken away: may grant View audit");
    }

    async fn the_last_who_may_grant_cannot_be_limited(world) {
        world.copy_user("security", "ending.admin");
        world.change("UPDATE grants SET ends_at = '2999-01-01 00:00:00' WHERE user_id = (SELECT id FROM users WHERE user_key = 'ending.admin')");
        let ending = world.signed_in("ending.admin").await;
        let wizard = Wizard::begin(&ending, "security").await;
        wizard.send("user-id", &[("name", "Ines"), ("profile", "security")]).await.assert_status(303);
        wizard.send("search-options", &[]).await.assert_status(303);
        wizard.send("limiting-access", &[("member_type", "parent")]).await.assert_status(303);
        let refused = wizard.send("privileges", &[("more", "no")]).await;
        refused.assert_status(422).assert_has("last security administrator").assert_has("href=\"#limits\"").assert_has("id=\"limits\"");
        let limits = Limits::of([(LimitField::MemberType, "parent".to_owned())]);
        let by = Actor::operator("a test");
        let done = world.db.write(|conn| {
            let user = User::by_user_id(conn, "security")?.expect("a user");
            Ok::<_, AppError>(set_limits(conn, &user, &limits, &by, world.clock.now()))
        });
        assert!(matches!(done, Ok(Err(LimitError::LastAdministrator { .. }))), "{done:?}");
    }

    async fn two_who_take_the_right_to_grant_from_each_other_at_once_leave_one(world) {
        world.copy_user("security", "second.admin");
        let (one, two) = (world.signed_in("security").await, world.signed_in("second.admin").await);
        let (a, b) = (Wizard::begin(&one, "second.admin").await, Wizard::begin(&two, "security").await);
        a.to_the_tasks("Ines", "security").await;
        b.to_the_tasks("Ines", "security").await;
        let left = [("use.administer_security", "on")];
        let (a, b) = tokio::join!(a.tasks(&left), b.tasks(&left));
        assert_eq!(may_grant_users(&world), 1, "{} {}", a.status, b.status);
    }
}
