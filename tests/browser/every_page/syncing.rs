//! The roster sync, from the task list to the undo, in each state that a run can be in.

use super::sweep::Sweep;
use crate::support::World;

const LONG: &str = "Wolfeschlegelsteinhausenbergerdorff-Jiménez-Urquijo de la Santísima Trinidad";

fn students(grade: u32) -> String {
    format!(
        "Student_Number\tLast_Name\tFirst_Name\tGrade_Level\tdcid\n\
         7001001\t{LONG}\tMaría Fernanda Guadalupe\t{grade}\t91\n7001002\tالمنصوري\tليلى\t{grade}\t92\n7001003\t王\t小明\t{grade}\t93\n"
    )
}

const TEACHERS: &str = "USERS.dcid\tLast_Name\tFirst_Name\tEmail_Addr\n7001001\tBerg\tAnna\tanna@school.example\n\
    7001002\tWang\tLi\tli@home.example\n";
const PARENTS: &str = "PERSON.ID\tLast_Name\tFirst_Name\tEmail\n7001001\tBerg\tMara\ta.very.long.mailbox.indeed@home.example\n\
    7001002\tBerg\tIvo\ta.very.long.mailbox.indeed@home.example\n7001003\tWang\tLi\tli@home.example\n";
const RELATIONSHIPS: &str = "STUDENTCONTACTASSOC.studentdcid\tSTUDENTCONTACTASSOC.personid\tRELATIONSHIP_TYPE\n\
    91\t7001001\tMother\n91\t7001002\tFather\n93\t7001003\tMother\n";

/// Files of the upload page: label, name and text.
type Chosen<'a> = [(&'a str, &'a str, &'a str)];

/// Chooses files and sends them.
async fn send(sweep: &Sweep, world: &World, scope: &str, files: &Chosen<'_>) {
    let window = sweep.window.clone();
    window.visit("/sync/upload").await;
    for (label, name, text) in files {
        let path = world.folder().join(name);
        std::fs::write(&path, text).unwrap();
        window.choose_file(label, &path).await;
    }
    if !scope.is_empty() {
        window.tick(scope).await;
    }
    window.press("Preview").await;
}

/// A returning school: its match list with everything that can be in one, and a sync that waits.
async fn matching(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    sweep.page("/sync/match-list").await;
    window.press("This is a returning school").await;
    window.press("Preview").await;
    sweep.here("a match list that is missing").await;
    let list = "Old ID,New ID,Member Type\nS7001001,S7001002,Student\nS7001002,S7001001,Student\nS1,S2,Student\nT7001001,T7001001,Parent\n";
    let path = world.folder().join("list.csv");
    std::fs::write(&path, list).unwrap();
    window.choose_file("File", &path).await;
    window.press("Preview").await;
    window.heading("Preview of the match list").await;
    sweep.here("the preview of a match list").await;
    let listed = window.place().await;
    sweep.page(&format!("{listed}?kind=blocked")).await;
    sweep.page(&format!("{listed}?kind=unmatched")).await;
    sweep.page("/sync").await;
    window.visit(&listed).await;
    window.press("Apply").await;
    window.reads("is applied").await;
    sweep.here("the summary of a match list").await;
    sweep.page("/sync").await;
    let new = format!("{}7001009\tNew\tNora\t5\t99\n", students(5));
    send(sweep, world, "Full list", &[("Students", "students.txt", &new)]).await;
    window.reads("the two sides do not agree").await;
    sweep.here("a sync whose two sides do not agree").await;
    let waits = window.place().await.split('?').next().unwrap().to_owned();
    sweep.page(&format!("{waits}?kind=unmatched")).await;
    window.visit(&waits).await;
    window.press("Abandon").await;
    window.visit("/sync/match-list").await;
    window.press("This is no returning school").await;
    window.visit(&listed).await;
    window.press("Undo").await;
    window.reads("is undone").await;
}

