//! The desk: what is wrong with the data appears, is given to its owner, and is gone once the data is right.
//! Leaves the rule for IDs that look alike to `integration_ids`, opening and closing to the unit tests of `desk::look`.

use crosswalk::schools::{LimitField, Limits};
use crosswalk::security::{Actor, User, set_limits};

use crate::support::{Answer, Visitor};
use crate::sync::{ALL, PARENTS, RELATIONSHIPS, STUDENTS, TEACHERS, empty};
use crate::{at_both_desks, on_both};

/// Adds somebody by the form; gives the SONIS ID.
pub async fn add(visitor: &Visitor, name: &str, fields: &[(&str, &str)]) -> String {
    let mut form =
        vec![("last_name", name), ("first_name", "Tariro"), ("member_type", "student"), ("status", "active")];
    form.extend_from_slice(fields);
    let added = visitor.post("/people/new", &form).await;
    let place = added.location().unwrap_or_else(|| panic!("nobody was added: {}", added.body));
    place.rsplit('/').next().unwrap().to_owned()
}

/// Two records of one name and birth date.
async fn twice(visitor: &Visitor, name: &str) -> (String, String) {
    let born = [("birth_date", "2015-03-02"), ("campus", "Main Campus")];
    (add(visitor, name, &born).await, add(visitor, name, &[("birth_date", "2015-03-02"), ("campus", "North")]).await)
}

/// The items on a page of the desk, by their numbers.
fn items(page: &Answer) -> Vec<String> {
    page.all_between("<a href=\"/desk/", "\"")
}

async fn rename(visitor: &Visitor, sonis_id: &str, name: &str) {
    let edit = format!("/people/{sonis_id}/edit");
    let version = visitor.get(&edit).await.hidden("version");
    visitor.post(&edit, &[("version", version.as_str()), ("last_name", name)]).await.assert_status(303);
}

async fn add_id(visitor: &Visitor, sonis_id: &str, value: &str) {
    let place = format!("/people/{sonis_id}/integration-ids/add");
    visitor.post(&place, &[("integration", "canvas"), ("value", value)]).await.assert_status(303);
}

