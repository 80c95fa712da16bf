//! Users who belong elsewhere, Support's among them: only their Tasks at this school can be changed.
//! Leaves choosing the school to `switching`.

use super::Wizard;
use crate::on_both;

on_both! {
    async fn of_a_user_of_support_only_the_tasks_at_this_school_are_changed(world) {
        let security = world.signed_in("security").await;
        security.get("/security/users/support").await.assert_status(404);
        world.change("INSERT INTO grants (user_id, school_id, task, kind, granted_by, granted_at) SELECT id, 1, 'view_integration_ids', 'use', 'a test', created_at FROM users WHERE user_key = 'support'");
        security.get("/security/users/support").await.assert_status(200).assert_lacks("Disable</button>");
        security.post("/security/users/support/disable", &[]).await.assert_status(422).assert_has("belongs to another school");
        security.post("/security/users/support/end-sessions", &[]).await.assert_status(422);
        let wizard = Wizard::begin(&security, "support").await;
        assert!(wizard.page("user-id").await.location().is_some_and(|l| l.ends_with("/privileges")));
        wizard.send("privileges", &[("more", "yes")]).await.assert_status(303);
        wizard.tasks(&[]).await.assert_reads("Taken away: View integration IDs");
        // Without a Task here they are not there.
        security.get("/security/users/support").await.assert_status(404);
    }

    async fn somebody_of_support_gets_a_task_here_and_then_has_the_school_to_choose(world) {
        let (security, support) = (world.signed_in("security").await, world.signed_in("support").await);
        let person = world.students_with_id("NFC", "canvas").remove(0);
        support.get(&format!("/people/{person}")).await.assert_status(404);
        security.post("/security/wizard", &[("elsewhere", "nobody.at.all")]).await.assert_status(422).assert_has("There is no user nobody.at.all");
        world.let_audit("security");
        security.get("/audit?action=user_looked_up").await.assert_has("to give them a Task at this school").assert_lacks("nobody.at.all");
        let begun = security.post("/security/wizard", &[("elsewhere", "Support")]).await;
        let place = begun.location().expect("a draft").rsplit_once('/').expect("a step").0.to_owned();
        let wizard = Wizard { by: &security, place };
        // Nothing was asked before, so nothing can be saved or gone back to.
        let page = wizard.page("privileges").await;
        page.assert_reads("Nothing is changed: the user keeps the Tasks already granted at this school (0).");
        page.assert_lacks("pages before").assert_lacks(">Back</button>").assert_has("href=\"/security\">Cancel</a>");
        wizard.send("privileges", &[("more", "yes")]).await.assert_status(303);
        wizard.tasks(&[("use.view_integration_ids", "on")]).await.assert_reads("Granted: View integration IDs");
        security.get("/security").await.assert_has("Choose support").assert_reads("Support");
        support.post("/school", &[("to", "NFC")]).await.assert_status(303);
        support.get(&format!("/people/{person}/integration-ids")).await.assert_status(200);
    }

    async fn a_task_for_a_guest_changes_nothing_else_about_them(world) {
        let security = world.signed_in("security").await;
        let id = world.add_profile("HAR");
        world.change(&format!("UPDATE users SET profile = 'own', own_profile_id = {id} WHERE user_key = 'registrar2'"));
        let begun = security.post("/security/wizard", &[("elsewhere", "registrar2")]).await;
        let place = begun.location().expect("a draft").rsplit_once('/').expect("a step").0.to_owned();
        let wizard = Wizard { by: &security, place };
        wizard.send("privileges", &[("more", "yes")]).await.assert_status(303);
        wizard.tasks(&[("use.view_integration_ids", "on")]).await.assert_reads("Granted: View integration IDs");
        assert_eq!(world.number("SELECT own_profile_id AS value FROM users WHERE user_key = 'registrar2'"), id);
    }
}
