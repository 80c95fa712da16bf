//! Signing in: the same answer to every wrong try, guesses slowed down, and where one arrives.
//! Leaves what a session is worth afterwards to `sessions`.

use chrono::Duration;
use crosswalk::demo::DEMO_PASSWORD;
use crosswalk::security::throttle::{Guesser, admit};

use crate::on_both;
use crate::support::{Answer, Visitor, World};

async fn try_in(visitor: &Visitor, user_id: &str, password: &str) -> Answer {
    visitor.post("/sign-in", &[("user_id", user_id), ("password", password)]).await
}

/// The page as a guesser sees it, apart from the User ID that they typed themselves.
fn page(answer: &Answer, user_id: &str) -> String {
    answer.without(&[&format!("name=\"user_id\" value=\"{user_id}\"")])
}

fn assert_same(a: &(Answer, String), b: &(Answer, String), what: &str) {
    assert_eq!(a.0.status, b.0.status, "{what}");
    assert_eq!(a.1, b.1, "{what}");
    let lines = |answer: &Answer| {
        let mut all: Vec<String> = answer.headers.iter().map(|(k, v)| format!("{k}: {v:?}")).collect();
        all.retain(|l| !l.starts_with("date:") && !l.starts_with("content-length:"));
        all.sort();
        all
    };
    assert_eq!(lines(&a.0), lines(&b.0), "{what}");
}

/// Guesses wrongly `n` times, each after the longest delay.
async fn guess(world: &World, user_id: &str, n: usize) {
    for _ in 0..n {
        try_in(&world.anonymous(), user_id, "a wrong guess").await.assert_status(422);
        world.clock.advance(Duration::seconds(70));
    }
}

