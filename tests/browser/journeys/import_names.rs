//! Names from a PowerSchool extract, through the page: preview, apply, receipt, undo.

use crate::journeys;

/// Four rows: a new student, one with an impossible birthday, one without a number, and one whose name is not in Latin letters.
const STUDENTS: &str = "Student_Number,Last_Name,First_Name,Middle_Name,Grade_Level,DOB\n\
    900001,Nilsdotter-Bergerdorff,Ása,Þóra,9,03/14/2011\n\
    900002,O’Connor,Siân,,10,02/30/2010\n\
    ,Nobody,Ng,,,\n\
    900003,المنصوري,ليلى,,8,01/02/2012\n";

journeys! {
    async fn a_registrar_imports_names_reads_the_receipt_and_takes_it_back(world, registrar) {
        let file = world.folder().join("student.export.csv");
        std::fs::write(&file, STUDENTS).unwrap();
        registrar.sign_in("registrar").await;
        registrar.follow("Runs").await;
        registrar.follow("Import names").await;
        registrar.heading("Import names").await;

        // No file, and a file that is none.
        registrar.press("Preview").await;
        registrar.reads("Choose the file that PowerSchool exported").await;
        let other = world.folder().join("menu.txt");
        std::fs::write(&other, "Monday\tSoup\nTuesday\tRice\n").unwrap();
        registrar.choose_file("Students", &other).await;
        registrar.press("Preview").await;
        registrar.reads("The column Student_Number is missing").await;

        registrar.choose_file("Students", &file).await;
        registrar.press("Preview").await;
        registrar.heading("Import of names").await;
        registrar.reads_all(&["Planned", "Nothing is changed yet.", "student.export.csv", "To be created 2", "Rows not taken 2"]).await;
        registrar.reads_all(&["02/30/2010", "is not a date", "the cell is blank", "المنصوري, ليلى"]).await;
        let run = registrar.place().await;
        registrar.visit("/people?q=Nilsdotter").await;
        registrar.reads("Nobody found").await;

        // A plan can be left and come back to.
        registrar.visit(&run).await;
        registrar.press("Apply").await;
        registrar.reads_all(&["Applied", "Created 2", "Rows not taken 2"]).await;
        registrar.reads_nothing_of("Nothing is changed yet").await;
        registrar.follow("Nilsdotter-Bergerdorff, Ása").await;
        registrar.heading("Ása Þóra Nilsdotter-Bergerdorff").await;
        registrar.reads_all(&["Birth date 14 March 2011", "Grade level 9"]).await;

        // The same file again changes nothing.
        registrar.visit("/people/import").await;
        registrar.choose_file("Students", &file).await;
        registrar.press("Preview").await;
        registrar.reads_all(&["There is nothing to change", "To be created 0", "Unchanged 2"]).await;
        registrar.press("Abandon").await;
        registrar.reads("The plan is abandoned. Nothing was changed.").await;

        registrar.visit(&run).await;
        registrar.press("Undo").await;
        registrar.heading("Undo").await;
        registrar.reads("2 reversed, 0 kept").await;
        registrar.visit(&run).await;
        registrar.reads("Undone by run").await;
        assert!(!registrar.has_button("Undo").await);
        registrar.visit("/people?q=Nilsdotter").await;
        registrar.reads("Nobody found").await;
    }
}
