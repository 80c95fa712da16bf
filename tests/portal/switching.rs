//! Users of several schools: the current one is chosen in the header, and everything else follows from it.
//! Leaves what a grant allows inside a school to `unauthorized` and `routes`.

use crate::on_both;
use crate::support::desk::PASSWORD;
use crate::support::rows::change;
use crate::support::{Visitor, World};

/// Lets a user use a Task at a school, perhaps until a moment from now.
pub fn grant(world: &World, user_id: &str, school: &str, task: &str, hours: Option<i64>) {
    let ends = match hours {
        None => "NULL".to_owned(),
        Some(hours) => {
            format!("'{}'", (world.clock.now() + chrono::Duration::hours(hours)).format("%Y-%m-%d %H:%M:%S"))
        }
    };
    let done = world.change(&format!(
        "INSERT INTO grants (user_id, school_id, task, kind, granted_by, granted_at, ends_at) \
         SELECT u.id, s.id, '{task}', 'use', 'Ines Haddad', u.created_at, {ends} FROM users u, schools s \
         WHERE u.user_key = '{user_id}' AND s.code = '{school}'"
    ));
    assert_eq!(done, 1, "{user_id} at {school}");
}

fn revoke(world: &World, user_id: &str, school: &str) {
    let done = world.change(&format!(
        "UPDATE grants SET revoked_at = granted_at WHERE user_id = (SELECT id FROM users WHERE user_key = '{user_id}') \
         AND school_id = (SELECT id FROM schools WHERE code = '{school}')"
    ));
    assert!(done > 0, "{user_id} at {school}");
}

async fn switch(visitor: &Visitor, to: &str) {
    visitor.post("/school", &[("to", to)]).await.assert_status(303);
}

/// Somebody of the school.
fn student(world: &World, school: &str) -> String {
    world.students_with_id(school, "canvas").remove(0)
}

