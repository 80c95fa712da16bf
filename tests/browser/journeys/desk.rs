//! The desk emptied: a blocked row is given to its owner, mended, and gone by itself.

use crate::journeys;

const STUDENTS: &str = "Student_Number\tLast_Name\tFirst_Name\tGrade_Level\tdcid\tDOB\n\
    1001\tNuñez\tŽofie\t4\t91\t02/30/2015\n1002\t王\t小明\t5\t92\t\n";

journeys! {
    async fn the_desk_is_emptied(world, elena) {
        for table in ["relationships", "integration_ids", "source_links", "changes", "people"] {
            world.change(&format!("DELETE FROM {table} WHERE school_id = 1"));
        }
        let file = |name: &str, text: &str| {
            let path = world.folder().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        elena.sign_in("sync").await;
        elena.follow("Desk").await;
        elena.reads("The desk is empty").await;

        elena.visit("/sync/upload").await;
        elena.choose_file("Students", &file("students.txt", STUDENTS)).await;
        elena.tick("Full list").await;
        elena.press("Preview").await;
        elena.heading("Preview of the roster sync").await;

        // Who has the Task sees it on the desk, with the way to the fix.
        elena.follow("Desk").await;
        elena.reads_all(&["1 item", "Cannot be read", "Students, row 2", "02/30/2015", "School"]).await;
        elena.follow_first_row("Items").await;
        elena.reads_all(&["The way to the fix", "Blocked rows of run"]).await;
        elena.tick("Waiting for its owner").await;
        elena.fill("Reason", "The office asks the family.").await;
        elena.press("Submit").await;
        elena.reads_all(&["Saved: School, Waiting for its owner.", "The office asks the family."]).await;

        // The day is corrected, and the next list is right: the item is gone, and still tells its story.
        let item = elena.place().await;
        elena.visit("/sync/upload").await;
        elena.choose_file("Students", &file("right.txt", &STUDENTS.replace("02/30", "02/28"))).await;
        elena.tick("Full list").await;
        elena.press("Preview").await;
        elena.heading("Preview of the roster sync").await;
        elena.follow("Desk").await;
        elena.reads("The desk is empty").await;
        elena.visit(&item).await;
        elena.reads_all(&["Closed by itself on", "The office asks the family."]).await;
        assert!(!elena.has_button("Submit").await);
    }
}
