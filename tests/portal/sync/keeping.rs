//! How long uploads and plans are kept. Leaves the setting's form to `settings`.

use chrono::TimeDelta;
use crosswalk::schools::CurrentSchool;

use super::{ALL, empty, number};
use crate::on_both;

on_both! {
    async fn a_plan_that_nobody_applied_is_forgotten_after_its_time_and_what_was_applied_is_not(world) {
        empty(&world);
        let syncer = world.signed_in("sync").await;
        let (applied, _) = syncer.sync("full", &ALL).await;
        syncer.press(&applied, "apply").await.assert_status(200);
        let (waiting, _) = syncer.sync("only_these", &[("students", "Student_Number\tLast_Name\tFirst_Name\n77\tLate\tComer\n")]).await;
        let school = world.db.read(|conn| CurrentSchool::by_code(conn, "NFC")).unwrap().unwrap();
        let changes = |place: &str| world.number(&format!("SELECT count(*) AS value FROM changes WHERE run_id = {}", number(place)));
        let before = changes(&applied);
        assert!(before > 0 && changes(&waiting) == 1);
        let now = chrono::Utc::now().naive_utc();
        crosswalk::sync::tidy(&world.db, &school, now + TimeDelta::days(80)).unwrap();
        assert_eq!(changes(&waiting), 1, "its ninety days are not over");
        crosswalk::sync::tidy(&world.db, &school, now + TimeDelta::days(100)).unwrap();
        assert_eq!([changes(&waiting), changes(&applied)], [0, before]);
        for table in ["run_files", "run_groups", "run_overlaps", "run_problems"] {
            let kept = |place: &str| world.number(&format!("SELECT count(*) AS value FROM {table} WHERE run_id = {}", number(place)));
            assert_eq!(kept(&waiting), 0, "{table}");
            assert!(kept(&applied) > 0, "{table}");
        }
        syncer.get(&waiting).await.assert_status(200).assert_has("Abandoned");
    }
}
