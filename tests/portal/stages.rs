//! The stage of each integration at each school: moved by Support or a command, with its history; IDs hidden and back.
//! Leaves asking for one to `requests`, and e-mail to `mail`.

use crosswalk::integrations::Stage;

use crate::support::rows::texts;
use crate::support::{Answer, Visitor, World};
use crate::{at_both_desks, on_both};

pub const AMARAS_IDS: &str = "/people/NC0001234/integration-ids";

pub fn place(school: &str, integration: &str) -> String {
    format!("/support/schools/{school}/{integration}")
}

/// Moves an integration as its page would, confirming what has to be confirmed.
pub async fn move_to(support: &Visitor, school: &str, integration: &str, stage: Stage) -> Answer {
    let place = place(school, integration);
    let version = support.get(&place).await.hidden("version");
    let form = [("stage", stage.code()), ("next", "usual"), ("note", ""), ("version", &version)];
    let answer = support.submit(&place, &form).await;
    if !answer.has("name=\"confirmed\"") {
        return answer;
    }
    let confirmed = answer.hidden("confirmed");
    let form = [form[0], form[1], form[2], form[3], ("confirmed", confirmed.as_str())];
    support.submit(&place, &form).await
}

fn ids_at(world: &World, school: &str, integration: &str) -> i64 {
    world.number(&format!(
        "SELECT count(*) AS value FROM integration_ids i JOIN schools s ON s.id = i.school_id JOIN integrations n ON n.id = i.integration_id \
         WHERE s.code = '{school}' AND n.code = '{integration}' AND i.removed_at IS NULL"
    ))
}

