//! The download of blocked rows, mended in a spreadsheet and given again: just those people, whatever else is said.
//! Leaves the download itself to `preview`.

use super::{ALL, PARENTS, RELATIONSHIPS, STUDENTS, TEACHERS, empty, host_id, tile, who};
use crate::support::{Visitor, World};
use crate::{at_both_desks, on_both};

/// As a spreadsheet of another country writes a file that it has opened: semicolons, and letters of Windows-1252.
fn saved_again(csv: &str) -> String {
    csv.trim_start_matches('\u{feff}').replace(',', ";")
}

/// A new school, all of it applied but the blocked rows; the address of the run.
async fn begun(world: &World, sync: &Visitor, parents: &str) -> String {
    empty(world);
    let (place, _) =
        sync.sync("full", &[("students", STUDENTS), ("teachers", TEACHERS), ("parents", parents), ALL[3]]).await;
    sync.press(&place, "apply").await.assert_has("Import Summary");
    place
}

on_both! {
    async fn a_mended_file_resolves_its_rows_and_takes_nobody_for_gone_and_a_second_upload_changes_nothing(world) {
        let sync = world.signed_in("sync").await;
        world.change("INSERT INTO school_settings (school_id, name, value, set_by, set_at) SELECT 1, 'sync.absentees', 'deactivate', 'test', created_at FROM schools WHERE id = 1");
        let place = begun(&world, &sync, PARENTS).await;
        sync.get(&format!("{place}?kind=blocked")).await.assert_has("known again by its last two columns");
        let csv = sync.get(&format!("{place}/blocked/parents.csv")).await.body;
        assert!(csv.contains("Email,Reason,Blocked in Crosswalk run\r\n") && csv.contains(" shared_email\r\n"), "{csv}");
        let mended = saved_again(&csv).replace("Ivo;mara@", "Ivo;ivo@");

        // Nobody has to say that it is no full list.
        let (again, preview) = sync.sync("", &[("parents", &mended)]).await;
        assert_eq!(["Created", "No longer listed", "Blocked"].map(|t| tile(&preview, t)), ["2", "0", "0"]);
        preview.assert_has("Only these people").assert_has("These are the blocked rows of run").assert_lacks("These columns are not used");
        sync.press(&again, "apply").await.assert_has("Import Summary");
        assert_eq!(host_id(&world, &who(&world, "persons", "1002")), "P1002");
        assert_eq!(world.field_of(&who(&world, "persons", "1002"), "email"), "ivo@home.example");

        // Nor is it one where somebody says so.
        for scope in ["full", "only_these"] {
            let (_, preview) = sync.sync(scope, &[("parents", &mended)]).await;
            let counts = ["Created", "Updated", "Unchanged", "No longer listed", "Blocked"].map(|t| tile(&preview, t));
            assert_eq!(counts, ["0", "0", "2", "0", "0"], "{scope}");
        }
        assert_eq!(world.number("SELECT count(*) AS value FROM people WHERE school_id = 1 AND status = 'active'"), 8);
    }

    async fn rows_that_are_blocked_once_more_come_back_without_what_was_added_before(world) {
        let sync = world.signed_in("sync").await;
        let place = begun(&world, &sync, PARENTS).await;
        let csv = sync.get(&format!("{place}/blocked/parents.csv")).await.body;
        // Not mended at all.
        let (again, preview) = sync.sync("", &[("parents", &csv)]).await;
        assert_eq!([tile(&preview, "Created"), tile(&preview, "Blocked")], ["0", "2"]);
        let second = sync.get(&format!("{again}/blocked/parents.csv")).await.body;
        assert_eq!(second.lines().next(), csv.lines().next(), "the columns are added once");
        assert_eq!(second.matches("shared_email").count(), 2, "{second}");
    }

    async fn a_contact_without_a_student_is_not_let_in_by_a_mended_file(world) {
        let sync = world.signed_in("sync").await;
        let parents = format!("{PARENTS}1010\tSolo\tSam\tsam@home.example\n1011\tNuñez\tUncle\tmara@home.example\n");
        let place = begun(&world, &sync, &parents).await;
        let csv = sync.get(&format!("{place}/blocked/parents.csv")).await.body;
        assert_eq!(csv.lines().count(), 5, "each row once, whatever is wrong with it: {csv}");
        let mended = saved_again(&csv).replace("Ivo;mara@", "Ivo;ivo@").replace("Uncle;mara@", "Uncle;uncle@");
        let (alone, preview) = sync.sync("", &[("parents", &mended)]).await;
        assert_eq!([tile(&preview, "Created"), tile(&preview, "Blocked")], ["2", "2"]);
        sync.get(&format!("{alone}?kind=blocked")).await.assert_has("no relationships came with it");
        // With relationships that name them, they come in.
        let related = format!("{RELATIONSHIPS}92\t1010\tGuardian\n93\t1011\tUncle\n");
        let (_, preview) = sync.sync("", &[ALL[0], ("parents", &mended), ("relationships", &related)]).await;
        assert_eq!([tile(&preview, "Created"), tile(&preview, "Blocked"), tile(&preview, "No longer listed")], ["4", "0", "0"]);
    }
}

at_both_desks! {
    fn the_command_writes_the_blocked_rows_and_takes_them_mended(desk) {
        desk.furnish();
        desk.done(&["school", "stage", "NFC", "vidigami", "live"]);
        let (students, parents) = (desk.write("s.txt", STUDENTS), desk.write("p.txt", PARENTS));
        desk.run(&["sync", "plan", "--school", "NFC", "--students", &students, "--parents", &parents]).assert_says(1, "2 blocked");
        desk.run(&["sync", "apply", "1", "--school", "NFC"]).assert_says(1, "Applied");
        desk.done(&["sync", "blocked", "1", "--school", "NFC", "--list", "parents"]);
        let csv = std::fs::read_to_string(desk.path("run-1-blocked-parents.csv")).unwrap();
        let mended = desk.write("mended.csv", saved_again(&csv).replace("Ivo;mara@", "Ivo;ivo@"));
        let planned = desk.run(&["sync", "plan", "--school", "NFC", "--parents", &mended]);
        planned.assert_says(0, "2 created, 0 updated, 0 unchanged, 0 no longer listed, 0 deactivated, 0 blocked");
        desk.run(&["sync", "blocked", "1", "--school", "NFC", "--list", "pupils"]).assert_refused("is no list").assert_plain_line();
        desk.run(&["sync", "blocked", "9", "--school", "NFC", "--list", "parents"]).assert_refused("There is no sync with the number 9").assert_plain_line();
        let db = desk.db();
        let told = db.activity().read(|conn| {
            #[derive(diesel::QueryableByName)]
            struct Row { #[diesel(sql_type = diesel::sql_types::Text)] value: String }
            Ok(crosswalk::on_each!(conn, |c| diesel::RunQueryDsl::load::<Row>(diesel::sql_query("SELECT subject AS value FROM activity_entries WHERE action = 'exported'"), c))?.into_iter().map(|r| r.value).collect::<Vec<_>>())
        });
        assert_eq!(told.unwrap(), ["The blocked rows of run 1, parents, by command"]);
    }
}
