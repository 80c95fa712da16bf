//! Forms of other sites: every unsafe route refuses them, whoever is signed in, and nothing is done.
//! Leaves what the routes do for our own forms to the other files.

use crosswalk::routes::table;
use reqwest::{Method, RequestBuilder};

use crate::on_both;
use crate::places::Places;

/// What another site can make a browser send, and what a program that is no browser sends.
const FOREIGN: [(&str, &[(&str, &str)]); 8] = [
    ("no Sec-Fetch-Site and no Origin", &[]),
    ("a foreign Origin", &[("origin", "https://evil.example")]),
    ("an Origin that only begins like ours", &[("origin", "SELF.evil.example")]),
    ("Origin: null", &[("origin", "null")]),
    ("a page of another site", &[("sec-fetch-site", "cross-site"), ("origin", "SELF")]),
    ("a page of a sister site", &[("sec-fetch-site", "same-site"), ("origin", "SELF")]),
    ("a site that browsers do not know", &[("sec-fetch-site", "same-origin, cross-site")]),
    ("a foreign Origin and our Referer", &[("origin", "https://evil.example"), ("referer", "SELF/people")]),
];

fn with(request: RequestBuilder, headers: &[(&str, &str)], ours: &str) -> RequestBuilder {
    headers.iter().fold(request, |r, (name, value)| r.header(*name, value.replace("SELF", ours)))
}

on_both! {
    async fn a_form_of_another_site_is_refused_by_every_unsafe_route_and_does_nothing(world) {
        let registrar = world.signed_in("registrar").await;
        let places = Places::of(&world, &registrar).await;
        let before = world.snapshot();
        let sessions = world.activity_number("SELECT count(*) AS value FROM sessions");
        for route in table().iter().filter(|r| !r.method.is_safe()) {
            let method = Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
            let url = registrar.url(&places.address(route.path));
            for (what, headers) in FOREIGN {
                let request = with(registrar.client.request(method.clone(), &url), headers, &world.address);
                let answer = registrar.send(places.filled(request, &registrar, route.path)).await;
                assert_eq!(answer.status, 403, "{} with {what}", route.path);
                answer.assert_has("The request did not come from a page of Crosswalk");
            }
            for kind in ["text/plain", "application/json", "application/x-www-form-urlencoded-not", ""] {
                let request = registrar.client.request(method.clone(), &url).header("sec-fetch-site", "same-origin");
                let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
                let answer = registrar.send(request.body("school=NFC&version=1&campus=x&value=x&integration=canvas")).await;
                assert_eq!(answer.status, 403, "{} as {kind:?}", route.path);
            }
        }
        world.assert_unchanged_since(&before);
        assert_eq!(world.activity_number("SELECT count(*) AS value FROM sessions"), sessions);
        registrar.get("/people").await.assert_status(200);
    }

    async fn methods_that_no_page_uses_are_refused_from_other_sites_too(world) {
        let registrar = world.signed_in("registrar").await;
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = registrar.send(registrar.client.request(method.clone(), registrar.url("/people/NC0001234"))).await;
            assert_eq!(answer.status, 403, "{method}");
        }
    }

    async fn a_browser_that_only_tells_the_origin_is_let_in_from_our_own_pages(world) {
        let registrar = world.signed_in("registrar").await;
        let ours = [("school", "NFC"), ("theme", "dark"), ("back", "/people")];
        let request = registrar.client.post(registrar.url("/settings/theme")).header("origin", &world.address);
        registrar.send(request.form(&ours)).await.assert_status(303);
        registrar.get("/people").await.assert_has("data-bs-theme=\"dark\"");
    }

    async fn a_link_from_another_site_opens_a_page_but_no_one_signs_anybody_in_from_there(world) {
        let registrar = world.signed_in("registrar").await;
        let request = registrar.client.get(registrar.url("/people")).header("sec-fetch-site", "cross-site");
        registrar.send(request).await.assert_status(200);
        let stranger = world.anonymous();
        let form = [("user_id", "registrar"), ("password", crosswalk::demo::DEMO_PASSWORD)];
        let request = stranger.client.post(stranger.url("/sign-in")).header("sec-fetch-site", "cross-site").form(&form);
        let answer = stranger.send(request).await;
        answer.assert_status(403);
        assert!(answer.set_cookies().is_empty());
    }
}