on_both! {
    async fn one_person_under_two_numbers_stands_on_the_desk_until_it_is_mended_and_is_the_same_item_when_it_is_wrong_again(world) {
        let registrar = world.signed_in("registrar").await;
        registrar.get("/people").await.assert_has("<a href=\"/desk\">Desk</a>");
        registrar.get("/desk?kind=same_person").await.assert_status(200).assert_has("No items of this filter");
        let (one, other) = twice(&registrar, "Moyo").await;
        let list = registrar.get("/desk?kind=same_person").await;
        list.assert_has("1 item").assert_has("Moyo, Tariro and Moyo, Tariro").assert_has("born 2 March 2015").assert_has("School");
        let item = items(&list).remove(0);
        let place = format!("/desk/{item}");
        let page = registrar.get(&place).await;
        page.assert_has(&one).assert_has(&other).assert_has("makes one record of the two").assert_has("First seen");
        page.assert_lacks("/merge?with=");
        page.assert_has(&format!("<li><a href=\"/people/{one}\">")).assert_has("Campus <span class=\"cw-badge is-wait\">Differs</span>");

        let merge = format!("/people/{one}/merge?with={other}");
        let data = world.signed_in("data").await;
        data.get(&place).await.assert_has(&format!("href=\"{merge}\"")).assert_has(&format!("Merge {one} and {other}"));
        data.get(&merge).await.assert_status(200).assert_has("Which value is kept");

        // Left as it is needs a reason; what was typed stays.
        let version = page.hidden("version");
        let wrong = registrar.post(&place, &[("version", &version), ("owner", "vendor"), ("state", "left"), ("reason", " ")]).await;
        wrong.assert_status(422).assert_has("Say why it is left as it is").assert_has("<option value=\"vendor\" selected>");
        registrar.post(&place, &[("version", &version), ("owner", "nobody"), ("state", "")]).await.assert_status(422).assert_has("Choose whose it is").assert_has("Choose a state");
        let form = [("version", version.as_str()), ("owner", "support"), ("state", "left"), ("reason", "Cousins, says the mother.")];
        let left = registrar.submit(&place, &form).await;
        left.assert_has("Saved: Support, Left as it is.").assert_has("Cousins, says the mother.");
        let told = world.texts("SELECT subject AS value FROM audit_entries WHERE action = 'desk_item_changed'");
        assert_eq!(told, [format!("item {item}, One person under two numbers: Support, Left as it is")]);
        assert_eq!(items(&registrar.get("/desk?owner=support&state=left").await), std::slice::from_ref(&item));
        assert!(items(&registrar.get("/desk?state=open&kind=same_person").await).is_empty());

        rename(&registrar, &other, "Moyana").await;
        assert!(items(&registrar.get("/desk?kind=same_person").await).is_empty());
        registrar.get(&place).await.assert_has("Closed by itself on").assert_lacks("Whose turn it is");
        assert_eq!(items(&registrar.get("/desk?state=closed").await), std::slice::from_ref(&item));
        registrar.post(&place, &form).await.assert_status(409).assert_has("closed by itself meanwhile");

        rename(&registrar, &other, "Moyo").await;
        assert_eq!(items(&registrar.get("/desk?kind=same_person").await), [item]);
        registrar.get(&place).await.assert_has("Came back: it is wrong again").assert_has("Left as it is");
        assert_eq!(world.count("desk_moves"), 3);
    }

    async fn of_two_editors_the_second_is_told_and_loses_nothing(world) {
        let registrar = world.signed_in("registrar").await;
        twice(&registrar, "Moyo").await;
        let place = format!("/desk/{}", items(&registrar.get("/desk?kind=same_person").await).remove(0));
        let version = registrar.get(&place).await.hidden("version");
        let sync = world.signed_in("sync").await;
        sync.post(&place, &[("version", version.as_str()), ("owner", "vendor"), ("state", "waiting")]).await.assert_status(303);
        let second = registrar.post(&place, &[("version", version.as_str()), ("owner", "school"), ("state", "open"), ("reason", "Ask the <mother>")]).await;
        second.assert_status(409).assert_has("changed this item meanwhile").assert_has("Ask the &#60;mother&#62;");
        assert_eq!(world.count("desk_moves"), 1);
        let version = second.hidden("version");
        registrar.submit(&place, &[("version", &version), ("owner", "school"), ("state", "open"), ("reason", "Ask the <mother>")]).await.assert_has("Saved: School, Open.");
        registrar.submit(&place, &[("version", "0"), ("owner", "school"), ("state", "open"), ("reason", "Ask the <mother>")]).await.assert_has("it is so already");
    }

    async fn an_age_begins_when_it_was_first_seen(world) {
        let registrar = world.signed_in("registrar").await;
        twice(&registrar, "Moyo").await;
        registrar.get("/desk?kind=same_person").await.assert_has("0 minutes");
        world.clock.advance(chrono::TimeDelta::days(3));
        let registrar = world.signed_in("registrar").await;
        registrar.get("/desk?kind=same_person").await.assert_has("3 days");
    }

    async fn a_blocked_row_is_one_item_however_many_plans_tell_of_it_and_stays_while_a_student_of_that_number_comes_in(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let (place, _) = sync.sync("full", &ALL).await;
        sync.press(&place, "apply").await.assert_has("Import Summary");
        let blocked = || async { items(&sync.get("/desk?kind=shared_email").await) };
        let both = blocked().await;
        assert_eq!(both.len(), 2);
        // The way to the fix is one that can be gone.
        let place = format!("/desk/{}", both[0]);
        sync.get(&place).await.assert_has("href=\"/sync/emails\"");
        world.signed_in("registrar").await.get(&place).await.assert_status(200).assert_lacks("href=\"/sync/");
        for scope in ["only_these", "full", "only_these"] {
            sync.sync(scope, &ALL).await;
            assert_eq!(blocked().await, both, "planned again: {scope}");
        }
        // The student 1001 is no parent 1001.
        let moved = STUDENTS.replace("1001\tNuñez\tŽofie\t4", "1001\tNuñez\tŽofie\t5");
        let (place, _) = sync.sync("only_these", &[("students", moved.as_str()), ("parents", &PARENTS.replace("1001\t", "1011\t"))]).await;
        sync.press(&place, "apply").await.assert_status(200);
        let left = blocked().await;
        assert!(both.iter().all(|item| left.contains(item)), "{both:?} {left:?}");
    }

    async fn only_who_edits_people_or_runs_the_sync_works_the_desk(world) {
        for user in ["clerk", "viewer", "security", "release"] {
            let visitor = world.signed_in(user).await;
            visitor.get("/people").await.assert_lacks("href=\"/desk\"");
            visitor.get("/desk").await.assert_status(403).assert_has("Unauthorized");
        }
        world.signed_in("support").await.get("/desk").await.assert_status(404);
        world.signed_in("sync").await.get("/desk").await.assert_status(200);
    }

    async fn people_outside_the_limits_are_neither_there_nor_counted_and_what_is_found_is_found_for_all(world) {
        let registrar = world.signed_in("registrar").await;
        twice(&registrar, "Moyo").await;
        let born = [("birth_date", "2014-01-01"), ("campus", "Main Campus")];
        add(&registrar, "Sibanda", &born).await;
        add(&registrar, "Sibanda", &born).await;
        let before = items(&registrar.get("/desk?kind=same_person").await);
        assert_eq!(before.len(), 2);
        world.change("DELETE FROM grants WHERE task <> 'edit_people' AND kind = 'use' AND user_id = (SELECT id FROM users WHERE user_key = 'registrar')");
        world.db.write(|conn| {
            let user = User::by_user_id(conn, "registrar")?.expect("a user");
            let limits = Limits::of([(LimitField::Campus, "Main Campus".to_owned())]);
            set_limits(conn, &user, &limits, &Actor::operator("a test"), world.clock.now()).expect("limits");
            Ok(())
        }).unwrap();
        // The look of somebody who is limited sees the whole school all the same.
        rename(&registrar, &world.text("SELECT max(sonis_id) AS value FROM people WHERE last_name = 'Sibanda'"), "Sibandu").await;
        let seen = registrar.get("/desk").await;
        seen.assert_has("of the people to whom your access is limited").assert_lacks("Moyo");
        assert_eq!(world.number("SELECT count(*) AS value FROM desk_items WHERE closed_at IS NULL AND kind = 'same_person'"), 1);
        for item in before {
            let closed = world.number(&format!("SELECT count(*) AS value FROM desk_items WHERE id = {item} AND closed_at IS NOT NULL"));
            let answer = registrar.get(&format!("/desk/{item}")).await;
            answer.assert_status(if closed == 1 { 200 } else { 404 });
        }
        let file = registrar.get("/desk.csv?kind=same_person").await;
        assert_eq!(file.body.lines().count(), 1, "{}", file.body);
    }

    async fn ids_that_look_alike_are_shown_to_those_alone_who_may_see_them(world) {
        let registrar = world.signed_in("registrar").await;
        let people = world.students_without_ids("NFC");
        add_id(&registrar, &people[0], "0031415").await;
        add_id(&registrar, &people[1], "31415").await;
        let list = registrar.get("/desk?kind=double_id").await;
        list.assert_has("two IDs that differ only in leading zeros").assert_lacks("31415").assert_has("Vendor");
        let place = format!("/desk/{}", items(&list).remove(0));
        registrar.get(&place).await.assert_has("0031415").assert_has(">31415<").assert_has(&format!("/people/{}/integration-ids", people[1]));
        world.settle();
        let seen = world.activity_texts("SELECT subject AS value FROM activity_entries WHERE action = 'ids_viewed'");
        assert!(seen.contains(&people[0]) && seen.contains(&people[1]), "{seen:?}");
        let file = registrar.get("/desk.csv").await;
        file.assert_has("Canvas: two IDs that look alike.").assert_lacks("31415");

        world.let_use("clerk", "edit_people");
        let clerk = world.signed_in("clerk").await;
        clerk.get("/desk").await.assert_has("IDs that are nearly the same <span>Unauthorized</span>").assert_lacks(&place);
        let hidden = clerk.get("/desk?kind=double_id").await;
        hidden.assert_has("<h2>Unauthorized</h2>").assert_lacks(&place).assert_lacks("31415");
        clerk.get(&place).await.assert_status(404);
        clerk.get("/desk.csv").await.assert_lacks("look alike");
        // The same words whether there are any or not.
        world.change("DELETE FROM desk_moves");
        world.change("DELETE FROM desk_items WHERE kind = 'double_id'");
        assert_eq!(hidden.body, clerk.get("/desk?kind=double_id").await.body);
    }

    async fn an_id_that_does_not_fit_its_integration_any_more_stands_on_the_desk_until_it_does(world) {
        let registrar = world.signed_in("registrar").await;
        let student = world.students_without_ids("NFC").remove(0);
        add_id(&registrar, &student, "31415-x").await;
        assert!(items(&registrar.get("/desk?kind=unfit_id").await).is_empty());
        let shape = |pattern: &str| format!("UPDATE integrations SET pattern = {pattern}, lock_version = lock_version + 1 WHERE code = 'canvas'");
        world.change(&shape("'[0-9]+'"));
        let list = registrar.get("/desk?kind=unfit_id").await;
        list.assert_has("This is not the shape of a Canvas ID").assert_lacks("31415-x");
        let of_student = world.text(&format!(
            "SELECT CAST(d.id AS TEXT) AS value FROM desk_items d JOIN people p ON p.id = d.person_id AND p.school_id = d.school_id \
             WHERE d.kind = 'unfit_id' AND p.sonis_id = '{student}'"
        ));
        registrar.get(&format!("/desk/{of_student}")).await.assert_has("31415-x").assert_has("another shape");
        world.change(&shape("NULL"));
        assert!(items(&registrar.get("/desk?kind=unfit_id").await).is_empty());
        registrar.get(&format!("/desk/{of_student}")).await.assert_has("Closed by itself");
    }

    async fn blocked_rows_of_the_newest_lists_are_items_that_close_when_a_later_file_is_right(world) {
        empty(&world);
        let sync = world.signed_in("sync").await;
        let bad = "Student_Number\tLast_Name\tFirst_Name\tGrade_Level\tdcid\tDOB\n\
            1001\tNuñez\tŽofie\t4\t91\t\n1003\tAdeyemi\tTobi\t4\t93\t\n1002\tWang\tLi\t5\t92\t\n\
            1004\tDube\tNia\t4\t94\t02/30/2015\n1005\tSato\tRen\t4\t95\t\n1005\tSato\tYui\t4\t96\t\n";
        let mara = "PERSON.ID\tLast_Name\tFirst_Name\tEmail\n1001\tNuñez\tMara\tmara@home.example\n1002\tNuñez\tIvo\tmara@home.example\n";
        let (run, _) = sync.sync("full", &[("students", bad), ("teachers", TEACHERS), ("parents", mara), ("relationships", RELATIONSHIPS)]).await;
        let desk = sync.get("/desk").await;
        desk.assert_has("Cannot be read <span>1</span>").assert_has("The same number twice <span>2</span>").assert_has("Shared e-mail <span>2</span>").assert_has("there is no parent with the id 1009");
        let list = sync.get("/desk?kind=unreadable").await;
        list.assert_has("Students, row 5").assert_has("02/30/2015");
        let all = items(&list);
        let item = all[0].clone();
        let place = format!("/desk/{item}");
        sync.get(&place).await.assert_has("02/30/2015").assert_has(&format!("href=\"{run}?kind=blocked#changes\""));
        sync.post(&place, &[("version", "1"), ("owner", "school"), ("state", "waiting"), ("reason", "Asked Ms Dube")]).await.assert_status(303);

        // Another list of teachers says nothing about the students.
        sync.sync("full", &[("teachers", TEACHERS)]).await;
        assert_eq!(items(&sync.get("/desk?kind=unreadable").await), all);
        // The same row in the next export is the same item, wherever it stands.
        let moved = bad.replace("1001\tNuñez", "1000\tFirst\tRow\t4\t90\t\n1001\tNuñez");
        let (newer, _) = sync.sync("full", &[("students", &moved)]).await;
        let list = sync.get("/desk?kind=unreadable").await;
        assert_eq!(items(&list), all);
        list.assert_has("Students, row 6").assert_has("Waiting for its owner");
        sync.get(&place).await.assert_has(&format!("href=\"{newer}?kind=blocked#changes\""));
        // The mended row alone, applied.
        let mended = "Student_Number\tLast_Name\tFirst_Name\tGrade_Level\tdcid\tDOB\n1004\tDube\tNia\t4\t94\t02/28/2015\n";
        let (run, _) = sync.sync("only_these", &[("students", mended)]).await;
        assert_eq!(items(&sync.get("/desk?kind=unreadable").await), all, "it is only a plan");
        sync.press(&run, "apply").await.assert_has("Import Summary");
        assert!(items(&sync.get("/desk?kind=unreadable").await).is_empty());
        assert_eq!(items(&sync.get("/desk?kind=doubled").await).len(), 2);
        // And the full list with everything right.
        let right = moved.replace("02/30/2015", "02/28/2015").replace("1005\tSato\tYui", "1006\tSato\tYui");
        sync.sync("full", &[("students", &right)]).await;
        assert!(items(&sync.get("/desk?kind=doubled").await).is_empty());
    }

    async fn a_parent_without_an_active_student_is_told_once_the_school_has_relationships(world) {
        let registrar = world.signed_in("registrar").await;
        let before = items(&registrar.get("/desk?kind=dangling").await).len();
        let parent = add(&registrar, "Chipo", &[("member_type", "parent")]).await;
        let list = registrar.get("/desk?kind=dangling").await;
        list.assert_has("Chipo, Tariro").assert_has("related to no active student");
        assert_eq!(items(&list).len(), before + 1);
        let edit = format!("/people/{parent}/edit");
        let version = registrar.get(&edit).await.hidden("version");
        registrar.post(&edit, &[("version", version.as_str()), ("status", "inactive")]).await.assert_status(303);
        assert_eq!(items(&registrar.get("/desk?kind=dangling").await).len(), before);
    }
}

