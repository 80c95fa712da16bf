//! Profiles of a school's own: the Tasks that they give to new users, two editors, and a change in the midst of a draft.

use super::{Wizard, grants};
use crate::on_both;

on_both! {
    async fn a_profile_of_the_schools_own_gives_its_tasks_to_new_users_alone(world) {
        let security = world.signed_in("security").await;
        security.post("/security/profiles/new", &[("name", " ")]).await.assert_status(422).assert_has("Type a name for the profile");
        security.post("/security/profiles/new", &[("name", "registrar"), ("task", "edit_people")]).await.assert_status(422).assert_has("There is a profile registrar already");
        let made = security.submit("/security/profiles/new", &[("name", "Front office"), ("task", "view_integration_ids"), ("task", "set_stages")]).await;
        made.assert_reads("The profile Front office is saved");
        let id = world.number("SELECT id AS value FROM own_profiles WHERE name = 'Front office'");
        let add = async |user_id: &str, profile: &str| {
            let wizard = Wizard::begin(&security, "").await;
            wizard.page("user-id").await.assert_has("Front office</option>");
            let fields = [("user_id", user_id), ("name", "Somebody"), ("profile", profile), ("password", "velvet-tractor-omelette")];
            wizard.send("user-id", &fields).await.assert_status(303);
            for step in ["search-options", "limiting-access"] {
                wizard.send(step, &[]).await.assert_status(303);
            }
            wizard.send("privileges", &[("more", "no")]).await.assert_status(303);
        };
        add("front.one", &format!("own.{id}")).await;
        assert_eq!(grants(&world, "front.one"), 1, "Support's own Task is not the school's to give");
        // Two editors: the second is told. Then it gives another Task, to new users alone.
        let place = format!("/security/profiles/{id}");
        let version = security.get(&place).await.hidden("version");
        let change = [("version", version.as_str()), ("name", "Front office"), ("task", "view_integration_ids"), ("task", "edit_people")];
        security.post(&place, &change).await.assert_status(303);
        security.post(&place, &change).await.assert_status(422).assert_has("Somebody else changed this profile meanwhile");
        add("front.two", &format!("own.{id}")).await;
        assert_eq!((grants(&world, "front.one"), grants(&world, "front.two")), (1, 2));
        security.get("/security").await.assert_has("Front office");
        security.post(&format!("{place}/retire"), &[]).await.assert_status(303);
        Wizard::begin(&security, "").await.page("user-id").await.assert_lacks("Front office");
        // Who has it keeps it through the wizard.
        let wizard = Wizard::begin(&security, "front.one").await;
        wizard.to_the_question("Somebody Else", &format!("own.{id}")).await;
        wizard.send("privileges", &[("more", "no")]).await.assert_status(303);
        security.get("/security/users/front.one").await.assert_has("Profile: Front office").assert_has("Somebody Else");
    }

    async fn a_profile_that_changes_before_no_is_pressed_is_shown_again(world) {
        let security = world.signed_in("security").await;
        let id = world.add_profile("NFC");
        let wizard = Wizard::begin(&security, "").await;
        let profile = format!("own.{id}");
        let fields = [("user_id", "front.one"), ("name", "Front One"), ("profile", profile.as_str()), ("password", "velvet-tractor-omelette")];
        wizard.send("user-id", &fields).await.assert_status(303);
        for step in ["search-options", "limiting-access"] {
            wizard.send(step, &[]).await.assert_status(303);
        }
        let page = wizard.page("privileges").await;
        page.assert_reads("the profile Front desk: View integration IDs.");
        world.change("UPDATE own_profiles SET tasks = '[\"view_audit\",\"administer_security\"]'");
        let gives = page.hidden("gives");
        let sent = [("more", "no"), ("gives", gives.as_str())];
        wizard.send_turn("privileges", &page.hidden("turn"), &sent).await.assert_status(422).assert_has("The profile was changed meanwhile");
        assert_eq!(world.number("SELECT count(*) AS value FROM users WHERE user_key = 'front.one'"), 0);
    }

    async fn the_question_says_what_no_gives_to_use_and_to_grant(world) {
        let security = world.signed_in("security").await;
        for (profile, gives) in [
            ("viewer", "the profile Viewer: View integration IDs."),
            ("clerk", "the profile Clerk: no Task."),
            ("security", "the profile Security administrator: Administer user security, and may grant every Task."),
        ] {
            let wizard = Wizard::begin(&security, "").await;
            let fields = [("user_id", "new.one"), ("name", "New One"), ("profile", profile), ("password", "velvet-tractor-omelette")];
            wizard.send("user-id", &fields).await.assert_status(303);
            for step in ["search-options", "limiting-access"] {
                wizard.send(step, &[]).await.assert_status(303);
            }
            wizard.page("privileges").await.assert_reads(gives);
        }
    }

    async fn two_who_make_a_profile_of_one_name_at_once_make_one(world) {
        world.copy_user("security", "second.admin");
        let (one, two) = (world.signed_in("security").await, world.signed_in("second.admin").await);
        let form = [("name", "Front office")];
        let (a, b) = tokio::join!(one.post("/security/profiles/new", &form), two.post("/security/profiles/new", &form));
        let mut both = [a.status.as_u16(), b.status.as_u16()];
        both.sort_unstable();
        assert_eq!((both, world.count("own_profiles")), ([303, 422], 1));
    }
}
