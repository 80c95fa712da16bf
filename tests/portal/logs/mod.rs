//! The log: one line a request, with its reference and its route, and nobody's name, number or password.
//! Leaves what is on record in the database to `unauthorized`.

mod planting;

use std::cell::RefCell;

use crate::at_both_desks;
use crate::support::desk::{Served, block_on};
use crate::support::rows::{change, snapshot};
use crate::support::{Desk, Visitor};
use planting::{at_the_door, of_people, of_support, of_users};

const DEMO: [(&str, &str); 1] = [("password", crosswalk::demo::DEMO_PASSWORD)];

/// What is typed, sent or uploaded here, each once, so that each can be looked for.
#[derive(Default)]
struct Secrets(RefCell<Vec<&'static str>>);

impl Secrets {
    fn plant(&self, secret: &'static str) -> &'static str {
        self.0.borrow_mut().push(secret);
        secret
    }

    /// None is in any line, neither as it was typed nor as addresses and forms write it; said with the line that holds it.
    fn assert_absent(&self, lines: &[String]) {
        let lines: Vec<String> = lines.iter().map(|l| l.to_lowercase()).collect();
        for secret in self.0.borrow().iter() {
            let plain = secret.to_lowercase();
            let encoded = serde_urlencoded::to_string([("", &plain)]).expect("a form").replace('=', "").to_lowercase();
            let held = lines.iter().find(|l| l.contains(&plain) || l.contains(&encoded));
            assert_eq!(held, None, "{secret} is in the log");
        }
    }
}

fn demo(desk: &Desk, log: &str) -> Served {
    desk.start(&["demo", "--people", "30", "--listen", "127.0.0.1:0", "--file", &desk.url], log)
}

async fn signed_in(served: &Served, user_id: &str) -> Visitor {
    let visitor = served.visitor();
    visitor.post("/sign-in", &[("user_id", user_id), DEMO[0]]).await.assert_status(303);
    visitor
}

at_both_desks! {
    /// Row 25 of the hardening list.
    fn of_fifty_planted_secrets_none_is_in_the_log_however_much_is_logged(desk) {
        let (served, s) = (demo(&desk, "trace"), Secrets::default());
        let let_audit = "INSERT INTO grants (user_id, school_id, task, kind, granted_by, granted_at) \
            SELECT id, school_id, 'view_audit', 'use', 'a test', created_at FROM users WHERE user_key = 'security'";
        assert_eq!(change(&desk.db(), let_audit), 1);
        block_on(async {
            at_the_door(&served, &s).await;
            of_people(&signed_in(&served, "registrar").await, &s).await;
            of_users(&signed_in(&served, "security").await, &s).await;
            of_support(&signed_in(&served, "support").await, &s).await;
        });
        // A command says on its standard error what went wrong: no password of the mail server, no address.
        change(&desk.db(), &format!("UPDATE users SET email = '{}' WHERE user_key = 'registrar2'", s.plant("planted@ready.example")));
        let mail = format!("smtp://ann:{}@127.0.0.1:1", s.plant("Planted-Mail-Password"));
        let ended = desk.done(&["school", "stage", "HAR", "jrm", "ready", "--note", s.plant("Planted note of a command"), "--smtp-url", &mail]);
        assert!(ended.err.contains("could not be sent"), "{ended:?}");

        let mut lines = served.lines();
        assert!(lines.iter().any(|l| l.contains("POST /support/integrations/new 303")), "the log is not there: {lines:?}");
        assert!(lines.iter().any(|l| l.contains("[TRACE ")), "not much is logged: {lines:?}");
        lines.extend([ended.out, ended.err]);
        s.assert_absent(&lines);
        let planted = s.0.take();
        let distinct: std::collections::BTreeSet<_> = planted.iter().collect();
        assert!(distinct.len() >= 50 && distinct.len() == planted.len(), "{} planted, {} distinct", planted.len(), distinct.len());
        // A password is nowhere in the database either.
        let tables = snapshot(&desk.db());
        for password in ["Planted-Wrong-Passw0rd", "Planted-Old-Password", "Planted-New-Password", "walnut-planted-quilting", "velvet-planted-omelette", "Planted1", "Planted2"] {
            assert!(planted.contains(&password));
            let held = tables.iter().find(|(_, rows)| rows.contains(password)).map(|(table, _)| table);
            assert_eq!(held, None, "{password} is in a table");
        }
    }

    fn a_log_line_tells_of_a_request_and_of_nobody(desk) {
        let served = demo(&desk, "info");
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
        let served = demo(&desk, "warn");
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
