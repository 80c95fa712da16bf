//! The log: one line a request, with its reference and its route, and nobody's name, number or password.
//! Leaves what is on record in the database to `unauthorized`.

use crate::at_both_desks;
use crate::support::desk::block_on;

at_both_desks! {
    fn a_log_line_tells_of_a_request_and_of_nobody(desk) {
        let served = desk.start(&["demo", "--people", "30", "--listen", "127.0.0.1:0", "--file", &desk.url], "info");
        let visitor = served.visitor();
        let mut references = Vec::new();
        block_on(async {
            visitor.post("/sign-in", &[("user_id", "my-Secret-typed-as-User-ID"), ("password", "wr0ng-Passw0rd")]).await.assert_status(422);
            visitor.post("/sign-in", &[("user_id", "registrar"), ("password", "crosswalk-demo")]).await.assert_status(303);
            visitor.ask("/people", &[("q", "Okonkwo")]).await.assert_has("NC0001234");
            visitor.ask("/people.csv", &[("q", "Okonkwo")]).await.assert_status(200);
            visitor.get("/people/NC0001234").await.assert_has("Amara");
            visitor.get("/people/NC0001234/integration-ids").await.assert_has("S2038917");
            visitor.ask("/people", &[("q", "S2038917")]).await.assert_status(303);
            visitor.post("/people/NC0001237/integration-ids/add", &[("integration", "canvas"), ("value", "S3cret-Canvas")]).await.assert_status(303);
            visitor.post("/people/NC0001237/integration-ids/add", &[("integration", "canvas"), ("value", "0049317")]).await.assert_status(422);
            visitor.post("/people/NC0001234/edit", &[("version", "1"), ("last_name", "Newly-Typed-Name")]).await.assert_status(303);
            visitor.upload("/people/import", "File-Named-Okonkwo.txt", "Student_Number\tLast_Name\tFirst_Name\n777123\tUploaded-Name\tX\n").await.assert_status(303);
            visitor.post("/account/password", &[("old", "crosswalk-demo"), ("new", "Typed-New-Password-1"), ("again", "Typed-New-Password-2")]).await.assert_status(422);
            for path in ["/people/NC9999999", "/nowhere/NC0001234", "/people/Okonkwo%00", "/runs/99999999999999999999?q=Okonkwo"] {
                let page = visitor.get(path).await;
                references.extend(page.all_between("Reference <span class=\"cw-id\">", "<"));
            }
            visitor.send(visitor.client.post(visitor.url("/people/NC0001234/edit")).header("origin", "https://evil.example").form(&[("last_name", "Okonkwo")])).await.assert_status(403);
        });
        served.wait_for("POST /people/{sonis_id}/edit 403");
        let lines: Vec<String> = served.lines().into_iter().filter(|l| l.starts_with('[')).collect();
        let log = lines.join("\n");
        assert!(lines.len() >= 17, "a line a request: {log}");
        for text in ["POST /sign-in 422", "POST /sign-in 303", "GET /people 200", "GET /people/{sonis_id} 200", "GET /people/{sonis_id}/integration-ids 200"] {
            assert!(log.contains(text), "{text} is not in {log}");
        }
        assert_eq!(references.len(), 4);
        for reference in &references {
            assert!(log.contains(reference.as_str()), "the reference {reference} is not in {log}");
        }
        for secret in [
            "Okonkwo", "okonkwo", "Amara", "NC0001234", "NC0001237", "NC9999999", "S2038917", "S3cret", "0049317", "Newly-Typed", "Uploaded-Name", "777123", "File-Named",
            "crosswalk-demo", "wr0ng", "my-Secret", "Typed-New-Password", "registrar", "Rosa", "evil.example",
        ] {
            assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
        }
        // Neither is a session's key or a hash of a password.
        assert!(!lines.iter().any(|l| l.split(|c: char| !c.is_ascii_hexdigit()).any(|w| w.len() >= 32)), "{log}");
        assert!(!log.contains("argon2"));
    }

    fn a_failure_is_logged_under_its_reference_and_not_shown(desk) {
        let served = desk.start(&["demo", "--people", "30", "--listen", "127.0.0.1:0", "--file", &desk.url], "warn");
        let visitor = served.visitor();
        let page = block_on(async {
            visitor.post("/sign-in", &[("user_id", "registrar"), ("password", "crosswalk-demo")]).await.assert_status(303);
            crate::support::rows::change(&desk.db(), "ALTER TABLE relationships RENAME TO relationships_gone");
            visitor.get("/people/NC0001234").await
        });
        page.assert_status(500).assert_has("Something went wrong").assert_lacks("relationships");
        let reference = page.all_between("Reference <span class=\"cw-id\">", "<").remove(0);
        let line = served.wait_for(&reference);
        assert!(line.contains("relationships") && line.contains("ERROR"), "{line}");
    }
}