on_both! {
    async fn support_sees_every_school_in_counts_and_nobodys_record(world) {
        let support = world.signed_in("support").await;
        let page = support.get("/").await;
        assert_eq!(page.location().as_deref(), Some("/support/schools"));
        let page = support.get("/support/schools").await;
        page.assert_status(200).assert_reads("Northfield College NFC 120 4 0").assert_reads("Harbor Academy HAR 300 1 0");
        let page = support.get("/support/schools/NFC").await;
        page.assert_status(200).assert_reads("120 people").assert_lacks("Okonkwo").assert_lacks("0049317").assert_lacks("NC0001234");
        page.assert_reads(&format!("demo) Nobody {}", ids_at(&world, "NFC", "canvas")));
        for address in ["/people", "/people/NC0001234", AMARAS_IDS, "/runs", "/integrations"] {
            support.get(address).await.assert_status(404);
        }
        for missing in ["/support/schools/nfc", "/support/schools/XXX", "/support/schools/NFC/nothing", "/support/schools/%00", "/support/schools/NFC/%00"] {
            support.get(missing).await.assert_status(404);
        }
    }

    async fn off_says_first_how_many_ids_are_hidden_and_back_on_all_is_as_it_was(world) {
        let (support, registrar) = (world.signed_in("support").await, world.signed_in("registrar").await);
        let n = ids_at(&world, "NFC", "canvas");
        assert!(n > 1);
        let rows = world.snapshot()["integration_ids"].clone();
        let version = support.get(&place("NFC", "canvas")).await.hidden("version");
        let form = [("stage", "off"), ("next", "usual"), ("note", "Contract ended"), ("version", version.as_str())];
        let asked = support.post(&place("NFC", "canvas"), &form).await;
        asked.assert_status(200).assert_reads("Move Canvas to Off?").assert_reads(&format!("{n} Canvas IDs will be hidden at Northfield College. They are kept"));
        registrar.get(AMARAS_IDS).await.assert_has("0049317");
        let confirmed = n.to_string();
        let form = [form[0], form[1], form[2], form[3], ("confirmed", confirmed.as_str())];
        support.submit(&place("NFC", "canvas"), &form).await.assert_reads(&format!("Canvas is Off at Northfield College. {n} Canvas IDs are hidden and kept.")).assert_reads("Contract ended");
        registrar.get(AMARAS_IDS).await.assert_status(200).assert_lacks("0049317").assert_lacks("<option value=\"canvas\"");
        registrar.get("/people").await.assert_lacks("<option value=\"canvas\"");
        assert_eq!(world.snapshot()["integration_ids"], rows, "an ID was touched");
        move_to(&support, "NFC", "canvas", Stage::Live).await.assert_reads(&format!("{n} Canvas IDs are shown again."));
        registrar.get(AMARAS_IDS).await.assert_has("0049317").assert_has("<option value=\"canvas\"");
        assert_eq!(world.snapshot()["integration_ids"], rows);
        let history = world.texts("SELECT coalesce(stage_before, '') || '>' || stage_after || ' ' || next_step || ' ' || moved_by || ' ' || m.note AS value FROM stage_moves m JOIN integrations n ON n.id = m.integration_id WHERE n.code = 'canvas' AND m.school_id = 1 ORDER BY m.id");
        assert_eq!(history[1..], ["live>off nobody Tomas Berg Contract ended", "off>live nobody Tomas Berg "]);
        let entries = world.texts("SELECT action || ': ' || subject AS value FROM audit_entries WHERE action = 'stage_moved' ORDER BY id");
        assert_eq!(entries, ["stage_moved: Canvas to Off, before Live; next step Nobody", "stage_moved: Canvas to Live, before Off; next step Nobody"]);
    }

    async fn ids_show_at_the_stage_live_alone(world) {
        let (support, registrar) = (world.signed_in("support").await, world.signed_in("registrar").await);
        for stage in [Stage::Requested, Stage::Testing, Stage::Ready, Stage::Off] {
            move_to(&support, "NFC", "canvas", stage).await.assert_reads(&format!("Canvas is {stage} at Northfield College"));
            registrar.get(AMARAS_IDS).await.assert_status(200).assert_lacks("0049317").assert_has("S2038917");
            assert!(registrar.ask("/people", &[("q", "0049317")]).await.location().is_none(), "found at {stage}");
            move_to(&support, "NFC", "canvas", Stage::Live).await.assert_status(200);
            registrar.get(AMARAS_IDS).await.assert_has("0049317");
        }
    }

    async fn an_integration_that_was_never_on_is_named_nowhere_at_the_school(world) {
        let (support, registrar2) = (world.signed_in("support").await, world.signed_in("registrar2").await);
        let student = world.students_with_id("HAR", "canvas").remove(0);
        let pages = ["/people".to_owned(), format!("/people/{student}"), format!("/people/{student}/integration-ids"), format!("/people/{student}/history"), "/runs".into(), "/people/new".into()];
        for stage in [None, Some(Stage::Requested), Some(Stage::Testing), Some(Stage::Off)] {
            if let Some(stage) = stage {
                move_to(&support, "HAR", "perceptive", stage).await.assert_reads(&format!("Perceptive is {stage}"));
            }
            for page in &pages {
                registrar2.get(page).await.assert_status(200).assert_lacks("Perceptive").assert_lacks("perceptive");
            }
        }
        move_to(&support, "HAR", "perceptive", Stage::Live).await.assert_status(200);
        registrar2.get(&pages[2]).await.assert_has("<option value=\"perceptive\">Perceptive");
    }

    async fn an_id_sent_after_its_integration_was_switched_off_is_not_stored_and_not_lost(world) {
        let (support, registrar2) = (world.signed_in("support").await, world.signed_in("registrar2").await);
        let student = world.students_without_ids("HAR").remove(0);
        let page = format!("/people/{student}/integration-ids");
        registrar2.get(&page).await.assert_has("<option value=\"canvas\"");
        // The only one of the school: the form has nothing to offer any more, and is there all the same.
        move_to(&support, "HAR", "canvas", Stage::Off).await.assert_status(200);
        let before = world.snapshot();
        let answer = registrar2.post(&format!("{page}/add"), &[("integration", "canvas"), ("value", "late-77")]).await;
        answer.assert_status(422).assert_has("There is a problem").assert_has("not live at your school any more").assert_has("name=\"value\" value=\"late-77\"");
        world.assert_unchanged_since(&before);
        registrar2.get(&page).await.assert_has("No integration is live at your school");
    }

    async fn of_two_who_move_it_at_once_the_second_is_told(world) {
        let support = world.signed_in("support").await;
        let place = place("HAR", "jrm");
        move_to(&support, "HAR", "jrm", Stage::Requested).await.assert_status(200);
        let version = support.get(&place).await.hidden("version");
        let form = |stage: &'static str, note: &'static str| [("stage", stage), ("next", "vendor"), ("note", note), ("version", "")];
        let with = |mut f: [(&'static str, &'static str); 4]| { f[3] = ("version", ""); f };
        let mut first: Vec<(&str, &str)> = with(form("testing", "First")).to_vec();
        first[3].1 = &version;
        support.submit(&place, &first).await.assert_reads("JRM is Testing at Harbor Academy.").assert_reads("Next step: Vendor.");
        let before = world.snapshot();
        let mut second: Vec<(&str, &str)> = form("ready", "Second, typed at length").to_vec();
        second[3].1 = &version;
        let answer = support.post(&place, &second).await;
        answer.assert_status(409).assert_has("Tomas Berg has moved it to Testing").assert_has("Second, typed at length");
        world.assert_unchanged_since(&before);
        // Having read it, the same form is saved on top.
        let version = answer.hidden("version");
        second[3].1 = &version;
        support.submit(&place, &second).await.assert_reads("JRM is Ready at Harbor Academy.");
    }

    async fn a_form_that_is_wrong_says_what_is_wrong_and_keeps_what_was_typed(world) {
        let support = world.signed_in("support").await;
        let (place, long) = (place("NFC", "canvas"), "n".repeat(501));
        let before = world.snapshot();
        for (form, field, message) in [
            ([("stage", "lively"), ("next", "usual"), ("note", "kept-note")], "stage", "Choose a stage"),
            ([("stage", "live"), ("next", "moon"), ("note", "kept-note")], "next", "Choose who owns the next step"),
            ([("stage", "live"), ("next", "usual"), ("note", long.as_str())], "note", "A note has at most 500 characters; these are 501"),
            ([("stage", "live"), ("next", "usual"), ("note", "a\u{0}b kept-note")], "note", "cannot be seen"),
        ] {
            let answer = support.post(&place, &form).await;
            answer.assert_status(422).assert_has("There is a problem").assert_has("<title>Error: ").assert_has(message);
            answer.assert_has(&format!("<a href=\"#{field}\">")).assert_has(&format!("id=\"{field}-err\""));
            assert!(answer.has("kept-note") || answer.has(&long));
        }
        let same = support.get(&place).await.hidden("version");
        support.submit(&place, &[("stage", "live"), ("next", "nobody"), ("version", &same)]).await.assert_reads("Nothing was changed");
        world.assert_unchanged_since(&before);
        // Somebody who looks at a number that is no longer true is asked again.
        let form = [("stage", "off"), ("next", "usual"), ("version", same.as_str()), ("confirmed", "1")];
        support.post(&place, &form).await.assert_status(200).assert_reads("Move Canvas to Off?");
        world.assert_unchanged_since(&before);
    }

    async fn the_next_step_alone_can_change_and_stands_in_the_history(world) {
        let support = world.signed_in("support").await;
        let place = place("NFC", "canvas");
        let since = world.text("SELECT CAST(moved_at AS TEXT) || moved_by AS value FROM school_integrations si JOIN integrations n ON n.id = si.integration_id WHERE n.code = 'canvas' AND si.school_id = 1");
        let version = support.get(&place).await.hidden("version");
        let form = [("stage", "live"), ("next", "school"), ("note", "Load the rest"), ("version", version.as_str())];
        support.submit(&place, &form).await.assert_reads("The next step and the note are saved.").assert_reads("Live as before, by Tomas Berg . Next step: School.");
        let now = world.text("SELECT CAST(moved_at AS TEXT) || moved_by AS value FROM school_integrations si JOIN integrations n ON n.id = si.integration_id WHERE n.code = 'canvas' AND si.school_id = 1");
        assert_eq!(since, now, "it is Live since the same day");
        assert_eq!(world.texts("SELECT subject AS value FROM audit_entries WHERE action = 'next_step_set'"), ["Canvas, Live: next step School"]);
    }
}

