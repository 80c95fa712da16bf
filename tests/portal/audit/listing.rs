//! The list of the audit: who reads it, what it shows of whom, its filters, pages and file.
//! Leaves the seals to `tampering` and `heads`.

use std::collections::BTreeSet;

use super::{AMARA, fill};
use crate::on_both;
use crate::support::{Answer, Visitor, World};

/// The first demo student's IDs.
const AMARAS: [&str; 4] = ["S2038917", "0049317", "PCT-00412207", "e220a839-7b1d-4daf-95a4-161d100b05e5"];

impl World {
    /// A demo user who may view the audit of their school.
    async fn auditor(&self, user_id: &str) -> Visitor {
        self.let_audit(user_id);
        self.signed_in(user_id).await
    }
}

/// The rows of the audit's table, read as a reader would, without the time.
fn entries(page: &Answer) -> Vec<String> {
    let row = |row: &String| plain(row.split("<td class=\"nowrap\" data-label=\"Reference\">").next().unwrap_or(row));
    page.all_between("</time></th>", "</tr>").iter().map(row).collect()
}

fn plain(markup: &str) -> String {
    let parts = markup.split('<').map(|part| part.split_once('>').map_or(part, |(_, after)| after));
    parts.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has(page: &Answer, entry: &str) -> bool {
    entries(page).iter().any(|e| e.contains(entry))
}

on_both! {
    async fn only_somebody_with_the_task_reads_the_audit_and_finds_it_in_the_menu(world) {
        for user in ["registrar", "viewer", "clerk", "security"] {
            let visitor = world.signed_in(user).await;
            for path in ["/audit", "/audit.csv"] {
                visitor.get(path).await.assert_status(403).assert_has("View audit");
            }
            visitor.get("/people").await.assert_lacks("href=\"/audit");
            visitor.get(&format!("{AMARA}/history")).await.assert_lacks("Seen by");
        }
        world.signed_in("support").await.get("/audit").await.assert_status(404);
        let auditor = world.auditor("clerk").await;
        auditor.get("/people").await.assert_has("<a href=\"/audit\">Audit</a>");
        auditor.get("/audit").await.assert_status(200).assert_has("<a href=\"/audit\" aria-current=\"page\">Audit</a>");
        // The Task lets nobody see an ID.
        auditor.get(&format!("{AMARA}/integration-ids")).await.assert_status(403);
        world.change("UPDATE grants SET revoked_at = granted_at WHERE task = 'view_audit'");
        auditor.get("/audit").await.assert_status(403);
    }

    async fn it_tells_who_signed_in_saw_was_refused_and_downloaded_and_shows_no_id(world) {
        let (registrar, clerk) = (world.signed_in("registrar").await, world.signed_in("clerk").await);
        registrar.get(&format!("{AMARA}/integration-ids")).await.assert_has(AMARAS[0]);
        clerk.get(&format!("{AMARA}/integration-ids")).await.assert_status(403);
        registrar.ask("/people", &[("q", AMARAS[0])]).await;
        let found = registrar.ask("/people.csv", &[("q", "Okonkwo"), ("member", "student"), ("grade", "11")]).await;
        let rows = found.body.trim_end().lines().count() - 1;
        registrar.ask("/people.csv", &[("q", AMARAS[1])]).await.assert_status(200);
        registrar.post("/sign-out", &[]).await.assert_status(303);
        world.settle();
        let auditor = world.auditor("security").await;
        let page = auditor.get("/audit").await;
        for entry in [
            "Rosa Okafor signed in registrar",
            "Rosa Okafor saw integration IDs Okonkwo, Amara NC0001234",
            "Mina Castellanos was refused /people/{sonis_id}/integration-ids needs",
            "Rosa Okafor signed out registrar",
            &format!("Rosa Okafor downloaded a list Students, found by a search, Grade is 11: {rows} rows"),
        ] {
            assert!(has(&page, entry), "{entry:?} in {:#?}", entries(&page));
        }
        for id in AMARAS {
            page.assert_lacks(id);
            auditor.get("/audit.csv").await.assert_lacks(id);
        }
        // What was typed into the search is nowhere in the audit.
        auditor.get("/audit.csv").await.assert_lacks("Okonkwo");
    }

    async fn nothing_of_another_school_is_in_it(world) {
        let registrar2 = world.signed_in("registrar2").await;
        let holder = world.students_with_id("HAR", "canvas").remove(0);
        registrar2.get(&format!("/people/{holder}/integration-ids")).await.assert_status(200);
        world.signed_in("support").await;
        world.anonymous().post("/sign-in", &[("user_id", "registrar2"), ("password", "wrong")]).await.assert_status(422);
        let auditor = world.auditor("security").await;
        for path in ["/audit".to_owned(), "/audit.csv".into(), format!("/audit?person={holder}"), "/audit?actor=o".into(), "/audit?action=signed_in".into()] {
            let page = auditor.get(&path).await;
            let body = page.body.replace(&format!("value=\"{holder}\""), "").replace(&format!("{holder}."), "");
            for foreign in ["registrar2", "Harbor", "support", "Support"] {
                assert!(!body.contains(foreign), "{path}: {foreign}\n{body}");
            }
        }
        auditor.get(&format!("/audit?person={holder}")).await.assert_has("Your school has nobody with the SONIS ID");
        assert_eq!(
            auditor.get(&format!("/audit?person={holder}")).await.body.replace(&holder, "X"),
            auditor.get("/audit?person=HA9999999").await.body.replace("HA9999999", "X"),
        );
        let theirs = world.auditor("registrar2").await;
        let page = theirs.get("/audit").await;
        assert!(has(&page, "saw integration IDs") && has(&page, "failed to sign in registrar2"), "{:?}", entries(&page));
        page.assert_lacks("Ines Haddad");
    }

    async fn a_failed_sign_in_belongs_to_the_school_of_the_user_id_and_an_unknown_one_leaves_no_trace_of_what_was_typed(world) {
        let nobody = world.anonymous();
        for (user_id, password) in [("Clerk", "wrong"), ("velvet tractor omelette", "x"), ("support", "wrong")] {
            nobody.post("/sign-in", &[("user_id", user_id), ("password", password)]).await.assert_status(422);
        }
        let kept = world.activity_texts(
            "SELECT coalesce(CAST(school_id AS TEXT), '-') || ' ' || actor_name || ': ' || subject AS value \
             FROM activity_entries WHERE action = 'sign_in_failed' ORDER BY id",
        );
        assert_eq!(kept, ["1 somebody not signed in: clerk", "- somebody not signed in: an unknown User ID", "- somebody not signed in: support"]);
        let auditor = world.auditor("security").await;
        let page = auditor.get("/audit?action=sign_in_failed").await;
        assert_eq!(entries(&page), ["somebody not signed in failed to sign in clerk"]);
    }

    async fn filters_narrow_each_other_and_days_are_the_schools(world) {
        let auditor = world.auditor("security").await;
        world.signed_in("registrar").await.get(&format!("{AMARA}/integration-ids")).await;
        world.signed_in("viewer").await.get(&format!("{AMARA}/integration-ids")).await;
        let ask = async |query: &[(&str, &str)]| entries(&auditor.ask("/audit", query).await);
        assert_eq!(ask(&[("actor", "OKAFOR"), ("action", "ids_viewed")]).await, ["Rosa Okafor saw integration IDs Okonkwo, Amara NC0001234"]);
        assert_eq!(ask(&[("person", "nc0001234")]).await.len(), 2);
        assert_eq!(ask(&[("person", "nc0001234"), ("actor", "lindqvist")]).await.len(), 1);
        assert!(ask(&[("actor", "%")]).await.is_empty() && ask(&[("actor", "_osa")]).await.is_empty());
        let page = auditor.ask("/audit", &[("person", "NC0001234"), ("action", "ids_viewed")]).await;
        page.assert_reads("Filter in use: person is NC0001234, what is “saw integration IDs”. Clear filters");
        auditor.get("/audit?action=granted%00&from=x&to=99999-99-99&before=1.2.3&actor=%00").await.assert_status(200);
        // 05:30 in UTC is still the day before in Chicago.
        for (at, subject) in [("2026-01-02 05:30:00", "late"), ("2026-01-02 06:00:00", "early"), ("2026-01-03 05:59:59", "last")] {
            world.change_activity(&format!("INSERT INTO activity_entries (school_id, at, actor_name, action, subject) VALUES (1, '{at}', 'X', 'refused', '{subject}')"));
        }
        assert_eq!(ask(&[("from", "2026-01-02"), ("to", "2026-01-02")]).await, ["X was refused last", "X was refused early"]);
        assert_eq!(ask(&[("to", "2026-01-01")]).await, ["X was refused late"]);
    }

    async fn pages_follow_each_other_without_a_gap_or_a_double_across_both_tables(world) {
        let auditor = world.auditor("security").await;
        fill(&world, 1, 60);
        // The same moments in the other table, whose entries stand before and after in a fixed order.
        for i in 0..30 {
            world.change(&format!(
                "INSERT INTO audit_entries (school_id, at, actor_name, action, subject) \
                 VALUES (1, '2026-03-07 23:{:02}:00', 'Filler', 'stage_moved', 'moved {i:03}')", i + 15
            ));
        }
        let mut all = Vec::new();
        let mut address = "/audit?rows=25&to=2026-03-07".to_owned();
        let mut pages = Vec::new();
        loop {
            let page = auditor.get(&address).await;
            page.assert_status(200);
            pages.push(entries(&page));
            all.extend(entries(&page));
            match page.all_between("<li><a href=\"", "\">Older</a>").pop() {
                Some(next) => address = next.rsplit("href=\"").next().unwrap().replace("&#38;", "&"),
                None => break,
            }
            assert!(pages.len() < 10);
        }
        assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len(), pages.len()), (90, 90, 4), "{all:#?}");
        // And back.
        while pages.len() > 1 {
            pages.pop();
            let page = auditor.get(&address).await;
            let newer = page.all_between("<li><a href=\"", "\">Newer</a>").pop().expect("a way back");
            address = newer.rsplit("href=\"").next().unwrap().replace("&#38;", "&");
            assert_eq!(entries(&auditor.get(&address).await), *pages.last().unwrap());
        }
        let csv = auditor.get("/audit.csv?to=2026-03-07&rows=25").await;
        assert_eq!(csv.body.trim_end().lines().count(), 91);
    }

    async fn the_csv_is_safe_to_open_and_its_download_is_in_the_audit(world) {
        let auditor = world.auditor("security").await;
        for (actor, subject) in [("=cmd|' /C calc'!A0", "@SUM(1)"), ("Tab", "a, \"b\"\r\nc")] {
            world.change(&format!(
                "INSERT INTO audit_entries (school_id, at, actor_name, action, subject, person_id) \
                 VALUES (1, '2026-01-02 03:04:05', '{}', 'stage_moved', '{subject}', 1)", actor.replace('\'', "''")
            ));
        }
        let csv = auditor.ask("/audit.csv", &[("action", "stage_moved"), ("to", "2026-01-02")]).await;
        csv.assert_status(200).assert_has("\u{feff}When,Who,What,About,SONIS ID,Reference\r\n");
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        assert!(csv.header("content-disposition").contains("audit-nfc.csv"));
        csv.assert_has("2026-01-01T21:04:05-06:00,'=cmd|' /C calc'!A0,moved an integration to another stage,'@SUM(1),NC");
        csv.assert_has("\"a, \"\"b\"\"\r\nc\"");
        auditor.ask("/audit.csv", &[("actor", "velvet tractor omelette")]).await.assert_status(200);
        let page = auditor.get("/audit?action=exported").await;
        assert!(has(&page, "downloaded a list Audit, what is “moved an integration to another stage”, to 2 January 2026: 2 rows"), "{:?}", entries(&page));
        assert!(has(&page, "Audit, by a part of a name: 0 rows"), "{:?}", entries(&page));
    }

    async fn the_history_of_a_person_says_who_saw_their_ids_to_somebody_with_the_task(world) {
        let viewer = world.signed_in("viewer").await;
        viewer.get(&format!("{AMARA}/integration-ids")).await.assert_status(200);
        viewer.get(&format!("{AMARA}/history")).await.assert_status(200).assert_lacks("Seen by");
        let auditor = world.auditor("clerk").await;
        let page = auditor.get(&format!("{AMARA}/history")).await;
        page.assert_has("Seen by").assert_has("Daniel Lindqvist").assert_has("href=\"/audit?person=NC0001234\"");
        for id in AMARAS {
            page.assert_lacks(id);
        }
        let nobody = world.students_without_ids("NFC").remove(0);
        auditor.get(&format!("/people/{nobody}/history")).await.assert_has("Nobody has seen").assert_lacks("Daniel");
        let person = world.number("SELECT id AS value FROM people WHERE sonis_id = 'NC0001234'");
        for i in 0..60 {
            world.change_activity(&format!("INSERT INTO activity_entries (school_id, at, actor_name, action, subject, person_id) VALUES (1, '2026-01-02 03:04:05', 'Viewer {i}', 'ids_viewed', 'NC0001234', {person})"));
        }
        assert_eq!(auditor.get(&format!("{AMARA}/history")).await.all_between("class=\"name\"><bdi>", "<").len(), 50);
    }

    async fn what_belongs_to_no_school_is_read_by_support_alone(world) {
        let (security, support) = (world.signed_in("security").await, world.signed_in("support").await);
        let made = [
            ("code", "moodle"), ("name", "Moodle"), ("vendor", "Moodle"), ("purpose", "Courses."), ("example", "M-1"), ("fits", "any"),
            ("pattern", ""), ("min_length", "1"), ("max_length", "20"), ("case_rule", "exact"), ("many", "one"),
        ];
        support.post("/support/integrations/new", &made).await.assert_status(303);
        world.let_audit("security");
        security.get("/support/audit").await.assert_status(403);
        security.get("/audit").await.assert_status(200).assert_lacks("Tomas Berg");
        let page = support.get("/support/audit?rows=25").await;
        page.assert_status(200).assert_has("Tomas Berg").assert_reads("moodle").assert_has("signed in").assert_has("/support/audit?rows=50").assert_lacks("Rosa Okafor").assert_lacks("Person, by SONIS ID");
        support.get("/support/audit?action=signed_in&actor=nobody+at+all").await.assert_status(200).assert_has("Nothing found");
        support.get("/audit").await.assert_status(404);
    }
}
