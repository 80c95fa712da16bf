//! A family with one e-mail: blocked, decided, imported, taken back; by the setting, by letter, and on the command line.

use super::{ALL, PARENTS, RELATIONSHIPS, STUDENTS, TEACHERS, empty, host_id, tile, who};
use crate::on_both;
use crate::support::desk::Desk;
use crate::support::{Database, Visitor, World};

/// Decides on the family's e-mail.
async fn decide(sync: &Visitor, verdict: &str) {
    let page = sync.submit("/sync/emails/decide", &[("email", "mara@home.example"), ("verdict", verdict)]).await;
    page.assert_status(200).assert_has("Decided on mara@home.example.");
}

async fn sync_all(sync: &Visitor) -> String {
    let (place, _) = sync.sync("full", &ALL).await;
    sync.press(&place, "apply").await.assert_status(200);
    place
}

fn email(world: &World, key: &str) -> String {
    world.field_of(&who(world, "persons", key), "email")
}

on_both! {
    async fn a_shared_e_mail_is_given_to_one_and_the_next_sync_remembers(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        sync.get("/sync/emails").await.assert_status(200).assert_has("No sync has been planned");
        let (place, _) = sync.sync("full", &ALL).await;
        sync.get("/sync").await.assert_has("<a href=\"/sync/emails\">Shared e-mails</a> <span class=\"cw-badge is-wait\">1</span>");
        let blocked = sync.get(&format!("{place}?kind=blocked")).await;
        blocked.assert_reads("or decide under Shared e-mails whose it is").assert_has("Ivo Nuñez (Parent, row 3 of Parents)");
        let page = sync.get("/sync/emails").await;
        page.assert_has("Mara Nuñez").assert_has("Ivo Nuñez").assert_reads("Žofie Nuñez").assert_has("Row 2 of Parents");

        // Nothing chosen: said at the field, and nothing decided.
        let wrong = sync.post("/sync/emails/decide", &[("email", "mara@home.example"), ("verdict", "")]).await;
        wrong.assert_status(422).assert_has("There is a problem").assert_has("href=\"#e1-0\"").assert_has("id=\"e1-err\"");
        assert_eq!(world.count("email_decisions"), 0);
        let stranger = sync.post("/sync/emails/decide", &[("email", "mara@home.example"), ("verdict", "give:persons:1009")]).await;
        stranger.assert_status(409).assert_has("is not one of those who share");
        sync.post("/sync/emails/decide", &[("email", "nobody@home.example"), ("verdict", "without")]).await.assert_status(409);

        decide(&sync, "give:persons:1001").await;
        sync.get("/sync/emails").await.assert_reads("Decided: given to Mara Nuñez (persons:1001), by").assert_has("Take back");
        let (place, page) = sync.sync("full", &ALL).await;
        assert_eq!((tile(&page, "Created"), tile(&page, "Blocked")), ("8".into(), "0".into()));
        sync.press(&place, "apply").await.assert_status(200);
        assert_eq!((email(&world, "1001"), email(&world, "1002")), ("mara@home.example".into(), String::new()));
        assert_eq!(host_id(&world, &who(&world, "persons", "1002")), "P1002");

        // The same files once more change nothing; with the letters in another case neither.
        let (_, page) = sync.sync("full", &ALL).await;
        assert_eq!((tile(&page, "Unchanged"), tile(&page, "Updated")), ("8".into(), "0".into()));
        let loud = PARENTS.replace("1002\tNuñez\tIvo\tmara@", "1002\tNuñez\tIvo\tMARA@");
        let (_, page) = sync.sync("full", &[ALL[0], ALL[1], ("parents", &loud), ALL[3]]).await;
        assert_eq!(tile(&page, "Updated"), "0");

        // Given to the other: it goes over.
        decide(&sync, "give:persons:1002").await;
        sync_all(&sync).await;
        assert_eq!((email(&world, "1001"), email(&world, "1002")), (String::new(), "mara@home.example".into()));

        // Taken back, whoever has it keeps it, and the other is blocked again.
        sync.submit("/sync/emails/take-back", &[("email", "Mara@home.example")]).await.assert_has("Taken back.");
        sync.submit("/sync/emails/take-back", &[("email", "Mara@home.example")]).await.assert_status(200);
        let (place, page) = sync.sync("full", &ALL).await;
        assert_eq!((tile(&page, "Blocked"), tile(&page, "Updated")), ("1".into(), "0".into()));
        sync.get(&format!("{place}?kind=blocked")).await.assert_has("Ivo Nuñez (Parent, row 3");
        world.let_audit("registrar");
        let audit = world.signed_in("registrar").await.get("/audit?action=sync_decided").await;
        audit.assert_has("mara@home.example: given to Mara Nuñez (persons:1001)").assert_has("mara@home.example: taken back");
    }

    async fn whoever_has_it_and_stands_in_no_file_keeps_it(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        // Two parents, so that a change to one of them is not over the limit.
        let one = PARENTS.replace("1002\tNuñez\tIvo\tmara@home.example\n", "");
        let (place, _) = sync.sync("full", &[ALL[0], ("parents", &one), ALL[3]]).await;
        sync.press(&place, "apply").await.assert_status(200);
        let ties = RELATIONSHIPS.replace("91\t1001\tMother\n", "").replace("93\t1009\tMother\n", "");
        let other = "PERSON.ID\tLast_Name\tFirst_Name\tEmail\n1002\tNuñez\tIvo\tmara@home.example\n";
        let files = [ALL[0], ("parents", other), ("relationships", ties.as_str())];
        let (place, _) = sync.sync("only_these", &files).await;
        let blocked = sync.get(&format!("{place}?kind=blocked")).await;
        blocked.assert_has("Shared e-mail").assert_reads("Mara Nuñez (Parent, NC");
        decide(&sync, "give:persons:1002").await;
        let (place, page) = sync.sync("only_these", &files).await;
        assert_eq!(tile(&page, "Blocked"), "1");
        sync.get(&format!("{place}?kind=blocked")).await.assert_reads("nothing in the files takes it from them");
        // With both in the file it goes over.
        let (place, page) = sync.sync("only_these", &[ALL[0], ("parents", PARENTS), ALL[3]]).await;
        assert_eq!(tile(&page, "Blocked"), "0");
        sync.press(&place, "apply").await.assert_status(200);
        assert_eq!((email(&world, "1001"), email(&world, "1002")), (String::new(), "mara@home.example".into()));
    }

    async fn a_school_can_import_all_newcomers_without_a_shared_e_mail_and_block_one_of_them(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        world.change("INSERT INTO school_settings (school_id, name, value, set_by, set_at) VALUES (1, 'sync.shared_emails', 'without', 'a test', '2026-01-01 00:00:00')");
        let (_, page) = sync.sync("full", &ALL).await;
        assert_eq!(tile(&page, "Created"), "8");
        sync.get("/sync/emails").await.assert_has("are imported without it").assert_has("Imported without it").assert_reads("0 not decided");
        decide(&sync, "block").await;
        let (_, page) = sync.sync("full", &ALL).await;
        assert_eq!((tile(&page, "Created"), tile(&page, "Blocked")), ("6".into(), "2".into()));
        decide(&sync, "without").await;
        sync_all(&sync).await;
        assert_eq!((email(&world, "1001"), email(&world, "1002")), (String::new(), String::new()));
        let (_, page) = sync.sync("full", &ALL).await;
        assert_eq!((tile(&page, "Unchanged"), tile(&page, "Updated")), ("8".into(), "0".into()));
    }

    async fn families_get_a_letter_and_the_office_a_file(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let formula = PARENTS.replace("Ivo", "=HYPERLINK(1)").replace("Mara", "<b>Mara</b>");
        sync.sync("full", &[("students", STUDENTS), ("teachers", TEACHERS), ("parents", &formula), ("relationships", RELATIONSHIPS)]).await;
        let letters = sync.get("/sync/emails/letters").await;
        letters.assert_status(200).assert_has("class=\"cw-letter\"").assert_lacks("<b>Mara</b>");
        letters.assert_reads("Dear <b>Mara</b> Nuñez and =HYPERLINK(1) Nuñez").assert_reads("Children: Žofie Nuñez");
        sync.get("/sync/emails/letters?case=1").await.assert_has("mara@home.example");
        sync.get("/sync/emails/letters?case=99").await.assert_has("No letter");
        let file = sync.get("/sync/emails.csv").await;
        file.assert_status(200).assert_has("mara@home.example,<b>Mara</b> Nuñez,Parent,persons:1001,Row 2 of Parents,Žofie Nuñez,Blocked");
        file.assert_has("'=HYPERLINK(1) Nuñez");
        let seen = world.activity_texts("SELECT subject AS value FROM activity_entries WHERE action = 'exported' ORDER BY id");
        assert!(seen.iter().any(|s| s == "Shared e-mails: 1 of them"), "{seen:?}");
    }

    async fn a_decision_of_one_school_is_none_of_another(world) {
        empty(&world);
        world.change("INSERT INTO email_decisions (school_id, email_key, verdict, decided_by, decided_at) VALUES (2, 'mara@home.example', 'without', 'a test', '2026-01-01 00:00:00')");
        let sync = world.signed_in("sync").await;
        let (_, page) = sync.sync("full", &ALL).await;
        assert_eq!(tile(&page, "Blocked"), "2");
        sync.get("/sync/emails").await.assert_lacks("Decided so far");
        sync.submit("/sync/emails/take-back", &[("email", "mara@home.example")]).await.assert_status(200);
        assert_eq!(world.count("email_decisions"), 1);
    }
}