at_both_desks! {
    fn the_command_has_the_same_checks_and_history(desk) {
        desk.furnish();
        desk.done(&["school", "stage", "NFC", "jrm", "testing", "--note", "Ten IDs", "--next", "vendor"]).assert_says(0, "JRM is Testing at Northfield College.");
        desk.done(&["school", "stage", "NFC", "jrm", "testing"]).assert_says(0, "JRM was Testing at Northfield College already.");
        desk.run(&["school", "stage", "NFC", "jrm", "live", "--next", "moon"]).assert_refused("moon owns no next step").assert_plain_line();
        desk.run(&["school", "stage", "NFC", "jrm", "live", "--note", &"n".repeat(501)]).assert_refused("A note has at most 500 characters").assert_plain_line();
        let db = desk.db();
        let steps = texts(&db, "SELECT n.code || ' ' || coalesce(m.stage_before, '-') || ' ' || m.stage_after || ' ' || m.next_step || ' ' || m.note AS value FROM stage_moves m JOIN integrations n ON n.id = m.integration_id ORDER BY m.id");
        assert_eq!(steps, ["canvas - live nobody ", "jrm - testing vendor Ten IDs"]);
        let entries = texts(&db, "SELECT subject AS value FROM audit_entries WHERE action = 'stage_moved' ORDER BY id");
        assert_eq!(entries, ["Canvas to Live; next step Nobody", "JRM to Testing; next step Vendor"]);
        crate::support::rows::change(&db, "UPDATE integrations SET retired_at = '2026-01-01 00:00:00' WHERE code = 'vidigami'");
        desk.run(&["school", "stage", "NFC", "vidigami", "live"]).assert_refused("Vidigami is retired").assert_plain_line();
        desk.done(&["school", "list"]).assert_says(0, "NFC\tNorthfield College\tcanvas live, jrm testing");
        desk.run(&["school", "list", "--as", "reg"]).assert_refused("reg lacks the Task Set stages");
    }
}