on_both! {
    async fn wrong_unknown_disabled_and_slowed_down_get_the_same_answer(world) {
        world.change("UPDATE users SET disabled_at = created_at WHERE user_key = 'viewer'");
        let mut answers = Vec::new();
        for (user_id, password) in [("clerk", "a wrong guess"), ("nobody.here", "a wrong guess"), ("viewer", DEMO_PASSWORD), ("", "")] {
            let answer = try_in(&world.anonymous(), user_id, password).await;
            answer.assert_status(422).assert_has("This User ID and password do not let you in");
            assert!(answer.set_cookies().is_empty(), "{user_id}");
            let text = page(&answer, user_id);
            answers.push((answer, text));
        }
        for _ in 0..8 {
            try_in(&world.anonymous(), "registrar", "a wrong guess").await.assert_status(422);
        }
        // The right password, but too soon after too many guesses.
        let answer = try_in(&world.anonymous(), "registrar", DEMO_PASSWORD).await;
        let text = page(&answer, "registrar");
        answers.push((answer, text));
        for other in &answers[1..] {
            assert_same(&answers[0], other, "an answer differs from the one to a wrong password");
        }
    }

    async fn odd_user_ids_and_passwords_are_wrong_ones_and_no_failures(world) {
        for odd in ["' OR 1=1 --", "registrar\u{0}", "\u{0}", "ra\u{301}", "%", &"x".repeat(10_000), "<script>alert(1)</script>"] {
            let answer = try_in(&world.anonymous(), odd, DEMO_PASSWORD).await;
            answer.assert_status(422).assert_lacks("<script>alert");
            try_in(&world.anonymous(), "security", odd).await.assert_status(422);
            world.clock.advance(Duration::hours(1));
        }
    }

    async fn a_user_id_is_the_same_in_upper_and_lower_case(world) {
        try_in(&world.anonymous(), " Registrar ", DEMO_PASSWORD).await.assert_status(303);
        try_in(&world.anonymous(), "REGISTRAR", &DEMO_PASSWORD.to_uppercase()).await.assert_status(422);
    }

    async fn after_many_guesses_a_stranger_waits_while_a_known_browser_still_gets_in(world) {
        let known = world.signed_in("registrar").await;
        known.post("/sign-out", &[]).await.assert_status(303);
        guess(&world, "registrar", 11).await;
        // The eleventh guess costs a minute; seventy seconds are over, so this twelfth one is evaluated and costs two.
        try_in(&world.anonymous(), "registrar", "a wrong guess").await.assert_status(422);
        try_in(&world.anonymous(), "registrar", DEMO_PASSWORD).await.assert_status(422);
        try_in(&known, "registrar", DEMO_PASSWORD).await.assert_status(303);
        world.clock.advance(Duration::seconds(400));
        try_in(&world.anonymous(), "registrar", DEMO_PASSWORD).await.assert_status(303);
    }

    async fn a_browser_known_for_one_user_is_a_stranger_to_another(world) {
        let known = world.signed_in("clerk").await;
        guess(&world, "registrar", 11).await;
        try_in(&world.anonymous(), "registrar", "a wrong guess").await.assert_status(422);
        try_in(&known, "registrar", DEMO_PASSWORD).await.assert_status(422);
    }

    async fn guesses_at_one_user_do_not_slow_down_another_user_at_the_same_address(world) {
        guess(&world, "registrar", 12).await;
        try_in(&world.anonymous(), "registrar", "a wrong guess").await.assert_status(422);
        try_in(&world.anonymous(), "clerk", DEMO_PASSWORD).await.assert_status(303);
    }

    async fn after_a_hundred_guesses_a_day_not_even_the_right_password_is_evaluated_until_the_next(world) {
        try_in(&world.anonymous(), "registrar", "a wrong guess").await.assert_status(422);
        world.change_activity("UPDATE signin_counters SET guesses = 100 WHERE kind = 'user'");
        // A clock near midnight would turn the day over within the test.
        let hour = chrono::Timelike::hour(&world.clock.now());
        if hour < 20 {
            world.clock.advance(Duration::hours(1));
            try_in(&world.anonymous(), "registrar", DEMO_PASSWORD).await.assert_status(422);
        }
        world.clock.advance(Duration::hours(25));
        try_in(&world.anonymous(), "registrar", DEMO_PASSWORD).await.assert_status(303);
    }

    async fn a_wait_and_the_count_of_guesses_go_on_past_midnight(world) {
        let guesser = Guesser { user_key: "victim".into(), address: "192.0.2.1".into(), known_browser: None };
        let at = |days: i64, hour, minute, second| (world.clock.today() + Duration::days(days)).and_hms_opt(hour, minute, second).unwrap();
        let evaluated = |at| admit(world.db.activity(), &guesser, at).unwrap();
        // The eleventh guess of an evening costs a minute and four seconds.
        for minute in 0..10 {
            assert!(evaluated(at(0, 23, 30 + 2 * minute, 0)), "guess {minute}");
        }
        assert!(evaluated(at(0, 23, 59, 30)));
        assert!(!evaluated(at(1, 0, 0, 1)), "midnight took the wait away");
        assert!(!evaluated(at(1, 0, 0, 33)), "the wait is not over");
        assert!(evaluated(at(1, 0, 0, 35)), "the wait is over");
        // The twelfth guess costs two minutes: the count did not begin anew.
        assert!(!evaluated(at(1, 0, 2, 30)), "midnight took the count away");
        assert!(evaluated(at(1, 0, 2, 44)));
        // Two days later nothing of it counts.
        for second in 0..5 {
            assert!(evaluated(at(3, 0, 1, second)), "guess {second} after two days");
        }
    }

    async fn of_thousands_of_guesses_in_a_day_at_most_a_hundred_are_evaluated_from_one_address_or_two_hundred(world) {
        let midnight = world.clock.today().and_hms_opt(0, 0, 0).unwrap();
        for addresses in [1, 200] {
            let mut evaluated = 0;
            for n in 0..2_000_i64 {
                let guesser = Guesser {
                    user_key: format!("victim{addresses}"),
                    address: format!("192.0.2.{}", n % addresses),
                    known_browser: None,
                };
                let at = midnight + Duration::seconds(n * 43);
                evaluated += i32::from(admit(world.db.activity(), &guesser, at).unwrap());
            }
            assert!((10..=100).contains(&evaluated), "{evaluated} from {addresses} addresses");
        }
    }

    async fn a_forwarded_address_counts_only_behind_a_trusted_proxy(world) {
        for (trusted, addresses) in [(false, 1), (true, 3)] {
            let world = World::start_with(world.database, |mut c| {
                if trusted {
                    c.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
                }
                c
            })
            .await;
            for n in 0..3 {
                let visitor = world.anonymous();
                let request = visitor.client.post(visitor.url("/sign-in")).header("sec-fetch-site", "same-origin");
                let request = request.header("x-forwarded-for", format!("198.51.100.{n}"));
                visitor.send(request.form(&[("user_id", format!("nobody{n}")), ("password", "x".into())])).await.assert_status(422);
            }
            let counted = world.activity_number("SELECT count(*) AS value FROM signin_counters WHERE kind = 'address'");
            assert_eq!(counted, addresses, "trusted: {trusted}");
        }
    }

    async fn many_guesses_at_once_do_not_slip_through(world) {
        let mut tries = Vec::new();
        for _ in 0..20 {
            let visitor = world.anonymous();
            tries.push(tokio::spawn(async move { try_in(&visitor, "registrar", "a wrong guess").await.status }));
        }
        for one in tries {
            assert_eq!(one.await.unwrap(), 422);
        }
        let counted = world.activity_number("SELECT sum(guesses) AS value FROM signin_counters WHERE kind = 'user'");
        assert!((5..=10).contains(&counted), "{counted} of 20 guesses at once were evaluated");
    }

    async fn people_return_to_the_page_they_wanted_and_never_to_another_site(world) {
        let visitor = world.anonymous();
        let answer = visitor.ask("/people", &[("q", "ama & co"), ("rows", "50")]).await;
        let to_sign_in = answer.location().unwrap();
        let page = visitor.get(&to_sign_in).await;
        let then = page.hidden("then").replace("&amp;", "&").replace("&#38;", "&");
        assert_eq!(then, "/people?q=ama+%26+co&rows=50");
        let form = [("user_id", "registrar"), ("password", DEMO_PASSWORD), ("then", then.as_str())];
        let failed = visitor.post("/sign-in", &[("user_id", "registrar"), ("password", "no"), ("then", then.as_str())]).await;
        assert_eq!(failed.hidden("then"), page.hidden("then"), "a wrong try keeps the wanted page");
        assert_eq!(visitor.post("/sign-in", &form).await.location().as_deref(), Some(then.as_str()));

        for foreign in ["https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/\t/evil.example", " //evil.example", "people"] {
            let form = [("user_id", "registrar"), ("password", DEMO_PASSWORD), ("then", foreign)];
            let answer = world.anonymous().post("/sign-in", &form).await;
            assert_eq!(answer.location().as_deref(), Some("/"), "{foreign:?}");
        }
        for foreign in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
            for form in [("/settings/theme", vec![("theme", "dark"), ("back", foreign)]), ("/notice/dismiss", vec![("back", foreign)])] {
                let answer = visitor.post(form.0, &form.1).await;
                assert_eq!(answer.location().as_deref(), Some("/"), "{} {foreign}", form.0);
            }
        }
    }

    async fn a_temporary_password_has_to_be_changed_before_anything_else(world) {
        world.change("UPDATE users SET must_change = TRUE WHERE user_key = 'registrar'");
        let visitor = world.anonymous();
        assert_eq!(try_in(&visitor, "registrar", DEMO_PASSWORD).await.location().as_deref(), Some("/account/password"));
        let before = world.snapshot();
        for path in ["/people", "/people.csv", "/people/NC0001234", "/people/NC0001234/integration-ids", "/runs", "/account", "/help", "/people/import"] {
            let answer = visitor.get(path).await;
            assert_eq!(answer.location().as_deref(), Some("/account/password"), "{path}");
        }
        let free = world.students_without_ids("NFC").remove(0);
        let forms: [(&str, &[(&str, &str)]); 4] = [
            (&format!("/people/{free}/integration-ids/add"), &[("integration", "canvas"), ("value", "x")]),
            ("/people/new", &[("last_name", "X"), ("member_type", "parent"), ("status", "active")]),
            ("/account/keys", &[("keys", "off")]),
            ("/settings/theme", &[("theme", "dark"), ("back", "/")]),
        ];
        for (path, form) in forms {
            assert_eq!(visitor.post(path, form).await.location().as_deref(), Some("/account/password"), "{path}");
        }
        world.assert_unchanged_since(&before);
        visitor.get("/account/password").await.assert_status(200).assert_has("Your password is a temporary one").assert_lacks("href=\"/people\"");
        let new = [("old", DEMO_PASSWORD), ("new", "velvet tractor omelette nine"), ("again", "velvet tractor omelette nine")];
        visitor.submit("/account/password", &new).await.assert_status(200).assert_has("Your password is changed");
        visitor.get("/people").await.assert_status(200);
        try_in(&world.anonymous(), "registrar", DEMO_PASSWORD).await.assert_status(422);
        let again = try_in(&world.anonymous(), "registrar", "velvet tractor omelette nine").await;
        assert_eq!(again.location().as_deref(), Some("/"));
    }

    async fn a_new_password_has_to_be_strong_typed_twice_and_another_one(world) {
        let visitor = world.signed_in("registrar").await;
        let strong = "velvet tractor omelette nine";
        for (old, new, again, at, why) in [
            ("not it", strong, strong, "old", "This is not your password until now"),
            (DEMO_PASSWORD, "tiny", "tiny", "new", "at least 12"),
            (DEMO_PASSWORD, "passwordpassword", "passwordpassword", "new", "easy to guess"),
            (DEMO_PASSWORD, "rosa okafor1", "rosa okafor1", "new", "easy to guess"),
            (DEMO_PASSWORD, strong, "velvet tractor omelette ten", "again", "The two new passwords differ"),
            (DEMO_PASSWORD, DEMO_PASSWORD, DEMO_PASSWORD, "new", "other than the one until now"),
        ] {
            let answer = visitor.post("/account/password", &[("old", old), ("new", new), ("again", again)]).await;
            assert_eq!(answer.status, 422, "{new:?} is taken");
            answer.assert_has("There is a problem").assert_has(&format!("id=\"{at}-err\""));
            assert!(answer.body.to_lowercase().contains(&why.to_lowercase()), "{why}: {}", answer.body);
            for typed in [strong, "velvet tractor omelette ten"] {
                answer.assert_lacks(typed);
            }
        }
        try_in(&world.anonymous(), "registrar", DEMO_PASSWORD).await.assert_status(303);
    }
}
