//! ID creation specifications: the bench, what it refuses, and runs that make what it shows.
//! Leaves the language to the unit tests of `id_specs::language`.

use crate::support::desk::PASSWORD;
use crate::support::{Answer, Visitor, World};
use crate::{at_both_desks, on_both};

const BENCH: &str = "/id-specs/jrm/student";

async fn save(visitor: &Visitor, place: &str, template: &str) -> Answer {
    let version = visitor.get(place).await.hidden("version");
    visitor.submit(place, &[("template", template), ("version", version.as_str())]).await
}

/// The new IDs on a page, as they stand there.
fn made(page: &Answer) -> Vec<String> {
    page.all_between("<td data-label=\"New ID\"><span class=\"cw-id\">", "<")
}

fn figure(page: &Answer, name: &str) -> String {
    page.all_between(&format!("<dt>{name}</dt><dd>"), "<").remove(0)
}

fn live(world: &World) -> i64 {
    world.number(
        "SELECT count(*) AS value FROM integration_ids i JOIN integrations n ON n.id = i.integration_id JOIN people p \
         ON p.school_id = i.school_id AND p.id = i.person_id WHERE n.code = 'jrm' AND i.school_id = 1 \
         AND p.member_type = 'student' AND i.removed_at IS NULL",
    )
}

