//! The audit: who may read it, what it shows of whom, and that no change of it goes unnoticed.
//! Leaves that views and refusals are recorded at all to `unauthorized`.

use std::collections::BTreeSet;
use std::path::Path;

use crosswalk::audit::{Broken, Head, Key, Source, StoredEntry, heads, seal_all, sealed, verify};
use crosswalk::db::Db;
use crosswalk::schools::CurrentSchool;

use crate::on_both;
use crate::support::desk::{PASSWORD, block_on};
use crate::support::rows::{change, texts};
use crate::support::{Answer, Database, Desk, Visitor, World};
use crate::{at_both_desks, support};

const AMARA: &str = "/people/NC0001234";
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
    page.all_between("</time></th>", "</tr>").iter().map(|row| plain(row)).collect()
}

fn plain(markup: &str) -> String {
    let parts = markup.split('<').map(|part| part.split_once('>').map_or(part, |(_, after)| after));
    parts.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has(page: &Answer, entry: &str) -> bool {
    entries(page).iter().any(|e| e.contains(entry))
}

/// Puts `n` entries of a minute each into a school's activity, the last at 2026-03-08 00:00 UTC.
fn fill(world: &World, school: i64, n: i64) {
    for i in 0..n {
        let (day, minute) = if i == n - 1 { (8, 0) } else { (7, 1440 - n + i) };
        world.change_activity(&format!(
            "INSERT INTO activity_entries (school_id, at, actor_name, action, subject) \
             VALUES ({school}, '2026-03-0{day} {:02}:{:02}:00', 'Filler', 'refused', 'entry {i:03}')",
            minute / 60,
            minute % 60
        ));
    }
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

    async fn two_nodes_that_seal_at_once_number_each_entry_once(world) {
        let key = key();
        fill(&world, 1, 300);
        let done: usize = std::thread::scope(|scope| {
            let nodes: Vec<_> = (0..4).map(|_| scope.spawn(|| until_sealed(&world.db, &key))).collect();
            nodes.into_iter().map(|n| n.join().unwrap()).sum()
        });
        assert!(done >= 300, "{done}");
        let entries = chain(&world.db, Source::Activity);
        assert_eq!(verify(&key, Source::Activity, None, &entries), Ok(()));
        assert_eq!(entries.iter().map(|e| e.id).collect::<BTreeSet<_>>().len(), entries.len());
        assert_eq!(entries.len(), done - usize::try_from(world.count("audit_entries")).unwrap());
        let other = Key::new(vec![9; 32]).unwrap();
        fill(&world, 1, 1);
        assert!(seal_all(&world.db, &other).is_err(), "another key continued the chain");
        assert_eq!(chain(&world.db, Source::Activity).len(), entries.len());
    }
}

fn key() -> Key {
    Key::new(b"a key that the tests have, 32 bytes long".to_vec()).unwrap()
}

/// Seals as the background thread does, until there is nothing to do.
fn until_sealed(db: &Db, key: &Key) -> usize {
    let mut done = 0;
    for _ in 0..50 {
        match seal_all(db, key) {
            Ok(0) => break,
            Ok(n) => done += n,
            Err(e) => panic!("{e}"),
        }
    }
    done
}

fn chain(db: &Db, source: Source) -> Vec<StoredEntry> {
    let school = db.read(|conn| CurrentSchool::by_code(conn, "NFC")).unwrap().unwrap();
    source.read(db, |conn| sealed(conn, source, Some(school.id()), i64::MIN, 100_000)).unwrap()
}

/// A small generator with a seed: each run tries the same.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).unwrap()
    }
}

