//! The headers around every answer: pages, errors, redirects, files; and the vendored files themselves.
//! Leaves what the pages say to the other files.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::on_both;
use crate::places::Places;
use crate::support::{Answer, World};

fn assert_hardened(answer: &Answer, what: &str) {
    let csp = answer.header("content-security-policy");
    assert!(!csp.is_empty() && !csp.contains("unsafe-") && !csp.contains('*'), "{what}: {csp}");
    for part in
        ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]
    {
        assert!(csp.contains(part), "{what} lacks {part}: {csp}");
    }
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
    assert!(answer.headers.get("server").is_none() && answer.headers.get("x-powered-by").is_none(), "{what}");
}

fn assert_not_kept(answer: &Answer, what: &str) {
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
}

/// What no page may hold under this CSP: it would not run, and shows that something was forgotten.
fn assert_nothing_inline(answer: &Answer, what: &str) {
    let body = answer.body.to_lowercase();
    for inline in [
        "<style",
        " style=\"",
        " onclick=",
        " onchange=",
        " onsubmit=",
        " onload=",
        "javascript:",
        "hx-on",
        "hx-vals=\"js",
    ] {
        assert!(!body.contains(inline), "{what} holds {inline}");
    }
    for script in body.split("<script").skip(1) {
        let (tag, rest) = script.split_once('>').unwrap();
        assert!(tag.contains("src=\"/static/") && rest.starts_with("</script>"), "{what}: a script of its own: {tag}");
    }
    for link in answer
        .all_between("src=\"", "\"")
        .into_iter()
        .chain(answer.all_between("<link rel=\"stylesheet\" href=\"", "\""))
    {
        assert!(link.starts_with("/static/"), "{what} loads {link}");
    }
}