on_both! {
    async fn what_the_bench_shows_is_what_is_made_and_a_second_run_makes_nothing(world) {
        let data = world.signed_in("data").await;
        data.get("/people").await.assert_has("<a href=\"/id-specs\"");
        data.get("/id-specs").await.assert_has("JRM").assert_has("Write one").assert_has(BENCH);
        data.get(BENCH).await.assert_has("No specification yet").assert_lacks(">Make IDs<");
        // One half of the school is called something that is taken by the other.
        let template = "{last_name:1..3|letters|ascii|lower}{#}";
        let seen = data.ask(BENCH, &[("template", template)]).await;
        seen.assert_status(200).assert_has("Nothing is kept until you submit it.");
        let (held, people) = (live(&world), figure(&seen, "People").replace(',', "").parse::<i64>().unwrap());
        assert_eq!(figure(&seen, "Have an ID, which stays").replace(',', "").parse::<i64>().unwrap(), held);
        assert_eq!(world.count("id_specs"), 0, "a preview keeps nothing");
        save(&data, BENCH, template).await.assert_status(200).assert_has("Version 1 is the specification now");
        let seen = data.get(BENCH).await;
        let shown = made(&seen);
        assert!(shown.len() > 20 && held > 0, "{} {held}", shown.len());
        let plan = data.submit(&format!("{BENCH}/make"), &[]).await;
        plan.assert_status(200).assert_has("IDs by a specification").assert_has("IDs to be made").assert_has(">Apply<");
        for id in &shown {
            plan.assert_has(&format!("<span class=\"cw-id\">{id}</span>"));
        }
        assert_eq!(live(&world), held, "a plan changes nothing");
        let run = world.last_run();
        data.submit(&format!("/id-specs/runs/{run}/apply"), &[]).await.assert_status(200).assert_has("the IDs are made");
        assert_eq!(live(&world), people);
        let versions = world.number("SELECT count(*) AS value FROM integration_ids WHERE spec_version = 1 AND removed_at IS NULL");
        assert_eq!(versions, people - held, "each remembers its version and its run");
        let again = data.submit(&format!("{BENCH}/make"), &[]).await;
        again.assert_has("There is nothing to make").assert_lacks(">Apply<");
        // Taken back, everybody is without one again, and would get the same.
        data.submit(&format!("/id-specs/runs/{run}/undo"), &[]).await.assert_status(200).assert_has("is undone");
        assert_eq!(live(&world), held);
        assert_eq!(made(&data.get(BENCH).await), shown);
    }

    async fn numbers_of_the_counter_are_never_given_twice_though_two_plans_are_made(world) {
        let data = world.signed_in("data").await;
        save(&data, BENCH, "J{sequence:5}").await.assert_status(200);
        assert_eq!(made(&data.get(BENCH).await).first().map(String::as_str), Some("J00001"));
        data.submit(&format!("{BENCH}/make"), &[]).await.assert_status(200).assert_has("J00001");
        let first = world.last_run();
        // The second plan takes numbers of its own.
        data.submit(&format!("{BENCH}/make"), &[]).await.assert_status(200).assert_lacks("J00001");
        let second = world.last_run();
        data.submit(&format!("/id-specs/runs/{second}/apply"), &[]).await.assert_status(200).assert_has("the IDs are made");
        let stale = data.submit(&format!("/id-specs/runs/{first}/apply"), &[]).await;
        stale.assert_status(409);
        let doubles = world.number("SELECT count(*) AS value FROM (SELECT value_key FROM integration_ids WHERE school_id = 1 AND removed_at IS NULL GROUP BY integration_id, value_key HAVING count(*) > 1) d");
        assert_eq!(doubles, 0);
    }

    async fn a_wrong_specification_is_told_at_its_place_and_nothing_typed_is_lost(world) {
        let data = world.signed_in("data").await;
        for (template, part) in [
            ("{last_nam}{#}", "At character 2: &quot;last_nam&quot; is no field"),
            ("{last_name}", "two people could get the same ID"),
            ("{sonis_id", "At character 1: the bracket is not closed"),
            ("", "two people could get the same ID"),
        ] {
            let wrong = save(&data, BENCH, template).await;
            wrong.assert_status(422).assert_has("There is a problem").assert_reads(&part.replace("&quot;", "\"")).assert_has("aria-invalid=\"true\"");
            wrong.assert_has(&format!("value=\"{template}\""));
            let typed = data.ask_partial(BENCH, &[("template", template)]).await;
            typed.assert_status(200).assert_lacks("<html");
        }
        // The roster sync has to prove its IDs apart.
        let host = save(&data, "/id-specs/vidigami/student", "{last_name}{#}").await;
        host.assert_status(422).assert_reads("letters stand around {student_number}");
        save(&data, "/id-specs/vidigami/student", "ST{student_number}").await.assert_status(200);
        // Somebody else was quicker.
        data.submit(BENCH, &[("template", "A{sonis_id}"), ("version", "0")]).await.assert_status(200);
        let late = data.submit(BENCH, &[("template", "B{sonis_id}"), ("version", "0")]).await;
        late.assert_status(409).assert_has("value=\"B{sonis_id}\"").assert_has("has changed it meanwhile").assert_reads("the other is A{sonis_id}");
        assert_eq!(world.texts("SELECT template AS value FROM id_specs ORDER BY id"), ["ST{student_number}", "A{sonis_id}"]);
        world.let_audit("registrar");
        world.signed_in("registrar").await.get("/audit?action=id_spec_changed").await.assert_reads("JRM, Student: A{sonis_id} (version 1)");
    }

    async fn who_may_not_see_ids_learns_nothing_of_them_and_who_may_not_change_them_makes_none(world) {
        let data = world.signed_in("data").await;
        save(&data, BENCH, "A{sonis_id}").await.assert_status(200);
        data.submit(&format!("{BENCH}/make"), &[]).await.assert_status(200);
        let run = world.last_run();
        for user in ["clerk", "viewer", "registrar", "security"] {
            let visitor = world.signed_in(user).await;
            visitor.get(BENCH).await.assert_status(403);
            visitor.post(&format!("{BENCH}/make"), &[]).await.assert_status(403);
            visitor.post(&format!("/id-specs/runs/{run}/apply"), &[]).await.assert_status(403);
        }
        world.let_use("clerk", "manage_id_specs");
        let clerk = world.signed_in("clerk").await;
        clerk.get(BENCH).await.assert_status(200).assert_has("Unauthorized").assert_lacks("Have an ID").assert_lacks(">Make IDs<");
        clerk.get(&format!("/runs/{run}")).await.assert_status(404);
        clerk.post(&format!("{BENCH}/make"), &[]).await.assert_status(409).assert_has("View/modify integration IDs");
        clerk.post(&format!("/id-specs/runs/{run}/apply"), &[]).await.assert_status(409);
        // A plan that makes nothing names people without an ID.
        save(&data, BENCH, "X{other_pid}{#}").await.assert_status(200);
        data.submit(&format!("{BENCH}/make"), &[]).await.assert_status(200).assert_has("other_pid is blank");
        let nothing = world.last_run();
        clerk.get(&format!("/runs/{nothing}")).await.assert_status(404);
        clerk.get("/runs").await.assert_status(200).assert_lacks("IDs by a specification");
        data.get("/runs").await.assert_has("IDs by a specification");
        // Of another school nothing.
        world.let_use("registrar2", "manage_id_specs");
        let other = world.signed_in("registrar2").await;
        let before = world.snapshot();
        other.get(BENCH).await.assert_status(404);
        other.post(&format!("/id-specs/runs/{run}/apply"), &[]).await.assert_status(404);
        world.assert_unchanged_since(&before);
        data.post(&format!("/id-specs/runs/{nothing}/abandon"), &[]).await.assert_status(303);
        // Switched off meanwhile, nothing is made.
        world.change("UPDATE school_integrations SET stage = 'testing' WHERE school_id = 1 AND integration_id = (SELECT id FROM integrations WHERE code = 'jrm')");
        data.post(&format!("{BENCH}/make"), &[]).await.assert_status(409).assert_has("not Live at this school");
        data.post(&format!("/id-specs/runs/{run}/apply"), &[]).await.assert_status(409).assert_has("not Live at this school");
    }
}