at_both_desks! {
    fn the_command_lists_assigns_and_leaves(desk) {
        desk.furnish();
        let file = desk.write("names.txt", "Student_Number\tLast_Name\tFirst_Name\tDOB\n1\tMoyo\tTariro\t03/02/2015\n2\tMoyo\tTariro\t03/02/2015\n");
        desk.done(&["import", "names", &file, "--school", "NFC"]);
        let list: serde_json::Value = serde_json::from_str(&desk.done(&["desk", "list", "--school", "NFC", "--json"]).out).unwrap();
        let item = &list["items"][0];
        assert_eq!((item["kind"].as_str(), item["owner"].as_str(), item["state"].as_str()), (Some("same_person"), Some("school"), Some("open")));
        let number = item["item"].to_string();
        let here = ["--school", "NFC"];
        let with = |args: &[&str]| desk.run(&args.iter().copied().chain(here).collect::<Vec<_>>());
        assert!(with(&["desk", "assign", &number, "--owner", "vendor"]).out.contains("Vendor, Open"));
        with(&["desk", "leave", &number, "--reason", " "]).assert_refused("Say why it is left as it is");
        assert!(with(&["desk", "leave", &number, "--reason", "Two cousins"]).out.contains("Two cousins"));
        assert!(with(&["desk", "list", "--state", "open"]).out.contains("0 items."));
        assert!(with(&["desk", "list", "--kind", "same_person"]).out.contains("Vendor, Left as it is"));
        assert!(with(&["desk", "reopen", &number]).out.contains("Vendor, Open"));
        assert!(with(&["desk", "wait", &number]).out.contains("Waiting for its owner"));
        with(&["desk", "wait", "99"]).assert_refused("There is no item with the number 99");
        with(&["desk", "list", "--as", "cle"]).assert_refused("lacks the Task");
        assert_eq!(with(&["desk", "list", "--owner", "nobody"]).code, 2);
    }
}
