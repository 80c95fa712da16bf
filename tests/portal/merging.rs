//! Merging two people: choosing, both side by side, what goes along, what nobody may decide, and taking it back.
//! Leaves what syncs and undos make of merged records to the model of the kernel (`sync::model`).

use crate::on_both;
use crate::support::{Answer, Visitor, World};

/// Two students who have an ID of the same integration each, of whom one is to end.
async fn two(world: &World) -> (Visitor, String, String) {
    world.let_use("registrar", "merge_people");
    let mut with_id = world.students_with_id("NFC", "canvas");
    let (ends, stays) = (with_id.remove(0), with_id.remove(0));
    (world.signed_in("registrar").await, ends, stays)
}

fn version(page: &Answer, name: &str) -> String {
    page.hidden(name)
}

async fn send(visitor: &Visitor, ends: &str, stays: &str, more: &[(&str, &str)]) -> Answer {
    let page = visitor.get(&format!("/people/{ends}/merge?with={stays}")).await;
    page.assert_status(200);
    let (one, other) = (version(&page, "ends_version"), version(&page, "stays_version"));
    let mut form = vec![("with", stays), ("ends_version", one.as_str()), ("stays_version", other.as_str())];
    form.extend_from_slice(more);
    visitor.post(&format!("/people/{ends}/merge"), &form).await
}

/// Everything that somebody sees of the two: fields, IDs, numbers, groups, relationships.
fn told(world: &World, both: [&str; 2]) -> Vec<String> {
    let mut all = Vec::new();
    for sonis_id in both {
        let of = format!("(SELECT id FROM people WHERE sonis_id = '{sonis_id}')");
        for sql in [
            format!(
                "SELECT status || last_name || first_name || coalesce(email, '') || coalesce(phone, '') AS value FROM people WHERE sonis_id = '{sonis_id}'"
            ),
            format!(
                "SELECT integration_id || ' ' || value AS value FROM integration_ids WHERE removed_at IS NULL AND person_id = {of} ORDER BY 1"
            ),
            format!("SELECT source || key_norm AS value FROM source_links WHERE person_id = {of} ORDER BY 1"),
            format!("SELECT group_id || why AS value FROM memberships WHERE person_id = {of} ORDER BY 1"),
            format!(
                "SELECT student_id || ' ' || guardian_id || kind AS value FROM relationships WHERE student_id = {of} OR guardian_id = {of} ORDER BY 1"
            ),
        ] {
            all.extend(world.texts(&sql));
            all.push("-".into());
        }
    }
    all
}