at_both_desks! {
    fn the_command_line_shows_keeps_makes_and_takes_back(desk) {
        desk.done(&["school", "add", "NFC", "--name", "Northfield College", "--letters", "NC"]);
        desk.done(&["school", "stage", "NFC", "canvas", "testing"]);
        let names = desk.write("names.txt", "Student_Number\tLast_Name\tFirst_Name\n1\tLee\tAda\n2\tLee\tBo\n3\t王\t小明\n");
        desk.done(&["import", "names", &names, "--school", "NFC"]);
        let at = ["--school", "NFC", "--integration", "canvas", "--member-type", "student"];
        let with = |args: &[&str]| desk.run(&[args, &at[..]].concat());
        with(&["id-specs", "preview", "--template", "{last_nam}"]).assert_refused("At character 2");
        let seen = with(&["id-specs", "preview", "--template", "{last_name|ascii|lower}{#}", "--json"]);
        let told: serde_json::Value = serde_json::from_str(&seen.out).unwrap();
        assert_eq!((&told["people"], &told["made"], &told["numbered"]), (&3.into(), &3.into(), &1.into()));
        let ids: Vec<&str> = told["lines"].as_array().unwrap().iter().filter_map(|l| l["id"].as_str()).collect();
        assert_eq!(ids, ["lee2", "lee", "wang"]);
        with(&["id-specs", "make"]).assert_refused("Live");
        desk.done(&["school", "stage", "NFC", "canvas", "live"]);
        with(&["id-specs", "make"]).assert_refused("There is no specification yet");
        with(&["id-specs", "set", "{last_name|ascii|lower}{#}"]).assert_says(0, "version 1");
        with(&["id-specs", "make", "--plan"]).assert_says(0, "3 IDs made, 0 people get none");
        let run = serde_json::from_str::<serde_json::Value>(&with(&["id-specs", "make", "--json"]).out).unwrap();
        assert_eq!((&run["state"], &run["made"]), (&"applied".into(), &3.into()));
        with(&["id-specs", "make"]).assert_says(0, "3 had an ID, 0 IDs made");
        desk.run(&["id-specs", "undo", &run["run"].to_string(), "--school", "NFC"]).assert_says(0, "is undone by run");
        with(&["id-specs", "preview"]).assert_says(0, "0 have an ID, 3 would get one (1 with a number)");
        desk.run(&["id-specs", "apply", "999", "--school", "NFC"]).assert_refused("There is no run of a specification");
        desk.run(&["id-specs", "list", "--school", "NFC"]).assert_says(0, "canvas (Live), student: {last_name|ascii|lower}{#} (version 1)");
        // As somebody who may not see IDs.
        desk.run_with(&["user", "add", "one", "--school", "NFC", "--profile", "clerk"], &format!("{PASSWORD}\n")).assert_says(0, "is added");
        with(&["id-specs", "preview", "--as", "one"]).assert_refused("lacks the Task");
        desk.done(&["user", "grant", "one", "--task", "manage_id_specs", "--school", "NFC"]);
        with(&["id-specs", "preview", "--as", "one"]).assert_refused("View integration IDs");
        with(&["id-specs", "make", "--as", "one"]).assert_refused("View/modify integration IDs");
    }
}