on_both! {
    async fn every_page_of_every_user_is_hardened_and_not_kept(world) {
        let registrar = world.signed_in("registrar").await;
        let places = Places::of(&world, &registrar).await;
        for user in ["registrar", "clerk", "support"] {
            let visitor = world.signed_in(user).await;
            for route in crosswalk::routes::table() {
                let what = format!("{user}: {} {}", route.method, route.path);
                if route.path == "/sign-out" {
                    continue;
                }
                let answer = places.call(&visitor, route.method.as_str(), route.path).await;
                assert_hardened(&answer, &what);
                if route.path != "/static/{file}" {
                    assert_not_kept(&answer, &what);
                    assert_nothing_inline(&answer, &what);
                }
                if answer.status == 200 && route.path.ends_with(".csv") {
                    assert!(answer.header("content-disposition").starts_with("attachment"), "{what}");
                }
            }
        }
        let stranger = world.anonymous();
        for path in ["/", "/people", "/sign-in", "/sign-in?then=%2Fpeople", "/health", "/nowhere"] {
            let answer = stranger.get(path).await;
            assert_hardened(&answer, path);
            assert_not_kept(&answer, path);
        }
        let answer = registrar.post("/sign-out", &[]).await;
        assert_hardened(&answer, "signing out");
        assert_not_kept(&answer, "signing out");
    }

    async fn every_error_has_the_headers_and_a_reference_and_none_of_the_insides(world) {
        let registrar = world.signed_in("registrar").await;
        let clerk = world.signed_in("clerk").await;
        let place = "/people/NC0001234/integration-ids";
        let too_long = "x".repeat(300 * 1024);
        let mut errors = vec![
            (404, "Not found", registrar.get("/people/NC9999999").await),
            (404, "Not found", registrar.get("/runs/not-a-number").await),
            (403, "Unauthorized", clerk.get(place).await),
            (403, "Refused", registrar.send(registrar.client.post(registrar.url("/people/new")).form(&[("a", "b")])).await),
            (400, "Cannot be read", registrar.post(&format!("{place}/undo"), &[("run", "x")]).await),
            (400, "Cannot be read", registrar.post("/settings/theme", &[("theme", "dark")]).await),
            (409, "Somebody was quicker", registrar.post(&format!("{place}/delete"), &[("delete", "99999999")]).await),
            (413, "Too large", registrar.post("/people/new", &[("last_name", &too_long)]).await),
            (413, "Too large", registrar.post("/settings/theme", &[("theme", &too_long), ("back", "/")]).await),
        ];
        // As after a failed migration: the page's queries meet a table that is not there.
        world.change("ALTER TABLE relationships RENAME TO relationships_gone");
        errors.push((500, "Something went wrong", registrar.get("/people/NC0001234").await));
        // Who it is cannot be read: no page can be drawn around that.
        world.change("ALTER TABLE access_epoch RENAME TO access_epoch_gone");
        errors.push((500, "Something went wrong", registrar.get("/people").await));
        errors.push((500, "Something went wrong", registrar.get("/static/x.css").await));
        for (status, title, answer) in errors {
            let what = format!("{status} {title}");
            assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.body);
            assert_hardened(&answer, &what);
            assert_not_kept(&answer, &what);
            assert_nothing_inline(&answer, &what);
            assert!(answer.header("content-type").starts_with("text/html"), "{what}");
            answer.assert_has(title).assert_has("Reference");
            for inside in ["relationships", "access_epoch", "SELECT", "no such table", "does not exist", "panicked", "src/", "diesel", "Error {"] {
                answer.assert_lacks(inside);
            }
        }
    }

    async fn static_files_are_kept_for_ever_under_the_hash_of_what_is_in_them(world) {
        let stranger = world.anonymous();
        let page = stranger.get("/sign-in").await;
        let mut files = page.all_between("href=\"/static/", "\"");
        files.extend(page.all_between("src=\"/static/", "\""));
        assert_eq!(files.len(), 4, "{files:?}");
        for file in files {
            let address = format!("/static/{file}");
            let answer = stranger.get(&address).await;
            answer.assert_status(200);
            assert_hardened(&answer, &file);
            assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable", "{file}");
            let hash = crosswalk::security::hex(&Sha256::digest(answer.body.as_bytes()));
            assert_eq!(file.split('.').rev().nth(1), Some(&hash[..16]), "{file}");
            let kind = if file.ends_with(".css") { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" };
            assert_eq!(answer.header("content-type"), kind, "{file}");

            let packed = stranger.send(stranger.client.get(stranger.url(&address)).header("accept-encoding", "br, gzip")).await;
            packed.assert_status(200);
            assert_eq!(packed.header("content-encoding"), "gzip", "{file}");
            assert!(packed.header("vary").contains("accept-encoding"), "{file}");
            let length = |a: &Answer| a.header("content-length").parse::<usize>().unwrap();
            assert!(length(&packed) < length(&answer), "{file}");
        }
        for address in ["/static/app.css", "/static/app.0000000000000000.css", "/static/..%2f..%2fCargo.toml", "/static/vendor/htmx/htmx.min.js"] {
            let answer = world.signed_in("clerk").await.get(address).await;
            answer.assert_status(404);
            assert_not_kept(&answer, address);
        }
    }

    async fn over_tls_a_page_may_only_be_reached_over_tls_again_or_says_nothing_of_it(world) {
        // Crosswalk speaks plain HTTP behind a proxy; the proxy's own headers are not contradicted.
        let world = World::start_with(world.database, |mut c| {
            c.public_url = Some(crosswalk::config::PublicUrl::parse("https://ids.example").unwrap());
            c
        })
        .await;
        let answer = world.anonymous().get("/people").await;
        answer.assert_status(303);
        assert_hardened(&answer, "behind a proxy");
        assert!(answer.location().unwrap().starts_with("/sign-in"), "a redirect without a host of its own");
    }
}

#[test]
fn vendored_files_are_what_their_checksums_say_and_every_one_is_listed() {
    for folder in ["static/vendor", "tests/browser/vendor"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let checksums = std::fs::read_to_string(folder.join("CHECKSUMS")).unwrap();
        let mut listed = Vec::new();
        for line in checksums.lines() {
            let (hash, name) = line.split_once("  ").unwrap();
            let bytes = std::fs::read(folder.join(name)).unwrap();
            assert_eq!(crosswalk::security::hex(&Sha256::digest(&bytes)), hash, "{name}");
            listed.push(name.trim_start_matches("./").to_owned());
        }
        for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap).filter(|e| e.path().is_dir()) {
            let mut names = Vec::new();
            for file in std::fs::read_dir(entry.path()).unwrap() {
                names.push(format!("{}/{}", entry.file_name().display(), file.unwrap().file_name().display()));
            }
            assert!(names.iter().any(|n| n.ends_with("LICENSE")), "{} has no licence", entry.path().display());
            for name in names {
                assert!(listed.contains(&name), "{name} is not in {}/CHECKSUMS", folder.display());
            }
        }
    }
}
