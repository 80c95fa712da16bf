//! Sync by itself: what is taken from a folder and when, what waits for a person, who is told, and one node of two.
//! Leaves the set times as such to `sync::watch::schedule`.

use std::path::Path;

use chrono::TimeDelta;
use crosswalk::mail::MailSettings;
use crosswalk::schools::CurrentSchool;
use crosswalk::security::Actor;
use crosswalk::sync::watch::{Looked, Times, WatchSettings, Watcher, When};

use super::{PARENTS, RELATIONSHIPS, STUDENTS, TEACHERS, empty};
use crate::mail::Smtp;
use crate::on_both;
use crate::support::World;
use crate::support::desk::open;

const QUIET: u32 = 30;

/// A school whose sync goes by itself, its folder, and a node that looks.
struct Watched {
    dir: tempfile::TempDir,
    school: CurrentSchool,
    watcher: Watcher,
}

impl Watched {
    fn at(world: &World, smtp: Option<&Smtp>, change: impl FnOnce(&mut WatchSettings)) -> Watched {
        empty(world);
        let dir = tempfile::tempdir().unwrap();
        let school = world.db.read(|conn| CurrentSchool::by_code(conn, "NFC")).unwrap().unwrap();
        let mut settings = WatchSettings {
            is_on: true,
            folder: dir.path().to_string_lossy().into_owned(),
            user_id: "sync".into(),
            ..WatchSettings::default()
        };
        change(&mut settings);
        let (by, now) = (Actor::operator("test"), world.clock.now());
        world.db.write(|conn| settings.save(conn, &school, &by, now)).unwrap();
        let mail = smtp.map(|s| MailSettings::parse(&s.url, Some("crosswalk@northfield.example"), None).unwrap());
        let url = Some("https://ids.northfield.example".to_owned());
        let watcher = Watcher::new(world.db.clone(), world.clock.clone(), mail, url, QUIET);
        Watched { dir, school, watcher }
    }

    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.dir.path().join(name), text).unwrap();
    }

    fn look(&mut self) -> Looked {
        self.watcher.look_at(&self.school).unwrap()
    }

    /// Looks, and once more when everything has stood still.
    fn take(&mut self, world: &World) -> Looked {
        assert_eq!(self.look(), Looked::Arriving);
        world.clock.advance(TimeDelta::seconds(i64::from(QUIET) + 1));
        self.look()
    }

    fn names(&self, place: &str) -> Vec<String> {
        names(&self.dir.path().join(place))
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries: Vec<_> = std::fs::read_dir(folder).map(|all| all.filter_map(Result::ok).collect()).unwrap_or_default();
    let mut names: Vec<String> = entries
        .into_iter()
        .filter(|e| e.file_type().unwrap().is_file())
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The run that waits.
fn waits(looked: &Looked, why: &str) -> i64 {
    match looked {
        Looked::Waits { run: Some(run), why: said } if said.contains(why) => run.0,
        other => panic!("{why:?} is not in {other:?}"),
    }
}

fn people(world: &World) -> i64 {
    world.number("SELECT count(*) AS value FROM people WHERE school_id = 1")
}

fn runs(world: &World) -> i64 {
    world.number("SELECT count(*) AS value FROM runs WHERE school_id = 1 AND kind = 'roster_sync'")
}

on_both! {
    async fn files_are_taken_when_they_are_whole_and_put_away_under_the_number_of_the_run(world) {
        let mut at = Watched::at(&world, None, |_| {});
        assert_eq!(at.look(), Looked::Nothing);
        at.put("students.txt", &STUDENTS[..70]);
        at.put("Export of the day.csv", TEACHERS);
        at.put("parents.txt.part", PARENTS);
        assert_eq!(at.look(), Looked::Arriving);
        world.clock.advance(TimeDelta::seconds(29));
        at.put("students.txt", STUDENTS);
        assert_eq!(at.look(), Looked::Arriving, "it was being written still");
        world.clock.advance(TimeDelta::seconds(29));
        assert_eq!(at.look(), Looked::Arriving);
        assert_eq!((runs(&world), people(&world)), (0, 0));
        world.clock.advance(TimeDelta::seconds(2));
        let Looked::Applied(run) = at.look() else { panic!("not applied") };
        assert_eq!(people(&world), 5);
        assert_eq!(at.names("done"), [format!("run-{run}-Export of the day.csv"), format!("run-{run}-students.txt")]);
        assert_eq!(at.names(""), ["parents.txt.part"]);
        assert_eq!(world.text(&format!("SELECT actor_name AS value FROM runs WHERE id = {run}")), "Elena Ferreira");
        world.clock.advance(TimeDelta::seconds(600));
        assert_eq!((at.look(), runs(&world)), (Looked::Nothing, 1));
        let sync = world.signed_in("sync").await;
        let page = sync.get("/sync").await;
        page.assert_has("Sync by itself").assert_has("As soon as files are there").assert_has(&format!("<a href=\"/runs/{run}\">{run}</a>, Applied")).assert_lacks("It waits for somebody");
    }

    async fn blocked_rows_wait_for_a_person(world) {
        let mut at = Watched::at(&world, None, |_| {});
        for (name, text) in [("students.txt", STUDENTS), ("parents.txt", PARENTS), ("assoc.txt", RELATIONSHIPS)] {
            at.put(name, text);
        }
        let run = waits(&at.take(&world), "2 of its rows are blocked");
        assert_eq!((people(&world), at.names("done").len()), (0, 3));
        let sync = world.signed_in("sync").await;
        sync.get("/sync").await.assert_has("It waits for somebody").assert_has("2 of its rows are blocked").assert_has(&format!("Open run {run}"));
        assert_eq!(at.look(), Looked::Nothing, "it waits, and nothing is planned again");
        // Newer files take the place of a plan that nobody has touched.
        at.put("students.txt", STUDENTS);
        at.put("parents.txt", PARENTS);
        let second = waits(&at.take(&world), "blocked");
        sync.get(&format!("/runs/{run}")).await.assert_has("Abandoned");
        sync.press(&format!("/runs/{second}"), "apply").await.assert_has("Import Summary");
        sync.get("/sync").await.assert_lacks("It waits for somebody").assert_has(&format!("{second}</a>, Applied"));
        assert_eq!(people(&world), 4, "three students, and the parent with an e-mail of her own");
    }

    async fn a_school_can_let_a_run_go_on_without_its_blocked_rows(world) {
        let mut at = Watched::at(&world, None, |s| s.applies_blocked = true);
        at.put("students.txt", STUDENTS);
        at.put("parents.txt", PARENTS);
        assert!(matches!(at.take(&world), Looked::Applied(_)));
        assert_eq!((people(&world), at.names("").len()), (4, 0));
    }

    async fn a_user_who_loses_the_task_stops_it_and_who_gets_it_back_lets_it_go_on(world) {
        let smtp = Smtp::start();
        world.change("UPDATE users SET email = 'rel@northfield.example' WHERE user_key = 'release'");
        let mut at = Watched::at(&world, Some(&smtp), |_| {});
        at.put("students.txt", STUDENTS);
        assert_eq!(at.look(), Looked::Arriving);
        let task = "WHERE task = 'run_roster_sync' AND user_id = (SELECT id FROM users WHERE user_key = 'sync')";
        world.change(&format!("UPDATE grants SET revoked_at = granted_at {task}"));
        world.clock.advance(TimeDelta::seconds(60));
        let Looked::Stopped(why) = at.look() else { panic!("not stopped") };
        assert!(why.contains("Elena Ferreira, who has no longer the Task Run roster sync"), "{why}");
        at.look();
        assert_eq!((at.names("").len(), runs(&world)), (1, 0));
        let letters = smtp.wait_for(1);
        assert_eq!((letters.len(), letters[0].to[0].as_str()), (1, "rel@northfield.example"), "once: {letters:?}");
        assert!(letters[0].data.contains("no longer the Task"), "{letters:?}");
        world.change(&format!("UPDATE grants SET revoked_at = NULL {task}"));
        world.signed_in("sync").await.get("/sync/watch").await.assert_has("Nothing is taken.").assert_has("has no longer the Task");
        world.clock.advance(TimeDelta::seconds(60));
        let looked = at.look();
        assert!(matches!(looked, Looked::Applied(_)), "{looked:?}");
        world.signed_in("sync").await.get("/sync/watch").await.assert_lacks("Nothing is taken.");
        world.change("UPDATE users SET disabled_at = created_at WHERE user_key = 'sync'");
        assert!(matches!(at.look(), Looked::Stopped(why) if why.contains("is disabled")));
    }

    async fn a_held_run_waits_and_those_who_can_do_something_get_one_letter(world) {
        let smtp = Smtp::start();
        world.change("UPDATE users SET email = 'elena@northfield.example' WHERE user_key = 'sync'");
        world.change("UPDATE users SET email = 'samuel@northfield.example' WHERE user_key = 'release'");
        world.change("UPDATE users SET email = 'clerk@northfield.example' WHERE user_key = 'clerk'");
        let mut at = Watched::at(&world, Some(&smtp), |_| {});
        at.put("students.txt", STUDENTS);
        assert!(matches!(at.take(&world), Looked::Applied(_)));
        at.put("students.txt", &STUDENTS.replace("\t4\t", "\t9\t").replace("\t5\t", "\t8\t"));
        let run = waits(&at.take(&world), "3 of 3 active students would be updated");
        world.clock.advance(TimeDelta::seconds(60));
        assert_eq!(at.look(), Looked::Nothing);
        let letters = smtp.wait_for(2);
        let mut to: Vec<&str> = letters.iter().flat_map(|l| &l.to).map(String::as_str).collect();
        to.sort_unstable();
        assert_eq!(to, ["elena@northfield.example", "samuel@northfield.example"]);
        for text in [&format!("Run {run} is held"), &format!("https://ids.northfield.example/runs/{run}"), "The roster sync of"] {
            assert!(letters[0].data.replace("=\n", "").contains(text), "{text} in {}", letters[0].data);
        }
        assert!(letters.iter().all(|l| !l.data.contains("Adeyemi") && !l.data.contains("1001")), "{letters:?}");
        // Whoever it goes for did not look at it, and is still the one who planned it.
        world.let_use("sync", "release_held_runs");
        let sync = world.signed_in("sync").await;
        sync.post(&format!("/sync/{run}/release"), &[("reason", "mine")]).await.assert_status(409);
        let release = world.signed_in("release").await;
        release.submit(&format!("/sync/{run}/release"), &[("reason", "A new year")]).await.assert_has("is released");
        sync.press(&format!("/runs/{run}"), "apply").await.assert_has("Import Summary");
        sync.get("/sync").await.assert_lacks("It waits for somebody");
    }

    async fn of_two_nodes_one_takes_the_files(world) {
        let mut at = Watched::at(&world, None, |_| {});
        let db = if world.db.url().is_sqlite() { world.db.clone() } else { open(&world.database_url) };
        let mut other = Watcher::new(db, world.clock.clone(), None, None, QUIET);
        for round in 0..4_u32 {
            at.put("students.txt", &STUDENTS.replace("Tobi", &format!("Tobi{round}")));
            assert_eq!((at.look(), other.look_at(&at.school).unwrap()), (Looked::Arriving, Looked::Arriving));
            world.clock.advance(TimeDelta::seconds(31));
            let school = at.school.clone();
            let both = std::thread::scope(|scope| {
                let there = scope.spawn(|| other.look_at(&school).unwrap());
                [at.look(), there.join().unwrap()]
            });
            let applied = both.iter().filter(|l| matches!(l, Looked::Applied(_))).count();
            assert_eq!((applied, runs(&world)), (1, i64::from(round) + 1), "{both:?}");
            assert_eq!(at.names("done").len(), round as usize + 1);
        }
    }

    async fn missed_times_are_made_up_for_once(world) {
        let mut at = Watched::at(&world, None, |s| {
            s.when = When::AtTimes;
            s.times = Times::parse("06:00, 18:30").unwrap();
        });
        at.put("students.txt", STUDENTS);
        assert_eq!(at.look(), Looked::Nothing, "what was due before does not count");
        world.clock.advance(TimeDelta::days(3));
        assert!(matches!(at.look(), Looked::Applied(_)));
        at.put("students.txt", STUDENTS);
        at.look();
        world.clock.advance(TimeDelta::seconds(40));
        assert_eq!((at.look(), runs(&world)), (Looked::Nothing, 1), "the next time is not there");
        world.clock.advance(TimeDelta::hours(13));
        assert!(matches!(at.look(), Looked::Applied(_)));
        // A time without a file is told, and does not stay open for whatever comes at noon.
        world.clock.advance(TimeDelta::days(3));
        let page = "/sync/watch";
        at.look();
        world.clock.advance(TimeDelta::hours(3));
        at.look();
        world.signed_in("sync").await.get(page).await.assert_has("No file was there for the set time of").assert_has("At 06:00, 18:30, next on");
        assert_eq!(runs(&world), 2);
    }

    async fn what_cannot_be_used_is_put_aside_and_said_and_what_could_be_two_things_stays(world) {
        let smtp = Smtp::start();
        world.change("UPDATE users SET email = 'elena@northfield.example' WHERE user_key = 'sync'");
        let mut at = Watched::at(&world, Some(&smtp), |_| {});
        at.put("students.txt", "1001\tNuñez\tŽofie\t4\n");
        at.put("teachers.txt", TEACHERS);
        let Looked::Waits { run: None, why } = at.take(&world) else { panic!("no word") };
        assert!(why.starts_with("students.txt (Students): The file has no header"), "{why}");
        assert_eq!((at.names("").len(), at.names("failed").len(), runs(&world)), (0, 2, 0));
        let letters = smtp.wait_for(1);
        assert!(!letters[0].data.contains("1001"), "what a file holds stays in the portal: {letters:?}");
        let sync = world.signed_in("sync").await;
        sync.get("/sync").await.assert_has("The file has no header");

        at.put("students_lower.txt", STUDENTS);
        at.put("students_upper.txt", STUDENTS);
        let Looked::Waits { run: None, why } = at.take(&world) else { panic!("no word") };
        assert!(why.contains("students_lower.txt and students_upper.txt could both be the list of Students"), "{why}");
        world.clock.advance(TimeDelta::seconds(60));
        assert_eq!((at.look(), at.names("").len()), (Looked::Nothing, 2));
        std::fs::remove_file(at.dir.path().join("students_upper.txt")).unwrap();
        let looked = at.look();
        assert!(matches!(looked, Looked::Applied(_)), "{looked:?}");
        sync.get("/sync").await.assert_lacks("It waits for somebody");

        // Dated files: the newest day counts.
        for (day, grade) in [("25", "8"), ("26", "4")] {
            at.put(&format!("students-2026-11-{day}.txt"), &STUDENTS.replace("\t4\t", &format!("\t{grade}\t")));
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let Looked::Applied(run) = at.take(&world) else { panic!("not applied") };
        assert!(at.names("done").contains(&format!("run-{run}-older-students-2026-11-25.txt")), "{:?}", at.names("done"));
        assert_eq!(world.number(&format!("SELECT CAST(unchanged AS BIGINT) AS value FROM runs WHERE id = {run}")), 3);
        at.put("notes.txt", "Remember the milk\n");
        assert!(matches!(at.take(&world), Looked::Waits { run: None, why } if why.contains("None of the four lists")));
    }

    async fn a_folder_that_is_not_there_is_said(world) {
        let mut at = Watched::at(&world, None, |s| s.folder = "/nowhere/to/be/found".into());
        assert!(matches!(at.look(), Looked::Stopped(why) if why.contains("The folder /nowhere/to/be/found cannot be read")));
        world.signed_in("sync").await.get("/sync").await.assert_has("Nothing is taken.").assert_has("cannot be read");
        let mut off = Watched::at(&world, None, |s| s.is_on = false);
        off.put("students.txt", STUDENTS);
        assert_eq!(off.look(), Looked::Off);
    }

    async fn the_settings_are_saved_in_the_name_of_whoever_saves_them_and_the_folder_is_no_field(world) {
        let form = |more: &[(&'static str, &'static str)]| {
            let mut all = vec![("when", "at_times"), ("times", "18:30 6:00"), ("integration", "vidigami"), ("scope", "full")];
            for (name, value) in more {
                all.retain(|(n, _)| n != name);
                all.push((name, value));
            }
            all
        };
        let sync = world.signed_in("sync").await;
        sync.get("/sync").await.assert_has("href=\"/sync/watch\"").assert_lacks("Last look");
        sync.get("/sync/watch").await.assert_has(">Off<").assert_has("None yet. Whoever runs the server");
        let saved = sync.submit("/sync/watch", &form(&[("on", "yes"), ("folder", "/etc"), ("user_id", "release")])).await;
        saved.assert_has("The settings are saved. The sync goes by itself, in your name.").assert_has("At 06:00, 18:30, next on").assert_has("Elena Ferreira").assert_has("No folder is set").assert_lacks("/etc");
        for (change, said) in [
            (("times", "noon"), "is no time of day like 06:00"),
            (("times", ""), "Type at least one time of day"),
            (("when", "never"), "Choose when files are taken"),
            (("scope", ""), "Say whether the files are the full list"),
            (("integration", "nothing"), "Choose an integration"),
        ] {
            let page = sync.post("/sync/watch", &form(&[change])).await;
            page.assert_status(422).assert_has(said).assert_has("There is a problem").assert_has("Error: ");
        }
        sync.get("/sync").await.assert_has("Last look");
        world.let_audit("registrar");
        let audit = world.signed_in("registrar").await.get("/audit?action=sync_settings_changed").await;
        audit.assert_has("watch from").assert_has("watch_user from");
        sync.submit("/sync/watch", &form(&[])).await.assert_has("The sync does not go by itself.").assert_has(">Off<");
    }
}
