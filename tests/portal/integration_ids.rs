//! The registrar's main job: a person's integration IDs looked at, added, deleted and brought back.
//! Leaves who may not see them to `unauthorized`, and adding at the same moment to `races`.

use crosswalk::integrations::{Integration, Stage, set_stage};
use crosswalk::schools::CurrentSchool;

use crate::on_both;
use crate::support::{Answer, Visitor, World};

/// The first demo student: has Vidigami, Canvas, Perceptive and JRM IDs.
const AMARA: &str = "/people/NC0001234";

fn place(sonis_id: &str) -> String {
    format!("/people/{sonis_id}/integration-ids")
}

async fn add(visitor: &Visitor, sonis_id: &str, integration: &str, value: &str) -> Answer {
    visitor.submit(&format!("{}/add", place(sonis_id)), &[("integration", integration), ("value", value)]).await
}

async fn delete(visitor: &Visitor, sonis_id: &str, record: &str) -> Answer {
    visitor.submit(&format!("{}/delete", place(sonis_id)), &[("delete", record)]).await
}

async fn undo(visitor: &Visitor, sonis_id: &str, run: &str) -> Answer {
    visitor.submit(&format!("{}/undo", place(sonis_id)), &[("run", run)]).await
}

/// The page with what is wrong: 422, the summary on top, the message at the field, what was typed in the field.
fn assert_wrong(answer: &Answer, field: &str, message: &str, typed: &str) {
    answer.assert_status(422).assert_has("There is a problem").assert_has("<title>Error: ").assert_has(message);
    answer.assert_has(&format!("<a href=\"#{field}\">"));
    if field != "del-none" {
        answer.assert_has(&format!("id=\"{field}-err\"")).assert_has("aria-invalid=\"true\"");
        answer.assert_has(&format!("name=\"value\" value=\"{typed}\""));
    }
}

/// Which integration IDs stand in the list, in its order.
fn on_record(page: &Answer) -> Vec<String> {
    let Some((_, table)) = page.body.split_once("aria-label=\"Integration IDs on record\" tabindex") else {
        return Vec::new();
    };
    let (table, _) = table.split_once("</table>").unwrap();
    let values = table.split("<span class=\"cw-id\">").skip(1);
    values.map(|v| v.split_once('<').unwrap().0.to_owned()).collect()
}

fn stage(world: &World, school: &str, integration: &str, stage: Stage) {
    world
        .db
        .write(|conn| {
            let school = CurrentSchool::by_code(conn, school)?.unwrap();
            let integration = Integration::by_code(conn, integration)?.unwrap();
            set_stage(conn, &school, integration.id, stage, "a test", world.clock.now())
        })
        .unwrap();
}