/// One random edit of what stands in the table, as somebody who may write to the database but has no key would make it.
fn tamper(entries: &mut Vec<StoredEntry>, chance: &mut Chance) -> &'static str {
    let (i, j) = (chance.below(entries.len()), chance.below(entries.len()));
    let e = &mut entries[i];
    let something = format!("{}", chance.below(1_000_000_000));
    match chance.below(16) {
        0 => {
            e.subject.push('x');
            "a subject"
        }
        1 => {
            e.subject = something;
            "a subject anew"
        }
        2 => {
            e.actor_name.push(' ');
            "an actor"
        }
        3 => {
            e.actor_user = Some(e.actor_user.map_or(1, |u| u + 1));
            "an actor's user"
        }
        4 => {
            e.at += chrono::Duration::microseconds(1 + chance.below(1_000_000) as i64);
            "a time"
        }
        5 => {
            e.action = if e.action == "refused" { "signed_in".into() } else { "refused".into() };
            "an action"
        }
        6 => {
            e.person = Some(crosswalk::people::PersonId(e.person.map_or(1, |p| p.0 + 1)));
            "a person"
        }
        7 => {
            e.request = match &e.request {
                Some(_) => None,
                None => Some(String::new()),
            };
            "a request"
        }
        8 => {
            e.school = None;
            "a school"
        }
        9 => {
            e.id += 1_000_000;
            "a row's number"
        }
        10 => {
            entries.remove(i);
            "an entry gone"
        }
        11 => {
            let gone = i + 1;
            entries.truncate(i);
            if gone == 0 { "nothing" } else { "a tail cut" }
        }
        12 => {
            let j = if i == j { (j + 1) % entries.len() } else { j };
            let (a, b) = (entries[i].seal_number, entries[j].seal_number);
            (entries[i].seal_number, entries[j].seal_number) = (b, a);
            entries.sort_by_key(|e| e.seal_number);
            "two entries in another order"
        }
        13 => {
            let copy = entries[i].clone();
            entries.insert(j, copy);
            "an entry twice"
        }
        14 => {
            // A forged entry at its end, and everything after it renumbered.
            let mut forged = entries[i].clone();
            forged.subject.push_str(" forged");
            entries.insert(i, forged);
            for (n, e) in entries.iter_mut().enumerate() {
                e.seal_number = Some(n as i64 + 1);
            }
            "an entry inserted and all renumbered"
        }
        _ => {
            entries.remove(i);
            for (n, e) in entries.iter_mut().enumerate() {
                e.seal_number = Some(n as i64 + 1);
            }
            "an entry gone and all renumbered"
        }
    }
}

/// Row 24 of the hardening list.
#[test]
fn of_a_thousand_random_edits_and_cut_tails_none_goes_unnoticed_against_an_exported_head() {
    support::world::run(Database::Sqlite, |world| async move {
        fill(&world, 1, 200);
        world.signed_in("registrar").await.get(&format!("{AMARA}/integration-ids")).await;
        let key = key();
        seal_all(&world.db, &key).unwrap();
        let all: Vec<Head> = heads(&world.db, "NFC", Some(crosswalk::schools::SchoolId(1))).unwrap();
        let head = all.iter().find(|h| h.source == Source::Activity).unwrap();
        let entries = chain(&world.db, Source::Activity);
        assert_eq!(verify(&key, Source::Activity, Some(head), &entries), Ok(()));
        let mut chance = Chance(0x5eed_2026);
        for n in 0..1000 {
            let mut tampered = entries.clone();
            let what = tamper(&mut tampered, &mut chance);
            assert_ne!(tampered, entries, "{n}: {what} is no edit");
            assert!(verify(&key, Source::Activity, Some(head), &tampered).is_err(), "{n}: {what} was not noticed");
        }
        // Without the head every edit but a cut tail shows; with it each cut does, be it of one entry.
        for cut in [1, 2, 50, entries.len()] {
            let kept = &entries[..entries.len() - cut];
            assert_eq!(verify(&key, Source::Activity, None, kept), Ok(()));
            let found = verify(&key, Source::Activity, Some(head), kept);
            assert!(matches!(found, Err(Broken::Cut { .. })), "{cut}: {found:?}");
        }
    });
}

