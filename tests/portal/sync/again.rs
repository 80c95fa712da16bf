//! The same files again: said again as long as nothing has changed, and planned anew as soon as something has.

use super::settings::form;
use super::{ALL, STUDENTS, empty, number, tile};
use crate::on_both;
use crate::support::{Answer, World};

/// What stands in a row of a plan that was read anew, and in one that was only said again, differs once the first has been
/// scribbled on: a mark that no planner makes.
fn scribble(world: &World, place: &str) {
    let run = number(place);
    let marked = world.change(&format!(
        "UPDATE run_problems SET reason = 'SCRIBBLED' WHERE run_id = {run} AND cause = 'shared_email'"
    ));
    assert!(marked > 0, "the plan has problems to scribble on");
}

fn is_said_again(page: &Answer) -> bool {
    page.has("SCRIBBLED")
}

/// What is kept of a run beside its own number.
fn kept(world: &World, place: &str) -> Vec<String> {
    let run = number(place);
    let mut all = Vec::new();
    for (table, columns) in [
        (
            "run_files",
            "slot || ':' || name || ':' || hash || ':' || header || ':' || shape || ':' || notes || ':' || rows_read",
        ),
        (
            "run_problems",
            "source_row || ':' || found || ':' || reason || ':' || coalesce(slot, '') || ':' || coalesce(cause, '') || ':' || coalesce(cells, '')",
        ),
        ("run_groups", "placeholder || ':' || members || ':' || joins || ':' || leaves"),
        (
            "run_overlaps",
            "number || ':' || coalesce(student_id, '') || ':' || coalesce(staff_id, '') || ':' || coalesce(parent_id, '')",
        ),
    ] {
        all.extend(world.texts(&format!("SELECT {columns} AS value FROM {table} WHERE run_id = {run} ORDER BY 1")));
    }
    all.extend(world.texts(&format!(
        "SELECT state || ':' || rows_read || ':' || created || ':' || updated || ':' || unchanged || ':' || refused || ':' || absent \
         || ':' || kept || ':' || coalesce(figures, '') AS value FROM runs WHERE id = {run}"
    )));
    all
}

on_both! {
    async fn the_same_files_are_said_again_word_for_word(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let (first, _) = sync.sync("full", &ALL).await;
        sync.press(&first, "apply").await.assert_has("Import Summary");
        let (looked_at, page) = sync.sync("full", &ALL).await;
        assert_eq!(tile(&page, "Unchanged"), "6");
        let (again, page) = sync.sync("full", &ALL).await;
        assert_ne!(number(&again), number(&looked_at), "a run of its own");
        assert_eq!(tile(&page, "Unchanged"), "6");
        assert_eq!(kept(&world, &again), kept(&world, &looked_at));
        scribble(&world, &again);
        let (_, page) = sync.sync("full", &ALL).await;
        assert!(is_said_again(&page), "nobody read the rows: {}", page.body);
    }

    async fn the_first_of_two_plans_of_one_new_relationship_is_out_of_date_once_the_second_is_applied(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let (place, _) = sync.sync("full", &ALL).await;
        sync.press(&place, "apply").await.assert_has("Import Summary");
        // A parent gets one more child, and joins that child's grade; nothing else of them changes.
        let more = format!("{}92\t1009\tMother\n", ALL[3].1);
        let files = [ALL[0], ALL[1], ALL[2], ("relationships", more.as_str())];
        sync.submit("/sync/settings", &form(&[("limit_updated", "100")])).await.assert_status(200);
        let (first, _) = sync.sync("full", &files).await;
        let (second, _) = sync.sync("full", &files).await;
        sync.press(&second, "apply").await.assert_status(200).assert_has("Import Summary");
        let before = world.count("memberships");
        sync.press(&first, "apply").await.assert_status(409).assert_has("out of date");
        assert_eq!(world.count("memberships"), before);
    }

    async fn whatever_a_plan_depends_on_makes_it_anew(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let registrar = world.signed_in("registrar").await;
        let (first, _) = sync.sync("full", &ALL).await;
        // A plan with changes is never said again, applied or not.
        scribble(&world, &first);
        let (first, page) = sync.sync("full", &ALL).await;
        assert!(!is_said_again(&page));
        sync.press(&first, "apply").await.assert_has("Import Summary");

        let (base, page) = sync.sync("full", &ALL).await;
        assert!(!is_said_again(&page));
        scribble(&world, &base);
        let (_, page) = sync.sync("only_these", &ALL).await;
        assert!(!is_said_again(&page), "another question");
        let (_, page) = sync.sync("full", &ALL[..3]).await;
        assert!(!is_said_again(&page), "fewer files");
        let longer = format!("{STUDENTS}1004\tNeu\tNoor\t4\t94\n");
        let (_, page) = sync.sync("full", &[("students", &longer), ALL[1], ALL[2], ALL[3]]).await;
        assert!(!is_said_again(&page), "another file");
        let (base, page) = sync.sync("full", &ALL).await;
        assert!(!is_said_again(&page), "it is not the newest any more");
        scribble(&world, &base);
        let (_, page) = sync.sync("full", &ALL).await;
        assert!(is_said_again(&page), "all that has changed nothing");

        let neu = [("member_type", "student"), ("status", "active"), ("last_name", "Neu"), ("first_name", "Noor")];
        registrar.post("/people/new", &neu).await.assert_status(303);
        let (_, page) = sync.sync("full", &ALL).await;
        assert!(!is_said_again(&page), "an edit by hand");
    }
}