on_both! {
    async fn a_registrar_adds_an_id_sees_it_at_the_top_deletes_it_and_takes_that_back(world) {
        let registrar = world.signed_in("registrar").await;
        let student = world.students_without_ids("NFC").remove(0);
        let biographic = registrar.get(&format!("/people/{student}")).await;
        biographic.assert_has(&format!("<dt>Integration ID</dt><dd><a href=\"{}\">View</a>", place(&student)));

        let page = registrar.get(&place(&student)).await;
        page.assert_status(200).assert_has("No Integration ID Records").assert_lacks("Life of each ID");
        for label in ["<label class=\"form-label\" for=\"integration\">Integration</label>", "<label class=\"form-label\" for=\"value\">Integration ID</label>", ">Submit</button>"] {
            page.assert_has(label);
        }
        let offered = page.all_between("<option value=\"", "</option>");
        assert_eq!(offered, ["\">Choose an integration", "canvas\">Canvas", "jrm\">JRM", "perceptive\">Perceptive", "vidigami\">Vidigami"]);

        let page = add(&registrar, &student, "canvas", "0007712").await;
        page.assert_status(200).assert_has("Canvas ID added.").assert_lacks("No Integration ID Records").assert_lacks("The spaces around");
        assert_eq!(on_record(&page), ["0007712"]);
        let (list, form) = (page.body.find("0007712").unwrap(), page.body.find("Add an integration ID").unwrap());
        assert!(list < form, "the list stands above the form");
page.assert_reads("Rosa Okafor, run").assert_has("Life of each ID");
        let added = page.undo().expect("an Undo of the adding");

        let page = delete(&registrar, &student, &page.deletable()[0]).await;
        page.assert_status(200).assert_has("Canvas ID deleted.").assert_has("No Integration ID Records").assert_has("Undo");
        page.assert_has("<strong>Removed</strong> <span class=\"cw-id\">0007712</span> by Rosa Okafor");
        assert!(world.ids_of(&student).is_empty());
        // The banner lasts until it is dismissed.
        let page = registrar.get(&place(&student)).await;
        let deleted = page.undo().expect("an Undo of the deleting");
        assert_ne!(added, deleted);

        let page = undo(&registrar, &student, &deleted).await;
        page.assert_status(200).assert_has("Canvas ID is back.");
        assert_eq!(on_record(&page), ["0007712"]);
        assert_eq!(page.undo(), None, "an undo is not undone");
        assert_eq!(world.ids_of(&student), ["canvas 0007712"]);

        registrar.post("/notice/dismiss", &[("back", &place(&student))]).await.assert_status(303);
        registrar.get(&place(&student)).await.assert_lacks("Canvas ID is back.");
        let history = registrar.get(&format!("/people/{student}/history")).await;
        assert_eq!(history.all_between("<span class=\"cw-id\">", "<").iter().filter(|v| *v == "0007712").count(), 3);
    }

    async fn adding_can_be_taken_back_too(world) {
        let registrar = world.signed_in("registrar").await;
        let student = world.students_without_ids("NFC").remove(0);
        let page = add(&registrar, &student, "perceptive", "PCT-9").await;
        let page = undo(&registrar, &student, &page.undo().unwrap()).await;
        page.assert_status(200).assert_has("Perceptive ID is taken off again.").assert_has("No Integration ID Records");
        assert!(world.ids_of(&student).is_empty());
    }

    async fn an_id_is_kept_as_it_was_typed_apart_from_the_spaces_around_it(world) {
        let registrar = world.signed_in("registrar").await;
        let mut students = world.students_without_ids("NFC").into_iter();
        for (typed, kept) in [
            ("000", "000"),
            ("0049 317", "0049 317"),
            ("  00123  ", "00123"),
            ("\u{a0}x-7\u{3000}", "x-7"),
            ("Ünï-código-王", "Ünï-código-王"),
            ("1e5", "1e5"),
            ("-1", "-1"),
            ("=1+1", "=1+1"),
        ] {
            let student = students.next().unwrap();
            let page = add(&registrar, &student, "canvas", typed).await;
            page.assert_status(200);
            assert_eq!(world.ids_of(&student), [format!("canvas {kept}")], "{typed:?}");
            assert_eq!(on_record(&page), [kept], "{typed:?}");
            assert_eq!(page.has("The spaces around what you typed were removed."), typed != kept, "{typed:?}");
        }
    }

    async fn a_form_that_is_wrong_says_what_is_wrong_where_and_keeps_what_was_typed(world) {
        let registrar = world.signed_in("registrar").await;
        let student = world.students_without_ids("NFC").remove(0);
        let before = world.snapshot();
        let (longest, too_long) = ("7".repeat(255), "7".repeat(256));
        for (integration, value, field, message) in [
            ("", "77", "integration", "Choose an integration"),
            ("canvas", "", "value", "Type the integration ID"),
            ("canvas", "   ", "value", "Type the integration ID"),
            ("canvas", too_long.as_str(), "value", "The ID has 256 characters; at most 255 are allowed. It was not cut"),
            ("vidigami", &longest, "value", "The ID has 255 characters; at most 64 are allowed"),
            ("canvas", "7\t7", "value", "a character that cannot be seen"),
            ("canvas", "7\u{200b}7", "value", "a character that cannot be seen"),
            ("canvas", "\u{202e}77", "value", "a character that cannot be seen"),
            ("canvas", "7\u{0}7", "value", "a character that cannot be seen"),
            ("canvas", "7\u{feff}", "value", "a character that cannot be seen"),
            ("powerschool", "77", "integration", "not live at your school"),
            ("CANVAS' --", "77", "integration", "not live at your school"),
        ] {
            let answer = add(&registrar, &student, integration, value).await;
            assert_wrong(&answer, field, message, value);
            if ["canvas", "vidigami"].contains(&integration) {
                answer.assert_has(&format!("<option value=\"{integration}\" selected>"));
            }
            answer.assert_has("No Integration ID Records");
        }
        world.assert_unchanged_since(&before);
        add(&registrar, &student, "canvas", &longest).await.assert_status(200);
        assert_eq!(world.ids_of(&student), [format!("canvas {longest}")]);
    }

    async fn a_value_that_somebody_has_is_refused_and_its_holder_named(world) {
        let registrar = world.signed_in("registrar").await;
        let student = world.students_without_ids("NFC").remove(0);
        let before = world.snapshot();
        let answer = add(&registrar, &student, "canvas", " 0049317 ").await;
        assert_wrong(&answer, "value", "0049317 is the Canvas ID of Amara Chidinma Okonkwo", " 0049317 ");
        answer.assert_reads("Amara Chidinma Okonkwo").assert_has("<a href=\"/people/NC0001234\">Amara");
        let own = add(&registrar, "NC0001234", "canvas", "0049317").await;
        assert_wrong(&own, "value", "0049317 is on record already: it is this person’s Canvas ID", "0049317");
        world.assert_unchanged_since(&before);
        // The same value is another program's business.
        add(&registrar, &student, "jrm", "0049317").await.assert_status(200);
    }

    async fn a_person_has_one_id_of_an_integration_and_is_told_so(world) {
        let registrar = world.signed_in("registrar").await;
        let before = world.snapshot();
        let answer = add(&registrar, "NC0001234", "canvas", "another-one").await;
        assert_wrong(&answer, "integration", "This person has a Canvas ID already, and Canvas allows one. Delete that one first", "another-one");
        world.assert_unchanged_since(&before);
        let page = registrar.get(&place("NC0001234")).await;
        let canvas = page.deletable()[0].clone();
        delete(&registrar, "NC0001234", &canvas).await.assert_has("Canvas ID deleted.");
        add(&registrar, "NC0001234", "canvas", "another-one").await.assert_status(200).assert_has("Canvas ID added.");
        assert!(world.ids_of("NC0001234").contains(&"canvas another-one".to_owned()));
    }

    async fn an_integration_that_allows_many_takes_a_second_one(world) {
        world.change("UPDATE integrations SET many_per_person = TRUE WHERE code = 'perceptive'");
        let registrar = world.signed_in("registrar").await;
        let student = world.students_without_ids("NFC").remove(0);
        for value in ["PCT-A", "PCT-B", "PCT-C"] {
            add(&registrar, &student, "perceptive", value).await.assert_status(200);
        }
        assert_eq!(world.ids_of(&student), ["perceptive PCT-A", "perceptive PCT-B", "perceptive PCT-C"]);
        assert_wrong(&add(&registrar, &student, "perceptive", "pct-b").await, "value", "is on record already", "pct-b");
        let page = registrar.get(&place(&student)).await;
        delete(&registrar, &student, &page.deletable()[1]).await.assert_has("Perceptive ID deleted.");
        assert_eq!(world.ids_of(&student), ["perceptive PCT-A", "perceptive PCT-C"]);
    }

    async fn letter_case_tells_canvas_ids_apart_and_not_those_of_vidigami(world) {
        let registrar = world.signed_in("registrar").await;
        let students = world.students_without_ids("NFC");
        add(&registrar, &students[0], "canvas", "abÇ1").await.assert_status(200);
        add(&registrar, &students[1], "canvas", "ABÇ1").await.assert_status(200);
        assert_wrong(&add(&registrar, &students[2], "canvas", "abÇ1").await, "value", "is the Canvas ID of", "abÇ1");
        add(&registrar, &students[0], "vidigami", "sÇ55").await.assert_status(200);
        for same in ["SÇ55", "sç55", "sÇ55"] {
            assert_wrong(&add(&registrar, &students[1], "vidigami", same).await, "value", "is the Vidigami ID of", same);
        }
        assert_eq!(world.ids_of(&students[0]), ["canvas abÇ1", "vidigami sÇ55"]);
        // Found under either spelling where case does not count, and under its own where it does.
        for (typed, who) in [("SÇ55", &students[0]), ("ABÇ1", &students[1]), ("abÇ1", &students[0])] {
            let answer = registrar.ask("/people", &[("q", typed)]).await;
            assert_eq!(answer.location(), Some(format!("/people/{who}")), "{typed}");
        }
    }

    async fn the_same_value_in_two_schools_is_no_clash(world) {
        let (registrar, registrar2) = (world.signed_in("registrar").await, world.signed_in("registrar2").await);
        let (ours, theirs) = (world.students_without_ids("NFC").remove(0), world.students_without_ids("HAR").remove(0));
        add(&registrar, &ours, "canvas", "shared-1").await.assert_status(200);
        add(&registrar2, &theirs, "canvas", "shared-1").await.assert_status(200).assert_has("Canvas ID added.");
        assert_eq!((world.ids_of(&ours), world.ids_of(&theirs)), (vec!["canvas shared-1".to_owned()], vec!["canvas shared-1".to_owned()]));
        assert_eq!(registrar.ask("/people", &[("q", "shared-1")]).await.location(), Some(format!("/people/{ours}")));
        assert_eq!(registrar2.ask("/people", &[("q", "shared-1")]).await.location(), Some(format!("/people/{theirs}")));
    }

    async fn a_school_is_offered_its_own_live_integrations_only(world) {
        let registrar2 = world.signed_in("registrar2").await;
        let student = world.students_without_ids("HAR").remove(0);
        let page = registrar2.get(&place(&student)).await;
        assert_eq!(page.all_between("<option value=\"", "\""), ["", "canvas"]);
        assert_wrong(&add(&registrar2, &student, "vidigami", "S1").await, "integration", "not live at your school", "S1");
        stage(&world, "HAR", "canvas", Stage::Ready);
        registrar2.get(&place(&student)).await.assert_has("No integration is live at your school").assert_lacks("<select");
    }

    async fn an_integration_that_is_switched_off_between_page_and_submit_takes_nothing_and_hides_its_ids(world) {
        let registrar = world.signed_in("registrar").await;
        let student = world.students_without_ids("NFC").remove(0);
        registrar.get(&place(&student)).await.assert_has("<option value=\"canvas\">");
        stage(&world, "NFC", "canvas", Stage::Off);
        assert_wrong(&add(&registrar, &student, "canvas", "late-1").await, "integration", "not live at your school any more", "late-1");
        let amara = registrar.get(&place("NC0001234")).await;
        amara.assert_lacks("0049317").assert_has("S2038917");
        assert!(registrar.ask("/people", &[("q", "0049317")]).await.location().is_none());
        assert_eq!(world.ids_of("NC0001234").len(), 4, "they are kept");
        stage(&world, "NFC", "canvas", Stage::Live);
        registrar.get(&place("NC0001234")).await.assert_has("0049317");
    }

    async fn an_id_of_an_integration_that_was_switched_off_is_not_deleted_by_a_page_from_before(world) {
        let registrar = world.signed_in("registrar").await;
        let page = registrar.get(&place("NC0001234")).await;
        let canvas = page.deletable()[0].clone();
        stage(&world, "NFC", "canvas", Stage::Off);
        let answer = delete(&registrar, "NC0001234", &canvas).await;
        assert!(matches!(answer.status.as_u16(), 404 | 409), "{}", answer.status);
        assert_eq!(world.ids_of("NC0001234").len(), 4, "a hidden ID was deleted");
        answer.assert_lacks("0049317");
    }

    async fn history_and_runs_show_no_id_of_an_integration_that_is_off(world) {
        let registrar = world.signed_in("registrar").await;
        let student = world.students_without_ids("NFC").remove(0);
        add(&registrar, &student, "canvas", "hidden-77").await.assert_status(200);
        let run = world.last_run();
        stage(&world, "NFC", "canvas", Stage::Off);
        registrar.get(&format!("/people/{student}/history")).await.assert_status(200).assert_lacks("hidden-77");
        registrar.get(&format!("/runs/{run}")).await.assert_lacks("hidden-77");
    }

    async fn submit_with_nothing_chosen_says_so(world) {
        let registrar = world.signed_in("registrar").await;
        for form in [vec![], vec![("delete", "")]] {
            let answer = registrar.post(&format!("{AMARA}/integration-ids/delete"), &form).await;
            assert_wrong(&answer, "del-none", "Nothing is chosen. Choose Delete beside one of the IDs first", "");
            assert_eq!(on_record(&answer).len(), 4);
        }
        assert_eq!(world.ids_of("NC0001234").len(), 4);
    }

    async fn an_id_that_somebody_has_deleted_meanwhile_is_a_conflict_in_words(world) {
        let (one, two) = (world.signed_in("registrar").await, world.signed_in("registrar").await);
        let record = one.get(&place("NC0001234")).await.deletable()[0].clone();
        delete(&one, "NC0001234", &record).await.assert_status(200);
        let answer = delete(&two, "NC0001234", &record).await;
        answer.assert_status(409).assert_has("somebody deleted it meanwhile");
        assert_eq!(world.ids_of("NC0001234").len(), 3);
        assert_eq!(world.count("changes"), 1);
    }

    async fn what_is_undone_twice_is_a_conflict_in_words(world) {
        let (one, two) = (world.signed_in("registrar").await, world.signed_in("registrar").await);
        let record = one.get(&place("NC0001234")).await.deletable()[0].clone();
        let run = delete(&one, "NC0001234", &record).await.undo().unwrap();
        undo(&one, "NC0001234", &run).await.assert_status(200).assert_has("is back");
        let answer = undo(&two, "NC0001234", &run).await;
        answer.assert_status(409).assert_has("somebody has undone it already");
        assert_eq!(world.ids_of("NC0001234").len(), 4);
        assert_eq!(world.count("changes"), 2);
    }

    async fn an_undo_of_what_is_back_already_stores_nothing_and_says_so(world) {
        let registrar = world.signed_in("registrar").await;
        let record = registrar.get(&place("NC0001234")).await.deletable()[0].clone();
        let run = delete(&registrar, "NC0001234", &record).await.undo().unwrap();
        add(&registrar, "NC0001234", "canvas", "0049317").await.assert_status(200);
        let before = world.snapshot();
        undo(&registrar, "NC0001234", &run).await.assert_status(409).assert_has("is left to undo");
        world.assert_unchanged_since(&before);
    }

    async fn an_id_that_somebody_else_got_meanwhile_does_not_come_back(world) {
        let registrar = world.signed_in("registrar").await;
        let other = world.students_without_ids("NFC").remove(0);
        let record = registrar.get(&place("NC0001234")).await.deletable()[0].clone();
        let run = delete(&registrar, "NC0001234", &record).await.undo().unwrap();
        add(&registrar, &other, "canvas", "0049317").await.assert_status(200);
        let answer = undo(&registrar, "NC0001234", &run).await;
        answer.assert_status(409).assert_has("meanwhile somebody gave it to another person");
        assert_eq!(world.ids_of(&other), ["canvas 0049317"]);
        assert_eq!(world.ids_of("NC0001234").len(), 3);
        assert_eq!(world.number("SELECT count(*) AS value FROM runs WHERE state = 'applying'"), 0);
    }

    async fn an_id_does_not_come_back_beside_another_one_that_the_person_got_meanwhile(world) {
        let registrar = world.signed_in("registrar").await;
        let record = registrar.get(&place("NC0001234")).await.deletable()[0].clone();
        let run = delete(&registrar, "NC0001234", &record).await.undo().unwrap();
        add(&registrar, "NC0001234", "canvas", "newer").await.assert_status(200);
        undo(&registrar, "NC0001234", &run).await.assert_status(409).assert_has("gave this person another one");
        assert!(world.ids_of("NC0001234").contains(&"canvas newer".to_owned()));
    }

    async fn an_id_does_not_come_back_into_an_integration_that_is_off(world) {
        let registrar = world.signed_in("registrar").await;
        let record = registrar.get(&place("NC0001234")).await.deletable()[0].clone();
        let run = delete(&registrar, "NC0001234", &record).await.undo().unwrap();
        stage(&world, "NFC", "canvas", Stage::Off);
        let answer = undo(&registrar, "NC0001234", &run).await;
        assert!(matches!(answer.status.as_u16(), 404 | 409), "{}", answer.status);
        assert_eq!(world.ids_of("NC0001234").len(), 3, "an ID was added to an integration that is off");
    }

    async fn a_forged_run_or_row_of_another_person_or_school_is_not_found(world) {
        let (registrar, registrar2) = (world.signed_in("registrar").await, world.signed_in("registrar2").await);
        let (ours, theirs) = (world.students_without_ids("NFC").remove(0), world.students_without_ids("HAR").remove(0));
        let page = add(&registrar, &ours, "canvas", "forge-1").await;
        let (run, record) = (page.undo().unwrap(), page.deletable()[0].clone());
        let imported = registrar.import("names.txt", "Student_Number\tLast_Name\tFirst_Name\n990001\tForge\tRun\n").await.0;
        let imported = imported.rsplit('/').next().unwrap().to_owned();
        let before = world.snapshot();
        undo(&registrar, "NC0001234", &run).await.assert_status(404);
        undo(&registrar2, &theirs, &run).await.assert_status(404);
        undo(&registrar2, &ours, &run).await.assert_status(404);
        for forged in ["1", "2", &imported, "999999", "0", "-1", "9223372036854775807"] {
            undo(&registrar, &ours, forged).await.assert_status(404);
        }
        for forged in ["x", "", "9223372036854775808", "1; DROP TABLE runs"] {
            undo(&registrar, &ours, forged).await.assert_status(400);
        }
        // A row of somebody else is not on this record: the same answer as for one that is gone.
        for (visitor, person, forged) in [(&registrar, "NC0001234", record.as_str()), (&registrar2, &theirs, &record), (&registrar, &ours, "999999"), (&registrar, &ours, "-1")] {
            delete(visitor, person, forged).await.assert_status(409).assert_has("no longer on the record");
        }
        delete(&registrar2, &ours, &record).await.assert_status(404);
        for forged in ["x", "1 OR 1=1", "9223372036854775808"] {
            delete(&registrar, &ours, forged).await.assert_status(400);
        }
        world.assert_unchanged_since(&before);
    }

    async fn a_removed_value_is_free_for_somebody_else_and_both_lives_are_told(world) {
        let registrar = world.signed_in("registrar").await;
        let other = world.students_without_ids("NFC").remove(0);
        let record = registrar.get(&place("NC0001234")).await.deletable()[0].clone();
        delete(&registrar, "NC0001234", &record).await.assert_status(200);
        let page = add(&registrar, &other, "canvas", "0049317").await;
        page.assert_has("<strong>Added</strong> <span class=\"cw-id\">0049317</span> by Rosa Okafor, by hand");
        let amara = registrar.get(&place("NC0001234")).await;
        amara.assert_has("<strong>Removed</strong> <span class=\"cw-id\">0049317</span> by Rosa Okafor");
        assert!(!on_record(&amara).contains(&"0049317".to_owned()));
        // A value of two people leads to neither at once: both are listed.
        let found = registrar.ask("/people", &[("q", "0049317")]).await;
        found.assert_status(200);
        let mut both = vec!["NC0001234".to_owned(), other];
        both.sort();
        let mut listed = found.listed();
        listed.sort();
        assert_eq!(listed, both);
    }

    async fn a_person_who_left_keeps_their_ids_and_can_get_more(world) {
        let registrar = world.signed_in("registrar").await;
        world.change("UPDATE people SET status = 'withdrawn' WHERE sonis_id = 'NC0001234'");
        registrar.get(&place("NC0001234")).await.assert_status(200).assert_has("0049317").assert_has("Withdrawn");
        assert_eq!(registrar.ask("/people", &[("q", "0049317")]).await.location().as_deref(), Some(AMARA));
    }
}
