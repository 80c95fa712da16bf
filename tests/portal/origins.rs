//! Where each field of a person comes from, and what a sync would make of it.

use crate::on_both;
use crate::support::Answer;
use crate::sync::{STUDENTS, empty, who};

/// What the row of a field says.
fn row(page: &Answer, field: &str) -> String {
    let rows = page.all_between("<tr>", "</tr>");
    rows.into_iter()
        .find(|r| r.contains(&format!(">{field}</th>")))
        .unwrap_or_else(|| panic!("no row {field}: {}", page.body))
}

on_both! {
    async fn each_field_says_what_set_it_what_a_sync_keeps_and_what_the_waiting_plan_would_change(world) {
        empty(&world);
        let (sync, registrar) = (world.signed_in("sync").await, world.signed_in("registrar").await);
        let (first, _) = sync.sync("full", &[("students", STUDENTS)]).await;
        sync.press(&first, "apply").await.assert_has("Import Summary");
        let sonis_id = who(&world, "students", "1003");
        let person = format!("/people/{sonis_id}");
        world.change(&format!("UPDATE people SET lock_version = 7 WHERE sonis_id = '{sonis_id}'"));
        let edit = [("version", "7"), ("member_type", "student"), ("status", "active"), ("last_name", "Adeyemi"), ("first_name", "Tobias"), ("grade_level", "4")];
        registrar.post(&format!("{person}/edit"), &edit).await.assert_status(303);
        let moved = STUDENTS.replace("Tobi\t4", "Tobi\t6");
        sync.sync("full", &[("students", &moved)]).await;

        registrar.get(&person).await.assert_has(&format!("{person}/origins"));
        let page = registrar.get(&format!("{person}/origins")).await;
        page.assert_status(200).assert_has("Student_Number").assert_has(">1003<");
        let first_name = row(&page, "First name");
        assert!(first_name.contains("Person edited by hand") && first_name.contains("keeps it, because Rosa Okafor set it by hand"), "{first_name}");
        assert!(!first_name.contains("would change it"), "what is kept is not changed: {first_name}");
        let last_name = row(&page, "Last name");
        assert!(last_name.contains("Roster sync") && last_name.contains("row 4") && last_name.contains("may change it"), "{last_name}");
        let grade = row(&page, "Grade level");
        assert!(grade.contains("would change it") && grade.contains("<ins>6</ins>"), "{grade}");
    }

    async fn an_integration_id_is_shown_with_its_origin_to_whoever_may_see_it_and_to_nobody_else(world) {
        let holder = world.students_with_id("NFC", "canvas").remove(0);
        let ids = world.ids_of(&holder);
        let ids: Vec<&str> = ids.iter().filter_map(|id| id.split_once(' ')).map(|(_, value)| value).collect();
        let place = format!("/people/{holder}/origins");
        let viewer = world.signed_in("viewer").await;
        let seen = viewer.get(&place).await;
        assert!(ids.iter().any(|id| seen.has(&format!(">{id}<"))), "{}", seen.body);
        let clerk = world.signed_in("clerk").await;
        let page = clerk.get(&place).await;
        page.assert_status(200).assert_has("Unauthorized");
        for id in &ids {
            page.assert_lacks(&format!(">{id}<"));
        }
        world.signed_in("registrar2").await.get(&place).await.assert_status(404);
    }
}
