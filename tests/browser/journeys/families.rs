//! A family with one e-mail, and a teacher who is a parent: blocked, looked at, decided, imported, taken back.

use std::path::PathBuf;

use crate::journeys;
use crate::support::World;
use crate::window::Window;

const STUDENTS: &str = "Student_Number\tLast_Name\tFirst_Name\tGrade_Level\tdcid\n\
    1001\tNuñez\tŽofie\t4\t91\n1003\tAdeyemi\tTobi\t4\t93\n";
const TEACHERS: &str = "USERS.dcid\tLast_Name\tFirst_Name\tEmail_Addr\n1001\tBerg\tAnna\tanna@school.example\n\
    1002\tAdeyemi\tAda\tada@home.example\n";
const PARENTS: &str = "PERSON.ID\tLast_Name\tFirst_Name\tEmail\n\
    1001\tNuñez\tMara\tmara@home.example\n1002\tNuñez\tIvo\tmara@home.example\n1009\tAdeyemi\tAda\tada@home.example\n";
const RELATIONSHIPS: &str = "STUDENTCONTACTASSOC.studentdcid\tSTUDENTCONTACTASSOC.personid\tRELATIONSHIP_TYPE\n\
    91\t1001\tMother\n91\t1002\tFather\n93\t1009\tMother\n";

fn begin(world: &World) {
    for table in ["relationships", "integration_ids", "source_links", "changes", "people"] {
        world.change(&format!("DELETE FROM {table} WHERE school_id = 1"));
    }
}

fn file(world: &World, name: &str, text: &str) -> PathBuf {
    let path = world.folder().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Uploads the four files and looks at the preview.
async fn plan(world: &World, elena: &Window) {
    elena.visit("/sync/upload").await;
    elena.choose_file("Students", &file(world, "students.txt", STUDENTS)).await;
    elena.choose_file("Teachers", &file(world, "teachers.txt", TEACHERS)).await;
    elena.choose_file("Parents", &file(world, "parents.txt", PARENTS)).await;
    elena.choose_file("Relationships", &file(world, "relationships.txt", RELATIONSHIPS)).await;
    elena.tick("Full list").await;
    elena.press("Preview").await;
    elena.heading("Preview of the roster sync").await;
}

journeys! {
    async fn a_family_shares_an_e_mail_and_the_clerk_gives_it_to_the_mother(world, elena) {
        begin(&world);
        elena.sign_in("sync").await;
        plan(&world, &elena).await;
        elena.reads("Blocked 4").await;
        elena.visit("/sync").await;
        elena.follow("Shared e-mails").await;
        elena.reads_all(&["mara@home.example", "Mara Nuñez", "Ivo Nuñez", "Žofie Nuñez", "1 not decided"]).await;
        elena.press("Decide").await;
        elena.reads_all(&["There is a problem", "Choose what is to be of the e-mail"]).await;
        elena.follow("Letter to print").await;
        elena.reads_all(&["Dear Mara Nuñez and Ivo Nuñez", "E-mail address to use"]).await;
        elena.visit("/sync/emails").await;
        elena.tick("Give it to Mara Nuñez (Parent), the others come without").await;
        elena.press("Decide").await;
        elena.reads_all(&["It counts from the next plan on", "given to Mara Nuñez", "0 not decided"]).await;

        plan(&world, &elena).await;
        elena.reads("Blocked 2").await;
        elena.press("Apply").await;
        elena.heading("Import Summary").await;
        elena.visit("/people?q=Nuñez&member=parent").await;
        elena.reads_all(&["Nuñez, Ivo", "Nuñez, Mara"]).await;
        elena.visit("/people?q=mara%40home.example").await;
        elena.reads("Nuñez, Mara").await;
        elena.reads_nothing_of("Nuñez, Ivo").await;

        // Remembered for the next sync, until it is taken back.
        plan(&world, &elena).await;
        elena.reads_all(&["Updated 0", "Blocked 2"]).await;
        elena.visit("/sync/emails").await;
        elena.press_in_row("mara@home.example", "Take back").await;
        elena.reads("Taken back").await;
        plan(&world, &elena).await;
        elena.reads("Blocked 3").await;
    }

    async fn a_teacher_who_is_a_parent_gets_one_account_and_both_pages_show_the_other(world, elena) {
        begin(&world);
        elena.sign_in("sync").await;
        plan(&world, &elena).await;
        elena.visit("/sync").await;
        elena.follow("Likely matches").await;
        elena.reads_all(&["Ada Adeyemi and Ada Adeyemi", "Record of staff", "Parent’s record", "Tobi Adeyemi", "Row 3 of Teachers"]).await;
        elena.press("The same person").await;
        elena.reads_all(&["It counts from the next plan on", "Decided: The same person"]).await;
        plan(&world, &elena).await;
        elena.reads_all(&["Blocked 2", "T1002"]).await;
        elena.reads_nothing_of("P1009").await;
        elena.press("Apply").await;
        elena.heading("Import Summary").await;
        elena.visit("/people?q=Adeyemi&member=staff").await;
        elena.follow_first_row("People").await;
        elena.reads_all(&["Same person", "This record has the one account", "Faculty Group"]).await;
        elena.follow("Ada Adeyemi").await;
        elena.reads_all(&["That record has the one account", "Tobi", "Grade 4"]).await;

        // Taken back, the parent's record is asked about again.
        elena.visit("/sync/matches").await;
        elena.press("Take back").await;
        elena.reads("Taken back").await;
        plan(&world, &elena).await;
        elena.reads_all(&["Blocked 3", "Updated 0"]).await;
        elena.visit("/sync/matches").await;
        elena.press("Not the same person").await;
        plan(&world, &elena).await;
        elena.visit("/sync/emails").await;
        elena.reads_all(&["ada@home.example", "Has it, and stays as they are", "Blocked"]).await;
    }
}
