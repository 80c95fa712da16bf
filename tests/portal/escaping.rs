//! Texts that would be markup or script, in every field and on every page: shown as they are, never run.
//! Leaves running them in a browser to the browser journeys.

use crate::on_both;
use crate::support::{Answer, Visitor};

const PAYLOADS: [&str; 26] = [
    "<script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "\" autofocus onfocus=alert(1) x=\"",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<iframe src=javascript:alert(1)>",
    "<b>bold</b>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;q&#62;of its own",
    "<!-- comment -->",
    "]]><script>alert(1)</script>",
    "<math><mtext></mtext><script>alert(1)</script>",
    "{{7*7}}<i>",
    "<div hx-get=\"/sign-out\" hx-trigger=\"load\">",
    "\" hx-on:load=\"alert(1)\" x=\"",
    "<form action=//evil.example><button>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<base href=//evil.example>",
];

const FIELDS: [&str; 12] = [
    "last_name",
    "first_name",
    "middle_name",
    "preferred_name",
    "native_name",
    "gender",
    "phone",
    "campus",
    "division",
    "department",
    "level",
    "other_pid",
];

/// The payload must be on the page, escaped, and nowhere as it is.
fn assert_escaped(page: &Answer, payload: &str, what: &str) {
    assert!(matches!(page.status.as_u16(), 200 | 409 | 422), "{what}: {} for {payload}", page.status);
    assert!(!page.body.contains(payload), "{what} holds {payload} as it is:\n{}", page.body);
    let shown = escaped(payload);
    assert!(page.body.contains(&shown), "{what} does not hold {shown}:\n{}", page.body);
}

fn escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;").replace('\'', "&#39;")
}

/// An e-mail address that carries the payload.
fn address(payload: &str) -> String {
    format!("{}@x.example", payload.replace(' ', "/").replace('@', ""))
}

async fn make(registrar: &Visitor, payload: &str) -> String {
    let email = address(payload);
    let mut form =
        vec![("member_type", "student"), ("status", "active"), ("address", payload), ("email", email.as_str())];
    form.extend(FIELDS.iter().map(|f| (*f, payload)));
    let answer = registrar.post("/people/new", &form).await;
    assert_eq!(answer.status, 303, "{payload}: {}", answer.body);
    answer.location().unwrap()
}

