//! A new school: upload, preview, apply, Import Summary; a held run that a second person releases; undo.

use crate::journeys;

const STUDENTS: &str = "Student_Number\tLast_Name\tFirst_Name\tGrade_Level\tdcid\n\
    1001\tNuñez\tŽofie\t4\t91\n1002\t王\t小明\t5\t92\n1003\tAdeyemi\tTobi\t4\t93\n";
const TEACHERS: &str = "USERS.dcid\tLast_Name\tFirst_Name\tEmail_Addr\n1001\tBerg\tAnna\tanna@school.example\n";
const PARENTS: &str = "PERSON.ID\tLast_Name\tFirst_Name\tEmail\n\
    1001\tNuñez\tMara\tmara@home.example\n1002\tNuñez\tIvo\tmara@home.example\n1009\tAdeyemi\tAda\tada@home.example\n";
const RELATIONSHIPS: &str = "STUDENTCONTACTASSOC.studentdcid\tSTUDENTCONTACTASSOC.personid\tRELATIONSHIP_TYPE\n\
    91\t1001\tMother\n91\t1002\tFather\n93\t1009\tMother\n";

journeys! {
    async fn a_new_school_is_synced_a_held_run_is_released_by_a_second_person_and_all_of_it_is_taken_back(world, elena) {
        for table in ["relationships", "integration_ids", "source_links", "changes", "people"] {
            world.change(&format!("DELETE FROM {table} WHERE school_id = 1"));
        }
        let file = |name: &str, text: &str| {
            let path = world.folder().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        elena.sign_in("sync").await;
        elena.follow("Roster sync").await;
        elena.heading("Roster sync: Vidigami").await;
        elena.reads_all(&["New: nobody has an ID of Vidigami yet", "Data Export Manager", "users_dcid", "Cannot start yet"]).await;
        elena.follow("Upload extracts").await;

        // Nothing, then a file in the wrong place: what has arrived is kept.
        elena.press("Preview").await;
        elena.reads_all(&["Choose at least one file", "Say whether the files are the full list"]).await;
        elena.choose_file("Teachers", &file("teachers.txt", TEACHERS)).await;
        elena.choose_file("Parents", &file("students.txt", STUDENTS)).await;
        elena.tick("Full list").await;
        elena.press("Preview").await;
        elena.reads_all(&["This looks like a list of students", "Already uploaded", "teachers.txt"]).await;
        elena.choose_file("Students", &file("students.txt", STUDENTS)).await;
        elena.choose_file("Parents", &file("parents.txt", PARENTS)).await;
        elena.choose_file("Relationships", &file("relationships.txt", RELATIONSHIPS)).await;
        elena.press("Preview").await;
        elena.heading("Preview of the roster sync").await;
        elena.reads_all(&["Nothing is changed yet.", "Overlap", "S1001", "T1001", "P1001", "Faculty Group", "teachers.txt"]).await;
        let first = elena.place().await;

        // One row is left out.
        elena.press_in_row("Adeyemi, Ada", "Exclude").await;
        elena.reads("Excluded 1").await;
        elena.press("Apply").await;
        elena.heading("Import Summary").await;
        elena.reads_all(&["Users imported 4", "Users blocked 2", "Shared e-mail", "Group Directory"]).await;
        elena.follow("Group Directory").await;
        elena.reads_all(&["Faculty Group", "Grade 4"]).await;

        // Everybody moves up: over the limit.
        elena.visit("/sync/upload").await;
        let moved = STUDENTS.replace("\t4\t", "\t6\t").replace("\t5\t", "\t7\t");
        elena.choose_file("Students", &file("moved.txt", &moved)).await;
        elena.tick("Full list").await;
        elena.press("Preview").await;
        elena.reads_all(&["Held", "3 of 3 active students would be updated"]).await;
        assert!(!elena.has_button("Apply").await && !elena.has_button("Release").await);
        let second = elena.place().await;

        let samuel = elena.another(&world).await;
        samuel.sign_in("release").await;
        samuel.visit(&second).await;
        samuel.reads("you hold Release held runs").await;
        samuel.reads_nothing_of("S1001").await;
        samuel.fill("Reason", "The school year begins.").await;
        samuel.press("Release").await;
        samuel.reads("is released").await;
        assert!(!samuel.has_button("Apply").await);
        samuel.close().await;

        elena.visit(&second).await;
        elena.reads_all(&["Released by Samuel Adeyemi.", "The school year begins."]).await;
        elena.press("Apply").await;
        elena.heading("Import Summary").await;
        elena.press("Undo").await;
        elena.reads("3 reversed, 0 kept").await;
        elena.visit(&second).await;
        elena.reads("Undone by run").await;
        assert!(!elena.has_button("Undo").await);
        elena.visit(&first).await;
        elena.reads("Users imported 4").await;
        assert!(elena.has_button("Undo").await);
        elena.visit("/people?q=Nuñez").await;
        elena.follow_first_row("People").await;
        elena.reads("Grade level 4").await;
    }
}
