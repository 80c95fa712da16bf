//! The pages about people and their integration IDs, and those of who signs in to see them.

use super::sweep::Sweep;
use crate::journeys::{AMARA, AMARAS_IDS, NGOZIS_IDS};
use crate::support::World;

pub async fn signed_out(sweep: &mut Sweep) {
    sweep.page("/sign-in").await;
    sweep.page("/sign-in?then=%2Fpeople").await;
    sweep.window.give("nobody", "nothing").await;
    sweep.window.reads("do not let you in").await;
    sweep.here("a sign-in that failed").await;
}

pub async fn people(sweep: &mut Sweep) {
    sweep.page("/people").await;
    sweep.page("/people?member=student&division=Upper+School&status=any&sort=-grade&rows=50").await;
    sweep.page("/people?q=nobody+is+called+so").await;
    sweep.page("/people?page=2").await;
    sweep.page(AMARA).await;
    for (member, name) in [("staff", "a member of staff"), ("parent", "a parent")] {
        sweep.window.visit(&format!("/people?member={member}")).await;
        sweep.window.follow_first_row("People").await;
        sweep.window.reads("Other PID").await;
        sweep.here(name).await;
    }
    sweep.page("/people/NC0001234/history").await;
    sweep.page("/people/NC0001234/origins").await;
    sweep.page("/people/new").await;
    sweep.window.press("Submit").await;
    sweep.window.reads("There is a problem").await;
    sweep.here("a new person without a name").await;
}

pub async fn integration_ids(sweep: &mut Sweep) {
    let window = sweep.window.clone();
    sweep.page(AMARAS_IDS).await;
    sweep.page(NGOZIS_IDS).await;
    window.press_in("Add an integration ID", "Submit").await;
    window.reads("There is a problem").await;
    sweep.here("an ID without an integration").await;
    window.choose("Integration", "Canvas").await;
    window.fill("Integration ID", "0049317").await;
    window.press_in("Add an integration ID", "Submit").await;
    window.reads("0049317 is the Canvas ID of").await;
    sweep.here("an ID that is taken").await;
    window.fill("Integration ID", "0700400").await;
    window.press_in("Add an integration ID", "Submit").await;
    window.reads("Canvas ID added.").await;
    sweep.here("an ID was added").await;
    window.press_in("Integration IDs on record", "Submit").await;
    window.reads("Nothing is chosen").await;
    sweep.here("nothing chosen to delete").await;
    window.pick_in_row("Canvas", "Delete").await;
    window.press_in("Integration IDs on record", "Submit").await;
    window.reads("Canvas ID deleted.").await;
    sweep.here("an ID was deleted").await;
    window.press("Undo").await;
    window.reads("Canvas ID is back.").await;
    sweep.here("an ID is back").await;
    sweep.page("/people/NC0001235/history").await;
    sweep.page("/runs").await;
    sweep.window.follow_first_row("Runs").await;
    window.reads("Takes back").await;
    sweep.here("the run of an ID").await;
}

pub async fn editing(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    sweep.page("/people/NC0001235/edit").await;
    window.fill("Birth date", "soon").await;
    window.press("Submit").await;
    window.reads("There is a problem").await;
    sweep.here("an edit with a mistake").await;
    window.visit("/people/NC0001236/edit").await;
    let other = world.signed_in("registrar").await;
    let fields = [("version", "0"), ("middle_name", "Chukwu"), ("phone", "+1 312 555 0199")];
    let version = window.ask("return document.querySelector('[name=version]').value").await;
    let fields = [("version", version.as_str().unwrap()), fields[1], fields[2]];
    other.post("/people/NC0001236/edit", &fields).await.assert_status(303);
    window.fill("Middle name", "Emeka").await;
    window.press("Submit").await;
    window.reads("changed this person while you were typing").await;
    sweep.here("somebody else was quicker").await;
    window.press("Submit").await;
    window.reads("Saved.").await;
    sweep.here("an edit that was saved").await;
    sweep.page("/people/NC0001236/history").await;
}

pub async fn merging(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    let mut with_id = world.students_with_id("NFC", "canvas");
    let (ends, stays) = (with_id.remove(0), with_id.remove(0));
    sweep.page(&format!("/people/{ends}/merge")).await;
    sweep.page(&format!("/people/{ends}/merge?with={ends}")).await;
    sweep.page(&format!("/people/{ends}/merge?with={stays}")).await;
    window.press("Merge").await;
    window.reads("There is a problem").await;
    sweep.here("a merge without a choice").await;
    for code in ["canvas", "vidigami", "jrm", "perceptive"] {
        window.ask(&format!("document.getElementById('id-{code}-stays')?.click()")).await;
    }
    window.press("Merge").await;
    window.reads("Merged into this record").await;
    sweep.here("two people were merged").await;
    sweep.page(&format!("/people/{ends}/history")).await;
    window.visit(&format!("/people/{stays}")).await;
    window.press(&format!("Undo the merge of {ends}")).await;
    window.reads("both records are there again").await;
    sweep.here("a merge was undone").await;
}

pub async fn account(sweep: &mut Sweep, world: &World) {
    let window = sweep.window.clone();
    let _elsewhere = world.signed_in("registrar").await;
    sweep.page("/account").await;
    sweep.page("/account/password").await;
    window.press("Submit").await;
    window.reads("There is a problem").await;
    sweep.here("a password that is not changed").await;
    sweep.page("/help").await;
}
