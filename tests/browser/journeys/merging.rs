//! A registrar makes one record of two, sees that the other's address leads there, and takes it back.

use crate::journeys;

journeys! {
    async fn a_registrar_merges_two_records_of_a_student_and_takes_that_back(world, registrar) {
        world.let_use("registrar", "merge_people");
        registrar.sign_in("registrar").await;
        let mut with_id = world.students_with_id("NFC", "canvas");
        let (ends, stays) = (with_id.remove(0), with_id.remove(0));
        registrar.visit(&format!("/people/{ends}")).await;
        registrar.follow("Merge").await;
        registrar.heading("Merge").await;
        registrar.fill("The other record", "nobody is called so").await;
        registrar.press("Find").await;
        registrar.reads_all(&["There is a problem", "Nobody else of the member type Student"]).await;
        registrar.fill("The other record", &stays).await;
        registrar.press("Find").await;
        registrar.reads_all(&["Which value is kept", "Integration IDs", "What goes along"]).await;

        // An ID that somebody has to choose is asked for, and what was chosen stays.
        registrar.press("Merge").await;
        registrar.reads_all(&["There is a problem", "Both records have a Canvas ID"]).await;
        for code in ["canvas", "vidigami", "jrm", "perceptive"] {
            registrar.ask(&format!("document.getElementById('id-{code}-stays')?.click()")).await;
        }
        registrar.ask("document.getElementById('first_name-ends').click()").await;
        registrar.press("Merge").await;
        registrar.reads(&format!("{ends} is merged into {stays}")).await;
        registrar.arrives(&format!("/people/{stays}")).await;
        registrar.reads("Merged into this record").await;
        registrar.visit(&format!("/people/{ends}")).await;
        registrar.arrives(&format!("/people/{stays}")).await;
        registrar.follow("History").await;
        registrar.reads(&format!("Merged: {ends} into {stays}")).await;
        registrar.go_up().await;
        registrar.press(&format!("Undo the merge of {ends}")).await;
        registrar.reads("both records are there again").await;
        registrar.visit(&format!("/people/{ends}")).await;
        registrar.arrives(&format!("/people/{ends}")).await;
    }
}
