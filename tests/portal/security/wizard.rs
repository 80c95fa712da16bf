//! The wizard of User Security: its steps in their order, what they refuse, and the user that it makes.
//! Leaves which Tasks may be given to `grants`, and by whom to `administrators`.

use chrono::Duration;

use super::{MODIFY, Wizard, field, grants};
use crate::on_both;

on_both! {
    async fn edit_without_a_user_chosen_says_so_and_begins_nothing(world) {
        let security = world.signed_in("security").await;
        let answer = security.post("/security/wizard", &[("edit", "chosen")]).await;
        answer.assert_status(422).assert_has("Choose a User ID from the list");
        assert_eq!(world.count("wizard_drafts"), 0);
        assert!(security.post("/security/wizard", &[]).await.location().is_some());
    }

    async fn no_leaves_the_tasks_as_they_are_and_saves_the_rest(world) {
        let security = world.signed_in("security").await;
        let before = grants(&world, "viewer");
        let wizard = Wizard::begin(&security, "viewer").await;
        wizard.to_the_question("Daniel L.", "viewer").await;
        let answer = wizard.send("privileges", &[("more", "no")]).await;
        let done = security.get(&answer.location().expect("the last page")).await;
        done.assert_reads("Name: Daniel L., before Daniel Lindqvist").assert_lacks("Granted");
        assert_eq!(grants(&world, "viewer"), before);
    }

    async fn a_new_user_gets_the_tasks_of_the_profile_and_has_to_change_the_password(world) {
        let security = world.signed_in("security").await;
        let wizard = Wizard::begin(&security, "").await;
        let wrong = wizard.send("user-id", &[("user_id", "two words"), ("name", ""), ("email", "nobody"), ("profile", "support"), ("password", "")]).await;
        wrong.assert_status(422).assert_has("two words").assert_has("not a User ID").assert_has("Type the name")
            .assert_has("not an e-mail address").assert_has("Choose a profile").assert_has("Type a temporary password");
        let summary = wrong.all_between("<li><a href=\"#", "\"");
        assert_eq!(summary, ["user_id", "name", "email", "password", "profile"]);
        // A User ID that is taken is found last, and told first.
        let taken = wizard.send("user-id", &[("user_id", "Clerk"), ("name", "Another"), ("email", "nobody"), ("profile", "viewer"), ("password", "")]).await;
        assert_eq!(taken.all_between("<li><a href=\"#", "\""), ["user_id", "email", "password"]);
        let fields = [("user_id", "new.one"), ("name", "New One"), ("email", "new@school.example"), ("profile", "viewer"), ("password", "velvet-tractor-omelette")];
        wizard.send("user-id", &fields).await.assert_status(303);
        wizard.page("user-id").await.assert_lacks("velvet").assert_has("new@school.example");
        assert_eq!(world.number("SELECT count(*) AS value FROM wizard_drafts WHERE content LIKE '%velvet%'"), 0);
        wizard.send("search-options", &[("member", "student"), ("rows", "100")]).await.assert_status(303);
        wizard.send("limiting-access", &[]).await.assert_status(303);
        let answer = wizard.send("privileges", &[("more", "no")]).await;
        let done = security.get(&answer.location().expect("the last page")).await;
        done.assert_reads("User new.one is added").assert_reads("Granted: View integration IDs");
        let newcomer = world.anonymous();
        let signed_in = newcomer.submit("/sign-in", &[("user_id", "new.one"), ("password", "velvet-tractor-omelette")]).await;
        assert!(newcomer.get("/people").await.location().is_some_and(|l| l == "/account/password"), "{}", signed_in.body);
        let changed = [("old", "velvet-tractor-omelette"), ("new", "walnut-harbour-quilting"), ("again", "walnut-harbour-quilting")];
        newcomer.post("/account/password", &changed).await.assert_status(303);
        assert_eq!(newcomer.get("/").await.location().as_deref(), Some("/people?member=student&rows=100"));
        assert_eq!(field(&world, &newcomer).await, "View");
        // The same User ID again, in other letters.
        let again = Wizard::begin(&security, "").await;
        let fields = [("user_id", "NEW.One"), ("name", "Another"), ("profile", "clerk"), ("password", "velvet-tractor-omelette")];
        again.send("user-id", &fields).await.assert_status(422).assert_has("There is a user NEW.One already");
    }

    async fn back_keeps_what_was_answered_right_or_wrong(world) {
        let security = world.signed_in("security").await;
        let wizard = Wizard::begin(&security, "clerk").await;
        wizard.to_the_tasks("Nadia", "clerk").await;
        let back = wizard.send("tasks", &[MODIFY, ("ends.use.modify_integration_ids", "soon"), ("go", "back")]).await;
        assert!(back.location().is_some_and(|l| l.ends_with("/privileges")));
        wizard.send("privileges", &[("more", "yes")]).await.assert_status(303);
        wizard.page("tasks").await.assert_has("value=\"soon\"");
        wizard.send("tasks", &[MODIFY, ("ends.use.modify_integration_ids", "soon")]).await.assert_status(422).assert_has("soon is not a date");
        wizard.send("tasks", &[MODIFY, ("ends.use.modify_integration_ids", "2020-01-31")]).await.assert_status(422).assert_has("ends before today");
        assert_eq!(grants(&world, "clerk"), 0);
    }

    async fn no_step_is_skipped_and_none_is_taken_twice(world) {
        let security = world.signed_in("security").await;
        let wizard = Wizard::begin(&security, "clerk").await;
        // Skipped: by address and by form.
        assert!(wizard.page("tasks").await.location().is_some_and(|l| l.ends_with("/user-id")));
        wizard.send_turn("tasks", "1", &[MODIFY]).await.assert_status(409);
        assert_eq!(wizard.page("nowhere").await.status, 404);
        // Replayed, and two tabs: the first that is sent counts.
        let turn = wizard.page("user-id").await.hidden("turn");
        let name = [("name", "Nadia"), ("email", ""), ("profile", "clerk")];
        wizard.send_turn("user-id", &turn, &name).await.assert_status(303);
        wizard.send_turn("user-id", &turn, &[("name", "Mallory"), ("email", ""), ("profile", "clerk")]).await.assert_status(409).assert_has("already sent");
        wizard.page("user-id").await.assert_lacks("Mallory");
        for step in ["search-options", "limiting-access"] {
            wizard.send(step, &[]).await.assert_status(303);
        }
        wizard.send("privileges", &[("more", "yes")]).await.assert_status(303);
        let turn = wizard.page("tasks").await.hidden("turn");
        let (a, b) = tokio::join!(wizard.send_turn("tasks", &turn, &[MODIFY]), wizard.send_turn("tasks", &turn, &[MODIFY]));
        assert!(a.status == 303 || b.status == 303, "{} {}", a.status, b.status);
        assert_eq!(grants(&world, "clerk"), 1);
        // What is saved is only told again; whatever else is sent of it is not taken, and that is said.
        let again = wizard.send_turn("tasks", &turn, &[MODIFY]).await;
        assert!(again.location().is_some_and(|l| l.ends_with("/done")), "{}", again.status);
        let other = wizard.send_turn("tasks", &turn, &[("use.edit_people", "on")]).await;
        other.assert_status(409).assert_has("Nothing of what was sent now was taken");
        assert_eq!(grants(&world, "clerk"), 1);
    }

    async fn a_task_that_was_offered_and_may_not_be_granted_any_more_is_refused_when_it_is_unticked(world) {
        let security = world.signed_in("security").await;
        let wizard = Wizard::begin(&security, "registrar").await;
        wizard.to_the_tasks("Rosa", "registrar").await;
        let page = wizard.page("tasks").await;
        page.assert_has("name=\"ends.use.edit_people\"");
        world.change("UPDATE grants SET revoked_at = granted_at WHERE task = 'edit_people' AND kind = 'may_grant' AND user_id = (SELECT id FROM users WHERE user_id = 'security')");
        let sent = wizard.send("tasks", &[MODIFY, ("ends.use.modify_integration_ids", ""), ("ends.use.edit_people", "")]).await;
        sent.assert_status(422).assert_has("You may not grant Edit people. It stays as it is");
        assert_eq!(world.number("SELECT count(*) AS value FROM grants WHERE task = 'edit_people' AND kind = 'use' AND revoked_at IS NULL AND user_id = (SELECT id FROM users WHERE user_id = 'registrar')"), 1);
    }

    async fn what_was_chosen_is_told_in_the_words_of_the_page_with_a_reference_that_the_audit_shows(world) {
        let security = world.signed_in("security").await;
        let wizard = Wizard::begin(&security, "viewer").await;
        wizard.send("user-id", &[("name", "Daniel"), ("email", ""), ("profile", "viewer")]).await.assert_status(303);
        wizard.send("search-options", &[("member", "staff"), ("sort", "sonis_id"), ("rows", "50")]).await.assert_status(303);
        wizard.send("limiting-access", &[]).await.assert_status(303);
        wizard.send("privileges", &[("more", "no")]).await.assert_status(303);
        let done = wizard.page("done").await;
        done.assert_has("Search options: Member type Staff, Sorted by SONIS ID, Rows on a page 50");
        let reference = done.all_between("Reference <span class=\"cw-id\">", "<").remove(0);
        world.let_audit("registrar");
        world.signed_in("registrar").await.get("/audit?action=user_changed").await.assert_has(&reference);
    }

    async fn a_draft_left_for_an_hour_ends_with_a_page_that_says_so(world) {
        let security = world.signed_in("security").await;
        let wizard = Wizard::begin(&security, "clerk").await;
        let turn = wizard.page("user-id").await.hidden("turn");
        let hour = world.clock.now() - Duration::minutes(61);
        assert_eq!(world.change(&format!("UPDATE wizard_drafts SET touched_at = '{}'", hour.format("%Y-%m-%d %H:%M:%S"))), 1);
        wizard.page("user-id").await.assert_status(410).assert_has("This draft has ended");
        wizard.send_turn("user-id", &turn, &[("name", "Late"), ("profile", "clerk")]).await.assert_status(410);
    }

    async fn the_list_starts_with_the_columns_that_were_chosen(world) {
        let (security, viewer) = (world.signed_in("security").await, world.signed_in("viewer").await);
        viewer.get("/people").await.assert_has(">E-mail</th>").assert_has(">Campus</th>").assert_lacks(">Phone</th>");
        let wizard = Wizard::begin(&security, "viewer").await;
        wizard.send("user-id", &[("name", "Daniel"), ("profile", "viewer")]).await.assert_status(303);
        wizard.send("search-options", &[("columns", "sideways")]).await.assert_status(422).assert_has("Choose columns from the list");
        wizard.send("search-options", &[("columns", "contact")]).await.assert_status(303);
        wizard.send("limiting-access", &[]).await.assert_status(303);
        wizard.send("privileges", &[("more", "no")]).await.assert_status(303);
        let place = viewer.get("/").await.location().expect("the list");
        assert_eq!(place, "/people?columns=contact");
        viewer.get(&place).await.assert_has(">E-mail</th>").assert_has(">Phone</th>").assert_lacks(">Campus</th>").assert_has("columns=contact");
    }

    async fn odd_names_days_and_addresses_are_refused_in_words(world) {
        let security = world.signed_in("security").await;
        let wizard = Wizard::begin(&security, "").await;
        for name in ["operator (root)", "somebody not signed in", "Rosa\u{200b}"] {
            let fields = [("user_id", "odd"), ("name", name), ("profile", "clerk"), ("password", "velvet-tractor-omelette")];
            wizard.send("user-id", &fields).await.assert_status(422);
        }
        for user_id in ["..", "compare", "--"] {
            let fields = [("user_id", user_id), ("name", "Odd"), ("profile", "clerk"), ("password", "velvet-tractor-omelette")];
            wizard.send("user-id", &fields).await.assert_status(422).assert_has("is not a User ID");
        }
        // A password is weighed against the User ID that it is for.
        let with = |user_id: &'static str, password: &'static str| [("user_id", user_id), ("name", "Odd"), ("profile", "clerk"), ("password", password)];
        wizard.send("user-id", &with("bob", "jonathan-westerfield")).await.assert_status(303);
        wizard.send("user-id", &with("jonathan-westerfield", "")).await.assert_status(422).assert_has("Type a temporary password");
        wizard.send("user-id", &with("jonathan-westerfield", "")).await.assert_status(422).assert_has("Type a temporary password");
        security.get("/security/wizard/x%00/user-id").await.assert_status(404);
        let tasks = Wizard::begin(&security, "clerk").await;
        tasks.to_the_tasks("Mina", "clerk").await;
        tasks.tasks(&[MODIFY, ("ends.use.modify_integration_ids", "9999-12-31")]).await.assert_status(422).assert_has("before the year 3000");
        let place = format!("/security/profiles/{}", world.add_profile("NFC"));
        security.post(&place, &[("name", "Front"), ("version", "2147483647")]).await.assert_status(422);
    }
}
