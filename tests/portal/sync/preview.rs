//! Upload, preview, leaving rows out, apply, Import Summary, undo.

use super::{ALL, PARENTS, STUDENTS, empty, host_id, number, tile, who};
use crate::on_both;

on_both! {
    async fn a_new_school_is_synced_from_the_upload_to_the_summary_and_back(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        sync.get("/people").await.assert_has("href=\"/sync\"");
        sync.get("/sync").await.assert_status(200).assert_has("Roster sync: Vidigami").assert_has("New: nobody has an ID of Vidigami yet").assert_has("student_number").assert_has("Data Export Manager").assert_has("Cannot start yet");
        sync.get("/sync/upload").await.assert_status(200).assert_has(">Full list<").assert_has(">Only these people<").assert_has(">Preview<");

        let (place, preview) = sync.sync("full", &ALL).await;
        preview.assert_has("Preview of the roster sync").assert_has("Nothing is changed yet.").assert_has(">Apply<");
        let counts = ["Created", "Updated", "Unchanged", "Reactivated", "No longer listed", "Blocked"].map(|l| tile(&preview, l));
        assert_eq!(counts, ["6", "0", "0", "0", "0", "2"]);
        assert_eq!(world.number("SELECT count(*) AS value FROM people WHERE school_id = 1"), 0, "a preview changes nobody");
        // Three files all hold 1001.
        preview.assert_reads("1001 S1001 T1001 P1001");
        preview.assert_has("aria-label=\"Students: Created 3, Updated 0, Unchanged 0, Reactivated 0, No longer listed 0, Blocked 0\"");
        preview.assert_has("Grade 4").assert_has("Faculty Group").assert_has("students.txt");
        let blocked = sync.get(&format!("{place}?kind=blocked")).await;
        blocked.assert_has("Shared e-mail").assert_reads("Mara Nuñez").assert_reads("Ivo Nuñez");

        // Somebody is left out, put back, and left out again.
        let change = preview.all_between("/changes/", "/exclude\"").remove(0);
        let left = sync.submit(&format!("{place}/changes/{change}/exclude"), &[("kind", "created"), ("page", "1")]).await;
        left.assert_status(200);
        assert_eq!(tile(&left, "Created"), "5");
        let out = sync.get(&format!("{place}?kind=excluded")).await;
        out.assert_has("Excluded by Elena Ferreira").assert_has(">Include<");
        assert_eq!(tile(&sync.submit(&format!("{place}/changes/{change}/include"), &[]).await, "Created"), "6");
        sync.submit(&format!("{place}/changes/{change}/exclude"), &[]).await;

        let summary = sync.press(&place, "apply").await;
        summary.assert_status(200).assert_has("is applied.").assert_has("Import Summary").assert_has(">Undo<").assert_lacks(">Apply<").assert_lacks(">Exclude<");
        assert_eq!([tile(&summary, "Users imported"), tile(&summary, "Users blocked"), tile(&summary, "Groups made")], ["5", "2", "3"]);
        let anna = who(&world, "users", "1001");
        assert_eq!(host_id(&world, &anna), "T1001");
        assert_eq!(world.number("SELECT count(*) AS value FROM people WHERE school_id = 1"), 5);
        sync.get("/sync").await.assert_has("5 users imported, 2 blocked.");
        sync.get("/runs").await.assert_has("Roster sync");

        let undone = sync.press(&place, "undo").await;
        undone.assert_status(200).assert_has(&format!("Run {} is undone.", number(&place))).assert_has("5 reversed");
        assert_eq!(world.number("SELECT count(*) AS value FROM people WHERE school_id = 1 AND status = 'withdrawn'"), 5);
        sync.get(&place).await.assert_has("Undone by").assert_lacks(">Undo<");
    }

    async fn what_changes_is_told_field_by_field_and_the_same_files_again_change_nothing(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let (first, _) = sync.sync("full", &ALL).await;
        sync.press(&first, "apply").await.assert_has("Import Summary");
        let (_, again) = sync.sync("full", &ALL).await;
        again.assert_has("There is nothing to change").assert_lacks(">Apply<");
        assert_eq!([tile(&again, "Created"), tile(&again, "Updated"), tile(&again, "Unchanged"), tile(&again, "Blocked")], ["0", "0", "6", "2"]);

        let moved = STUDENTS.replace("Žofie\t4", "Žofie\t5");
        let (place, preview) = sync.sync("only_these", &[("students", &moved)]).await;
        preview.assert_reads("Grade level: from 4 to 5").assert_reads("Joins Grade 5").assert_reads("Leaves Grade 4").assert_has("Only these people");
        sync.press(&place, "apply").await.assert_has("Import Summary");
        assert_eq!(world.field_of(&who(&world, "students", "1001"), "grade_level"), "5");

        // Somebody who is missing from a full list is listed as such and stays.
        let fewer: String = STUDENTS.lines().filter(|l| !l.starts_with("1003")).map(|l| format!("{l}\n")).collect();
        let (place, preview) = sync.sync("full", &[("students", &fewer)]).await;
        assert_eq!(tile(&preview, "No longer listed"), "1");
        sync.get(&format!("{place}?kind=gone")).await.assert_reads("Tobi Adeyemi").assert_has("leaves such people as they are").assert_has("changes.csv?kind=gone");
        let csv = sync.get(&format!("{place}/changes.csv?kind=gone")).await;
        csv.assert_status(200).assert_has("Person,Field,What to know").assert_has("Tobi Adeyemi (");
        assert_eq!(csv.body.lines().count(), 2);
    }

    async fn a_field_set_by_hand_is_kept_with_who_and_when(world) {
        empty(&world);
        world.let_use("sync", "edit_people");
        let sync = world.signed_in("sync").await;
        let (first, _) = sync.sync("full", &[("students", STUDENTS)]).await;
        sync.press(&first, "apply").await.assert_has("Import Summary");
        let zofie = who(&world, "students", "1001");
        sync.post(&format!("/people/{zofie}/edit"), &[("version", "1"), ("first_name", "Sophie")]).await.assert_status(303);
        let (place, preview) = sync.sync("full", &[("students", STUDENTS)]).await;
        preview.assert_reads("Fields that stay as somebody set them by hand: 1.");
        sync.get(&format!("{place}?kind=kept")).await.assert_has("Kept as Elena Ferreira set it by hand on").assert_has("First name");
    }

    async fn a_stale_plan_changes_nothing_and_its_page_shows_the_rows_that_moved(world) {
        empty(&world);
        world.let_use("sync", "edit_people");
        let sync = world.signed_in("sync").await;
        let (first, _) = sync.sync("full", &[("students", STUDENTS)]).await;
        sync.press(&first, "apply").await.assert_has("Import Summary");
        let (place, _) = sync.sync("full", &[("students", &STUDENTS.replace("Žofie\t4", "Žofie\t5"))]).await;
        let zofie = who(&world, "students", "1001");
        sync.post(&format!("/people/{zofie}/edit"), &[("version", "1"), ("grade_level", "7")]).await.assert_status(303);
        sync.press(&place, "apply").await.assert_status(409).assert_has("The plan is out of date").assert_has("Žofie");
        let page = sync.get(&place).await;
        page.assert_has("Changed since the plan").assert_reads("has changed since the plan was made").assert_has(">Apply<");
        assert_eq!(world.field_of(&zofie, "grade_level"), "7");
    }

    async fn a_host_id_never_appears_for_somebody_without_sight(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let (place, preview) = sync.sync("full", &ALL).await;
        preview.assert_has("S1001");
        for before in ["preview", "summary"] {
            for user in ["clerk", "release"] {
                let visitor = world.signed_in(user).await;
                for page in [place.clone(), format!("{place}?kind=blocked"), "/runs".into(), format!("{place}?kind=updated")] {
                    let seen = visitor.get(&page).await;
                    seen.assert_status(200);
                    for id in ["S1001", "T1001", "P1001", "S1002", "T1007", "P1009"] {
                        assert!(!seen.has(id), "{user} reads {id} on {page} ({before})");
                    }
                }
                visitor.get(&place).await.assert_has("Unauthorized").assert_lacks(">Apply<").assert_lacks(">Exclude<").assert_lacks(">Undo<");
            }
            if before == "preview" {
                sync.press(&place, "apply").await.assert_has("Import Summary");
            }
        }
        world.let_audit("registrar");
        world.signed_in("registrar").await.get("/audit?action=ids_viewed").await.assert_has("numbers of the overlap");
    }

    async fn the_blocked_rows_are_downloaded_with_their_own_columns_and_why(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let (place, _) = sync.sync("full", &ALL).await;
        let csv = sync.get(&format!("{place}/blocked/parents.csv")).await;
        csv.assert_status(200).assert_has("PERSON.ID,Last_Name,First_Name,Email,Reason").assert_has("1001,Nuñez,Mara,mara@home.example,").assert_has("1002,Nuñez,Ivo,mara@home.example,");
        assert_eq!(csv.body.lines().count(), 3, "{}", csv.body);
        // Mended and sent again with only these people, they go in.
        sync.press(&place, "apply").await.assert_has("Import Summary");
        let mended = PARENTS.replace("Ivo\tmara@", "Ivo\tivo@");
        let (again, preview) = sync.sync("only_these", &[ALL[0], ("parents", &mended), ALL[3]]).await;
        assert_eq!([tile(&preview, "Created"), tile(&preview, "Blocked")], ["2", "0"]);
        sync.press(&again, "apply").await.assert_has("Import Summary");
        assert_eq!(host_id(&world, &who(&world, "persons", "1002")), "P1002");
        let list = sync.get(&format!("{again}/changes.csv?kind=created")).await;
        list.assert_has("Name,Member type,SONIS ID,Number,Row,What changes").assert_has("Nuñez").assert_lacks("P1002");
        world.let_audit("registrar");
        world.signed_in("registrar").await.get("/audit?action=exported").await.assert_has("The blocked rows of run").assert_lacks("Nuñez");
        sync.get(&format!("{place}/blocked/nothing.csv")).await.assert_status(404);
        // Rows of a list that holds Host IDs are given to those alone who may see them.
        world.change("UPDATE run_files SET holds_ids = true WHERE slot = 'parents'");
        sync.get(&format!("{place}/blocked/parents.csv")).await.assert_status(200);
        world.change("UPDATE grants SET revoked_at = granted_at WHERE task = 'view_integration_ids'");
        sync.get(&format!("{place}/blocked/parents.csv")).await.assert_status(403).assert_has("Unauthorized");
        sync.get(&format!("{place}?kind=blocked")).await.assert_has("Unauthorized").assert_lacks("mara@home.example\u{201d}");
    }
}
