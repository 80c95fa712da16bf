//! Uploads: files are kept and not sent twice; a wrong file, an unknown title, an endless upload each have a clear answer.

use super::{ALL, PARENTS, STUDENTS, TEACHERS, empty};
use crate::on_both;

on_both! {
    async fn a_file_in_the_wrong_place_is_said_at_its_field_and_the_others_are_kept(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let answer = sync.send_files("full", &[("students", "TeacherNumber\tUsers_DCID\tLast_Name\tFirst_Name\n7\t1001\tBerg\tAnna\n"), ("parents", PARENTS)]).await;
        answer.assert_status(422).assert_has("id=\"students-err\"").assert_has("This looks like a list of teachers").assert_has("href=\"#students\"").assert_has("Error: ");
        answer.assert_has("Already uploaded").assert_has("parents.txt");
        // The right file alone is sent: the parents are there.
        let (_, page) = sync.sync("full", &[("students", STUDENTS)]).await;
        page.assert_has("parents.txt").assert_has("students.txt");
        // What a plan was made of does not wait any more.
        sync.get("/sync/upload").await.assert_lacks("Already uploaded");
    }

    async fn a_file_in_the_wrong_place_is_taken_for_what_it_is_without_being_sent_again(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let page = sync.send_files("full", &[("parents", STUDENTS), ("teachers", TEACHERS)]).await;
        page.assert_status(422).assert_has(">Use it as Students<");
        let upload = page.all_between("/sync/upload/", "/put\"").remove(0);
        let form = [("to", "students"), ("integration", "vidigami"), ("scope", "full")];
        let preview = sync.submit(&format!("/sync/upload/{upload}/put"), &form).await;
        preview.assert_status(200).assert_has("Preview of the roster sync").assert_has("parents.txt").assert_has("teachers.txt");
        sync.post("/sync/upload/99999999/put", &form).await.assert_status(404);
    }

    async fn an_uploaded_file_can_be_removed_and_replaced(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        sync.send_files("", &[("students", STUDENTS), ("teachers", TEACHERS)]).await.assert_status(422).assert_has("Say whether the files are the full list, or only these people").assert_has("students.txt is uploaded");
        sync.get("/sync").await.assert_has("Uploaded, not looked at yet.");
        let page = sync.get("/sync/upload").await;
        let uploads = page.all_between("/sync/upload/", "/remove\"");
        assert_eq!(uploads.len(), 2);
        let page = sync.submit(&format!("/sync/upload/{}/remove", uploads[1]), &[]).await;
        page.assert_has("The file teachers.txt (Teachers) is removed.");
        assert_eq!(page.all_between("/sync/upload/", "/remove\"").len(), 1);
        sync.post(&format!("/sync/upload/{}/remove", uploads[1]), &[]).await.assert_status(404);
        sync.send_files("", &[("students", PARENTS)]).await.assert_status(422);
        assert_eq!(world.count("uploads"), 1, "one file takes the other's place");
        assert_eq!(world.count("upload_pieces"), 1);
    }

    async fn nothing_chosen_is_said_and_an_empty_file_too(world) {
        let sync = world.signed_in("sync").await;
        sync.send_files("full", &[]).await.assert_status(422).assert_has("Choose at least one file");
        sync.send_files("full", &[("teachers", "")]).await.assert_status(422).assert_has("id=\"teachers-err\"").assert_has("The file is empty");
        sync.send_files_for("nothing", "full", &[]).await.assert_status(422).assert_has("Choose an integration");
    }

    async fn a_large_file_goes_in_by_pieces_and_one_that_is_too_large_leaves_nothing(world) {
        let sync = world.signed_in("sync").await;
        let large = format!("{STUDENTS}{}", "1004\tLong\tLong\t4\t94\n".repeat(120_000));
        sync.send_files("", &[("students", &large)]).await.assert_status(422);
        assert_eq!(world.number("SELECT length AS value FROM uploads"), i64::try_from(large.len()).unwrap());
        assert_eq!(world.count("upload_pieces"), i64::try_from(large.len().div_ceil(1024 * 1024)).unwrap());
        let endless = "x".repeat(101 * 1024 * 1024);
        let answer = sync.client.post(sync.url("/sync/upload")).header("sec-fetch-site", "same-origin").multipart(
            reqwest::multipart::Form::new().text("school", "NFC").part("teachers", reqwest::multipart::Part::bytes(endless.into_bytes()).file_name("endless.txt")),
        ).send().await;
        // A server that has read enough may close the line before everything is sent.
        if let Ok(answer) = answer {
            assert_eq!(answer.status(), 413);
        }
        for _ in 0..100 {
            if world.count("uploads") == 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(world.count("uploads"), 1, "nothing of it stays");
    }

    async fn a_title_that_is_not_known_is_asked_for_and_remembered(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let odd = STUDENTS.replace("Student_Number", "Pupil ref");
        let answer = sync.send_files("full", &[("students", &odd)]).await;
        answer.assert_status(422).assert_has("The column Student_Number is missing").assert_has("Which column is it?").assert_has("<option value=\"Pupil ref\"");
        let form = [("slot", "students"), ("integration", "vidigami"), ("scope", "full")];
        sync.post("/sync/columns", &form).await.assert_status(422).assert_has("Choose under which title the column stands");
        let mut said = form.to_vec();
        said.push(("Student_Number", "Pupil ref"));
        let planned = sync.submit("/sync/columns", &said).await;
        planned.assert_status(200).assert_has("Preview of the roster sync").assert_has("students.txt");
        // Next time nobody is asked.
        let (_, page) = sync.sync("full", &[("students", &odd)]).await;
        page.assert_has("Preview of the roster sync");
        let settings = sync.get("/sync/settings").await;
        settings.assert_has("Pupil ref").assert_has("Elena Ferreira");
        world.let_audit("registrar");
        world.signed_in("registrar").await.get("/audit?action=sync_settings_changed").await.assert_has("Pupil ref");
        let key = settings.hidden("key");
        sync.submit("/sync/columns/forget", &[("slot", "students"), ("key", &key)]).await.assert_has("The title is forgotten.").assert_lacks("Pupil ref");
        sync.send_files("full", &[("students", &odd)]).await.assert_status(422);
    }

    async fn only_a_live_integration_is_applied_and_one_that_nobody_asked_for_cannot_be_planned(world) {
        empty(&world);
        world.change("UPDATE school_integrations SET stage = 'testing' WHERE school_id = 1 AND integration_id = (SELECT id FROM integrations WHERE code = 'vidigami')");
        let sync = world.signed_in("sync").await;
        let (place, page) = sync.sync("full", &ALL).await;
        page.assert_has("Vidigami is Testing at this school").assert_lacks(">Apply<").assert_lacks("S1001").assert_has("Hidden until Live");
        world.signed_in("clerk").await.get(&place).await.assert_has("Unauthorized").assert_lacks("Hidden until Live");
        sync.press(&place, "apply").await.assert_status(409).assert_has("not Live");
        world.change("UPDATE school_integrations SET stage = 'off' WHERE school_id = 1");
        sync.get("/sync").await.assert_status(200).assert_has("No integration is ready for a sync").assert_has("Request integrations");
        sync.get("/sync/upload").await.assert_status(200).assert_has("No integration is ready");
        sync.send_files("full", &ALL).await.assert_status(422);
    }
}
