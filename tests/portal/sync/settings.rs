//! The settings of the sync: saved, on record, and what cannot be is said at its field.

use super::{STUDENTS, empty};
use crate::on_both;

pub fn form<'a>(change: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![
        ("grade_groups", "yes"),
        ("absentees", "list"),
        ("shared_emails", "block"),
        ("limit_deactivated", "10"),
        ("limit_updated", "75"),
        ("rollover_from", ""),
        ("rollover_until", ""),
        ("rollover_does", ""),
        ("keep_uploads", "30"),
        ("keep_plans", "90"),
    ];
    for (name, value) in change {
        all.retain(|(n, _)| n != name);
        all.push((name, value));
    }
    all
}

on_both! {
    async fn settings_are_saved_and_on_record_and_count_for_the_next_plan(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        sync.get("/sync/settings").await.assert_status(200).assert_has("Grad Year groups").assert_has("value=\"75\"");
        let saved = sync.submit("/sync/settings", &form(&[("grad_year_groups", "yes"), ("absentees", "deactivate"), ("limit_updated", "100"), ("rollover_from", "2026-06-01"), ("rollover_until", "2099-08-31"), ("rollover_does", "pause")])).await;
        saved.assert_status(200).assert_has("The settings are saved.").assert_has("value=\"100\"").assert_has("value=\"2099-08-31\"");
        world.let_audit("registrar");
        world.signed_in("registrar").await.get("/audit?action=sync_settings_changed").await.assert_has("limit_updated from");
        let (place, page) = sync.sync("full", &[("students", STUDENTS)]).await;
        page.assert_has("Joins Grad Year 2035");
        sync.press(&place, "apply").await.assert_status(409).assert_has("paused its sync for the rollover, until 2099-08-31");
    }

    async fn what_cannot_be_a_setting_is_said_at_its_field_and_stays_as_typed(world) {
        let sync = world.signed_in("sync").await;
        for (field, typed, said) in [
            ("limit_deactivated", "101", "is no number from 0 to 100"),
            ("limit_updated", "a few", "is no number from 0 to 100"),
            ("keep_uploads", "0", "is no number of days from 1 to 3650"),
            ("keep_plans", "99999", "is no number of days"),
            ("rollover_from", "2027-06-01", "Give both days of the rollover, or neither"),
            ("absentees", "erase", "Choose what a full list does"),
            ("shared_emails", "shout", "Choose what becomes of newcomers who share an e-mail"),
        ] {
            let page = sync.post("/sync/settings", &form(&[(field, typed)])).await;
            page.assert_status(422).assert_has(said).assert_has("There is a problem");
            if !["absentees", "shared_emails"].contains(&field) {
                page.assert_has(&format!("value=\"{typed}\""));
            }
        }
        let both = [("rollover_from", "2027-06-30"), ("rollover_until", "2027-06-01"), ("rollover_does", "raise")];
        sync.post("/sync/settings", &form(&both)).await.assert_status(422).assert_has("The last day of the rollover is before its first");
        let no_choice = [("rollover_from", "2027-06-01"), ("rollover_until", "2027-06-30")];
        sync.post("/sync/settings", &form(&no_choice)).await.assert_status(422).assert_has("Choose what happens during the rollover");
        assert_eq!(world.count("school_settings"), 0);
    }
}