#[test]
fn the_command_lists_decides_and_takes_back() {
    let desk = Desk::new(Database::Sqlite);
    desk.furnish();
    desk.done(&["school", "stage", "NFC", "vidigami", "live"]);
    let files = [("--students", STUDENTS), ("--parents", PARENTS), ("--relationships", RELATIONSHIPS)];
    let files =
        files.map(|(option, text)| (option, desk.write(&format!("{}.txt", option.trim_start_matches('-')), text)));
    let plan = || {
        let mut args = vec!["sync", "plan", "--school", "NFC"];
        files.iter().for_each(|(option, path)| args.extend([*option, path.as_str()]));
        desk.run(&args)
    };
    let emails = |args: &[&str]| {
        let mut all = vec!["sync", "emails"];
        all.extend(args);
        all.extend(["--school", "NFC"]);
        desk.run(&all)
    };
    assert_eq!(plan().code, 1);
    emails(&["list"])
        .assert_says(0, "persons:1002 Ivo Nuñez (parent), Row 3 of Parents, children: Žofie Nuñez: blocked");
    emails(&["decide", "mara@home.example"]).assert_refused("required");
    emails(&["decide", "mara@home.example", "--give", "aunt"]).assert_refused("is not one of those");
    emails(&["decide", "mara@home.example", "--give", "persons:77"]).assert_refused("is not one of those who share");
    emails(&["decide", "MARA@home.example", "--give", "persons:1002"]).assert_says(0, "Decided on");
    plan().assert_says(0, "0 blocked");
    let listed = emails(&["list", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&listed.out).expect("JSON");
    assert_eq!(json["cases"][0]["decision"], "given to Ivo Nuñez (persons:1002)");
    assert_eq!(json["cases"][0]["parties"][0]["fate"], "without");
    assert_eq!(json["decisions"][0]["about"], "mara@home.example");
    assert!(emails(&["csv"]).out.contains("mara@home.example,Mara Nuñez,Parent,persons:1001"));
    assert!(emails(&["letters"]).out.contains("Dear Mara Nuñez and Ivo Nuñez,"));
    emails(&["take-back", "mara@home.example"]).assert_says(0, "Taken back");
    emails(&["take-back", "mara@home.example"]).assert_refused("Nothing was decided of mara@home.example");
    plan().assert_says(1, "2 blocked");
}
