//! Every route, walked as each kind of visitor, on records of their own school, of the other one, and of none.
//! Leaves where requests come from to `csrf`.

use std::collections::BTreeSet;

use crosswalk::routes::{Access, Listed, table};

use crate::on_both;
use crate::places::Places;
use crate::support::{Answer, Visitor, World};

/// Users of the demo and the Tasks that they may use; of two who may do the same to one record, one.
const USERS: [(&str, &[&str]); 8] = [
    ("clerk", &[]),
    ("viewer", &["view_integration_ids"]),
    ("security", &["administer_security"]),
    ("sync", &["view_integration_ids", "run_roster_sync"]),
    ("release", &["release_held_runs"]),
    ("support", &["manage_catalogue", "set_stages"]),
    ("registrar", &["modify_integration_ids", "edit_people", "import_names", "request_integrations"]),
    ("registrar2", &["modify_integration_ids", "edit_people", "import_names", "request_integrations"]),
];

/// What a route answers to a user about a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Works,
    Unauthorized,
    NotFound,
}

/// Whether the address names something that belongs to a school.
fn is_of_a_record(route: &Listed) -> bool {
    ["{sonis_id}", "{run}", "{user}", "{draft}", "{profile}", "{group}", "{upload}", "{item}"]
        .iter()
        .any(|p| route.path.contains(p))
}

fn expected(route: &Listed, user: &str, tasks: &[&str], is_own_record: bool) -> Expected {
    let of_a_record = is_of_a_record(route);
    match route.access {
        Access::Public | Access::SignedIn => Expected::Works,
        Access::School | Access::Task(_) if user == "support" => Expected::NotFound,
        Access::Task(any_of) | Access::Support(any_of) if !any_of.iter().any(|t| tasks.contains(&t.code())) => {
            Expected::Unauthorized
        }
        _ if of_a_record && !is_own_record => Expected::NotFound,
        _ => Expected::Works,
    }
}

fn assert_is(answer: &Answer, expected: Expected, what: &str) {
    let status = answer.status.as_u16();
    match expected {
        Expected::Works => {
            assert!(matches!(status, 200 | 303 | 422), "{what}: {status}\n{}", answer.body);
            let to_sign_in = answer.location().is_some_and(|l| l.starts_with("/sign-in"));
            assert!(
                !to_sign_in || what.contains("/sign-out") || what.contains(" / "),
                "{what} leads to the sign-in page"
            );
        }
        Expected::Unauthorized => {
            assert_eq!(status, 403, "{what}");
            answer.assert_has("Unauthorized");
        }
        Expected::NotFound => assert_eq!(status, 404, "{what}"),
    }
}

