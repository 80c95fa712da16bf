//! What a session is worth: its key, its cookies, its end, and Tasks that are taken away while it lasts.
//! Leaves getting one to `sign_in`.

use chrono::Duration;
use crosswalk::config::PublicUrl;
use crosswalk::demo::DEMO_PASSWORD;

use crate::on_both;
use crate::support::{Answer, Database, Visitor, World};

const SIGN_IN: [(&str, &str); 2] = [("user_id", "registrar"), ("password", DEMO_PASSWORD)];
const NEW_PASSWORD: [(&str, &str); 3] =
    [("old", DEMO_PASSWORD), ("new", "velvet tractor omelette nine"), ("again", "velvet tractor omelette nine")];

/// Signs in and gives the session's cookie.
async fn cookie_of(visitor: &Visitor) -> String {
    let answer = visitor.post("/sign-in", &SIGN_IN).await;
    answer.assert_status(303);
    answer.cookie("crosswalk").expect("a session cookie")
}

/// Led to the sign-in page, or told so on a page that keeps the form.
fn assert_signed_out(answer: &Answer) {
    match answer.location() {
        Some(place) => assert!(answer.status == 303 && place.starts_with("/sign-in"), "{} to {place}", answer.status),
        None => drop(answer.assert_status(401).assert_has("Signed out").assert_lacks(">Sign out<")),
    }
}

async fn is_alive(world: &World, cookie: &str) -> bool {
    world.with_cookie(cookie).get("/people").await.status == 200
}

