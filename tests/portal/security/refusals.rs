//! What was tried on a user and refused is in the audit, with the user that was meant, and in no line of the log.
//! Leaves what the audit says of other refusals to `audit`.

use super::Wizard;
use crate::on_both;
use crate::support::World;

fn told(world: &World) -> Vec<String> {
    world.settle();
    world.activity_texts(
        "SELECT actor_name || ': ' || subject AS value FROM activity_entries WHERE action = 'refused' ORDER BY id",
    )
}

on_both! {
    async fn a_refused_attempt_names_the_user_that_was_meant(world) {
        world.copy_user("clerk", "plain.admin");
        world.let_use("plain.admin", "administer_security");
        let plain = world.signed_in("plain.admin").await;
        plain.post("/security/wizard", &[("user", "plain.admin")]).await.assert_status(422);
        plain.post("/security/users/security/disable", &[]).await.assert_status(422);
        plain.post("/security/users/security/password", &[("password", "velvet-tractor-omelette")]).await.assert_status(422);
        let by = "Copy plain.admin: ";
        let holds = "which you may not grant. Somebody who may grant it has to do this.";
        let all = told(&world);
        assert_eq!(all.len(), 3, "{all:?}");
        assert_eq!(all[0], format!("{by}to change plain.admin: Nobody changes their own Tasks or limits. Another security administrator can."));
        for (line, deed) in all[1..].iter().zip(["to disable security: security holds ", "to set a temporary password of security: security holds "]) {
            assert!(line.starts_with(&format!("{by}{deed}")) && line.ends_with(holds), "{line}");
        }
        // A password that is too weak is only typed again.
        plain.post("/security/users/clerk/password", &[("password", "short")]).await.assert_status(422);
        assert_eq!(told(&world).len(), 3);
    }

    async fn a_forged_form_of_the_wizard_is_on_record_with_what_it_asked_for(world) {
        let security = world.signed_in("security").await;
        world.change("UPDATE grants SET revoked_at = granted_at WHERE kind = 'may_grant' AND task = 'view_audit'");
        let wizard = Wizard::begin(&security, "clerk").await;
        wizard.to_the_tasks("Mina Castellanos", "clerk").await;
        wizard.tasks(&[("use.view_audit", "on"), ("may_grant.view_audit", "on")]).await.assert_status(422);
        assert_eq!(told(&world), ["Ines Haddad: to change clerk: may not grant View audit, the right to grant View audit"]);
        // A date that cannot be read is no attempt.
        wizard.tasks(&[("use.edit_people", "on"), ("ends.use.edit_people", "soon")]).await.assert_status(422);
        assert_eq!(told(&world).len(), 1);
        world.let_audit("security");
        security.get("/audit?action=refused").await.assert_has("to change clerk: may not grant View audit");
    }

    async fn somebody_without_the_task_is_on_record_with_a_user_of_the_school_alone(world) {
        let clerk = world.signed_in("clerk").await;
        for user in ["Registrar", "registrar2", "nobody.at.all"] {
            clerk.post(&format!("/security/users/{user}/disable"), &[]).await.assert_status(403);
        }
        let mut all = told(&world);
        for _ in 0..100 {
            if all.len() == 3 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            all = told(&world);
        }
        all.sort();
        let line = "Mina Castellanos: /security/users/{user}/disable needs Administer user security";
        assert_eq!(all, [line.to_owned(), line.to_owned(), format!("{line}, for registrar")]);
    }
}
