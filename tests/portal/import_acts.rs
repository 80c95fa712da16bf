//! What can be done with an import of names before it is applied: rows left out and put back, and being told to stop.
//! Leaves the import itself to `import`.

use crate::on_both;

const TWO: &str = "Student_Number\tLast_Name\tFirst_Name\n990001\tOne\tAnna\n990002\tTwo\tBo\n";

on_both! {
    async fn a_row_that_is_left_out_is_not_imported_and_can_be_put_back(world) {
        let registrar = world.signed_in("registrar").await;
        let (place, page) = registrar.plan("two.txt", TWO).await;
        let run = place.rsplit('/').next().unwrap();
        let changes = page.all_between(&format!("/people/import/{run}/changes/"), "/exclude\"");
        assert_eq!(changes.len(), 2, "{}", page.body);
        let act = |n: usize, what: &str| format!("/people/import/{run}/changes/{}/{what}", changes[n]);
        let page = registrar.submit(&act(0, "exclude"), &[]).await;
        page.assert_has("Excluded by Rosa").assert_has(">Include<").assert_has("<dt>Excluded</dt><dd>1</dd>").assert_has("<dt>To be created</dt><dd>1</dd>").assert_has(">Apply<");
        registrar.submit(&act(1, "exclude"), &[]).await.assert_has("Every row is left out").assert_lacks(">Apply<");
        registrar.submit(&act(1, "include"), &[]).await.assert_has(">Apply<");
        // Whoever imports names leaves out rows of imports alone, and of plans that wait.
        world.signed_in("clerk").await.get(&place).await.assert_lacks(">Exclude<").assert_lacks(">Include<");
        world.signed_in("sync").await.post(&act(1, "exclude"), &[]).await.assert_status(403);
        registrar.submit(&format!("{place}/apply"), &[]).await.assert_has("<dt>Created</dt><dd>1</dd>");
        assert_eq!(world.texts("SELECT first_name AS value FROM people WHERE last_name IN ('One', 'Two')"), ["Bo"]);
        registrar.post(&act(0, "include"), &[]).await.assert_status(409);
    }

    async fn an_import_is_asked_to_stop_by_whoever_imports(world) {
        let registrar = world.signed_in("registrar").await;
        let (place, _) = registrar.plan("two.txt", TWO).await;
        let run = place.rsplit('/').next().unwrap();
        let cancel = format!("/people/import/{run}/cancel");
        registrar.submit(&cancel, &[]).await.assert_has("there is nothing to stop");
        world.change(&format!("UPDATE runs SET state = 'applying' WHERE id = {run}"));
        world.change_activity(&format!(
            "INSERT INTO run_leases (school_id, run_id, holder, fence, until, done, total, started_at, cancel_asked) \
             VALUES (1, {run}, 'test', 1, '2099-01-01 00:00:00', 1, 2, '2026-01-01 00:00:00', false)"
        ));
        registrar.get(&place).await.assert_has(&format!("action=\"{cancel}\""));
        registrar.submit(&cancel, &[]).await.assert_has("is asked to stop");
        assert_eq!(world.activity_number("SELECT count(*) AS value FROM run_leases WHERE cancel_asked = true"), 1);
        world.change_activity("DELETE FROM run_leases");
        world.let_use("sync", "import_names");
        let sync = world.signed_in("sync").await;
        let file = "Student_Number\tLast_Name\tFirst_Name\n77\tLate\tComer\n";
        let (synced, _) = sync.sync("only_these", &[("students", file)]).await;
        let synced = synced.rsplit('/').next().unwrap();
        sync.post(&format!("/people/import/{synced}/cancel"), &[]).await.assert_status(404);
    }
}
