//! Importing names, from the upload to the undo.

use super::sweep::Sweep;
use crate::support::World;

pub async fn importing(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    sweep.page("/people/import").await;
    window.press("Preview").await;
    window.reads("Choose the file").await;
    sweep.here("an import without a file").await;
    let file = world.folder().join("students.csv");
    let long = "Wolfeschlegelsteinhausenbergerdorff-Jiménez-Urquijo de la Santísima Trinidad";
    let rows = format!(
        "Student_Number,Last_Name,First_Name,Grade_Level,DOB\n\
         900001,{long},María Fernanda Guadalupe,9,03/14/2011\n900002,المنصوري,ليلى,10,02/30/2010\n,Nobody,Ng,,\n\
         900003,المنصوري,خالد,10,02/03/2010\n"
    );
    std::fs::write(&file, rows).unwrap();
    window.choose_file("Students", &file).await;
    window.press("Preview").await;
    window.reads("Nothing is changed yet").await;
    sweep.here("the preview of an import").await;
    let preview = window.place().await;
    sweep.page("/runs").await;
    window.visit(&preview).await;
    window.press("Apply").await;
    window.reads("Applied").await;
    sweep.here("the receipt of an import").await;
    sweep.page("/people?q=Wolfeschlegel").await;
    window.follow_first_row("People").await;
    window.reads("Other PID").await;
    sweep.here("somebody with a long name").await;
    window.visit(&preview).await;
    window.press("Undo").await;
    window.reads("reversed").await;
    sweep.here("the undo of an import").await;
    sweep.page(&preview).await;
    window.visit("/people/import").await;
    window.choose_file("Students", &file).await;
    window.press("Preview").await;
    window.press("Abandon").await;
    window.reads("The plan is abandoned").await;
    sweep.here("a plan that was abandoned").await;
    window.visit("/people/import").await;
    let same = world.folder().join("same.csv");
    std::fs::write(&same, "Student_Number,Last_Name,First_Name\n").unwrap();
    window.choose_file("Students", &same).await;
    window.press("Preview").await;
    window.reads("There is nothing to change").await;
    sweep.here("an import that changes nothing").await;
}
