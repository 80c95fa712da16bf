//! A newcomer who looks like somebody of the school: asked, the same, or not the same.

use super::{RELATIONSHIPS, empty, host_id, tile, who};
use crate::on_both;
use crate::support::Visitor;

const STUDENTS: &str = "Student_Number\tLast_Name\tFirst_Name\tGrade_Level\tdcid\tDOB\n1001\tNuñez\tŽofie\t4\t91\t03/14/2016\n1003\tAdeyemi\tTobi\t4\t93\t05/01/2016\n";
const PARENTS: &str = "PERSON.ID\tLast_Name\tFirst_Name\tEmail\n1001\tNuñez\tMara\tmara@home.example\n1009\tAdeyemi\tAda\tada@home.example\n";

/// The same child under another number.
fn renumbered() -> String {
    STUDENTS.replace("1001\tNuñez\tŽofie", "2001\tNUNEZ\tZofie")
}

fn ties() -> String {
    RELATIONSHIPS.replace("91\t1002\tFather\n", "")
}

async fn first_sync(sync: &Visitor) {
    let (place, _) =
        sync.sync("full", &[("students", STUDENTS), ("parents", PARENTS), ("relationships", &ties())]).await;
    sync.press(&place, "apply").await.assert_status(200);
}

on_both! {
    async fn a_child_under_a_new_number_is_asked_about_and_linked_where_it_is_the_same(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        first_sync(&sync).await;
        let child = who(&world, "students", "1001");
        let (new, ties) = (renumbered(), ties());
        let files = [("students", new.as_str()), ("parents", PARENTS), ("relationships", ties.as_str())];
        let (place, page) = sync.sync("only_these", &files).await;
        // The child, and the relationship that waits for it.
        assert_eq!((tile(&page, "Created"), tile(&page, "Blocked")), ("0".into(), "1".into()));
        let blocked = sync.get(&format!("{place}?kind=blocked")).await;
        blocked.assert_has("Likely match").assert_reads(&format!("has the name and birth date of Žofie Nuñez (Student, {child})"));
        let page = sync.get("/sync/matches").await;
        page.assert_has("Row of the extract").assert_has("2016-03-14").assert_has(&format!("/people/{child}")).assert_has("NUNEZ");
        let them = [("kind", "match"), ("one", "students:2001"), ("other", child.as_str())];
        sync.submit("/sync/matches/decide", &[&them[..], &[("verdict", "same")]].concat()).await.assert_status(200);
        sync.get("/sync/matches").await.assert_reads("Decided: The same person, by");

        let (place, page) = sync.sync("full", &files).await;
        assert_eq!((tile(&page, "Created"), tile(&page, "Blocked"), tile(&page, "No longer listed")), ("0".into(), "0".into(), "0".into()));
        sync.press(&place, "apply").await.assert_status(200);
        assert_eq!(who(&world, "students", "2001"), child);
        assert_eq!(host_id(&world, &child), "S1001");
        assert_eq!(world.field_of(&child, "last_name"), "NUNEZ");
        assert_eq!(world.number("SELECT count(*) AS value FROM relationships WHERE school_id = 1"), 2);
        // Two numbers lead there now, and nothing is left to do.
        for scope in ["full", "only_these"] {
            let (_, page) = sync.sync(scope, &files).await;
            assert_eq!((tile(&page, "Unchanged"), tile(&page, "Updated")), ("4".into(), "0".into()), "{scope}");
        }
        let (_, page) = sync.sync("only_these", &[("relationships", &ties)]).await;
        assert_eq!(tile(&page, "Updated"), "0");
        sync.get("/sync/matches").await.assert_has("The same person, linked");
        sync.post("/sync/matches/take-back", &them).await.assert_status(409).assert_has("cannot be taken back");
    }

    async fn a_full_list_that_would_end_relationships_while_a_student_waits_for_a_decision_is_held(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        sync.submit("/sync/settings", &crate::sync::settings::form(&[("limit_updated", "100")])).await.assert_status(200);
        first_sync(&sync).await;
        let (new, ties) = (renumbered(), ties());
        let files = [("students", new.as_str()), ("parents", PARENTS), ("relationships", ties.as_str())];
        let (place, page) = sync.sync("full", &files).await;
        page.assert_reads("1 student waits for a decision whether they are somebody of the school under another number").assert_has("Likely matches first");
        sync.press(&place, "apply").await.assert_status(409);
        assert_eq!(world.number("SELECT count(*) AS value FROM relationships WHERE school_id = 1"), 2);
        // Decided, nothing ends and nothing is held.
        let child = who(&world, "students", "1001");
        let them = [("kind", "match"), ("one", "students:2001"), ("other", child.as_str()), ("verdict", "same")];
        sync.submit("/sync/matches/decide", &them).await.assert_status(200);
        let (place, page) = sync.sync("full", &files).await;
        page.assert_lacks("waits for a decision");
        sync.press(&place, "apply").await.assert_status(200);
        assert_eq!(world.number("SELECT count(*) AS value FROM relationships WHERE school_id = 1"), 2);
    }

    async fn whoever_is_not_the_same_is_imported_as_somebody_new(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        first_sync(&sync).await;
        let child = who(&world, "students", "1001");
        let new = renumbered();
        let files = [("students", new.as_str())];
        sync.sync("only_these", &files).await;
        let them = [("kind", "match"), ("one", "students:2001"), ("other", child.as_str())];
        sync.submit("/sync/matches/decide", &[&them[..], &[("verdict", "not_same")]].concat()).await.assert_status(200);
        let (_, page) = sync.sync("only_these", &files).await;
        assert_eq!((tile(&page, "Created"), tile(&page, "Blocked")), ("1".into(), "0".into()));
        sync.submit("/sync/matches/take-back", &them).await.assert_has("Taken back.");
        let (_, page) = sync.sync("only_these", &files).await;
        assert_eq!((tile(&page, "Created"), tile(&page, "Blocked")), ("0".into(), "1".into()));
        // Somebody born on another day is nobody's match, nor is anybody while both numbers are listed.
        let other = new.replace("03/14/2016", "03/15/2016");
        let (_, page) = sync.sync("only_these", &[("students", &other)]).await;
        assert_eq!(tile(&page, "Created"), "1");
        let both = format!("{new}1001\tNuñez\tŽofie\t4\t91\t03/14/2016\n");
        let (_, page) = sync.sync("only_these", &[("students", &both)]).await;
        assert_eq!((tile(&page, "Created"), tile(&page, "Blocked")), ("1".into(), "0".into()));
    }

    async fn one_person_under_two_numbers_of_one_file_is_not_linked_twice(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        first_sync(&sync).await;
        let child = who(&world, "students", "1001");
        sync.sync("only_these", &[("students", &renumbered())]).await;
        let them = [("kind", "match"), ("one", "students:2001"), ("other", child.as_str()), ("verdict", "same")];
        sync.submit("/sync/matches/decide", &them).await.assert_status(200);
        let both = format!("{}1001\tNuñez\tŽofie\t4\t91\t03/14/2016\n", renumbered());
        let (place, page) = sync.sync("only_these", &[("students", &both)]).await;
        assert_eq!((tile(&page, "Blocked"), tile(&page, "Created")), ("1".into(), "0".into()));
        sync.get(&format!("{place}?kind=blocked")).await.assert_reads("one person under two numbers");
    }

    async fn a_parent_under_a_new_number_is_known_by_e_mail_and_first_name(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        first_sync(&sync).await;
        let mara = who(&world, "persons", "1001");
        let new = "PERSON.ID\tLast_Name\tFirst_Name\tEmail\n5001\tBerg\tMara\tMARA@home.example\n5002\tNuñez\tIvo\tmara@home.example\n";
        let ties = "STUDENTCONTACTASSOC.studentdcid\tSTUDENTCONTACTASSOC.personid\tRELATIONSHIP_TYPE\n91\t5001\tMother\n91\t5002\tFather\n";
        let files = [("students", STUDENTS), ("parents", new), ("relationships", ties)];
        let (place, _) = sync.sync("only_these", &files).await;
        let blocked = sync.get(&format!("{place}?kind=blocked")).await;
        // She looks like herself; he only shares the e-mail.
        blocked.assert_has("Likely match").assert_has("Shared e-mail").assert_reads("who has the same first name and stands in no row");
        let them = [("kind", "match"), ("one", "persons:5001"), ("other", mara.as_str()), ("verdict", "same")];
        sync.submit("/sync/matches/decide", &them).await.assert_status(200);
        let (place, page) = sync.sync("only_these", &files).await;
        assert_eq!((tile(&page, "Blocked"), tile(&page, "Updated")), ("1".into(), "1".into()));
        sync.press(&place, "apply").await.assert_status(200);
        assert_eq!((who(&world, "persons", "5001"), world.field_of(&mara, "last_name")), (mara.clone(), "Berg".into()));
        assert_eq!(host_id(&world, &mara), "P1001");
    }
}
