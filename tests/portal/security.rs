//! User Security: the list, the wizard and every rule about who may change whom.
//! Leaves limits to `limits`, what a lacking Task reads to `unauthorized`.

use chrono::Duration;

use crate::on_both;
use crate::support::{Answer, Visitor, World};

const WORDS: &str = "Do you wish to add additional privileges (Ex. overrides) to this user&#39;s access?";

/// One draft of the wizard, as a browser walks it.
struct Wizard<'a> {
    by: &'a Visitor,
    place: String,
}

impl<'a> Wizard<'a> {
    async fn begin(by: &'a Visitor, user: &str) -> Wizard<'a> {
        let begun = by.post("/security/wizard", &[("user", user)]).await;
        let place = begun.location().unwrap_or_else(|| panic!("{}: {}", begun.status, begun.body));
        let place = place.rsplit_once('/').expect("a step").0.to_owned();
        Wizard { by, place }
    }

    fn at(&self, step: &str) -> String {
        format!("{}/{step}", self.place)
    }

    async fn page(&self, step: &str) -> Answer {
        self.by.get(&self.at(step)).await
    }

    /// Sends a step with the turn of its page.
    async fn send(&self, step: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.page(step).await;
        page.assert_status(200);
        let turn = page.hidden("turn");
        let gives = if page.has("name=\"gives\"") { page.hidden("gives") } else { String::new() };
        let mut all = vec![("gives", gives.as_str())];
        all.extend_from_slice(fields);
        self.send_turn(step, &turn, &all).await
    }

    async fn send_turn(&self, step: &str, turn: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("turn", turn)];
        all.extend_from_slice(fields);
        self.by.post(&self.at(step), &all).await
    }

    /// The steps before the question, as they are.
    async fn to_the_question(&self, name: &str, profile: &str) {
        self.send("user-id", &[("name", name), ("email", ""), ("profile", profile)]).await.assert_status(303);
        self.send("search-options", &[]).await.assert_status(303);
        self.send("limiting-access", &[]).await.assert_status(303);
    }

    async fn to_the_tasks(&self, name: &str, profile: &str) {
        self.to_the_question(name, profile).await;
        self.send("privileges", &[("more", "yes")]).await.assert_status(303);
    }

    async fn tasks(&self, fields: &[(&str, &str)]) -> Answer {
        let answer = self.send("tasks", fields).await;
        match answer.location() {
            Some(next) => self.by.get(&next).await,
            None => answer,
        }
    }
}

/// Amara's page: what the field **Integration ID** reads.
async fn field(world: &World, visitor: &Visitor) -> &'static str {
    let person = world.students_with_id("NFC", "canvas").remove(0);
    let page = visitor.get(&format!("/people/{person}")).await;
    if page.has("Unauthorized") { "Unauthorized" } else { "View" }
}

fn grants(world: &World, user: &str) -> i64 {
    world.number(&format!(
        "SELECT count(*) AS value FROM grants WHERE revoked_at IS NULL AND kind = 'use' AND user_id = (SELECT id FROM users WHERE user_key = '{user}')"
    ))
}

const MODIFY: (&str, &str) = ("use.modify_integration_ids", "on");

on_both! {
    async fn a_grant_turns_unauthorized_to_view_at_the_next_click_and_is_told_in_words(world) {
        let (security, clerk) = (world.signed_in("security").await, world.signed_in("clerk").await);
        assert_eq!(field(&world, &clerk).await, "Unauthorized");
        let list = security.get("/security").await;
        list.assert_has("clerk").assert_has("registrar").assert_lacks("registrar2");
        let wizard = Wizard::begin(&security, "clerk").await;
        wizard.to_the_question("Nadia Petrova", "clerk").await;
        wizard.page("privileges").await.assert_has(WORDS);
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
        // What is saved is only told again.
        let replayed = wizard.send_turn("tasks", &turn, &[("use.edit_people", "on")]).await;
        assert!(replayed.location().is_some_and(|l| l.ends_with("/done")), "{}", replayed.status);
        assert_eq!(grants(&world, "clerk"), 1);
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

    async fn nobody_grants_to_themselves_by_any_way(world) {
        let security = world.signed_in("security").await;
        let before = world.snapshot();
        security.post("/security/wizard", &[("user", "security")]).await.assert_status(422).assert_has("Nobody changes their own");
        security.post("/security/users/security/disable", &[]).await.assert_status(422).assert_has("Nobody changes their own");
        security.get("/security/users/security").await.assert_has("This is you").assert_lacks("Disable</button>");
        world.assert_unchanged_since(&before);
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
        wizard.send("privileges", &[("more", "yes")]).await.assert_status(303);
        wizard.tasks(&[("use.view_integration_ids", "on")]).await.assert_reads("Granted: View integration IDs");
        security.get("/security").await.assert_has("Choose support").assert_reads("Support");
        support.post("/school", &[("to", "NFC")]).await.assert_status(303);
        support.get(&format!("/people/{person}/integration-ids")).await.assert_status(200);
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

    async fn what_belongs_to_no_school_is_read_by_support_alone(world) {
        let (security, support) = (world.signed_in("security").await, world.signed_in("support").await);
        let made = [
            ("code", "moodle"), ("name", "Moodle"), ("vendor", "Moodle"), ("purpose", "Courses."), ("example", "M-1"), ("fits", "any"),
            ("pattern", ""), ("min_length", "1"), ("max_length", "20"), ("case_rule", "exact"), ("many", "one"),
        ];
        support.post("/support/integrations/new", &made).await.assert_status(303);
        world.let_audit("security");
        security.get("/support/audit").await.assert_status(403);
        security.get("/audit").await.assert_status(200).assert_lacks("Tomas Berg");
        let page = support.get("/support/audit?rows=25").await;
        page.assert_status(200).assert_has("Tomas Berg").assert_reads("moodle").assert_has("signed in").assert_has("/support/audit?rows=50").assert_lacks("Rosa Okafor").assert_lacks("Person, by SONIS ID");
        support.get("/support/audit?action=signed_in&actor=nobody+at+all").await.assert_status(200).assert_has("Nothing found");
        support.get("/audit").await.assert_status(404);
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