on_both! {
    async fn a_person_made_of_script_is_shown_as_text_on_every_page(world) {
        let registrar = world.signed_in("registrar").await;
        for payload in PAYLOADS {
            let person = make(&registrar, payload).await;
            let biographic = registrar.get(&person).await;
            assert_escaped(&biographic, payload, "the Biographic page");
            biographic.assert_has(&format!("mailto:{}", escaped(&address(payload))));
            let add = [("integration", "canvas"), ("value", payload)];
            let ids = registrar.submit(&format!("{person}/integration-ids/add"), &add).await;
            assert_escaped(&ids, payload, "the integration IDs");
            let again = registrar.post(&format!("{person}/integration-ids/add"), &add).await;
            again.assert_status(422);
            assert_escaped(&again, payload, "the form to add an ID, shown again");
            let other = registrar.post("/people/NC0001237/integration-ids/add", &add).await;
            assert_escaped(&other, payload, "the form that names the holder");
            let run = world.last_run();
            assert_escaped(&registrar.get(&format!("/runs/{run}")).await, payload, "the run of an ID");
            assert_escaped(&registrar.get(&format!("{person}/edit")).await, payload, "the form to edit");
            registrar.post(&format!("{person}/edit"), &[("version", "1"), ("campus", "Elsewhere")]).await.assert_status(303);
            let stale = registrar.post(&format!("{person}/edit"), &[("version", "1"), ("campus", payload)]).await;
            assert_escaped(&stale, payload, "the page of two editors");
            let wrong = registrar.post(&format!("{person}/edit"), &[("version", "2"), ("birth_date", payload)]).await;
            assert_escaped(&wrong, payload, "the form to edit, shown again");
            assert_escaped(&registrar.get(&format!("{person}/history")).await, payload, "the history");
            let sonis_id = person.trim_start_matches("/people/");
            let list = registrar.ask_partial("/people", &[("q", sonis_id)]).await;
            assert_escaped(&list, payload, "the list");
            let filtered = registrar.ask("/people", &[("level", payload), ("division", payload)]).await;
            assert_eq!(filtered.listed(), [sonis_id]);
            assert_escaped(&filtered, payload, "the filters");
        }
    }

    async fn what_is_searched_for_and_asked_for_is_shown_as_text(world) {
        let registrar = world.signed_in("registrar").await;
        for payload in PAYLOADS {
            assert_escaped(&registrar.ask("/people", &[("q", payload)]).await, payload, "the search");
            for name in ["member", "sort", "rows", "no_id", "campus", "grade"] {
                let page = registrar.ask("/people", &[(name, payload)]).await;
                page.assert_status(200);
                assert!(!page.body.contains(payload), "{name} holds {payload} as it is");
            }
            let query = serde_urlencoded::to_string([("then", payload)]).unwrap();
            assert_escaped(&world.anonymous().get(&format!("/sign-in?{query}")).await, payload, "the sign-in page");
            let missing = registrar.get(&format!("/people/{}", query.trim_start_matches("then="))).await;
            missing.assert_status(404);
            assert!(!missing.body.contains(payload));
            let school = registrar.post("/people/new", &[("school", payload)]).await;
            assert!(!school.body.contains(payload), "the page of another school");
        }
    }

    async fn a_user_and_a_school_made_of_script_are_shown_as_text(world) {
        let payload = PAYLOADS[1];
        let quoted = payload.replace('\'', "''");
        world.change(&format!("UPDATE users SET name = '{quoted}'"));
        world.change(&format!("UPDATE schools SET name = '{quoted}' WHERE code = 'NFC'"));
        world.change(&format!("UPDATE integrations SET name = '{quoted}' WHERE code = 'canvas'"));
        world.change(&format!("UPDATE runs SET source_name = '{quoted}', source_notes = '{quoted}', reason = '{quoted}', actor_name = '{quoted}'"));
        let (registrar, clerk) = (world.signed_in("registrar").await, world.signed_in("clerk").await);
        for (visitor, path) in [(&registrar, "/account"), (&registrar, "/people?no_id=canvas"), (&registrar, "/people/NC0001234/integration-ids"), (&clerk, "/people/NC0001234"), (&registrar, "/runs"), (&registrar, "/runs/1")] {
            let page = visitor.get(path).await;
            assert!(!page.body.contains(payload), "{path} holds the payload as it is");
            assert!(page.body.contains(&escaped(payload)), "{path}: {}\n{}", page.status, page.body);
        }
        let browser = registrar.client.post(registrar.url("/sign-in")).header("sec-fetch-site", "same-origin").header("user-agent", payload);
        registrar.send(browser.form(&[("user_id", "registrar"), ("password", crosswalk::demo::DEMO_PASSWORD)])).await.assert_status(303);
        // What a browser says of itself is read, and never shown.
        registrar.get("/account").await.assert_status(200).assert_has(">A browser</th>").assert_lacks(payload);
    }

    async fn a_file_made_of_script_is_shown_as_text_in_plan_receipt_and_problems(world) {
        let registrar = world.signed_in("registrar").await;
        for payload in ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>"] {
            let quoted = format!("\"{}\"", payload.replace('"', "\"\""));
            let file = format!("Student_Number,Last_Name,First_Name,Level\n9700{},{quoted},{quoted},{quoted}\n{quoted},x,y,z\n", payload.len());
            let (place, plan) = registrar.plan("file.csv", file).await;
            assert_escaped(&plan, payload, "the plan");
            assert_escaped(&registrar.submit(&format!("{place}/apply"), &[]).await, payload, "the receipt");
            let wrong = registrar.upload("/people/import", "file.csv", format!("{quoted},x\n1,2\n")).await;
            wrong.assert_status(422);
            assert!(!wrong.body.contains(payload), "the message about a wrong file");
        }
    }
}