on_both! {
    async fn with_one_school_there_is_its_name_and_nothing_to_choose(world) {
        let clerk = world.signed_in("clerk").await;
        let page = clerk.get("/people").await;
        page.assert_has("<span class=\"cw-place\">Northfield College</span>").assert_lacks("name=\"to\"");
        for to in ["HAR", "NFC", "XXX"] {
            clerk.post("/school", &[("to", to)]).await.assert_status(404);
        }
        clerk.get("/people").await.assert_has("Northfield College</span>");
    }

    async fn the_chosen_school_is_the_one_that_every_page_is_of(world) {
        grant(&world, "registrar", "HAR", "view_integration_ids", None);
        let mut registrar = world.signed_in("registrar").await;
        let (ours, theirs) = (format!("/people/{}", student(&world, "NFC")), format!("/people/{}", student(&world, "HAR")));
        let page = registrar.get("/people").await;
        page.assert_has("<option value=\"NFC\" selected>Northfield College</option>").assert_has("<option value=\"HAR\">Harbor Academy</option>");
        page.assert_has("<label for=\"cw-school\">School</label>").assert_lacks("No school");
        registrar.get(&theirs).await.assert_status(404);
        let page = registrar.submit("/school", &[("to", "HAR")]).await;
        assert_eq!(page.location().as_deref(), Some("/people"));
        registrar.school = "HAR".into();
        let page = registrar.get("/people").await;
        page.assert_status(200).assert_has("– Harbor Academy – Crosswalk</title>").assert_has("<option value=\"HAR\" selected>");
        // The Tasks are those of the new school alone.
        registrar.get(&theirs).await.assert_status(200).assert_has(">View</a>").assert_lacks("/edit\"");
        registrar.get(&format!("{theirs}/integration-ids")).await.assert_status(200).assert_lacks("name=\"delete\"");
        registrar.get(&format!("{theirs}/edit")).await.assert_status(403);
        let (a, b) = (registrar.get(&ours).await, registrar.get("/people/NC9999999").await);
        a.assert_status(404);
        assert_eq!(a.without(&[&ours]), b.without(&["/people/NC9999999"]));
        // Home again, by the empty choice as well.
        switch(&registrar, "").await;
        registrar.get(&ours).await.assert_status(200);
        registrar.get(&theirs).await.assert_status(404);
        world.settle();
        let told = world.activity_texts("SELECT subject AS value FROM activity_entries WHERE action = 'school_switched' ORDER BY id");
        assert_eq!(told, ["Harbor Academy, from Northfield College", "Northfield College, from Harbor Academy"]);
    }

    async fn the_choice_is_of_one_session_and_is_asked_anew_after_signing_in(world) {
        grant(&world, "viewer", "HAR", "view_integration_ids", None);
        let (viewer, elsewhere) = (world.signed_in("viewer").await, world.signed_in("viewer").await);
        switch(&viewer, "HAR").await;
        let theirs = format!("/people/{}", student(&world, "HAR"));
        viewer.get(&theirs).await.assert_status(200);
        elsewhere.get(&theirs).await.assert_status(404);
        viewer.post("/sign-in", &[("user_id", "viewer"), ("password", crosswalk::demo::DEMO_PASSWORD)]).await.assert_status(303);
        viewer.get(&theirs).await.assert_status(404);
    }

    async fn a_form_of_the_other_tabs_school_is_refused_and_nothing_is_written(world) {
        grant(&world, "registrar", "HAR", "modify_integration_ids", None);
        let registrar = world.signed_in("registrar").await;
        let free = world.students_without_ids("NFC").remove(0);
        let add = format!("/people/{free}/integration-ids/add");
        let form = [("integration", "canvas"), ("value", "two-tabs-1")];
        registrar.get(&format!("/people/{free}/integration-ids")).await.assert_status(200);
        switch(&registrar, "HAR").await;
        let before = world.snapshot();
        let answer = registrar.post(&add, &form).await;
        answer.assert_status(409).assert_has("Another school").assert_has("NFC").assert_has("Harbor Academy");
        // The way back stands on the same page.
        answer.assert_has("<option value=\"NFC\">Northfield College</option>");
        world.assert_unchanged_since(&before);
        // Even with the code of the new school the old one's person is not there.
        let mut sly = registrar.clone();
        sly.school = "HAR".into();
        sly.post(&add, &form).await.assert_status(404);
        world.assert_unchanged_since(&before);
        switch(&registrar, "NFC").await;
        registrar.submit(&add, &form).await.assert_status(200).assert_has("two-tabs-1");
    }

    async fn a_grant_that_ends_or_is_revoked_takes_its_school_away_at_the_next_request(world) {
        grant(&world, "clerk", "HAR", "view_integration_ids", Some(1));
        grant(&world, "viewer", "HAR", "edit_people", None);
        let (clerk, viewer) = (world.signed_in("clerk").await, world.signed_in("viewer").await);
        let theirs = format!("/people/{}", student(&world, "HAR"));
        for visitor in [&clerk, &viewer] {
            switch(visitor, "HAR").await;
            visitor.get(&theirs).await.assert_status(200);
        }
        revoke(&world, "viewer", "HAR");
        viewer.get(&theirs).await.assert_status(404).assert_has("Northfield College</span>").assert_lacks("name=\"to\"");
        viewer.get("/people").await.assert_status(200).assert_has("– Northfield College – Crosswalk");
        viewer.post("/school", &[("to", "HAR")]).await.assert_status(404);
        // A session lasts half an hour without a request.
        for _ in 0..4 {
            clerk.get(&theirs).await.assert_status(200);
            world.settle();
            world.clock.advance(chrono::Duration::minutes(14));
        }
        clerk.get(&theirs).await.assert_status(200);
        world.clock.advance(chrono::Duration::minutes(5));
        clerk.get(&theirs).await.assert_status(404).assert_lacks("Harbor");
    }

    async fn to_be_allowed_to_grant_at_a_school_is_not_to_be_of_it(world) {
        grant(&world, "clerk", "HAR", "view_integration_ids", None);
        world.change("UPDATE grants SET kind = 'may_grant' WHERE user_id = (SELECT id FROM users WHERE user_key = 'clerk')");
        let clerk = world.signed_in("clerk").await;
        clerk.get("/people").await.assert_lacks("name=\"to\"");
        clerk.post("/school", &[("to", "HAR")]).await.assert_status(404);
    }

    async fn support_sees_a_person_only_with_a_task_at_the_school_and_in_it(world) {
        let support = world.signed_in("support").await;
        let theirs = format!("/people/{}", student(&world, "HAR"));
        for address in ["/people", "/runs", theirs.as_str()] {
            support.get(address).await.assert_status(404).assert_lacks("name=\"to\"");
        }
        support.post("/school", &[("to", "HAR")]).await.assert_status(404);
        grant(&world, "support", "HAR", "view_integration_ids", None);
        // Without a choice there is no school, and the pages of one are not there.
        let page = support.get("/account").await;
        page.assert_status(200).assert_has("<option value=\"\" selected>No school</option>").assert_has("<option value=\"HAR\">");
        support.get(&theirs).await.assert_status(404);
        support.post("/school", &[("to", "NFC")]).await.assert_status(404);
        switch(&support, "HAR").await;
        support.get(&theirs).await.assert_status(200).assert_has("<option value=\"HAR\" selected>").assert_has(">View</a>");
        support.get(&format!("/people/{}", student(&world, "NFC"))).await.assert_status(404);
        switch(&support, "").await;
        support.get(&theirs).await.assert_status(404);
        support.get("/account").await.assert_has("No school</option>");
        world.settle();
        let told = world.activity_texts("SELECT subject AS value FROM activity_entries WHERE action = 'school_switched' ORDER BY id");
        assert_eq!(told, ["Harbor Academy, from no school", "no school, from Harbor Academy"]);
        switch(&support, "HAR").await;
        revoke(&world, "support", "HAR");
        support.get(&theirs).await.assert_status(404).assert_lacks("Harbor");
    }

    async fn limits_hold_in_every_school(world) {
        grant(&world, "clerk", "HAR", "view_integration_ids", None);
        world.change("INSERT INTO user_limits (user_id, field, value) SELECT id, 'member_type', 'staff' FROM users WHERE user_key = 'clerk'");
        world.change("UPDATE users SET is_limited = TRUE WHERE user_key = 'clerk'");
        let clerk = world.signed_in("clerk").await;
        switch(&clerk, "HAR").await;
        clerk.get("/people").await.assert_status(200);
        clerk.get(&format!("/people/{}", student(&world, "HAR"))).await.assert_status(404);
    }

    async fn a_notice_of_the_school_that_was_left_is_not_taken_along(world) {
        grant(&world, "registrar", "HAR", "modify_integration_ids", None);
        let registrar = world.signed_in("registrar").await;
        let free = world.students_without_ids("NFC").remove(0);
        let place = format!("/people/{free}/integration-ids");
        let form = [("integration", "canvas"), ("value", "left-behind-1")];
        registrar.submit(&format!("{place}/add"), &form).await.assert_has("cw-note");
        switch(&registrar, "HAR").await;
        registrar.get(&place).await.assert_status(404).assert_lacks("cw-note");
    }
}

crate::at_both_desks! {
    fn a_command_acts_with_the_tasks_of_the_school_that_it_is_about(desk) {
        desk.furnish();
        desk.done(&["school", "add", "HAR", "--name", "Harbor Academy", "--letters", "HA"]);
        desk.run_with(&["user", "add", "mina", "--school", "HAR", "--profile", "clerk"], PASSWORD).assert_says(0, "mina is added");
        let limit = ["user", "limit", "mina", "--member-type", "student", "--as", "sec"];
        desk.run(&limit).assert_refused("sec lacks the Task Administer user security");
        let done = change(&desk.db(), "INSERT INTO grants (user_id, school_id, task, kind, granted_by, granted_at) SELECT u.id, s.id, 'administer_security', 'use', 'a test', u.created_at FROM users u, schools s WHERE u.user_key = 'sec' AND s.code = 'HAR'");
        assert_eq!(done, 1);
        desk.done(&limit).assert_says(0, "mina: Member type: student");
    }
}
