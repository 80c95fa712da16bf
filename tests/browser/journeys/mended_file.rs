//! Two parents with one e-mail are blocked; their rows are downloaded, mended and uploaded again, and nobody else is touched.

use std::io::Write;

use crate::journeys;

const PARENTS: &str = "PERSON.ID\tLast_Name\tFirst_Name\tEmail\n\
    1001\tNuñez\tMara\tmara@home.example\n1002\tNuñez\tIvo\tmara@home.example\n1009\tAdeyemi\tAda\tada@home.example\n";

journeys! {
    async fn blocked_rows_are_downloaded_mended_and_imported(world, elena) {
        for table in ["relationships", "integration_ids", "source_links", "changes", "people"] {
            world.change(&format!("DELETE FROM {table} WHERE school_id = 1"));
        }
        let file = |name: &str, text: &str| {
            let path = world.folder().join(name);
            std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
            path
        };
        elena.sign_in("sync").await;
        elena.visit("/sync/upload").await;
        elena.choose_file("Parents", &file("parents.txt", PARENTS)).await;
        elena.tick("Full list").await;
        elena.press("Preview").await;
        elena.reads_all(&["Created 1", "Blocked 2"]).await;
        elena.press("Apply").await;
        elena.heading("Import Summary").await;
        let summary = elena.place().await;
        elena.visit(&format!("{summary}?kind=blocked")).await;
        elena.reads_all(&["Shared e-mail", "known again by its last two columns"]).await;

        // What the link gives, as a spreadsheet saves it.
        let download = elena.target_of("Blocked rows of Parents (CSV)").await;
        let session = world.signed_in("sync").await;
        let path = download.split_once("/runs/").map(|(_, rest)| format!("/runs/{rest}")).unwrap();
        let rows = session.get(&path).await.body;
        let mended = rows.replace(',', ";").replace("Ivo;mara@", "Ivo;ivo@");
        assert_ne!(rows.replace(',', ";"), mended);

        elena.follow("upload the file").await;
        elena.heading("Upload extracts").await;
        elena.reads("A download of blocked rows is always taken so.").await;
        elena.choose_file("Parents", &file("mended.csv", &mended)).await;
        elena.press("Preview").await;
        elena.heading("Preview of the roster sync").await;
        elena.reads_all(&["Created 2", "No longer listed 0", "Blocked 0", "These are the blocked rows of run"]).await;
        elena.press("Apply").await;
        elena.heading("Import Summary").await;
        elena.reads_all(&["Users imported 2", "Users blocked 0"]).await;

        elena.visit("/sync/upload").await;
        elena.choose_file("Parents", &file("mended.csv", &mended)).await;
        elena.press("Preview").await;
        elena.reads_all(&["Created 0", "Updated 0", "Unchanged 2", "There is nothing to change"]).await;
        assert!(!elena.has_button("Apply").await);
    }

    async fn the_sync_by_itself_is_switched_on_and_says_what_it_lacks(world, elena) {
        elena.sign_in("sync").await;
        elena.visit("/sync").await;
        elena.follow("Sync by itself").await;
        elena.heading("Sync by itself").await;
        elena.reads("Off").await;
        elena.tick("Take extracts from the folder").await;
        elena.tick("At set times").await;
        elena.fill("Set times", "six").await;
        elena.press("Submit").await;
        elena.reads_all(&["There is a problem", "\"six\" is no time of day like 06:00"]).await;
        assert_eq!(elena.value("Set times").await, "six");
        elena.fill("Set times", "6:00").await;
        elena.press("Submit").await;
        elena.reads_all(&["The settings are saved.", "At 06:00, next on", "Elena Ferreira", "No folder is set"]).await;
        elena.visit("/sync").await;
        elena.reads("Nothing is taken. No folder is set").await;
        drop(world);
    }
}