pub async fn syncing(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    sweep.change_user("sync").await;
    sweep.page("/sync").await;
    sweep.page("/sync/upload").await;
    sweep.page("/sync/settings").await;
    window.fill("Most who may be updated, in %", "most").await;
    window.fill("Rollover from", "06/01/2027").await;
    window.press("Submit").await;
    sweep.here("settings of the sync with faults").await;
    sweep.page("/sync/watch").await;
    window.tick("At set times").await;
    window.fill("Set times", "noon").await;
    window.press("Submit").await;
    sweep.here("settings of the sync by itself with faults").await;
    window.fill("Set times", "06:00").await;
    window.tick("Take extracts from the folder").await;
    window.press("Submit").await;
    sweep.here("a sync by itself that lacks its folder").await;
    send(sweep, world, "", &[]).await;
    sweep.here("an upload of nothing").await;
    let odd = students(4).replace("Student_Number", "Pupil ref");
    send(sweep, world, "Full list", &[("Students", "odd.txt", &odd), ("Teachers", "teachers.txt", TEACHERS)]).await;
    window.reads("Which column is it?").await;
    sweep.here("a title that is not known").await;
    window.choose("Student_Number", "Pupil ref").await;
    window.press("Use these columns").await;
    window.heading("Preview of the roster sync").await;
    window.press("Abandon").await;
    window.reads("The plan is abandoned").await;
    sweep.here("a sync that was abandoned").await;
    sweep.page("/sync/settings").await;

    let four = students(4);
    let files = [
        ("Students", "students.txt", four.as_str()),
        ("Teachers", "teachers.txt", TEACHERS),
        ("Parents", "parents.txt", PARENTS),
        ("Relationships", "relationships.txt", RELATIONSHIPS),
    ];
    send(sweep, world, "Only these people", &files).await;
    window.reads("Nothing is changed yet").await;
    sweep.here("the preview of a sync").await;
    let preview = window.place().await;
    sweep.page(&format!("{preview}?kind=blocked")).await;
    window.visit(&format!("{preview}?kind=created")).await;
    window.press_in_row("王, 小明", "Exclude").await;
    sweep.page(&format!("{preview}?kind=excluded")).await;
    sweep.page("/sync").await;
    decisions(sweep).await;
    let run = preview.rsplit('/').next().unwrap();
    world.change(&format!("UPDATE runs SET state = 'applying' WHERE id = {run}"));
    world.change_activity(&format!(
        "INSERT INTO run_leases (school_id, run_id, holder, fence, until, done, total, started_at, cancel_asked) \
         VALUES (1, {run}, 'somebody', 1, '2099-01-01 00:00:00', 2500, 10000, '2098-12-31 23:59:45', false)"
    ));
    sweep.page(&preview).await;
    sweep.page("/sync").await;
    world.change_activity("UPDATE run_leases SET cancel_asked = true");
    sweep.page(&preview).await;
    world.change_activity("DELETE FROM run_leases");
    world.change(&format!("UPDATE runs SET state = 'planned' WHERE id = {run}"));
    window.visit(&preview).await;
    window.press("Apply").await;
    window.reads("Import Summary").await;
    sweep.here("the summary of a sync").await;
    sweep.page("/runs").await;

    send(sweep, world, "Full list", &[("Students", "students.txt", &students(5))]).await;
    window.reads("No longer listed").await;
    sweep.page(&format!("{}?kind=gone", window.place().await)).await;
    sweep.page(&format!("{}?kind=updated", window.place().await.split('?').next().unwrap())).await;
    let second = window.place().await.split('?').next().unwrap().to_owned();
    sweep.page(&second).await;
    window.reads("The group Grade 4 would have no member left").await;
    sweep.page("/sync").await;
    sweep.change_user("release").await;
    sweep.page(&second).await;
    window.fill("Reason", "Everybody moves up").await;
    window.press("Release").await;
    window.reads("is released").await;
    sweep.here("a sync that was released").await;
    sweep.page(&format!("{preview}?kind=created")).await;

    sweep.change_user("sync").await;
    matching(sweep, world).await;
    window.visit(&preview).await;
    window.press("Undo").await;
    window.reads("is undone").await;
    sweep.here("the undo of a sync").await;
    sweep.page(&preview).await;
    world.change("UPDATE school_integrations SET stage = 'testing' WHERE school_id = 1");
    sweep.page(&second).await;
    sweep.page("/sync").await;
    world.change("UPDATE school_integrations SET stage = 'off' WHERE school_id = 1");
    sweep.page("/sync").await;
    sweep.page("/sync/upload").await;
    world.change("UPDATE school_integrations SET stage = 'live' WHERE school_id = 1");
}

/// Shared e-mails and likely matches: empty on an earlier page, open, wrongly answered, decided; and the letters.
async fn decisions(sweep: &mut Sweep) {
    let window = sweep.window.clone();
    sweep.page("/sync/emails?page=2").await;
    sweep.page("/sync/emails").await;
    window.press("Decide").await;
    window.reads("Choose what is to be of the e-mail").await;
    sweep.here("a shared e-mail without a choice").await;
    sweep.page("/sync/emails/letters").await;
    window.visit("/sync/emails").await;
    window.tick("Import whoever is new without it").await;
    window.press("Decide").await;
    window.reads("Decided so far").await;
    sweep.here("a shared e-mail that was decided").await;
    sweep.page("/sync/matches?page=2").await;
    sweep.page("/sync/matches").await;
    window.press("The same person").await;
    window.reads("Decided so far").await;
    sweep.here("a likely twin that was decided").await;
}