on_both! {
    async fn signing_in_makes_a_new_key_and_the_one_before_is_dead(world) {
        let visitor = world.anonymous();
        let first = cookie_of(&visitor).await;
        assert!(is_alive(&world, &first).await);
        let second = cookie_of(&visitor).await;
        assert_ne!(first, second);
        assert!(is_alive(&world, &second).await);
        assert!(!is_alive(&world, &first).await);
    }

    async fn a_key_that_was_put_into_a_browser_before_signing_in_is_not_the_one_after(world) {
        for planted in ["crosswalk=invented", "crosswalk=0000000000000000000000000000000000000000000000000000000000000000"] {
            let victim = world.with_cookie(planted);
            let answer = victim.post("/sign-in", &SIGN_IN).await;
            answer.assert_status(303);
            assert_ne!(answer.cookie("crosswalk").unwrap(), planted);
            assert!(!is_alive(&world, planted).await);
        }
    }

    async fn a_copied_cookie_is_dead_after_signing_out(world) {
        let visitor = world.anonymous();
        let copied = cookie_of(&visitor).await;
        assert!(is_alive(&world, &copied).await);
        let answer = visitor.post("/sign-out", &[]).await;
        assert_eq!(answer.location().as_deref(), Some("/sign-in"));
        assert!(!is_alive(&world, &copied).await);
        assert_signed_out(&visitor.get("/people").await);
        assert_eq!(world.activity_number("SELECT count(*) AS value FROM sessions"), 0);
    }

    async fn a_cookie_that_was_changed_by_hand_opens_nothing(world) {
        let cookie = cookie_of(&world.anonymous()).await;
        for at in [cookie.len() - 1, cookie.len() - 30, "crosswalk=".len() + 3] {
            let mut bytes = cookie.clone().into_bytes();
            bytes[at] = if bytes[at] == b'a' { b'b' } else { b'a' };
            assert!(!is_alive(&world, &String::from_utf8(bytes).unwrap()).await, "changed at {at}");
        }
    }

    async fn a_change_of_password_ends_the_other_sessions_and_renews_ones_own(world) {
        let (here, elsewhere) = (world.anonymous(), world.anonymous());
        let (old, others) = (cookie_of(&here).await, cookie_of(&elsewhere).await);
        let clerk = world.signed_in("clerk").await;
        let answer = here.post("/account/password", &NEW_PASSWORD).await;
        assert_eq!(answer.location().as_deref(), Some("/account"));
        let new = answer.cookie("crosswalk").expect("a new key");
        assert_ne!(new, old);
        assert!(is_alive(&world, &new).await);
        assert!(!is_alive(&world, &old).await);
        assert!(!is_alive(&world, &others).await);
        here.get("/account").await.assert_status(200).assert_has("Your password is changed. Your other sessions have ended.");
        clerk.get("/people").await.assert_status(200);
    }

    async fn people_end_their_own_sessions_and_nobody_elses(world) {
        let (here, elsewhere, clerk) = (world.signed_in("registrar").await, world.signed_in("registrar").await, world.signed_in("clerk").await);
        let account = here.get("/account").await;
        let hashes = account.all_between("name=\"session\" value=\"", "\"");
        assert_eq!(hashes.len(), 2, "one other session, and all others: {hashes:?}");
        let clerks = world.activity_texts("SELECT key_hash AS value FROM sessions WHERE user_id = 3");
        for hash in clerks.iter().map(String::as_str).chain(["", "nonsense", "' OR 1=1 --", "\u{0}"]) {
            here.post("/account/sessions/end", &[("session", hash)]).await.assert_status(303);
        }
        clerk.get("/people").await.assert_status(200);
        elsewhere.get("/people").await.assert_status(200);
        here.post("/account/sessions/end", &[("session", &hashes[0])]).await.assert_status(303);
        assert_signed_out(&elsewhere.get("/people").await);
        let third = world.signed_in("registrar").await;
        here.post("/account/sessions/end", &[("session", "others")]).await.assert_status(303);
        assert_signed_out(&third.get("/people").await);
        here.get("/people").await.assert_status(200);
    }

    async fn a_session_ends_after_half_an_hour_without_a_request(world) {
        let visitor = world.signed_in("registrar").await;
        for _ in 0..3 {
            world.clock.advance(Duration::minutes(29));
            visitor.get("/people").await.assert_status(200);
            world.settle();
        }
        world.clock.advance(Duration::seconds(30 * 60 + 1));
        assert_signed_out(&visitor.get("/people").await);
        visitor.get("/people").await.assert_lacks("Okonkwo");
    }

    async fn a_session_ends_after_twelve_hours_whatever_happens(world) {
        let visitor = world.signed_in("registrar").await;
        for _ in 0..28 {
            world.clock.advance(Duration::minutes(25));
            visitor.get("/help").await.assert_status(200);
            world.settle();
        }
        world.clock.advance(Duration::minutes(21));
        assert_signed_out(&visitor.get("/help").await);
    }

    async fn what_was_typed_when_a_session_ended_is_kept_and_can_be_sent_again(world) {
        let visitor = world.signed_in("registrar").await;
        world.clock.advance(Duration::minutes(31));
        let typed = [("version", "1"), ("campus", "Typed <before> \"the\" end"), ("address", "1 Lane\r\nTown")];
        let page = visitor.post("/people/NC0001234/edit", &typed).await;
        page.assert_status(401).assert_has("what you typed is kept on this page").assert_lacks("Okonkwo");
        page.assert_has("action=\"/people/NC0001234/edit\"").assert_has("value=\"Typed &#60;before&#62; &#34;the&#34; end\"").assert_has(">Send again<");
        assert_eq!(page.hidden("school"), "NFC");
        assert_eq!(world.field_of("NC0001234", "lock_version"), "1");
        // Signed in again in another tab of the same browser, the kept form does what it was meant to.
        visitor.post("/sign-in", &SIGN_IN).await.assert_status(303);
        visitor.post("/people/NC0001234/edit", &typed).await.assert_status(303);
        assert_eq!(world.field_of("NC0001234", "campus"), "Typed <before> \"the\" end");
    }

    async fn a_password_that_was_typed_when_a_session_ended_is_not_given_back(world) {
        let visitor = world.signed_in("registrar").await;
        world.clock.advance(Duration::minutes(31));
        let answer = visitor.post("/account/password", &NEW_PASSWORD).await;
        assert_signed_out(&answer);
        answer.assert_lacks("velvet").assert_lacks(DEMO_PASSWORD);
        world.anonymous().post("/sign-in", &SIGN_IN).await.assert_status(303);
    }

    async fn a_form_of_another_site_is_never_given_back(world) {
        let visitor = world.anonymous();
        let form = [("school", "NFC"), ("campus", "Planted")];
        let request = visitor.client.post(visitor.url("/people/NC0001234/edit")).header("sec-fetch-site", "cross-site");
        visitor.send(request.form(&form)).await.assert_status(403).assert_lacks("Planted");
    }

    async fn what_is_stored_of_a_session_opens_nothing(world) {
        let cookie = cookie_of(&world.anonymous()).await;
        // The cookie is a signature and the key of 64 hexadecimal digits.
        let key = &cookie[cookie.len() - 64..];
        assert!(key.bytes().all(|b| b.is_ascii_hexdigit()), "{cookie}");
        let stored = world.activity_texts("SELECT key_hash || ' ' || state || ' ' || browser AS value FROM sessions");
        assert_eq!(stored.len(), 1);
        assert!(!stored[0].contains(key), "the key itself is stored");
        assert!(stored[0].starts_with(&crosswalk::security::hash_token(key)));
        let hash = stored[0].split(' ').next().unwrap();
        assert!(!is_alive(&world, &cookie.replace(key, hash)).await);
        if world.database == Database::Sqlite {
            for file in ["crosswalk-activity.db", "crosswalk-activity.db-wal", "crosswalk.db", "crosswalk.db-wal"] {
                let bytes = std::fs::read(world.folder().join(file)).unwrap_or_default();
                assert!(!bytes.windows(key.len()).any(|w| w == key.as_bytes()), "the key stands in {file}");
            }
        }
        let browsers = world.activity_texts("SELECT token_hash AS value FROM known_browsers");
        let known = world.anonymous().post("/sign-in", &SIGN_IN).await.cookie("crosswalk-browser").unwrap();
        assert!(!browsers.iter().any(|b| known.contains(b.as_str())));
    }

    async fn cookies_are_for_this_site_and_not_for_scripts(world) {
        let answer = world.anonymous().post("/sign-in", &SIGN_IN).await;
        let cookies = answer.set_cookies();
        assert_eq!(cookies.len(), 2, "{cookies:?}");
        for cookie in cookies {
            for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(cookie.contains(attribute), "{cookie} lacks {attribute}");
            }
            assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
        }
    }

    async fn over_tls_cookies_are_bound_to_the_host_and_only_our_own_address_may_send_forms(world) {
        let world = World::start_with(world.database, |mut c| {
            c.public_url = Some(PublicUrl::parse("https://ids.example").unwrap());
            c
        })
        .await;
        let visitor = world.anonymous();
        let with_origin = |origin: &'static str| {
            let visitor = visitor.clone();
            async move { visitor.send(visitor.client.post(visitor.url("/sign-in")).header("origin", origin).form(&SIGN_IN)).await }
        };
        for foreign in ["http://ids.example", "https://ids.example.evil.example", "https://ids.example:8443", "https://evil.example"] {
            with_origin(foreign).await.assert_status(403);
        }
        let own = visitor.client.post(visitor.url("/sign-in")).header("origin", &world.address).form(&SIGN_IN);
        visitor.send(own).await.assert_status(403);
        let answer = with_origin("https://ids.example").await;
        answer.assert_status(303);
        for cookie in answer.set_cookies() {
            assert!(cookie.starts_with("__Host-crosswalk"), "{cookie}");
            for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(cookie.contains(attribute), "{cookie} lacks {attribute}");
            }
            assert!(!cookie.contains("Domain"), "{cookie}");
        }
        let cookie = answer.cookie("__Host-crosswalk").unwrap();
        assert!(is_alive(&world, &cookie).await);
        assert!(!is_alive(&world, &cookie.replace("__Host-", "")).await);
    }

    async fn a_user_who_is_disabled_is_out_at_the_next_request(world) {
        let visitor = world.signed_in("registrar").await;
        visitor.get("/people").await.assert_status(200);
        world.change("UPDATE users SET disabled_at = created_at WHERE user_key = 'registrar'");
        assert_signed_out(&visitor.get("/people").await);
        let free = world.students_without_ids("NFC").remove(0);
        let form = [("integration", "canvas"), ("value", "after-the-end")];
        assert_signed_out(&visitor.post(&format!("/people/{free}/integration-ids/add"), &form).await);
        assert!(world.ids_of(&free).is_empty());
    }

    async fn a_task_that_is_taken_away_is_gone_at_the_next_request(world) {
        let visitor = world.signed_in("registrar").await;
        let place = "/people/NC0001234/integration-ids";
        visitor.get(place).await.assert_status(200);
        world.change("UPDATE grants SET revoked_at = granted_at WHERE task = 'modify_integration_ids' AND kind = 'use'");
        visitor.get(place).await.assert_status(403).assert_has("Unauthorized").assert_lacks("S2038917");
        visitor.get("/people/NC0001234").await.assert_status(200).assert_has("Unauthorized").assert_lacks(">View</a>");
        visitor.post(&format!("{place}/delete"), &[("delete", "1")]).await.assert_status(403);
        assert_eq!(world.ids_of("NC0001234").len(), 4);
        visitor.get("/people/NC0001234/edit").await.assert_status(200);
    }

    async fn a_task_that_ends_some_day_is_gone_at_the_first_request_after(world) {
        let visitor = world.signed_in("registrar").await;
        let ends = (world.clock.now() + Duration::minutes(10)).format("%Y-%m-%d %H:%M:%S");
        world.change(&format!("UPDATE grants SET ends_at = '{ends}' WHERE task = 'modify_integration_ids' AND kind = 'use'"));
        visitor.get("/people/NC0001234/integration-ids").await.assert_status(200);
        world.clock.advance(Duration::minutes(11));
        visitor.get("/people/NC0001234/integration-ids").await.assert_status(403).assert_has("Unauthorized");
    }

    async fn a_task_that_is_granted_counts_at_the_next_request_without_signing_in_again(world) {
        let clerk = world.signed_in("clerk").await;
        clerk.get("/people/NC0001234/integration-ids").await.assert_status(403);
        world.change(
            "INSERT INTO grants (user_id, school_id, task, kind, granted_by, granted_at) \
             SELECT id, school_id, 'view_integration_ids', 'use', 'a test', created_at FROM users WHERE user_key = 'clerk'",
        );
        clerk.get("/people/NC0001234/integration-ids").await.assert_status(200).assert_has("S2038917");
    }

    async fn to_may_grant_a_task_is_not_to_use_it_and_a_grant_of_another_school_counts_for_nothing(world) {
        let security = world.signed_in("security").await;
        security.get("/people/NC0001234/integration-ids").await.assert_status(403);
        world.change(
            "INSERT INTO grants (user_id, school_id, task, kind, granted_by, granted_at) \
             SELECT u.id, s.id, 'modify_integration_ids', 'use', 'a test', u.created_at \
             FROM users u, schools s WHERE u.user_key = 'clerk' AND s.code = 'HAR'",
        );
        let clerk = world.signed_in("clerk").await;
        clerk.get("/people/NC0001234/integration-ids").await.assert_status(403);
        let theirs = world.students_with_id("HAR", "canvas").remove(0);
        clerk.get(&format!("/people/{theirs}")).await.assert_status(404);
    }
}