/// Says where the key is, which on PostgreSQL nobody can guess.
fn sealing(desk: &Desk) -> String {
    desk.path("crosswalk-audit.key").display().to_string()
}

fn prepared(desk: &Desk) -> String {
    desk.furnish();
    let head = desk.done(&["audit", "head", "--audit-key-file", &sealing(desk)]).out;
    desk.write("head.txt", head)
}

fn checked(desk: &Desk, head: &str) -> support::desk::Ended {
    desk.run(&["check", "--audit-key-file", &sealing(desk), "--audit-head", head])
}

at_both_desks! {
    fn a_head_is_exported_and_whatever_is_changed_after_it_is_named(desk) {
        let head = prepared(&desk);
        let text = std::fs::read_to_string(&head).unwrap();
        assert!(text.starts_with("# Audit of ") && text.contains("\nNFC audit 5 "), "{text}");
        checked(&desk, &head).assert_says(0, "No faults found");
        for (plant, mend, says) in [
            ("UPDATE audit_entries SET subject = 'x' || subject WHERE seal_number = 3", "UPDATE audit_entries SET subject = substr(subject, 2) WHERE seal_number = 3", "NFC: the audit was changed: audit_entries 3 of "),
            ("UPDATE audit_entries SET actor_name = 'operator (x)' || actor_name WHERE seal_number = 1", "UPDATE audit_entries SET actor_name = substr(actor_name, 13) WHERE seal_number = 1", "audit_entries 1 of "),
            ("UPDATE audit_entries SET school_id = NULL WHERE seal_number = 4", "UPDATE audit_entries SET school_id = 1 WHERE seal_number = 4", "is gone or stands elsewhere"),
            ("UPDATE audit_entries SET seal_number = 9 WHERE seal_number = 5", "UPDATE audit_entries SET seal_number = 5 WHERE seal_number = 9", "is gone or stands elsewhere"),
            // A number that the sealer never gives hides nothing.
            ("INSERT INTO audit_entries (school_id, at, actor_name, action, subject, seal_number) VALUES (1, '2026-01-01 00:00:00', 'x', 'signed_in', 'x', -1)", "DELETE FROM audit_entries WHERE seal_number = -1", "is gone or stands elsewhere"),
        ] {
            assert!(change(&desk.db(), plant) > 0, "{plant}");
            checked(&desk, &head).assert_refused(says);
            assert!(change(&desk.db(), mend) > 0);
            checked(&desk, &head).assert_says(0, "No faults found");
        }
        change(&desk.db(), "DELETE FROM audit_entries WHERE seal_number = 5");
        desk.run(&["check", "--audit-key-file", &sealing(&desk)]).assert_says(0, "No faults found");
        checked(&desk, &head).assert_refused("NFC: the audit was changed: audit_entries was sealed up to number 5 when the head was exported, and ends at number 4");
        // Whoever seals again cannot hide it.
        change(&desk.db(), "INSERT INTO audit_entries (school_id, at, actor_name, action, subject) VALUES (1, '2026-01-01 00:00:00', 'x', 'signed_in', 'x')");
        desk.done(&["audit", "head", "--audit-key-file", &sealing(&desk)]);
        checked(&desk, &head).assert_refused("is not the entry whose seal was exported");
    }

    fn what_is_not_sealed_is_said_and_an_entry_of_the_past_is_noticed(desk) {
        desk.furnish();
        desk.done(&["check"]).assert_says(0, "The audit is not sealed.").assert_says(0, "No faults found");
        let head = prepared_again(&desk);
        desk.run_with(&["user", "add", "late", "--school", "NFC", "--profile", "clerk"], PASSWORD).assert_says(0, "late is added");
        checked(&desk, &head).assert_says(0, "NFC: 1 of audit_entries not sealed yet, the oldest of ");
        change(&desk.db(), "INSERT INTO audit_entries (id, school_id, at, actor_name, action, subject) VALUES (-7, 1, '2001-01-01 00:00:00', 'x', 'signed_in', 'x')");
        desk.done(&["audit", "head", "--school", "NFC", "--audit-key-file", &sealing(&desk)]).assert_says(0, "NFC audit 7 ");
        checked(&desk, &head).assert_says(0, "NFC: 1 of audit_entries came more than an hour after the time that they name; the first is audit_entries -7 of 1 Jan 2001");
    }

    fn the_key_is_a_file_of_its_own_that_nobody_else_reads_and_is_never_made_a_second_time(desk) {
        let head = prepared(&desk);
        let file = sealing(&desk);
        let made = std::fs::read(&file).unwrap();
        assert_eq!(made.len(), 65);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
        assert!(!desk.files().iter().any(|f| f.contains("key.")), "{:?}", desk.files());
        std::fs::rename(&file, desk.path("away.key")).unwrap();
        for command in [vec!["audit", "head", "--audit-key-file", &file], vec!["check", "--audit-key-file", &file]] {
            desk.run(&command).assert_refused("is not there. Put the file back").assert_plain_line();
        }
        assert!(!Path::new(&file).exists());
        std::fs::write(&file, format!("{}\n", "ab".repeat(32))).unwrap();
        checked(&desk, &head).assert_refused("is sealed with another key");
        std::fs::write(&file, "short").unwrap();
        checked(&desk, &head).assert_refused("is too short");
        std::fs::rename(desk.path("away.key"), &file).unwrap();
        checked(&desk, &head).assert_says(0, "No faults found");
        for text in ["", "# nothing\n", "NFC audit five abc\n", "NFC audit 5\n"] {
            checked(&desk, &desk.write("wrong.txt", text)).assert_refused("wrong.txt").assert_plain_line();
        }
        checked(&desk, "not-there.txt").assert_refused("cannot be read");
    }

    fn a_server_seals_while_it_runs(desk) {
        desk.furnish();
        let key = sealing(&desk);
        let served = desk.start(&["serve", "--listen", "127.0.0.1:0", "--audit-key-file", &key], "info");
        let visitor = served.visitor();
        block_on(async { visitor.post("/sign-in", &[("user_id", "reg"), ("password", PASSWORD)]).await.assert_status(303).location() });
        let begun = std::time::Instant::now();
        let unsealed = || {
            let db = desk.db();
            let sql = "SELECT CAST(count(*) AS TEXT) AS value FROM audit_entries WHERE seal_number IS NULL";
            let main = texts(&db, sql).remove(0);
            let tail = Source::Activity.read(&db, |conn| sealed(conn, Source::Activity, Some(crosswalk::schools::SchoolId(1)), i64::MIN, 10)).unwrap();
            (main, tail.len())
        };
        while unsealed() != ("0".into(), 1) {
            assert!(begun.elapsed().as_secs() < 30, "{:?}", unsealed());
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        assert_eq!(served.end(), Some(0));
        desk.done(&["check", "--audit-key-file", &key]).assert_says(0, "No faults found");
    }
}

fn prepared_again(desk: &Desk) -> String {
    let head = desk.done(&["audit", "head", "--audit-key-file", &sealing(desk)]).out;
    desk.write("head.txt", head)
}

/// PostgreSQL has no place for the key that goes without saying.
#[test]
fn on_sqlite_the_key_stands_beside_the_database() {
    let desk = Desk::new(Database::Sqlite);
    desk.furnish();
    desk.done(&["audit", "head"]).assert_says(0, "NFC audit 5 ");
    assert!(desk.files().contains(&"crosswalk-audit.key".to_owned()), "{:?}", desk.files());
    desk.write("crosswalk.toml", "audit_key_file = \"elsewhere.key\"\n");
    desk.run(&["audit", "head"]).assert_refused("elsewhere.key is not there");
}