on_both! {
    async fn two_records_become_one_and_are_two_again_after_undo(world) {
        let (registrar, ends, stays) = two(&world).await;
        let chess = world.add_group("NFC", "clubs", "Chess", None);
        world.put_into(chess, "list", &format!("p.sonis_id = '{ends}'"));
        let before = told(&world, [&ends, &stays]);
        registrar.get(&format!("/people/{ends}")).await.assert_has(&format!("href=\"/people/{ends}/merge\""));
        let choose = registrar.get(&format!("/people/{ends}/merge")).await;
        choose.assert_status(200).assert_has("The other record");
        let page = registrar.get(&format!("/people/{ends}/merge?with={stays}")).await;
        page.assert_status(200).assert_has("Which value is kept").assert_has("First name").assert_has("The group Chess");
        for sonis_id in [&ends, &stays] {
            for value in world.ids_of(sonis_id) {
                page.assert_has(value.rsplit(' ').next().unwrap());
            }
        }

        // Both have an ID: somebody has to choose, and what was chosen otherwise stays.
        let open = send(&registrar, &ends, &stays, &[("first_name", "ends")]).await;
        open.assert_status(422).assert_has("There is a problem").assert_has("Choose which stays").assert_has("id-canvas");
        assert!(open.body.contains("id=\"first_name-ends\" checked"), "{}", open.body);
        assert_eq!(told(&world, [&ends, &stays]), before);

        let (first, kept) = (world.field_of(&ends, "first_name"), world.ids_of(&ends));
        let mut form = vec![("first_name", "ends")];
        let codes = ["canvas", "perceptive", "jrm", "vidigami"].map(|c| format!("id-{c}"));
        form.extend(codes.iter().map(|c| (c.as_str(), "ends")));
        let done = send(&registrar, &ends, &stays, &form).await;
        done.assert_status(303);
        assert_eq!(done.location().as_deref(), Some(format!("/people/{stays}").as_str()));
        let page = registrar.get(&format!("/people/{stays}")).await;
        page.assert_has("is merged into").assert_has("Merged into this record").assert_has(&ends).assert_has(&first).assert_has("Chess");
        for value in &kept {
            assert!(world.ids_of(&stays).contains(value), "{value} went along");
        }
        assert_eq!(world.field_of(&stays, "first_name"), first);
        assert_eq!(world.text(&format!("SELECT field AS value FROM field_pins f JOIN people p ON p.id = f.person_id WHERE p.sonis_id = '{stays}'")), "first_name");

        // The address of the one that ended leads to the other, everywhere.
        for (at, to) in [("", ""), ("/edit", "/edit"), ("/integration-ids", "/integration-ids"), ("/merge", "")] {
            let led = registrar.get(&format!("/people/{ends}{at}")).await;
            assert_eq!(led.location().as_deref(), Some(format!("/people/{stays}{to}").as_str()), "{at}");
        }
        let found = registrar.ask("/people", &[("q", &ends)]).await;
        assert_eq!(found.location().as_deref(), Some(format!("/people/{ends}").as_str()));
        registrar.ask("/people", &[("status", "any"), ("rows", "100"), ("q", &world.field_of(&ends, "last_name"))]).await.assert_lacks(&format!("/people/{ends}\""));
        let value = world.text(&format!("SELECT value FROM integration_ids i JOIN people p ON p.id = i.person_id WHERE p.sonis_id = '{stays}' AND i.removed_at IS NULL ORDER BY i.id DESC LIMIT 1"));
        let by_id = registrar.ask("/people", &[("q", &value)]).await;
        assert_eq!(by_id.location().as_deref(), Some(format!("/people/{stays}").as_str()), "an ID leads to the record that stayed");

        // The history of both stands on both pages.
        for sonis_id in [&ends, &stays] {
            let history = registrar.get(&format!("/people/{sonis_id}/history")).await;
            history.assert_status(200).assert_has(&format!("<strong>Merged</strong>: {ends} into {stays}"));
        }

        let run = world.last_run();
        registrar.get(&format!("/runs/{run}")).await.assert_status(200).assert_has("Two people merged");
        let undone = registrar.post(&format!("/people/{stays}/merge/undo"), &[("run", &run)]).await;
        assert_eq!(undone.location().as_deref(), Some(format!("/people/{stays}").as_str()));
        registrar.get(&format!("/people/{stays}")).await.assert_has("both records are there again").assert_lacks("Merged into this record");
        registrar.get(&format!("/people/{ends}")).await.assert_status(200).assert_has("Biographic");
        assert_eq!(told(&world, [&ends, &stays]), before, "a merge and its undo leave no trace that anybody sees");
        for sonis_id in [&ends, &stays] {
            let history = registrar.get(&format!("/people/{sonis_id}/history")).await;
            history.assert_has(&format!("<strong>Separated again</strong>: {ends} and {stays}"));
        }
        registrar.post(&format!("/people/{stays}/merge/undo"), &[("run", &run)]).await.assert_status(404);
    }

    async fn an_undo_names_what_it_kept_because_somebody_edited_it_since(world) {
        let (registrar, ends, stays) = two(&world).await;
        let codes = ["canvas", "perceptive", "jrm", "vidigami"].map(|c| format!("id-{c}"));
        let mut form: Vec<(&str, &str)> = codes.iter().map(|c| (c.as_str(), "stays")).collect();
        form.push(("last_name", "ends"));
        let last = world.field_of(&stays, "last_name");
        send(&registrar, &ends, &stays, &form).await.assert_status(303);
        let run = world.last_run();
        let page = registrar.get(&format!("/people/{stays}/edit")).await;
        let version = page.hidden("version");
        registrar.post(&format!("/people/{stays}/edit"), &[("version", &version), ("last_name", "Typed-Since")]).await.assert_status(303);
        registrar.post(&format!("/people/{stays}/merge/undo"), &[("run", &run)]).await.assert_status(303);
        registrar.get(&format!("/people/{stays}")).await.assert_has("One thing was kept because somebody changed it since");
        assert_eq!((world.field_of(&stays, "last_name").as_str(), world.field_of(&ends, "status").as_str()), ("Typed-Since", "active"));
        assert_ne!(last, "Typed-Since");
        registrar.get(&format!("/runs/{}", world.last_run())).await.assert_has("Kept the field Last name: changed since by Rosa Okafor");
    }

    async fn where_a_merged_record_was_merged_again_only_the_last_merge_is_undone_first(world) {
        world.let_use("registrar", "merge_people");
        let registrar = world.signed_in("registrar").await;
        let students = world.students_without_ids("NFC");
        let (first, second, last) = (&students[0], &students[1], &students[2]);
        send(&registrar, first, second, &[]).await.assert_status(303);
        send(&registrar, second, last, &[]).await.assert_status(303);
        registrar.post("/notice/dismiss", &[("back", "/")]).await.assert_status(303);
        let page = registrar.get(&format!("/people/{last}")).await;
        page.assert_has(first).assert_has(second);
        assert_eq!(page.body.matches(&format!("action=\"/people/{last}/merge/undo\"")).count(), 1, "{}", page.body);
    }

    async fn whoever_may_not_decide_over_the_ids_is_told_so_and_learns_nothing(world) {
        let (registrar, ends, stays) = two(&world).await;
        let bare = world.students_without_ids("NFC");
        let before = world.snapshot();
        world.let_use("clerk", "merge_people");
        let clerk = world.signed_in("clerk").await;
        let mut answers = Vec::new();
        for (one, other) in [(&ends, &stays), (&bare[0], &bare[1])] {
            let page = clerk.get(&format!("/people/{one}/merge?with={other}")).await;
            page.assert_status(200).assert_has("You lack it for").assert_lacks("<button class=\"btn btn-primary\">Merge</button>");
            for value in world.ids_of(one).iter().chain(&world.ids_of(other)) {
                page.assert_lacks(value.rsplit(' ').next().unwrap());
            }
            let refused = send(&clerk, one, other, &[("id-canvas", "ends")]).await;
            refused.assert_status(403).assert_has("You lack it for");
            let told: Vec<String> = refused.all_between("<a href=\"#merge\">", "</a>");
            answers.push(told);
        }
        assert_eq!(answers[0], answers[1], "the answer tells whether there are IDs");
        assert_eq!(world.count("merges"), 0);
        drop(before);
        clerk.get(&format!("/people/{ends}/merge?with={stays}")).await.assert_lacks("id-canvas");
        // A run of a merge names no ID to somebody without the Task.
        let codes = ["canvas", "perceptive", "jrm", "vidigami"].map(|c| format!("id-{c}"));
        let form: Vec<(&str, &str)> = codes.iter().map(|c| (c.as_str(), "ends")).collect();
        send(&registrar, &ends, &stays, &form).await.assert_status(303);
        let run = world.last_run();
        let page = clerk.get(&format!("/runs/{run}")).await;
        page.assert_status(200).assert_lacks("Canvas").assert_lacks("Unauthorized").assert_lacks(" an ID");
        clerk.get(&format!("/people/{stays}/history")).await.assert_lacks("Canvas").assert_lacks(" an ID");
        clerk.post(&format!("/people/{stays}/merge/undo"), &[("run", &run)]).await.assert_status(409).assert_has("You lack it for");
        assert_eq!(world.count("merges"), 1);
    }

    async fn what_cannot_be_merged_says_why(world) {
        let (registrar, ends, stays) = two(&world).await;
        let parent = world.text("SELECT min(sonis_id) AS value FROM people WHERE sonis_id LIKE 'NC%' AND member_type = 'parent'");
        let theirs = world.text("SELECT min(sonis_id) AS value FROM people WHERE sonis_id LIKE 'HA%'");
        for (with, why) in [
            (ends.as_str(), "cannot be merged with itself"),
            (parent.as_str(), "Only records of one member type are merged"),
            (theirs.as_str(), "Nobody else of the member type"),
            ("nobody is called so", "Nobody else of the member type"),
        ] {
            let page = registrar.ask(&format!("/people/{ends}/merge"), &[("with", with)]).await;
            page.assert_status(422).assert_has("There is a problem").assert_has(why);
        }
        registrar.post(&format!("/people/{ends}/merge"), &[("with", &parent)]).await.assert_status(409);
        registrar.post(&format!("/people/{ends}/merge"), &[("with", &theirs)]).await.assert_status(404);
        // Somebody edits one of the two while another chooses.
        let codes = ["canvas", "perceptive", "jrm", "vidigami"].map(|c| format!("id-{c}"));
        let mut form: Vec<(&str, &str)> = codes.iter().map(|c| (c.as_str(), "stays")).collect();
        form.extend([("with", stays.as_str()), ("ends_version", "1"), ("stays_version", "77")]);
        let late = registrar.post(&format!("/people/{ends}/merge"), &form).await;
        late.assert_status(409).assert_has("Somebody changed one of the two records meanwhile");
        form.truncate(codes.len());
        send(&registrar, &ends, &stays, &form).await.assert_status(303);
        // What ended is left as it is.
        let third = world.students_without_ids("NFC").remove(0);
        registrar.ask(&format!("/people/{third}/merge"), &[("with", &ends)]).await.assert_status(422).assert_has("already");
        registrar.post(&format!("/people/{ends}/edit"), &[("version", "2"), ("last_name", "New")]).await.assert_status(409).assert_has("was merged into");
        registrar.post(&format!("/people/{ends}/integration-ids/add"), &[("integration", "canvas"), ("value", "0700999")]).await.assert_status(409).assert_has("was merged into");
    }

    async fn a_number_that_came_along_leads_to_the_record_that_stayed_in_an_import_of_names(world) {
        world.let_use("registrar", "merge_people");
        let registrar = world.signed_in("registrar").await;
        let head = "Student_Number\tLast_Name\tFirst_Name\n";
        registrar.import("two.txt", format!("{head}770001\tAdeyemi\tTunde\n770002\tAdeyemi\tBabatunde\n")).await;
        let of = |n: u32| world.text(&format!("SELECT p.sonis_id AS value FROM people p JOIN source_links l ON l.person_id = p.id AND l.school_id = p.school_id WHERE l.key_norm = '77000{n}'"));
        let (stays, ends) = (of(1), of(2));
        let people = world.count("people");
        send(&registrar, &ends, &stays, &[]).await.assert_status(303);
        assert_eq!((of(1), of(2)), (stays.clone(), stays.clone()));
        // Both rows: that of the person's own number counts. Only the other one: it does.
        registrar.import("both.txt", format!("{head}770001\tAdeyemi\tTunde\n770002\tAdeyemi\tBabatunde\n")).await;
        assert_eq!(world.field_of(&stays, "first_name"), "Tunde");
        registrar.import("other.txt", format!("{head}770002\tAdeyemi\tBabatunde\n")).await;
        assert_eq!(world.field_of(&stays, "first_name"), "Babatunde");
        assert_eq!((world.count("people"), world.field_of(&ends, "status").as_str()), (people, "merged"));
    }
}
