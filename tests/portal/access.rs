//! Who can see or change integration IDs, the page as another user sees it, and two users compared.
//! Leaves who may open these pages to `routes`.

use crosswalk::schools::{LimitField, Limits};
use crosswalk::security::{Actor, User, set_limits};

use crate::on_both;
use crate::support::{Answer, World};
use crate::switching::grant;

fn limit(world: &World, user_id: &str, limits: &[(LimitField, &str)]) {
    let limits = Limits::of(limits.iter().map(|(f, v)| (*f, (*v).to_owned())));
    let by = Actor::operator("a test");
    let done = world.db.write(|conn| {
        let user = User::by_user_id(conn, user_id)?.expect("a user");
        Ok::<_, crosswalk::error::AppError>(set_limits(conn, &user, &limits, &by, world.clock.now()))
    });
    done.expect("a database").expect("limits");
}

fn disable(world: &World, user_id: &str) {
    assert_eq!(world.change(&format!("UPDATE users SET disabled_at = created_at WHERE user_key = '{user_id}'")), 1);
}

/// The row of the access list that holds a text, as it is read.
fn row(page: &Answer, holds: &str) -> String {
    let rows: Vec<&str> =
        page.body.split("<tr>").filter(|r| r.contains(holds)).filter_map(|r| r.split("</tr>").next()).collect();
    assert_eq!(rows.len(), 1, "rows with {holds}: {rows:?}");
    let mut words = String::new();
    for part in rows[0].split('<') {
        words.push_str(part.split_once('>').map_or("", |(_, text)| text));
        words.push(' ');
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

on_both! {
    async fn the_list_tells_who_holds_which_grant_from_whom_since_when_and_until_when(world) {
        let admin = world.signed_in("security").await;
        let page = admin.get("/security/access").await;
        page.assert_reads("4 users can see integration IDs, 2 of them can change them.");
        let rosa = row(&page, "/security/access/registrar\"");
        assert!(rosa.starts_with("Rosa Okafor registrar View/modify integration IDs All integrations Northfield College operator (demo)"), "{rosa}");
        assert!(rosa.ends_with("No end"), "{rosa}");
        // From another school, from Support, for one integration, ending soon.
        grant(&world, "registrar2", "NFC", "view_integration_ids", Some(49));
        grant(&world, "support", "NFC", "modify_integration_ids", Some(24 * 40));
        world.change("UPDATE grants SET integration_id = (SELECT id FROM integrations WHERE code = 'canvas') WHERE granted_by = 'Ines Haddad' AND task = 'view_integration_ids'");
        let page = admin.get("/security/access").await;
        page.assert_reads("6 users can see integration IDs, 3 of them can change them.");
        let keiko = row(&page, "/security/access/registrar2\"");
        assert!(keiko.starts_with("Keiko Tanabe registrar2 View integration IDs Canvas Harbor Academy Ines Haddad"), "{keiko}");
        assert!(keiko.ends_with("ends in 2 days") || keiko.ends_with("ends in 3 days"), "{keiko}");
        let tomas = row(&page, "/security/access/support\"");
        assert!(tomas.contains("All integrations Support Ines Haddad") && !tomas.contains("ends in"), "{tomas}");
        // Narrowed to one integration: those for all are among them.
        let canvas = admin.get("/security/access?integration=canvas").await;
        canvas.assert_reads("6 users can see integration IDs of Canvas").assert_has("<option value=\"canvas\" selected>");
        let jrm = admin.get("/security/access?integration=jrm").await;
        jrm.assert_reads("5 users can see integration IDs of JRM, 3 of them can change them.").assert_lacks("Keiko Tanabe");
        admin.get("/security/access?integration=nothing").await.assert_reads("6 users can see integration IDs,").assert_lacks("Clear filters");
    }

    async fn who_is_disabled_is_shown_and_not_counted_and_who_is_limited_says_to_what(world) {
        let admin = world.signed_in("security").await;
        disable(&world, "registrar");
        limit(&world, "viewer", &[(LimitField::Level, "Upper")]);
        let page = admin.get("/security/access").await;
        page.assert_reads("3 users can see integration IDs, 1 of them can change them. 1 disabled user is shown and not counted.");
        assert!(row(&page, "/security/access/registrar\"").contains("Disabled, cannot sign in"));
        assert!(row(&page, "/security/access/viewer\"").contains("Sees only Level: Upper"));
        world.change("UPDATE grants SET revoked_at = granted_at WHERE task IN ('view_integration_ids', 'modify_integration_ids')");
        admin.get("/security/access").await.assert_reads("Nobody can see integration IDs.").assert_lacks("Rosa Okafor</bdi>");
    }

    async fn the_list_is_a_file_too_safe_in_a_spreadsheet_and_on_record(world) {
        grant(&world, "registrar2", "NFC", "view_integration_ids", Some(49));
        world.change("UPDATE users SET name = '=1+1' WHERE user_key = 'registrar2'");
        let admin = world.signed_in("security").await;
        let file = admin.get("/security/access.csv?integration=canvas").await;
        file.assert_status(200).assert_has("User ID,Name,Belongs to,State,Limits,Task,Integrations,Granted by,Since,Until\r\n");
        file.assert_has("registrar2,'=1+1,Harbor Academy,active,no limits,View integration IDs,All integrations,Ines Haddad,");
        assert_eq!(file.body.lines().count(), 6);
        let told = world.activity_texts("SELECT subject AS value FROM activity_entries WHERE action = 'exported'");
        assert_eq!(told, ["Access to integration IDs, of Canvas: 5 rows"]);
    }

    async fn the_page_as_another_sees_it_is_the_page_that_the_other_gets(world) {
        let student = world.students_with_id("NFC", "canvas").remove(0);
        let id = world.ids_of(&student).into_iter().find_map(|i| i.strip_prefix("canvas ").map(str::to_owned)).expect("an ID");
        let admin = world.signed_in("security").await;
        for (user, word, other) in [("registrar", ">View<", "Unauthorized"), ("viewer", ">View<", "Unauthorized"), ("clerk", ">Unauthorized<", ">View<")] {
            let own = world.signed_in(user).await.get(&format!("/people/{student}")).await;
            let seen = admin.ask(&format!("/security/access/{user}"), &[("person", &student.to_lowercase())]).await;
            seen.assert_status(200).assert_has(word).assert_lacks(other).assert_lacks(&id);
            // Word for word the real page's own part, though nothing on it leads into an action.
            let part = |page: &Answer| {
                let text = page.text();
                let from = text.find("Biographic First name").expect("the fields");
                text[from..text.find("Times are those").expect("the foot")].to_owned()
            };
            assert_eq!(part(&seen), part(&own), "{user}");
            assert_eq!(seen.has(">Edit<"), own.has(">Edit<"), "{user}");
            seen.assert_lacks("href=\"/people/").assert_lacks("mailto:");
            // The administrator is nobody else after it.
            admin.get(&format!("/people/{student}/integration-ids")).await.assert_status(403);
        }
        let told = world.activity_texts("SELECT actor_name || ': ' || subject AS value FROM activity_entries WHERE action = 'seen_as' ORDER BY id");
        assert_eq!(told, ["Ines Haddad: as registrar sees it: View", "Ines Haddad: as viewer sees it: View", "Ines Haddad: as clerk sees it: Unauthorized"]);
        assert_eq!(world.activity_number("SELECT count(*) AS value FROM activity_entries WHERE action = 'ids_viewed'"), 0);
    }

    async fn an_ended_grant_turns_the_look_to_unauthorized(world) {
        let student = world.students_with_id("NFC", "canvas").remove(0);
        let admin = world.signed_in("security").await;
        let place = format!("/security/access/viewer?person={student}");
        admin.get(&place).await.assert_has(">View<");
        world.change("UPDATE grants SET ends_at = granted_at WHERE task = 'view_integration_ids'");
        admin.get(&place).await.assert_has(">Unauthorized<").assert_reads("Needs the Task View/modify integration IDs. Ines Haddad can grant it.");
    }

    async fn somebody_outside_the_users_limits_is_told_not_to_be_found(world) {
        let holders = world.students_with_id("NFC", "canvas");
        let campus = world.field_of(&holders[0], "campus");
        let outside = holders.iter().find(|s| world.field_of(s, "campus") != campus).expect("another campus");
        limit(&world, "viewer", &[(LimitField::Campus, &campus)]);
        let admin = world.signed_in("security").await;
        admin.get(&format!("/security/access/viewer?person={}", holders[0])).await.assert_has(">View<");
        let page = admin.get(&format!("/security/access/viewer?person={outside}")).await;
        page.assert_status(200).assert_reads(&format!("Access is limited to Campus: {campus}.")).assert_has("would not find this person");
        page.assert_lacks(&world.field_of(outside, "last_name")).assert_lacks(">View<");
        // Who cannot come in at all sees nothing.
        disable(&world, "clerk");
        admin.get(&format!("/security/access/clerk?person={outside}")).await.assert_has("Mina Castellanos is disabled and cannot sign in.");
        grant(&world, "registrar2", "NFC", "edit_people", None);
        admin.get(&format!("/security/access/registrar2?person={outside}")).await.assert_has(">Unauthorized<");
        world.change("UPDATE grants SET kind = 'may_grant' WHERE granted_by = 'Ines Haddad'");
        admin.get(&format!("/security/access/registrar2?person={outside}")).await.assert_has("Keiko Tanabe may use no Task here");
    }

    async fn the_administrators_own_limits_hold(world) {
        // Somebody without limits stays: otherwise nobody could grant any more.
        world.copy_user("security", "second.admin");
        let holders = world.students_with_id("NFC", "canvas");
        let campus = world.field_of(&holders[0], "campus");
        let outside = holders.iter().find(|s| world.field_of(s, "campus") != campus).expect("another campus");
        let child = world.text("SELECT min(p.sonis_id) AS value FROM people p JOIN schools s ON s.id = p.school_id JOIN relationships r ON r.school_id = p.school_id AND r.student_id = p.id WHERE s.code = 'NFC'");
        let guardian = world.text(&format!("SELECT min(g.sonis_id) AS value FROM people p JOIN relationships r ON r.school_id = p.school_id AND r.student_id = p.id JOIN people g ON g.school_id = r.school_id AND g.id = r.guardian_id WHERE p.sonis_id = '{child}'"));
        let admin = world.signed_in("security").await;
        admin.get(&format!("/security/access/registrar?person={child}")).await.assert_has(&format!("/security/access/registrar?person={guardian}"));
        limit(&world, "security", &[(LimitField::Campus, &campus), (LimitField::MemberType, "student")]);
        let ask = async |person: &str| admin.get(&format!("/security/access/registrar?person={person}")).await;
        ask(&holders[0]).await.assert_status(200).assert_has(">View<").assert_has("Relatives outside your own limits are left out");
        let (a, b) = (ask(outside).await, ask("NC9999999").await);
        a.assert_status(422).assert_has("Nobody whom you may open has this SONIS ID");
        assert_eq!(a.without(&[outside]), b.without(&["NC9999999"]));
        let before = world.activity_number("SELECT count(*) AS value FROM activity_entries WHERE action = 'seen_as'");
        ask(outside).await;
        assert_eq!(world.activity_number("SELECT count(*) AS value FROM activity_entries WHERE action = 'seen_as'"), before);
        if world.field_of(&child, "campus") == campus {
            ask(&child).await.assert_status(200).assert_lacks(&guardian);
        }
    }

    async fn bad_sonis_ids_are_told_at_the_field_and_kept(world) {
        let admin = world.signed_in("security").await;
        for typed in ["NC9999999", "<b>x", "' OR 1=1", "a\0b", "%"] {
            let page = admin.ask("/security/access/clerk", &[("person", typed)]).await;
            page.assert_status(422).assert_has("There is a problem").assert_has("id=\"person-err\"").assert_lacks("<b>x");
        }
        admin.get("/security/access/clerk?person=").await.assert_status(200).assert_lacks("There is a problem");
    }

    async fn users_of_another_school_are_not_there_unless_they_hold_a_grant_here(world) {
        let admin = world.signed_in("security").await;
        for (theirs, nobodys) in [("/security/access/registrar2", "/security/access/nobody-at-all"), ("/security/access/support", "/security/access/nobody-at-all"),
            ("/security/access/compare?one=clerk&other=registrar2", "/security/access/compare?one=clerk&other=nobody-at-all")] {
            let (a, b) = (admin.get(theirs).await, admin.get(nobodys).await);
            a.assert_status(404);
            // An address in a field of the page has its & written out.
            let written = [theirs, nobodys].map(|address| address.replace('&', "&#38;"));
            assert_eq!(a.without(&[&written[0]]), b.without(&[&written[1]]));
        }
        admin.get("/security/access/compare").await.assert_lacks("registrar2").assert_has("Rosa Okafor (registrar)");
        grant(&world, "registrar2", "NFC", "view_integration_ids", Some(1));
        admin.get("/security/access/REGISTRAR2").await.assert_status(200).assert_has("Keiko Tanabe");
        admin.get("/security/access/compare").await.assert_has("Keiko Tanabe (registrar2)");
        world.change("UPDATE grants SET revoked_at = granted_at WHERE granted_by = 'Ines Haddad'");
        admin.get("/security/access/registrar2").await.assert_status(404);
    }

    async fn two_users_stand_side_by_side_and_what_differs_says_so(world) {
        let admin = world.signed_in("security").await;
        admin.get("/security/access/compare").await.assert_status(200).assert_has("Choose two users");
        let page = admin.get("/security/access/compare?one=registrar&other=Viewer").await;
        page.assert_has("<option value=\"registrar\" selected>").assert_has("<option value=\"viewer\" selected>").assert_reads("6 differences.");
        for line in ["Profile Registrar Viewer Differs", "Campus Any Any Same", "View/modify integration IDs May use, all integrations No Differs",
            "View integration IDs No May use, all integrations Differs", "Import names May use No Differs", "Merge people No No Same"] {
            page.assert_reads(line);
        }
        limit(&world, "viewer", &[(LimitField::MemberType, "student"), (LimitField::Level, "Upper")]);
        grant(&world, "viewer", "NFC", "import_names", Some(24 * 40));
        let page = admin.get("/security/access/compare?one=registrar&other=viewer").await;
        page.assert_reads("8 differences.").assert_reads("Member type Any Student Differs").assert_has("; does not count while access is limited");
        admin.get("/security/access/compare?one=security&other=clerk").await.assert_reads("May grant, all integrations No Differs");
        admin.get("/security/access/compare?one=clerk&other=clerk").await.assert_reads("The same user twice.").assert_lacks("Differs<");
    }
}
