//! Importing names: upload, plan, apply, receipt, undo, and the files that cannot be taken.
//! Leaves reading odd files to the tests of `sources`, the command to `cli`.

use crate::on_both;
use crate::support::{Answer, Visitor, World};

/// Two students whom nobody has yet.
const TWO: &str = "Student_Number\tLast_Name\tFirst_Name\tGrade_Level\tEmail\tPhone\n\
                   0990001\tNúñez-O’Brien\tŽofie\t4\tz.n@school.example\t555-1\n\
                   990002\t王\t小明\t-1\t\t\n";

/// A number on the receipt, by its label.
fn tile(page: &Answer, label: &str) -> String {
    page.all_between(&format!("<dt>{label}</dt><dd>"), "</dd>")
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("no {label}:\n{}", page.body))
}

fn number(place: &str) -> &str {
    place.rsplit('/').next().unwrap()
}

fn who(world: &World, key: &str) -> String {
    world.text(&format!(
        "SELECT p.sonis_id AS value FROM people p JOIN source_links l ON l.school_id = p.school_id AND l.person_id = p.id \
         WHERE l.key_norm = '{key}' AND l.source = 'powerschool.students' AND p.school_id = 1"
    ))
}

async fn refused(registrar: &Visitor, name: &str, bytes: impl Into<Vec<u8>>) -> Answer {
    registrar.upload("/people/import", name, bytes).await
}

