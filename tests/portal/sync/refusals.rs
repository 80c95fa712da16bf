//! Who may not: without the Task, of another school, with limited access.

use super::{ALL, empty};
use crate::on_both;

on_both! {
    async fn nobody_without_the_task_meets_the_sync(world) {
        for user in ["registrar", "clerk", "release"] {
            let visitor = world.signed_in(user).await;
            visitor.get("/people").await.assert_lacks("href=\"/sync\"");
            for page in ["/sync", "/sync/upload", "/sync/settings", "/sync/watch"] {
                visitor.get(page).await.assert_status(403).assert_has("Unauthorized").assert_has("Run roster sync");
            }
            visitor.send_files("full", &ALL).await.assert_status(403);
        }
        assert_eq!(world.count("uploads"), 0);
    }

    async fn a_form_of_another_school_keeps_no_file(world) {
        let mut sync = world.signed_in("sync").await;
        sync.school = "HAR".into();
        sync.send_files("full", &ALL).await.assert_status(409);
        assert_eq!(world.count("uploads"), 0);
    }

    async fn a_user_with_limits_can_neither_run_nor_see_a_sync(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let (place, _) = sync.sync("full", &ALL).await;
        world.change("INSERT INTO user_limits (user_id, field, value) SELECT id, 'member_type', 'student' FROM users WHERE user_key IN ('sync', 'clerk')");
        world.change("UPDATE users SET is_limited = true WHERE user_key IN ('sync', 'clerk')");
        sync.get("/sync").await.assert_status(403);
        sync.post(&format!("{}/apply", place.replace("/runs/", "/sync/")), &[]).await.assert_status(403);
        world.signed_in("clerk").await.get(&place).await.assert_status(404);
    }

    async fn a_run_of_another_kind_is_no_sync(world) {
        world.let_use("sync", "import_names");
        let sync = world.signed_in("sync").await;
        let (place, _) = sync.plan("names.txt", "Student_Number\tLast_Name\tFirst_Name\n990001\tA\tB\n").await;
        for act in ["apply", "abandon", "undo", "cancel"] {
            sync.press(&place, act).await.assert_status(404);
        }
        let (synced, _) = sync.sync("full", &[ALL[0]]).await;
        for act in ["apply", "abandon", "undo"] {
            sync.post(&format!("{synced}/{act}"), &[]).await.assert_status(404);
        }
        sync.get(&format!("{synced}/problems.csv")).await.assert_status(404);
        sync.press(&synced, "cancel").await.assert_status(200).assert_has("Nobody is working on run");
    }

    async fn work_in_progress_is_shown_with_a_bar_and_can_be_cancelled(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let (place, _) = sync.sync("full", &[ALL[0]]).await;
        let run = place.rsplit('/').next().unwrap();
        world.change(&format!("UPDATE runs SET state = 'applying' WHERE id = {run}"));
        world.change_activity(&format!(
            "INSERT INTO run_leases (school_id, run_id, holder, fence, until, done, total, started_at, cancel_asked) \
             VALUES (1, {run}, 'somebody', 1, '2099-01-01 00:00:00', 25, 100, '2098-12-31 23:59:45', false)"
        ));
        let page = sync.get(&place).await;
        page.assert_has("<progress").assert_has("max=\"100\" value=\"25\"").assert_reads("25 of 100, 5 a second, about 15 seconds left").assert_has("http-equiv=\"refresh\"").assert_has(">Cancel<");
        sync.get(&format!("{place}?still=yes")).await.assert_lacks("http-equiv=\"refresh\"").assert_has("Look again");
        let part = sync.ask_partial(&place, &[]).await;
        part.assert_has("id=\"progress\"").assert_lacks("<html");
        world.signed_in("clerk").await.get(&place).await.assert_status(200).assert_has("<progress").assert_lacks(">Cancel<");
        let asked = sync.press(&place, "cancel").await;
        asked.assert_has("is asked to stop.").assert_has("Somebody has asked it to stop").assert_lacks(">Cancel<");
        assert_eq!(world.activity_number("SELECT count(*) AS value FROM run_leases WHERE cancel_asked = true"), 1);
        world.change_activity("DELETE FROM run_leases");
        world.change(&format!("UPDATE runs SET state = 'planned' WHERE id = {run}"));
        assert_eq!(sync.ask_partial(&place, &[]).await.header("hx-refresh"), "true");
    }
}
