//! A returning school: a match list with a swap, a sync whose two sides do not agree, and somebody who says to go on anyway.

use crate::journeys;

const STUDENTS: &str = "Student_Number\tLast_Name\tFirst_Name\tGrade_Level\tdcid\n\
    1001\tNuñez\tŽofie\t4\t91\n1002\t王\t小明\t5\t92\n1003\tAdeyemi\tTobi\t4\t93\n1004\tBerg\tAnna\t5\t94\n";

journeys! {
    async fn a_returning_school_swaps_two_ids_and_goes_on_though_somebody_has_left(world, elena) {
        for table in ["relationships", "integration_ids", "source_links", "changes", "people"] {
            world.change(&format!("DELETE FROM {table} WHERE school_id = 1"));
        }
        let file = |name: &str, text: &str| {
            let path = world.folder().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        elena.sign_in("sync").await;
        elena.visit("/sync/upload").await;
        elena.choose_file("Students", &file("last-year.txt", STUDENTS)).await;
        elena.tick("Full list").await;
        elena.press("Preview").await;
        elena.press("Apply").await;
        elena.heading("Import Summary").await;

        // The school comes back: two of its users have each other's ID.
        elena.visit("/sync").await;
        elena.follow("New or returning school").await;
        elena.heading("Match list: Vidigami").await;
        elena.press("This is a returning school").await;
        elena.reads("a sync waits until the IDs and the extracts agree").await;
        elena.press("Preview").await;
        elena.reads("Choose the file that holds the match list").await;
        let list = "Old ID,New ID,Member Type\nS1001,S1002,Student\nS1002,S1001,Student\nS777,S778,Student\n";
        elena.choose_file("File", &file("list.csv", list)).await;
        elena.press("Preview").await;
        elena.heading("Preview of the match list").await;
        elena.reads_all(&["IDs changed 2", "Rows refused 1", "Swaps 1", "Not on the list 2"]).await;
        let listed = elena.place().await;

        // Half of a swap cannot be left out.
        elena.press_in_row("Nuñez, Žofie", "Exclude").await;
        elena.reads("IDs changed 0").await;
        elena.visit(&format!("{listed}?kind=excluded")).await;
        elena.press_in_row("王, 小明", "Include").await;
        elena.reads("IDs changed 2").await;
        elena.visit(&format!("{listed}?kind=blocked")).await;
        elena.reads_all(&["S777", "Unknown ID"]).await;
        elena.press("Apply").await;
        elena.heading("Match list: summary").await;
        elena.visit("/people?q=Nuñez").await;
        elena.follow_first_row("People").await;
        elena.visit(&format!("{}/integration-ids", elena.place().await)).await;
        elena.reads("S1002").await;

        // Somebody has left, and somebody is new.
        elena.visit("/sync/upload").await;
        let now = STUDENTS.replace("1003\tAdeyemi\tTobi", "1010\tNew\tNora");
        elena.choose_file("Students", &file("now.txt", &now)).await;
        elena.tick("Full list").await;
        elena.press("Preview").await;
        elena.reads_all(&["Held", "the two sides do not agree"]).await;
        assert!(!elena.has_button("Apply").await && !elena.has_button("Go on anyway").await);
        let waits = elena.place().await;
        elena.follow("list of those without a match").await;
        elena.reads_all(&["Tobi Adeyemi", "Nora New"]).await;

        let samuel = elena.another(&world).await;
        samuel.sign_in("release").await;
        samuel.visit(&waits).await;
        samuel.fill("Why it may go on though the two sides do not agree", "Tobi has left, Nora is new.").await;
        samuel.press("Go on anyway").await;
        samuel.reads("Samuel Adeyemi said to go on anyway.").await;
        samuel.reads_nothing_of("S1001").await;
        samuel.close().await;

        elena.visit(&waits).await;
        elena.reads("Tobi has left, Nora is new.").await;
        elena.press("Apply").await;
        elena.heading("Import Summary").await;

        // All of the match list is taken back.
        elena.visit(&listed).await;
        elena.press("Undo").await;
        elena.reads("2 reversed, 0 kept").await;
        elena.visit("/people?q=Nuñez").await;
        elena.follow_first_row("People").await;
        elena.visit(&format!("{}/integration-ids", elena.place().await)).await;
        elena.reads("S1001").await;
    }
}