on_both! {
    async fn a_file_is_planned_looked_at_applied_and_the_same_file_again_changes_nothing(world) {
        let registrar = world.signed_in("registrar").await;
        registrar.get("/runs").await.assert_has("href=\"/people/import\"");
        registrar.get("/people/import").await.assert_status(200).assert_has("<label class=\"form-label\" for=\"file\">Students</label>").assert_has(">Preview<");
        let people = world.count("people");

        let (place, plan) = registrar.plan("students <1>.export.text", TWO).await;
        plan.assert_has("Nothing is changed yet.").assert_has("Planned").assert_has("students &#60;1&#62;.export.text").assert_has("New person");
        plan.assert_has("Núñez-O’Brien, Žofie").assert_has("王, 小明").assert_has("<span class=\"cw-id\">0990001</span>");
        assert_eq!([tile(&plan, "To be created"), tile(&plan, "To be updated"), tile(&plan, "Unchanged"), tile(&plan, "Rows not taken"), tile(&plan, "Rows read")], ["2", "0", "0", "0", "2"]);
        assert_eq!(world.count("people"), people, "a plan changes nobody");

        let receipt = registrar.submit(&format!("{place}/apply"), &[]).await;
        receipt.assert_status(200).assert_has("is applied.").assert_has("Summary").assert_lacks("Nothing is changed yet").assert_lacks(">Apply<").assert_has(">Undo<");
        assert_eq!(tile(&receipt, "Created"), "2");
        assert_eq!(world.count("people"), people + 2);
        let zofie = who(&world, "990001");
        assert_eq!(zofie, "NC0001354");
        for (column, value) in [("last_name", "Núñez-O’Brien"), ("first_name", "Žofie"), ("grade_level", "4"), ("email", "z.n@school.example"), ("member_type", "student"), ("status", "active")] {
            assert_eq!(world.field_of(&zofie, column), value, "{column}");
        }
        receipt.assert_has(&format!("href=\"/people/{zofie}\""));
        registrar.get(&format!("/people/{zofie}/history")).await.assert_has("Added the person").assert_has("Import of names").assert_has(&format!("run {}", number(&place)));
        assert_eq!(registrar.ask("/people", &[("q", "nunez obrien")]).await.listed(), [zofie.as_str()]);

        let before = world.texts("SELECT sonis_id || CAST(lock_version AS TEXT) AS value FROM people ORDER BY sonis_id");
        let (_, again) = registrar.plan("again.txt", TWO).await;
        again.assert_has("There is nothing to change").assert_lacks(">Apply<");
        assert_eq!([tile(&again, "To be created"), tile(&again, "To be updated"), tile(&again, "Unchanged")], ["0", "0", "2"]);
        assert_eq!(world.texts("SELECT sonis_id || CAST(lock_version AS TEXT) AS value FROM people ORDER BY sonis_id"), before);
    }

    async fn one_row_that_changed_is_one_update_and_absent_columns_say_nothing(world) {
        let registrar = world.signed_in("registrar").await;
        registrar.import("first.txt", TWO).await;
        let (_, plan) = registrar.plan("second.txt", TWO.replace("555-1", "555-2")).await;
        assert_eq!([tile(&plan, "To be created"), tile(&plan, "To be updated"), tile(&plan, "Unchanged")], ["0", "1", "1"]);
        plan.assert_has("Phone: <del><span class=\"visually-hidden\">from </span>555-1</del> <ins><span class=\"visually-hidden\">to </span>555-2</ins>");
        let (_, receipt) = registrar.import("third.txt", "Student_Number\tLast_Name\tFirst_Name\tPhone\n990001\tNúñez-O’Brien\tŽofie\t\n").await;
        assert_eq!([tile(&receipt, "Updated"), tile(&receipt, "Unchanged")], ["1", "0"]);
        let zofie = who(&world, "990001");
        assert_eq!(world.field_of(&zofie, "phone"), "", "a blank cell clears");
        assert_eq!(world.field_of(&zofie, "email"), "z.n@school.example", "an absent column says nothing");
        assert_eq!(world.field_of(&zofie, "grade_level"), "4");
        assert_eq!(world.field_of(&zofie, "lock_version"), "2");
        assert_eq!(world.field_of(&who(&world, "990002"), "lock_version"), "1", "whom the file does not list stays");
    }

    async fn a_field_that_somebody_set_by_hand_is_kept_and_said(world) {
        let registrar = world.signed_in("registrar").await;
        registrar.import("first.txt", TWO).await;
        let zofie = who(&world, "990001");
        registrar.post(&format!("/people/{zofie}/edit"), &[("version", "1"), ("phone", "by hand"), ("first_name", "Sophie")]).await.assert_status(303);
        let (_, receipt) = registrar.import("second.txt", TWO.replace("555-1", "555-2").replace("z.n@", "new@")).await;
        assert_eq!([tile(&receipt, "Updated"), tile(&receipt, "Unchanged"), tile(&receipt, "Fields kept as set by hand")], ["1", "1", "2"]);
        assert_eq!([world.field_of(&zofie, "phone"), world.field_of(&zofie, "first_name"), world.field_of(&zofie, "email")], ["by hand", "Sophie", "new@school.example"]);
    }

    async fn rows_that_cannot_be_taken_are_listed_and_the_others_go_in(world) {
        let registrar = world.signed_in("registrar").await;
        let file = "Student_Number\tLast_Name\tFirst_Name\tGrade_Level\tEmail\n\
                    00A7\tNo\tNumber\t4\t\n\
                    990003\tGood\tOne\t4\tgood@school.example\n\
                    990004\tBad\tGrade\televen\tnobody\n\
                    990005\tTwice\tA\t1\t\n\
                    \tNo\tNumber\t1\t\n\
                    0990005\tTwice\tB\t1\t\n\
                    990006\t=1+1\tShort\n\
                    990007\t\t\t1\t\n\
                    990008\tGood\tTwo\t4\t=cmd@x\n";
        let (place, plan) = registrar.plan("bad.txt", file).await;
        assert_eq!([tile(&plan, "To be created"), tile(&plan, "Rows not taken"), tile(&plan, "Rows read")], ["2", "7", "9"]);
        for (row, column, found) in [("2", "Student_Number", "00A7"), ("4", "Grade_Level", "eleven"), ("4", "Email", "nobody"), ("5", "Student_Number", ""), ("7", "Student_Number", ""), ("6", "Student_Number", ""), ("9", "Last_Name", "")] {
            let line = [row, column, found].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
            plan.assert_reads(&line);
        }
        let receipt = registrar.submit(&format!("{place}/apply"), &[]).await;
        assert_eq!([tile(&receipt, "Created"), tile(&receipt, "Rows not taken")], ["2", "7"]);
        assert_eq!(world.number("SELECT count(*) AS value FROM source_links WHERE key_norm IN ('990003', '990008')"), 2);
        assert_eq!(world.number("SELECT count(*) AS value FROM source_links WHERE key_norm IN ('990004', '990005', '990006', '990007')"), 0);
        let csv = registrar.get(&format!("{place}/problems.csv")).await;
        csv.assert_status(200).assert_has("Row,Column,Found,Reason").assert_has("2,Student_Number,00A7,");
        assert_eq!(csv.body.lines().count() - 1, 8, "each bad cell has a line: {}", csv.body);
        let viewer = world.signed_in("viewer").await;
        viewer.get(&place).await.assert_status(200).assert_lacks("Download CSV").assert_lacks(">Undo<");
        viewer.get(&format!("{place}/problems.csv")).await.assert_status(403);
    }

    async fn whatever_a_file_can_hold_and_a_plan_shows_can_be_applied(world) {
        let registrar = world.signed_in("registrar").await;
        let street = "A very long street name indeed, which goes on and on, ".repeat(3);
        let town = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch ".repeat(2);
        let mut failed = Vec::new();
        for (n, (what, last_name, street, city)) in [
            ("a Persian name with its half-spaces", "می\u{200c}خواهم", "", ""),
            ("an Indian name with a joiner", "ක්\u{200d}ෂ", "", ""),
            ("a Hebrew name with a direction mark", "\u{200f}כהן", "", ""),
            ("a name with a soft hyphen", "Hyphen\u{ad}ated", "", ""),
            ("a name after a stray byte order mark", "\u{feff}Bom", "", ""),
            ("a street and a town that are long together", "Long", street.as_str(), town.as_str()),
            ("a name with a blank of its own", "No\u{a0}Break", "", ""),
            ("a name of an emoji", "👩‍👩‍👧", "", ""),
        ].into_iter().enumerate() {
            let key = 970_000 + n;
            let file = format!("Student_Number\tLast_Name\tFirst_Name\tStreet\tCity\n{key}\t{last_name}\tX\t{street}\t{city}\n");
            let (place, plan) = registrar.plan("file.txt", file).await;
            if tile(&plan, "To be created") == "0" {
                // Refused with a reason is an answer too.
                assert_eq!(tile(&plan, "Rows not taken"), "1", "{what}");
                continue;
            }
            let answer = registrar.post(&format!("{place}/apply"), &[]).await;
            if answer.status != 303 {
                failed.push(format!("{what}: {}", answer.status));
                continue;
            }
            assert_eq!(world.field_of(&who(&world, &key.to_string()), "last_name"), last_name, "{what}");
        }
        assert!(failed.is_empty(), "planned, and then not applied: {failed:?}");
    }

    async fn a_person_with_a_name_that_only_a_file_brings_can_still_be_edited_by_hand(world) {
        let registrar = world.signed_in("registrar").await;
        // As an import that kept every letter would leave it.
        world.change("UPDATE people SET native_name = 'می\u{200c}خواهم' WHERE sonis_id = 'NC0001234'");
        let page = registrar.get("/people/NC0001234/edit").await;
        page.assert_has("می\u{200c}خواهم");
        let answer = registrar.post("/people/NC0001234/edit", &[("version", "1"), ("native_name", "می\u{200c}خواهم"), ("phone", "555-9")]).await;
        assert_eq!(answer.status, 303, "a name that is on record is refused: {}", answer.body);
    }

    async fn undoing_an_import_withdraws_whom_it_added_and_the_same_file_revives_them(world) {
        let registrar = world.signed_in("registrar").await;
        registrar.import("first.txt", TWO).await;
        let (second, _) = registrar.import("second.txt", TWO.replace("555-1", "555-2")).await;
        let zofie = who(&world, "990001");

        let undone = registrar.submit(&format!("{second}/undo"), &[]).await;
        undone.assert_status(200).assert_has(&format!("Run {} is undone.", number(&second))).assert_has("1 reversed, 0 kept");
        assert_eq!(world.field_of(&zofie, "phone"), "555-1");
        registrar.get(&second).await.assert_has("Undone by").assert_lacks(">Undo<");
        registrar.post(&format!("{second}/undo"), &[]).await.assert_status(409).assert_has("somebody has undone it already");

        let (third, _) = registrar.import("third.txt", TWO.replace("0990001", "990003").replace("990002", "990004")).await;
        let (other, ming) = (who(&world, "990003"), who(&world, "990004"));
        registrar.post(&format!("/people/{ming}/edit"), &[("version", "1"), ("phone", "555-7")]).await.assert_status(303);
        let undone = registrar.submit(&format!("{third}/undo"), &[]).await;
        undone.assert_status(200).assert_has("Kept the person: changed since by Rosa Okafor").assert_has(&ming).assert_has("1 reversed, 1 kept");
        assert_eq!(world.field_of(&ming, "status"), "active", "somebody has edited them since");
        assert_eq!(world.field_of(&other, "status"), "withdrawn");
    }

    async fn whom_an_undo_withdrew_comes_back_under_the_same_sonis_id_and_with_the_same_ids(world) {
        let registrar = world.signed_in("registrar").await;
        let (place, _) = registrar.import("first.txt", TWO).await;
        let zofie = who(&world, "990001");
        let undone = registrar.submit(&format!("{place}/undo"), &[]).await;
        undone.assert_status(200).assert_has("2 reversed, 0 kept");
        assert_eq!(world.field_of(&zofie, "status"), "withdrawn");
        assert!(registrar.ask_partial("/people", &[("q", "nunez")]).await.listed().is_empty());
        assert_eq!(registrar.ask_partial("/people", &[("q", "nunez"), ("status", "withdrawn")]).await.listed(), [zofie.as_str()]);
        registrar.get(&format!("/people/{zofie}")).await.assert_status(200).assert_has("Withdrawn since");
        let (_, receipt) = registrar.import("again.txt", TWO).await;
        assert_eq!([tile(&receipt, "Created"), tile(&receipt, "Updated")], ["0", "2"]);
        assert_eq!(who(&world, "990001"), zofie);
        assert_eq!(world.field_of(&zofie, "status"), "active");
        assert_eq!(world.number("SELECT next_value AS value FROM counters WHERE school_id = 1"), 1356, "no number was lost");
    }

    async fn an_undo_that_finds_everything_edited_since_stores_nothing_and_says_whom_and_by_whom(world) {
        let registrar = world.signed_in("registrar").await;
        let (place, _) = registrar.import("first.txt", TWO).await;
        for key in ["990001", "990002"] {
            registrar.post(&format!("/people/{}/edit", who(&world, key)), &[("version", "1"), ("phone", "555-7")]).await.assert_status(303);
        }
        let before = world.snapshot();
        let answer = registrar.post(&format!("{place}/undo"), &[]).await;
        answer.assert_status(409).assert_reads(&format!("Nothing of run {} can be undone.", number(&place)));
        answer.assert_reads(&format!("{}: Kept the person: changed since by Rosa Okafor", who(&world, "990001")));
        world.assert_unchanged_since(&before);
        registrar.get(&place).await.assert_lacks("Undone by");
    }

    async fn an_undo_of_what_was_taken_back_by_hand_stores_nothing_and_says_so(world) {
        let registrar = world.signed_in("registrar").await;
        let (place, _) = registrar.import("first.txt", TWO).await;
        for key in ["990001", "990002"] {
            registrar.post(&format!("/people/{}/edit", who(&world, key)), &[("version", "1"), ("status", "withdrawn")]).await.assert_status(303);
        }
        let before = world.snapshot();
        let answer = registrar.post(&format!("{place}/undo"), &[]).await;
        answer.assert_status(409).assert_reads(&format!("Nothing of run {} is left to undo: whatever it did has been taken back since.", number(&place)));
        world.assert_unchanged_since(&before);
    }

    async fn an_undo_of_an_import_keeps_ids_that_were_added_since(world) {
        let registrar = world.signed_in("registrar").await;
        let (place, _) = registrar.import("first.txt", TWO).await;
        let zofie = who(&world, "990001");
        registrar.submit(&format!("/people/{zofie}/integration-ids/add"), &[("integration", "canvas"), ("value", "since-1")]).await.assert_status(200);
        let undone = registrar.submit(&format!("{place}/undo"), &[]).await;
        undone.assert_status(200);
        assert_eq!(world.ids_of(&zofie), ["canvas since-1"]);
        // To a clerk the reason must not tell that there is an ID: nothing else of this person has changed since.
        let clerk = world.signed_in("clerk").await;
        clerk.get(&format!("/runs/{}", world.last_run())).await.assert_lacks("changed since by");
    }

    async fn a_plan_is_applied_once_and_an_abandoned_one_never(world) {
        let registrar = world.signed_in("registrar").await;
        let (place, _) = registrar.import("first.txt", TWO).await;
        let people = world.count("people");
        for way in ["apply", "abandon"] {
            let again = registrar.post(&format!("{place}/{way}"), &[]).await;
            again.assert_status(409).assert_has("somebody has appl");
        }
        let (second, _) = registrar.plan("second.txt", TWO.replace("555-1", "555-2")).await;
        let page = registrar.submit(&format!("{second}/abandon"), &[]).await;
        page.assert_status(200).assert_has("The plan is abandoned. Nothing was changed.").assert_has("Abandoned").assert_lacks(">Apply<");
        registrar.post(&format!("{second}/apply"), &[]).await.assert_status(409);
        registrar.post(&format!("{second}/undo"), &[]).await.assert_status(409);
        assert_eq!(world.count("people"), people);
        assert_eq!(world.field_of(&who(&world, "990001"), "phone"), "555-1");
    }

    async fn a_plan_gone_stale_is_a_conflict_that_names_the_person_and_nothing_of_it_is_applied(world) {
        let registrar = world.signed_in("registrar").await;
        registrar.import("first.txt", TWO).await;
        let (zofie, ming) = (who(&world, "990001"), who(&world, "990002"));
        let changed = TWO.replace("555-1", "555-2").replace("小明", "大明") + "990003\tNew\tOne\t1\t\t\n";
        let (place, plan) = registrar.plan("second.txt", changed).await;
        assert_eq!([tile(&plan, "To be created"), tile(&plan, "To be updated")], ["1", "2"]);
        registrar.post(&format!("/people/{zofie}/edit"), &[("version", "1"), ("phone", "meanwhile")]).await.assert_status(303);
        let people = || world.texts("SELECT last_name || first_name || coalesce(phone, '') AS value FROM people ORDER BY id");
        let before = people();
        let answer = registrar.post(&format!("{place}/apply"), &[]).await;
        answer.assert_status(409).assert_has("The plan is out of date").assert_has("Žofie Núñez-O’Brien").assert_has(&zofie);
        assert_eq!(people(), before);
        // The plan waits again and shows the one row that moved, and that one alone.
        let page = registrar.get(&place).await;
        page.assert_has("has changed since the plan was made").assert_has("Apply");
        assert_eq!(page.body.matches("has changed since the plan was made").count(), 1);
        assert_eq!([world.field_of(&zofie, "phone"), world.field_of(&ming, "first_name")], ["meanwhile", "小明"]);
        // An edit of another field does not stand in the way.
        let (place, _) = registrar.plan("third.txt", TWO.replace("小明", "大明")).await;
        registrar.post(&format!("/people/{ming}/edit"), &[("version", "1"), ("campus", "East")]).await.assert_status(303);
        registrar.submit(&format!("{place}/apply"), &[]).await.assert_status(200);
        assert_eq!([world.field_of(&ming, "first_name"), world.field_of(&ming, "campus")], ["大明", "East"]);
    }

    async fn two_plans_of_one_new_student_make_one_person(world) {
        let registrar = world.signed_in("registrar").await;
        let (one, _) = registrar.plan("one.txt", TWO).await;
        let (two, _) = registrar.plan("two.txt", TWO).await;
        registrar.post(&format!("{one}/apply"), &[]).await.assert_status(303);
        registrar.post(&format!("{two}/apply"), &[]).await.assert_status(409).assert_has("The plan is out of date");
        assert_eq!(world.number("SELECT count(*) AS value FROM people WHERE last_name = '王'"), 1);
    }

    async fn a_field_pinned_between_plan_and_apply_is_not_overwritten(world) {
        let registrar = world.signed_in("registrar").await;
        registrar.import("first.txt", TWO).await;
        let zofie = who(&world, "990001");
        let (place, _) = registrar.plan("second.txt", TWO.replace("555-1", "555-2")).await;
        // Somebody sets the phone by hand and back again: it is theirs now, and what the plan expects is there.
        registrar.post(&format!("/people/{zofie}/edit"), &[("version", "1"), ("phone", "by hand")]).await.assert_status(303);
        registrar.post(&format!("/people/{zofie}/edit"), &[("version", "2"), ("phone", "555-1")]).await.assert_status(303);
        let answer = registrar.post(&format!("{place}/apply"), &[]).await;
        assert!(answer.status == 409 || world.field_of(&zofie, "phone") == "555-1", "a field set by hand was overwritten");
    }

    async fn files_of_every_shape_are_read(world) {
        let registrar = world.signed_in("registrar").await;
        let text = "STUDENTS.Student_Number;\"Last Name\";First_Name\r\n98000#;Müller;José\r\n";
        let utf16 = |text: &str, little: bool| {
            let units = std::iter::once(0xfeff_u16).chain(text.encode_utf16());
            units.flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect::<Vec<u8>>()
        };
        let (windows, ..) = encoding_rs::WINDOWS_1252.encode(text);
        let shapes: Vec<(&str, Vec<u8>)> = vec![
            ("UTF-8", text.into()),
            ("UTF-8 with a BOM", format!("\u{feff}{text}").into()),
            ("UTF-16 LE", utf16(text, true)),
            ("UTF-16 BE", utf16(text, false)),
            ("Windows-1252", windows.into_owned()),
            ("CR only", text.replace("\r\n", "\r").into()),
            ("LF only", text.replace("\r\n", "\n").into()),
            ("tabs", text.replace(';', "\t").into()),
            ("commas and quotes", text.replace(';', "\",\"").replace("98000#", "\"98000#").replace("José", "José\"").replace("STUDENTS.", "\"STUDENTS.").replace("\"\"Last Name\"\"", "\"Last Name\"").replace("First_Name", "First_Name\"").into()),
            ("bars", text.replace(';', "|").into()),
        ];
        for (n, (shape, bytes)) in shapes.into_iter().enumerate() {
            let digit = b'0' + u8::try_from(n).unwrap();
            // UTF-16 writes the sign with a zero beside it, which stays.
            let bytes: Vec<u8> = bytes.into_iter().map(|b| if b == b'#' { digit } else { b }).collect();
            let answer = registrar.upload("/people/import", "shape.txt", bytes).await;
            assert_eq!(answer.status, 303, "{shape}: {:?}", answer.all_between("id=\"file-err\">", "</p>"));
            let plan = registrar.submit(&format!("{}/apply", answer.location().unwrap()), &[]).await;
            assert_eq!([tile(&plan, "Created"), tile(&plan, "Rows not taken")], ["1", "0"], "{shape}");
            let sonis_id = who(&world, &format!("98000{n}"));
            assert_eq!([world.field_of(&sonis_id, "last_name"), world.field_of(&sonis_id, "first_name")], ["Müller", "José"], "{shape}");
        }
    }

    async fn a_file_that_is_no_students_extract_is_refused_in_words(world) {
        let registrar = world.signed_in("registrar").await;
        let before = world.snapshot();
        let zip = b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00".to_vec();
        for (name, bytes, message) in [
            ("empty", Vec::new(), "Choose the file that PowerSchool exported"),
            ("blank", b"\n\n\n".to_vec(), ""),
            ("a picture", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".to_vec(), ""),
            ("a spreadsheet", zip, ""),
            ("a page", b"<!doctype html><html><body>Sign in</body></html>".to_vec(), ""),
            ("teachers", b"TeacherNumber\tLast_Name\tFirst_Name\n1\tA\tB\n".to_vec(), "Student_Number"),
            ("no header", b"990001\tNunez\tZofie\n990002\tX\tY\n".to_vec(), ""),
            ("NUL", b"Student_Number\tLast_Name\tFirst_Name\n99\tA\x00B\tC\n".to_vec(), "NUL"),
            ("an open quote", b"Student_Number,Last_Name,First_Name\n99,\"A,B\n98,C,D\n".to_vec(), ""),
        ] {
            let answer = refused(&registrar, name, bytes).await;
            assert_eq!(answer.status, 422, "{name}");
            answer.assert_has("There is a problem").assert_has("<a href=\"#file\">").assert_has("id=\"file-err\"").assert_has(message);
        }
        world.assert_unchanged_since(&before);
    }

    async fn an_upload_that_lacks_something_is_refused_and_nothing_is_kept(world) {
        let registrar = world.signed_in("registrar").await;
        let before = world.snapshot();
        let send = async |form: reqwest::multipart::Form| {
            let request = registrar.client.post(registrar.url("/people/import")).header("sec-fetch-site", "same-origin");
            registrar.send(request.multipart(form)).await.status.as_u16()
        };
        let part = || reqwest::multipart::Part::bytes(TWO.as_bytes().to_vec()).file_name("a.txt");
        let form = reqwest::multipart::Form::new;
        assert_eq!(send(form().text("school", "HAR").part("file", part())).await, 409);
        assert_eq!(send(form().text("school", "NFC")).await, 422);
        assert!(matches!(send(form().part("file", part())).await, 400 | 409));
        assert!(matches!(send(form()).await, 400 | 409 | 422));
        let odd = registrar.post("/people/import", &[("file", TWO)]).await;
        assert!(matches!(odd.status.as_u16(), 400 | 415 | 422), "{}", odd.status);
        let cut = registrar.client.post(registrar.url("/people/import")).header("sec-fetch-site", "same-origin");
        let cut = cut.header("content-type", "multipart/form-data; boundary=x").body("--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nStudent");
        registrar.send(cut).await.assert_status(400);
        world.assert_unchanged_since(&before);
    }

    async fn odd_names_of_files_are_names(world) {
        let registrar = world.signed_in("registrar").await;
        let long = "x".repeat(5_000);
        for name in ["../../etc/passwd", "a\"b.txt", "<script>alert(1)</script>.txt", "a b\u{202e}txt.exe", "王.txt", "", long.as_str()] {
            let short: String = name.chars().take(40).collect();
            let answer = registrar.upload("/people/import", name, TWO).await;
            assert_eq!(answer.status, 303, "{short:?}");
            registrar.get(&answer.location().unwrap()).await.assert_status(200).assert_lacks("<script>alert");
        }
        registrar.get("/runs").await.assert_status(200).assert_lacks("<script>alert");
        // What no browser sends: characters that no file name has, raw or in the encoded form.
        for header in ["filename=\"a\u{0}b.txt\"", "filename=\"a\u{1}b.txt\"", "filename*=UTF-8''a%00b.txt", "filename*=UTF-8''%ff%fe"] {
            let body = format!(
                "--x\r\nContent-Disposition: form-data; name=\"school\"\r\n\r\nNFC\r\n\
                 --x\r\nContent-Disposition: form-data; name=\"file\"; {header}\r\n\r\n{TWO}\r\n--x--\r\n"
            );
            let request = registrar.client.post(registrar.url("/people/import")).header("sec-fetch-site", "same-origin");
            let request = request.header("content-type", "multipart/form-data; boundary=x").body(body);
            let status = registrar.send(request).await.status.as_u16();
            assert!(matches!(status, 303 | 400 | 422), "{header:?}: {status}");
        }
    }

    async fn a_file_that_is_too_large_is_refused_in_words(world) {
        let registrar = world.signed_in("registrar").await;
        let before = world.snapshot();
        let mut bytes = TWO.as_bytes().to_vec();
        bytes.resize(50 * 1024 * 1024 + 1, b'\n');
        let answer = refused(&registrar, "large.txt", bytes).await;
        answer.assert_status(413).assert_has("The file is larger than 50 MB").assert_has("crosswalk import names");
        world.assert_unchanged_since(&before);
        registrar.get("/people").await.assert_status(200);
    }

    async fn a_field_beside_the_file_cannot_be_endless(world) {
        let registrar = world.signed_in("registrar").await;
        let form = reqwest::multipart::Form::new().text("school", "NFC").text("other", "x".repeat(20 * 1024 * 1024)).text("another", "x".repeat(40 * 1024 * 1024));
        let request = registrar.client.post(registrar.url("/people/import")).header("sec-fetch-site", "same-origin").multipart(form);
        registrar.send(request).await.assert_status(413);
    }

    async fn somebody_without_the_task_sees_runs_and_imports_nothing(world) {
        let registrar = world.signed_in("registrar").await;
        let (place, _) = registrar.plan("first.txt", TWO).await;
        for user in ["clerk", "viewer", "security"] {
            let visitor = world.signed_in(user).await;
            visitor.get("/people/import").await.assert_status(403).assert_has("This page needs the Task Import names");
            visitor.upload("/people/import", "a.txt", TWO).await.assert_status(403);
            for way in ["apply", "abandon", "undo"] {
                visitor.post(&format!("{place}/{way}"), &[]).await.assert_status(403);
            }
            visitor.get(&place).await.assert_status(200).assert_lacks(">Apply<").assert_lacks(">Abandon<");
            visitor.get("/runs").await.assert_status(200).assert_lacks("/people/import");
        }
        assert_eq!(world.number("SELECT count(*) AS value FROM runs"), 3);
    }

    async fn what_one_school_imports_another_does_not_see(world) {
        let (registrar, registrar2) = (world.signed_in("registrar").await, world.signed_in("registrar2").await);
        let (ours, _) = registrar.import("ours.txt", TWO).await;
        let (theirs, receipt) = registrar2.import("theirs.txt", TWO).await;
        assert_eq!(tile(&receipt, "Created"), "2", "the same Student_Number is another person there");
        for way in ["", "/problems.csv"] {
            registrar2.get(&format!("{ours}{way}")).await.assert_status(404);
            registrar.get(&format!("{theirs}{way}")).await.assert_status(404);
        }
        registrar.get("/runs").await.assert_has("ours.txt").assert_lacks("theirs.txt");
        assert_eq!(world.texts("SELECT sonis_id AS value FROM people WHERE last_name = '王' ORDER BY 1"), ["HA0001535", "NC0001355"]);
    }
}