struct Cast {
    nfc: Places,
    har: Places,
    visitors: Vec<(&'static str, &'static [&'static str], Visitor)>,
}

impl Cast {
    async fn of(world: &World) -> Cast {
        let mut visitors = Vec::new();
        for (user, tasks) in USERS {
            visitors.push((user, tasks, world.signed_in(user).await));
        }
        let by = |user: &str| visitors.iter().find(|(u, ..)| *u == user).map(|(.., v)| v.clone()).expect("a visitor");
        let (nfc, har) = (Places::of(world, &by("registrar")).await, Places::of(world, &by("registrar2")).await);
        Cast { nfc, har, visitors }
    }

    fn own(&self, visitor: &Visitor) -> &Places {
        if visitor.school == "NFC" { &self.nfc } else { &self.har }
    }

    fn others(&self, visitor: &Visitor) -> &Places {
        if visitor.school == "NFC" { &self.har } else { &self.nfc }
    }
}

on_both! {
    async fn somebody_who_has_not_signed_in_is_sent_to_sign_in_from_every_route_that_is_not_public(world) {
        let cast = Cast::of(&world).await;
        let before = world.snapshot();
        for route in table() {
            let answer = cast.nfc.call(&world.anonymous(), route.method.as_str(), route.path).await;
            let what = format!("{} {}", route.method, route.path);
            match (route.access, route.path) {
                (Access::Public, "/") => assert_eq!(answer.location().as_deref(), Some("/sign-in"), "{what}"),
                (Access::Public, "/sign-in") if route.method == "POST" => assert_eq!(answer.status, 422, "{what}"),
                (Access::Public, _) => assert_eq!(answer.status, 200, "{what}"),
                // A form that was on its way is kept on the page, to be sent again after signing in.
                _ if answer.status == 401 => {
                    assert_eq!(route.method, "POST", "{what}");
                    answer.assert_has("Signed out").assert_lacks("Northfield").assert_lacks("Okonkwo");
                }
                _ => {
                    assert_eq!(answer.status, 303, "{what}");
                    let to = answer.location().unwrap_or_default();
                    assert!(to == "/sign-in" || to.starts_with("/sign-in?then="), "{what} leads to {to}");
                    assert_eq!(answer.body, "", "{what}");
                }
            }
        }
        world.assert_unchanged_since(&before);
    }

    async fn each_user_gets_from_each_route_what_the_table_says_and_a_refusal_does_nothing(world) {
        let cast = Cast::of(&world).await;
        let before = world.snapshot();
        // First all that has to be refused, which must leave no trace; then all that has to work.
        for works in [false, true] {
            for route in table() {
                for (user, tasks, visitor) in &cast.visitors {
                    let mut targets = vec![(cast.own(visitor), true)];
                    if route.path.contains('{') {
                        targets.push((cast.others(visitor), false));
                    }
                    for (places, is_own) in targets {
                        let expected = expected(&route, user, tasks, is_own);
                        if (expected == Expected::Works) != works {
                            continue;
                        }
                        // Signing out ends the session: that is done in a session of its own.
                        let visitor = if route.path == "/sign-out" { world.signed_in(user).await } else { visitor.clone() };
                        let answer = places.call(&visitor, route.method.as_str(), route.path).await;
                        let whose = if is_own { "own" } else { "another" };
                        assert_is(&answer, expected, &format!("{user}: {} {} of the {whose} school", route.method, route.path));
                    }
                }
            }
            if !works {
                world.assert_unchanged_since(&before);
            }
        }
    }

    async fn another_schools_record_is_answered_byte_for_byte_as_one_that_is_not_there(world) {
        let cast = Cast::of(&world).await;
        let missing = Places::missing();
        for route in table().iter().filter(|r| is_of_a_record(r)) {
            for (user, _, visitor) in &cast.visitors {
                let (theirs, nobodys) = (cast.others(visitor), &missing);
                let a = theirs.call(visitor, route.method.as_str(), route.path).await;
                let b = nobodys.call(visitor, route.method.as_str(), route.path).await;
                let what = format!("{user}: {} {}", route.method, route.path);
                assert_eq!(a.status, b.status, "{what}");
                assert!(matches!(a.status.as_u16(), 403 | 404), "{what}: {}", a.status);
                let (asked_a, asked_b) = (theirs.address(route.path), nobodys.address(route.path));
                assert_eq!(a.without(&[&asked_a]), b.without(&[&asked_b]), "{what}");
                // A form that nobody read to its end closes the connection, or does not: that depends on the network alone.
                let names = |answer: &Answer| {
                    let all = answer.headers.keys().map(ToString::to_string);
                    all.filter(|name| name != "connection").collect::<BTreeSet<_>>()
                };
                assert_eq!(names(&a), names(&b), "{what}");
            }
        }
    }

    async fn whoever_asks_for_another_schools_record_is_on_record_by_the_kind_of_address(world) {
        let cast = Cast::of(&world).await;
        world.let_audit("registrar");
        let registrar = world.signed_in("registrar").await;
        registrar.get(&format!("/people/{}", cast.har.holder)).await.assert_status(404);
        registrar.get(&format!("/runs/{}", cast.har.applied)).await.assert_status(404);
        // Written beside the answer: it is there a moment later.
        let mut told = String::new();
        for _ in 0..50 {
            told = registrar.get("/audit?action=refused").await.body;
            if told.contains("/runs/{run}") && told.contains("/people/{sonis_id}") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert!(told.contains("GET /people/{sonis_id}: nothing there for this user"), "{told}");
        assert!(told.contains("GET /runs/{run}: nothing there for this user") && !told.contains(&cast.har.holder), "{told}");
    }

    async fn a_form_that_was_drawn_for_another_school_is_a_conflict_that_says_so_and_does_nothing(world) {
        let cast = Cast::of(&world).await;
        world.let_use("registrar", "administer_security");
        for task in ["manage_groups", "merge_people", "run_roster_sync", "release_held_runs", "manage_id_specs"] {
            world.let_use("registrar", task);
        }
        let before = world.snapshot();
        let mut registrar = world.signed_in("registrar").await;
        registrar.school = "HAR".into();
        for route in table().iter().filter(|r| r.method == "POST" && matches!(r.access, Access::Task(_))) {
            let answer = cast.nfc.call(&registrar, "POST", route.path).await;
            assert_eq!(answer.status, 409, "{}", route.path);
            answer.assert_has("Another school").assert_has("HAR").assert_has("Northfield College");
        }
        world.assert_unchanged_since(&before);
    }

    async fn looking_at_every_page_changes_no_row_of_the_main_database(world) {
        let mut cast = Cast::of(&world).await;
        world.let_audit("registrar");
        world.let_use("registrar", "administer_security");
        for task in ["run_roster_sync", "merge_people", "manage_groups", "manage_id_specs"] {
            world.let_use("registrar", task);
        }
        let (registrar, support) = (world.signed_in("registrar").await, world.signed_in("support").await);
        cast.nfc.draft = Places::draft_of(&registrar, &cast.nfc.user).await;
        let before = world.snapshot();
        for route in table().iter().filter(|r| r.method == "GET") {
            let visitor = if matches!(route.access, Access::Support(_)) { &support } else { &registrar };
            let answer = cast.nfc.call(visitor, "GET", route.path).await;
            assert!(matches!(answer.status.as_u16(), 200 | 303), "{}: {}", route.path, answer.status);
        }
        for query in ["/people?q=ama&member=student&sort=-grade&rows=100&no_id=canvas", "/people.csv?q=ama", "/runs?page=2"] {
            registrar.get(query).await.assert_status(200);
        }
        world.assert_unchanged_since(&before);
    }

    async fn head_is_answered_as_get_is_without_a_body_to_each_user_and_to_nobody(world) {
        let cast = Cast::of(&world).await;
        let mut visitors = vec![("nobody", world.anonymous())];
        visitors.extend(cast.visitors.iter().map(|(user, _, visitor)| (*user, visitor.clone())));
        for route in table().iter().filter(|r| r.method == "GET") {
            for (user, visitor) in &visitors {
                for places in [&cast.nfc, &cast.har, &Places::missing()] {
                    let (get, head) = (places.call(visitor, "GET", route.path).await, places.call(visitor, "HEAD", route.path).await);
                    let what = format!("{user}: HEAD {}", places.address(route.path));
                    assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{what}");
                    for header in ["location", "content-type", "content-length", "cache-control", "content-disposition"] {
                        assert_eq!(head.header(header), get.header(header), "{what}: {header}");
                    }
                }
            }
        }
        for address in ["/nowhere", "/sign-out", "/runs/1/apply"] {
            let head = world.anonymous();
            let head = head.send(head.client.head(head.url(address))).await;
            assert_eq!((head.status.as_u16(), head.location().is_some()), (303, true), "{address}");
        }
    }

    async fn an_address_that_is_not_in_the_table_is_not_there(world) {
        let registrar = world.signed_in("registrar").await;
        for address in ["/nowhere", "/people/NC0001234/", "/people//edit", "/static/", "/static/../Cargo.toml", "/sign-out", "/runs/1/apply"] {
            registrar.get(address).await.assert_status(404).assert_has("There is nothing at this address");
            let anonymous = world.anonymous().get(address).await;
            assert!(matches!(anonymous.status.as_u16(), 303 | 404), "{address}: {}", anonymous.status);
        }
        registrar.post("/people", &[]).await.assert_status(404);
        registrar.post("/people/NC0001234", &[]).await.assert_status(404);
    }
}

#[test]
fn every_route_stands_on_the_one_page() {
    let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|e| e != "rs") || path == src.join("routes.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for way in [
                ".route(",
                ".service(",
                "web::resource",
                "web::scope",
                "web::redirect",
                "#[get(",
                "#[post(",
                "#[put(",
                "#[patch(",
                "#[delete(",
                "#[route(",
            ] {
                if text.contains(way) {
                    found.push(format!("{} has {way}", path.strip_prefix(&src).unwrap().display()));
                }
            }
        }
    }
    assert!(found.is_empty(), "routes outside src/routes.rs: {found:?}");
}

#[test]
fn no_route_is_listed_twice() {
    let mut all: Vec<String> = table().iter().map(|r| format!("{} {}", r.method, r.path)).collect();
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
}
