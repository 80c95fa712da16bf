//! Somebody types, sends and uploads what must be in no log: each a secret that is planted once.
//! Leaves looking for them to the tests.

use reqwest::header;

use super::Secrets;
use crate::security::Wizard;
use crate::support::desk::Served;
use crate::support::{Answer, Visitor};

/// A form that is sent in another way than ours are.
async fn raw(visitor: &Visitor, path: &str, kind: &str, body: String) -> Answer {
    let request = visitor.client.post(visitor.url(path)).header("sec-fetch-site", "same-origin");
    visitor.send(request.header(header::CONTENT_TYPE, kind).body(body)).await
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Before anybody has signed in: wrong sign-ins, forms that cannot be read, headers.
pub async fn at_the_door(served: &Served, s: &Secrets) {
    let nobody = served.visitor();
    let wrong = [("user_id", s.plant("planted.unknown.user")), ("password", s.plant("Planted-Wrong-Passw0rd"))];
    nobody.post("/sign-in", &wrong).await.assert_status(422);
    let wrong = [("user_id", "registrar"), ("password", s.plant("Planted-Nearly-Right"))];
    nobody.post("/sign-in", &wrong).await.assert_status(422);
    nobody.ask("/sign-in", &[("then", &format!("/people/{}", s.plant("Planted-Way-Back")))]).await.assert_status(200);
    for (kind, body) in [
        ("application/json", format!("{{\"user_id\":\"x\",\"password\":\"{}\"}}", s.plant("Planted-Json-Password"))),
        ("text/plain", s.plant("Planted-Plain-Text").to_owned()),
        (FORM, format!("user_id={}", s.plant("Planted-Alone"))),
        (FORM, format!("user_id=a&user_id={}&password=%FF%FE&=&%", s.plant("Planted-Twice"))),
        (FORM, format!("user_id=a&password={}{}", s.plant("Planted-Too-Long"), "x".repeat(400_000))),
        ("multipart/form-data; boundary=b", format!("--b\r\nbroken {}", s.plant("Planted-Broken-Part"))),
    ] {
        let answer = raw(&nobody, "/sign-in", kind, body).await;
        assert!(answer.status.is_client_error(), "{kind}: {}", answer.status);
    }
    let headers = nobody
        .client
        .get(nobody.url("/people"))
        .header(header::USER_AGENT, s.plant("Planted-Browser"))
        .header(header::REFERER, format!("http://127.0.0.1/people/{}", s.plant("Planted-Referer")))
        .header(header::COOKIE, format!("id={}", s.plant("Planted-Cookie")))
        .header(header::AUTHORIZATION, format!("Bearer {}", s.plant("Planted-Token")))
        .header("x-forwarded-for", s.plant("203.0.113.77"))
        .header("x-request-id", s.plant("Planted-Request-Id"));
    nobody.send(headers).await.assert_status(303);
    // The form of somebody whose session has ended is given back to them.
    let late = [("last_name", s.plant("Planted-Typed-Too-Late"))];
    nobody.post("/people/new", &late).await.assert_has("Planted-Typed-Too-Late");
}

/// Searches, addresses, people, their IDs, and an upload.
pub async fn of_people(registrar: &Visitor, s: &Secrets) {
    for text in ["Planted Name", "planted@search.example", "NC7654321", "PLANTED-ID-77"] {
        registrar.ask("/people", &[("q", s.plant(text))]).await.assert_status(200);
    }
    registrar.ask_partial("/people", &[("q", s.plant("Planted-As-Typed"))]).await.assert_status(200);
    registrar.ask("/people.csv", &[("q", s.plant("Planted-In-A-File"))]).await.assert_status(200);
    registrar.ask("/people", &[("campus", s.plant("Planted-Campus")), ("page", "x")]).await.assert_status(200);
    for path in [
        format!("/people/{}", s.plant("NC7000007")),
        format!("/people/{}%00", s.plant("Planted-Before-A-Nul")),
        format!("/nowhere/{}", s.plant("Planted-Path")),
        format!("/support/schools/{}", s.plant("PLANTEDSCHOOL")),
    ] {
        let answer = registrar.get(&path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
    let person = [
        ("last_name", s.plant("Planted-Last-Name")),
        ("first_name", s.plant("Planted-First-Name")),
        ("email", s.plant("planted@person.example")),
        ("phone", s.plant("+1 312 555 0177")),
        ("address", s.plant("77 Planted Street")),
        ("other_pid", s.plant("PLANTED-PID-1")),
        ("member_type", "parent"),
        ("status", "active"),
    ];
    registrar.post("/people/new", &person).await.assert_status(303);
    let wrong = [("last_name", "X"), ("birth_date", s.plant("Planted-Birth-Date"))];
    registrar.post("/people/new", &wrong).await.assert_status(422);
    let edit = [("version", "1"), ("last_name", s.plant("Planted-New-Name"))];
    registrar.post("/people/NC0001234/edit", &edit).await.assert_status(303);
    let add = "/people/NC0001237/integration-ids/add";
    for (integration, value, status) in [
        ("canvas", s.plant("PLANTED-CANVAS-1"), 303),
        ("canvas", &format!("{}\u{7}", s.plant("Planted-With-A-Bell")), 422),
        (s.plant("planted-integration"), "1", 422),
    ] {
        registrar.post(add, &[("integration", integration), ("value", value)]).await.assert_status(status);
    }
    let file = format!(
        "Student_Number\tLast_Name\tFirst_Name\tDOB\t{}\n{}\t{}\tX\t{}\t\n",
        s.plant("Planted_Column"),
        s.plant("777123"),
        s.plant("Planted-Uploaded"),
        s.plant("Planted-Cell")
    );
    registrar.upload("/people/import", s.plant("Planted-File.txt"), file).await.assert_status(303);
    registrar.upload("/people/import", "x.txt", s.plant("Planted-Not-A-Table")).await.assert_status(422);
    let password = [
        ("old", s.plant("Planted-Old-Password")),
        ("new", s.plant("Planted-New-Password")),
        ("again", s.plant("Planted-New-Passwort")),
    ];
    registrar.post("/account/password", &password).await.assert_status(422);
    let request = format!("/integrations/{}/request", s.plant("planted-request"));
    registrar.post(&request, &[]).await.assert_status(404);
    let foreign = registrar.client.post(registrar.url("/people/NC0001234/edit"));
    let foreign = foreign
        .header("origin", format!("https://{}", s.plant("planted.example")))
        .form(&[("last_name", s.plant("Planted-By-Others"))]);
    registrar.send(foreign).await.assert_status(403);
}

/// User Security: the list, the wizard, profiles, temporary passwords, and the audit's filters.
pub async fn of_users(security: &Visitor, s: &Secrets) {
    security.ask("/security", &[("q", s.plant("Planted-User-Search"))]).await.assert_status(200);
    security.ask("/security/access/clerk", &[("person", s.plant("NC7000008"))]).await.assert_status(422);
    security.ask("/security/access/compare", &[("one", s.plant("planted.one")), ("other", "clerk")]).await;
    security
        .ask("/audit", &[("actor", s.plant("Planted-Actor")), ("person", s.plant("NC7000009"))])
        .await
        .assert_status(200);
    security.ask("/audit.csv", &[("actor", s.plant("Planted-In-The-Audits-File"))]).await.assert_status(200);
    let guest = [("elsewhere", s.plant("planted.elsewhere"))];
    security.post("/security/wizard", &guest).await.assert_status(422);

    let wizard = Wizard::begin(security, "").await;
    let wrong = [
        ("user_id", "new"),
        ("name", "New"),
        ("email", s.plant("planted-no-address")),
        ("profile", s.plant("planted-profile")),
        ("password", s.plant("Planted1")),
    ];
    wizard.send("user-id", &wrong).await.assert_status(422);
    let new = [
        ("user_id", s.plant("planted.new.user")),
        ("name", s.plant("Planted New User")),
        ("email", s.plant("planted@user.example")),
        ("profile", "viewer"),
        ("password", s.plant("walnut-planted-quilting")),
    ];
    wizard.send("user-id", &new).await.assert_status(303);
    wizard.send("search-options", &[("columns", s.plant("planted-columns"))]).await.assert_status(422);
    wizard.send("search-options", &[]).await.assert_status(303);
    wizard.send("limiting-access", &[("campus", s.plant("Planted-Limit"))]).await.assert_status(422);
    wizard.send("limiting-access", &[]).await.assert_status(303);
    wizard.send("privileges", &[("more", "yes")]).await.assert_status(303);
    let view = ("use.view_integration_ids", "on");
    wizard.tasks(&[view, ("ends.use.view_integration_ids", s.plant("Planted-Day"))]).await.assert_status(422);
    wizard.tasks(&[view, ("for.use.view_integration_ids", s.plant("planted-for"))]).await.assert_status(422);
    wizard.tasks(&[view]).await.assert_reads("is added");

    for (password, status) in [(s.plant("Planted2"), 422), (s.plant("velvet-planted-omelette"), 303)] {
        security.post("/security/users/clerk/password", &[("password", password)]).await.assert_status(status);
    }
    let profile = [("name", s.plant("Planted Own Profile")), ("task", "view_integration_ids")];
    security.post("/security/profiles/new", &profile).await.assert_status(303);
    let odd = format!("{}\u{200b}", s.plant("Planted Odd Profile"));
    let odd = [("name", odd.as_str()), ("task", s.plant("planted_task"))];
    security.post("/security/profiles/new", &odd).await.assert_status(422);
}

/// Support's notes and the catalogue.
pub async fn of_support(support: &Visitor, s: &Secrets) {
    let place = "/support/schools/HAR/jrm";
    let version = support.get(place).await.hidden("version");
    let form = [("stage", "testing"), ("next", "usual"), ("version", version.as_str())];
    let note = |text: &'static str| [form[0], form[1], form[2], ("note", text)];
    support.post(place, &note(s.plant("Planted note of Support"))).await.assert_status(303);
    let too_long = format!("{} {}", s.plant("Planted long note"), "n".repeat(500));
    support.post(place, &[form[0], form[1], form[2], ("note", &too_long)]).await.assert_status(422);
    support.get(&format!("/support/schools/{}", s.plant("PLANTED9"))).await.assert_status(404);
    let entry = |code, pattern, reason| {
        [
            ("code", code),
            ("name", "Alma"),
            ("vendor", "Ex Libris"),
            ("purpose", reason),
            ("example", "AL-1"),
            ("fits", "pattern"),
            ("pattern", pattern),
            ("min_length", "1"),
            ("max_length", "20"),
            ("case_rule", "exact"),
            ("many", "one"),
        ]
    };
    for (code, pattern, reason, status) in [
        (s.plant("Planted Code"), "[A-Z]+-1", s.plant("Planted first reason"), 422),
        ("alma", s.plant("[planted-broken"), s.plant("Planted second reason"), 422),
        ("alma", s.plant("(PLANTED|AL)-1"), s.plant("Planted reason to have it"), 303),
    ] {
        support.post("/support/integrations/new", &entry(code, pattern, reason)).await.assert_status(status);
    }
    let version = support.get("/support/integrations/canvas/edit").await.hidden("version");
    let mut edit = entry("canvas", "", "Courses.").to_vec();
    edit.retain(|(name, _)| !["name", "vendor", "example", "fits"].contains(name));
    edit.extend([("name", "Canvas"), ("fits", "any"), ("version", version.as_str())]);
    edit.extend([("vendor", s.plant("Planted Vendor")), ("example", s.plant("PLANTED-EXAMPLE"))]);
    support.post("/support/integrations/canvas/edit", &edit).await.assert_status(303);
}
