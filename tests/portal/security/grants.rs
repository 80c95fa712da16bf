//! Grants as the wizard gives them: at once, for all or one integration, to a day, and never without may-grant.
//! Leaves the steps to `wizard`.

use super::{MODIFY, Wizard, field, grants};
use crate::on_both;

const WORDS: &str = "Do you wish to add additional privileges (Ex. overrides) to this user&#39;s access?";

on_both! {
    async fn a_grant_turns_unauthorized_to_view_at_the_next_click_and_is_told_in_words(world) {
        let (security, clerk) = (world.signed_in("security").await, world.signed_in("clerk").await);
        assert_eq!(field(&world, &clerk).await, "Unauthorized");
        let list = security.get("/security").await;
        list.assert_has("clerk").assert_has("registrar").assert_lacks("registrar2");
        let wizard = Wizard::begin(&security, "clerk").await;
        wizard.to_the_question("Nadia Petrova", "clerk").await;
        let question = wizard.page("privileges").await;
        question.assert_has(WORDS).assert_reads("What you changed on the pages before is saved");
        question.assert_has(">Back</button>").assert_has("href=\"/security\">Cancel</a>");
        wizard.send("privileges", &[("more", "yes")]).await.assert_status(303);
        wizard.page("tasks").await.assert_has("View/modify integration IDs</label>");
        let done = wizard.tasks(&[MODIFY]).await;
        done.assert_status(200).assert_reads("Granted: View/modify integration IDs, without end").assert_has("Reference");
        assert_eq!(field(&world, &clerk).await, "View");
        // The reference leads to the entry in the audit.
        let reference = done.all_between("Reference <span class=\"cw-id\">", "<").remove(0);
        let told = world.number(&format!(
            "SELECT count(*) AS value FROM audit_entries WHERE action = 'tasks_changed' AND request_id = '{reference}' AND subject LIKE 'clerk: Granted: View/modify%'"
        ));
        assert_eq!(told, 1);
    }

    async fn without_may_grant_a_task_stays_as_it_is_whatever_the_form_says(world) {
        let security = world.signed_in("security").await;
        world.change("UPDATE grants SET revoked_at = granted_at WHERE kind = 'may_grant' AND task = 'modify_integration_ids'");
        let wizard = Wizard::begin(&security, "viewer").await;
        wizard.to_the_tasks("Daniel", "viewer").await;
        let page = wizard.page("tasks").await;
        page.assert_has("You may not grant this Task");
        let edited = wizard.tasks(&[("use.view_integration_ids", "on"), MODIFY]).await;
        edited.assert_status(422).assert_has("You may not grant View/modify integration IDs");
        let edited = wizard.tasks(&[("use.view_integration_ids", "on"), ("may_grant.modify_integration_ids", "on")]).await;
        edited.assert_status(422).assert_has("You may not grant the right to grant View/modify integration IDs.");
        assert_eq!(grants(&world, "viewer"), 1);
        // A new user's profile is no way around it.
        let new = Wizard::begin(&security, "").await;
        new.send("user-id", &[("user_id", "side.door"), ("name", "Side Door"), ("profile", "registrar"), ("password", "velvet-tractor-omelette")]).await.assert_status(303);
        for step in ["search-options", "limiting-access"] {
            new.send(step, &[]).await.assert_status(303);
        }
        new.send("privileges", &[("more", "no")]).await.assert_status(422).assert_has("You may not grant View/modify integration IDs");
        assert_eq!(world.number("SELECT count(*) AS value FROM users WHERE user_key = 'side.door'"), 0);
    }

    async fn a_right_to_grant_that_ends_between_page_and_submit_does_not_count(world) {
        let security = world.signed_in("security").await;
        let wizard = Wizard::begin(&security, "clerk").await;
        wizard.to_the_tasks("Nadia", "clerk").await;
        let turn = wizard.page("tasks").await.hidden("turn");
        world.change("UPDATE grants SET ends_at = granted_at WHERE kind = 'may_grant' AND task = 'modify_integration_ids'");
        wizard.send_turn("tasks", &turn, &[MODIFY]).await.assert_status(422).assert_has("You may not grant");
        assert_eq!(grants(&world, "clerk"), 0);
    }

    async fn a_grant_for_one_integration_shows_that_one_alone_and_ends_on_its_day(world) {
        let (security, clerk) = (world.signed_in("security").await, world.signed_in("clerk").await);
        let wizard = Wizard::begin(&security, "clerk").await;
        wizard.to_the_tasks("Nadia", "clerk").await;
        wizard.tasks(&[MODIFY, ("for.use.modify_integration_ids", "nothing-such")]).await.assert_status(422).assert_has("the school does not have it");
        let done = wizard.tasks(&[MODIFY, ("for.use.modify_integration_ids", "canvas"), ("ends.use.modify_integration_ids", "2998-12-31")]).await;
        done.assert_reads("Granted: View/modify integration IDs, for Canvas, until 31 December 2998");
        assert_eq!(field(&world, &clerk).await, "View");
        let again = Wizard::begin(&security, "clerk").await;
        again.to_the_tasks("Nadia", "clerk").await;
        again.page("tasks").await.assert_has("value=\"2998-12-31\"");
        assert_eq!(world.change("UPDATE grants SET ends_at = granted_at WHERE ends_at IS NOT NULL"), 1);
        assert_eq!(field(&world, &clerk).await, "Unauthorized");
    }

    async fn bulk_tasks_and_limits_do_not_go_together(world) {
        let security = world.signed_in("security").await;
        let wizard = Wizard::begin(&security, "clerk").await;
        wizard.send("user-id", &[("name", "Nadia"), ("profile", "clerk")]).await.assert_status(303);
        wizard.send("search-options", &[]).await.assert_status(303);
        wizard.send("limiting-access", &[("campus", "Nowhere Campus")]).await.assert_status(422).assert_has("not one of the school");
        wizard.send("limiting-access", &[("member_type", "student")]).await.assert_status(303);
        wizard.send("privileges", &[("more", "yes")]).await.assert_status(303);
        wizard.page("tasks").await.assert_has("needs a user without limits");
        wizard.tasks(&[("use.import_names", "on")]).await.assert_status(422).assert_has("works on everybody at once");
        wizard.tasks(&[MODIFY]).await.assert_status(200).assert_reads("Limiting access: Member type: student, before no limits");
        assert_eq!(world.number("SELECT count(*) AS value FROM users WHERE user_key = 'clerk' AND is_limited"), 1);
    }

    async fn a_grant_for_one_integration_is_never_read_as_one_for_all(world) {
        let security = world.signed_in("security").await;
        let grant = |kind: &str| format!("INSERT INTO grants (user_id, school_id, integration_id, task, kind, granted_by, granted_at) \
            SELECT u.id, u.school_id, i.id, 'view_integration_ids', '{kind}', 'a test', u.created_at FROM users u, integrations i WHERE u.user_key = 'clerk' AND i.code = 'canvas'");
        world.change(&grant("may_grant"));
        let wizard = Wizard::begin(&security, "clerk").await;
        wizard.to_the_tasks("Mina Castellanos", "clerk").await;
        wizard.tasks(&[]).await.assert_has("Nothing was changed");
        // Somebody else grants one meanwhile, and the integration is switched off.
        let wizard = Wizard::begin(&security, "clerk").await;
        wizard.to_the_tasks("Mina Castellanos", "clerk").await;
        world.change(&grant("use"));
        world.change("UPDATE users SET lock_version = lock_version + 1 WHERE user_key = 'clerk'");
        world.change("UPDATE school_integrations SET stage = 'off' WHERE school_id = 1");
        let told = wizard.tasks(&[]).await;
        told.assert_status(409).assert_has("value=\"canvas\" checked");
    }
}
